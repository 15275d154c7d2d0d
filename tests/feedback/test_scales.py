"""Both scales of the document, grade by grade: what people read, and as what it counts."""

from __future__ import annotations

from typing import Any

import pytest

from huying.cases.reads import worker_by_receipt
from huying.feedback import acts
from huying.feedback.reads import scale_for
from huying.kernel.errors import Invalid
from huying.mechanism import acts as mechanism
from tests.factories import world as make

pytestmark = [pytest.mark.django_db, pytest.mark.clause("MY-3.2.5b")]

THREE = (("satisfied", "满意", "satisfied"), ("basic", "基本满意", "basic"), ("unsatisfied", "不满意", "unsatisfied"))
FOUR = (("very_satisfied", "非常满意", "satisfied"), *THREE)


def told(world: Any, scale: str) -> tuple[Any, Any]:
    if scale:
        mechanism.set_house_rules(unit=world.plant, changes={"scale": scale}, by=world.as_("chair"), at=world.now)
    voice = make.voice()
    return voice, make.told(world, voice)


@pytest.mark.parametrize(("scale", "grades"), [("", FOUR), ("four", FOUR), ("three", THREE)])
def test_the_grades_of_a_scale(world: Any, scale: str, grades: Any) -> None:
    _, case = told(world, scale)
    assert scale_for(case) == [(code, label) for code, label, _ in grades]


@pytest.mark.parametrize(
    ("scale", "grade", "counts_as"),
    [(name, code, counts) for name, grades in (("three", THREE), ("", FOUR)) for code, _, counts in grades],
)
def test_as_what_a_grade_counts(world: Any, scale: str, grade: str, counts_as: str) -> None:
    voice, case = told(world, scale)
    why = "还没有完全解决。" if counts_as != "satisfied" else ""
    answer = acts.rate(result=grade, process="", words=why, by=worker_by_receipt(voice.receipt), at=world.now)
    assert answer.counts_as == counts_as
    assert case.reopen_requests.exists() is (counts_as == "unsatisfied")


def test_a_grade_of_the_other_scale_is_none(world: Any) -> None:
    voice, _ = told(world, "three")
    with pytest.raises(Invalid):
        acts.rate(result="very_satisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
