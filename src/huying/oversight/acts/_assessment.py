"""Assessment: a round is opened and counted, sheets are corrected, confirmed, answered by the unit, closed (MY-4.2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.acts import snapshot
from huying.mechanism.reads import calendar, rules_kept
from huying.notices.acts import send
from huying.org.models import Unit
from huying.org.reads import holders
from huying.org.rules import Can, check_may
from huying.oversight.acts._gate import advance, assessor, given, locked_sheet
from huying.oversight.lifecycle import SHEET
from huying.oversight.models import Line, Round, Sheet
from huying.oversight.reads import assessed_units, closable, picture_of
from huying.oversight.rules import TENTH, measured, period_called, total
from huying.trail.acts import append

AT_ONCE = 20  # sheets counted while one waits; more are counted by the worker
A_RUN = 200  # sheets a run of the worker; the next run comes within a minute


@transaction.atomic
def open_round(*, unit: Unit, period: str, by: Actor, at: datetime) -> Round:
    """Assess every unit below with a union of its own, institutions like enterprises (MY-4.3), over a period that is over."""
    post, span = assessor(by, unit), period_called(period)
    if span.until >= timezone.localdate(at):
        raise Invalid({"period": f"{span.label}还没有结束，结束以后才能考核。"})
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    if Round.objects.filter(unit=unit, period=span.code).exists():
        raise Invalid({"period": f"{span.label}已经考核过了，请打开它。"})
    below = list(assessed_units(unit, span.until))
    if not below:
        raise Refused("下面还没有要考核的单位。", "有独立工会的单位登记进组织以后就可以考核。")
    found = Round.objects.create(
        root_id=unit.root_id or unit.pk, unit=unit, period=span.code, since=span.since, until=span.until,
        rules=snapshot(unit=unit, at=at), made_by=post, made_at=at,
    )  # fmt: skip
    Sheet.objects.bulk_create(Sheet(root_id=one.root_id or one.pk, round=found, unit=one) for one in below)
    append(
        chain=unit.pk, root=found.root_id, by=by, at=at, act="round.open", subject=f"round:{found.pk}",
        data={"period": span.code, "units": len(below)},
    )  # fmt: skip
    if len(below) <= AT_ONCE:
        count_sheets(by=by, at=at, most=AT_ONCE)
    return found


def count_sheets(*, by: Actor, at: datetime, most: int = A_RUN) -> int:
    """Count what is still to be counted, each sheet for itself.  How many were."""
    waiting = Sheet.objects.filter(status="counting").order_by("pk").values_list("pk", flat=True)
    return sum(_count(pk, by=by, at=at) for pk in list(waiting[:most]))


@transaction.atomic
def _count(sheet_id: UUID, *, by: Actor, at: datetime) -> bool:
    """Measure one unit's items by the round's weights; nothing when another worker was faster."""
    rows = Sheet.objects.select_for_update(of=("self",), no_key=True).filter(pk=sheet_id, status="counting")
    sheet = rows.select_related("unit", "round__made_by__person").first()
    if sheet is None:
        return False
    of = sheet.round
    seen = picture_of(sheet.unit, period_called(of.period), by=of.made_by, today=timezone.localdate(at))
    rules = rules_kept(of.rules_id)
    lines = measured(seen, lambda code: rules.count(code).value)
    Line.objects.bulk_create(
        Line(
            root_id=sheet.root_id, sheet=sheet, code=one.item.code, order=order, weight=one.weight, part=one.part, of=one.of,
            points=one.points,
        )
        for order, one in enumerate(lines)
    )  # fmt: skip
    sheet.score, sheet.missed, sheet.counted_at = total((one.weight, one.points) for one in lines), len(seen.missed), at
    advance(sheet, "count", by=by, at=at, data={"score": sheet.score, "missed": sheet.missed})
    return True


@transaction.atomic
def correct_line(
    *, sheet_id: UUID, code: str, points: str, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Line:
    """Give one item other points, with the reason; what was computed stays beside them."""
    sheet = locked_sheet(sheet_id, by=by, version=version)
    post = assessor(by, sheet.round.unit)
    SHEET.check_now(sheet.status, "correct")
    line = sheet.lines.filter(code=code).first()
    if line is None:
        raise NotYours
    given(300, reason=reason)
    line.corrected = _points(points, line.weight)
    line.reason, line.corrected_by, line.corrected_at = reason.strip(), post, at
    line.save()
    rows = list(sheet.lines.all())
    sheet.score = total((one.weight, one.points if one.corrected is None else one.corrected) for one in rows)
    data = {"item": code, "points": line.corrected, "score": sheet.score}
    advance(sheet, "correct", by=by, at=at, text=reason.strip(), data=data)
    return line


def _points(typed: str, weight: int) -> Decimal:
    """Points between nothing and the weight, with at most one decimal."""
    try:
        points = Decimal(typed.strip())
    except InvalidOperation:
        points = Decimal(-1)
    if not points.is_finite() or not 0 <= points <= weight or points != points.quantize(TENTH):
        raise Invalid({"points": f"请填 0 到 {weight} 分，最多一位小数。"})
    return points


@transaction.atomic
def confirm_sheet(*, sheet_id: UUID, remark: str = "", by: Actor, at: datetime, version: int | None = None) -> Sheet:
    """A person stands for the sheet; the unit may check it and object until a day."""
    sheet = locked_sheet(sheet_id, by=by, version=version)
    post = assessor(by, sheet.round.unit)
    SHEET.check_now(sheet.status, "confirm")
    if len(remark.strip()) > 300:
        raise Invalid({"remark": "最多 300 字。"})
    due, _ = rules_kept(sheet.round.rules_id).due("assess_object", timezone.localdate(at), calendar())
    sheet.remark, sheet.confirmed_by, sheet.confirmed_at, sheet.object_until = remark.strip(), post, at, due.on
    advance(sheet, "confirm", by=by, at=at, text=sheet.remark, data={"score": sheet.score, "until": due.on})
    _tell_unit(sheet, "confirmed", "考核表请核对", by=by, at=at)
    return sheet


@transaction.atomic
def confirm_round(*, round_id: UUID, remark: str = "", by: Actor, at: datetime) -> int:
    """Confirm every sheet that was looked at and waits.  How many were."""
    waiting = _sheets(round_id, by, ("draft",))
    if not waiting:
        raise Refused("没有等确认的考核表。")
    for pk in waiting:
        confirm_sheet(sheet_id=pk, remark=remark, by=by, at=at)
    return len(waiting)


def _sheets(round_id: UUID, by: Actor, states: tuple[str, ...]) -> list[UUID]:
    found = Round.objects.visible_to(by).select_related("unit").filter(pk=round_id).first()
    if found is None:
        raise NotYours
    assessor(by, found.unit)
    return list(found.sheets.filter(status__in=states).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def agree_sheet(*, sheet_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Sheet:
    """The unit has checked the sheet and finds it right."""
    sheet = locked_sheet(sheet_id, by=by, version=version)
    check_may(by, Can.HANDLE_CASES, sheet.unit)
    SHEET.check_now(sheet.status, "agree")
    if sheet.agreed_at:
        raise Refused("已经核对过了。")
    sheet.agreed_at = at
    advance(sheet, "agree", by=by, at=at)
    return sheet


@transaction.atomic
def object_sheet(*, sheet_id: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Sheet:
    """The unit objects in writing, in time; the union above has to answer before it closes the sheet."""
    sheet = locked_sheet(sheet_id, by=by, version=version)
    post = check_may(by, Can.HANDLE_CASES, sheet.unit)
    SHEET.check_now(sheet.status, "object")
    given(text=text)
    if sheet.object_until and timezone.localdate(at) > sheet.object_until:
        raise Refused(f"申诉到{sheet.object_until.month}月{sheet.object_until.day}日为止。", "可以同上级工会联系。")
    sheet.objection, sheet.objected_by, sheet.agreed_at = text.strip(), post, None
    advance(sheet, "object", by=by, at=at, text=sheet.objection)
    send(
        to=[one.person for one in holders(sheet.round.unit, Can.READ_BELOW, timezone.localdate(at))], kind="sheet_objected",
        title=f"{sheet.unit.name}对考核表提出申诉", url=_url(sheet), root=sheet.root, subject=sheet.pk, by=by, at=at,
    )  # fmt: skip
    return sheet


@transaction.atomic
def close_sheet(*, sheet_id: UUID, answer: str = "", by: Actor, at: datetime, version: int | None = None) -> Sheet:
    """The result stands.  Not before the unit has checked it or its time to object is over; an objection is answered."""
    sheet = locked_sheet(sheet_id, by=by, version=version)
    post = assessor(by, sheet.round.unit)
    SHEET.check_now(sheet.status, "close")
    if sheet.status == "objected":
        given(answer=answer)
        sheet.answer = answer.strip()
    elif not closable(sheet, at):
        until = sheet.object_until
        raise Refused(
            f"单位还没有核对，申诉到{until.month}月{until.day}日为止。" if until else "单位还没有核对。",
            "过了这一天再定。",
        )
    sheet.closed_by, sheet.closed_at = post, at
    advance(sheet, "close", by=by, at=at, text=sheet.answer, data={"score": sheet.score})
    _tell_unit(sheet, "closed", "考核结果定下了", by=by, at=at)
    return sheet


@transaction.atomic
def close_round(*, round_id: UUID, by: Actor, at: datetime) -> int:
    """Close every sheet to which nothing is objected and nothing can be any more.  How many were."""
    ready = [pk for pk in _sheets(round_id, by, ("confirmed",)) if closable(Sheet.objects.get(pk=pk), at)]
    if not ready:
        raise Refused("现在没有可以定下的考核表。", "单位核对过，或者申诉的日子过了，才能定。")
    for pk in ready:
        close_sheet(sheet_id=pk, by=by, at=at)
    return len(ready)


def _tell_unit(sheet: Sheet, kind: str, title: str, *, by: Actor, at: datetime) -> None:
    posts = holders(sheet.unit, Can.HANDLE_CASES, timezone.localdate(at))
    label = period_called(sheet.round.period).label
    send(
        to=[post.person for post in posts], kind=f"sheet_{kind}", title=f"{label}{title}", url=_url(sheet), root=sheet.root,
        subject=sheet.pk, by=by, at=at,
    )  # fmt: skip


def _url(sheet: Sheet) -> str:
    return reverse("desk:sheet", args=[sheet.pk])
