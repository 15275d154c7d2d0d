"""What counts as kept: stories of a plant, counted live, kept and counted again."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases.models import Recusal
from huying.cases.rules import Concerns
from huying.duties import acts, reads
from huying.duties.models import Kept
from huying.duties.rules import COUNTERS, Counted, Counter, Figure, Period, Standing
from huying.feedback import acts as feedback
from huying.handling import acts as handling
from huying.handling.models import Telling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid
from huying.mechanism import acts as mechanism
from huying.mechanism.models import Adoption
from huying.meetings import acts as meetings
from huying.meetings.models import Meeting
from huying.notices.models import Notice
from huying.org.models import Unit
from tests.factories import consultation, org
from tests.factories import world as make

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
Q4 = Period(date(2026, 10, 1), date(2027, 1, 1))


@pytest.fixture
def plant(world: Any) -> Any:
    """The world, with the pack adopted long before."""
    Adoption.objects.update(from_day=date(2026, 1, 1))
    return world


def row(world: Any, code: str, on: date, **more: Any) -> Standing:
    return next(one for one in reads.standing(world.plant, on, **more) if one.duty.code == code)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZONE)


@pytest.mark.clause("MY-3.2.3a")
def test_only_a_meeting_with_signed_minutes_counts(plant: Any) -> None:
    held = consultation.held(plant, consultation.ready(plant))
    on = held.starts_at.date()
    assert row(plant, "meeting_each_quarter", on).state == "open", "held, but its minutes are not signed"
    consultation.signed(plant, consultation.ready(plant))
    found = row(plant, "meeting_each_quarter", on)
    assert (found.state, found.need, found.done, found.period.label) == ("met", 1, 1, "2026年第四季度")
    assert row(plant, "meeting_each_quarter", date(2027, 2, 1)).state == "open", "each quarter anew"
    before = Period(date(2026, 7, 1), date(2026, 10, 1))
    assert row(plant, "meeting_each_quarter", on, period=before).state == "missed"


@pytest.mark.clause("MY-3.2.3a")
def test_who_chairs_must_be_the_union_head_or_a_reason_stands_there(plant: Any) -> None:
    meeting = consultation.signed(plant, consultation.ready(plant))
    on = meeting.starts_at.date()
    Meeting.objects.filter(pk=meeting.pk).update(chair=plant.posts["officer"])
    assert row(plant, "meeting_each_quarter", on).done == 0
    Meeting.objects.filter(pk=meeting.pk).update(chair_because="主席出差，委托主持")
    assert row(plant, "meeting_each_quarter", on).done == 1


@pytest.mark.clause("MY-3.2.3a")
def test_a_talk_meeting_is_no_consultation(plant: Any) -> None:
    meeting = consultation.signed(plant, consultation.ready(plant))
    Meeting.objects.filter(pk=meeting.pk).update(kind="talk")
    assert row(plant, "meeting_each_quarter", meeting.starts_at.date()).done == 0


@pytest.mark.clause("MY-3.2.3a")
def test_a_pack_adopted_within_a_quarter_is_owed_from_the_next(world: Any) -> None:
    codes = {one.duty.code for one in reads.standing(world.plant, world.now.date())}
    assert "meeting_each_quarter" not in codes
    assert "tell_in_time" in codes, "for cases from the first day on"
    assert row(world, "meeting_each_quarter", date(2027, 1, 5)).state == "open"
    (strip,) = [
        one for one in reads.year(world.plant, 2026, world.now.date()) if one.duty.code == "meeting_each_quarter"
    ]
    assert [cell for _, cell in strip.cells] == [None] * 4
    assert strip.begins.label == "2027年第一季度"


@pytest.mark.clause("MY-3.2.3a")
def test_the_county_owes_no_meeting_and_a_closed_unit_nothing(plant: Any) -> None:
    on = plant.now.date()
    assert "meeting_each_quarter" not in {one.duty.code for one in reads.standing(plant.county, on)}
    Unit.objects.filter(pk=plant.plant.pk).update(closed_on=date(2026, 11, 1))
    plant.plant.refresh_from_db()
    assert "meeting_each_quarter" not in {one.duty.code for one in reads.standing(plant.plant, on)}


@pytest.mark.clause("MY-3.2.4a")
def test_a_report_after_its_three_days_is_missed(plant: Any) -> None:
    item = make.assigned(plant)
    handling.finish(item_id=item.pk, able=True, text="好了", done_on=None, by=plant.as_("handler"), at=plant.now)
    running = row(plant, "report_in_time", plant.now.date())
    assert (running.state, running.need, running.done, running.due_on) == ("soon", 1, 0, date(2026, 11, 23))
    assert row(plant, "report_in_time", date(2026, 11, 24)).state == "missed"
    handling.report(item_id=item.pk, text="恢复了。", by=plant.as_("handler"), at=plant.now + timedelta(days=3))
    assert row(plant, "report_in_time", date(2026, 11, 24)).state == "met"


@pytest.mark.clause("MY-3.2.4a")
def test_a_late_report_stays_late(plant: Any) -> None:
    item = make.assigned(plant)
    handling.finish(item_id=item.pk, able=True, text="好了", done_on=None, by=plant.as_("handler"), at=plant.now)
    handling.report(item_id=item.pk, text="恢复了。", by=plant.as_("handler"), at=plant.now + timedelta(days=5))
    found = row(plant, "report_in_time", date(2026, 11, 26))
    (deed,) = reads.behind(found, date(2026, 11, 26))
    assert (found.state, deed.id, deed.why) == ("missed", item.case_id, "晚 2 天")


@pytest.mark.clause("MY-3.2.4b")
def test_the_worker_must_be_told_in_time(plant: Any) -> None:
    case = make.reported(plant)
    assert row(plant, "tell_in_time", date(2026, 11, 23)).state in ("open", "soon")
    late = row(plant, "tell_in_time", date(2026, 11, 24))
    (deed,) = reads.behind(late, date(2026, 11, 24))
    assert (late.state, deed.id, deed.why) == ("missed", case.pk, "超期 1 天")
    handling.tell(case_id=case.pk, how="phone", kind="result", text="恢复了。", told_on=plant.now.date(),
                  by=plant.as_("officer"), at=plant.now)  # fmt: skip
    assert row(plant, "tell_in_time", date(2026, 11, 24)).state == "met"


@pytest.mark.clause("MY-3.2.5a")
def test_every_case_that_was_told_is_surveyed(plant: Any) -> None:
    make.told(plant)
    assert row(plant, "survey_of_every_case", date(2026, 11, 21)).state == "missed"
    feedback.open_missing(by=SYSTEM, at=plant.now)
    assert row(plant, "survey_of_every_case", date(2026, 11, 21)).state == "met"


def rated(plant: Any) -> Any:
    """A case whose survey ended."""
    case = make.told(plant)
    feedback.open_missing(by=SYSTEM, at=plant.now)
    feedback.close_due(by=SYSTEM, at=plant.now + timedelta(days=20))
    case.refresh_from_db()
    return case


@pytest.mark.clause("MY-3.2.5c")
def test_a_result_is_signed_for_the_file(plant: Any) -> None:
    case = rated(plant)  # ended on 10 December
    assert row(plant, "survey_signed", date(2026, 12, 11)).state == "open"
    late = row(plant, "survey_signed", date(2026, 12, 18))
    assert late.state == "missed"
    assert reads.behind(late, date(2026, 12, 18))[0].why == "测评结束了，还没有签字"
    feedback.sign_and_archive(case_id=case.pk, by=plant.as_("second"), at=plant.now + timedelta(days=21))
    assert row(plant, "survey_signed", date(2026, 12, 18)).state == "met"


@pytest.mark.clause("MY-3.2.6")
def test_an_archived_case_without_its_whole_story_is_listed_with_what_it_lacks(plant: Any) -> None:
    case = rated(plant)
    feedback.sign_and_archive(case_id=case.pk, by=plant.as_("second"), at=plant.now + timedelta(days=21))
    on = date(2026, 12, 18)
    found = row(plant, "ledger_complete", on)
    assert (found.state, found.need) == ("met", 1)
    Telling.objects.filter(case=case).delete()
    found = row(plant, "ledger_complete", on)
    assert found.state == "missed"
    assert [(deed.id, deed.why) for deed in reads.behind(found, on)] == [(case.pk, "没有告知记录")]


@pytest.mark.parametrize(
    ("code", "clause"),
    [
        pytest.param("report_in_time", "MY-3.2.4a", marks=pytest.mark.clause("MY-3.2.4a")),
        pytest.param("tell_in_time", "MY-3.2.4b", marks=pytest.mark.clause("MY-3.2.4b")),
        pytest.param("survey_of_every_case", "MY-3.2.5a", marks=pytest.mark.clause("MY-3.2.5a")),
        pytest.param("survey_signed", "MY-3.2.5c", marks=pytest.mark.clause("MY-3.2.5c")),
        pytest.param("ledger_complete", "MY-3.2.6", marks=pytest.mark.clause("MY-3.2.6")),
    ],
)
def test_every_union_with_cases_owes_it_for_each_of_them(plant: Any, code: str, clause: str) -> None:
    on = plant.now.date()
    for unit in (plant.plant, plant.county):
        (found,) = [one for one in reads.standing(unit, on) if one.duty.code == code]
        assert (found.duty.clause.id, found.period.label, found.need) == (clause, "2026年11月", 0)
    whole = rated(plant)
    feedback.sign_and_archive(case_id=whole.pk, by=plant.as_("second"), at=plant.now + timedelta(days=21))
    year = Period(date(2026, 1, 1), date(2027, 1, 1))
    found = row(plant, code, date(2026, 12, 31), period=year)
    assert (found.need, found.done, found.state) == (1, 1, "met"), "one case, asked for once"


@pytest.fixture
def reports(monkeypatch: Any, plant: Any) -> list[date]:
    """Days on which the plant reported, as the room above would count them."""
    days: list[date] = []

    def count(asked: Any) -> Any:
        return [Counted(plant.plant.pk, day, Figure(done=1)) for day in days if asked.since <= day < asked.until]

    monkeypatch.setitem(COUNTERS, "report", Counter(count, lambda asked: []))
    return days


@pytest.mark.clause("MY-4.1")
def test_the_party_organisation_hears_every_so_many_months_as_the_union_sets(plant: Any, reports: list[date]) -> None:
    on = plant.now.date()
    found = row(plant, "report_to_party", on)
    assert (found.duty.clause.id, found.period.label, found.need, found.state) == (
        "MY-4.1",
        "2026年第四季度",
        1,
        "open",
    )
    assert "report_to_party" not in {one.duty.code for one in reads.standing(plant.county, on)}
    reports.append(date(2026, 11, 3))
    assert row(plant, "report_to_party", on).state == "met"
    mechanism.set_house_rules(
        unit=plant.plant, changes={"counts": {"party_report_months": 1}}, by=plant.as_("chair"), at=plant.now
    )
    assert row(plant, "report_to_party", on).period.label == "2026年11月"
    assert row(plant, "report_to_party", date(2026, 12, 24)).state == "soon"
    with pytest.raises(Invalid) as refused:
        mechanism.set_house_rules(
            unit=plant.plant, changes={"counts": {"party_report_months": 13}}, by=plant.as_("chair"), at=plant.now
        )
    assert "最多 12 个月" in str(refused.value.fields)


# --- kept figures ---------------------------------------------------------------------------------------------------------


def figures(rows: Any) -> set[tuple[Any, ...]]:
    names = ("unit_id", "duty", "since", "until", "need", "done", "missed", "due_on", "remind_on")
    return {tuple(getattr(one, name) for name in names) for one in rows}


def test_kept_figures_equal_a_recount(plant: Any) -> None:
    units = [plant.plant, plant.other, plant.county]
    acts.recount(units=units, by=SYSTEM, at=plant.now)
    make.reported(plant)
    consultation.signed(plant, consultation.ready(plant), starts_at=plant.now)
    later = plant.now + timedelta(hours=4)
    assert acts.sweep(since=later, by=SYSTEM, at=later) == 0, "nothing moved since"
    assert acts.sweep(since=plant.now, by=SYSTEM, at=later) > 0
    swept = figures(Kept.objects.all())
    Kept.objects.all().delete()
    acts.recount(units=units, by=SYSTEM, at=later)
    assert figures(Kept.objects.all()) == swept
    assert acts.recount(units=units, by=SYSTEM, at=later) == 0
    live = {(one.duty.code, one.need, one.done, one.missed) for one in reads.standing(plant.plant, later.date())}
    now = Kept.objects.filter(unit=plant.plant, since__lte=later.date(), until__gt=later.date())
    assert {(one.duty, one.need, one.done, one.missed) for one in now} == live


def test_the_command_counts_anew(plant: Any, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr("huying.site.management.commands.recount.require_ready", lambda: None)
    make.reported(plant)
    call_command("recount")
    before = figures(Kept.objects.all())
    assert before
    Kept.objects.filter(duty="tell_in_time").update(done=7)
    Kept.objects.filter(duty="ledger_complete").delete()
    call_command("recount")
    assert figures(Kept.objects.all()) == before
    assert "3 个单位的履职数字" in capsys.readouterr().out


@pytest.mark.clause("MY-3.2.3a")
def test_the_county_sees_who_is_behind_first(plant: Any) -> None:
    consultation.signed(plant, consultation.ready(plant), starts_at=plant.now)
    day = date(2026, 12, 20)
    acts.recount(units=[plant.plant, plant.other], by=SYSTEM, at=at(day))
    rows = list(reads.below(plant.county, day))
    assert [(one.name, one.n_soon, one.n_year) for one in rows] == [
        ("青石医院工会", 1 + ("report" in reads.COUNTERS), 3 + 3 * ("report" in reads.COUNTERS)),
        ("山泉机械有限公司工会", 0 + ("report" in reads.COUNTERS), 3 + 3 * ("report" in reads.COUNTERS)),
    ]
    acts.recount(units=[plant.plant, plant.other], by=SYSTEM, at=at(date(2027, 1, 2)))
    assert Kept.objects.filter(unit=plant.other, since=date(2026, 10, 1), duty="meeting_each_quarter", done=0).exists()


def test_queries_do_not_grow_with_the_units_below(plant: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            list(reads.below(plant.county, plant.now.date(), blind=plant.as_("upper"))[:25])
        return len(queries)

    reads.below(plant.county, plant.now.date())
    few = asked()
    for _ in range(12):
        org.make_unit(under=plant.county)
    acts.recount(units=list(reads.unions()), by=SYSTEM, at=plant.now)
    assert asked() == few <= 4


@pytest.mark.clause("MY-3.2.3a")
def test_minutes_signed_after_the_year_has_turned_still_count_for_its_last_quarter(plant: Any) -> None:
    circulated = consultation.circulated(plant, consultation.ready(plant), starts_at=at(date(2026, 12, 30)))
    new_year = at(date(2027, 1, 4))
    acts.recount(units=[plant.plant], by=SYSTEM, at=new_year)
    quarter = Kept.objects.filter(unit=plant.plant, duty="meeting_each_quarter", since=date(2026, 10, 1))
    assert quarter.get().done == 0
    for who in ("manager", "chair"):
        meetings.sign(meeting_id=circulated.pk, by=plant.as_(who), at=new_year)
    acts.sweep(since=new_year, by=SYSTEM, at=new_year)
    assert quarter.get().done == 1
    rows = {one.pk: one.n_year for one in reads.below(plant.county, new_year.date())}
    assert rows[plant.plant.pk] == 3 + 4, "meetings of the three quarters before; no report to the Party in any of four"


# --- secrecy ---------------------------------------------------------------------------------------------------------------


def test_whom_a_case_names_finds_no_trace_in_figures(plant: Any) -> None:
    on = plant.now.date()
    chair = plant.as_("chair")
    before = reads.standing(plant.plant, on, blind=chair)
    case = make.said(plant, make.voice(), concerns=Concerns(chair=True))
    open_case = make.reported(plant)
    assert row(plant, "tell_in_time", on).need == row(plant, "tell_in_time", on, blind=chair).need == 1
    Recusal.objects.create(root=case.root, case=open_case, key=f"chair:{plant.plant.pk}", said="chair", at=plant.now)
    assert reads.standing(plant.plant, on, blind=chair) == before
    assert row(plant, "tell_in_time", on).need == 1


def test_below_leaves_out_what_names_the_reader(plant: Any) -> None:
    day = date(2026, 11, 24)
    case = make.reported(plant)  # should have been told on 23 November
    acts.recount(units=[plant.plant], by=SYSTEM, at=at(day))
    upper = plant.as_("upper")
    Recusal.objects.create(root=case.root, case=case, key=f"person:{upper.person_id}", said="superior", at=plant.now)
    seen = {one.pk: one.n_missed for one in reads.below(plant.county, day, blind=upper)}
    assert seen[plant.plant.pk] == 0
    assert {one.pk: one.n_missed for one in reads.below(plant.county, day)}[plant.plant.pk] == 1


# --- reminders ---------------------------------------------------------------------------------------------------------------


def told(world: Any, name: str) -> list[str]:
    kinds = ("duty_soon", "duty_missed")
    rows = Notice.objects.filter(recipient=world.posts[name].person, kind__in=kinds, title__contains="协商会议")
    return [row.title for row in rows.order_by("created_at")]


@pytest.mark.clause("MY-3.2.3a")
def test_reminded_while_there_is_time_and_the_union_above_told_afterwards(plant: Any) -> None:
    for day in (date(2026, 12, 16), date(2026, 12, 17), date(2026, 12, 20)):
        acts.recount(units=[plant.plant], by=SYSTEM, at=at(day))
        acts.remind(by=SYSTEM, at=at(day))
        assert len(told(plant, "chair")) == (0 if day.day == 16 else 1), "once, ten working days before the end"
    assert told(plant, "officer")
    assert not told(plant, "manager")
    assert not [one for one in told(plant, "upper") if "没有做到" in one and "第四" in one]
    for day in (date(2027, 1, 1), date(2027, 1, 2)):
        acts.remind(by=SYSTEM, at=at(day))
    assert len(told(plant, "upper")) == 1, "once"


@pytest.mark.clause("MY-3.2.3a")
def test_nobody_is_reminded_of_what_was_done(plant: Any) -> None:
    consultation.signed(plant, consultation.ready(plant), starts_at=plant.now)
    day = date(2026, 12, 20)
    acts.recount(units=[plant.plant], by=SYSTEM, at=at(day))
    acts.remind(by=SYSTEM, at=at(day))
    assert not told(plant, "chair")


def test_a_reminder_that_does_not_come_betrays_no_hidden_meeting(plant: Any) -> None:
    topic = consultation.ready(plant)
    consultation.signed(plant, topic, starts_at=plant.now)
    case = topic.gathered.first().case
    Recusal.objects.create(
        root=case.root, case=case, key=f"person:{plant.posts['second'].person_id}", said="superior", at=plant.now
    )
    day = date(2026, 12, 20)
    acts.recount(units=[plant.plant], by=SYSTEM, at=at(day))
    acts.remind(by=SYSTEM, at=at(day))
    assert told(plant, "second")
    assert not told(plant, "officer")
