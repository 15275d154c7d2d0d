"""A file of earlier or outside messages (.csv, .xlsx): keep it, say which column is what, import all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from huying.cases.acts import Matter, release
from huying.cases.models import Secrecy
from huying.cases.rules import LONGEST_TITLE, Voice
from huying.intake import sheet
from huying.intake.acts._receive import receive, voices_of
from huying.intake.models import Batch, Brought
from huying.intake.reads import batch_for, digest_of, outlook, unknown
from huying.intake.sheet import Message
from huying.kernel import crypto
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.errors import Invalid, Refused
from huying.kernel.models import DataKey
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.models import Unit
from huying.org.reads import acting_as, holders
from huying.org.rules import Can, check_may
from huying.privacy.acts import destroy_key
from huying.privacy.rules import mask
from huying.trail.acts import append

AT_ONCE = 50  # registered in one transaction while one waits (each seals and hashes for some 50 ms); more go to the background
STEP = 25
KEPT = timedelta(days=1)
RUN = "huying.intake.jobs.bring_in"  # by name: jobs stand above acts


@transaction.atomic
def keep_sheet(*, content: bytes, unit: Unit, by: Actor, at: datetime) -> Batch:
    """Keep an uploaded file, sealed, with a guess at its columns.  ``Refused`` when it cannot be read."""
    post = None if by == SYSTEM else check_may(by, Can.HANDLE_CASES, unit)
    table = sheet.read(content)
    batch = Batch(root_id=unit.root_id or unit.pk, unit=unit, person_id=by.person_id, post=post, asked_at=at)
    batch.key = DataKey.fresh(at)
    batch.content = crypto.encrypt(batch.key.secret(), content, batch.place)
    batch.columns = sheet.guess(table.headings)
    batch.channel = "online"
    batch.save(force_insert=True)
    return batch


@transaction.atomic
def choose_columns(
    *, batch_id: UUID, columns: Mapping[str, int], channel: str, secrecy: str, release: bool, by: Actor, at: datetime
) -> Batch:
    """Which column holds what, by which channel they came, how people named in them speak, whether they were public."""
    batch = _locked(batch_id, by=by)
    width = len(sheet.read(batch.opened()).headings)
    wrong = {}
    if "words" not in columns:
        wrong["words"] = "请选哪一列是来件的内容。"
    if len(set(columns.values())) < len(columns):
        wrong["words"] = "一列只能当一样用，请看看有没有选重。"
    if any(not 0 <= column < width for column in columns.values()):
        wrong["words"] = "没有这一列，请重新选。"
    if channel not in {one.code for one in rules_for(batch.unit, timezone.localdate(at)).all_channels()}:
        wrong["channel"] = "请选是怎么反映来的。"
    if secrecy not in (Secrecy.SEALED, Secrecy.NAMED):
        wrong["secrecy"] = "请选有姓名的怎么登记。"
    if wrong:
        raise Invalid(wrong)
    batch.columns, batch.channel, batch.secrecy, batch.release = dict(columns), channel, secrecy, release
    batch.save()
    return batch


def _locked(batch_id: UUID, *, by: Actor) -> Batch:
    """The file, if it is this person's and still waits to be imported."""
    if by != SYSTEM:
        batch_for(by, batch_id)
    batch = (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "key", "root")
        .get(pk=batch_id)
    )
    if batch.state != "open":
        raise Refused("这个文件已经处理过了。", "请刷新看看结果；要再导入请重新上传。")
    return batch


@transaction.atomic
def import_sheet(*, batch_id: UUID, by: Actor, at: datetime) -> Batch:
    """Import every new line or none: one fault stops it.  A long file is imported in the background, which goes on until all
    of it is in; what is in already is passed over, so doing it twice does nothing more."""
    batch = _locked(batch_id, by=by)
    seen = outlook(batch, at)
    if seen.faults:
        raise Refused(f"有 {len(seen.faults)} 处要先改好，一件也没有导入。", "请改好文件重新上传，或者改选列。")
    batch.total, batch.skipped = len(seen.new), seen.in_file + seen.known
    batch.state = "running"
    batch.save()
    if len(seen.new) > AT_ONCE:
        import_string(RUN).enqueue(str(batch.pk))
        return batch
    for message in seen.new:
        _bring(batch, message, by=by, at=at)
    _finish(batch, by=by, at=at)
    return batch


def carry_on(*, batch_id: UUID, by: Actor, at: datetime) -> bool:
    """Import a long file, some dozens of lines in a transaction; after a crash it goes on where it was."""
    batch = Batch.objects.select_related("unit", "key", "post__person", "root").get(pk=batch_id)
    if batch.state != "running":
        return False
    actor = acting_as(batch.post, timezone.localdate(at)) if batch.post else by
    # The moment it was confirmed decides what a line says, so that a later try reads the file alike.
    table = sheet.read(batch.opened())
    found, _ = sheet.repeated(sheet.messages(table, batch.columns, at)[0])
    left = unknown(batch.unit, found)
    for start in range(0, len(left), STEP):
        if not _step(batch, left[start : start + STEP], by=actor, at=at):
            return False
    with transaction.atomic():
        batch = _running(batch)
        if batch.state == "running":
            _finish(batch, by=actor, at=at)
    return True


def _running(batch: Batch) -> Batch:
    """The file, locked, as it stands now: a second worker may have gone on with it."""
    return (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("unit", "key", "root")
        .get(pk=batch.pk)
    )


@transaction.atomic
def _step(batch: Batch, some: list[Message], *, by: Actor, at: datetime) -> bool:
    """Register some dozens of messages; false when the file has ended meanwhile."""
    batch = _running(batch)
    if batch.state != "running":
        return False
    for message in unknown(batch.unit, some):
        _bring(batch, message, by=by, at=at)
    return True


def _bring(batch: Batch, message: Message, *, by: Actor, at: datetime) -> None:
    """Register one message: anonymous unless the table names somebody, received when it says, its limits from today."""
    digest = digest_of(batch.unit, message)
    secrecy = batch.secrecy if message.name or message.phone else Secrecy.ANONYMOUS
    if secrecy == Secrecy.NAMED and not message.name:
        secrecy = Secrecy.SEALED
    voice = Voice(
        receipt="", secrecy=secrecy, name=message.name, phone=message.phone, about=message.about, words=message.whole
    )
    matter = Matter(
        place=batch.unit,
        channel=batch.channel,
        channel_note="导入",
        voices=voices_of(f"import:{batch.unit_id}:{digest.hex()}", voice, ()),
        received_at=message.received or at,
        reached_at=at,
        quiet=True,
    )
    case = receive(matter=matter, by=by, at=at).case
    Brought.objects.create(root_id=batch.root_id, unit=batch.unit, digest=digest, batch=batch, case=case)
    batch.brought += 1
    batch.save(update_fields=["brought"])
    if batch.release:
        names = [message.name] if message.name else []
        title = mask(message.title or message.words.split("\n")[0], names=names)
        summary = mask(message.words, names=names)
        release(case_id=case.pk, title=_short(title), summary=summary, by=by, at=at)


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"


def _finish(batch: Batch, *, by: Actor, at: datetime) -> None:
    """Write it into the unit's trail, tell the office once, throw the file away."""
    data = {"batch": batch.pk, "brought": batch.brought, "skipped": batch.skipped, "release": batch.release}
    append(
        chain=batch.unit_id,
        root=batch.root_id,
        by=by,
        at=at,
        act="intake.import",
        subject=f"batch:{batch.pk}",
        data=data,
    )
    if batch.brought:
        office = holders(batch.unit, Can.HANDLE_CASES, timezone.localdate(at))
        send(
            to=[post.person for post in office], kind="intake.import", title=f"导入了 {batch.brought} 件来件",
            url=reverse("desk:cases"), root=batch.root, subject=batch.pk, by=by, at=at,
        )  # fmt: skip
    _close(batch, "done", at=at)


def _close(batch: Batch, state: str, *, at: datetime) -> None:
    """End a file: its content goes and its key is destroyed."""
    destroy_key(key=batch.key, root=batch.root, why="import", at=at)
    batch.state, batch.ended_at, batch.content = state, at, b""
    batch.save(update_fields=["state", "ended_at", "content", "brought", "skipped", "total"])


@transaction.atomic
def drop_sheet(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """Put a file away without importing it."""
    _close(_locked(batch_id, by=by), "dropped", at=at)


def sweep_sheets(*, by: Actor, at: datetime) -> int:
    """Files nobody confirmed within a day are put away; how many."""
    old = list(Batch.objects.filter(state="open", asked_at__lt=at - KEPT).values_list("pk", flat=True)[:500])
    for batch_id in old:
        drop_sheet(batch_id=batch_id, by=SYSTEM, at=at)
    return len(old)
