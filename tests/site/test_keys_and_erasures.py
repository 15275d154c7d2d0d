"""Real homes: a restore from before an erasure erases again; a rotation killed in the middle loses nothing."""

from __future__ import annotations

import os
import signal
import tarfile
from pathlib import Path

import pytest

from tests.site.conftest import Home

CANARY = "翠鸟戊己"
SPEAK = f"""
from django.utils import timezone
from huying.cases.acts import Matter, register
from huying.cases.acts._triage import index
from huying.cases.models import Case
from huying.cases.rules import Voice
from huying.files.acts import check
from huying.kernel.actors import SYSTEM
from huying.org.models import Unit
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.files.samples import photo
now = timezone.now()
voice = Voice(receipt="1" * 16, secrecy="named", name="{CANARY}", phone="13899997777", words="热水不热")
files = (check(upload=SimpleUploadedFile("{CANARY}.jpg", photo())),)
case = register(matter=Matter(place=Unit.objects.get(), channel="online", voices=(voice,), received_at=now, files=files),
                by=SYSTEM, at=now)
Case.objects.filter(pk=case.pk).update(summary="{CANARY}说热水不热", released_at=now)
index(Case.objects.get(pk=case.pk))
print(case.pk)
"""
ERASE = """
from django.utils import timezone
from huying.cases.acts import erase_party
from huying.cases.models import Party
from huying.kernel.actors import SYSTEM
erase_party(party_id=Party.objects.get().pk, why="asked", by=SYSTEM, at=timezone.now())
"""
AFTER = """
from huying.cases.models import Case, Party
from huying.cases.reads import opened
from huying.files.models import File
from huying.kernel.models import DataKey, TextEntry
from huying.trail.reads import verify
party = Party.objects.select_related("key").get()
print([party.erased_at is not None, party.key.wrapped, party.phone_index, opened(party).name, Case.objects.get().summary,
       [one.state for one in File.objects.all()], verify(), TextEntry.objects.filter(text__contains="翠鸟").count()])
"""
FILL = """
from django.utils import timezone
from huying.kernel.models import DataKey
for _ in range(400):
    DataKey.fresh(timezone.now())
"""
ALL_OPEN = """
from huying.kernel.models import DataKey
print(sum(len(key.secret()) == 32 for key in DataKey.objects.filter(wrapped__isnull=False)), DataKey.objects.count())
"""


@pytest.mark.attack(
    "backup",
    "restores a copy from before an erasure to read the erased person again",
    found="mended: only keys were destroyed again; the name staff had written, the look-up index and the files came back",
)
def test_a_restore_from_before_erases_again(founded: Home, tmp_path: Path) -> None:
    founded.ask(SPEAK)
    assert founded.run("backup", "--to", str(tmp_path)).returncode == 0
    founded.ask(ERASE)
    (data,), (keys,) = tmp_path.glob("*-data.tar.gz"), tmp_path.glob("*-keys.tar")
    done = founded.run("restore", str(data), "--keys", str(keys), "--force")
    assert done.returncode == 0, done.stderr
    assert "再次删除了 1 份" in done.stdout
    said = founded.ask(AFTER)
    assert said == "[True, None, None, '', '〔已清除〕说热水不热', ['erased'], [], 0]"
    if not founded.env.get("DATABASE_URL"):
        raw = b"".join(path.read_bytes() for path in founded.folder.glob("huying.sqlite3*"))
        assert CANARY.encode() not in raw
        assert CANARY[:2].encode() not in raw  # nor as a term of the text index
    with tarfile.open(data) as archive:
        names = " ".join(archive.getnames())
    assert CANARY not in names


@pytest.mark.attack(
    "disk", "takes the machine down in the middle of a rotation, so that old and new keys are mixed", found="held"
)
def test_a_rotation_killed_in_the_middle_loses_nothing(founded: Home, tmp_path: Path) -> None:
    founded.ask(FILL)
    assert founded.run("backup", "--to", str(tmp_path)).returncode == 0
    whole = founded.ask(ALL_OPEN)
    running = founded.start("keys", "rotate", "--batch", "10")
    assert running.stdout
    for line in running.stdout:
        if line.startswith("30 /"):
            break
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert founded.ask(ALL_OPEN) == whole
    assert "接着换" in founded.run("keys", "rotate").stdout
    assert "k1：封着 0 处" in founded.run("keys", "status").stdout
    assert founded.run("keys", "drop", "--yes").returncode == 1  # not a day old
    assert founded.run("keys", "drop", "--yes", "--now").returncode == 0
    assert founded.ask(ALL_OPEN) == whole
    # a data backup from before needs the keys of then, which come along in their own archive
    (data,), (keys,) = tmp_path.glob("*-data.tar.gz"), tmp_path.glob("*-keys.tar")
    assert founded.run("restore", str(data), "--force").returncode == 1
    done = founded.run("restore", str(data), "--keys", str(keys), "--force")
    assert done.returncode == 0, done.stderr
    assert founded.ask(ALL_OPEN) == whole
