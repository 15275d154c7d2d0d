"""Opinions on honours and political arrangements: a person decides and signs; nothing follows by itself (MY-4.2)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid
from huying.oversight.acts._gate import advance, assessor, given, locked_sheet
from huying.oversight.models import Opinion
from huying.oversight.reads import about_of, leaders_of, thresholds_met


@transaction.atomic
def sign_opinion(
    *,
    sheet_id: UUID,
    about: str,
    stance: str,
    text: str,
    person: UUID | None = None,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Opinion:
    """Sign what the union says of a unit, or of one of its leaders.  It never changes; a later one stands in its place.

    To support somebody below the thresholds is the person's decision; that they were not reached stays beside it.
    """
    sheet = locked_sheet(sheet_id, by=by, version=version)
    post = assessor(by, sheet.round.unit)
    leader = next((one for one in leaders_of(sheet.unit, timezone.localdate(at)) if one.person_id == person), None)
    wrong = {}
    if about not in dict(Opinion.ABOUT):
        wrong["about"] = "请选为哪件事签署。"
    if stance not in dict(Opinion.STANCES):
        wrong["stance"] = "请选同意、暂缓还是不同意。"
    if leader is None and (person is not None or about == "politics"):
        wrong["person"] = "请选是哪位负责人。"
    if wrong:
        raise Invalid(wrong)
    given(text=text)
    row = Opinion(
        root_id=sheet.root_id, sheet=sheet, about=about, stance=stance, text=text.strip(), score=sheet.score,
        qualifies=thresholds_met(sheet).qualifies, post=post, at=at,
    )  # fmt: skip
    if leader is not None:
        row.person, row.name, row.title = leader.person, leader.person.name, leader.title or leader.get_role_display()
    advance(
        sheet,
        "opinion",
        by=by,
        at=at,
        label=f"签署意见：{about_of(about, sheet.unit)}",
        data={"about": about, "stance": stance},
    )
    row.save(force_insert=True)
    return row
