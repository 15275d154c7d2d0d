"""Writing workbooks of the ledger: at once, in the background for one person, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from huying.files import acts as files
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.kernel.models import DataKey
from huying.ledger.models import Export
from huying.ledger.reads import (
    COLUMNS,
    Viewer,
    export_for,
    row_of,
    rows_of,
    selected,
    viewer,
    viewer_of_unit,
    with_story,
)
from huying.ledger.rules import AT_ONCE, Selection
from huying.org.models import Unit
from huying.org.reads import acting_as
from huying.org.rules import Can, Member, check_may
from huying.papers.reads import Cell, xlsx
from huying.privacy.acts import destroy_key
from huying.trail.acts import append, note_reading

TITLE = "诉求工作台账"
KEPT = timedelta(days=1)
WRITE = "huying.ledger.jobs.write"  # by name: jobs stand above acts
STEP = 200  # rows between two looks at whether to stop


def _seen(by: Actor, at: datetime) -> Viewer:
    """The ledger as this person may take it away; ``NotYours`` without the permission."""
    seen = viewer(by, timezone.localdate(at))
    check_may(by, Can.EXPORT, seen.unit)
    return seen


@transaction.atomic
def _written_down(seen: Viewer, chosen: Selection, count: int, *, by: Actor, at: datetime) -> None:
    """The trail keeps how many and by which filters, never what was looked for."""
    root = seen.unit.root_id or seen.unit.pk
    data = {"rows": count, "filters": chosen.codes()}
    append(chain=seen.unit.pk, root=root, by=by, at=at, act="ledger.export", subject=f"unit:{seen.unit.pk}", data=data)
    note_reading(root=root, by=by, at=at, what="export", unit=seen.unit.pk)


def export_now(*, chosen: Selection, by: Actor, at: datetime) -> BinaryIO:
    """The selection as a workbook at once; ``Refused`` when it is so long that one would wait."""
    seen, today = _seen(by, at), timezone.localdate(at)
    cases = selected(seen, chosen, today)
    count = cases.count()
    if count > AT_ONCE:
        raise Refused(f"选中了 {count} 件，要在后台生成。", "请回到台账，点“在后台生成表格”。")
    _written_down(seen, chosen, count, by=by, at=at)
    return xlsx(COLUMNS, (row_of(case, seen, today).cells() for case in with_story(cases)), title=TITLE)


@transaction.atomic
def ask_export(*, chosen: Selection, by: Actor, at: datetime) -> Export:
    """Have a workbook written in the background; it waits a day for this person and nobody else."""
    seen = _seen(by, at)
    post = check_may(by, Can.EXPORT, seen.unit)
    count = selected(seen, chosen, timezone.localdate(at)).count()
    export = Export(
        root_id=seen.unit.root_id or seen.unit.pk, unit=seen.unit, person_id=post.person_id, post=post, total=count
    )
    export.key, export.asked_at = DataKey.fresh(at), at
    export.chosen = export.key.seal(json.dumps(chosen.plain(), ensure_ascii=False), export.place)
    export.save(force_insert=True)
    _written_down(seen, chosen, count, by=by, at=at)
    import_string(WRITE).enqueue(str(export.pk))
    return export


@transaction.atomic
def stop_export(*, export_id: UUID, by: Actor, at: datetime) -> Export:
    """Do not write it after all; one that is ready is thrown away."""
    export_for(by, export_id)
    export = Export.objects.select_for_update().get(pk=export_id)
    export.stop_asked = True
    export.save(update_fields=["stop_asked"])
    if export.ended_at is not None or not export.written:
        throw_away(export=export, by=by, at=at)
    return export


def write_export(*, export_id: UUID, by: Actor, at: datetime) -> bool:
    """Write an asked-for workbook in the background with the permissions its person has now; true when it is ready.

    Not one transaction: how far it is shows while it is written.  Run again after a crash it starts anew.
    """
    export = Export.objects.select_related("key", "post__person", "unit", "root").get(pk=export_id)
    if export.ended_at is not None or export.gone_at is not None:
        return False
    member = acting_as(export.post, timezone.localdate(at))
    try:
        rows = _counted(export, member, at)
        with xlsx(COLUMNS, rows, title=TITLE) as book:
            body = book.read()
    except (NotYours, _Stopped):
        with transaction.atomic():
            throw_away(export=export, by=by, at=at)
        return False
    with transaction.atomic():
        row = Export.objects.select_for_update().get(pk=export.pk)
        if row.ended_at is not None:  # another worker took over while this one hung
            return False
        if row.stop_asked:
            throw_away(export=row, by=by, at=at)
            return False
        row.file = files.keep_made(name=f"{TITLE}.xlsx", body=body, key=export.key, root=export.root, by=by, at=at)
        row.written = row.total = export.total
        row.ended_at = at
        row.save()
    return True


class _Stopped(Exception):
    """The person who asked does not want it any more."""


def _counted(export: Export, member: Member, at: datetime) -> Iterator[list[Cell]]:
    """The rows, with a look every few hundred at whether to go on."""
    today = timezone.localdate(at)
    seen = _seen(member, at)
    plain = json.loads(export.key.open(bytes(export.chosen), export.place))
    ids = list(selected(seen, Selection.of(plain), today).values_list("pk", flat=True))
    export.total = len(ids)
    for number, row in enumerate(rows_of(ids, seen, today), start=1):
        if number % STEP == 1:
            if Export.objects.filter(pk=export.pk, stop_asked=True).exists():
                raise _Stopped
            Export.objects.filter(pk=export.pk).update(written=number, total=len(ids))
        yield row.cells()


@transaction.atomic
def throw_away(*, export: Export, by: Actor, at: datetime) -> None:
    """End an export: its workbook goes, its key is destroyed, the row stays without content."""
    row = Export.objects.select_for_update().select_related("key", "root").get(pk=export.pk)
    if row.gone_at is not None:
        return
    if row.file is not None:
        files.erase(file=row.file, by=by, at=at)
    destroy_key(key=row.key, root=row.root, why="export", at=at)
    row.chosen, row.gone_at, row.ended_at = b"", at, row.ended_at or at
    row.save()


def sweep_exports(*, by: Actor, at: datetime) -> int:
    """Throw away what has waited a day; how many."""
    old = list(Export.objects.filter(gone_at__isnull=True, asked_at__lt=at - KEPT)[:500])
    for export in old:
        throw_away(export=export, by=by, at=at)
    return len(old)


def export_unit(*, unit: Unit, chosen: Selection, by: Actor, at: datetime) -> BinaryIO:
    """The ledger of a unit from the command line, without the cases that must stay unknown to somebody there."""
    today = timezone.localdate(at)
    seen = viewer_of_unit(unit, today)
    ids = list(selected(seen, chosen, today).values_list("pk", flat=True))
    _written_down(seen, chosen, len(ids), by=by, at=at)
    return xlsx(COLUMNS, (row.cells() for row in rows_of(ids, seen, today)), title=TITLE)
