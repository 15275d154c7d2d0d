"""Registering: the transaction in which a matter becomes a case with a number nobody else has."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, record
from huying.cases.acts._clocks import start_clock
from huying.cases.acts._notify import tell_office
from huying.cases.models import Case, CaseFile, Consent, Counter, Message, Party, Recusal, Secrecy, Station
from huying.cases.rules import (
    Concerns,
    Voice,
    check_voices,
    free_of,
    place_of,
    recusal_keys,
    strictest,
    title_from,
)
from huying.files.acts import Checked, store
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.kernel.ids import readable_code
from huying.kernel.models import DataKey
from huying.mechanism.acts import snapshot
from huying.org.models import Post, Unit
from huying.org.reads import chain, holders, union_above, union_of
from huying.org.rules import Can
from huying.privacy.rules import CONSENT_VERSION, mask, normal_name, normal_phone


@dataclass(frozen=True, kw_only=True)
class Matter:
    """Everything a channel hands over about one new matter."""

    place: Unit
    channel: str
    voices: tuple[Voice, ...]
    channel_note: str = ""
    received_at: datetime
    concerns: Concerns = field(default_factory=Concerns)
    urgent: bool = False
    marked: tuple[str, ...] = ()
    files: tuple[Checked, ...] = ()
    follows: Case | None = None
    officer: Post | None = None
    reached_at: datetime | None = None  # when it reached the union, where somebody else received it before
    quiet: bool = False  # one of many that come in together: the channel tells the office once


@transaction.atomic
def register(*, matter: Matter, by: Actor, at: datetime) -> Case:
    """Register a matter: number, sealed parties, recusals fixed before anybody reads, acceptance clock from arrival.

    Raises ``Invalid`` for what is missing.  The union that gets it is the place's own, or the next above when the
    matter concerns everybody there (secrecy.md, recusal).
    """
    check_voices(matter.voices)
    if matter.received_at > at:
        raise Invalid({"received_at": "收到的时间不能晚于现在。"})
    unit = union_of(matter.place)
    day = timezone.localdate(at)
    holder, keys, passed = route(unit, matter.concerns, day)
    case = Case(
        root_id=holder.root_id or holder.pk,
        unit=unit,
        place=matter.place,
        holder=holder,
        series=holder,
        year=timezone.localtime(at).year,
        channel=matter.channel,
        channel_note=matter.channel_note.strip(),
        urgent=matter.urgent,
        secrecy=strictest(voice.secrecy for voice in matter.voices),
        received_at=matter.received_at,
        registered_at=at,
        registered_by_id=by.post_id,
        officer=matter.officer if matter.officer and matter.officer.unit_id == holder.pk else None,
        rules=snapshot(unit=holder, at=at),
        follows=matter.follows,
        moved_at=at,
    )
    hidden = _hides_from_somebody(holder, keys, day)
    number(case, hidden=hidden)
    case.title = _first_title(case, matter)
    case.save(force_insert=True)
    root = case.root_id
    for above in passed:
        keys.append((f"unit:{above.pk}", "union"))
    Recusal.objects.bulk_create(
        [Recusal(root_id=root, case=case, key=key, said=said, at=at) for key, said in dict(keys).items()]
    )
    Station.objects.create(root_id=root, case=case, unit=holder, since=at, how="past" if passed else "born")
    parties = [add_party(case, voice, first=number == 0, at=at) for number, voice in enumerate(matter.voices)]
    keep_files(case, parties[0], matter.files, by=by, at=at)
    event_said = Said(
        worker_label="工会收到了您说的事",
        text=f"补录：{_day(matter.received_at, at)}收到。" if (at - matter.received_at).days >= 1 else "",
    )
    data = {
        "channel": case.channel,
        "parties": len(parties),
        "recusals": len(keys),
        "received": matter.received_at,
        "words": digest_of(parties[0], matter.voices[0].words),
    }
    record(case, "register", "登记", by=by, at=at, said=event_said, told="工会收到了您说的事", data=data)
    start_clock(case, "accept", by=by, at=at, since=matter.reached_at or matter.received_at)
    if not matter.quiet:
        tell_office(case, "new", "紧急：有新的事项" if case.urgent else "有新的事项", by=by, at=at)
    return case


def route(unit: Unit, concerns: Concerns, day: date) -> tuple[Unit, list[tuple[str, str]], list[Unit]]:
    """The union that can hear the matter, the recusal keys, and the unions it went past."""
    keys: list[tuple[str, str]] = []
    if concerns:
        posts = list(Post.objects.on(day).filter(unit__in=[unit.pk, *_offices(unit)]).select_related("person"))
        ancestors = [one.pk for one in chain(unit)[:-1]] if concerns.superior.strip() else []
        higher = Post.objects.on(day).filter(unit__in=ancestors).select_related("person")
        keys = recusal_keys(concerns, unit, posts, higher)
    named = {key for key, _ in keys}
    holder, passed = unit, []
    while free_of(holders(holder, Can.HANDLE_CASES, day), named) == [] and (above := union_above(holder)):
        if holders(holder, Can.HANDLE_CASES, day).exists() or concerns.own_union:
            passed.append(holder)
        holder = above
    if (
        named
        and not free_of(holders(holder, Can.HANDLE_CASES, day), named)
        and holders(holder, Can.HANDLE_CASES, day).exists()
    ):
        raise Refused(f"{holder.name}上面没有别的工会了，这里没有能回避的人。", "请拨打职工热线 12351 反映。")
    return holder, keys, passed


def _offices(unit: Unit) -> list[UUID]:
    """Workshops and departments' units below an employer, where a superior may hold a post."""
    return [] if unit.is_upper else list(Unit.objects.within(unit).values_list("pk", flat=True)[:500])


def _hides_from_somebody(holder: Unit, keys: list[tuple[str, str]], day: date) -> bool:
    """Whether somebody who reads this union's register must not see the case: then a gap in its numbers would tell."""
    if not keys:
        return False
    readers = list(holders(holder, Can.READ_CASES, day))
    return len(free_of(readers, {key for key, _ in keys})) < len(readers)


def number(case: Case, *, hidden: bool) -> None:
    """The next number of the union's year, or a random mark for a case hidden from a reader of its register (ADR 0003)."""
    short = case.series.short_name or case.series.name[:4]
    if hidden:
        case.number = f"{short}工诉〔{case.year}〕密{readable_code(1, 6)}号"
        return
    series: dict[str, Any] = {"root_id": case.root_id, "series": case.series, "year": case.year}
    counter = Counter.objects.select_for_update(no_key=True).filter(**series).first()
    if counter is None:
        Counter.objects.get_or_create(**series)
        counter = Counter.objects.select_for_update(no_key=True).get(**series)
    counter.last += 1
    counter.save(update_fields=["last"])
    case.seq = counter.last
    case.number = f"{short}工诉〔{case.year}〕{counter.last}号"


def _day(moment: datetime, at: datetime) -> str:
    """The day of a moment as it is said now; another year is named."""
    day, today = timezone.localdate(moment), timezone.localdate(at)
    return f"{'' if day.year == today.year else f'{day.year}年'}{day.month}月{day.day}日"


def _first_title(case: Case, matter: Matter) -> str:
    """A named worker's opening words, masked, so that the list says something before the summary is released.

    Lists of other unions show it only once it has been released.
    """
    if case.secrecy != Secrecy.NAMED:
        return ""
    return title_from(mask(matter.voices[0].words, marked=matter.marked))


def add_party(case: Case, voice: Voice, *, first: bool, at: datetime) -> Party:
    """Seal one person's identity and words under a key of their own.  An anonymous voice's identity is never kept."""
    key = DataKey.fresh(at)
    party = Party(
        root_id=case.root_id,
        case=case,
        key=key,
        secrecy=voice.secrecy,
        first=first,
        receipt=crypto.receipt_hash(voice.receipt),
        consent=CONSENT_VERSION,
        joined_at=at,
    )
    if voice.words.strip():
        party.words = key.seal(voice.words.strip(), place_of("party", "words", party.pk))
    if voice.secrecy != Secrecy.ANONYMOUS:
        seal_identity(party, voice)
    party.save(force_insert=True)
    for kind in voice.separate:
        Consent.objects.create(root_id=case.root_id, party=party, kind=kind, version=CONSENT_VERSION, at=at)
    return party


def seal_identity(party: Party, voice: Voice) -> None:
    """Put name, phone and own description on a party, sealed, with blind indexes for exact look-up."""
    known = {"name": voice.name.strip(), "phone": voice.phone.strip(), "about": voice.about.strip()}
    party.identity = party.key.seal(json.dumps(known, ensure_ascii=False), place_of("party", "identity", party.pk))
    party.name_index = crypto.blind_index("name", normal_name(known["name"])) if known["name"] else None
    party.phone_index = crypto.blind_index("phone", normal_phone(known["phone"])) if known["phone"] else None


def keep_files(
    case: Case, party: Party, checked: tuple[Checked, ...], *, by: Actor, at: datetime, message: Message | None = None
) -> None:
    """Attach a worker's files, sealed under the worker's key."""
    for one in checked:
        kept = store(checked=one, key=party.key, root=case.root, by=by, at=at)
        CaseFile.objects.create(root_id=case.root_id, case=case, party=party, message=message, file=kept, at=at)


def digest_of(party: Party, text: str) -> str:
    """Salted digest for the trail: proves the text while the party's key lives, says nothing afterwards."""
    return hmac.new(party.key.secret(), text.encode(), hashlib.sha256).hexdigest()
