"""Office documents (.docx .xlsx .pptx): looked into before they are kept, and made neutral before a copy is released.

They are zip archives of XML parts; filetype and the like call any such archive a document, so the check is our own.
"""

from __future__ import annotations

import io
import re
import zipfile

from huying.files import images, xml
from huying.files.rules import bad
from huying.kernel.errors import Invalid, Refused
from huying.kernel.workbook import BROKEN_ZIP

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
_LOADED = (
    "attachedTemplate",
    "oleObject",
    "frame",
    "subDocument",
    "image",
    "aFChunk",
    "externalLinkPath",
    "media",
    "audio",
    "video",
)
_REMOTE = re.compile(
    r"\s*(?:[a-z][a-z0-9+.-]*://(?!/)|ftp:|//|\\\\|file:/*[^/]*[@\\]|mhtml:|javascript:)", re.IGNORECASE
)
_DDE = re.compile(r"\bDDE(?:AUTO)?\b|\bINCLUDETEXT\b.*//", re.IGNORECASE)
_LINKED = {"ddeLink", "oleLink"}
_WEB = re.compile(rb"WEBSERVICE\s*\(", re.IGNORECASE)
# What is never an honest part of a document, by how it begins and by what it is called.
_FOREIGN = (b"MZ", b"PK\x03\x04", b"\x7fELF", b"Rar!", b"7z\xbc\xaf", b"%PDF", b"\xd0\xcf\x11\xe0", b"#!")
_FOREIGN_NAMES = re.compile(
    r"\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|vbe|jse?|wsf|hta|lnk|jar|html?|xhtml|mht|mhtml|swf|svgz|chm|iso|docm|xlsm|pptm)$"
)
_PACKAGE = re.compile(r"/embeddings/[^/]+\.(docx|xlsx|pptx)$")
_MOST_EMBEDDED = 20
_NAMED = re.compile(
    rb"(?<=\s)((?:w|w15|p|p15|p188|x|xr)?:?(?:author|initials|userName|displayName|userId|providerId|lastModifiedBy|"
    rb"lastEdited|rsid\w*))=(\"[^\"]*\"|'[^']*')"
)
# Parts that name the writer, his machine or his printer and that a reader does not miss; what points at them goes too.
_DROPPED = re.compile(r"docProps/thumbnail|customXml/|xl/printerSettings/", re.IGNORECASE)
_POINTERS = re.compile(
    rb"<(?:\w+:)?(?:Relationship|Override)\b[^>]*(?:/thumbnail|customXml/|printerSettings|attachedTemplate)[^>]*/>",
    re.IGNORECASE,
)
_TRACES = re.compile(rb"<(?:\w+:)?(?:absPath|attachedTemplate)\b[^>]*/>")
_PAGE_SETUP = re.compile(rb"(<(?:\w+:)?pageSetup\b[^>]*?)\s+r:id=\"[^\"]*\"")
_UNCLEAN = (".tif", ".tiff", ".webp", ".wdp", ".jxr", ".heic", ".bmp", ".gif", ".svg")
_EMPTY_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_EMPTY_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
)
_EMPTY_CUSTOM = _EMPTY_APP.replace(b"extended-properties", b"custom-properties")


def check(name: str, raw: bytes, ending: str, *, deeper: bool = True) -> None:
    """Refuse what is not an honest document of this ending, with the file's name."""
    if raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise bad(name, "设了打开密码或是旧版文件，无法检查。请去掉密码、另存为新格式再传。")
    try:
        parts = _parts(name, raw)
    except BROKEN_ZIP as error:
        raise bad(name, "已经损坏，打不开。请重新保存后再传。") from error
    _check_macros(name, parts)
    if _MAIN[ending] not in parts.get("[Content_Types].xml", b""):
        raise bad(name, f"的内容不是 .{ending} 文件，请核对后再传。")
    _check_inside(name, parts, deeper)
    if any(_reaches_out(name, part.lower(), body) for part, body in parts.items()):
        raise bad(name, "打开时会自动连接外部地址或别的程序，不能上传。请断开这些链接，或者另存为 PDF 再传。")


def _check_macros(name: str, parts: dict[str, bytes]) -> None:
    types = parts.get("[Content_Types].xml", b"").lower()
    lower = {part.lower() for part in parts}
    if b"macroenabled" in types or any(
        part.endswith(("vbaproject.bin", "vbadata.xml"))
        or "/activex/" in part
        or "/macrosheets/" in part
        or "/dialogsheets/" in part
        for part in lower
    ):
        raise bad(name, "带有宏，不能上传。请另存为不带宏的文件或 PDF 再传。")


def _check_inside(name: str, parts: dict[str, bytes], deeper: bool) -> None:
    """What a document carries: charts keep their figures in a workbook, which is looked through too; nothing else is let in."""
    embedded = 0
    for part, body in parts.items():
        if kind := _PACKAGE.search(part.lower()):
            embedded += 1
            if not deeper or embedded > _MOST_EMBEDDED:
                raise bad(name, "里面套着太多别的文件，不能上传。请另存为 PDF 再传。")
            check(name, body, kind[1], deeper=False)
        elif body.startswith(_FOREIGN) or _FOREIGN_NAMES.search(part.lower()) or "/embeddings/" in part.lower():
            raise bad(name, "里面夹带着别的文件，不能上传。请删去它，或者另存为 PDF 再传。")


def _reaches_out(name: str, part: str, body: bytes) -> bool:
    """Whether a part fetches something from elsewhere, or starts another program, as soon as the document is opened."""
    if not part.endswith((".xml", ".rels")) or part.startswith("customxml/item"):
        return False
    if not xml.plain(body):
        raise bad(name, "的写法不正常，无法检查。请另存为 PDF 再传。")
    if part.endswith(".rels") or "/externallinks/" in part or b"instrText" in body or b":instr=" in body:
        try:
            found = xml.read(body)
        except ValueError as error:
            raise bad(name, "已经损坏，打不开。请重新保存后再传。") from error
        if found.elements & _LINKED or _DDE.search(found.instructions) or any(_fetched(one) for one in found.relations):
            return True
    return part == "xl/connections.xml" or (part.startswith("xl/worksheets/") and _WEB.search(body) is not None)


def _fetched(relation: dict[str, str]) -> bool:
    kind = relation.get("Type", "").rpartition("/")[2]
    return (
        kind.lower() in {one.lower() for one in _LOADED}
        and relation.get("TargetMode", "").lower() == "external"
        and _REMOTE.match(relation.get("Target", "")) is not None
    )


def neutral(raw: bytes) -> bytes:
    """A copy without authors, dates, revision marks' names and pictures' metadata.  Raises ``Refused``."""
    parts = _parts("附件", raw)
    if any("/embeddings/" in part for part in parts):
        raise Refused("这个文件里嵌有别的文件，不能去除其中的个人信息。", "请另存为 PDF 后再生成公开副本。")
    if any(part.lower().endswith(_UNCLEAN) for part in parts):
        raise Refused("这个文件里有去不掉拍摄信息的图片。", "请另存为 PDF 后再生成公开副本。")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, body in parts.items():
            if _DROPPED.match(part):
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
    if lower.endswith(".rels") or lower == "[content_types].xml":
        return _POINTERS.sub(b"", body)
    if lower.endswith((".jpg", ".jpeg", ".png")):
        return _neutral_picture(lower, body)
    if lower.endswith(".xml"):
        body = _NAMED.sub(rb'\1=""', body) if b"rsid" not in body else _NAMED.sub(_blank, body)
        body = _PAGE_SETUP.sub(rb"\1", _TRACES.sub(b"", body))
        if lower.endswith("authors.xml"):
            body = re.sub(rb"(?<=\s)name=\"[^\"]*\"", b'name=""', body)
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
