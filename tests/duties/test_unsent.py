"""Information that was due above and never came is found by itself once its months are over (BD-4.8, 漏报)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from huying.alerts import acts as alerts
from huying.alerts import reads as alerts_reads
from huying.alerts.models import Finding
from huying.duties import acts
from huying.duties.reads import unions
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours
from huying.mechanism.models import Adoption
from tests.alerts.made import adopt_all, sent
from tests.desk.browser import as_

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
AFTER = datetime(2026, 12, 1, 0, 50, tzinfo=ZONE)
NOVEMBER = "unsent:regular:2026-11-01"


@pytest.fixture
def owing(world: Any) -> Any:
    """The world under the documents that want information sent, since long before."""
    adopt_all(world)
    Adoption.objects.update(from_day=date(2026, 10, 15))
    return world


def found(world: Any, at: datetime = AFTER, **more: Any) -> int:
    acts.recount(units=list(unions()), by=SYSTEM, at=at)
    return acts.find_unsent(by=SYSTEM, at=at, **more)


def of_plant(world: Any) -> list[tuple[str, str]]:
    return list(Finding.objects.filter(unit=world.plant).values_list("kind", "mark"))


@pytest.mark.clause("BD-4.8")
def test_a_month_that_ended_without_its_information_is_found_once(owing: Any) -> None:
    assert (
        found(owing, datetime(2026, 11, 30, 0, 50, tzinfo=ZONE)) == 0
    )  # there is a day left, and October was no full month
    assert found(owing)
    assert of_plant(owing) == [("left_out", NOVEMBER)]
    assert found(owing) == 0
    one = Finding.objects.get(unit=owing.plant)
    assert (one.status, one.on) == ("found", date(2026, 11, 30))
    assert one.what.startswith("2026年11月没有报来")


@pytest.mark.clause("BD-4.8")
def test_who_sent_in_time_is_not_found(owing: Any) -> None:
    sent(owing, to="above", at=owing.now)
    found(owing)
    assert of_plant(owing) == []


def test_it_is_shown_upwards_only(owing: Any) -> None:
    found(owing)
    for name, seen in (("upper", True), ("chair", False), ("officer", False), ("foreign", False)):
        rows = alerts_reads.findings_of(owing.as_(name))
        assert rows.filter(unit=owing.plant).exists() is seen, name


@pytest.mark.clause("BD-4.8")
def test_what_comes_after_all_is_shown_with_it_and_no_second_finding(owing: Any) -> None:
    found(owing)
    one = Finding.objects.get(unit=owing.plant)
    assert alerts_reads.came_after(one) is None
    late = sent(owing, to="above", at=AFTER + timedelta(days=4))
    alerts.compare_reports(by=SYSTEM, at=AFTER + timedelta(days=5))
    assert of_plant(owing) == [("left_out", NOVEMBER)]
    assert alerts_reads.came_after(one) == late
    page = as_(owing, "upper").get(reverse("desk:finding", args=[one.pk])).content.decode()
    assert f"后来报来的 {late}" in page


def test_what_came_late_before_anybody_looked_is_late_and_not_left_out(owing: Any) -> None:
    """The worker was dead at the turn of the month: the report for October came on the second of December."""
    sent(owing, to="above", at=AFTER + timedelta(days=1))
    alerts.compare_reports(by=SYSTEM, at=AFTER + timedelta(days=2))
    found(owing, AFTER + timedelta(days=2))
    assert [kind for kind, mark in of_plant(owing) if "dispute" not in mark] == ["late"]


@pytest.mark.clause("BD-4.8")
def test_on_demand_it_is_for_those_above(owing: Any) -> None:
    acts.recount(units=list(unions()), by=SYSTEM, at=AFTER)
    with pytest.raises(NotYours):
        acts.find_unsent(units=[owing.county], by=owing.as_("chair"), at=AFTER)
    assert of_plant(owing) == []
    assert acts.find_unsent(units=[owing.county], by=owing.as_("upper"), at=AFTER) >= 1
    assert of_plant(owing) == [("left_out", NOVEMBER)]


def test_months_long_past_are_not_dug_up(owing: Any) -> None:
    Adoption.objects.update(from_day=date(2026, 1, 1))
    found(owing)
    marks = [mark for _, mark in of_plant(owing) if mark.startswith("unsent:regular")]
    assert marks == ["unsent:regular:2026-10-01", NOVEMBER]


def test_what_is_found_already_is_not_asked_for_again(owing: Any, django_assert_num_queries: Any) -> None:
    assert found(owing) > 1
    with django_assert_num_queries(3):  # the packs, the findings there are, what is missing
        assert acts.find_unsent(by=SYSTEM, at=AFTER) == 0
