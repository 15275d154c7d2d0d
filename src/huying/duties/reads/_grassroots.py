"""What is counted of work at the grassroots: records by days and times, standing ties and what came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from huying.alerts.models import Information
from huying.duties.reads._counters import MOST, midnight
from huying.duties.rules import Asked, Counted, Counter, Deed, Figure, Period, register
from huying.fieldwork.models import Presence, ReceptionDay, Record, RecordPerson, Tie, TieKind, TieResult
from huying.fieldwork.rules import days_of
from huying.kernel.memory import remember
from huying.promises.models import Plan, ResearchReport

# --- records (BD-4.2, SX-8b, SX-8d, SX-11) ---------------------------------------------------------------------------------


def _went(asked: Asked) -> QuerySet[RecordPerson]:
    """Who took part in records that count: not taken back, not denied by the unit visited, over by the day asked about."""
    records = Record.objects.standing().exclude(presence=Presence.DENIED)
    if asked.blind is not None:
        records = records.not_naming(asked.blind)
    return RecordPerson.objects.filter(
        record__union__in=asked.units, record__on__lt=asked.until, record__until__gte=asked.since,
        record__until__lte=asked.on, record__in=records,
    )  # fmt: skip


def _taken_part(asked: Asked) -> list[tuple[UUID, UUID, date, date, int]]:
    """Union, person, first and last day, minutes of each, for the kinds of the duty."""
    wanted = ("record__kind", "record__union", "person", "record__on", "record__until", "record__minutes")
    rows = remember(("went", *asked.key), lambda: list(_went(asked).values_list(*wanted)))
    return [row[1:] for row in rows if row[0] in asked.duty.kinds]


def _count_records(asked: Asked) -> Iterator[Counted]:
    if asked.duty.measure == "days":
        yield from _count_days(asked)
        return
    for union, person, on, _, _ in _taken_part(asked):
        yield Counted(union, on, Figure(done=1), person)


def _count_days(asked: Asked) -> Iterator[Counted]:
    """Days of each person, in halves; a day counts once, however many records it has."""
    spans: dict[tuple[UUID, UUID], list[tuple[date, date, int]]] = {}
    for union, person, on, until, minutes in _taken_part(asked):
        spans.setdefault((union, person), []).append((on, until, minutes))
    for (union, person), some in spans.items():
        half = asked.rules[union].count("half_day_minutes").value
        for day, halves in days_of(some, half).items():
            yield Counted(union, day, Figure(done=halves), person)


def _deeds_of_records(asked: Asked) -> list[Deed]:
    rows = _went(asked).filter(record__kind__in=asked.duty.kinds).order_by("-record__on", "-record__at")
    found = rows.values_list("record", "record__on", "person")[:MOST]
    return [Deed("record", record, on, "met", person=person) for record, on, person in found]


def _records_moved(since: datetime) -> set[UUID]:
    return set(Record.objects.filter(moved_at__gte=since).order_by().values_list("union", flat=True))


# --- ties (SX-8a, SX-8b, SX-15) --------------------------------------------------------------------------------------------


def _ties(asked: Asked, *kinds: TieKind) -> QuerySet[Tie]:
    rows = Tie.objects.filter(kind__in=kinds, union__in=asked.units, since__lt=asked.until)
    return rows.filter(Q(until__isnull=True) | Q(until__gte=asked.since))


def _tied(asked: Asked, kind: TieKind) -> list[Tie]:
    """Ties of a kind; all kinds are read at once."""
    found = remember(("ties", *asked.key), lambda: list(_ties(asked, *TieKind)))
    return [one for one in found if one.kind == kind]


def _count_ties(kind: TieKind) -> Counter:
    """Ties of a kind: one counts in each period in which it stood for a day."""

    def count(asked: Asked) -> Iterator[Counted]:
        for tie in _tied(asked, kind):
            for period in asked.periods:
                stood = tie.since < period.until and (tie.until is None or tie.until >= period.since)
                if stood and tie.since <= asked.on:
                    yield Counted(tie.union_id, max(tie.since, period.since), Figure(done=1), tie.person_id)

    def deeds(asked: Asked) -> list[Deed]:
        rows = _ties(asked, kind).order_by("since")[:MOST]
        return [Deed("tie", tie.pk, tie.since, "met", person=tie.person_id) for tie in rows]

    return Counter(count, deeds, _ties_moved)


def _ties_moved(since: datetime) -> set[UUID]:
    return set(Tie.objects.filter(moved_at__gte=since).order_by().values_list("union", flat=True))


def _results(asked: Asked) -> QuerySet[TieResult]:
    return TieResult.objects.filter(
        tie__union__in=asked.units, on__gte=asked.since, on__lt=asked.until, on__lte=asked.on
    )


def _count_results(kind: str) -> Counter:
    """What came of ties: problems solved, things done."""

    def count(asked: Asked) -> Iterator[Counted]:
        rows = _results(asked).order_by().values_list("kind", "tie__union", "tie__person", "on")
        for of, union, person, on in remember(("results", *asked.key), lambda: list(rows)):
            if of == kind:
                yield Counted(union, on, Figure(done=1), person)

    def deeds(asked: Asked) -> list[Deed]:
        rows = _results(asked).filter(kind=kind).order_by("-on")
        found = rows.values_list("tie", "on", "tie__person", "text")[:MOST]
        return [Deed("tie", tie, on, "met", text, person) for tie, on, person, text in found]

    return Counter(count, deeds, _results_moved)


def _results_moved(since: datetime) -> set[UUID]:
    return set(TieResult.objects.filter(at__gte=since).order_by().values_list("tie__union", flat=True))


# --- stationing points (BD-6.2) --------------------------------------------------------------------------------------------


def _days_at_points(asked: Asked) -> QuerySet[RecordPerson]:
    """Days of stationing by those who have points of their own."""
    return RecordPerson.objects.filter(
        record__union__in=asked.units, record__kind="stationing", record__withdrawn_at__isnull=True,
        record__on__gte=asked.since, record__on__lt=asked.until, record__on__lte=asked.on,
        person__in=_ties(asked, TieKind.STATIONING).order_by().values("person"),
    ).exclude(record__presence=Presence.DENIED)  # fmt: skip


def _count_points(asked: Asked) -> Iterator[Counted]:
    """In each period the points at which somebody was stationed for a day at least; two days at one count once."""
    own = {(tie.person_id, tie.unit_id) for tie in _tied(asked, TieKind.STATIONING)}
    seen: set[tuple[UUID, UUID, UUID, Period]] = set()
    wanted = ("record__union", "person", "record__place", "record__on")
    for union, person, place, on in _days_at_points(asked).order_by("record__on").values_list(*wanted):
        period = next((one for one in asked.periods if one.since <= on < one.until), None)
        if period and (person, place) in own and (union, person, place, period) not in seen:
            seen.add((union, person, place, period))
            yield Counted(union, on, Figure(done=1), person)


def _deeds_of_points(asked: Asked) -> list[Deed]:
    rows = _days_at_points(asked).order_by("-record__on").values_list("record", "record__on", "person")
    return [Deed("record", record, on, "met", person=person) for record, on, person in rows[:MOST]]


# --- reception days (BD-4.4a) ----------------------------------------------------------------------------------------------


def _receptions(asked: Asked) -> QuerySet[ReceptionDay]:
    """Days announced before and held."""
    return ReceptionDay.objects.kept().filter(unit__in=asked.units, on__gte=asked.since, on__lt=asked.until)


def _count_receptions(asked: Asked) -> Iterator[Counted]:
    """A day is one day, however many leaders receive."""
    for unit, on in _receptions(asked).order_by().values_list("unit", "on").distinct():
        yield Counted(unit, on, Figure(done=1))


def _deeds_of_receptions(asked: Asked) -> list[Deed]:
    return [Deed("reception", one.pk, one.on, "met") for one in _receptions(asked).order_by("-on")[:MOST]]


def _receptions_moved(since: datetime) -> set[UUID]:
    return set(ReceptionDay.objects.filter(ended_at__gte=since).order_by().values_list("unit", flat=True))


# --- information sent (BD-4.3b, BD-4.8, SX-14b) ----------------------------------------------------------------------------

STANDS = ("sent", "answered", "corrected")  # what was taken back was no report


def _sent(asked: Asked) -> QuerySet[Information]:
    return Information.objects.filter(
        status__in=STANDS, unit__in=asked.units, mends__isnull=True, sent_at__gte=midnight(asked.since),
        sent_at__lt=midnight(asked.until),
    )  # fmt: skip


def _information(to: str, kinds: Sequence[str]) -> Counter:
    """What a union sent somewhere, by the day it was sent."""

    def count(asked: Asked) -> Iterator[Counted]:
        rows = _sent(asked).order_by().values_list("to", "kind", "unit", "sent_at")
        for went, kind, unit, at in remember(("sent", *asked.key), lambda: list(rows)):
            if went == to and kind in kinds:
                yield Counted(unit, timezone.localdate(at), Figure(done=1))

    def deeds(asked: Asked) -> list[Deed]:
        rows = _sent(asked).filter(to=to, kind__in=kinds).order_by("-sent_at")[:MOST]
        return [Deed("information", one.pk, timezone.localdate(one.sent_at), "met") for one in rows]

    return Counter(count, deeds, _information_moved)


def _information_moved(since: datetime) -> set[UUID]:
    return set(Information.objects.filter(moved_at__gte=since).order_by().values_list("unit", flat=True))


# --- promises and research (SX-12, SX-11) ----------------------------------------------------------------------------------


def _plans(asked: Asked) -> QuerySet[Plan]:
    years = range(asked.since.year, asked.until.year + 1)
    return Plan.objects.filter(unit__in=asked.units, published_at__isnull=False, year__in=years)


def _count_plans(asked: Asked) -> Iterator[Counted]:
    for unit, year in _plans(asked).order_by().values_list("unit", "year"):
        yield Counted(unit, date(year, 1, 1), Figure(done=1))


def _deeds_of_plans(asked: Asked) -> list[Deed]:
    rows = _plans(asked).filter(year__lt=asked.until.year)
    return [Deed("plan", one.pk, timezone.localdate(one.published_at), "met") for one in rows[:MOST]]


def _plans_moved(since: datetime) -> set[UUID]:
    return set(Plan.objects.filter(published_at__gte=since).order_by().values_list("unit", flat=True))


def _reports(asked: Asked) -> QuerySet[ResearchReport]:
    return ResearchReport.objects.filter(
        topic__unit__in=asked.units, submitted_at__gte=midnight(asked.since), submitted_at__lt=midnight(asked.until)
    )


def _count_reports(asked: Asked) -> Iterator[Counted]:
    for unit, author, at in _reports(asked).order_by().values_list("topic__unit", "author", "submitted_at"):
        yield Counted(unit, timezone.localdate(at), Figure(done=1), author)


def _deeds_of_reports(asked: Asked) -> list[Deed]:
    rows = _reports(asked).order_by("-submitted_at").values_list("topic", "submitted_at", "author")
    return [Deed("research", topic, timezone.localdate(at), "met", person=author) for topic, at, author in rows[:MOST]]


def _reports_moved(since: datetime) -> set[UUID]:
    return set(ResearchReport.objects.filter(submitted_at__gte=since).order_by().values_list("topic__unit", flat=True))


register("record", Counter(_count_records, _deeds_of_records, _records_moved))
register("contact_point", _count_ties(TieKind.CONTACT_POINT))
register("contact_household", _count_ties(TieKind.CONTACT_HOUSEHOLD))
register("pairing", _count_ties(TieKind.PAIRING))
register("problem_solved", _count_results("problem"))
register("thing_done", _count_results("thing"))
register("stationed_points", Counter(_count_points, _deeds_of_points, _records_moved))
register("reception_day", Counter(_count_receptions, _deeds_of_receptions, _receptions_moved))
register("information_to_unit", _information("unit", ("regular", "at_once", "tendency")))
register("information_up", _information("above", ("regular",)))
register("dispute_information", _information("above", ("dispute",)))
register("promise_plan", Counter(_count_plans, _deeds_of_plans, _plans_moved))
register("research_report", Counter(_count_reports, _deeds_of_reports, _reports_moved))
