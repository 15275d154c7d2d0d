"""PDF files: looked into before they are kept, and made neutral before a copy is released."""

from __future__ import annotations

import io
import logging
import zlib
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from huying.files.rules import bad
from huying.kernel.errors import Refused

MAX_PAGES = 1000
_TAIL = 1024
_LARGEST_PICTURE = 64 * 1024 * 1024
_ACTIVE = (
    *(
        "/JavaScript",
        "/JS",
        "/Launch",
        "/EmbeddedFiles",
        "/EmbeddedFile",
        "/EF",
        "/FileAttachment",
        "/RichMedia",
        "/XFA",
    ),
    *("/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie", "/Sound", "/3D"),
)
_HARMLESS = ("/GoTo", "/Named")  # of what may happen by itself: going to a page
_PERSONAL = ("/Metadata", "/PieceInfo", "/LastModified", "/T", "/M", "/CreationDate", "/NM", "/AA", "/A")
_FAULTS = (
    zlib.error,
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OverflowError,
)

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs pieces of what it reads


def check(name: str, raw: bytes) -> None:
    """Refuse what is not an honest, readable PDF, with the file's name."""
    if not raw.startswith(b"%PDF-") or b"%%EOF" not in raw[-_TAIL:]:
        raise bad(name, "的内容不是完整的 PDF 文件，请重新导出后再传。")
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted:
            raise bad(name, "设了密码，无法检查。请去掉密码再传。")
        pages = len(reader.pages)
        active = _opens(reader) or any(_is_active(reader.get_object(number)) for number in _numbers(reader))
    except _FAULTS as error:
        raise bad(name, "已经损坏，打不开。请重新导出后再传。") from error
    if not 0 < pages <= MAX_PAGES:
        raise bad(name, f"有 {pages} 页，不能上传。请拆成 {MAX_PAGES} 页以内的文件。")
    if active:
        raise bad(name, "里带有脚本或夹带的文件，不能上传。请用“打印到 PDF”另存一份再传。")


def _opens(reader: PdfReader) -> bool:
    """Whether something else than going to a page happens as soon as the file is opened."""
    action = reader.root_object.get("/OpenAction")
    action = action.get_object() if action is not None else None
    return isinstance(action, DictionaryObject) and action.get("/S") not in _HARMLESS


def _acts_alone(item: DictionaryObject) -> bool:
    """Whether an object acts when its page is shown, closed or printed."""
    given: Any = item["/AA"].get_object() if "/AA" in item else {}
    found = [action.get_object() for action in given.values()] if isinstance(given, DictionaryObject) else []
    return any(isinstance(action, DictionaryObject) and action.get("/S") not in _HARMLESS for action in found)


def _numbers(reader: PdfReader) -> list[int]:
    """Object numbers the file's tables name."""
    listed = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    return sorted(number for number in listed if number)


def _is_active(item: object) -> bool:
    if not isinstance(item, DictionaryObject):
        return False
    if any(word in item for word in _ACTIVE) or _acts_alone(item):
        return True
    kinds = (item.get("/S"), item.get("/Type"), item.get("/Subtype"))
    nested = [item.raw_get(word) for word in ("/OpenAction", "/A", "/AA", "/Names") if word in item]
    return any(kind in _ACTIVE for kind in kinds) or any(_is_active(value) for value in nested)


def neutral(raw: bytes) -> bytes:
    """A copy of the pages only: no author, dates, comments' names, nor metadata inside pictures.  Raises ``Refused``."""
    try:
        writer = PdfWriter()
        writer.metadata = None
        for page in PdfReader(io.BytesIO(raw)).pages:
            writer.add_page(page)
        for item in writer._objects:  # pypdf offers no public walk over what will be written
            if isinstance(item, DictionaryObject):
                _strip(item)
        out = io.BytesIO()
        writer.write(out)
    except _FAULTS as error:
        raise Refused("这个 PDF 不能去除其中的个人信息。", "请打印后重新扫描，再上传扫描件。") from error
    return out.getvalue()


def _strip(item: DictionaryObject) -> None:
    is_note = item.get("/Subtype") is not None and "/Rect" in item
    for word in _PERSONAL:
        if word in item and (word in ("/Metadata", "/PieceInfo", "/LastModified") or is_note):
            del item[NameObject(word)]
    if isinstance(item, StreamObject):
        _strip_picture(item)


def _strip_picture(item: StreamObject) -> None:
    """Photos inside keep their pixels only; the stream is changed as it is stored, not decoded."""
    filters = item.get("/Filter")
    names = filters if isinstance(filters, list) else [filters]
    if (
        names[-1:] == ["/DCTDecode"] and len(names) > 1
    ):  # a JPEG packed once more: unpacked, so that it can be looked into
        if names != ["/FlateDecode", "/DCTDecode"]:
            raise ValueError(f"a picture behind {names}")
        unpacked = zlib.decompressobj()
        item._data = unpacked.decompress(item._data, _LARGEST_PICTURE)
        if unpacked.unconsumed_tail:
            raise ValueError("a picture larger than it can be")
        item[NameObject("/Filter")] = NameObject("/DCTDecode")
        item.pop("/DecodeParms", None)
    if names[-1:] == ["/DCTDecode"]:
        item._data = without_exif(item._data)
    elif "/JPXDecode" in names:
        item._data = without_boxes(item._data)


def without_boxes(picture: bytes) -> bytes:
    """A JPEG 2000 picture without its XML and UUID boxes, where camera, place and time stand."""
    if picture[4:8] != b"jP  ":
        return picture  # a bare codestream has no boxes
    kept, at = bytearray(), 0
    while at + 8 <= len(picture):
        size, kind = int.from_bytes(picture[at : at + 4], "big"), picture[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(picture[at + 8 : at + 16], "big")
        stop = len(picture) if size < 8 else at + size
        if kind not in (b"xml ", b"uuid", b"uinf"):
            kept += picture[at:stop]
        at = stop
    return bytes(kept)


def without_exif(jpeg: bytes) -> bytes:
    """A JPEG without its application segments (camera, place, time) and comments; colour information stays."""
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, at = bytearray(b"\xff\xd8"), 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        marker, stop = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker in (0xE0, 0xE2, 0xEE) or not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept += jpeg[at:stop]
        at = stop
    return bytes(kept) + jpeg[at:]
