"""What the room keeps of one person behind a case, for that person (PIPL 45): no name of anybody else, and nothing that was
written about the matter for the union's own people."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, QuerySet

from huying.cases.models import Case, Party
from huying.fieldwork.models import Booking, InvitedTalk, Record
from huying.fieldwork.reads._reception import kind_names
from huying.mechanism.reads import rules_of_units

Rows = list[tuple[str, str]]


def bookings_kept(party: Party, today: date) -> Rows:
    """When this person was to be received, and what became of it; what was cancelled, too."""
    rows = list(Booking.objects.filter(party=party).select_related("day__unit").order_by("day__on", "slot", "at"))
    kinds = kind_names([one.day for one in rows], today)
    return [
        (f"{one.day.on} {one.slot:%H:%M}", f"{kinds[one.day_id]}，{one.day.place}，叫号 {one.code}：{one.state.worker}")
        for one in rows
    ]


def talks_kept(party: Party) -> Rows:
    """Talks this person was invited to, and what this person answered."""
    cases = {party.case_id, party.case.merged_into_id} - {None}
    rows = InvitedTalk.objects.filter(case__in=cases).prefetch_related("answers").order_by("on", "begins")
    found = []
    for talk in rows:
        said = next((one.comes for one in talk.answers.all() if one.party_id == party.pk), None)
        answer = "您没有回" if said is None else "您说会来" if said else "您说不来"
        words = (f"{talk.place}：{talk.state.worker}，{answer}", talk.words)
        found.append((f"{talk.on} {talk.begins:%H:%M}", "\n".join(one for one in words if one)))
    return found


def records_kept(party: Party, today: date) -> Rows:
    """Work records about this person's matter: the day and the kind.  Of a matter of several people none: a visit to one of
    them would tell the others."""
    rows = list(_records(party).select_related("union").order_by("on", "pk"))
    rules = rules_of_units([one.union for one in rows], today) if rows else {}
    names = {pk: {kind.code: kind.label for kind in found.records()} for pk, found in rules.items()}
    return [(str(one.on), f"{names[one.union_id].get(one.kind, '工作记录')}，{one.union.name}") for one in rows]


def _records(party: Party) -> QuerySet[Record]:
    alone = Case.objects.annotate(people=Count("parties")).filter(pk=party.case_id, people=1)
    rows = Record.objects.standing().filter(cases__case__in=alone.values("pk"))
    return rows.filter(reception_day__isnull=True, invited_talk__isnull=True)
