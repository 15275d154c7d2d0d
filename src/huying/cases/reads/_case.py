"""Asking about cases: one case for its reader, lists, clocks in words, who is behind a case, likely duplicates, look-ups."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from huying.cases.models import Case, Clock, ClockChange, Event, Message, Party, Recusal, Secrecy
from huying.cases.rules import free_of, heading_of, place_of, title_from
from huying.kernel import crypto, search
from huying.kernel.actors import Actor, Worker
from huying.kernel.clock import DayStep, Due, WorkDays, business_day_offset, day_of, explain
from huying.kernel.crypto import Unreadable
from huying.kernel.errors import NotYours, Refused, only
from huying.kernel.models import TextEntry
from huying.kernel.text import query_grams
from huying.mechanism.reads import rules_kept
from huying.mechanism.rules import Rules
from huying.org.models import Level, Person, Post, Unit
from huying.org.reads import holders, union_above
from huying.org.rules import Can, Member
from huying.privacy.reads import lookups_left
from huying.privacy.rules import mask, normal_name, normal_phone
from huying.trail.acts import note_reading

JOINABLE = ("registered", "supplement", "accepted", "consulting", "climbing", "handling")


def rules_of(case: Case) -> Rules:
    """The rules a case keeps from the day it was registered."""
    return rules_kept(case.rules_id)


def get_for(actor: Actor, case_id: UUID) -> Case:
    """One case for its reader, with what its page needs; ``NotYours`` when missing or not to be known."""
    rows = Case.objects.visible_to(actor).filter(pk=case_id)
    rows = rows.select_related("unit", "place", "holder", "series", "officer__person", "root", "merged_into", "follows")
    return only(rows)


# --- clocks in words -------------------------------------------------------------------------------------------------


def paused_days(clock: Clock) -> set[date]:
    """The days on which a clock stood still."""
    days: set[date] = set()
    for first, again in clock.pauses:
        day = date.fromisoformat(first)
        while day < date.fromisoformat(again):
            days.add(day)
            day += timedelta(days=1)
    return days


def due_of(clock: Clock, calendar: WorkDays) -> Due:
    """The date of a clock by the rules its case keeps, with the ruler of days."""
    found, _ = rules_of(clock.case).due(clock.code, clock.start_day, calendar, paused_days(clock))
    return found


@dataclass(frozen=True)
class ClockView:
    """A clock as people see it: chip state (ok, soon, late, paused, done), words, ruler, and why this date."""

    clock: Clock
    label: str
    state: str
    words: str
    steps: tuple[DayStep, ...]
    why: str
    badge: str
    clause: str
    pending: ClockChange | None


def clock_view(
    clock: Clock, case: Case, today: date, calendar: WorkDays, changes: Iterable[ClockChange] = ()
) -> ClockView:
    """How a clock stands today."""
    clock.case = case
    rules = rules_of(case)
    changes = list(changes)
    if "fixed" in clock.rule:
        label, steps = "办理", tuple[DayStep, ...]()
        why = f"{clock.start_day.month}月{clock.start_day.day}日交办时定下 {clock.due_on.month}月{clock.due_on.day}日前办结。"
    else:
        found, rule = rules.due(clock.code, clock.start_day, calendar, paused_days(clock))
        label, steps, why = rule.label, found.steps, explain(found, rule.rule, rule.starts)
    for change in changes:
        if change.kind == "extend" and change.state == "done" and change.due_after:
            why += f"经批准延期到 {change.due_after.month}月{change.due_after.day}日，理由：{change.reason}。"
    state, words = clock_state(clock, today, calendar)
    return ClockView(
        clock=clock,
        label=label,
        state=state,
        words=words,
        steps=steps,
        why=why,
        badge=clock.rule.get("badge", ""),
        clause=clock.rule.get("clause", ""),
        pending=next((one for one in changes if one.state == "asked"), None),
    )


def clock_state(clock: Clock, today: date, calendar: WorkDays) -> tuple[str, str]:
    """Chip state and words of a clock: 超期 2 天, 今天到期, 还有 3 天, 暂停, 按时, 晚 1 天."""
    if clock.stopped_at is not None:
        late = (day_of(clock.stopped_at) - clock.due_on).days
        return "done", (f"晚 {late} 天" if clock.late and late > 0 else "按时")
    if clock.paused_on is not None:
        return "paused", "暂停"
    left = (clock.due_on - today).days
    if left < 0:
        return "late", f"超期 {-left} 天"
    if left == 0:
        return "soon", "今天到期"
    soon = today >= business_day_offset(clock.due_on, -1, calendar)
    return ("soon" if soon else "ok"), ("明天到期" if left == 1 else f"还有 {left} 天")


def running_clocks(cases: Iterable[Case]) -> dict[UUID, Clock]:
    """The most pressing running clock of each case, in one query."""
    nearest: dict[UUID, Clock] = {}
    rows = Clock.objects.filter(case__in=[case.pk for case in cases], stopped_at__isnull=True).order_by("-due_on")
    for clock in rows:
        nearest[clock.case_id] = clock
    return nearest


def clocks_of(case: Case) -> list[Clock]:
    """All clocks of a case with their changes, running ones first."""
    rows = case.clocks.prefetch_related(Prefetch("changes", ClockChange.objects.order_by("asked_at")))
    return sorted(rows, key=lambda clock: (clock.stopped_at is not None, clock.due_on))


# --- people and history ----------------------------------------------------------------------------------------------


def joined(*cases: Case) -> QuerySet[Case, Any]:
    """Ids of cases and of those merged into them, as a subquery that both engines answer from two indexes."""
    ids = [case.pk for case in cases]
    return Case.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids)).values("pk")


def people_behind(case: Case) -> QuerySet[Party]:
    """Everybody to be told and surveyed: the case's own parties, those of cases merged into it, and for a split case those
    of the case in which it was spoken."""
    spoken = case
    while spoken.follows_id and spoken.follows and not spoken.parties.exists():
        spoken = spoken.follows
    origin = Q(case__in=joined(case, spoken))
    return (
        Party.objects.filter(origin, withdrawn_at__isnull=True, erased_at__isnull=True, frozen_at__isnull=True)
        .select_related("key")
        .order_by("-first", "joined_at", "id")
    )


def voices_of(case: Case) -> QuerySet[Party]:
    """Everybody who ever spoke in a case, those who stepped out or were erased included; first speaker first.

    The voices of merged cases come along; a split case without voices of its own has those of the case it came from.
    """
    own = joined(case)
    if case.follows_id and not case.parties.exists():
        own = Case.objects.filter(pk=case.follows_id).values("pk") | own
    return Party.objects.filter(case__in=own).select_related("key").order_by("-first", "joined_at", "id")


def story(case: Case) -> QuerySet[Event]:
    """The history for staff, newest first."""
    return case.events.select_related("unit", "post__person").order_by("-at", "-version", "-id")


def worker_story(case: Case, party: Party) -> QuerySet[Event]:
    """What one worker reads of the history, newest first: what was said to everybody behind the case or to this one alone.

    Of a case the own was joined to, only what happened since: what went before was between others and the union.
    """
    own = Q(case=case)
    if party.case_id not in (case.pk, case.follows_id):
        since = Event.objects.filter(case=party.case_id, act="merge").order_by("-at").values_list("at", flat=True)
        own = Q(case=party.case_id) | Q(case=case, at__gte=since[:1])
    return (
        Event.objects.filter(own)
        .exclude(worker_label="")
        .filter(Q(party__isnull=True) | Q(party=party))
        .order_by("-at", "-version", "-id")
    )


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One person's sealed words and identity, open for this page only; name, phone and post as the person last set them
    right, ``corrected`` what was said each time, oldest first."""

    party: Party
    words: str
    name: str = ""
    phone: str = ""
    about: str = ""
    erased: bool = False
    frozen: bool = False
    left: str = ""  # why this person stepped back
    corrected: tuple[dict[str, str], ...] = ()


def opened(party: Party) -> Opened:
    """Decrypt one party.  The caller has checked the right and written the look down.

    Nothing of one whose data is frozen: it is stored, and not used in any other way (PIPL 47).
    """
    if party.frozen_at is not None:
        return Opened(party=party, words="", frozen=True)
    return unfrozen(party)


def unfrozen(party: Party) -> Opened:
    """``opened``, also where the data is frozen: for the person, and for the erasure that ends it."""
    try:
        words = party.key.open(party.words, place_of("party", "words", party.pk)) if party.words else ""
        known: dict[str, str] = (
            json.loads(party.key.open(party.identity, place_of("party", "identity", party.pk)))
            if party.identity
            else {}
        )
        corrected = corrections_of(party)
    except Unreadable:
        return Opened(party=party, words="", erased=True)
    for one in corrected:
        known |= {field: one[field] for field in ("name", "phone", "about") if one.get(field)}
    return Opened(
        party=party, words=words, erased=party.erased_at is not None, corrected=tuple(corrected), **_who(known)
    )


def _who(known: dict[str, str]) -> dict[str, Any]:
    """Name, phone and own description, as far as they were given."""
    return {field: known.get(field, "") for field in ("name", "phone", "about")}


def corrections_of(party: Party) -> list[dict[str, str]]:
    """What the person set right so far, the latest last.  Raises ``Unreadable`` once erased."""
    if not party.corrections:
        return []
    found: list[dict[str, str]] = json.loads(
        party.key.open(party.corrections, place_of("party", "corrections", party.pk))
    )
    return found


def reasons_for_leaving(parties: Iterable[Party]) -> dict[UUID, str]:
    """Why people stepped back, as far as they said so (one query).  The caller has checked the right, as for ``opened``."""
    by_id = {party.pk: party for party in parties}
    said = {}
    for event in Event.objects.filter(party__in=by_id, sealed__isnull=False):
        party = by_id[event.party_id]  # type: ignore[index]
        try:
            said[party.pk] = party.key.open(event.sealed or b"", place_of("event", "sealed", party.pk))
        except Unreadable:
            continue  # erased since
    return said


def messages_with(case: Case, party: Party | None = None) -> QuerySet[Message]:
    """The talk of a case, oldest first; of one worker only where given."""
    cases = Q(case__in=joined(case))
    rows = Message.objects.filter(cases).select_related("party__key", "post__person").order_by("at", "id")
    return rows.filter(party=party) if party else rows


def summary_proposal(case: Case, words: Iterable[str], names: Iterable[str] = ()) -> tuple[str, str]:
    """Title and summary proposed from opened words: masked, with the roster of the unit and the speakers' own names.

    A heading of the worker's own becomes the title and is not said again in the summary.
    """
    said = [one.strip() for one in words if one.strip()]
    text = "\n\n".join(said)
    roster = Person.objects.filter(unit__in=Unit.objects.within(case.unit)).values_list("name", flat=True)
    known = {*roster, *names}
    masked = mask(text, names=[name for name in known if name and name in text])
    title = title_from(masked)
    if len(said) == 1 and heading_of(masked):
        return title, masked.partition("\n")[2].strip()
    return title, masked


def unopened(case: Case) -> bool:
    """Whether nobody can know yet what a case says: no officer who may open it, and no released words."""
    return case.officer_id is None and not case.summary


def unions_for(case: Case, words: str = "", *, most: int = 20) -> list[Unit]:
    """Where a case could be handed on: the unions above it, nearest first, or other open unions by part of their name."""
    if not words.strip():
        found: list[Unit] = []
        while (above := union_above(found[-1] if found else case.holder)) is not None:
            found.append(above)
        return found
    rows = Unit.objects.open().filter(name__contains=words.strip(), has_union=True).exclude(level=Level.WORKSHOP)
    return list(rows.exclude(pk=case.holder_id).order_by("name")[:most])


def joinable(actor: Actor, case: Case, words: str = "", *, most: int = 8) -> list[Case]:
    """Cases of the same union this one could be joined to: those that look alike, or those found by number or words."""
    if words.strip():
        found = Case.objects.visible_to(actor).filter(number__contains=words.strip()) | find(actor, words)
        rows: Iterable[Case] = found.distinct().order_by("-registered_at")[: most * 4]
    else:
        rows = [one for one, _ in likely_duplicates(actor, case.holder, f"{case.title} {case.summary}", most=most)]
    open_ones = [c for c in rows if c.holder_id == case.holder_id and c.pk != case.pk and c.status in JOINABLE]
    return open_ones[:most]


def keys_against(case: Case) -> set[str]:
    """Recusal keys of a case."""
    return set(Recusal.objects.filter(case=case).values_list("key", flat=True))


def officers_for(case: Case, on: date) -> list[Post]:
    """Who may answer for a case: offices of its union that it does not name."""
    return free_of(holders(case.holder, Can.HANDLE_CASES, on), keys_against(case))


def changes_since(case: Case, version: int) -> list[str]:
    """Who changed what while somebody typed, as sentences."""
    events = Event.objects.filter(case=case, version__gt=version).order_by("at", "id")[:10]
    return [f"{timezone.localtime(e.at):%m月%d日 %H:%M} {e.who}：{e.label}" for e in events] or ["这件事刚刚被改动过。"]


# --- the worker's way back --------------------------------------------------------------------------------------------


def worker_by_receipt(receipt: str) -> Worker | None:
    """The worker holding a receipt: one hash, one index read."""
    party = (
        Party.objects.filter(receipt=crypto.receipt_hash(receipt), erased_at__isnull=True).only("pk", "case_id").first()
    )
    return worker_of(party.pk) if party else None


def worker_of(party_id: UUID) -> Worker | None:
    """The actor for a party; speaks for the case its own was merged into, if it was."""
    party = Party.objects.filter(pk=party_id, erased_at__isnull=True).only("pk", "case_id").first()
    if party is None:
        return None
    return Worker(code=f"party:{party.pk}", label="职工本人", party_id=party.pk, case_id=party.case_id)


def case_of(worker: Worker) -> Case:
    """The case a worker follows: the one spoken in, or the one it was joined to."""
    case = Case.objects.select_related("unit", "holder", "officer__person", "merged_into").get(pk=worker.case_id)
    for _ in range(10):
        if case.merged_into_id is None:
            break
        case = Case.objects.select_related("unit", "holder", "officer__person", "merged_into").get(
            pk=case.merged_into_id
        )
    return case


def cases_of(worker: Worker) -> list[Case]:
    """Everything a worker follows with one receipt: the case itself, then what was split from it without people of its own."""
    case = case_of(worker)
    parts = (
        Case.objects.filter(follows__in={worker.case_id, case.pk}, parties__isnull=True)
        .select_related("unit", "holder", "officer__person")
        .order_by("registered_at", "id")
    )
    return [case, *parts]


def speaking_of(worker: Worker, case: Case) -> Worker:
    """The same worker, speaking of one of the cases they follow; ``NotYours`` for any other."""
    if case.pk not in {one.pk for one in cases_of(worker)}:
        raise NotYours
    return replace(worker, case_id=case.pk)


# --- finding ---------------------------------------------------------------------------------------------------------


def find(actor: Actor, words: str) -> QuerySet[Case]:
    """Cases in scope whose number or released text has every word."""
    rows = Case.objects.visible_to(actor)
    hits = search.hits("case", words)
    if hits is None:
        return rows.none()
    return rows.filter(hits)


def likely_duplicates(actor: Actor, unit: Unit, text: str, *, most: int = 5) -> list[tuple[Case, float]]:
    """Released cases of a unit that resemble a text, best first.

    Candidates share one of the text's rarer two-character words; they are ranked by shared bigrams.
    """
    phrases = [phrase for phrase in query_grams(text) if len(phrase[0]) > 1]
    words = list(dict.fromkeys(gram for phrase in phrases for gram in phrase))[:40]
    if not words:
        return []
    hits = search.any_hits("case", words)
    rows = (
        Case.objects.visible_to(actor).filter(hits, holder=unit).exclude(status="spam").order_by("-registered_at")[:200]
    )
    cases = {case.pk: case for case in rows}
    entries = list(TextEntry.objects.filter(kind="case", subject__in=list(cases)).values_list("subject", "grams"))
    ranked = search.likeness(text, entries)
    return [(cases[pk], score) for pk, score in ranked if score >= 0.08][:most]


def same_person(actor: Actor, *, name: str, phone: str, at: datetime) -> list[Case]:
    """Earlier cases of one phone (and name), as far as secrecy allows: named ones of the actor's union, sealed ones only
    to their own officer, anonymous ones never.  Every look-up is written down and counted."""
    if not isinstance(actor, Member) or not actor.units(Can.LOOK_UP):
        raise NotYours
    phone_key, name_key = normal_phone(phone), normal_name(name)
    if len(phone_key) < 7 and len(name_key) < 2:
        return []
    full = lookups_left(actor, at) == 0
    for unit in actor.units(Can.LOOK_UP)[:1]:
        what = "lookup_refused" if full else "lookup"
        note_reading(root=unit.root_id or unit.pk, by=actor, at=at, what=what, unit=unit.pk)
    if full:
        raise Refused("这一小时查得太多了。", "请过一会儿再查；每次查询都有记录。")
    match = Q()
    if len(phone_key) >= 7:
        match |= Q(parties__phone_index=crypto.blind_index("phone", phone_key))
    elif len(name_key) >= 2:
        match |= Q(parties__name_index=crypto.blind_index("name", name_key))
    mine = Q(parties__secrecy=Secrecy.NAMED) | Q(parties__secrecy=Secrecy.SEALED, officer__person=actor.person_id)
    mine &= Q(parties__frozen_at__isnull=True)
    rows = Case.objects.visible_to(actor).filter(holder__in=[unit.pk for unit in actor.units(Can.LOOK_UP)])
    return list(rows.filter(match & mine).distinct().order_by("-registered_at")[:5])
