"""Office documents (.docx .xlsx .pptx): looked into before they are kept, and made neutral before a copy is released.

They are zip archives of XML parts; filetype and the like call any such archive a document, so the check is our own.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from huying.files import images
from huying.files.rules import bad
from huying.kernel.errors import Invalid, Refused

MAX_PARTS = 4000
MAX_UNPACKED = 150 * 1024 * 1024
MAX_RATIO = 300  # honest XML packs 5 to 60 times, a bomb a thousand times
_CHUNK = 1 << 16
_MAIN = {
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
    "pptx": b"presentationml.presentation.main+xml",
}
# Loaded when the document is opened, without a click: a way to phone home or to fetch a macro.
_REMOTE = re.compile(
    rb"<Relationship\b(?=[^>]*/(?:attachedTemplate|oleObject|frame|subDocument|image)\")"
    rb"(?=[^>]*TargetMode=\"External\")(?=[^>]*Target=\"(?:https?:|ftp:|file:/*[^/]*@|\\\\|//))[^>]*>",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rb"(?<=\s)((?:w|w15|p|p15|p188|x|xr)?:?(?:author|initials|userName|displayName|userId|providerId|lastModifiedBy|"
    rb"lastEdited|rsid\w*))=(\"[^\"]*\"|'[^']*')"
)
_EMPTY_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_EMPTY_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_EMPTY_CUSTOM = _EMPTY_APP.replace(b"extended-properties", b"custom-properties")


def check(name: str, raw: bytes, ending: str) -> None:
    """Refuse what is not an honest document of this ending, with the file's name."""
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise bad(name, "设了打开密码或是旧版文件，无法检查。请去掉密码、另存为新格式再传。")
    try:
        parts = _parts(name, raw)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise bad(name, "已经损坏，打不开。请重新保存后再传。") from error
    lower = {part.lower() for part in parts}
    types = parts.get("[Content_Types].xml", b"")
    if (
        any(part.endswith("vbaproject.bin") or "/activex/" in part for part in lower)
        or b"macroenabled" in types.lower()
    ):
        raise bad(name, "带有宏，不能上传。请另存为不带宏的文件或 PDF 再传。")
    if _MAIN[ending] not in types:
        raise bad(name, f"的内容不是 .{ending} 文件，请核对后再传。")
    if any(_REMOTE.search(body) for part, body in parts.items() if part.endswith(".rels")):
        raise bad(name, "打开时会自动连接外部地址，不能上传。请另存为 PDF 再传。")


def neutral(raw: bytes) -> bytes:
    """A copy without authors, dates, revision marks' names and pictures' metadata.  Raises ``Refused``."""
    parts = _parts("附件", raw)
    if any("/embeddings/" in part for part in parts):
        raise Refused("这个文件里嵌有别的文件，不能去除其中的个人信息。", "请另存为 PDF 后再生成公开副本。")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, body in parts.items():
            if part.lower().startswith("docprops/thumbnail"):
                continue
            entry = zipfile.ZipInfo(part, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, _neutral_part(part, body))
    return out.getvalue()


def _parts(name: str, raw: bytes) -> dict[str, bytes]:
    """All parts unpacked, counted while unpacking (a header may lie about sizes)."""
    if raw[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("something stands in front of the archive")
    parts: dict[str, bytes] = {}
    left = MAX_UNPACKED
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        entries = packed.infolist()
        if len(entries) > MAX_PARTS:
            raise bad(name, "内容过于庞杂，无法检查。请另存为 PDF 再传。")
        if packed.start_dir + sum(46 + _head(entry) for entry in entries) + 22 + len(packed.comment) != len(raw):
            raise zipfile.BadZipFile("something stands behind the archive")
        for entry in entries:
            _check_entry(entry, parts)
            if entry.is_dir():
                continue
            body = _unpacked(name, packed, entry, left)
            left -= len(body)
            parts[entry.filename] = body
    return parts


def _head(entry: zipfile.ZipInfo) -> int:
    name = entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
    return len(name) + len(entry.extra) + len(entry.comment)


def _check_entry(entry: zipfile.ZipInfo, seen: dict[str, bytes]) -> None:
    path = entry.filename
    if entry.flag_bits & 0x1 or path in seen or path.startswith(("/", "\\")) or ".." in path.split("/") or ":" in path:
        raise zipfile.BadZipFile(f"unfit part {path!r}")


def _unpacked(name: str, packed: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    limit = min(left, max(MAX_RATIO * entry.compress_size, 1024 * 1024))
    body = bytearray()
    with packed.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            body += chunk
            if len(body) > limit:
                raise bad(name, "解开后大得不正常，不能上传。")
    return bytes(body)


def _neutral_part(part: str, body: bytes) -> bytes:
    lower = part.lower()
    if lower == "docprops/core.xml":
        return _EMPTY_CORE
    if lower == "docprops/app.xml":
        return _EMPTY_APP
    if lower == "docprops/custom.xml":
        return _EMPTY_CUSTOM
    if lower == "_rels/.rels":
        return re.sub(rb"<Relationship\b[^>]*/thumbnail\"[^>]*/>", b"", body)
    if lower.endswith((".jpg", ".jpeg", ".png")):
        return _neutral_picture(lower, body)
    if lower.endswith(".xml"):
        body = _NAMED.sub(rb'\1=""', body) if b"rsid" not in body else _NAMED.sub(_blank, body)
        if "comments" in lower:
            body = re.sub(rb"(<(?:x:)?author>)[^<]*(</)", rb"\1\2", body)
    return body


def _blank(match: re.Match[bytes]) -> bytes:
    """Revision numbers are hexadecimal by schema: an empty one would make Word repair the file."""
    return b"%s=%s" % (match[1], b'"00000000"' if b"rsid" in match[1] else b'""')


def _neutral_picture(part: str, body: bytes) -> bytes:
    """Photos pasted into a document keep where and when they were taken; written anew they do not."""
    kind = "PNG" if part.endswith(".png") else "JPEG"
    try:
        anew, media, _ = images.reencode("附件", body)
    except Invalid:
        return images.blank(kind)
    return anew if media == f"image/{kind.lower()}" else images.as_format(anew, kind)
