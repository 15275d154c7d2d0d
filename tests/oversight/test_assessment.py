"""Assessment: rounds over the units below, sheets confirmed, objected to, closed; honours; who is in it and who sees it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases.rules import Concerns
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.mechanism import acts as mechanism
from huying.notices.models import Notice
from huying.org.models import Level, Ownership, Role, Unit
from huying.oversight import acts, reads
from huying.oversight.acts import _assessment
from huying.oversight.models import Opinion, Round, Sheet
from huying.oversight.rules import period_called
from huying.trail.models import Entry
from huying.trail.reads import verify
from tests.factories import world as make
from tests.factories.org import make_person, make_post, make_unit
from tests.oversight.made import SUMMER, assessed, counted, sheet_of, some

pytestmark = pytest.mark.django_db


def who(world, name="upper", **later):
    return {"by": world.as_(name), "at": world.now + timedelta(**later)}


def line(sheet: Sheet, code: str):
    return sheet.lines.get(code=code)


def confirmed(world, unit=None) -> Sheet:
    sheet = sheet_of(assessed(world), unit or world.plant)
    acts.confirm_sheet(sheet_id=sheet.pk, remark="属实", **who(world))
    return Sheet.objects.get(pk=sheet.pk)


def closed(world) -> Sheet:
    sheet = confirmed(world)
    acts.agree_sheet(sheet_id=sheet.pk, **who(world, "chair"))
    return acts.close_sheet(sheet_id=sheet.pk, **who(world))


# --- opening and counting -----------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
def test_every_item_is_computed_from_the_figures(world) -> None:
    some(world, 6)
    sheet = sheet_of(assessed(world), world.plant)
    assert (sheet.status, sheet.counted_at) == ("draft", world.now)
    accept = line(sheet, "accept")
    assert (accept.part, accept.of, accept.points, accept.weight) == (6, 6, Decimal("5.0"), 5)
    assert (line(sheet, "ledger").part, line(sheet, "ledger").of) == (0, 6)
    assert line(sheet, "satisfied").points is None
    rows = [(one.weight, one.points) for one in sheet.lines.all() if one.points is not None]
    assert sheet.score == (sum(p for _, p in rows) * 100 / sum(w for w, _ in rows)).quantize(Decimal("0.1"))


def test_the_weights_are_the_rules_of_the_union_that_assesses(world) -> None:
    some(world, 6)
    mechanism.set_house_rules(unit=world.county, changes={"counts": {"assess_accept": 40}}, by=SYSTEM, at=world.now)
    of = assessed(world)
    assert line(sheet_of(of, world.plant), "accept").weight == 40
    mechanism.set_house_rules(
        unit=world.county, changes={"counts": {"assess_accept": 60}}, by=SYSTEM, at=world.now + timedelta(hours=1)
    )
    assert reads.rules_of(Round.objects.get()).count("assess_accept").value == 40


@pytest.mark.clause("MY-4.3")
def test_an_institution_is_assessed_like_an_enterprise_and_cannot_be_left_out(world) -> None:
    Unit.objects.filter(pk=world.other.pk).update(ownership=Ownership.INSTITUTION)
    of = assessed(world)
    assert {sheet.unit_id for sheet in of.sheets.all()} == {world.plant.pk, world.other.pk}
    hospital, plant = sheet_of(of, world.other), sheet_of(of, world.plant)
    weights = [{one.code: one.weight for one in sheet.lines.all()} for sheet in (hospital, plant)]
    assert weights[0] == weights[1]


def test_units_without_a_union_of_their_own_closed_and_local_unions_are_not_assessed(world) -> None:
    make_unit("无工会的厂", under=world.county, has_union=False)
    make_unit("撤销的厂工会", under=world.county, closed_on=world.now.date())
    town = make_unit("青石镇总工会", under=world.county, level=Level.TOWN)
    inside = make_unit("镇里的厂工会", under=town)
    make_unit("新建的厂工会", under=town, opened_on=world.now.date())
    units = {sheet.unit for sheet in assessed(world).sheets.all()}
    assert units == {world.plant, world.other, inside}


@pytest.mark.parametrize(("period", "field"), [("2026Q4", "period"), ("2026", "period"), ("nonsense", "period")])
def test_a_period_that_is_not_over_is_not_assessed(world, period, field) -> None:
    with pytest.raises(Invalid) as caught:
        assessed(world, period)
    assert field in caught.value.fields


def test_once_a_period_and_by_the_union_above_only(world) -> None:
    assessed(world)
    with pytest.raises(Invalid, match="补正"):
        assessed(world)
    for name in ("chair", "officer", "manager", "foreign", "system"):
        with pytest.raises(NotYours):
            acts.open_round(unit=world.county, period="2026H1", **who(world, name))
        with pytest.raises(NotYours):
            acts.open_round(unit=world.plant, period="2026H1", **who(world, name))


def test_many_sheets_are_counted_by_the_worker_and_a_killed_run_goes_on(world, monkeypatch) -> None:
    monkeypatch.setattr(_assessment, "AT_ONCE", 1)
    of = assessed(world)
    assert of.sheets.filter(status="counting").count() == 2
    assert acts.count_sheets(by=SYSTEM, at=world.now, most=1) == 1
    assert acts.count_sheets(by=SYSTEM, at=world.now) == 1
    assert acts.count_sheets(by=SYSTEM, at=world.now) == 0
    assert not of.sheets.filter(status="counting").exists()


@pytest.mark.clause("MY-4.2")
def test_a_case_kept_from_anybody_moves_no_sheet(world) -> None:
    some(world, 6)

    def seen():
        counted(world)
        day = world.now.date()
        return reads.picture_of(world.plant, period_called("2026Q3"), by=world.posts["upper"], today=day)

    before = seen()
    for concerns in (Concerns(chair=True), Concerns(departments=(world.logistics.pk,)), Concerns(own_union=True)):
        for _ in range(6):
            make.said(world, received_at=SUMMER, concerns=concerns)
    assert seen() == before
    make.said(world, received_at=SUMMER)
    assert seen() != before


# --- the way of a sheet -------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
def test_confirmed_checked_and_closed(world) -> None:
    sheet = confirmed(world)
    assert (sheet.status, sheet.object_until) == ("confirmed", (world.now + timedelta(days=7)).date())
    assert Notice.objects.filter(recipient=world.posts["chair"].person, kind="sheet_confirmed").exists()
    with pytest.raises(Refused, match="还没有核对"):
        acts.close_sheet(sheet_id=sheet.pk, **who(world))
    acts.agree_sheet(sheet_id=sheet.pk, **who(world, "chair"))
    assert acts.close_sheet(sheet_id=sheet.pk, **who(world)).status == "closed"
    assert verify() == []


@pytest.mark.clause("MY-4.2")
def test_an_objection_is_answered_before_it_is_closed_and_then_nothing_moves(world) -> None:
    some(world, 6)
    sheet = confirmed(world)
    acts.object_sheet(sheet_id=sheet.pk, text="归档的有 6 件", **who(world, "chair"))
    assert Notice.objects.filter(recipient=world.posts["upper"].person, kind="sheet_objected").exists()
    with pytest.raises(Invalid) as caught:
        acts.close_sheet(sheet_id=sheet.pk, **who(world))
    assert "answer" in caught.value.fields
    computed = line(sheet, "ledger").points
    acts.correct_line(sheet_id=sheet.pk, code="ledger", points="5", reason="查了卷宗", **who(world))
    after = line(sheet, "ledger")
    assert (after.points, after.corrected, after.reason) == (computed, Decimal("5"), "查了卷宗")
    score = Sheet.objects.get(pk=sheet.pk).score
    assert score > sheet.score
    acts.close_sheet(sheet_id=sheet.pk, answer="已更正", **who(world))
    for act, given in ((acts.correct_line, {"code": "ledger", "points": "0", "reason": "反悔"}), (acts.confirm_sheet, {}),
                       (acts.close_sheet, {})):  # fmt: skip
        with pytest.raises(Refused):
            act(sheet_id=sheet.pk, **given, **who(world))
    with pytest.raises(Refused):
        acts.object_sheet(sheet_id=sheet.pk, text="再申诉", **who(world, "chair"))
    assert Sheet.objects.get(pk=sheet.pk).score == score


def test_after_the_days_nobody_objects_and_it_can_be_closed(world) -> None:
    sheet = confirmed(world)
    late = who(world, "chair", days=8)
    with pytest.raises(Refused, match="为止"):
        acts.object_sheet(sheet_id=sheet.pk, text="晚了", **late)
    assert acts.close_round(round_id=sheet.round_id, **who(world, days=8)) == 1
    with pytest.raises(Refused):
        acts.close_round(round_id=sheet.round_id, **who(world, days=8))


def test_all_at_once(world) -> None:
    of = assessed(world)
    assert acts.confirm_round(round_id=of.pk, remark="属实", **who(world)) == 2
    assert {sheet.remark for sheet in of.sheets.all()} == {"属实"}
    with pytest.raises(Refused):
        acts.confirm_round(round_id=of.pk, **who(world))
    for act in (acts.confirm_round, acts.close_round):
        with pytest.raises(NotYours):
            act(round_id=of.pk, **who(world, "chair"))


@pytest.mark.parametrize("points", ["", "六", "-1", "5.1", "6", "1.55", "NaN", "Infinity", "1e9"])
def test_points_that_cannot_be_are_refused(world, points) -> None:
    sheet = sheet_of(assessed(world), world.plant)
    with pytest.raises(Invalid) as caught:
        acts.correct_line(sheet_id=sheet.pk, code="accept", points=points, reason="理由", **who(world))
    assert list(caught.value.fields) == ["points"]


def test_a_correction_needs_a_reason_and_a_line_that_is_there(world) -> None:
    sheet = sheet_of(assessed(world), world.plant)
    with pytest.raises(Invalid):
        acts.correct_line(sheet_id=sheet.pk, code="accept", points="1", reason=" ", **who(world))
    with pytest.raises(NotYours):
        acts.correct_line(sheet_id=sheet.pk, code="nothing", points="1", reason="理由", **who(world))
    with pytest.raises(Stale):
        acts.confirm_sheet(sheet_id=sheet.pk, version=99, **who(world))


def test_each_side_does_its_own(world) -> None:
    sheet = confirmed(world)
    for act, given in ((acts.confirm_sheet, {}), (acts.close_sheet, {}),
                       (acts.correct_line, {"code": "accept", "points": "1", "reason": "理由"})):  # fmt: skip
        for name in ("chair", "officer", "foreign", "manager"):
            with pytest.raises(NotYours):
                act(sheet_id=sheet.pk, **given, **who(world, name))
    for act, given in ((acts.agree_sheet, {}), (acts.object_sheet, {"text": "不对"})):
        for name in ("upper", "foreign", "manager"):
            with pytest.raises(NotYours):
                act(sheet_id=sheet.pk, **given, **who(world, name))


def test_a_unit_sees_its_own_sheet_once_confirmed_and_no_other(world) -> None:
    of = assessed(world)
    seen = {name for name in world.posts if Sheet.objects.visible_to(world.as_(name)).exists()}
    assert seen == {"upper"}
    acts.confirm_round(round_id=of.pk, **who(world))
    seen = {name: {sheet.unit for sheet in Sheet.objects.visible_to(world.as_(name))} for name in world.posts}
    assert {name for name, units in seen.items() if units == {world.plant}} == {"officer", "second", "chair"}
    assert seen["foreign"] == {world.other}
    assert not any(seen[name] for name in ("manager", "handler", "head", "liaison", "delegate", "system", "audit"))


# --- honours ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
def test_a_person_signs_and_what_was_signed_stays(world) -> None:
    sheet = closed(world)
    manager = world.posts["manager"].person
    row = acts.sign_opinion(
        sheet_id=sheet.pk, about="politics", stance="reserve", text="协商会议没有开。", person=manager.pk, **who(world)
    )
    assert (row.name, row.qualifies, row.score) == ("冯国庆", False, sheet.score)
    acts.sign_opinion(sheet_id=sheet.pk, about="honours", stance="support", text="整改到位。", **who(world))
    assert Opinion.objects.count() == 2
    assert Entry.objects.filter(act="sheet.opinion").count() == 2
    assert reads.opinion_paper(reads.opinion_for(world.as_("upper"), row.pk), "pdf")[:4] == b"%PDF"
    assert reads.opinion_paper(reads.opinion_for(world.as_("upper"), row.pk), "docx")[:2] == b"PK"
    for name in ("chair", "foreign", "manager"):
        with pytest.raises(NotYours):
            reads.opinion_for(world.as_(name), row.pk)


@pytest.mark.clause("MY-4.2")
def test_nothing_is_signed_before_the_sheet_is_closed_nor_for_somebody_else(world) -> None:
    sheet = confirmed(world)
    given = {"about": "honours", "stance": "support", "text": "同意。"}
    with pytest.raises(Refused):
        acts.sign_opinion(sheet_id=sheet.pk, **given, **who(world))
    acts.agree_sheet(sheet_id=sheet.pk, **who(world, "chair"))
    acts.close_sheet(sheet_id=sheet.pk, **who(world))
    for wrong in ({"about": "nothing"}, {"stance": "maybe"}, {"text": ""}, {"person": world.posts["handler"].person_id},
                  {"about": "politics"}):  # fmt: skip
        with pytest.raises(Invalid):
            acts.sign_opinion(sheet_id=sheet.pk, **{**given, **wrong}, **who(world))
    with pytest.raises(NotYours):
        acts.sign_opinion(sheet_id=sheet.pk, **given, **who(world, "chair"))
    assert not Opinion.objects.exists()


def test_the_thresholds_are_the_rounds(world) -> None:
    some(world, 6)
    mechanism.set_house_rules(unit=world.county, changes={"counts": {"honours_score": 90}}, by=SYSTEM, at=world.now)
    sheet = closed(world)
    Sheet.objects.filter(pk=sheet.pk).update(score=Decimal("89.9"), missed=0)
    sheet = reads.sheet_for(world.as_("upper"), sheet.pk)
    assert reads.thresholds_met(sheet).why == ("得 89.9 分，不到 90 分",)
    sheet.missed, sheet.score = 2, Decimal("95")
    assert reads.thresholds_met(sheet).why == ("有 2 项履职要求没有做到，最多 0 项",)


# --- speed --------------------------------------------------------------------------------------------------------------


def test_the_list_asks_as_often_for_ten_units_as_for_a_hundred(world, client) -> None:
    of = assessed(world)
    client.force_login(world.posts["upper"].person.user)
    addresses = [f"/desk/assessment/{of.pk}/", f"/desk/assessment/{of.pk}/honours/", "/desk/assessment/"]
    few = []
    _more(world, of, 8)
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        few.append(len(queries))
    _more(world, of, 90)
    for address, asked in zip(addresses, few, strict=True):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) == asked, address


def _more(world, of: Round, number: int) -> None:
    for _ in range(number):
        unit = make_unit(under=world.county)
        Sheet.objects.create(root=of.root, round=of, unit=unit, status="draft", score=Decimal("70"))
        if number < 10:
            make_post(unit, Role.CHAIR, person=make_person(unit, account=False))
