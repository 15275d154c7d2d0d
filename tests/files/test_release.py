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
    raw = samples.rezip(samples.docx(), {"word/embeddings/inner.xlsx": b"x"})
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
