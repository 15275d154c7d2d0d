"""Erasing one person behind a case: index entries first, then every word, then the key; a tombstone and the trail stay."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huying.cases.acts._advance import note
from huying.cases.acts._triage import index
from huying.cases.models import Case, ClockChange, Event, Message, Party, PersonRequest
from huying.cases.reads import unfrozen
from huying.files.acts import erase as erase_file
from huying.files.models import File, State
from huying.files.reads import of_key
from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forget_everywhere, forgets
from huying.kernel.models import DataKey, Draft
from huying.privacy.acts import destroy_key
from huying.privacy.rules import normal_phone

WHY = {
    "asked": "按本人要求，清除了一名职工的身份、原话和附件",
    "retention": "保存期满，清除了一名职工的身份、原话和附件",
}


@transaction.atomic
def erase_party(*, party_id: UUID, why: str, by: Actor, at: datetime) -> dict[str, int]:
    """Take one person out of everything and destroy the key; rows touched by room.  Erasing twice is the same as once.

    The caller has asked whether it may be done (``stops``, a second person).  The case keeps its number, the history its
    lines, the figures their counts.  ``why`` is a code of ``WHY``.
    """
    party = Party.objects.select_for_update(of=("self",), no_key=True).select_related("key", "root").get(pk=party_id)
    if party.erased_at is not None:
        return {}
    gone = Gone(party=party.pk, key=party.key_id, cases=cases_touched(party), words=_names(party))
    Party.objects.filter(pk=party.pk).update(name_index=None, phone_index=None)
    touched = forget_everywhere(gone=gone, by=by, at=at)
    touched["files"] = _erase_files(party.key, by, at)
    destroy_key(key=party.key, root=party.root, why=why, at=at)
    Party.objects.filter(pk=party.pk).update(
        identity=None, words=None, corrections=None, receipt=secrets.token_bytes(32), erased_at=at, frozen_at=None
    )
    for case in Case.objects.filter(pk__in=gone.cases).select_related("root"):
        index(case)
    case = Case.objects.select_for_update(of=("self",), no_key=True).select_related("root").get(pk=party.case_id)
    note(case, "erase", WHY[why], by=by, at=at, data={"party": party.pk, "why": why, "rows": touched})
    return touched


def rehearse_erasure(*, party_id: UUID, by: Actor, at: datetime) -> dict[str, int]:
    """What erasing somebody would touch, by room: found by doing it and taking it back, so it cannot differ."""
    with transaction.atomic():
        touched = erase_party(party_id=party_id, why="asked", by=by, at=at)
        transaction.set_rollback(True)
    return touched


def cases_touched(party: Party) -> tuple[UUID, ...]:
    """The case the person spoke in, those it was joined to, and those split from any of them."""
    found = [party.case_id]
    while (into := Case.objects.filter(pk=found[-1]).values_list("merged_into", flat=True).first()) is not None:
        found.append(into)
    return (*found, *Case.objects.filter(follows__in=found).exclude(pk__in=found).values_list("pk", flat=True))


def _names(party: Party) -> tuple[str, ...]:
    """What names the person in free words: every name and telephone ever given, as typed and as digits."""
    known = unfrozen(party)
    given = [known.name, known.phone]
    for one in known.corrected:
        given += [one.get("name", ""), one.get("phone", "")]
    first = _first_identity(party)
    phones = [normal_phone(one) for one in (*given[1::2], *first[1::2]) if len(normal_phone(one)) >= 7]
    return tuple(one for one in (*given, *first, *phones) if one)


def _first_identity(party: Party) -> list[str]:
    """Name and telephone before anything was set right."""
    party.corrections, kept = None, party.corrections
    known = unfrozen(party)
    party.corrections = kept
    return [known.name, known.phone]


def _erase_files(key: DataKey, by: Actor, at: datetime) -> int:
    """The person's files and every copy that was released of one."""
    waiting, erased = of_key(key), 0
    while waiting:
        file = waiting.pop()
        waiting += File.objects.filter(released_from=file)
        if file.state != State.ERASED:
            erase_file(file=file, by=by, at=at)
            erased += 1
    return erased


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """What the spine itself holds: the talk, sealed lines of the history, requests, drafts, released words that name."""
    touched = Message.objects.filter(party=gone.party, body__isnull=False).update(body=None)
    touched += Event.objects.filter(party=gone.party, sealed__isnull=False).update(sealed=None)
    touched += PersonRequest.objects.filter(party=gone.party, asked__isnull=False).update(asked=None)
    drafts = Q(form__contains=str(gone.party))
    for case in gone.cases:
        drafts |= Q(form__contains=str(case))
    touched += Draft.objects.filter(drafts).delete()[0]
    of_case = Q(case__in=gone.cases)
    touched += blot_out(Case.objects.filter(pk__in=gone.cases), ("title", "summary", "channel_note"), gone.names)
    touched += blot_out(Event.objects.filter(of_case), ("text", "worker_text"), gone.names)
    touched += blot_out(ClockChange.objects.filter(clock__case__in=gone.cases), ("reason", "decision"), gone.names)
    return touched
