"""What may be uploaded, how large, and how a file name is made safe.  Pure."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from huying.files.models import Kind
from huying.kernel.errors import Invalid

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
MAX_FILES = 9  # the worker's form and the desk's, so that "最多 9 个" is said in one place
MAX_NAME = 120

# Ending -> kind and media type served.  Every image is re-encoded, so its media type is what images.py wrote.
ENDINGS: dict[str, tuple[Kind, str]] = {
    **dict.fromkeys(("jpg", "jpeg", "jfif", "png", "webp", "heic", "heif", "avif", "gif", "bmp"), (Kind.IMAGE, "")),
    "pdf": (Kind.PDF, "application/pdf"),
    "docx": (Kind.DOCUMENT, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pptx": (Kind.DOCUMENT, "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": (Kind.SHEET, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "txt": (Kind.TEXT, "text/plain; charset=utf-8"),
    **dict.fromkeys(("amr", "mp3", "m4a", "mp4", "3gp", "aac", "wav", "ogg", "opus", "webm"), (Kind.AUDIO, "")),
}
# What the product itself may make; an archive is never taken in.
MADE: dict[str, tuple[Kind, str]] = {**ENDINGS, "zip": (Kind.DOCUMENT, "application/zip")}
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS) + ",image/*,audio/*"
INLINE = frozenset({Kind.IMAGE, Kind.AUDIO})  # safe to show inside a page: re-encoded, or played by the media element
UNMASKABLE = frozenset({Kind.AUDIO})  # a voice says who speaks; no copy of it can be made neutral

_OLD_OFFICE = {"doc": "docx", "xls": "xlsx", "ppt": "pptx", "wps": "docx", "et": "xlsx", "dps": "pptx"}
_MACROS = frozenset({"docm", "xlsm", "pptm", "dotm", "xltm"})
_VIDEO = frozenset({"mov", "avi", "mkv", "wmv", "flv", "m4v"})
_DEVICES = re.compile(
    r"(?:con|prn|aux|nul|clock\$|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE
)  # Windows opens a device
_STACKED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{2})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, direction marks, surrogates, separators


def clean_name(given: str) -> str:
    """A file name as it may be shown: NFC, last path part, no control or direction-changing characters, 120 characters.
    No name of a device.

    The ending survives shortening.  An empty rest becomes ``附件``.
    """
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(c for c in text if unicodedata.category(c) not in _HIDDEN)
    text = re.sub(r'[<>:"|?*]', "_", " ".join(text.split())).rstrip(" .")
    text = _STACKED.sub(r"\1", text)  # marks piled up would cover the lines above and below
    text = f"_{text}" if _DEVICES.fullmatch(text) else text
    stem, dot, ending = text.rpartition(".")
    if not dot:
        stem, ending = text, ""
    ending = ending[:10]
    stem = stem.strip(" .")[: MAX_NAME - len(ending) - len(dot)] or "附件"
    return f"{stem}{dot}{ending}"


def ending_of(name: str) -> str:
    """The ending in lower case without the dot, empty if there is none."""
    return PurePosixPath(name).suffix.lower().lstrip(".")


def with_ending(name: str, ending: str) -> str:
    """The name with the ending that tells the truth about the content."""
    stem, dot, given = name.rpartition(".")
    if dot and given.lower() in ENDINGS:
        name = stem
    return clean_name(f"{name}.{ending}")


def bad(name: str, why: str) -> Invalid:
    """A refusal that names the file, so that one of nine can be taken out."""
    return Invalid({"files": f"“{name}”{why}"})


def check_size(name: str, size: int) -> None:
    """Refuse empty and oversized files."""
    if size == 0:
        raise bad(name, "是空文件，请重新选择。")
    if size > MAX_BYTES:
        raise bad(name, f"有 {size / MEGABYTE:.1f} MB，超过了 20 MB。请压缩或分成几个文件再传。")


def check_ending(name: str) -> str:
    """The ending, or a refusal that says what to do instead."""
    ending = ending_of(name)
    if ending in ENDINGS:
        return ending
    if ending in _OLD_OFFICE:
        raise bad(name, f"是旧版办公文件，无法检查是否安全。请另存为 .{_OLD_OFFICE[ending]} 或 PDF 再传。")
    if ending in _MACROS:
        raise bad(name, "带有宏，不能上传。请另存为不带宏的文件或 PDF 再传。")
    if ending in _VIDEO:
        raise bad(name, "是视频，这里不收视频。请截几张图，或者录一段语音。")
    if ending in {"zip", "rar", "7z", "gz", "tar"}:
        raise bad(name, "是压缩包，不能上传。请解压后一个一个上传。")
    raise bad(name, "这种格式不能上传。可以传照片、PDF、Word、Excel、PPT、文本和录音。")


def check_count(count: int) -> None:
    """Refuse more files than one submission takes."""
    if count > MAX_FILES:
        raise Invalid({"files": f"一次最多 {MAX_FILES} 个文件，现在有 {count} 个。"})
