"""Papers from what really happened: who reads what on them, dossiers, archives, the reading log."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from itertools import product

import pytest
from docx import Document
from pypdf import PdfReader

from huying.cases.models import Case
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.climb import acts as climb
from huying.feedback import acts as feedback
from huying.files.reads import content
from huying.files.reads import name as name_of
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours, Refused
from huying.ledger import acts, reads
from huying.ledger.models import Export
from huying.ledger.rules import MOST_PAPERS, PAPERS, Selection
from huying.meetings import acts as meetings
from huying.trail.models import Entry, Reading
from tests.climb.tall import make_tall
from tests.factories import consultation
from tests.factories import world as make
from tests.papers.measure import texts

NAME, PHONE, ORIGINAL = "欧阳雪莲", "13912345678", "我是三号炉的，车太早"
SECRET = (NAME, PHONE, ORIGINAL)


def printed(world, case: Case, what: str, who: str = "officer", fmt: str = "pdf") -> bytes:
    return acts.print_paper(case_id=case.pk, what=what, fmt=fmt, by=world.as_(who), at=world.now)


def words(raw: bytes) -> str:
    """Everything a PDF or Word file says, its own properties included."""
    if raw.startswith(b"%PDF"):
        return "".join(texts(raw)) + str(PdfReader(io.BytesIO(raw)).metadata)
    paper = Document(io.BytesIO(raw))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    said = "".join("".join([*(p.text for p in paper.paragraphs), *cells]).split())
    return said + paper.core_properties.title + paper.core_properties.author


def sealed(world) -> Case:
    return make.told(world, make.voice(secrecy="sealed", name=NAME, phone=PHONE, words=ORIGINAL))


def rated(world, **voice) -> Case:
    spoken = make.voice(**voice)
    case = make.told(world, spoken)
    feedback.rate(result="satisfied", process="", words="", by=worker_by_receipt(spoken.receipt), at=world.now)
    return Case.objects.get(pk=case.pk)


# --- form 3 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-A3")
def test_form_3_is_filled_from_what_the_department_said_and_the_worker_was_told(world) -> None:
    item = make.assigned(world)
    by, later = world.as_("handler"), world.now + timedelta(days=2)
    handling.progress(item_id=item.pk, text="正与承运公司商量。", by=by, at=world.now)
    handling.finish(item_id=item.pk, able=False, text="没有司机。", done_on=None, by=by, at=later)
    handling.report(item_id=item.pk, text="年内排不出车。", by=by, at=later)
    handling.tell(
        case_id=item.case_id, how="phone", kind="explain", text="年内排不出，明年二月再议。", told_on=later.date(),
        by=world.as_("officer"), at=later,
    )  # fmt: skip
    text = words(printed(world, item.case, "form3")).replace("□", "")
    for said in (
        "2026年11月20日", "√正在进行中", "正与承运公司商量。", "2026年11月22日", "没有司机。",
        "年内排不出车。", "电话解释说明：年内排不出，明年二月再议。", "李慧敏", item.case.number, "职工诉求工作进展情况跟踪表",
    ):  # fmt: skip
        assert said in text
    assert text.count("√") == 2


@pytest.mark.clause("MY-A3")
def test_form_3_leaves_the_telling_to_the_union_that_has_the_case(world) -> None:
    case = sealed(world)
    assert "末班车恢复了。" in words(printed(world, case, "form3"))
    above = words(printed(world, case, "form3", "upper"))
    assert "末班车恢复了。" not in above
    assert "末班车自即日起恢复22:40发车。" in above
    item = case.items.get()
    own = words(acts.print_item_paper(item_id=item.pk, what="form3", fmt="pdf", by=world.as_("handler"), at=world.now))
    assert "公开副本" in own
    assert item.code in own
    for secret in (*SECRET, case.number, "末班车恢复了。"):
        assert secret not in own


def test_form_3_of_a_case_the_union_settled_itself_is_one_sheet(world) -> None:
    assert len(texts(printed(world, make.accepted(world), "form3"))) == 1


# --- form 2 -----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-A2")
def test_form_2_marks_where_the_case_and_its_item_stand(world) -> None:
    item = make.assigned(world)
    handling.take_item(item_id=item.pk, by=world.as_("handler"), at=world.now)
    text = words(printed(world, item.case, "form2"))
    assert "目前：办理中" in text
    assert text.count("目前在这里") == 2  # the case, and inside it the department's item
    assert "正在进行中（目前在这里）" in text
    assert "目前：待测评" in words(printed(world, make.told(world), "form2"))


@pytest.mark.clause("MY-A2")
def test_form_2_of_somebody_elses_case_is_not_there(world) -> None:
    case = make.accepted(world)
    for who in ("foreign", "handler", "manager", "liaison", "delegate", "system", "audit"):
        with pytest.raises(NotYours):
            printed(world, case, "form2", who)


def test_the_chart_carries_the_limits_of_the_rules_the_case_keeps(world) -> None:
    limits = [limit for stage in reads.chart_of(make.accepted(world)).stages for limit in stage.limits]
    assert any("书面反馈" in limit and "3" in limit for limit in limits)


# --- secrecy on every paper -------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-A1")
@pytest.mark.parametrize("secrecy", ["sealed", "anonymous"])
def test_no_paper_carries_who_spoke_or_the_sealed_words(world, secrecy) -> None:
    case = rated(world, secrecy=secrecy, name=NAME, phone=PHONE, words=ORIGINAL)
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    made = [
        printed(world, case, one.code, who, fmt)
        for one, who in product(PAPERS.values(), ("officer", "chair", "upper"))
        for fmt in one.formats
    ]
    item = case.items.get()
    made += [
        acts.print_item_paper(item_id=item.pk, what=what, fmt=fmt, by=world.as_(who), at=world.now)
        for what, fmt, who in product(("form1", "form3"), ("pdf", "docx"), ("handler", "manager", "officer", "upper"))
    ]
    for raw in made:
        text = words(raw)
        assert not [secret for secret in SECRET if secret in text]


@pytest.mark.clause("MY-A1")
def test_the_masked_copy_is_for_who_works_on_it_and_the_unions_that_read_the_case(world) -> None:
    item = sealed(world).items.get()
    for who in ("handler", "head", "manager", "officer", "chair", "upper"):
        raw = acts.print_item_paper(item_id=item.pk, what="form1", fmt="pdf", by=world.as_(who), at=world.now)
        assert item.case.number not in words(raw)
    for who in ("other_handler", "foreign", "liaison", "delegate", "system", "security", "audit"):
        with pytest.raises(NotYours):
            acts.print_item_paper(item_id=item.pk, what="form1", fmt="pdf", by=world.as_(who), at=world.now)
    for what, fmt in (("dossier", "pdf"), ("form2", "pdf"), ("form1", "exe"), ("nothing", "pdf")):
        with pytest.raises(NotYours):
            acts.print_item_paper(item_id=item.pk, what=what, fmt=fmt, by=world.as_("handler"), at=world.now)


def test_whom_a_case_names_prints_nothing_of_it(world) -> None:
    case = make.said(world, concerns=Concerns(chair=True))
    for what in PAPERS:
        with pytest.raises(NotYours):
            printed(world, case, what, "chair")


def test_every_print_is_a_look(world) -> None:
    case = rated(world, secrecy="named", name=NAME)
    for one in PAPERS.values():
        printed(world, case, one.code)
        assert Reading.objects.filter(what=one.reading, subject=case.pk).count() == 1
    assert (
        Reading.objects.filter(what="identity", subject=case.pk).count() == 2
    )  # form 1, and the dossier that holds it


# --- the dossier ------------------------------------------------------------------------------------------------------


def test_a_dossier_has_cover_contents_with_true_page_numbers_and_every_paper(world) -> None:
    case = rated(world, secrecy="named", name=NAME, phone=PHONE)
    feedback.sign_and_archive(case_id=case.pk, by=world.as_("second"), at=world.now)
    cover, contents, *rest = texts(printed(world, Case.objects.get(pk=case.pk), "dossier"))
    assert "职工诉求办理卷宗" in cover
    assert case.number in cover
    assert "序号文件名称日期页号备注" in contents
    parts = [
        "职工诉求记录表",
        "职工诉求工作进展情况跟踪表",
        "职工诉求满意度调查表",
        "办理经过",
        "承办部门书面反馈",
        "告知记录",
        "满意度测评",
    ]
    for place, part in enumerate(parts, start=1):
        assert f"{place}{part}" in contents
        begins = next(number for number, text in enumerate(rest, start=1) if text.startswith(part))
        after = contents[contents.index(f"{place}{part}") :]
        assert f"日{begins}" in after
        assert f"第{begins}页共{len(rest)}页" in rest[begins - 1]
    assert NAME in rest[0]
    assert "满意1" in "".join(rest)
    assert "第1页" not in cover + contents


def test_a_dossier_shows_each_reader_what_the_page_shows(world) -> None:
    case = rated(world, secrecy="named", name=NAME, phone=PHONE)
    mine, above = words(printed(world, case, "dossier")), words(printed(world, case, "dossier", "upper"))
    assert NAME in mine
    assert "告知记录" in mine
    assert "满意度测评" in mine
    for hidden in (NAME, PHONE, "告知记录", "末班车恢复了。", "满意1"):
        assert hidden not in above
    assert "末班车自即日起恢复22:40发车。" in above


def test_a_dossier_lists_attachments_by_kind_not_by_name(world) -> None:
    from tests.matrix.scene import Scene

    scene = Scene(world)
    case = scene.released("plant").case
    mine, above = words(printed(world, case, "dossier")), words(printed(world, case, "dossier", "upper"))
    assert "原件，密封" in mine
    assert "原件" not in above
    for text in (mine, above):
        assert "附件1" in text
        assert "IMG_1" not in text


def test_a_dossier_tells_what_meetings_made_of_it_once_the_minutes_went_round(world) -> None:
    held = consultation.held(world, consultation.ready(world, case := make.accepted(world)))
    assert "协商会议" not in contents(world, case)
    meetings.circulate(meeting_id=held.pk, by=world.as_("officer"), at=held.starts_at + timedelta(hours=2))
    assert "协商会议" in contents(world, case)
    text = words(printed(world, case, "dossier"))
    assert "定下事项" in text
    assert "末班车恢复22:40发车。行政保障部，2026年12月7日前。" in text


def contents(world, case: Case) -> str:
    return texts(printed(world, case, "dossier"))[1]


def test_a_dossier_tells_how_it_climbed(now, db) -> None:
    tall = make_tall(now)
    rung = tall.sent()
    above = climb.take_rung(rung_id=rung.pk, by=tall.as_("group"), at=now)
    climb.give_back(rung_id=above.pk, guidance="先同车队再谈一次。", by=tall.as_("group"), at=now)
    text = words(printed(tall, rung.case, "dossier"))
    assert "山泉机械有限公司工会报山泉集团工会" in text
    assert "已经做过：同后勤部谈了两次，同车队谈了一次。" in text
    assert "先同车队再谈一次。" in text


def test_an_unreleased_case_prints_without_a_word_of_it(world) -> None:
    case = make.said(world, make.voice(secrecy="named", name=NAME, words=ORIGINAL))
    text = words(printed(world, case, "dossier"))
    assert "待写公开摘要" in text
    assert ORIGINAL not in text


# --- archives ---------------------------------------------------------------------------------------------------------


def archive(world, **asked) -> tuple[Export, zipfile.ZipFile]:
    officer = world.as_("officer")
    given = {"chosen": Selection(), "what": "form1", "fmt": "pdf", **asked}
    export = acts.ask_export(by=officer, at=world.now, **given)
    assert acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    export = reads.export_for(officer, export.pk)
    return export, zipfile.ZipFile(io.BytesIO(content(export.file)))


@pytest.mark.parametrize(
    ("what", "fmt"), [(one.code, fmt) for one in PAPERS.values() for fmt in one.formats], ids=lambda part: part
)
def test_papers_of_many_cases_come_as_one_archive_named_by_number_only(world, what, fmt) -> None:
    cases = [make.told(world, make.voice(secrecy="named", name=NAME)) for _ in range(3)]
    export, found = archive(world, what=what, fmt=fmt)
    assert (export.written, export.total, export.percent) == (3, 3, 100)
    assert name_of(export.file) == f"{PAPERS[what].name}.zip"
    names = found.namelist()
    assert [name[4:] for name in names] == [f"{case.number}.{fmt}" for case in reversed(cases)]
    assert not [name for name in names if NAME in name]
    assert all(len(words(found.read(name))) > 50 for name in names)
    assert Reading.objects.filter(what=PAPERS[what].reading).count() == 3


def test_only_those_picked_and_only_those_in_reach(world) -> None:
    picked, _other = make.told(world), make.told(world)
    foreign = make.said(world, place=world.other)
    export, found = archive(world, only=[picked.pk, foreign.pk])
    assert export.total == 1
    assert found.namelist() == [f"001 {picked.number}.pdf"]


def test_what_was_asked_for_is_written_down_without_names(world) -> None:
    make.told(world)
    archive(world, chosen=Selection(words="末班车"), what="dossier")
    entry = Entry.objects.get(act="ledger.export")
    assert entry.data == {"rows": 1, "filters": {"words": "given"}, "what": "dossier"}


def test_too_many_none_and_what_does_not_exist_are_refused(world, monkeypatch) -> None:
    ask = {"chosen": Selection(), "by": world.as_("officer"), "at": world.now, "what": "form1", "fmt": "pdf"}
    with pytest.raises(Refused, match="没有可以打印"):
        acts.ask_export(**ask)
    make.told(world)
    monkeypatch.setattr("huying.ledger.acts._exports.MOST_PAPERS", 0)
    with pytest.raises(Refused, match="一次最多"):
        acts.ask_export(**ask)
    monkeypatch.setattr("huying.ledger.acts._exports.MOST_PAPERS", MOST_PAPERS)
    for what, fmt in (("dossier", "docx"), ("nothing", "pdf")):
        with pytest.raises(NotYours):
            acts.ask_export(**{**ask, "what": what, "fmt": fmt})
    with pytest.raises(NotYours):
        acts.ask_export(**{**ask, "by": world.as_("handler")})


def test_an_archive_stops_when_asked_and_leaves_nothing(world) -> None:
    for _ in range(2):
        make.told(world)
    officer = world.as_("officer")
    export = acts.ask_export(chosen=Selection(), what="form1", fmt="pdf", by=officer, at=world.now)
    Export.objects.filter(pk=export.pk).update(written=1)  # being written just now
    acts.stop_export(export_id=export.pk, by=officer, at=world.now)
    assert not acts.write_export(export_id=export.pk, by=SYSTEM, at=world.now)
    export.refresh_from_db()
    assert (export.file, bytes(export.chosen)) == (None, b"")
    assert export.gone_at is not None
