"""Not satisfied: a person decides whether the case is taken up again here, goes one level up, or stays closed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.acts import Said, locked, note
from huying.cases.acts import reopen as reopen_case
from huying.cases.models import Case
from huying.climb.acts import send_up
from huying.feedback.models import ReopenRequest, Survey
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.models import Unit
from huying.org.rules import Can, check_may


@transaction.atomic
def decide_reopen(
    *, case_id: UUID, grant: bool, reason: str, up: bool = False, tried: str = "", unit: Unit | None = None, by: Actor,
    at: datetime,
) -> Case:  # fmt: skip
    """A person decides, with reasons the worker reads, whether the case is taken up again; ``up``: and sent one level up at
    once, with what was tried (MY-3.2.4d)."""
    case = locked(case_id=case_id, by=by)
    post = check_may(by, Can.APPROVE, case.holder)
    waiting = list(ReopenRequest.objects.select_for_update(no_key=True).filter(case=case, granted__isnull=True))
    if not waiting:
        raise Refused("没有等待决定的重新办理请求。")
    missing = {} if reason.strip() else {"reason": "请写明理由，职工会看到。"}
    if up and not tried.strip():
        missing["tried"] = "请写明本级已经做过哪些工作。"
    if missing:
        raise Invalid(missing)
    for row in waiting:
        row.granted, row.sent_up, row.reason = grant or up, up, reason.strip()[:500]
        row.decided_by, row.decided_at = post, at
        row.save()
    if not grant and not up:
        said = Said(text=reason.strip(), worker_label="工会决定不再重新办理", worker_text=reason.strip())
        note(case, "no_reopen", "不重新办理", by=by, at=at, said=said)
        return case
    Survey.objects.filter(case=case, closed_at__isnull=True).update(closed_at=at)
    case = reopen_case(case_id=case.pk, reason=reason, officer=None, by=by, at=at)
    if up:
        return send_up(case_id=case.pk, reason=reason, tried=tried, unit=unit, by=by, at=at).case
    return case
