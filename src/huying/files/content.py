"""One question: what is this upload really, and what of it is kept?"""

from __future__ import annotations

from dataclasses import dataclass

import filetype

from huying.files import audio, images, office, pdf
from huying.files.models import Kind
from huying.files.rules import ENDINGS, bad, check_ending, check_size, clean_name, ending_of, with_ending


@dataclass(frozen=True)
class Kept:
    """What is stored: name with a true ending, kind, media type, bytes."""

    name: str
    kind: Kind
    media: str
    body: bytes


def examine(given: str, raw: bytes) -> Kept:
    """Check an upload and return what is kept of it.  Raises ``Invalid`` naming the file and what to do."""
    name = clean_name(given)
    check_size(name, len(raw))
    # Some telephones' browsers give photos and recordings a name without an ending.
    ending = check_ending(name) if ending_of(name) else _guessed(name, raw)
    kind, media = ENDINGS[ending]
    if kind == Kind.IMAGE:
        _check_not_other(name, raw)
        body, media, ending = images.reencode(name, raw)
        return Kept(with_ending(name, ending), kind, media, body)
    if kind == Kind.AUDIO:
        media, ending = audio.check(name, raw)
        return Kept(with_ending(name, ending), kind, media, raw)
    if kind == Kind.PDF:
        pdf.check(name, raw)
    elif kind == Kind.TEXT:
        raw = _text(name, raw)
    else:
        office.check(name, raw, ending)
    return Kept(name, kind, media, raw)


def _guessed(name: str, raw: bytes) -> str:
    kind = filetype.guess(raw[:8192])
    mime = kind.mime if kind else ""
    if mime.startswith("image/") or (
        raw[4:8] == b"ftyp" and raw[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"avif")
    ):
        return "jpg"
    if mime.startswith(("audio/", "video/")) or raw[4:8] == b"ftyp":
        return "m4a"
    if mime == "application/pdf":
        return "pdf"
    raise bad(name, "没有扩展名，看不出是什么文件。请重命名（例如加上 .docx）再传。")


def _check_not_other(name: str, raw: bytes) -> None:
    """Say plainly that a picture's ending covers something else."""
    kind = filetype.guess(raw[:8192])
    if (kind is not None and kind.mime.split("/")[0] in ("application", "audio")) or raw[:2] == b"MZ":
        raise bad(name, "的内容不是图片，请核对后再传。")


def _text(name: str, raw: bytes) -> bytes:
    """Text in UTF-8, whatever of the two usual codings it came in."""
    for coding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(coding)
        except UnicodeDecodeError:
            continue
        if not any(ord(c) < 32 and c not in "\t\r\n\f" for c in text):
            return text.encode("utf-8")
        break
    raise bad(name, "不是文本文件，请核对后再传。")
