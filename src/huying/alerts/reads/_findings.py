"""Asking about findings: one, lists, what comparison turns up (BD-4.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from huying.alerts.models import Finding, Incident, IncidentReport, Information
from huying.alerts.rules import UNSENT, due_since, is_late, is_late_at_once, unsent_mark, window_of
from huying.cases.models import Case, Recusal
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_of_units
from huying.mechanism.rules import Rules
from huying.org.models import Unit
from huying.org.reads import chain
from huying.org.rules import Can, may

LOOKED_BACK = timedelta(days=400)  # what is older was looked at long ago


def findings_of(actor: Actor) -> QuerySet[Finding]:
    """Findings this person may know, those to be done first, then the newest."""
    return Finding.objects.visible_to(actor).select_related("unit").order_by("-found_at", "-pk")


def finding_for(actor: Actor, finding_id: UUID) -> Finding:
    """One, or ``NotYours``."""
    rows = Finding.objects.visible_to(actor).select_related(
        "unit", "information", "incident", "case", "asked_by__person", "explained_by__person", "decided_by__person"
    )
    return only(rows.filter(pk=finding_id))


def sent_for(unit: Unit, kind: str, due: date) -> Information | None:
    """What a union sent above, in time or late, about the months whose information is due from that first of a month on."""
    about = {"period_until__gte": window_of(due - timedelta(days=1), 1).since, "period_until__lt": due}
    return Information.objects.standing().filter(unit=unit, to="above", kind=kind, **about).order_by("sent_at").first()


def unsent_known(since: date) -> set[tuple[UUID, str]]:
    """Union and mark of every finding since a day that nothing came (one query)."""
    rows = Finding.objects.filter(mark__startswith=UNSENT, on__gte=since)
    return set(rows.values_list("unit_id", "mark"))


def came_after(finding: Finding) -> Information | None:
    """What the union sent after all where it was found that nothing came."""
    if not finding.mark.startswith(UNSENT):
        return None
    _, kind, since = finding.mark.split(":")
    return sent_for(finding.unit, kind, date.fromisoformat(since))


def looks_after(actor: Actor, unit: Unit) -> bool:
    """Whether this person has the office of a union above."""
    above = chain(unit)[:-1]
    return any(may(actor, Can.READ_BELOW, one) and may(actor, Can.HANDLE_CASES, one) for one in above)


def judges(actor: Actor, finding: Finding) -> bool:
    """Whether this person asks and decides: a union above, never the unit itself."""
    return looks_after(actor, finding.unit)


def explains(actor: Actor, finding: Finding) -> bool:
    """Whether this person explains: the unit's own office."""
    return may(actor, Can.HANDLE_CASES, finding.unit)


@dataclass(frozen=True)
class Found:
    """Something that comparing turned up."""

    unit: Unit
    kind: str
    what: str
    on: date
    mark: str
    information: Information | None = None
    incident: Incident | None = None
    case: Case | None = None

    @property
    def marks(self) -> Iterator[str]:
        """What it would be known by already: what came late after all may have been found missing before."""
        yield self.mark
        if self.kind == "late" and self.information is not None and self.information.kind != "at_once":
            yield unsent_mark(self.information.kind, due_since(self.information.period_until))


def compared(units: QuerySet[Unit], at: datetime) -> list[Found]:
    """What was sent late, taken back or known from elsewhere, of these unions, and is no finding yet."""
    within = units.order_by().values("pk")
    since = at - LOOKED_BACK
    found = [*_incidents(within, since), *_information(within, since), *_cases(within, since)]
    rules = rules_of_units({row[0].pk: row[0] for row in found}.values(), timezone.localdate(at))
    known = set(Finding.objects.filter(unit__in=within).values_list("unit", "mark"))
    rows = [one for unit, judge in found for one in judge(rules[unit.pk], at)]
    return [
        one
        for one in rows
        if not {(one.unit.pk, mark) for mark in one.marks} & known and names_fault(rules[one.unit.pk], one.kind)
    ]


def names_fault(rules: Rules, kind: str) -> bool:
    """Whether the rules in force name this fault."""
    return kind in {choice.code for choice in rules.options("report_faults").choices}


Judge = tuple[Unit, "Judging"]


@dataclass(frozen=True)
class Judging:
    """One row to be judged by the rules of its union."""

    row: Incident | Information | Case
    own_report: datetime | None = None

    def __call__(self, rules: Rules, at: datetime) -> Iterator[Found]:
        """What is wrong with it."""
        hours = rules.count("at_once_hours").value
        if isinstance(self.row, Incident):
            yield from _of_incident(self.row, self.own_report, hours, at)
        elif isinstance(self.row, Information):
            yield from _of_information(self.row, rules, hours)
        elif at - self.row.registered_at > timedelta(hours=hours):
            label = "有紧急的事项由上级或者别的单位知道，本单位没有报告"
            yield Found(
                self.row.unit,
                "left_out",
                label,
                _day(self.row.registered_at),
                f"silent:case:{self.row.pk}",
                case=self.row,
            )


def _day(at: datetime) -> date:
    return timezone.localdate(at)


def _incidents(within: QuerySet[Unit, Any], since: datetime) -> Iterator[Judge]:
    own = IncidentReport.objects.filter(incident=OuterRef("pk"), unit=OuterRef("unit")).order_by("at").values("at")[:1]
    rows = Incident.objects.real().filter(unit__in=within, reported_at__gte=since).select_related("unit")
    for row in rows.annotate(own_at=Subquery(own)):
        yield row.unit, Judging(row, row.own_at)


def _of_incident(row: Incident, own_at: datetime | None, hours: int, at: datetime) -> Iterator[Found]:
    on, name = _day(row.reported_at), f"突发事件 {row.code}"
    if row.by_unit_id == row.unit_id:
        if is_late_at_once(row.known_at, row.reported_at, hours):
            yield Found(
                row.unit, "late", f"{name} 知道以后过了 {hours} 小时才报", on, f"late:incident:{row.pk}", incident=row
            )
    elif is_late_at_once(row.reported_at, own_at or at, hours):
        yield Found(
            row.unit,
            "left_out",
            f"{name} 是别的工会报的，本单位没有及时报",
            on,
            f"silent:incident:{row.pk}",
            incident=row,
        )
    if row.status == "mistaken" and row.by_unit_id == row.unit_id:
        yield Found(row.unit, "wrong", f"{name} 报了又撤销", on, f"wrong:incident:{row.pk}", incident=row)


def _information(within: QuerySet[Unit, Any], since: datetime) -> Iterator[Judge]:
    rows = Information.objects.filter(unit__in=within, to="above", sent_at__gte=since).select_related("unit")
    for row in rows:
        yield row.unit, Judging(row)


def _of_information(row: Information, rules: Rules, hours: int) -> Iterator[Found]:
    assert row.sent_at is not None
    on = _day(row.sent_at)
    if row.kind == "at_once":
        late = row.known_at is not None and is_late_at_once(row.known_at, row.sent_at, hours)
    else:
        months = {"regular": "information_months", "dispute": "dispute_months"}.get(row.kind)
        late = months is not None and is_late(row.period_until, on, rules.count(months).value)
    if late and row.mends_id is None:
        yield Found(row.unit, "late", f"{row.number} 报晚了", on, f"late:information:{row.pk}", information=row)
    if row.status in ("corrected", "withdrawn"):
        yield Found(
            row.unit, "wrong", f"{row.number} {row.state.staff}", on, f"wrong:information:{row.pk}", information=row
        )


def _cases(within: QuerySet[Unit, Any], since: datetime) -> Iterator[Judge]:
    """Urgent cases of a unit that another union registered, kept from nobody, of which the unit said nothing."""
    said = Information.objects.filter(
        unit=OuterRef("unit"), to="above", kind="at_once", sent_at__gte=OuterRef("received_at")
    )
    happened = Incident.objects.filter(unit=OuterRef("unit"), reported_at__gte=OuterRef("received_at"))
    rows = Case.objects.filter(unit__in=within, urgent=True, registered_at__gte=since, registered_by__isnull=False)
    rows = rows.exclude(registered_by__unit__path__startswith=F("unit__path")).exclude(
        Exists(Recusal.objects.filter(case=OuterRef("pk")))
    )
    rows = rows.exclude(Q(Exists(said)) | Q(Exists(happened))).exclude(status__in=("spam", "merged", "withdrawn"))
    for row in rows.select_related("unit"):
        yield row.unit, Judging(row)


def to_explain(actor: Actor) -> QuerySet[Finding]:
    """What the own union is asked about, the nearest day first."""
    rows = Finding.objects.visible_to(actor).filter(status="asked").select_related("unit").order_by("due_on", "pk")
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]  # type: ignore[attr-defined]
    return rows.filter(unit__in=units)


def to_judge(actor: Actor) -> QuerySet[Finding]:
    """What waits for the union above: new ones and those explained."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)]  # type: ignore[attr-defined]
    return Finding.objects.visible_to(actor).filter(status__in=("found", "explained")).exclude(unit__in=units)
