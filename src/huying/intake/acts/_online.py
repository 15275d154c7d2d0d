"""The worker's own page (网络): no account, nothing kept before sending."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huying.cases.acts import Matter
from huying.cases.rules import Concerns, Voice
from huying.files.acts import Checked
from huying.intake.acts._receive import Received, receive, voices_of
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid
from huying.org.models import Unit

WORKER = Actor(code="public", label="职工本人")


@transaction.atomic
def receive_online(
    *,
    place: Unit | None,
    first: Voice,
    others: tuple[Voice, ...],
    concerns: Concerns,
    urgent: bool,
    marked: tuple[str, ...],
    files: tuple[Checked, ...],
    agreed: bool,
    once: str,
    at: datetime,
) -> Received:
    """Register what a worker wrote on the phone.  ``Invalid`` names what is missing, field by field."""
    wrong = {}
    if place is None or place.closed_on:
        wrong["place"] = "请先选您的单位。"
    if not agreed:
        wrong["agreed"] = "请先看一下说明，同意后再提交。"
    if not first.words.strip():
        wrong["words"] = "请写一写是什么事，几句话就行。"
    if wrong:
        raise Invalid(wrong)
    assert place is not None
    matter = Matter(
        place=place,
        channel="online",
        voices=voices_of(once, first, others),
        received_at=at,
        concerns=concerns,
        urgent=urgent,
        marked=marked,
        files=files,
    )
    return receive(matter=matter, by=WORKER, at=at)
