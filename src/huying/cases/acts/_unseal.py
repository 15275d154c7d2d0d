"""A second person's word before sealed text opens (HY-unseal): asking, allowing for a while, the emergency and its report."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, locked, note
from huying.cases.acts._notify import tell_officer, tell_people
from huying.cases.models import Case, Unsealing
from huying.cases.reads import door, may_decide, second_persons
from huying.cases.rules import REASONS, check_may_open_sealed
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.org.rules import Can, check_may

LONGEST = 300


def check_reason(reason: str, words: str) -> None:
    """A reason from the list, in words where it is another one."""
    if reason not in REASONS or (reason == "other" and not words.strip()):
        raise Invalid({"reason": "请选理由；选“其他”的请写明。"})
    if len(words) > LONGEST:
        raise Invalid({"words": f"写了 {len(words)} 字，最多 {LONGEST} 字。"})


def check_door(case: Case, by: Actor, at: datetime) -> None:
    """May this be opened now: at once, or while a second person's word holds."""
    found = door(by, case, at)
    if found.needs and found.until is None:
        raise Refused(
            "本单位的规则要第二人批准，才能打开密封内容。",
            "已经申请了，请等批准。" if found.waiting else "请先写明理由，申请打开。",
        )


@transaction.atomic
def ask_unsealing(
    *, case_id: UUID, reason: str, words: str, emergency: bool = False, by: Actor, at: datetime
) -> Unsealing:
    """The case officer asks to open what is sealed.  In an emergency it opens at once, and a second person looks at it
    afterwards; that it was one stands in the history for good."""
    case = locked(case_id=case_id, by=by)
    check_may_open_sealed(by, case)
    check_reason(reason, words)
    found = door(by, case, at)
    if not found.needs:
        raise Refused("本单位的规则不要第二人批准。", "请直接写明理由打开。")
    if found.waiting is not None or found.until is not None:
        raise Refused("已经申请过了。" if found.until is None else "已经批准了，可以直接打开。")
    seconds = second_persons(case, by.person_id, timezone.localdate(at))
    if emergency and not found.emergency:
        raise Refused("本单位的规则不许先打开后报告。", "请申请，等第二人批准。")
    if emergency and not words.strip():
        raise Invalid({"words": "紧急打开，请写明有什么危险。"})
    if not seconds and not emergency:
        raise Refused("没有能批准的第二人：本单位和上级的主席都涉及这件事，或者还没有任命。", "请上级工会另派人办理。")
    post = check_may(by, Can.OPEN_SEALED, case.holder)
    row = Unsealing.objects.create(
        root_id=case.root_id, case=case, asked_by=post, asked_at=at, reason=reason, words=words.strip(),
        emergency=emergency, until=at + timedelta(hours=1) if emergency else None,
    )  # fmt: skip
    label = "紧急打开密封内容，事后核对" if emergency else "申请打开密封内容"
    note(case, "ask_unsealing", label, by=by, at=at, said=_said(reason, words),
         data={"unsealing": row.pk, "reason": reason, "emergency": emergency})  # fmt: skip
    tell_people(case, seconds, "unseal", "紧急打开过，请核对" if emergency else "申请打开密封内容，请批准", by=by, at=at,
                key=str(row.pk))  # fmt: skip
    return row


@transaction.atomic
def decide_unsealing(*, unsealing_id: UUID, grant: bool, words: str, by: Actor, at: datetime) -> Unsealing:
    """The second person allows it for as long as the rules say, or not; of an emergency they say whether it was one."""
    row = (
        Unsealing.objects.select_for_update(of=("self",), no_key=True)
        .select_related("asked_by__person")
        .filter(pk=unsealing_id)
        .first()
    )
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by)
    row.case = case
    if not may_decide(by, row):
        raise NotYours
    if row.granted is not None:
        raise Refused("这个申请已经有人决定了。")
    if not grant and not words.strip():
        raise Invalid({"words": "不同意的，请写明理由。"})
    if len(words) > LONGEST:
        raise Invalid({"words": f"写了 {len(words)} 字，最多 {LONGEST} 字。"})
    hours = rules_for(case.holder, timezone.localdate(at)).count("unseal_hours").value
    row.granted, row.decided_by_id, row.decided_at, row.decision = grant, by.post_id, at, words.strip()
    if grant and not row.emergency:
        row.until = at + timedelta(hours=hours)
    elif not grant and row.emergency:
        row.until = min(row.until, at) if row.until else at
    row.save()
    label = _label(row, hours)
    note(case, "decide_unsealing", label, by=by, at=at, said=Said(text=words.strip()),
         data={"unsealing": row.pk, "granted": grant})  # fmt: skip
    tell_officer(case, "unsealed", label, by=by, at=at, key=str(row.pk))
    return row


def _label(row: Unsealing, hours: int) -> str:
    if row.emergency:
        return "核对了紧急打开：确有危险" if row.granted else "核对了紧急打开：不该打开"
    return f"批准打开密封内容，{hours} 小时内有效" if row.granted else "没有批准打开密封内容"


def _said(reason: str, words: str) -> Said:
    return Said(text=f"理由：{words.strip() or REASONS[reason]}")
