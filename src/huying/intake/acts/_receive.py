"""What every channel ends in: one matter registered, its people with their receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.cases.acts import Matter, register
from huying.cases.models import Case
from huying.cases.rules import Voice
from huying.intake.rules import receipts_for
from huying.kernel.actors import Actor


@dataclass(frozen=True, kw_only=True)
class Received:
    """What the worker takes home: the case and the receipt of each voice, first speaker first."""

    case: Case
    receipts: tuple[str, ...]


def receive(*, matter: Matter, by: Actor, at: datetime) -> Received:
    """Register what a channel brought."""
    case = register(matter=matter, by=by, at=at)
    return Received(case=case, receipts=tuple(voice.receipt for voice in matter.voices))


def voices_of(once: str, first: Voice, others: tuple[Voice, ...]) -> tuple[Voice, ...]:
    """First speaker and joint persons, each with the receipt this submission gives them."""
    receipts = receipts_for(once, 1 + len(others))
    return tuple(
        Voice(
            receipt=given,
            secrecy=voice.secrecy,
            name=voice.name if voice.secrecy != "anonymous" else "",
            phone=voice.phone if voice.secrecy != "anonymous" else "",
            about=voice.about if voice.secrecy != "anonymous" else "",
            words=voice.words,
            separate=voice.separate if voice.secrecy != "anonymous" else (),
        )
        for given, voice in zip(receipts, (first, *others), strict=True)
    )
