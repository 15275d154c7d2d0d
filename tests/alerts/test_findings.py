"""Late, false, left out, hidden, not known: found by comparison, shown upwards only, explained, decided by a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huying.alerts import acts
from huying.alerts.models import Finding
from huying.cases.rules import Concerns
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.models import Notice
from tests.alerts.made import asked, found, reported, sent, who
from tests.factories import world as make

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 12, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def compared(world, **later) -> list[tuple[str, str]]:
    acts.compare_reports(by=SYSTEM, at=world.now + timedelta(**later))
    return [(one.kind, one.mark.rsplit(":", 1)[0]) for one in Finding.objects.order_by("found_at", "pk")]


def readers(world, finding) -> set[str]:
    return {name for name in world.posts if Finding.objects.visible_to(world.as_(name)).filter(pk=finding.pk).exists()}


# --- found --------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.8", "HY-alerts")
@pytest.mark.parametrize(("minutes", "late"), [(119, False), (121, True)])
def test_a_first_report_after_two_hours_is_late(adopted, minutes, late) -> None:
    world = adopted
    known = world.now - timedelta(minutes=minutes)
    reported(world, since=known, known_at=known)
    assert compared(world) == ([("late", "late:incident")] if late else [])


@pytest.mark.clause("BD-4.8", "HY-alerts")
@pytest.mark.parametrize(("minutes", "late"), [(119, False), (121, True)])
def test_what_was_to_be_told_at_once_and_came_later_is_late(adopted, minutes, late) -> None:
    sent(adopted, to="above", kind="at_once", known_at=adopted.now - timedelta(minutes=minutes))
    assert bool(compared(adopted)) is late


@pytest.mark.clause("BD-4.8")
def test_regular_information_after_the_interval_is_late(adopted) -> None:
    """October belongs into November: on 2 December it is late, and so it is where disputes are owed each quarter."""
    world = adopted
    sent(world, to="above")
    assert compared(world) == []
    sent(world, to="above", at=LATE)
    assert compared(world, days=12) == [("late", "late:information")]
    sent(world, to="above", kind="dispute", at=LATE)
    assert len(compared(world, days=12)) == 1


@pytest.mark.clause("BD-4.8")
def test_what_was_taken_back_or_put_right_is_false(adopted) -> None:
    world = adopted
    one = sent(world, to="above")
    acts.withdraw_information(information_id=one.pk, reason="没有这件事", **who(world))
    incident = reported(world)
    acts.mistake_incident(incident_id=incident.pk, reason="看错了", **who(world))
    old = sent(world, to="above")
    fresh = acts.mend_information(information_id=old.pk, reason="数字错了", **who(world))
    acts.send_information(information_id=fresh.pk, **who(world))
    kinds = compared(world)
    assert sorted(kinds) == [
        ("wrong", "wrong:incident"),
        ("wrong", "wrong:information"),
        ("wrong", "wrong:information"),
    ]
    assert compared(world) == kinds  # comparing again finds nothing twice


@pytest.mark.clause("BD-4.8")
def test_what_the_union_above_reported_and_the_unit_did_not_is_left_out(adopted) -> None:
    world = adopted
    silent = reported(world, by="upper")
    spoken = reported(world, by="upper")
    acts.follow_incident(incident_id=spoken.pk, text="我们在现场", **who(world, minutes=30))
    assert compared(world, hours=1) == []
    assert compared(world, hours=3) == [("left_out", "silent:incident")]
    assert Finding.objects.get().incident == silent


@pytest.mark.clause("BD-4.8")
def test_an_urgent_case_another_union_took_down_is_compared_too_but_never_a_kept_one(adopted) -> None:
    world = adopted
    upper = world.as_("upper")
    make.said(world, by=upper, urgent=True, channel="visit")
    make.said(world, by=world.as_("officer"), urgent=True, channel="visit")
    make.said(world, by=upper, urgent=False, channel="visit")
    make.said(world, by=upper, urgent=True, channel="visit", concerns=Concerns(chair=True))
    found_now = compared(world, hours=3)
    assert found_now == [("left_out", "silent:case")]


def test_drills_are_no_findings(adopted) -> None:
    world = adopted
    reported(world, drill=True, known_at=world.now - timedelta(hours=5), since=world.now - timedelta(hours=6))
    assert compared(world, hours=9) == []


@pytest.mark.clause("BD-4.8")
def test_comparing_on_demand_is_for_those_above_and_reaches_below(adopted) -> None:
    world = adopted
    reported(world, since=world.now - timedelta(hours=5), known_at=world.now - timedelta(hours=4))
    with pytest.raises(NotYours):
        acts.compare_reports(units=[world.plant], **who(world, "chair"))
    assert acts.compare_reports(units=[world.county], **who(world, "upper")) == 1


# --- asked, explained, decided ------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.8")
def test_a_finding_is_shown_upwards_only_until_the_unit_is_asked(adopted) -> None:
    world = adopted
    finding = found(world)
    assert readers(world, finding) == {"upper"}
    with pytest.raises(NotYours):
        acts.explain(finding_id=finding.pk, text="不知道", **who(world, "chair"))
    asked(world, finding)
    assert readers(world, finding) == {"upper", "officer", "second", "chair"}
    told = Notice.objects.filter(kind="finding").values_list("recipient__name", flat=True)
    assert set(told) == {"李慧敏", "周明远", "郑卫国"}


@pytest.mark.clause("BD-4.8", "HY-alerts")
@pytest.mark.parametrize("kind", ["late", "wrong", "hidden", "left_out", "unaware"])
def test_the_unit_explains_in_seven_days_and_a_person_decides_with_reasons(adopted, kind) -> None:
    world = adopted
    finding = asked(world)
    assert finding.due_on == world.now.date() + timedelta(days=7)
    with pytest.raises(Invalid):
        acts.uphold_finding(finding_id=finding.pk, kind=kind, reason="没有报", **who(world, "upper", days=7))
    acts.explain(finding_id=finding.pk, text="主席出差，没有人报。", **who(world, "chair", days=2))
    with pytest.raises(Invalid):
        acts.uphold_finding(finding_id=finding.pk, kind=kind, reason=" ", **who(world, "upper", days=3))
    ended = acts.uphold_finding(
        finding_id=finding.pk, kind=kind, reason="值班有人，应当报。", **who(world, "upper", days=3)
    )
    assert (ended.status, ended.kind, ended.decided_by) == ("upheld", kind, world.posts["upper"])
    with pytest.raises(Refused):
        acts.dismiss_finding(finding_id=finding.pk, reason="算了", **who(world, "upper", days=3))


@pytest.mark.clause("BD-4.8")
def test_after_its_days_the_unit_is_judged_unheard(adopted) -> None:
    world = adopted
    finding = asked(world)
    ended = acts.uphold_finding(
        finding_id=finding.pk, kind="hidden", reason="没有说明。", **who(world, "upper", days=8)
    )
    assert ended.status == "upheld"


@pytest.mark.clause("BD-4.8")
def test_nobody_judges_himself_and_not_everybody_finds(adopted) -> None:
    world = adopted
    finding = asked(world)
    for name in ("chair", "foreign", "manager"):
        with pytest.raises(NotYours):
            acts.dismiss_finding(finding_id=finding.pk, reason="没有", **who(world, name))
    given = {"kind": "late", "what": "晚了", "on": world.now.date()}
    with pytest.raises(NotYours):
        acts.find_fault(unit=world.plant, **given, **who(world, "chair"))
    with pytest.raises(NotYours):
        acts.find_fault(unit=world.county, **given, **who(world, "upper"))
    with pytest.raises(Invalid):
        acts.find_fault(unit=world.plant, **{**given, "kind": "lazy"}, **who(world, "upper"))


@pytest.mark.clause("HY-alerts")
def test_without_a_pack_the_starting_faults_hold(world) -> None:
    for kind in ("late", "wrong", "left_out"):
        assert found(world, kind).kind == kind
    with pytest.raises(Invalid):
        found(world, "hidden")
