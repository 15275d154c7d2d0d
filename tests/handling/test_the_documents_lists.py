"""What the document lists, entry by entry: the four of an item, the ways of telling, the three findings of a review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from huying.handling import acts
from huying.handling.models import Telling
from huying.kernel.errors import Invalid
from huying.meetings import acts as meetings
from huying.meetings.reads import agenda
from tests.factories import consultation
from tests.factories import world as make

pytestmark = pytest.mark.django_db

FOUR = [("measure", "解决措施"), ("deadline", "解决时限"), ("department", "承办部门"), ("handler", "具体人员")]


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize(("field", "label"), FOUR)
def test_an_item_is_not_given_without_one_of_the_four(world: Any, field: str, label: str) -> None:
    case = make.accepted(world)
    given: dict[str, Any] = {
        "measure": "恢复班次。", "department": world.admin, "handler": world.posts["handler"],
        "deadline": world.now.date() + timedelta(days=9),
    }  # fmt: skip
    given[field] = "" if field == "measure" else None
    with pytest.raises(Invalid) as refused:
        acts.assign(case_id=case.pk, brief=case.summary, by=world.as_("officer"), at=world.now, **given)
    assert refused.value.fields == {field: f"还缺“{label}”，四项齐了才能交办。"}
    assert not case.items.exists()


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize(("field", "label"), FOUR)
def test_nothing_is_settled_at_the_table_without_one_of_the_four(world: Any, field: str, label: str) -> None:
    meeting = consultation.opened(world, consultation.ready(world))
    (place,) = agenda(meeting)
    at, by = meeting.starts_at, world.as_("officer")
    meetings.remark(place_id=place.pk, speaker="行政方", text="可以调整班次。", by=by, at=at)
    key = {"department": "department_id", "handler": "handler_id"}.get(field, field)
    terms = consultation.terms(world, meeting, **{key: "" if field == "measure" else None})
    with pytest.raises(Invalid) as refused:
        meetings.agree(place_id=place.pk, terms=terms, by=by, at=at)
    assert refused.value.fields[field] == f"还缺“{label}”，四项齐了才算定下来。"
    assert not place.agreed.exists()


@pytest.mark.clause("MY-3.2.4b")
@pytest.mark.parametrize(("how", "label"), [("face", "面谈"), ("phone", "电话"), ("online", "网络")])
def test_the_worker_is_told_in_each_of_the_documents_ways(world: Any, how: str, label: str) -> None:
    case = make.reported(world)
    given = {"case_id": case.pk, "kind": "result", "text": "恢复了。", "told_on": world.now.date(),
             "by": world.as_("officer"), "at": world.now}  # fmt: skip
    with pytest.raises(Invalid):
        acts.tell(how="letter", **given)
    acts.tell(how=how, **given)
    assert Telling.objects.get(case=case).how == how
    assert case.events.filter(act="tell", label__contains=label).exists()


@pytest.mark.clause("MY-2.1")
@pytest.mark.parametrize("left_out", ["content", "form", "procedure"])
def test_a_review_looks_at_all_three(world: Any, left_out: str) -> None:
    topic = consultation.raised(world)
    given = {"topic_id": topic.pk, "reviewer": "法律顾问", "reviewed_on": world.now.date(), "by": world.as_("officer"),
             "at": world.now}  # fmt: skip
    with pytest.raises(Invalid):
        meetings.review(findings=[one for one in consultation.LAWFUL if one.code != left_out], **given)
    assert not topic.reviews.exists()
    meetings.review(findings=consultation.LAWFUL, **given)
    assert {one["code"] for one in topic.reviews.get().findings} == {"content", "form", "procedure"}
