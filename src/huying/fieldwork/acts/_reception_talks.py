"""Talks workers are invited to (约访): complex matters that touch many, before they get worse (BD-4.4b, SX-10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import Said, locked, note, tell_officer
from huying.cases.models import Case
from huying.cases.reads import people_behind, rules_of
from huying.climb.reads import leaders_for
from huying.climb.rules import written
from huying.fieldwork.acts._reception_gate import day_words, reason_of, write_down
from huying.fieldwork.lifecycle import TALK
from huying.fieldwork.models import InvitedTalk, TalkAnswer
from huying.fieldwork.reads import talk_reasons
from huying.fieldwork.rules import Deed
from huying.kernel.actors import SYSTEM, Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused, only
from huying.kernel.forgetting import Gone, blot_out, forgets
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.acts.steps import post_of
from huying.org.models import Post
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append

LONGEST_WORDS = 300
LONGEST_RESULT = 2000
TALK_MINUTES = 60  # what a talk is written down as when nobody says how long it took


@transaction.atomic
def invite_talk(
    *, case_id: UUID, leader: Post, reasons: Iterable[str], on: date, begins: time, place: str, words: str, by: Actor,
    at: datetime, version: int | None = None,
) -> InvitedTalk:  # fmt: skip
    """Invite everybody behind a matter to a talk with a leader; they read it on the page of their matter and need not come.
    Nobody else learns of it; the leader is one the matter does not name."""
    case = locked(case_id=case_id, by=by, version=version)
    check_may(by, Can.HANDLE_CASES, case.holder)
    chosen = list(dict.fromkeys(reasons))
    _check(case, leader=leader, reasons=chosen, on=on, begins=begins, place=place, words=words, at=at)
    if case.closed_at is not None or not case.summary:
        raise Refused("这件事已经结束，或者还没有公开摘要，不能约访。", "请先受理，写好公开摘要。")
    if InvitedTalk.objects.filter(case=case, status="sent").exists():
        raise Refused("这件事已经约了一次，还没有谈。", "要改，请先取消那一次。")
    talk = InvitedTalk.objects.create(
        root_id=case.root_id, unit=case.holder, case=case, leader=leader, reasons=chosen, on=on, begins=begins,
        place=place.strip(), words=words.strip(), by_id=post_of(by), at=at,
    )  # fmt: skip
    told = f"{day_words(on)} {begins:%H:%M}，{place.strip()}，{leader.person.name}同您谈。{words.strip()}来不来由您定。"
    said = Said(worker_label="工会约您谈谈", worker_text=told)
    note(
        case,
        "invite",
        f"约访：{leader.person.name}",
        by=by,
        at=at,
        said=said,
        data={"talk": talk.pk, "post": leader.pk},
    )
    _tell(talk, case, "请您约谈", by=by, at=at)
    return talk


def _check(
    case: Case, *, leader: Post, reasons: list[str], on: date, begins: time, place: str, words: str, at: datetime
) -> None:
    now = timezone.localtime(at)
    wrong = {}
    if leader.pk not in {post.pk for post in leaders_for(case, case.holder, now.date())}:
        wrong["leader"] = "请选一位领导。"
    if not reasons or set(reasons) - set(talk_reasons(rules_of(case))):
        wrong["reasons"] = "请选为什么约访。"
    if (on, begins) <= (now.date(), now.time()):
        wrong["on"] = "请选以后的时间。"
    if not place.strip():
        wrong["place"] = "请写在哪里谈。"
    if len(words) > LONGEST_WORDS:
        wrong["words"] = f"写了 {len(words)} 字，最多 {LONGEST_WORDS} 字。"
    if wrong:
        raise Invalid(wrong)


def _tell(talk: InvitedTalk, case: Case, what: str, *, by: Actor, at: datetime) -> None:
    """A leader on management's side hears the talk's code, one on the union's side the number."""
    name = f"约访 {talk.code}" if talk.to_management else case.number
    send(
        to=[talk.leader.person], kind="talk", title=f"{name} {what}", url=reverse("desk:talk", args=[talk.pk]),
        root=case.root, subject=talk.pk, by=by, at=at, key=what,
    )  # fmt: skip


def _locked_talk(talk_id: UUID, *, by: Actor) -> InvitedTalk:
    row = InvitedTalk.objects.filter(pk=talk_id).only("case_id").first()
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by)
    rows = InvitedTalk.objects.select_for_update(of=("self",), no_key=True).select_related(
        "leader__person", "unit", "root"
    )
    talk = rows.get(pk=talk_id)
    talk.case = case
    if isinstance(by, Member):
        check_may(by, Can.HANDLE_CASES, talk.unit)
    return talk


def _advance(talk: InvitedTalk, act: str, *, by: Actor, at: datetime) -> None:
    """Do one step of the table on a locked talk: the only writer of its status."""
    step = TALK.check_now(talk.status, act)
    assert step.target is not None
    talk.status, talk.ended_at = step.target, at
    talk.save()
    append(chain=talk.case_id, root=talk.root_id, by=by, at=at, act=f"talk.{act}", subject=f"talk:{talk.pk}",
           data={"status": talk.status})  # fmt: skip


@transaction.atomic
def answer_talk(*, talk_id: UUID, comes: bool, by: Worker, at: datetime) -> TalkAnswer:
    """The worker says whether to expect them; may be changed until the talk."""
    talk = only(InvitedTalk.objects.select_related("case").filter(pk=talk_id))
    party = people_behind(talk.case).filter(pk=by.party_id).first()
    if party is None:
        raise NotYours
    if talk.status != "sent" or talk.on < timezone.localdate(at):
        raise Refused("这次约谈已经过了或者取消了。", "想说的话，可以在下面写给工会。")
    case = locked(case_id=talk.case_id, by=SYSTEM)
    answer, _ = TalkAnswer.objects.update_or_create(
        talk=talk, party=party, defaults={"comes": comes, "root_id": talk.root_id}
    )
    label = "您说会来" if comes else "您说不来，事情照常办"
    note(case, "talk_answer", "职工回复了约访", by=by, at=at, said=Said(worker_label=label, party=party),
         data={"talk": talk.pk})  # fmt: skip
    tell_officer(case, "talk_answer", "职工回复了约访", by=by, at=at, key=f"{answer.pk}:{comes}")
    return answer


@transaction.atomic
def hold_talk(
    *, talk_id: UUID, result: str, met: int, minutes: int = TALK_MINUTES, by: Actor, at: datetime
) -> InvitedTalk:
    """The talk took place: what was said stands in the story of the case, and in the work record (BD-4.4b)."""
    talk = _locked_talk(talk_id, by=by)
    (talk.result,) = written(LONGEST_RESULT, result=(result, "请写谈了什么、答应了什么。"))
    if talk.on > timezone.localdate(at):
        raise Refused("约的那天还没有到。")
    if not 0 <= met <= 500 or not 1 <= minutes <= 600:
        raise Invalid({"met": "请写来了几位（0 到 500），谈了多少分钟（1 到 600）。"})
    kind = rules_for(talk.unit, talk.on).record("invited_talk")
    deed = Deed(
        kind=kind.code, on=talk.on, begins=talk.begins, minutes=minutes, where=talk.place, theme=kind.label,
        workers_met=met, done=talk.result,
    )  # fmt: skip
    talk.record = write_down(union=talk.unit, deed=deed, leader=talk.leader, cases=[talk.case], by=by, at=at)
    _advance(talk, "hold", by=by, at=at)
    said = Said(text=talk.result, worker_label=f"{talk.leader.person.name}约谈过了")
    note(talk.case, "talked", f"约访：{talk.leader.person.name}", by=by, at=at, said=said, data={"talk": talk.pk})
    return talk


@transaction.atomic
def cancel_talk(*, talk_id: UUID, reason: str, by: Actor, at: datetime) -> InvitedTalk:
    """The talk does not take place; the workers read why."""
    talk = _locked_talk(talk_id, by=by)
    talk.end_reason = reason_of(reason, "请写明为什么取消，职工会看到。")
    _advance(talk, "cancel", by=by, at=at)
    said = Said(text=talk.end_reason, worker_label="这次约谈取消了", worker_text=talk.end_reason)
    note(talk.case, "talk_cancel", "约访取消", by=by, at=at, said=said, data={"talk": talk.pk})
    _tell(talk, talk.case, "约访取消", by=by, at=at)
    return talk


@forgets
def forget_talks(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot an erased person out of what was said and written about talks on their matters."""
    rows = InvitedTalk.objects.filter(case__in=gone.cases)
    return blot_out(rows, ("words", "result", "end_reason"), gone.names)
