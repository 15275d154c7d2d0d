"""Released copies: another key, a neutral name, no metadata.  And the door through which files leave."""

from __future__ import annotations

import io
import socketserver
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from pypdf import PdfReader, PdfWriter

from huying.files import acts, disk, jobs, pdf, reads
from huying.files.models import File, State
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, Refused
from huying.kernel.models import DataKey
from tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(now):
    key = DataKey.fresh(now)

    def copy(file, name="附件1"):
        return acts.release(file=file, name=name, key=key, by=SYSTEM, at=now)

    return copy


def test_a_copy_stays_readable_when_the_original_is_gone(upload, release, key, now):
    file = upload("张三的手.jpg", samples.photo())
    copy = release(file)
    assert reads.name(copy) == "附件1.jpg"
    assert (copy.released_from, copy.root) == (file, file.root)
    assert copy.key != key
    key.wrapped, key.destroyed_at = None, now
    key.save()
    assert reads.content(File.objects.get(pk=copy.pk))[:3] == b"\xff\xd8\xff"


def test_a_word_copy_names_nobody_and_still_opens(upload, release):
    raw = samples.docx("正文在这里", pasted=True)
    body = samples.part(raw, "word/document.xml").replace(
        b"<w:body>", b'<w:body><w:p w:rsidR="00AB12CD"><w:ins w:id="1" w:author="SecretAuthor"/></w:p>'
    )
    copy = reads.content(release(upload("情况.docx", samples.rezip(raw, {"word/document.xml": body}))))
    document = Document(io.BytesIO(copy))
    assert "正文在这里" in [p.text for p in document.paragraphs]
    assert document.core_properties.author == ""
    parts = [samples.part(copy, name) for name in ("docProps/core.xml", "docProps/app.xml", "word/document.xml")]
    assert not any(b"Secret" in text or b"00AB12CD" in text for text in parts)
    pictures = [rel.target_part.blob for rel in document.part.rels.values() if "image" in rel.reltype]
    assert pictures
    assert b"SecretCamera" not in pictures[0]


def test_a_document_with_another_inside_is_not_released(upload, release):
    raw = samples.rezip(samples.docx(), {"word/embeddings/inner.xlsx": samples.workbook()})
    with pytest.raises(Refused, match="嵌有"):
        release(upload("a.docx", raw))


def test_a_pdf_copy_has_no_author_and_its_photos_no_place(upload, release, tmp_path):
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(samples.photo())).save(out, "PDF", author="SecretAuthor")
    copy = reads.content(release(upload("扫描.pdf", out.getvalue())))
    reader = PdfReader(io.BytesIO(copy))
    assert len(reader.pages) == 1
    assert not (reader.metadata or {}).get("/Author")
    assert b"Secret" not in copy


def test_metadata_segments_leave_a_jpeg_whole():
    clean = pdf.without_exif(samples.photo())
    assert b"SecretCamera" not in clean
    from PIL import Image

    assert Image.open(io.BytesIO(clean)).size == (640, 480)


def test_a_pdf_note_loses_its_writer(upload, release):
    from pypdf.annotations import Text

    writer = PdfWriter(clone_from=io.BytesIO(samples.pdf()))
    note = Text(rect=(10, 10, 40, 40), text="要看的批注")
    note[pdf.NameObject("/T")] = pdf_text("SecretWriter")
    writer.add_annotation(0, note)
    out = io.BytesIO()
    writer.write(out)
    copy = PdfReader(io.BytesIO(reads.content(release(upload("a.pdf", out.getvalue())))))
    kept = copy.pages[0]["/Annots"][0].get_object()
    assert kept["/Contents"] == "要看的批注"
    assert "/T" not in kept


def pdf_text(text):
    from pypdf.generic import create_string_object

    return create_string_object(text)


def test_a_voice_is_not_released(upload, release):
    with pytest.raises(Refused, match="写成文字"):
        release(upload("a.wav", samples.sound()))


def test_pictures_show_inside_a_page_and_nothing_else_does(upload):
    picture = reads.response(upload("图.png", samples.photo("PNG")), inline=True)
    assert picture["Content-Disposition"] == "inline; filename*=utf-8''%E5%9B%BE.png"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in picture["Cache-Control"]
    document = reads.response(upload("a.pdf", samples.pdf()), inline=True)
    assert document["Content-Disposition"].startswith("attachment")
    assert reads.response(upload("b.png", samples.photo("PNG")), inline=False)["Content-Disposition"].startswith("att")


@pytest.mark.parametrize(
    ("span", "status", "body"),
    [("bytes=0-1", 206, b"RI"), ("bytes=2-3", 206, b"FF"), ("bytes=99999999-", 416, b""), ("lines=1", 200, None),
     ("bytes=-4", 206, bytes(4)), ("bytes=-", 200, None)],
)  # fmt: skip
def test_a_recording_can_be_played_from_the_middle(upload, span, status, body):
    answer = reads.response(upload("a.wav", samples.sound()), inline=True, span=span)
    assert answer.status_code == status
    assert answer.content == (samples.sound() if body is None else body)
    if status == 206:
        assert answer["Content-Range"].endswith(f"/{len(samples.sound())}")


class Scanner(socketserver.BaseRequestHandler):
    """Speaks as much of the scanner's language as is needed."""

    def handle(self):
        seen = self.request.recv(65536)
        if b"VERSION" in seen:
            self.request.sendall(b"ClamAV 1.0\0")
            return
        while not seen.endswith(bytes(4)):
            seen += self.request.recv(65536)
        self.request.sendall(b"stream: Eicar FOUND\0" if b"EICAR" in seen else b"stream: OK\0")


@pytest.fixture
def scanner(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.HUYING_CLAMD = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_a_virus_is_refused(upload, scanner):
    assert "ClamAV" in reads.scanner_state().sentence
    assert upload("a.txt", b"clean words").state == State.STORED
    with pytest.raises(Invalid) as refused:
        upload("b.txt", b"EICAR words")
    assert "Eicar" in refused.value.fields["files"]


def test_without_an_answer_it_waits_and_is_let_out_later(upload, now, settings, scanner):
    answering = settings.HUYING_CLAMD
    settings.HUYING_CLAMD = "127.0.0.1:1"
    assert not reads.scanner_state().ok
    clean, sick = upload("a.txt", b"clean words"), upload("b.txt", b"EICAR words")
    assert clean.state == State.QUARANTINED
    with pytest.raises(Refused, match="等待查毒"):
        reads.content(clean)
    assert acts.rescan_waiting(by=SYSTEM, at=now) == 0
    settings.HUYING_CLAMD = answering
    lost = upload("c.txt", b"words")
    File.objects.filter(pk=lost.pk).update(state=State.QUARANTINED)
    disk.remove(lost.pk)
    assert acts.rescan_waiting(by=SYSTEM, at=now) == 2
    states = {file.pk: file.state for file in File.objects.all()}
    assert states == {clean.pk: State.STORED, sick.pk: State.INFECTED, lost.pk: State.QUARANTINED}


def test_a_key_destroyed_while_waiting_ends_the_wait(upload, key, now, settings, scanner):
    answering, settings.HUYING_CLAMD = settings.HUYING_CLAMD, "127.0.0.1:1"
    file = upload("a.txt", b"words")
    key.wrapped, key.destroyed_at = None, now
    key.save()
    settings.HUYING_CLAMD = answering
    assert acts.rescan(file=file, by=SYSTEM, at=now).state == State.ERASED


def test_the_jobs_do_both(upload, now, settings):
    settings.HUYING_CLAMD = "127.0.0.1:1"
    file = upload("a.txt", b"words")
    settings.HUYING_CLAMD = ""  # the installation gave its scanner up
    jobs.rescan(at=now)
    jobs.sweep(at=now)
    file.refresh_from_db()
    assert reads.content(file) == b"words"


def test_no_scanner_is_said_plainly(settings):
    settings.HUYING_CLAMD = ""
    assert reads.scanner_state().ok
    assert "没有接入" in reads.scanner_state().sentence


def test_an_upload_read_before_is_read_from_its_beginning(unit, key, now):
    given = SimpleUploadedFile("a.txt", b"text")
    given.read()
    assert reads.content(acts.store(checked=acts.check(upload=given), key=key, root=unit, by=SYSTEM, at=now)) == b"text"


SECRET = b"Secret"


def everything(raw: bytes) -> bytes:
    """All bytes of a document, packed parts and streams unpacked."""
    found = [raw]
    if raw[:4] == b"PK\x03\x04":
        import zipfile

        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            found += [packed.comment, *(name.encode() + packed.read(name) for name in packed.namelist())]
    elif raw[:5] == b"%PDF-":
        reader = PdfReader(io.BytesIO(raw))
        for number in range(1, len(reader.xref.get(0, {})) + 1):
            try:
                item = reader.get_object(number)
                found += [repr(item).encode(), item._data if hasattr(item, "_data") else b""]
            except Exception:
                continue
    return b"\n".join(found)


def rich_docx() -> bytes:
    core = samples.part(samples.docx(), "docProps/core.xml")
    assert b"SecretAuthor" in core
    raw = samples.docx("正文", pasted=True)
    settings = samples.part(raw, "word/settings.xml").replace(
        b"</w:settings>", b'<w:attachedTemplate r:id="rId9"/></w:settings>'
    )
    return samples.rezip(
        raw,
        {
            "docProps/custom.xml": b"<Properties><property name='SecretOwner'/></Properties>",
            "customXml/item1.xml": b"<x>SecretForm</x>",
            "word/comments.xml": b'<w:comments xmlns:w="w"><w:comment w:id="1" w:author="SecretA" w:initials="SecretI"/></w:comments>',
            "word/people.xml": b'<w15:people xmlns:w15="w"><w15:person w15:author="SecretP"/></w15:people>',
            "word/settings.xml": settings,
            "word/_rels/settings.xml.rels": samples.relations(
                "attachedTemplate", "file:///C:/Users/SecretUser/Normal.dotm"
            ),
        },
    )


def rich_xlsx() -> bytes:
    raw = samples.workbook()
    book = samples.part(raw, "xl/workbook.xml").replace(
        b"<sheets>", b'<x15ac:absPath xmlns:x15ac="x" url="C:\\Users\\SecretUser\\"/><sheets>'
    )
    return samples.rezip(
        raw,
        {
            "xl/workbook.xml": book,
            "xl/persons/person.xml": b'<personList xmlns="p"><person displayName="SecretN" userId="SecretI"/></personList>',
            "xl/printerSettings/printerSettings1.bin": b"\\\\SecretServer\\printer",
            "xl/comments1.xml": b"<comments><authors><author>SecretName</author></authors></comments>",
        },
    )


def rich_pdf() -> bytes:
    """XMP, a note, a JPEG with a place inside, another packed once more, a JPEG 2000 with boxes."""
    import zlib

    from pypdf.generic import (
        ArrayObject,
        DictionaryObject,
        NameObject,
        NumberObject,
        StreamObject,
        create_string_object,
    )

    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "SecretAuthor", "/Company": "SecretCompany"})
    jp2 = b"\0\0\0\x0cjP  \r\n\x87\n" + samples.box(b"xml ", b"SecretPlace") + samples.box(b"jp2c", b"\xff\x4f")
    pictures = {
        "/One": (samples.photo(), NameObject("/DCTDecode")),
        "/Two": (zlib.compress(samples.photo()), ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])),
        "/Three": (jp2, NameObject("/JPXDecode")),
    }
    shown = DictionaryObject()
    for name, (data, filters) in pictures.items():
        picture = StreamObject()
        picture._data = data
        words = {"/Type": NameObject("/XObject"), "/Subtype": NameObject("/Image"), "/Filter": filters}
        words |= {"/Width": NumberObject(640), "/Height": NumberObject(480)}
        picture.update({NameObject(word): value for word, value in words.items()})
        shown[NameObject(name)] = writer._add_object(picture)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): shown})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/App"): create_string_object("SecretApp")})
    said = StreamObject()
    said._data = b"<x:xmpmeta>SecretCreator</x:xmpmeta>"
    said[NameObject("/Type")] = NameObject("/Metadata")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(said)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.attack(
    "clerk", "looks through every byte of a released copy for who wrote it, where and on which machine",
    found="mended: custom XML, printer settings, paths of workbook and template, photos packed twice in a PDF kept their traces",
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "make"), [("a.docx", rich_docx), ("a.xlsx", rich_xlsx), ("a.pdf", rich_pdf), ("a.jpg", samples.photo)]
)
def test_no_byte_of_a_copy_says_who_made_it(upload, release, name, make):
    raw = make()
    assert SECRET in everything(raw)
    copy = reads.content(release(upload(name, raw)))
    assert SECRET not in everything(copy)


def test_a_copy_without_its_traces_still_opens(upload, release):
    import openpyxl

    assert Document(io.BytesIO(reads.content(release(upload("a.docx", rich_docx()))))).paragraphs
    book = openpyxl.load_workbook(io.BytesIO(reads.content(release(upload("a.xlsx", samples.workbook())))))
    assert book.active["A1"].value == 1


def test_a_document_with_a_picture_that_cannot_be_cleaned_is_not_released(upload, release):
    raw = samples.rezip(samples.docx(), {"word/media/image1.tiff": b"II*\0" + SECRET})
    with pytest.raises(Refused, match="拍摄信息"):
        release(upload("a.docx", raw))


@pytest.mark.attack(
    "clerk", "has a browser run a page he uploaded as text, or guess another type for a file", found="held"
)
def test_a_page_uploaded_as_text_is_saved_and_never_run(upload):
    answer = reads.response(upload("a.txt", b"<html><script>alert(1)</script>"), inline=True)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.attack("former", "finds a file in the cache of a shared computer", found="held")
def test_no_copy_stays_in_a_cache(upload):
    for answer in (
        reads.response(upload("a.wav", samples.sound()), inline=True, span=span) for span in ("", "bytes=0-3")
    ):
        assert answer["Cache-Control"] == "private, no-store"
        assert not answer.has_header("ETag")
        assert not answer.has_header("Last-Modified")


@pytest.mark.attack(
    "clerk", "puts a line break or a script into a file's name, for the header or the page that shows it", found="held"
)
@pytest.mark.parametrize(
    "given", ["a\r\nSet-Cookie: x=1.txt", "<img src=x onerror=alert(1)>.txt", 'a"; filename="b.html.txt', "a'b;c.txt"]
)
def test_a_name_stays_a_name_in_the_header(upload, given):
    said = reads.response(upload(given, b"x"), inline=False)["Content-Disposition"]
    assert said.startswith("attachment")
    assert not {"\r", "\n", "<", ">"} & set(said)
    assert "b.html" not in said.replace("b.html.txt", "")


@pytest.mark.attack(
    "outsider",
    "asks for ranges that are huge, turned round, many or negative",
    found="mended: a number of 4,300 digits and more was a server error; digits of other scripts counted",
)
@pytest.mark.parametrize(
    "span",
    [
        "bytes=5-2",
        "bytes=0-0,1-1,2-2",
        f"bytes={'9' * 400}-",
        f"bytes=0-{'9' * 5000}",
        f"bytes=0-{'9' * 400}",
        "bytes=--5",
        "bytes=-0",
        "bytes=\u0661-",
    ],
)
def test_odd_ranges_give_the_whole_or_nothing(upload, span):
    answer = reads.response(upload("a.wav", samples.sound()), inline=True, span=span)
    assert answer.status_code in (200, 206, 416)
    assert answer.content in (samples.sound(), b"")
