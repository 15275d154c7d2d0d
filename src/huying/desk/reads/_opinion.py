"""The file of opinion (舆情档案): what came in, what was heard, what was told to whom and when, as one chronicle of a unit, for one
reader.  And the same matter by matter: known when, told to whom (BD-3, BD-4.3a).

Composed here, of rooms that do not know each other; a room that reports elsewhere adds a function to ``SOURCES``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.alerts.models import Information
from huying.cases.models import Case
from huying.climb.models import Rung
from huying.fieldwork.models import Record
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Unit
from huying.org.rules import Member
from huying.oversight.models import Report as UnionReport
from huying.oversight.models import Sending

FORMS = "opinion_forms"


@dataclass(frozen=True)
class Told:
    """Something was told to somebody: when, whom, what; about a case or a record, or of its own."""

    on: date
    whom: str
    what: str
    href: str = ""
    case: UUID | None = None
    record: UUID | None = None


@dataclass(frozen=True)
class Known:
    """Something the studio came to know: when, how, what; and whom it told."""

    on: date
    how: str
    what: str
    href: str
    case: UUID | None = None
    record: UUID | None = None
    told: tuple[Told, ...] = ()
    state: str = ""
    forms: bool = False

    @property
    def days(self) -> int | None:
        """Days until somebody was told of it for the first time."""
        return (min(one.on for one in self.told) - self.on).days if self.told else None


@dataclass(frozen=True)
class Line:
    """One line of the chronicle."""

    on: date
    kind: str
    how: str
    what: str
    href: str
    whom: str = ""


KINDS = (("case", "来件"), ("forms", "征求意见表"), ("record", "走访听到的"), ("told", "报告"))
Source = Callable[[Member, Unit, date, date], Iterable[Told]]


def _span(first: date, last: date) -> tuple[datetime, datetime]:
    start, end = (datetime.combine(day, time.min) for day in (first, last + timedelta(days=1)))
    return timezone.make_aware(start), timezone.make_aware(end)


def _sent_up(actor: Member, unit: Unit, first: date, last: date) -> Iterable[Told]:
    """Cases sent to the next union."""
    start, end = _span(first, last)
    rows = Rung.objects.visible_to(actor).filter(sent_from=unit, sent_at__gte=start, sent_at__lt=end)
    for row in rows.select_related("case", "unit"):
        what = f"{row.case.number} {row.case.shown_title}"
        href = reverse("desk:case", args=[row.case_id])
        yield Told(timezone.localdate(row.sent_at), row.unit.name, what, href, case=row.case_id)


def _reports(actor: Member, unit: Unit, first: date, last: date) -> Iterable[Told]:
    """Reports handed to the unit's Party organisation and management."""
    seen = UnionReport.objects.visible_to(actor).filter(unit=unit)
    rows = Sending.objects.filter(report__in=seen, on__gte=first, on__lte=last).select_related("report")
    for row in rows:
        yield Told(row.on, row.get_side_display(), row.report.title, reverse("desk:report", args=[row.report_id]))


def _information(actor: Member, unit: Unit, first: date, last: date) -> Iterable[Told]:
    """Information sent to the unit's Party and management, to the union above, to Party and government."""
    start, end = _span(first, last)
    rows = Information.objects.visible_to(actor).filter(unit=unit, sent_at__gte=start, sent_at__lt=end)
    for row in rows:
        href = reverse("desk:information_one", args=[row.pk])
        yield Told(timezone.localdate(row.sent_at), row.get_to_display(), row.title, href)


SOURCES: list[Source] = [_sent_up, _reports, _information]


def told_by(actor: Member, unit: Unit, first: date, last: date) -> list[Told]:
    """Everything told to somebody in a span, of every source."""
    return [one for source in SOURCES for one in source(actor, unit, first, last)]


def _cases(actor: Member, unit: Unit, rules: Rules, first: date, last: date) -> list[Known]:
    start, end = _span(first, last)
    rows = Case.objects.visible_to(actor).filter(unit=unit, received_at__gte=start, received_at__lt=end)
    rows = rows.only("id", "number", "title", "channel", "received_at", "status").order_by()
    names = {one.code: one.label for one in rules.all_channels()}
    return [
        Known(
            timezone.localdate(row.received_at), names.get(row.channel, "来件"), f"{row.number} {row.shown_title}",
            reverse("desk:case", args=[row.pk]), case=row.pk, state=row.state.staff,
        )
        for row in rows
    ]  # fmt: skip


def _records(actor: Member, unit: Unit, rules: Rules, first: date, last: date) -> list[Known]:
    """Records of the union's own work; what was heard stands on the record's own page, where looking is written down."""
    rows = Record.objects.visible_to(actor).standing().filter(union=unit, on__gte=first, on__lte=last)
    kinds = {one.code: one for one in rules.records()}
    found = []
    for row in rows.select_related("place").defer("sealed"):
        kind = kinds.get(row.kind)
        figures = [
            f"{one.label} {row.figures[one.code]}"
            for one in (kind.fields if kind else ())
            if one.kind == "number" and one.code in row.figures
        ]
        met = [f"职工 {row.workers_met} 人"] if row.workers_met else []
        where = row.place.name if row.place else row.where
        what = "，".join(part for part in (where, row.theme, *figures, *met) if part)
        href = reverse("desk:record", args=[row.pk])
        found.append(Known(row.on, kind.label if kind else "工作记录", what or "没有写主题", href, record=row.pk,
                           forms=row.kind == FORMS))  # fmt: skip
    return found


def known(actor: Member, unit: Unit, first: date, last: date, until: date) -> list[Known]:
    """What the studio came to know in a span, newest first, and whom it told of it until a day (seven queries)."""
    rules = rules_for(unit, last)
    told: dict[UUID, list[Told]] = defaultdict(list)
    for one in told_by(actor, unit, first, until):
        if key := one.case or one.record:
            told[key].append(one)
    rows = [*_cases(actor, unit, rules, first, last), *_records(actor, unit, rules, first, last)]
    full = [_with(row, told[row.case or row.record]) for row in rows]  # type: ignore[index]
    return sorted(full, key=lambda row: (row.on, row.what), reverse=True)


def _with(row: Known, told: Sequence[Told]) -> Known:
    ordered = tuple(sorted(told, key=lambda one: one.on))
    return replace(row, told=ordered)


def chronicle(actor: Member, unit: Unit, first: date, last: date, kind: str = "") -> list[Line]:
    """The file of opinion: what came in, what was heard, what was told, in order of time, newest first."""
    rules = rules_for(unit, last)
    lines: list[Line] = []
    if kind in ("", "case"):
        lines += [Line(one.on, "case", one.how, one.what, one.href) for one in _cases(actor, unit, rules, first, last)]
    if kind in ("", "forms", "record"):
        for one in _records(actor, unit, rules, first, last):
            code = "forms" if one.forms else "record"
            if kind in ("", code):
                lines.append(Line(one.on, code, one.how, one.what, one.href))
    if kind in ("", "told"):
        lines += [
            Line(one.on, "told", "报告", one.what, one.href, one.whom) for one in told_by(actor, unit, first, last)
        ]
    return sorted(lines, key=lambda line: (line.on, line.what), reverse=True)
