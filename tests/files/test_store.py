"""What people send is kept, readable with its key only."""

from __future__ import annotations

import errno
import hashlib
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from PIL import Image

from huying.files import acts, disk, reads, rules
from huying.files.models import File, Kind, State
from huying.kernel import crypto
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, Refused
from huying.kernel.models import DataKey
from tests.files import samples

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "kind"),
    [("照片.jpg", "JPEG"), ("屏幕.png", "PNG"), ("a.webp", "WEBP"), ("IMG_0001.HEIC", "HEIF"), ("b.gif", "GIF"),
     ("c.bmp", "BMP"), ("d.avif", "AVIF"), ("微信改名的苹果照片.jpg", "HEIF"), ("blob", "JPEG"), ("image", "HEIF")],
)  # fmt: skip
def test_any_photo_is_kept_as_pixels_only(upload, name, kind):
    file = upload(name, samples.photo(kind))
    body = reads.content(file)
    picture = Image.open(io.BytesIO(body))
    assert (file.kind, file.state) == (Kind.IMAGE, State.STORED)
    assert file.media == f"image/{picture.format.lower()}"
    assert picture.size == (640, 480)
    assert not picture.getexif()
    assert b"SecretCamera" not in body
    assert reads.name(file).rsplit(".")[-1] in ("jpg", "png")


def test_a_photo_is_turned_upright_and_made_smaller(upload):
    picture = Image.open(io.BytesIO(reads.content(upload("a.jpg", samples.photo(size=(4000, 3000), turned=True)))))
    assert picture.size == (1920, 2560)
    assert picture.getpixel((1800, 100))[0] > 200  # red was top left, is top right once turned
    assert picture.getpixel((100, 2400))[2] > 200


def test_transparent_places_become_white(upload):
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    picture = Image.open(io.BytesIO(reads.content(upload("a.png", out.getvalue()))))
    assert picture.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("name", "raw", "answer"),
    [
        ("通知.pdf", samples.pdf(), (Kind.PDF, "application/pdf", "通知.pdf")),
        ("情况.docx", samples.docx(), (Kind.DOCUMENT, rules.ENDINGS["docx"][1], "情况.docx")),
        ("说明.TXT", "末班车".encode("gb18030"), (Kind.TEXT, "text/plain; charset=utf-8", "说明.TXT")),
        ("录音.wav", samples.sound(), (Kind.AUDIO, "audio/wav", "录音.wav")),
        ("录音.amr", b"#!AMR\n" + bytes(64), (Kind.AUDIO, "audio/amr", "录音.amr")),
        ("录音.mp4", samples.mp4(b"soun"), (Kind.AUDIO, "audio/mp4", "录音.m4a")),
        ("voice.webm", samples.webm(2), (Kind.AUDIO, "audio/webm", "voice.webm")),
        ("voice.3gp", samples.mp4(b"soun"), (Kind.AUDIO, "audio/mp4", "voice.m4a")),
        ("voice.mp3", samples.tagged(), (Kind.AUDIO, "audio/mpeg", "voice.mp3")),
        ("voice.ogg", b"OggS" + bytes(24) + b"OpusHead" + bytes(64), (Kind.AUDIO, "audio/ogg", "voice.ogg")),
    ],
)
def test_documents_and_recordings(upload, name, raw, answer):
    file = upload(name, raw)
    assert (file.kind, file.media, reads.name(file)) == answer
    assert file.size == len(reads.content(file))


def test_text_is_kept_in_utf8(upload):
    assert reads.content(upload("a.txt", "末班车".encode("gb18030"))).decode() == "末班车"


@pytest.mark.attack("disk", "reads the folder of files and their rows without the key file", found="held")
def test_neither_disk_nor_row_says_anything_without_the_key(upload, folder):
    file = upload("张三的工资条.txt", "末班车取消了".encode())
    lies = disk.path_of(file.id)
    assert lies == folder / file.id.hex[:2] / str(file.id)
    assert "末班车".encode() not in lies.read_bytes()
    assert "张三".encode() not in bytes(File.objects.get().name)
    assert lies.stat().st_mode & 0o077 == 0


@pytest.mark.attack("backup", "opens a file of an erased person from an older copy of the folder", found="held")
def test_a_destroyed_key_makes_it_unreadable(upload, key, now):
    file = upload("a.txt", b"text")
    key.wrapped, key.destroyed_at = None, now
    key.save()
    file = File.objects.get()
    with pytest.raises(Refused, match="密钥"):
        reads.content(file)
    assert reads.name(file) == "（不能打开）"


@pytest.mark.attack("system", "puts the content of one file in the place of another", found="held")
def test_a_content_put_in_anothers_place_does_not_open(upload):
    first, second = upload("a.txt", b"one"), upload("b.txt", b"two")
    disk.path_of(first.id).write_bytes(disk.path_of(second.id).read_bytes())
    with pytest.raises(Refused, match="改动"):
        reads.content(first)


@pytest.mark.attack("backup", "guesses what a file is by the digest of a known paper", found="held")
def test_the_same_upload_is_recognised_under_its_key_only(upload, unit, now):
    first, second = upload("a.txt", b"same"), upload("b.txt", b"same")
    assert bytes(second.digest) == bytes(first.digest)
    other = DataKey.fresh(now)
    assert acts._digest_of(other, hashlib.sha256(b"same").digest()) != bytes(first.digest)


def test_a_rolled_back_upload_leaves_an_orphan_that_is_swept_after_a_day(upload, now, folder):
    kept = upload("a.txt", b"kept")
    with transaction.atomic():
        upload("b.txt", b"lost")
        transaction.set_rollback(True)
    (folder / "ab").mkdir(exist_ok=True)
    (folder / "ab" / f"{uuid4()}.part").write_bytes(b"half")
    lying = [path for path, _, _ in disk.contents()]
    assert len(lying) == 3
    assert File.objects.count() == 1
    moment = max(path.stat().st_mtime for path in lying)
    soon = now.fromtimestamp(moment + 60, now.tzinfo)
    assert acts.sweep_orphans(by=SYSTEM, at=soon) == 0
    assert acts.sweep_orphans(by=SYSTEM, at=soon + timedelta(days=1)) == 2
    assert reads.content(kept) == b"kept"


def test_a_write_cut_short_leaves_nothing_that_could_be_taken_for_a_content(monkeypatch, folder):
    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(disk.os, "fsync", killed)
    with pytest.raises(KeyboardInterrupt):
        disk.write(uuid4(), b"sealed")
    assert [file_id for _, file_id, _ in disk.contents()] == [None]


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_said_and_leaves_nothing_half(monkeypatch, folder, fault):
    def full(*_):
        raise OSError(fault, "no")

    monkeypatch.setattr(disk.os, "fsync", full)
    with pytest.raises(Refused, match="磁盘满了"):
        disk.write(uuid4(), b"sealed")
    assert list(disk.contents()) == []


def test_another_fault_of_the_disk_is_not_taken_for_a_full_one(monkeypatch, folder):
    def broken(*_):
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(disk.os, "fsync", broken)
    with pytest.raises(OSError, match="no"):
        disk.write(uuid4(), b"sealed")


def test_erasing_takes_content_and_name(upload, now, django_capture_on_commit_callbacks):
    file = upload("名字.txt", b"text")
    with django_capture_on_commit_callbacks(execute=True):
        acts.erase(file=file, by=SYSTEM, at=now)
    row = File.objects.get()
    assert (row.state, row.size, bytes(row.name), row.erased_at) == (State.ERASED, 0, b"", now)
    assert not disk.path_of(file.id).exists()
    assert reads.name(row) == "（已清除）"
    with pytest.raises(Refused, match="已经清除"):
        reads.content(row)
    assert acts.erase(file=row, by=SYSTEM, at=now + timedelta(days=1)).erased_at == now


def test_a_lost_content_says_what_to_do(upload):
    file = upload("a.txt", b"text")
    disk.remove(file.id)
    with pytest.raises(Refused, match="备份"):
        reads.content(file)


def test_works_under_sm4_too(upload, settings):
    settings.HUYING_CIPHER = "sm4"
    file = upload("a.txt", b"text")
    assert disk.read(file.id)[:1] == crypto.SM4
    assert reads.content(file) == b"text"


def test_at_most_nine(upload):
    rules.check_count(9)
    with pytest.raises(Invalid) as refused:
        rules.check_count(10)
    assert "最多 9 个" in refused.value.fields["files"]
