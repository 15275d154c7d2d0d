"""Warnings that draft themselves: from like cases, from clocks that run over; once, and with nothing for whom they name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.alerts import acts
from huying.alerts.models import Warning
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.notices.models import Notice
from tests.alerts.made import hidden, who
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def swept(world, **later) -> int:
    return acts.draft_surges(by=SYSTEM, at=world.now + timedelta(**later))


@pytest.mark.clause("PD-6.3", "HY-alerts")
def test_five_like_cases_in_thirty_days_draft_a_warning_with_the_cases_behind(world) -> None:
    for _ in range(4):
        make.accepted(world)
    assert swept(world) == 0
    assert not Warning.objects.exists()
    make.accepted(world)
    assert swept(world) == 1
    warning = Warning.objects.get()
    assert (warning.status, warning.source, warning.sign, warning.cases.count()) == (
        "draft",
        "surge",
        "surge:living",
        5,
    )
    assert (warning.level, warning.made_by, warning.place) == ("watch", None, world.shop)
    assert "5" not in warning.title + warning.risk
    told = set(Notice.objects.filter(kind="warning.drafted").values_list("recipient__name", flat=True))
    assert told == {"李慧敏", "周明远", "郑卫国"}


@pytest.mark.clause("PD-6.3")
def test_run_again_it_drafts_nothing_and_takes_in_what_is_new(world) -> None:
    for _ in range(5):
        make.accepted(world)
    swept(world)
    assert swept(world) == 0
    make.accepted(world)
    assert swept(world) == 1
    assert Warning.objects.get().cases.count() == 6
    acts.drop_warning(warning_id=Warning.objects.get().pk, reason="都是同一趟车，已经改了", **who(world))
    make.accepted(world)
    assert swept(world) == 0  # what stood behind the dropped one counts no more
    assert Warning.objects.count() == 1


def test_old_ones_do_not_count(world) -> None:
    for _ in range(4):
        make.accepted(world)
    make.accepted(world, at=world.now - timedelta(days=31))
    assert swept(world) == 0


@pytest.mark.clause("HY-alerts")
def test_overdue_clocks_in_numbers_draft_one_too(world) -> None:
    for number in range(5):
        make.said(world, channel=("phone", "talk", "online", "visit", "letter")[number])
    assert swept(world, days=1) == 0
    assert swept(world, days=20) == 1
    warning = Warning.objects.get()
    assert (warning.source, warning.sign, warning.cases.count()) == ("overdue", "overdue", 5)


@pytest.mark.clause("PD-6.3")
def test_cases_that_name_somebody_make_a_warning_of_their_own(world) -> None:
    """Visible ones below the number tell the chair nothing, not even with the hidden ones added."""
    for _ in range(3):
        make.accepted(world)
    for _ in range(2):
        hidden(world)
    assert swept(world) == 1
    warning = Warning.objects.get()
    assert warning.sign.endswith(":kept")
    assert not Warning.objects.visible_to(world.as_("chair")).exists()
    assert Warning.objects.visible_to(world.as_("officer")).exists()
    assert not Notice.objects.filter(recipient=world.posts["chair"].person, kind="warning.drafted").exists()
    for _ in range(2):
        make.accepted(world)
    swept(world)
    seen = Warning.objects.visible_to(world.as_("chair")).get()
    assert (seen.sign, seen.cases.count()) == ("surge:living", 5)


@pytest.mark.clause("HY-alerts")
def test_a_union_may_set_its_own_number(world) -> None:
    changes = {"counts": {"surge_overdue": 3}}
    mechanism.set_house_rules(unit=world.plant, changes=changes, by=world.as_("chair"), at=world.now)
    for _ in range(3):
        make.said(world)
    assert swept(world, days=20) == 1
