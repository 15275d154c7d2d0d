"""The gate of an answer: the case first, as every act on it does, then the invitation; and who may take it for somebody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from huying.cases.acts import locked
from huying.cases.models import Case
from huying.feedback.models import Answer, Invited
from huying.feedback.reads import able, handled_by
from huying.feedback.rules import may_take
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.org.models import Post
from huying.org.rules import Can, check_may

OVER = "测评已经结束了。"
TWICE = "已经评价过了，一人只评一次。"


def locked_invitation(invited_id: UUID, *, by: Actor) -> Invited:
    """An invitation, locked through its case, while its survey runs and it has no answer."""
    case_id = Invited.objects.filter(pk=invited_id).values_list("survey__case", flat=True).first()
    if case_id is None:
        raise NotYours
    case = locked(case_id=case_id, by=by)
    rows = Invited.objects.select_for_update(of=("self",), no_key=True).select_related(
        "survey__key", "party__key", "person"
    )
    invited = rows.get(pk=invited_id)
    invited.survey.case = case
    if Answer.objects.filter(invited=invited).exists():
        raise Refused(TWICE)
    if case.status != "told" or case.round != invited.survey.round or invited.survey.closed_at is not None:
        raise Refused(OVER)
    if invited.unreached_at is not None:
        raise Refused("已经登记联系不上，换了别人。")
    return invited


def check_free(case: Case, *, by: Actor, at: datetime, can: Can = Can.RETURN_CALL) -> tuple[Post, bool]:
    """The post of one who did not handle the case, and whether it is one who did because nobody else is there
    (secrecy.md, small units)."""
    post = check_may(by, can, case.holder)
    handled = handled_by(case)
    if not may_take(by.person_id, handled, able(case, can, at)):
        raise Refused("办理这件事的人不能做测评的事。", "请由没有经手的同志来做。")
    return post, by.person_id in handled
