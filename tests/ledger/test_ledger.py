"""The ledger: what a selection holds, what is hidden outside the union that has the case, workbooks read back."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django_tasks_db.models import DBTaskResult
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from huying.cases.models import Case, Clock
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.feedback import acts as feedback
from huying.feedback.reads import TOO_FEW
from huying.files.reads import content
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours, Refused
from huying.ledger import acts, jobs, reads
from huying.ledger.models import Export
from huying.ledger.rules import Selection, in_time, standing
from huying.trail.models import Entry, Reading
from tests.factories import consultation
from tests.factories import world as make

NAME, PHONE, ORIGINAL = "欧阳雪莲", "13912345678", "我是三号炉的，车太早"


def shown(world, who: str = "officer", **chosen) -> list[reads.Row]:
    today = world.now.date()
    seen = reads.viewer(world.as_(who), today)
    ids = list(reads.selected(seen, Selection(**chosen), today).values_list("pk", flat=True))
    return list(reads.rows_of(ids, seen, today))


def rated(world, *voices, result: str = "satisfied", **matter) -> Case:
    case = make.told(world, *voices, **matter)
    for voice in voices:
        words = "还没有改好" if result == "unsatisfied" else ""
        feedback.rate(result=result, process="", words=words, by=worker_by_receipt(voice.receipt), at=world.now)
    return Case.objects.get(pk=case.pk)


# --- the story ------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.6")
def test_a_row_tells_the_whole_story(world) -> None:
    case = rated(world, make.voice(name=NAME, phone=PHONE, words=ORIGINAL))
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    (row,) = shown(world)
    today = world.now.date()
    assert (row.done_on, row.reported_on, row.told_on) == (today, today, today)
    assert row.departments == ("行政保障部",)
    assert (row.channel, row.survey, row.in_time) == ("网络", "满意", "按时")
    assert row.case.officer.person.name == "李慧敏"
    assert row.case.archived_at == world.now
    assert row.steps == dict.fromkeys(("accept", "item", "report", "tell"), "按时")


@pytest.mark.clause("MY-3.2.6")
def test_what_was_not_released_does_not_stand_in_it(world) -> None:
    make.said(world, make.voice(secrecy="named", words=ORIGINAL))
    (row,) = shown(world)
    assert (row.title, row.summary) == ("（待写公开摘要）", "")


def test_a_case_that_names_the_reader_is_not_there(world) -> None:
    make.said(world, concerns=Concerns(chair=True))
    assert shown(world, "chair") == []
    assert len(shown(world, "officer")) == 1


def test_only_who_reads_cases_has_a_ledger(world) -> None:
    for who in ("handler", "manager", "liaison", "delegate", "system", "audit"):
        with pytest.raises(NotYours):
            reads.viewer(world.as_(who), world.now.date())
    assert shown(world, "foreign") == []


# --- selecting ------------------------------------------------------------------------------------------------------


def test_each_filter_narrows(world) -> None:
    early = world.now - timedelta(days=40)
    old = make.accepted(world, at=early, channel="phone")
    make.told(world)
    for chosen, count in (
        ({}, 2),
        ({"since": date(2026, 11, 1)}, 1),
        ({"until": date(2026, 11, 1)}, 1),
        ({"state": "told"}, 1),
        ({"channel": "phone"}, 1),
        ({"content_class": "rights", "category": "living"}, 2),
        ({"difficulty": "hard"}, 0),
        ({"department": "行政保障部"}, 1),
        ({"words": "末班车"}, 2),
        ({"words": old.number}, 1),
        ({"words": "，"}, 0),
    ):
        assert len(shown(world, **chosen)) == count, chosen


def test_late_and_in_time(world) -> None:
    early = world.now - timedelta(days=40)
    late = make.assigned(world, at=early)
    make.told(world)
    assert [row.case.pk for row in shown(world, timing="late")] == [late.case_id]
    assert [row.in_time for row in shown(world, timing="late")] == ["办理超期"]
    assert [row.in_time for row in shown(world, timing="ok")] == ["按时"]


def test_an_upper_union_narrows_to_a_unit_below(world) -> None:
    make.accepted(world)
    make.accepted(world, place=world.plant)
    assert len(shown(world, "upper")) == 2
    assert len(shown(world, "upper", unit="铸造")) == 1
    assert shown(world, "upper", unit="青石") == []
    assert shown(world, "upper", unit="没有这个单位") == []


def test_standing_of_steps_is_pure() -> None:
    today = date(2026, 11, 20)
    running = Clock(code="tell", due_on=date(2026, 11, 19))
    assert standing([running], today) == {"tell": "超期"}
    assert standing([Clock(code="tell", due_on=today)], today) == {"tell": "在办"}
    assert standing([Clock(code="tell", due_on=date(2026, 11, 1), paused_on=today)], today) == {"tell": "在办"}
    assert in_time({"accept": "按时", "tell": "超期"}) == "告知超期"
    assert in_time({}) == ""


def test_a_selection_survives_the_address() -> None:
    chosen = Selection(since=date(2026, 1, 1), words="末班车", state="told")
    assert Selection.of(chosen.plain()) == chosen
    assert Selection.of({"since": "昨天", "state": "told", "x": "y"}) == Selection(state="told")
    assert chosen.codes() == {"since": "2026-01-01", "state": "told", "words": "given"}


# --- few people -----------------------------------------------------------------------------------------------------


def test_of_a_rating_only_a_joint_grade_leaves_the_union(world) -> None:
    """No numbers, nothing before it was signed, nothing about few (secrecy.md)."""
    case = rated(world, *(make.voice() for _ in range(5)))
    (mine,), (theirs,) = shown(world), shown(world, "upper")
    assert (mine.survey, mine.people) == ("满意 5", (5, 5))
    assert (theirs.survey, theirs.people) == ("", (0, 0))
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    (theirs,) = shown(world, "upper")
    assert (theirs.survey, theirs.people) == ("总体评价：满意", (0, 0))
    assert [share.of for share in reads.sums([theirs]) if "满意" in share.label] == [0]


def test_a_rating_of_few_has_no_grade_elsewhere(world) -> None:
    case = rated(world, make.voice())
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    (mine,), (theirs,) = shown(world), shown(world, "upper")
    assert mine.survey == "满意"
    assert theirs.survey == TOO_FEW
    assert TOO_FEW in theirs.cells()


@pytest.mark.parametrize("people", [1, 5])
def test_a_filter_does_not_tell_what_only_a_joint_grade_may(world, people) -> None:
    rated(world, *(make.voice() for _ in range(people)), result="unsatisfied")
    assert len(shown(world, satisfaction="unsatisfied")) == 1
    assert shown(world, "upper", satisfaction="unsatisfied") == []


def test_sums_have_numerator_and_denominator(world) -> None:
    make.assigned(world, at=world.now - timedelta(days=40))
    rated(world, make.voice())
    found = {share.label: (share.part, share.of) for share in reads.sums(shown(world))}
    assert found["办理按时"] == (1, 2)
    assert found["告知按时"] == (1, 1)
    assert found["满意和基本满意"] == (1, 1)
    assert found["已归档"] == (0, 2)


# --- workbooks ------------------------------------------------------------------------------------------------------


def exported(world, **chosen) -> bytes:
    with acts.export_now(chosen=Selection(**chosen), by=world.as_("officer"), at=world.now) as book:
        return book.read()


def by_openpyxl(raw: bytes) -> list[list[object]]:
    sheet = load_workbook(io.BytesIO(raw)).active
    return [[_plain(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def by_calamine(raw: bytes) -> list[list[object]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
    return [[_plain(cell) for cell in row] for row in sheet.to_python()]


def _plain(cell: object) -> object:
    return "" if cell is None else cell.date() if hasattr(cell, "date") else cell


@pytest.mark.clause("MY-3.2.6")
def test_a_workbook_read_back_by_two_readers_is_cell_equal(world) -> None:
    rated(world, make.voice(name=NAME, phone=PHONE, words=ORIGINAL))
    make.accepted(world, make.voice(secrecy="named", name=NAME))
    raw = exported(world)
    wanted = [[column.heading for column in reads.COLUMNS]]
    wanted += [["" if cell is None else cell for cell in row.cells()] for row in shown(world)]
    assert by_openpyxl(raw) == wanted
    assert by_calamine(raw) == wanted
    text = str(by_openpyxl(raw))
    assert "夜班末班车提前，下班赶不上" in text
    assert not [word for word in (NAME, PHONE, ORIGINAL) if word in text]


def test_an_export_is_written_down_without_what_was_looked_for(world) -> None:
    make.accepted(world)
    exported(world, words="末班车", state="accepted")
    entry = Entry.objects.get(act="ledger.export")
    assert entry.chain == world.plant.pk
    assert entry.data == {"rows": 1, "filters": {"words": "given", "state": "accepted"}}
    assert Reading.objects.filter(what="export", person=world.posts["officer"].person_id).count() == 1


def test_a_long_selection_is_not_written_while_one_waits(world, monkeypatch) -> None:
    make.accepted(world)
    monkeypatch.setattr("huying.ledger.acts._exports.AT_ONCE", 0)
    with pytest.raises(Refused, match="在后台"):
        exported(world)


def test_the_background_writes_the_same_workbook_for_one_person(world) -> None:
    make.accepted(world)
    officer = world.as_("officer")
    export = acts.ask_export(chosen=Selection(words="末班车"), by=officer, at=world.now)
    assert "末班车" not in str(bytes(export.chosen))
    assert DBTaskResult.objects.filter(task_path="huying.ledger.jobs.write").count() == 1
    assert acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    export = reads.export_for(officer, export.pk)
    assert (export.written, export.total, export.percent) == (1, 1, 100)
    assert by_openpyxl(content(export.file)) == by_openpyxl(exported(world, words="末班车"))
    with pytest.raises(NotYours):
        reads.export_for(world.as_("second"), export.pk)
    assert not acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)


def test_a_stopped_export_leaves_nothing(world, monkeypatch) -> None:
    make.accepted(world)
    officer = world.as_("officer")
    export = acts.ask_export(chosen=Selection(), by=officer, at=world.now)
    acts.stop_export(export_id=export.pk, by=officer, at=world.now)
    assert not acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    export.refresh_from_db()
    assert (export.file, bytes(export.chosen)) == (None, b"")
    again = acts.ask_export(chosen=Selection(), by=officer, at=world.now)
    Export.objects.filter(pk=again.pk).update(written=1)  # being written just now
    acts.stop_export(export_id=again.pk, by=officer, at=world.now)
    assert not acts.write_export(export_id=again.pk, by=SYSTEM, at=world.now)
    assert Export.objects.get(pk=again.pk).gone_at is not None


def test_a_workbook_is_gone_after_a_day(world) -> None:
    make.accepted(world)
    officer = world.as_("officer")
    export = acts.ask_export(chosen=Selection(), by=officer, at=world.now)
    acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    jobs.sweep(at=world.now + timedelta(hours=23))
    assert reads.export_for(officer, export.pk).gone_at is None
    jobs.sweep(at=world.now + timedelta(hours=25))
    export = reads.export_for(officer, export.pk)
    assert export.gone_at is not None
    with pytest.raises(Refused):
        content(export.file)
    assert export.key.destroyed_at is not None


def test_the_shell_leaves_out_what_must_stay_unknown(world) -> None:
    make.said(world, concerns=Concerns(chair=True))
    make.accepted(world)
    for unit in (world.plant, world.county):
        with acts.export_unit(unit=unit, chosen=Selection(), by=SYSTEM, at=world.now) as book:
            assert len(by_openpyxl(book.read())) == 2


@pytest.mark.clause("MY-3.2.6")
def test_the_row_says_at_which_meeting_what_was_agreed(world) -> None:
    consultation.signed(world, consultation.ready(world))
    seen = reads.viewer(world.as_("officer"), world.now.date())
    (row,) = reads.rows_of([Case.objects.get().pk], seen, world.now.date())
    assert (row.met_on, row.meeting) == (world.now.date() + timedelta(days=7), "〔2026〕1号")
    headings = [column.heading for column in reads.COLUMNS]
    cells = dict(zip(headings, row.cells(), strict=True))
    assert cells["协商事项"] == "末班车恢复 22:40 发车"
    assert cells["会议编号"] == "〔2026〕1号"


def test_a_meeting_that_is_not_signed_yet_stands_in_no_row(world) -> None:
    consultation.circulated(world, consultation.ready(world))
    seen = reads.viewer(world.as_("officer"), world.now.date())
    (row,) = reads.rows_of([Case.objects.get().pk], seen, world.now.date())
    assert (row.met_on, row.meeting, row.measures) == (None, "", ())
