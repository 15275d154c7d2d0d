"""The virus scanner: a real one, one that is away, slow or breaks off; what it finds later is kept from everybody."""

from __future__ import annotations

import socket
import tempfile
import threading
from pathlib import Path

import pytest
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.files import acts, jobs, reads, scanner
from huying.files.models import File, State
from huying.handling import acts as handling
from huying.handling.models import ItemFile
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.notices.models import Notice
from huying.trail.models import Entry
from tests.factories.world import assigned, said
from tests.files import clamd, samples
from tests.needs import clamd as program

pytestmark = pytest.mark.django_db
real = pytest.mark.skipif(program() is None, reason="clamd is not installed")


@pytest.fixture(scope="module")
def running():
    """A short folder: the path of a socket may have a hundred characters only."""
    with tempfile.TemporaryDirectory(prefix="clamd-") as folder, clamd.daemon(Path(folder)) as address:
        yield address


@pytest.fixture
def answering(settings, running):
    settings.HUYING_CLAMD = running


@pytest.fixture
def away(settings):
    settings.HUYING_CLAMD = "127.0.0.1:1"


@real
@pytest.mark.attack(
    "outsider", "uploads a file with a virus the scanner knows, plain and inside a document", found="held"
)
def test_a_real_scanner_refuses_what_it_knows(upload, answering):
    assert "ClamAV" in reads.scanner_state().sentence
    assert upload("a.txt", "清白的文字".encode()).state == State.STORED
    for name, raw in (
        ("b.txt", b"x " + clamd.VIRUS),
        ("c.docx", samples.rezip(samples.docx(), {"word/media/note.txt": clamd.VIRUS})),
    ):
        with pytest.raises(Invalid) as refused:
            upload(name, raw)
        assert "查出病毒（Huying.Test" in refused.value.fields["files"]
        assert f"“{name}”" in refused.value.fields["files"]
    assert File.objects.count() == 1


@real
@pytest.mark.attack(
    "clerk", "uploads a virus while the scanner is away, to have it opened by the union later", found="held"
)
def test_what_came_while_it_was_away_is_scanned_later_and_kept_from_everybody(
    upload, away, settings, running, unit, now
):
    clean, sick = upload("好.txt", b"clean"), upload("张三的病毒.txt", clamd.VIRUS)
    assert {clean.state, sick.state} == {State.QUARANTINED}
    assert reads.held_back() == (2, 0)
    with pytest.raises(Refused, match="等待查毒"):
        reads.response(sick, inline=False)
    settings.HUYING_CLAMD = running
    jobs.rescan(at=now)
    clean.refresh_from_db()
    sick.refresh_from_db()
    assert (clean.state, sick.state) == (State.STORED, State.INFECTED)
    assert reads.content(clean) == b"clean"
    assert reads.held_back() == (0, 1)
    for opened in (lambda: reads.content(sick), lambda: reads.response(sick, inline=True)):
        with pytest.raises(Refused, match="隔离"):
            opened()
    with pytest.raises(Refused, match="隔离"):
        acts.release(file=sick, name="附件1", key=DataKey.fresh(now), by=SYSTEM, at=now)
    assert "张三" not in reads.name(sick)
    entry = Entry.objects.get(act="file.infected")
    assert (entry.chain, entry.subject) == (unit.pk, f"file:{sick.pk}")
    jobs.rescan(at=now)
    assert Entry.objects.filter(act="file.infected").count() == 1


def deaf(seen: list[bytes]):
    """Listens and says nothing."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            seen.append(b"")
            held.append(line)

    held: list[socket.socket] = []
    threading.Thread(target=serve, daemon=True).start()
    return server, held


def test_a_scanner_that_says_nothing_keeps_nobody_waiting_twice(upload, settings, monkeypatch):
    monkeypatch.setattr(scanner, "_SECONDS", 0.2)
    seen: list[bytes] = []
    server, held = deaf(seen)
    settings.HUYING_CLAMD = f"127.0.0.1:{server.getsockname()[1]}"
    try:
        states = {upload(f"{number}.txt", b"words").state for number in range(4)}
    finally:
        server.close()
        for line in held:
            line.close()
    assert states == {State.QUARANTINED}
    assert len(seen) == 1, "the first file waited, the others did not"


@pytest.fixture
def infected(world, away, now):
    """A case and an item, each with a file the scanner found something in."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    def kept(name):
        return (acts.check(upload=SimpleUploadedFile(name, b"words")),)

    case = said(world, files=kept("单子.txt"))
    item = assigned(world)
    handling.take_item(item_id=item.pk, by=world.as_("handler"), at=now)
    handling.progress(item_id=item.pk, text="看过了。", files=kept("现场.txt"), by=world.as_("handler"), at=now)
    File.objects.filter(state=State.QUARANTINED).update(state=State.INFECTED)
    return case, item


def test_who_is_concerned_is_told_once(world, infected, now):
    case, item = infected
    for _ in range(2):
        cases.tell_of_infected(by=SYSTEM, at=now)
        handling.tell_of_infected(by=SYSTEM, at=now)
    told = {(notice.recipient_id, notice.subject) for notice in Notice.objects.filter(kind__endswith="file_infected")}
    assert (world.posts["officer"].person_id, case.pk) in told
    assert (world.posts["handler"].person_id, item.pk) in told
    assert (world.posts["officer"].person_id, item.case_id) in told
    assert Notice.objects.filter(kind__endswith="file_infected").count() == len(told)
    assert world.posts["handler"].person_id not in {person for person, subject in told if subject == case.pk}
    assert Case.objects.get(pk=case.pk).number not in {n.title for n in Notice.objects.filter(subject=item.pk)}
    assert ItemFile.objects.get().file.state == State.INFECTED


@pytest.mark.attack("system", "opens what the scanner holds back, or has anybody else delete it", found="held")
def test_the_system_administrator_sees_a_count_and_deletes(
    client, world, infected, now, django_capture_on_commit_callbacks
):
    address = reverse("desk:system")
    client.force_login(world.posts["system"].person.user)
    html = client.get(address).content.decode()
    assert "隔离着 2 个查出病毒的文件" in html
    assert "现场" not in html
    for role in ("officer", "security", "audit", "handler"):
        with pytest.raises(NotYours):
            acts.delete_infected(by=world.as_(role), at=now)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("desk:system-infected-delete"), {"once": "x" * 20}, follow=True)
    assert "删除了 2 个隔离的文件" in answer.content.decode()
    assert set(File.objects.values_list("state", flat=True)) == {State.ERASED}
    assert Entry.objects.filter(act="file.infected_deleted", actor=world.as_("system").code).count() == 2
    assert reads.held_back() == (0, 0)
