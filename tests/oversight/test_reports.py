"""Reports: drafted, written, issued, sent, remarked upon, mended; who reads them; what is in none."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from huying.cases.rules import Concerns
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.notices.models import Notice
from huying.oversight import acts, reads
from huying.oversight.models import Report, Sending
from huying.oversight.rules import Picture
from huying.trail.models import Entry
from tests.factories import world as make
from tests.factories.org import make_person
from tests.oversight.made import SUMMER, drafted, filled, issued, some

pytestmark = pytest.mark.django_db


def who(world, name="chair", **later):
    return {"by": world.as_(name), "at": world.now + timedelta(**later)}


def body_of(report: Report):
    return reads.words_of(report).body


def test_a_draft_is_made_of_the_kept_figures(world) -> None:
    some(world, 6)
    report = drafted(world)
    seen = Picture.of(report.facts)
    assert (seen.received, seen.closed, seen.open) == (6, 6, 0)
    assert "共收到职工诉求和建议6件" in body_of(report)["sections"][0]["text"]
    assert (report.status, report.number, report.to) == ("draft", "", "both")
    assert Entry.objects.filter(act="report.write", subject=f"report:{report.pk}").count() == 1


@pytest.mark.clause("MY-4.1")
def test_it_is_issued_once_everything_is_written_and_numbered_without_gaps(world) -> None:
    first = drafted(world)
    with pytest.raises(Refused, match="没有写"):
        acts.issue_report(report_id=first.pk, **who(world))
    assert Report.objects.get(pk=first.pk).status == "draft"
    numbers = [issued(world).number for _ in range(2)]
    assert numbers == ["〔2026〕1号", "〔2026〕2号"]
    with pytest.raises(Refused):
        acts.write_report(
            report_id=Report.objects.get(seq=1).pk, title="别的", to="both", body=filled(body_of(first)), **who(world)
        )


def test_issuing_is_the_chairs(world) -> None:
    report = drafted(world, by="officer")
    acts.write_report(
        report_id=report.pk, title=report.title, to="both", body=filled(body_of(report)), **who(world, "officer")
    )
    with pytest.raises(NotYours):
        acts.issue_report(report_id=report.pk, **who(world, "officer"))
    assert acts.issue_report(report_id=report.pk, **who(world)).seq == 1


@pytest.mark.clause("MY-4.1")
def test_printed_again_later_the_figures_are_the_same(world) -> None:
    some(world, 6)
    report = issued(world)
    printed = reads.report_paper(report, "pdf")
    make.said(world, received_at=SUMMER)
    assert Picture.of(drafted(world).facts).received == 7
    report = Report.objects.get(pk=report.pk)
    assert Picture.of(report.facts).received == 6
    assert reads.report_paper(report, "pdf") == printed
    assert reads.report_paper(report, "docx")[:2] == b"PK"


def test_who_reads_a_report(world) -> None:
    report = issued(world)
    readers = {name for name in world.posts if Report.objects.visible_to(world.as_(name)).exists()}
    assert readers == {"officer", "second", "chair", "upper"}
    acts.send_report(report_id=report.pk, side="management", on=world.now.date(), **who(world))
    readers = {name for name in world.posts if Report.objects.visible_to(world.as_(name)).exists()}
    assert readers == {"officer", "second", "chair", "upper", "manager"}
    drafted(world)
    assert Report.objects.visible_to(world.as_("upper")).count() == 1


@pytest.mark.clause("MY-4.1")
def test_sent_to_management_it_waits_on_its_desk_and_is_remarked_upon(world) -> None:
    report = issued(world)
    with pytest.raises(NotYours):
        acts.remark_report(report_id=report.pk, text="请办好", **who(world, "manager"))
    acts.send_report(report_id=report.pk, side="management", on=world.now.date(), **who(world))
    manager = world.posts["manager"].person
    assert Notice.objects.get(recipient=manager).title == "请阅情况报告〔2026〕1号"
    row = acts.remark_report(report_id=report.pk, text="请后勤部抓紧。", **who(world, "manager"))
    assert (row.name, row.side, row.on_paper) == ("冯国庆", "management", False)
    assert Notice.objects.filter(recipient=world.posts["chair"].person, kind="report_remark").exists()


@pytest.mark.parametrize(
    ("side", "on", "field"),
    [
        ("management", date(2026, 11, 19), "on"),
        ("management", date(2026, 11, 21), "on"),
        ("workers", date(2026, 11, 20), "side"),
    ],
)
def test_a_sending_that_cannot_be_is_refused(world, side, on, field) -> None:
    report = issued(world)
    with pytest.raises(Invalid) as caught:
        acts.send_report(report_id=report.pk, side=side, on=on, whom="某人", **who(world))
    assert field in caught.value.fields


def test_to_the_party_it_goes_on_paper_and_somebody_took_it(world) -> None:
    report = issued(world)
    with pytest.raises(Invalid) as caught:
        acts.send_report(report_id=report.pk, side="party", on=world.now.date(), **who(world))
    assert "whom" in caught.value.fields
    acts.send_report(report_id=report.pk, side="party", on=world.now.date(), whom="党委办公室", **who(world))
    with pytest.raises(Refused, match="已经送过"):
        acts.send_report(report_id=report.pk, side="party", on=world.now.date(), whom="党委", **who(world))


@pytest.mark.clause("MY-4.1")
def test_only_what_went_to_the_party_counts_as_reported(world) -> None:
    def found() -> int:
        units = type(world.plant).objects.filter(pk=world.plant.pk)
        return reads.reports_issued(units, date(2026, 10, 1), date(2027, 1, 1)).count()

    report = issued(world)
    assert found() == 0
    acts.send_report(report_id=report.pk, side="management", on=world.now.date(), **who(world))
    assert found() == 0
    acts.send_report(report_id=report.pk, side="party", on=world.now.date(), whom="党委", **who(world))
    assert found() == 1
    assert not reads.reports_issued(type(world.plant).objects.all(), date(2026, 1, 1), date(2026, 11, 20)).exists()
    fresh = acts.mend_report(report_id=report.pk, how="withdrawal", reason="数字有误", **who(world))
    assert found() == 1
    acts.issue_report(report_id=fresh.pk, **who(world))
    assert found() == 0


def test_a_correction_is_a_new_report_that_says_so(world) -> None:
    report = issued(world)
    before = body_of(report)
    fresh = acts.mend_report(report_id=report.pk, how="correction", reason="少算了一件", **who(world))
    assert body_of(fresh)["sections"][0]["text"].startswith("本报告更正〔2026〕1号")
    with pytest.raises(Refused, match="已经有更正"):
        acts.mend_report(report_id=report.pk, how="withdrawal", reason="重复", **who(world))
    acts.redraft_report(report_id=fresh.pk, **who(world))
    assert body_of(fresh)["sections"][0]["heading"] == "更正说明"
    assert body_of(report) == before
    assert reads.mended_by(report) is None
    acts.write_report(report_id=fresh.pk, title=fresh.title, to="both", body=filled(body_of(fresh)), **who(world))
    acts.issue_report(report_id=fresh.pk, **who(world))
    assert reads.mended_by(report) == fresh


def test_two_who_write_at_once_are_told_of_each_other(world) -> None:
    report = drafted(world)
    body = filled(body_of(report))
    acts.write_report(report_id=report.pk, title=report.title, to="both", body=body, version=1, **who(world, "officer"))
    with pytest.raises(Stale) as caught:
        acts.write_report(report_id=report.pk, title="另一个题目", to="both", body=body, version=1, **who(world))
    assert "李慧敏" in caught.value.changes[0]
    assert report.texts.count() == 2


@pytest.mark.parametrize("words", ["马小兰反映的班车", "电话 13800001111", "身份证 371328199001011234"])
def test_nobody_is_named(world, words) -> None:
    report = drafted(world)
    body = filled(body_of(report))
    body["sections"][3]["text"] += words
    make_person(world.shop, "马小兰")
    with pytest.raises(Invalid) as caught:
        acts.write_report(report_id=report.pk, title=report.title, to="both", body=body, **who(world))
    assert list(caught.value.fields) == ["text-3"]


def test_a_period_that_has_not_begun_and_a_unit_of_others_are_refused(world) -> None:
    for period in ("2027Q1", "2026Q9", ""):
        with pytest.raises(Invalid):
            acts.draft_report(unit=world.plant, period=period, to="both", **who(world))
    with pytest.raises(Invalid):
        acts.draft_report(unit=world.plant, period="2026Q3", to="workers", **who(world))
    for name in ("foreign", "upper", "manager", "handler"):
        with pytest.raises(NotYours):
            acts.draft_report(unit=world.plant, period="2026Q3", to="both", **who(world, name))


@pytest.mark.clause("MY-4.1")
@pytest.mark.parametrize("about", ["chair", "department", "union"])
def test_a_case_kept_from_anybody_is_in_no_report(world, about) -> None:
    """Whoever drafts: the officer who handles the case writes what the chair, whom it names, could have written."""
    some(world, 6)
    before = drafted(world, by="officer")
    concerns = {
        "chair": Concerns(chair=True), "department": Concerns(departments=(world.logistics.pk,)), "union": Concerns(own_union=True),
    }[about]  # fmt: skip
    for _ in range(6):
        make.said(world, received_at=SUMMER, concerns=concerns)
    for name in ("officer", "chair"):
        after = drafted(world, by=name)
        assert json.dumps(after.facts, sort_keys=True) == json.dumps(before.facts, sort_keys=True)
        assert body_of(after) == body_of(before)
    make.said(world, received_at=SUMMER)
    assert drafted(world).facts != before.facts


def test_few_stay_few(world) -> None:
    some(world, 3)
    report = drafted(world)
    assert Picture.of(report.facts).received is None
    assert "3件" not in str(body_of(report))


def test_a_dropped_draft_is_gone_from_the_list_and_takes_no_number(world) -> None:
    report = drafted(world)
    acts.drop_report(report_id=report.pk, reason="写重了", **who(world))
    assert not reads.reports_of(world.as_("chair")).exists()
    assert issued(world).seq == 1
    assert not Sending.objects.exists()
