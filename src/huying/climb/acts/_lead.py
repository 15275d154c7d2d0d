"""Cases that a leader answers for under his name (领导包案): complex and hard ones go to leaders (BD-4.6b)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import Said, locked, note, tell_officer
from huying.cases.models import Case
from huying.climb.models import Lead
from huying.climb.reads import lead_unit, leaders_for
from huying.climb.rules import LONGEST_REASON, written
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.acts import send
from huying.org.models import Post


@transaction.atomic
def put_under(
    *, case_id: UUID, leader: Post, reason: str, brief: str = "", by: Actor, at: datetime, version: int | None = None
) -> Lead:
    """Put a case under a leader's name: by who approves at a union that acts on it, to a leader there whom it does not name.
    On management's side he reads ``brief`` only; left empty, the released summary."""
    case = locked(case_id=case_id, by=by, version=version)
    unit = lead_unit(by, case)
    if unit is None:
        raise NotYours
    (reason,) = written(LONGEST_REASON, reason=(reason, "请写明为什么要由领导包案。"))
    if leader.pk not in {one.pk for one in leaders_for(case, unit, timezone.localdate(at))}:
        raise Invalid({"leader": f"请选{unit.name}的领导。"})
    if not case.summary and not brief.strip():
        raise Refused("这件事还没有公开摘要。", "请先受理或写公开摘要，再请领导包案。")
    if case.closed_at is not None or case.leads.filter(until__isnull=True).exists():
        raise Refused("这件事已经办结，或者已经有领导包案。", "要换一位，请先结束现在的包案。")
    lead = Lead.objects.create(
        root_id=case.root_id, case=case, post=leader, brief=brief.strip() or case.summary, reason=reason, since=at,
        given_by_id=by.post_id,
    )  # fmt: skip
    said = Said(text=reason, worker_label=f"由{unit.name}的领导牵头办")
    note(case, "lead", f"{leader.person.name}包案", by=by, at=at, said=said, data={"lead": lead.pk, "post": leader.pk})
    tell_officer(case, "lead", "领导包案", by=by, at=at, key=str(lead.pk))
    _tell_leader(lead, case, "请您包案", by=by, at=at)
    return lead


def _tell_leader(lead: Lead, case: Case, what: str, *, by: Actor, at: datetime) -> None:
    """A leader on management's side hears the code, one on the union's side the number."""
    page, code = reverse("desk:lead", args=[lead.pk]), f"包案 {lead.code}"
    if not lead.from_management:
        page, code = reverse("desk:case", args=[case.pk]), case.number
    send(
        to=[lead.post.person], kind="lead", title=f"{code} {what}", url=page, root=case.root, subject=lead.pk, by=by, at=at,
        key=what,
    )  # fmt: skip


@transaction.atomic
def end_lead(*, lead_id: UUID, reason: str, by: Actor, at: datetime) -> Lead:
    """End a leader's answering for a case, with a reason; by who may put it under a name."""
    row = Lead.objects.filter(pk=lead_id).first()
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by)
    lead = Lead.objects.select_for_update(of=("self",), no_key=True).select_related("post__person").get(pk=lead_id)
    if lead_unit(by, case) is None:
        raise NotYours
    (reason,) = written(LONGEST_REASON, reason=(reason, "请写明为什么结束包案。"))
    if lead.until is not None:
        raise Refused("这件事的包案已经结束了。")
    lead.until, lead.end_reason = at, reason
    lead.save(update_fields=["until", "end_reason"])
    name = lead.post.person.name
    note(case, "lead_end", f"{name}不再包案", by=by, at=at, said=Said(text=reason), data={"lead": lead.pk})
    _tell_leader(lead, case, "不再由您包案", by=by, at=at)
    return lead
