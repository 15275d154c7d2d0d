"""Voice notes.  The container is looked into, so that a film does not come in as a recording."""

from __future__ import annotations

from collections.abc import Iterator

import filetype

from huying.files.rules import bad

# What filetype says -> media type served and ending.
_SIMPLE = {
    "audio/mpeg": ("audio/mpeg", "mp3"),
    "audio/aac": ("audio/aac", "aac"),
    "audio/x-wav": ("audio/wav", "wav"),
    "audio/amr": ("audio/amr", "amr"),
}
_MP4 = frozenset({b"moov", b"trak", b"mdia"})
_SOUND_HEADS = (b"OpusHead", b"\x01vorbis", b"Speex   ", b"\x7fFLAC")
_DEEPEST = 4  # an honest file nests three deep; a hostile one a million
_SEGMENT, _TRACKS, _TRACK, _TRACK_TYPE, _CLUSTER = 0x18538067, 0x1654AE6B, 0xAE, 0x83, 0x1F43B675


def check(name: str, raw: bytes) -> tuple[str, str]:
    """Media type and ending of a recording.  Raises ``Invalid`` naming the file."""
    if raw[:6] == b"#!AMR\n" or raw[:9] == b"#!AMR-WB\n":
        return _SIMPLE["audio/amr"]
    if raw[4:8] == b"ftyp":
        return _only_sound(name, set(_mp4_handlers(raw, 0, len(raw), _DEEPEST)), {b"soun"}, ("audio/mp4", "m4a"))
    if raw[:4] == b"\x1a\x45\xdf\xa3":
        return _only_sound(name, set(_webm_tracks(raw, 0, len(raw), _DEEPEST)), {2}, ("audio/webm", "webm"))
    if raw[:4] == b"OggS":
        if any(head in raw[:400] for head in _SOUND_HEADS) and b"theora" not in raw[:4096]:
            return "audio/ogg", "ogg"
        raise bad(name, "里没有能播放的录音，请换成 mp3 或 m4a 再传。")
    if raw[:3] == b"ID3" and not _frame_follows(raw):
        raise bad(name, "里没有能播放的录音，请换成 mp3 或 m4a 再传。")
    kind = filetype.guess(raw[:8192])
    if kind is not None and kind.mime in _SIMPLE:
        return _SIMPLE[kind.mime]
    raise bad(name, "不是能识别的录音，请换成 mp3 或 m4a 再传。")


def _frame_follows(raw: bytes) -> bool:
    """Whether sound begins where the tag in front says it ends: a tag alone plays nothing."""
    size = sum((raw[6 + place] & 0x7F) << (7 * (3 - place)) for place in range(4)) if len(raw) >= 10 else 0
    after = raw[10 + size : 10 + size + 4096].lstrip(b"\0")
    return len(after) > 1 and after[0] == 0xFF and after[1] & 0xE0 == 0xE0


def _only_sound(name: str, tracks: set, sound: set, answer: tuple[str, str]) -> tuple[str, str]:
    if not tracks & sound:
        raise bad(name, "里没有能播放的录音，请换成 mp3 或 m4a 再传。")
    if tracks & {b"vide", 1}:
        raise bad(name, "是视频，这里不收视频。请截几张图，或者录一段语音。")
    return answer


def _mp4_handlers(raw: bytes, start: int, end: int, deeper: int) -> Iterator[bytes]:
    """Handler types (``soun``, ``vide`` …) of every track of an MP4, M4A or 3GP file."""
    while start + 8 <= end:
        size, kind, head = int.from_bytes(raw[start : start + 4], "big"), raw[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(raw[start + 8 : start + 16], "big"), 16
        elif size == 0:
            size = end - start
        if size < head:
            return
        if kind in _MP4 and deeper:
            yield from _mp4_handlers(raw, start + head, min(start + size, end), deeper - 1)
        elif kind == b"hdlr":
            yield raw[start + head + 8 : start + head + 12]
        start += size


def _webm_tracks(raw: bytes, start: int, end: int, deeper: int) -> Iterator[int]:
    """Track types (1 film, 2 sound) of a WebM file, read up to the first cluster."""
    while start < end:
        number, start = _vint(raw, start, keep_marker=True)
        size, start = _vint(raw, start, keep_marker=False)
        if number == _CLUSTER or (size is None and number != _SEGMENT):
            return
        stop = end if size is None else min(start + size, end)
        if number in (_SEGMENT, _TRACKS, _TRACK) and deeper:
            yield from _webm_tracks(raw, start, stop, deeper - 1)
        elif number == _TRACK_TYPE:
            yield int.from_bytes(raw[start:stop], "big")
        start = stop


def _vint(raw: bytes, at: int, *, keep_marker: bool) -> tuple[int | None, int]:
    """One EBML number and where the next begins; ``None`` stands for "unknown size" (a live recording)."""
    first = raw[at] if at < len(raw) else 0
    length = 9 - first.bit_length()
    if first == 0:
        return 0, len(raw)
    value = int.from_bytes(raw[at : at + length], "big")
    mask = (1 << (7 * length)) - 1
    if keep_marker:
        return value, at + length
    return (None if value & mask == mask else value & mask), at + length
