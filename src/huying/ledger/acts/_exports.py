"""Writing workbooks of the ledger and archives of papers: at once, in the background for one person, from the command line."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from huying.cases.models import Case
from huying.files import acts as files
from huying.files.rules import clean_name
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.kernel.models import DataKey
from huying.ledger.acts._book import TITLE, printed, workbook
from huying.ledger.acts._papers import print_paper
from huying.ledger.models import Export
from huying.ledger.reads import (
    Viewer,
    export_for,
    rows_of,
    selected,
    viewer,
    viewer_of_unit,
)
from huying.ledger.rules import AT_ONCE, MOST_PAPERS, MOST_PRINTED, PAPERS, PRINTED_AT_ONCE, Selection, paper
from huying.org.models import Unit
from huying.org.reads import acting_as
from huying.org.rules import Can, Member, check_may
from huying.privacy.acts import destroy_key
from huying.trail.acts import append, note_reading

KEPT = timedelta(days=1)
WRITE = "huying.ledger.jobs.write"  # by name: jobs stand above acts
STEP = 200  # rows between two looks at whether to stop
STEP_OF_PAPERS = 5
_T = TypeVar("_T")


def _seen(by: Actor, at: datetime) -> Viewer:
    """The ledger as this person may take it away; ``NotYours`` without the permission."""
    seen = viewer(by, timezone.localdate(at))
    check_may(by, Can.EXPORT, seen.unit)
    return seen


@transaction.atomic
def _written_down(
    seen: Viewer, chosen: Selection, count: int, *, by: Actor, at: datetime, what: str = "ledger"
) -> None:
    """The trail keeps what, how many and by which filters, never what was looked for."""
    root = seen.unit.root_id or seen.unit.pk
    data = {"rows": count, "filters": chosen.codes(), **({} if what == "ledger" else {"what": what})}
    append(chain=seen.unit.pk, root=root, by=by, at=at, act="ledger.export", subject=f"unit:{seen.unit.pk}", data=data)
    note_reading(root=root, by=by, at=at, what="export", unit=seen.unit.pk)


def export_now(*, chosen: Selection, by: Actor, at: datetime, columns: Sequence[str] = ()) -> BinaryIO:
    """The selection as a workbook at once, with the columns asked for; ``Refused`` when it is so long that one would wait."""
    seen, today = _seen(by, at), timezone.localdate(at)
    cases = selected(seen, chosen, today)
    count = cases.count()
    if count > AT_ONCE:
        raise Refused(f"选中了 {count} 件，要在后台生成。", "请回到台账，点“在后台生成表格”。")
    _written_down(seen, chosen, count, by=by, at=at)
    return workbook(rows_of(list(cases.values_list("pk", flat=True)), seen, today), columns)


def print_now(*, chosen: Selection, by: Actor, at: datetime, columns: Sequence[str] = ()) -> bytes:
    """The selection on paper at once; ``Refused`` when it is so long that one would wait."""
    seen, today = _seen(by, at), timezone.localdate(at)
    cases = selected(seen, chosen, today)
    count = cases.count()
    if count > PRINTED_AT_ONCE:
        raise Refused(f"选中了 {count} 件，要在后台生成。", "请回到台账，点“在后台打印”。")
    _written_down(seen, chosen, count, by=by, at=at, what="print")
    rows = rows_of(list(cases.values_list("pk", flat=True)), seen, today)
    return printed(rows, columns, seen=seen, chosen=chosen, at=at)


@transaction.atomic
def ask_export(
    *, chosen: Selection, by: Actor, at: datetime, what: str = "ledger", fmt: str = "xlsx", only: Sequence[UUID] = (),
    columns: Sequence[str] = (),
) -> Export:  # fmt: skip
    """Have a workbook, or an archive with one paper for each case, written in the background; it waits a day for this person
    and nobody else.  ``only`` narrows the selection to cases picked by hand; those out of reach are not among them."""
    seen = _seen(by, at)
    post = check_may(by, Can.EXPORT, seen.unit)
    count = len(_ids(seen, chosen, only, at))
    if what == "print":
        _check_printable(count)
    elif what != "ledger":
        paper(what, fmt)
        _check_few_enough(count)
    export = Export(
        root_id=seen.unit.root_id or seen.unit.pk, unit=seen.unit, person_id=post.person_id, post=post, total=count,
        what=what, fmt=fmt,
    )  # fmt: skip
    export.key, export.asked_at = DataKey.fresh(at), at
    asked = {"selection": chosen.plain(), "only": [str(pk) for pk in only], "columns": list(columns)}
    export.chosen = export.key.seal(json.dumps(asked, ensure_ascii=False), export.place)
    export.save(force_insert=True)
    _written_down(seen, chosen, count, by=by, at=at, what=what)
    import_string(WRITE).enqueue(str(export.pk))
    return export


def _check_printable(count: int) -> None:
    if count > MOST_PRINTED:
        raise Refused(
            f"选中了 {count} 件，一次最多打印 {MOST_PRINTED} 件。", "请用条件缩小范围，分几次打印；或者导出表格。"
        )


def _check_few_enough(count: int) -> None:
    if not count:
        raise Refused("没有可以打印的事项。", "请换一个条件，或者勾选要打印的事项。")
    if count > MOST_PAPERS:
        raise Refused(f"选中了 {count} 件，一次最多打印 {MOST_PAPERS} 件。", "请用条件缩小范围，分几次打印。")


def _ids(seen: Viewer, chosen: Selection, only: Sequence[UUID], at: datetime) -> list[UUID]:
    """Cases of a selection, newest first; of those picked by hand only what the reader may know."""
    rows = selected(seen, chosen, timezone.localdate(at))
    return list((rows.filter(pk__in=only) if only else rows).values_list("pk", flat=True))


@transaction.atomic
def stop_export(*, export_id: UUID, by: Actor, at: datetime) -> Export:
    """Do not write it after all; one that is ready is thrown away."""
    export_for(by, export_id)
    export = Export.objects.select_for_update(no_key=True).get(pk=export_id)
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
        name, body = _MAKERS.get(export.what, _archive)(export, member, at)
    except (NotYours, _Stopped):
        with transaction.atomic():
            throw_away(export=export, by=by, at=at)
        return False
    with transaction.atomic():
        row = Export.objects.select_for_update(no_key=True).get(pk=export.pk)
        if row.ended_at is not None:  # another worker took over while this one hung
            return False
        if row.stop_asked:
            throw_away(export=row, by=by, at=at)
            return False
        row.file = files.keep_made(name=name, body=body, key=export.key, root=export.root, by=by, at=at)
        row.written = row.total = export.total
        row.ended_at = at
        row.save()
    return True


class _Stopped(Exception):
    """The person who asked does not want it any more."""


def _workbook(export: Export, member: Member, at: datetime) -> tuple[str, bytes]:
    """Name and body of the workbook."""
    seen, ids, asked = _asked(export, member, at)
    rows = _counted(export, rows_of(ids, seen, timezone.localdate(at)), STEP)
    with workbook(rows, asked["columns"]) as book:
        return f"{TITLE}.xlsx", book.read()


def _printed(export: Export, member: Member, at: datetime) -> tuple[str, bytes]:
    """Name and body of the ledger on paper."""
    seen, ids, asked = _asked(export, member, at)
    rows = _counted(export, rows_of(ids, seen, timezone.localdate(at)), STEP)
    return f"{TITLE}.pdf", printed(rows, asked["columns"], seen=seen, chosen=Selection.of(asked["selection"]), at=at)


def _archive(export: Export, member: Member, at: datetime) -> tuple[str, bytes]:
    """Name and body of an archive with one paper for each case.  Its files are called by number: a name tells nothing."""
    _, ids, _ = _asked(export, member, at)
    numbers = dict(Case.objects.filter(pk__in=ids).values_list("pk", "number"))
    with tempfile.TemporaryFile(prefix="huying-") as out:
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, pk in enumerate(_counted(export, ids, STEP_OF_PAPERS), start=1):
                body = print_paper(case_id=pk, what=export.what, fmt=export.fmt, by=member, at=at)
                name = clean_name(f"{place:03d} {numbers[pk]}.{export.fmt}")
                archive.writestr(
                    zipfile.ZipInfo(name, timezone.localtime(at).timetuple()[:6]), body, zipfile.ZIP_DEFLATED
                )
        out.seek(0)
        return f"{PAPERS[export.what].name}.zip", out.read()


_MAKERS = {"ledger": _workbook, "print": _printed}


def _asked(export: Export, member: Member, at: datetime) -> tuple[Viewer, list[UUID], dict[str, Any]]:
    """The cases that were asked for, as far as this person may see them now, and how they were asked for."""
    seen = _seen(member, at)
    asked = json.loads(export.key.open(bytes(export.chosen), export.place))
    ids = _ids(seen, Selection.of(asked["selection"]), [UUID(pk) for pk in asked["only"]], at)
    export.total = len(ids)
    return seen, ids, {"columns": [], **asked}


def _counted(export: Export, things: Iterable[_T], step: int) -> Iterator[_T]:
    """The things, with a look every few at whether to go on."""
    for number, one in enumerate(things, start=1):
        if number % step == 1:
            if Export.objects.filter(pk=export.pk, stop_asked=True).exists():
                raise _Stopped
            Export.objects.filter(pk=export.pk).update(written=number, total=export.total)
        yield one


@transaction.atomic
def throw_away(*, export: Export, by: Actor, at: datetime) -> None:
    """End an export: its workbook goes, its key is destroyed, the row stays without content."""
    row = Export.objects.select_for_update(of=("self",), no_key=True).select_related("key", "root").get(pk=export.pk)
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
    return workbook(rows_of(ids, seen, today), ())
