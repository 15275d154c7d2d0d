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
