"""Asking about reception days: which there are, who could receive, which hours are free, who comes, whom to invite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from huying.cases.models import Case, Difficulty, Party, Recusal
from huying.cases.reads import people_behind
from huying.cases.rules import free_of
from huying.fieldwork.lifecycle import GOING_ON
from huying.fieldwork.models import Booking, InvitedTalk, Leave, ReceptionDay, ReceptionKind
from huying.fieldwork.rules import Pattern, Placed, invite_reasons, placed, slots, weeks_without
from huying.kernel.actors import Actor, Worker
from huying.kernel.clock import WorkDays
from huying.kernel.errors import only
from huying.mechanism.reads import calendar, rules_for, rules_of_units
from huying.mechanism.rules import ClauseRef, RecordKind, Rules
from huying.org.models import Post, Role, Unit
from huying.org.reads import holders
from huying.org.rules import EMPLOYER_SIDE, Can, Member

AHEAD = timedelta(days=60)  # how far ahead workers see days


_FIRST: dict[str, int] = {Role.CHAIR: 0, Role.UPPER_OFFICER: 1, Role.MANAGEMENT_HEAD: 2}

# --- the days -----------------------------------------------------------------------------------------------------------


def days(actor: Actor) -> QuerySet[ReceptionDay]:
    """Every day this person may know of, with names."""
    return ReceptionDay.objects.visible_to(actor).select_related("unit", "leader__person", "record")


def day_for(actor: Actor, day_id: UUID) -> ReceptionDay:
    """One day, or ``NotYours``."""
    return only(days(actor).filter(pk=day_id))


def reception_units(actor: Actor) -> list[Unit]:
    """The unions whose reception days this person makes."""
    units = actor.units(Can.HANDLE_CASES) if isinstance(actor, Member) else []
    return list({unit.pk: unit for unit in units}.values())


def makes_rota(actor: Actor, day: ReceptionDay) -> bool:
    """Whether this person belongs to the office that looks after a day."""
    return day.unit_id in {unit.pk for unit in reception_units(actor)}


def leaders_at(unit: Unit, kind: str, on: date) -> list[Post]:
    """Who may receive: on the chair's day those who work for the union, on the manager's those of management, else the
    leaders of union, Party and management."""
    can = Can.HANDLE_CASES if kind == ReceptionKind.CHAIR else Can.INSTRUCT
    posts = holders(unit, can, on)
    if kind == ReceptionKind.MANAGER:
        posts = posts.filter(role__in=EMPLOYER_SIDE)
    found: dict[UUID, Post] = {}
    for post in sorted(posts, key=lambda post: (_FIRST.get(post.role, 9), post.starts_on, post.pk)):
        found.setdefault(post.person_id, post)
    return list(found.values())


def kinds_at(rules: Rules) -> list[tuple[str, str]]:
    """The kinds of reception days a union has, by the document it chose, as codes and names (PD-5.2.1)."""
    known = rules.options("reception_kinds").choices
    return [(one.code, one.label) for one in known if one.code in ReceptionKind.values]


def kind_name(day: ReceptionDay, rules: Rules) -> str:
    """What a day's kind is called at its union; the usual word where its document is no longer in force."""
    return dict(kinds_at(rules)).get(day.kind, day.get_kind_display())


def kind_names(rows: Iterable[ReceptionDay], on: date) -> dict[UUID, str]:
    """The same for many days (constant queries)."""
    found = list(rows)
    rules = rules_of_units([day.unit for day in found], on) if found else {}
    return {day.pk: kind_name(day, rules[day.unit_id]) for day in found}


def record_kind(day: ReceptionDay, rules: Rules) -> RecordKind:
    """As what a day is written down: the manager's day under its own name where the document has it (PD-5.2.1)."""
    known = {kind.code: kind for kind in rules.records()}
    own = known.get("manager_reception") if day.kind == ReceptionKind.MANAGER else None
    return own or known["reception"]


def duty_clauses(rules: Rules) -> list[ClauseRef]:
    """The clauses reception days carry out: the duty of each adopted document, and where its record comes from."""
    found = [duty.clause for duty in rules.duties() if duty.of == "reception_day"]
    record = rules.record("reception").clause
    return found if record in found else [*found, record]


def day_clauses(day: ReceptionDay, rules: Rules) -> list[ClauseRef]:
    """The clauses one day carries out: the manager's has its own."""
    own = record_kind(day, rules)
    found = duty_clauses(rules) if own.code == "reception" else [own.clause]
    return list(dict.fromkeys([*found, rules.options("reception_forms").clause]))


@dataclass(frozen=True)
class Coming:
    """One day of a proposal: who would receive, and what is to be said about it."""

    place: Placed
    leader: Post | None
    note: str = ""
    taken: bool = False

    @property
    def on(self) -> date:
        """The day, where there is one."""
        assert self.place.on is not None
        return self.place.on


@dataclass(frozen=True)
class Proposal:
    """What a rule would make: days, days left out, weeks that would still have none though each should have one."""

    rows: tuple[Coming, ...]
    empty: tuple[date, ...]

    @property
    def made(self) -> list[Coming]:
        """The days that would be made."""
        return [row for row in self.rows if row.leader is not None and row.place.on is not None and not row.taken]


def proposal(unit: Unit, kind: str, pattern: Pattern, leaders: Sequence[Post], on: date) -> Proposal:
    """The days a rule would make with leaders in turn; who is away or no longer in office that day is passed over."""
    work = calendar()
    there = _standing(unit, pattern)
    away = _leaves(leaders, pattern)
    rows, turn = [], 0
    for place in placed(pattern, work):
        if place.on is None:
            rows.append(Coming(place, None, f"{place.why}，不排"))
        elif (place.on, kind) in there:
            rows.append(Coming(place, None, "这一天已经排了", taken=True))
        elif place.on < on:
            rows.append(Coming(place, None, "已经过去"))
        else:
            leader, skipped, turn = _next(leaders, turn, place.on, away)
            rows.append(Coming(place, leader, _said(place, skipped) if leader else "轮到的都不在"))
    taken = {on for on, of in there if of} | {row.place.on for row in rows if row.leader and row.place.on}
    return Proposal(tuple(rows), tuple(no_day_weeks(unit, taken, pattern.since, pattern.until, work)))


def _standing(unit: Unit, pattern: Pattern) -> set[tuple[date, str]]:
    """The days that stand already, by kind; a month beyond the span because days off move days on."""
    span = (pattern.since, pattern.until + timedelta(days=31))
    rows = ReceptionDay.objects.filter(unit=unit, on__range=span).exclude(status="cancelled")
    return set(rows.values_list("on", "kind"))


def _leaves(leaders: Sequence[Post], pattern: Pattern) -> list[Leave]:
    people = [post.person_id for post in leaders]
    rows = Leave.objects.filter(person__in=people, taken_back_at__isnull=True, until__gte=pattern.since)
    return list(rows)


def _next(leaders: Sequence[Post], turn: int, on: date, away: Iterable[Leave]) -> tuple[Post | None, list[Post], int]:
    """Whose turn it is on a day, who is passed over, whose turn comes next."""
    out = {leave.person_id for leave in away if leave.since <= on <= leave.until}
    skipped: list[Post] = []
    for step in range(len(leaders)):
        post = leaders[(turn + step) % len(leaders)]
        if post.person_id not in out and (post.ends_on is None or post.ends_on >= on):
            return post, skipped, turn + step + 1
        skipped.append(post)
    return None, skipped, turn


def _said(place: Placed, skipped: Sequence[Post]) -> str:
    said = []
    if place.moved_from is not None:
        said.append(f"原是 {place.wanted.month}月{place.wanted.day}日（{place.why}）")
    if skipped:
        said.append(f"{'、'.join(post.person.name for post in skipped)}不在，往下轮")
    return "；".join(said)


def no_day_weeks(unit: Unit, taken: Iterable[date], since: date, until: date, work: WorkDays) -> list[date]:
    """Mondays of weeks without a day, where an adopted document asks for one each week (BD-4.4a)."""
    duties = rules_for(unit, since).duties()
    if not any(duty.of == "reception_day" and duty.every == "week" for duty in duties):
        return []
    return weeks_without(set(taken), since, until, work)


# --- for workers ----------------------------------------------------------------------------------------------------------


def open_days(unit: Unit, at: datetime) -> QuerySet[ReceptionDay]:
    """Announced days workers may still come to, the nearest first."""
    today = timezone.localdate(at)
    rows = ReceptionDay.objects.filter(unit=unit, status="announced", on__range=(today, today + AHEAD))
    return rows.select_related("leader__person", "unit").order_by("on", "begins", "id")


def places_left(rows: Iterable[ReceptionDay], at: datetime, *, hidden: bool = False) -> dict[UUID, dict[time, int]]:
    """Free places by day and hour (two queries at most).  Matters that are kept from somebody have places of their own."""
    found = list(rows)
    taken = Booking.objects.filter(day__in=found, status__in=GOING_ON).hidden(hidden).values_list("day", "slot")
    counted = Counter(taken)
    now = timezone.localtime(at)
    left: dict[UUID, dict[time, int]] = {}
    for day in found:
        hours = slots(day.begins, day.ends, day.minutes)
        passed = now.time() if day.on == now.date() else time.min
        left[day.pk] = {hour: max(0, day.each - counted[day.pk, hour]) for hour in hours if hour >= passed}
    return left


def bookable(unit: Unit, at: datetime, *, hidden: bool = False) -> list[tuple[ReceptionDay, list[time]]]:
    """Days with their free hours."""
    rows = list(open_days(unit, at))
    left = places_left(rows, at, hidden=hidden)
    return [(day, [hour for hour, n in left[day.pk].items() if n]) for day in rows]


def free_days(case: Case, at: datetime) -> list[tuple[ReceptionDay, list[time]]]:
    """Days on which the worker behind a case may be received: of the union that has it, by a leader it does not name."""
    keys = set(Recusal.objects.filter(case=case).values_list("key", flat=True))
    rows = bookable(case.holder, at, hidden=bool(keys))
    return [(day, hours) for day, hours in rows if is_free(day.leader, keys, day.on)]


def is_free(leader: Post, keys: set[str], on: date) -> bool:
    """Whether none of a case's recusals names a leader, in any post held."""
    if not keys:
        return True
    posts = list(Post.objects.on(on).filter(person=leader.person_id).select_related("person", "unit"))
    return len(free_of([*posts, leader], keys)) == len(posts) + 1


def bookings_of(worker: Worker) -> list[Booking]:
    """What this worker booked, the next first; what was cancelled is left out."""
    rows = Booking.objects.filter(party=worker.party_id).exclude(status="cancelled")
    return list(rows.select_related("day__leader__person", "day__unit").order_by("-day__on", "-at"))


def booking_of(worker: Worker, booking_id: UUID) -> Booking:
    """The worker's own booking, or ``NotYours``."""
    return only(Booking.objects.filter(party=worker.party_id, pk=booking_id).select_related("day"))


def talks_of(worker: Worker) -> list[InvitedTalk]:
    """Talks this worker is invited to or was, the newest first, each with the own answer as ``comes``."""
    party = Party.objects.select_related("case").get(pk=worker.party_id)
    rows = InvitedTalk.objects.filter(case__in={party.case_id, party.case.merged_into_id} - {None})
    found = list(rows.select_related("leader__person", "unit").prefetch_related("answers").order_by("-at")[:5])
    for talk in found:
        mine = [answer.comes for answer in talk.answers.all() if answer.party_id == party.pk]
        talk.comes = mine[0] if mine else None  # type: ignore[attr-defined]
    return found


# --- on the day -------------------------------------------------------------------------------------------------------------

_ORDER = {"called": 0, "arrived": 1, "booked": 2, "absent": 3, "done": 4, "cancelled": 5}


def queue(actor: Actor, day: ReceptionDay) -> list[Booking]:
    """Who comes: who is inside, who waits, who is still to come, then the others; by hour."""
    rows = Booking.objects.visible_to(actor).filter(day=day).select_related("case", "party")
    return sorted(rows, key=lambda one: (_ORDER[one.status], one.slot, one.at))


def queue_counts(actor: Actor, rows: Iterable[ReceptionDay]) -> dict[UUID, dict[str, int]]:
    """How many come to each day, by state, as far as this person may know (one query)."""
    found: dict[UUID, dict[str, int]] = {}
    counted = Booking.objects.visible_to(actor).filter(day__in=list(rows)).values("day", "status")
    for row in counted.annotate(n=Count("pk")).order_by():
        found.setdefault(row["day"], {})[row["status"]] = row["n"]
    return found


# --- invited talks ------------------------------------------------------------------------------------------------------------


def talk_reasons(rules: Rules) -> dict[str, str]:
    """Why workers may be invited to a talk, as the adopted document says it."""
    return {one.code: one.label for one in rules.options("invite_reasons").choices}


def to_invite(actor: Actor, at: datetime) -> QuerySet[Case]:
    """Open matters worth an invitation: complex, of many, taken up again or open for long, and not invited now; those of
    most people first.  Each with ``people``."""
    if not isinstance(actor, Member):
        return Case.objects.none()
    today = timezone.localdate(at)
    worth = Q(pk__in=[])
    for unit in reception_units(actor):
        rules = rules_for(unit, today)
        since = at - timedelta(days=rules.count("talk_days").value)
        many = Q(people__gte=rules.count("talk_people").value)
        worth |= Q(holder=unit) & (Q(difficulty=Difficulty.HARD) | Q(round__gt=1) | Q(registered_at__lte=since) | many)
    invited = InvitedTalk.objects.filter(case=OuterRef("pk"), status="sent")
    rows = Case.objects.visible_to(actor).open().annotate(people=_people())
    rows = rows.filter(worth, released_at__isnull=False).exclude(Exists(invited))
    return rows.select_related("holder", "officer__person").order_by("-people", "registered_at", "pk")


def _people() -> Count:
    return Count("parties", filter=Q(parties__withdrawn_at__isnull=True), distinct=True)


def invitable(case: Case, rules: Rules, at: datetime, *, people: int | None = None) -> list[str]:
    """Codes of the reasons that hold for a matter by its own figures, of those the rules know."""
    found = invite_reasons(
        hard=case.difficulty == Difficulty.HARD,
        people=people if people is not None else people_behind(case).count(),
        many=rules.count("talk_people").value,
        again=case.round > 1,
        days=(at - case.registered_at).days,
        long=rules.count("talk_days").value,
    )
    return [code for code in found if code in talk_reasons(rules)]


def talks(actor: Actor) -> QuerySet[InvitedTalk]:
    """Talks this person may know of: those to come first."""
    rows = InvitedTalk.objects.visible_to(actor).select_related("case", "leader__person", "unit")
    yes = Count("answers", filter=Q(answers__comes=True))
    return rows.annotate(coming=yes, answered=Count("answers")).order_by(
        F("ended_at").desc(nulls_first=True), "on", "pk"
    )


def talk_for(actor: Actor, talk_id: UUID) -> InvitedTalk:
    """One talk, or ``NotYours``."""
    return only(InvitedTalk.objects.visible_to(actor).select_related("case__holder", "leader__person", "unit", "record")
                .filter(pk=talk_id))  # fmt: skip


def talk_people(talk: InvitedTalk) -> dict[str, Any]:
    """How many are invited, come, do not come, have not answered."""
    asked = people_behind(talk.case).count()
    said = list(talk.answers.values_list("comes", flat=True))
    return {"asked": asked, "yes": sum(said), "no": len(said) - sum(said), "silent": max(0, asked - len(said))}
