"""What workers say of promises: comments without a name, ratings of a result; the office hides only what it must."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, only
from huying.org.acts.steps import write
from huying.org.rules import Can, check_may
from huying.privacy.rules import mask
from huying.promises.acts._gate import said
from huying.promises.lifecycle import OVER
from huying.promises.models import Comment, Plan, Promise, Rating
from huying.promises.reads import grades_of
from huying.promises.rules import LONGEST_COMMENT

LONGEST_REASON = 200


def _public(promise_id: UUID) -> Promise:
    """A promise of a published plan."""
    rows = Promise.objects.filter(plan__status="published").exclude(status__in=("drafted", "dropped"))
    return only(rows.select_related("plan__unit").filter(pk=promise_id))


@transaction.atomic
def say_of(*, promise_id: UUID, text: str, by: Actor, at: datetime) -> Comment:
    """A comment without a name; numbers that give somebody away are struck out at once.  Nothing but the day is kept."""
    promise = _public(promise_id)
    text = said(text, LONGEST_COMMENT, "请写一句话。")
    on = timezone.localdate(at)
    return Comment.objects.create(root_id=promise.root_id, promise=promise, text=mask(text)[:LONGEST_COMMENT], on=on)


@transaction.atomic
def rate_promise(*, promise_id: UUID, grade: str, by: Actor, at: datetime) -> Rating:
    """Rate a result once it is there; nothing is kept but the grade."""
    promise = _public(promise_id)
    if promise.status not in OVER:
        raise Refused("这件事还没有办完，办完了再评。")
    if grade not in dict(grades_of(promise.plan.unit, timezone.localdate(at))):
        raise Invalid({"grade": "请选一个满意程度。"})
    return Rating.objects.create(root_id=promise.root_id, promise=promise, grade=grade)


@transaction.atomic
def hide_comment(*, comment_id: UUID, why: str, reason: str, by: Actor, at: datetime) -> Comment:
    """Hide a comment for an insult or somebody's personal data, never because it is hard to read; that one was hidden and
    why stays in view, the words go out of the page."""
    rows = Comment.objects.select_for_update(of=("self",), no_key=True).select_related("promise__plan__unit")
    comment = only(rows.filter(pk=comment_id))
    plan = comment.promise.plan
    if not Plan.objects.visible_to(by).filter(pk=plan.pk).exists():
        raise NotYours
    post = check_may(by, Can.HANDLE_CASES, plan.unit)
    if why not in dict(Comment.WHY):
        raise Invalid({"why": "只有含侮辱谩骂或个人信息的才能隐去。"})
    reason = said(reason, LONGEST_REASON, "请写明是哪里不合适，留在记录里。", "reason")
    if comment.hidden_at is not None:
        raise Refused("这条已经隐去了。")
    comment.hidden_as, comment.hidden_because, comment.hidden_by, comment.hidden_at = why, reason, post, at
    comment.save()
    data = {"comment": comment.pk, "why": why}
    write(unit=plan.unit, by=by, at=at, act="promise.hide", subject=f"promise:{comment.promise_id}", data=data)
    return comment
