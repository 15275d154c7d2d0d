"""Anchors leave the house: a file every day, a letter, a sheet of paper, and the command that compares what was kept."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.core.management import call_command
from pypdf import PdfReader

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, Refused
from huying.papers.anchors import anchors_pdf
from huying.trail import acts, jobs, reads
from huying.trail.models import Anchor, Entry, Keeper
from huying.trail.rules import read_kept
from tests.trail.test_trail import key, without_triggers
from tests.trail.test_verify import grow

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(now):
    """A root with two chains, anchored on three days."""
    root, one, other = uuid4(), uuid4(), uuid4()
    for day in range(3):
        at = now - timedelta(days=3 - day)
        grow([one, other], root, at)
        acts.anchor_all(day=at.date())
    return root, one


@pytest.fixture
def folder(settings, tmp_path):
    settings.HUYING_ANCHORS = str(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def texts(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


# --- files --------------------------------------------------------------------------------------------------------------


def test_every_day_gets_a_file_once(trail, folder, now):
    assert acts.write_anchors(at=now) == 3
    first = texts(folder)
    assert sorted(first) == [f"huying-anchors-2026-11-{day}.txt" for day in (17, 18, 19)]
    assert len(read_kept(first["huying-anchors-2026-11-19.txt"])) == Anchor.objects.filter(day="2026-11-19").count()
    (folder / "huying-anchors-2026-11-18.txt").unlink()
    assert acts.write_anchors(at=now + timedelta(days=1)) == 1
    assert acts.write_anchors(at=now + timedelta(days=2)) == 0
    assert texts(folder)["huying-anchors-2026-11-17.txt"] == first["huying-anchors-2026-11-17.txt"]
    assert not [name for name in texts(folder) if name.endswith(".part")]


def test_without_a_folder_nothing_is_written(trail, settings, now):
    settings.HUYING_ANCHORS = ""
    assert acts.write_anchors(at=now) == 0


@pytest.mark.attack(
    "system", "makes every chain and anchor anew at night, so that the trail is whole again", found="held"
)
def test_the_next_night_the_folder_tells(trail, folder, now):
    root, one = trail
    acts.write_anchors(at=now)
    before = texts(folder)
    without_triggers("UPDATE trail_entry SET act = 'z' WHERE chain = %s AND seq = 1", key(one))
    from drills.trail import Trail, rebuild, rebuild_anchors

    holder = Trail.__new__(Trail)
    holder.native = key(one) == one
    rebuild(holder, one)
    rebuild_anchors(root)
    assert reads.verify(root) == [], "by itself nothing shows"
    acts.anchor_all(day=now.date())
    with pytest.raises(Refused, match="从 2026-11-17 起"):
        jobs.hand_out(at=now + timedelta(days=1))
    assert texts(folder) == before, "the evidence stays as it is"


def test_a_damaged_file_is_named(trail, folder, now):
    acts.write_anchors(at=now)
    path = folder / "huying-anchors-2026-11-18.txt"
    path.write_text(path.read_text().replace("\t2\t", "\t3\t"))
    with pytest.raises(Refused, match=r"2026-11-18\.txt 坏了"):
        acts.write_anchors(at=now)


# --- letters ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail


def test_a_keeper_gets_all_then_what_is_new(trail, post, now):
    root, one = trail
    acts.add_keeper(roots=[root], address=" Shenji@Example.org ", by=SYSTEM, at=now)
    assert acts.send_anchors(at=now) == 1
    (letter,) = post.outbox
    assert letter.to == ["shenji@example.org"]
    (name, text, _) = letter.attachments[0]
    assert name == "huying-anchors-2026-11-19.txt"
    assert [row.day.day for row in read_kept(text)] == [17, 18, 19]
    assert str(one) not in letter.body + text
    assert acts.send_anchors(at=now) == 0
    acts.anchor_day(root=root, day=now.date())
    assert acts.send_anchors(at=now + timedelta(days=1)) == 1
    assert [row.day.day for row in read_kept(post.outbox[1].attachments[0][1])] == [20]


def test_what_could_not_be_sent_is_said_and_tried_again(trail, post, now, monkeypatch):
    root, _ = trail
    acts.add_keeper(roots=[root], address="a@example.org", by=SYSTEM, at=now)

    def gone(*_, **__):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", gone)
        assert acts.send_anchors(at=now) == 0
    assert "ConnectionRefusedError" in Keeper.objects.get().error
    assert acts.send_anchors(at=now) == 1
    assert Keeper.objects.get().error == ""


def test_without_mail_nothing_is_sent_and_nothing_forgotten(trail, settings, now):
    root, _ = trail
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    acts.add_keeper(roots=[root], address="a@example.org", by=SYSTEM, at=now)
    assert acts.send_anchors(at=now) == 0
    assert Keeper.objects.get().sent_through is None


def test_keepers_are_few_once_each_and_forgotten_when_ended(trail, post, now):
    root, _ = trail
    acts.add_keeper(roots=[root], address="a@example.org", by=SYSTEM, at=now)
    with pytest.raises(Invalid) as twice:
        acts.add_keeper(roots=[root], address="A@example.org", by=SYSTEM, at=now)
    assert "已经在名单里" in twice.value.fields["address"]
    row = Keeper.objects.get()
    acts.end_keeper(roots=[root], keeper=row.pk, by=SYSTEM, at=now)
    row.refresh_from_db()
    assert (row.address, row.ended_at) == ("", now)
    assert acts.send_anchors(at=now) == 0
    with pytest.raises(Refused):
        acts.end_keeper(roots=[root], keeper=row.pk, by=SYSTEM, at=now)
    with pytest.raises(Refused):
        acts.end_keeper(roots=[uuid4()], keeper=row.pk, by=SYSTEM, at=now)
    assert list(Entry.objects.filter(chain=root).order_by("seq").values_list("act", flat=True)) == [
        "trail.add_keeper",
        "trail.end_keeper",
    ]
    for number in range(10):
        acts.add_keeper(roots=[root], address=f"{number}@example.org", by=SYSTEM, at=now)
    with pytest.raises(Invalid):
        acts.add_keeper(roots=[root], address="more@example.org", by=SYSTEM, at=now)


# --- paper and the command ----------------------------------------------------------------------------------------------


def test_a_sheet_holds_the_digest_in_groups(trail, now):
    root, _ = trail
    kept = reads.kept([root], day=now.date() - timedelta(days=1))
    made = anchors_pdf(kept, {root: "沂河县总工会"}, now.date())
    pages = PdfReader(io.BytesIO(made)).pages
    text = pages[0].extract_text()
    assert len(pages) == 1
    assert "沂河县总工会" in text
    assert all(group in text for group in (kept[0].digest[:4], kept[0].digest[-4:]))


def run(*given, capsys):
    """The command's output and exit code."""
    try:
        call_command("trail", *given)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, capsys.readouterr().out


def test_the_command_verifies_and_says_how_far_it_is_proven(trail, now, tmp_path, capsys):
    root, one = trail
    file, sheet = tmp_path / "a.txt", tmp_path / "a.pdf"
    assert run("anchors", "export", "--to", str(file), capsys=capsys)[0] == 0
    assert run("anchors", "export", "--to", str(sheet), capsys=capsys)[0] == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    with pytest.raises(Refused, match="已经有了"):
        call_command("trail", "anchors", "export", "--to", str(file))
    grow([one], root, now)
    code, said = run("verify", "--anchors", str(file), capsys=capsys)
    assert code == 0
    assert f"{root}：到 2026-11-19 为止的 18 条记录，和带出的日锚相符" in said
    assert f"{root}：其后的 3 条还没有带出的日锚作证" in said
    assert "整条重写过的话，这里看不出来" in said
    assert "没有拿保存在外面的日锚核对" in run("verify", "--since", "2026-11-20", capsys=capsys)[1]
    without_triggers("UPDATE trail_entry SET act = 'z' WHERE chain = %s AND seq = 2", key(one))
    code, said = run("verify", "--anchors", str(file), capsys=capsys)
    assert code == 1
    assert f"事项 {reads.neutral_code(one)} 第 2 条：记录被改动" in said
    assert str(one) not in said


@pytest.mark.parametrize(
    ("given", "why"),
    [(("verify", "export"), "请写"), (("anchors", "export"), "请写"), (("verify", "--anchors", "/nowhere"), "打不开")],
)
def test_the_command_says_what_it_needs(db, given, why):
    with pytest.raises(Refused, match=why):
        call_command("trail", *given)


def test_the_command_names_a_file_that_is_none(db, tmp_path):
    file = tmp_path / "x.txt"
    file.write_text("什么也不是")
    with pytest.raises(Refused, match="没有日锚"):
        call_command("trail", "verify", "--anchors", str(file))


def test_the_command_can_be_stopped(trail, monkeypatch, capsys):
    import os
    import signal

    from huying.trail.reads import _rows

    monkeypatch.setattr(_rows, "STEP", 5)
    from huying.site.management.commands import trail as command

    def stopping(self, done, of):
        os.kill(os.getpid(), signal.SIGINT)
        return True

    monkeypatch.setattr(command.Command, "_progress", stopping)
    code, said = run("verify", capsys=capsys)
    assert code == 2
    assert "停下了" in said


# --- what it never holds ------------------------------------------------------------------------------------------------


@pytest.mark.attack(
    "backup", "reads names, telephone numbers or words of workers out of the trail's tables", found="held"
)
def test_the_trail_holds_no_word_of_anybody(world, now):
    from django.db import connection

    from tests.factories.world import told

    told(world)
    with connection.cursor() as cursor:
        everything = []
        for table in ("trail_entry", "trail_anchor", "trail_reading", "trail_chain"):
            cursor.execute(f"SELECT * FROM {table}")
            everything += [
                str(value) for row in cursor.fetchall() for value in row if not isinstance(value, bytes | memoryview)
            ]
    said = "\n".join(everything)
    assert "case." in said
    assert not [char for char in said if "\u4e00" <= char <= "\u9fff"], "not one Chinese character"
    import re

    assert not re.search(r"(?<![0-9a-f-])1[3-9]\d{9}(?![0-9a-f-])", said)
