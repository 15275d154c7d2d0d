"""The desk (谈话 电话 转达 来信 来访): somebody of the union, or a liaison, writes down what was said."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import Matter, join, locked, release, take
from huying.cases.models import Case
from huying.cases.reads import keys_against
from huying.cases.rules import Concerns, Voice, recusal_keys
from huying.files.acts import Checked
from huying.intake.acts._receive import Received, receive, voices_of
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.org.models import Post, Unit
from huying.org.reads import union_of
from huying.org.rules import Can, Member


@transaction.atomic
def register_at_desk(
    *,
    place: Unit,
    channel: str,
    channel_note: str,
    first: Voice,
    others: tuple[Voice, ...] = (),
    concerns: Concerns,
    urgent: bool,
    received_at: datetime,
    title: str = "",
    summary: str = "",
    mine: bool = True,
    files: tuple[Checked, ...] = (),
    once: str,
    by: Actor,
    at: datetime,
) -> Received:
    """Register for somebody else.  With title and summary they are released at once; ``mine``: the one who registers
    answers for it (an office only).  A paper from an earlier day keeps the day it arrived; that it was entered later shows.
    """
    unit = union_of(place)
    if not isinstance(by, Member) or not _reaches(by, place, unit):
        raise NotYours
    if channel not in {one.code for one in rules_for(unit, timezone.localdate(at)).channels()}:
        raise Invalid({"channel": "请选是怎么反映来的。"})
    if not mine and (title.strip() or summary.strip()):
        raise Invalid({"mine": "公开摘要由责任人写。由您负责请勾上；不由您负责，请把标题和摘要留空。"})
    matter = Matter(
        place=place,
        channel=channel,
        channel_note=channel_note,
        voices=voices_of(once, first, others),
        received_at=received_at,
        concerns=concerns,
        urgent=urgent,
        files=files,
    )
    received = receive(matter=matter, by=by, at=at)
    office = by.post_for(Can.HANDLE_CASES, received.case.holder)
    if mine and office and not _names(received.case, by):
        take(case_id=received.case.pk, officer=office, by=by, at=at)
        if title.strip() or summary.strip():
            release(case_id=received.case.pk, title=title, summary=summary, by=by, at=at)
    return received


def _reaches(by: Member, place: Unit, unit: Unit) -> bool:
    """A liaison registers for the own workshop and its employer, an office for everything in its unit."""
    return any(
        post.unit_id in (place.pk, unit.pk) or place.path.startswith(post.unit.path)
        for post in by.posts
        if by.post_for(Can.REGISTER, post.unit) is not None
    )


def _names(case: Case, by: Member) -> bool:
    """Whether the matter concerns the very person who writes it down; then it is out of their hands at once."""
    return case.recusals.filter(key__in=list(by.keys)).exists()


@transaction.atomic
def join_at_desk(
    *,
    case_id: UUID,
    first: Voice,
    others: tuple[Voice, ...] = (),
    concerns: Concerns,
    once: str,
    by: Actor,
    at: datetime,
) -> Received:
    """The same matter again: whoever speaks now stands behind the case that exists (联名), with a receipt of their own.

    ``Refused`` when they ask to keep somebody away from whom that case is not kept away.
    """
    case = locked(case_id=case_id, by=by)
    if set(_asked_away(case, concerns, at)) - keys_against(case):
        raise Refused("这位要求有人回避，原来那件事没有这样的回避。", "请单独登记，不要并在一起。")
    voices = voices_of(once, first, others)
    for voice in voices:
        join(case_id=case.pk, voice=voice, by=by, at=at)
    case.refresh_from_db()
    return Received(case=case, receipts=tuple(voice.receipt for voice in voices))


def _asked_away(case: Case, concerns: Concerns, at: datetime) -> list[str]:
    """Recusal keys that somebody joining a case asks for."""
    posts = Post.objects.on(timezone.localdate(at)).filter(unit=case.unit).select_related("person")
    return [key for key, _ in recusal_keys(concerns, case.unit, posts)] if concerns else []
