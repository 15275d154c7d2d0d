"""Files made on the spot: honest ones as people send them, and hostile ones."""

from __future__ import annotations

import io
import struct
import wave
import zipfile

import pillow_heif
from docx import Document
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, create_string_object

GPS = 0x8825


def photo(kind: str = "JPEG", size: tuple[int, int] = (640, 480), *, turned: bool = False) -> bytes:
    """A picture, red at its top left, with camera name and place in its metadata."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS)[1] = "N"
    if turned:
        exif[0x0112] = 6  # the camera was held upright: turn by 90 degrees
    out = io.BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(out, exif=exif.tobytes())
    else:
        picture.save(out, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}))
    return out.getvalue()


def docx(text: str = "正文", *, pasted: bool = False) -> bytes:
    """A Word document with an author."""
    document = Document()
    document.core_properties.author = "SecretAuthor"
    document.add_paragraph(text)
    if pasted:
        document.add_picture(io.BytesIO(photo()))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def rezip(raw: bytes, change: dict[str, bytes]) -> bytes:
    """The same archive with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename not in change:
                target.writestr(entry.filename, source.read(entry))
        for part, body in change.items():
            target.writestr(part, body)
    return out.getvalue()


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        return packed.read(name)


def pdf(*, script: bool = False, attached: bool = False, password: str = "") -> bytes:
    """A one-page PDF with an author."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Author": create_string_object("SecretAuthor")})
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): create_string_object("app.alert(1)")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if attached:
        writer.add_attachment("inner.exe", b"MZ")
    if password:
        writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def sound() -> bytes:
    """A tenth of a second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(bytes(1600))
    return out.getvalue()


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def mp4(*handlers: bytes) -> bytes:
    """The frame of an MP4 file with one track for each handler."""
    tracks = b"".join(box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(12)))) for handler in handlers)
    return box(b"ftyp", b"isom\0\0\0\0isommp42") + box(b"moov", box(b"mvhd", bytes(100)) + tracks)


def webm(*types: int) -> bytes:
    """The frame of a live WebM recording (unknown sizes) with tracks of these types."""
    entries = b"".join(b"\xae\x83\x83\x81" + bytes([kind]) for kind in types)
    head = b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm"
    return (
        head
        + b"\x18\x53\x80\x67"
        + b"\x01"
        + b"\xff" * 7
        + b"\x16\x54\xae\x6b"
        + bytes([0x80 + len(entries)])
        + entries
    )


def tagged(title: str = "SecretTitle", body: bytes = b"\xff\xfb\x90\x00" + bytes(64)) -> bytes:
    """An MP3 with a tag in front: who spoke, where, on which telephone."""
    frame = b"\x00" + title.encode()
    tag = b"TIT2" + struct.pack(">IH", len(frame), 0) + frame
    return b"ID3\x03\x00\x00" + bytes([0, 0, len(tag) >> 7, len(tag) & 0x7F]) + tag + body


RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def relations(kind: str, target: str, *, quote: str = '"', mode: str = "External") -> bytes:
    """A part of relationships with one of a kind."""
    one = f"<Relationship Id='r1' Type='{OFFICE}/{kind}' Target='{target}' TargetMode='{mode}'/>".replace("'", quote)
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{RELS}">{one}</Relationships>'.encode()


def fields(*instructions: str) -> bytes:
    """A Word document with a field whose instruction stands in several runs."""
    runs = "".join(f"<w:r><w:instrText>{one}</w:instrText></w:r>" for one in instructions)
    body = part(docx(), "word/document.xml").replace(b"<w:body>", f"<w:body><w:p>{runs}</w:p>".encode())
    return rezip(docx(), {"word/document.xml": body})


def workbook() -> bytes:
    """A workbook with one number."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"author": "SecretAuthor", "company": "SecretCompany"})
        book.add_worksheet().write(0, 0, 1)
    return out.getvalue()


def nested(depth: int) -> bytes:
    """A document in a document in a document."""
    raw = docx()
    for _ in range(depth):
        raw = rezip(docx(), {"word/embeddings/inner.docx": raw})
    return raw


def pdf_of(change) -> bytes:
    """A one-page PDF to which ``change(writer)`` adds something."""
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def acts_alone(kind: str, **more: str):
    """An action that happens when the file is opened."""

    def change(writer: PdfWriter) -> None:
        action = {NameObject("/S"): NameObject(kind)} | {
            NameObject(f"/{key}"): create_string_object(value) for key, value in more.items()
        }
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(DictionaryObject(action))

    return change
