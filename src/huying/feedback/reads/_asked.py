"""Who is asked: the workers behind a case, the delegates who attended, workers concerned as the system may draw them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from huying.cases.models import Case, Party, Secrecy
from huying.cases.reads import keys_against, people_behind, rules_of, voices_of
from huying.cases.rules import free_of
from huying.feedback.models import Wider
from huying.feedback.rules import GROUPS
from huying.handling.models import CoHandling, Item, Telling
from huying.kernel import crypto
from huying.mechanism.rules import Choice, Rules
from huying.meetings.models import Participant, Place
from huying.org.models import Level, Person, Post, Role, Unit
from huying.org.reads import holders
from huying.org.rules import ADMINISTRATORS, Can, keys_of
from huying.privacy.rules import normal_name, normal_phone

# They run the survey, look after the installation or are the other side of the table.
NEVER_DRAWN = (Role.OFFICER, Role.CHAIR, Role.UPPER_OFFICER, Role.LIAISON, Role.MANAGEMENT_HEAD, *ADMINISTRATORS)


def handled_by(case: Case) -> set[UUID]:
    """People who handled a case: its officers, who gave items, who worked on them, who told the worker."""
    people = {case.officer.person_id} if case.officer else set()
    people |= set(
        case.events.filter(act__in=["accept", "take"], post__isnull=False).values_list("post__person_id", flat=True)
    )
    people |= set(Item.objects.filter(case=case).values_list("handler__person_id", flat=True))
    people |= set(Item.objects.filter(case=case).values_list("given_by__person_id", flat=True))
    people |= set(Telling.objects.filter(case=case).values_list("post__person_id", flat=True))
    return people


def able(case: Case, can: Can, at: datetime) -> set[UUID]:
    """Who at the case's union could do this at all, and is not named by the case."""
    posts = free_of(holders(case.holder, can, timezone.localdate(at)), keys_against(case))
    return {post.person_id for post in posts}


def groups_of(case: Case) -> set[str]:
    """Whom the case's rules ask; what management raised has nobody behind it (MY-3.1)."""
    return {GROUPS[one.code] for one in rules_of(case).options("survey_groups").choices if one.code in GROUPS}


def wanted(rules: Rules) -> int:
    """How many workers concerned are drawn; none where a case keeps rules from before they were."""
    return next((one.value for one in rules.counts() if one.code == "survey_concerned"), 0)


def reasons_of(rules: Rules) -> tuple[Choice, ...]:
    """Reasons to tick; none where a case keeps rules from before they were asked."""
    try:
        return rules.options("survey_reasons").choices
    except KeyError:
        return ()


def quiet_parties(case: Case) -> list[Party]:
    """Those behind a case who spoke sealed or anonymously and have not agreed that others are asked."""
    unnamed = [one for one in people_behind(case) if one.secrecy != Secrecy.NAMED]
    agreed = set(
        Wider.objects.filter(party__in=[one.pk for one in unnamed], withdrawn_at__isnull=True).values_list(
            "party", flat=True
        )
    )
    return [one for one in unnamed if one.pk not in agreed]


def unnamed(case: Case) -> bool:
    """Whether somebody who ever spoke in the case did not give a name to everybody."""
    return voices_of(case).exclude(secrecy=Secrecy.NAMED).exists()


def agreed_wider(party: Party) -> bool:
    """Whether a worker agreed that delegates and colleagues are asked."""
    return Wider.objects.filter(party=party, withdrawn_at__isnull=True).exists()


def delegates_of(case: Case, on: date) -> list[Person]:
    """Workers' delegates who were there when the case's topic was settled, in the present round; nobody the case names,
    nobody who handled it."""
    settled = Place.objects.filter(topic__gathered__case=case, left_at__isnull=True).exclude(result__in=["", "later"])
    again = case.events.filter(act="reopen").order_by("-at").values_list("at", flat=True).first()
    if again is not None:
        settled = settled.filter(meeting__starts_at__gte=again)
    rows = Participant.objects.filter(
        meeting__in=settled.values("meeting"),
        seat="delegates",
        attendance__in=["present", "late"],
        person__isnull=False,
    )
    people = Person.objects.filter(pk__in=rows.values("person"), left_on__isnull=True, erased_at__isnull=True).order_by(
        "name_sort", "id"
    )
    found = {one.pk: one for one in people}
    away = handled_by(case) | named_by(case, set(found), on)
    return [one for pk, one in found.items() if pk not in away]


def named_by(case: Case, people: set[UUID], on: date) -> set[UUID]:
    """Those whom a recusal of the case means."""
    keys = keys_against(case)
    if not keys:
        return set()
    return {pk for pk, held in _posts(people, on).items() if keys & keys_of(pk, held)}


def _posts(people: set[UUID], on: date) -> dict[UUID, list[Post]]:
    """Posts held on a day, of each of these people."""
    found: dict[UUID, list[Post]] = {pk: [] for pk in people}
    for post in Post.objects.on(on).filter(person__in=people):
        found[post.person_id].append(post)
    return found


def _roster(place: Unit) -> Q:
    """People of a place: a workshop's own, or a unit's with its workshops'."""
    below = Q(unit__level=Level.WORKSHOP, unit__path__startswith=place.path, unit__depth=place.depth + 1)
    return Q(unit=place) | below


def eligible(case: Case, on: date, asked: set[UUID]) -> list[UUID]:
    """Who may be drawn as a worker concerned: the roster of the case's place without those who spoke in it, those who
    handled it and their departments, the union's office, the head of management, and whom the case names."""
    rows = Person.objects.filter(_roster(case.place), left_on__isnull=True, erased_at__isnull=True)
    roster = {pk: (name, phone) for pk, name, phone in rows.values_list("pk", "name", "phone")}
    posts = _posts(set(roster), on)
    keys = keys_against(case)
    departments = set(Item.objects.filter(case=case).values_list("department", flat=True))
    departments |= set(CoHandling.objects.filter(item__case=case).values_list("department", flat=True))
    away = asked | handled_by(case) | _speakers(case, roster)
    for pk, held in posts.items():
        if any(one.role in NEVER_DRAWN or one.department_id in departments for one in held) or keys & keys_of(pk, held):
            away.add(pk)
    return sorted(set(roster) - away)


def _speakers(case: Case, roster: dict[UUID, tuple[str, str]]) -> set[UUID]:
    """Those of a roster whose name or telephone is that of somebody who spoke; known by keyed digests only."""
    names, phones = set(), set()
    for party in voices_of(case):
        names |= {bytes(party.name_index)} if party.name_index else set()
        phones |= {bytes(party.phone_index)} if party.phone_index else set()
    if not names and not phones:
        return set()
    return {
        pk
        for pk, (name, phone) in roster.items()
        if crypto.blind_index("name", normal_name(name)) in names
        or (phone and crypto.blind_index("phone", normal_phone(phone)) in phones)
    }
