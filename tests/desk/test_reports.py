"""The pages of reports and assessment: what they show, what stays typed, what a reader outside does not find."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import count

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from huying.oversight import acts
from huying.oversight.models import Report, Sheet
from tests.desk.browser import as_, page
from tests.oversight.made import assessed, counted, drafted, issued, sheet_of, some

_keys = count(1)


def post(client, address, status=302, **typed):
    answer = client.post(address, {"once": f"{next(_keys):032d}", **typed})
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def at(name, *args):
    return reverse(f"desk:{name}", args=args)


def who(world, name="chair"):
    return {"by": world.as_(name), "at": world.now}


def typed_of(client, report: Report) -> dict[str, str]:
    """What the form of the words holds."""
    html = page(client.get(at("report_write", report.pk)))
    given = dict(re.findall(r'<input[^>]*name="(title|heading-\d|version)"[^>]*value="([^"]*)"', html))
    given |= (
        dict(re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="(version)"', html)) if "version" not in given else {}
    )
    areas = dict(re.findall(r'<textarea[^>]*name="(text-\d)"[^>]*>\s*(.*?)</textarea>', html, re.DOTALL))
    return {**given, **areas, "to": report.to}


@pytest.mark.clause("MY-4.1")
def test_drafted_in_one_click_edited_and_issued(world) -> None:
    some(world, 6)
    counted(world)
    client = as_(world, "chair")
    assert "还没有写过情况报告" in page(client.get(at("reports")))
    page(client.get(at("report_new")))
    post(client, at("report_new"), unit=str(world.plant.pk), period="2026Q3", to="both")
    report = Report.objects.get()
    html = page(client.get(at("report", report.pk)))
    for words in ("还有 1 处要人来写", "先补上要人写的几处", "2026年第三季度", f"at={world.plant.pk}"):
        assert words in html
    typed = typed_of(client, report)
    assert "【请写明下一步打算】" in typed["text-4"]
    typed |= {"text-4": "逐件督办。"}
    post(client, at("report_write", report.pk), **typed)
    html = page(client.get(at("report", report.pk)))
    assert "逐件督办。" in html
    assert 'data-open="issue"' in html
    post(client, at("report_issue", report.pk), version="2")
    assert "〔2026〕1号" in page(client.get(at("report", report.pk)))
    assert client.get(at("report_write", report.pk)).status_code == 409


def test_what_was_typed_stays_when_it_is_refused_or_somebody_was_faster(world) -> None:
    report = drafted(world)
    client = as_(world, "chair")
    typed = typed_of(client, report) | {"text-4": ""}
    html = page(client.post(at("report_write", report.pk), {**typed, "title": "我改的题目", "once": "k" * 32}), 422)
    assert "我改的题目" in html
    assert "这一项要填写" in html
    other = typed_of(as_(world, "officer"), report)
    post(as_(world, "officer"), at("report_write", report.pk), **{**other, "text-4": "别人写的打算。"})
    html = page(client.post(at("report_write", report.pk), {**typed, "text-4": "我写的打算。", "once": "m" * 32}), 422)
    for words in ("我写的打算。", "别人写的打算。", "李慧敏", "有了新的变化"):
        assert words in html


def test_a_double_click_drafts_once(world) -> None:
    client = as_(world, "chair")
    given = {"once": "d" * 32, "unit": str(world.plant.pk), "period": "2026Q3", "to": "both"}
    places = {client.post(at("report_new"), given).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert Report.objects.count() == 1


@pytest.mark.clause("MY-4.1")
def test_management_reads_what_was_sent_to_it_without_a_way_to_the_cases(world) -> None:
    some(world, 6)
    report = issued(world)
    manager = as_(world, "manager")
    assert manager.get(at("report", report.pk)).status_code == 404
    assert "工会还没有送来报告" in page(manager.get(at("reports")))
    post(as_(world, "chair"), at("report_act", report.pk, "send"), side="management", on="2026-11-20", whom="")
    post(as_(world, "chair"), at("report_act", report.pk, "send"), side="party", on="2026-11-20", whom="党委办公室")
    acts.remark_report(
        report_id=report.pk, side="party", name="书记", text="党委的批示", on=world.now.date(), **who(world)
    )
    html = page(manager.get(at("report", report.pk)))
    assert "共收到职工诉求和建议6件" in html
    for words in ("/desk/ledger/", "党委的批示", "党委办公室", "经过", "登记送阅"):
        assert words not in html
    post(manager, at("report", report.pk), text="请后勤部抓紧。")
    assert "请后勤部抓紧。" in page(as_(world, "chair").get(at("report", report.pk)))
    post(manager, at("report", report.pk), 422, text="")


@pytest.mark.clause("MY-4.1")
def test_on_paper_in_the_official_layout_with_the_table(world) -> None:
    some(world, 6)
    report = issued(world)
    client = as_(world, "chair")
    pdf = client.get(at("report_print", report.pk, "pdf"))
    text = (
        "".join(one.extract_text() for one in PdfReader(BytesIO(pdf.content)).pages).replace("\n", "").replace(" ", "")
    )
    for words in (
        "山泉机械有限公司工会",
        "〔2026〕1号",
        "一、基本情况",
        "五、下一步",
        "附件",
        "机制运行情况表",
        "2026年11月20日",
    ):
        assert words in text
    word = Document(BytesIO(client.get(at("report_print", report.pk, "docx")).content))
    text = "\n".join(one.text for one in word.paragraphs)
    for words in ("一、基本情况", "〔2026〕1号", "共收到职工诉求和建议6件"):
        assert words in text
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    assert "6 件" in cells
    assert client.get(at("report_print", report.pk, "xlsx")).status_code == 404


def test_an_upper_union_reads_what_was_issued_below(world) -> None:
    drafted(world)
    report = issued(world)
    client = as_(world, "upper")
    html = page(client.get(at("reports") + "?tab=below"))
    assert html.count(at("report", report.pk)) >= 1
    assert html.count("山泉机械有限公司工会") == 1
    assert "经过" not in page(client.get(at("report", report.pk)))
    post(client, at("report", report.pk), 404, text="看过")


# --- assessment ---------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-4.2")
def test_the_sheet_says_how_it_was_computed_and_opens_the_cases(world) -> None:
    some(world, 6)
    sheet = sheet_of(assessed(world), world.plant)
    html = page(as_(world, "upper").get(at("sheet", sheet.pk)))
    for words in (
        "怎么算的",
        "按时受理",
        "6 / 6",
        f"at={world.plant.pk}",
        "蒙会发〔2017〕21号",
        f"{sheet.score}",
        "更正",
    ):
        assert words in html
    assert as_(world, "chair").get(at("sheet", sheet.pk)).status_code == 404


@pytest.mark.clause("MY-4.2")
def test_county_corrects_unit_objects_county_answers(world) -> None:
    some(world, 6)
    of = assessed(world)
    sheet = sheet_of(of, world.plant)
    upper, chair = as_(world, "upper"), as_(world, "chair")
    page(upper.get(at("sheet_correct", sheet.pk, "ledger")))
    assert "0 到 5 分" in page(
        upper.post(at("sheet_correct", sheet.pk, "ledger"), {"points": "9", "reason": "查过", "once": "a" * 32}), 422
    )
    post(upper, at("sheet_correct", sheet.pk, "ledger"), points="4.5", reason="查了卷宗")
    post(upper, at("round_confirm", of.pk), remark="属实")
    html = page(chair.get(at("sheet", sheet.pk)))
    for words in ("更正：查了卷宗", "0.0", "4.5", "核对无误", "申诉"):
        assert words in html
    page(chair.get(at("sheet_object", sheet.pk)))
    post(chair, at("sheet_object", sheet.pk), text="归档的有 6 件")
    post(upper, at("sheet_close", sheet.pk), 422, answer="")
    assert "归档的有 6 件" in page(upper.get(at("sheet_close", sheet.pk)))
    post(upper, at("sheet_close", sheet.pk), answer="已核对")
    html = page(upper.get(at("sheet", sheet.pk)))
    assert "签署意见" in html
    assert "已核对" in page(chair.get(at("sheet", sheet.pk)))
    assert "签署意见" not in page(chair.get(at("sheet", sheet.pk)))


@pytest.mark.clause("MY-4.2")
def test_the_list_begins_with_the_worst_and_goes_to_paper_and_excel(world) -> None:
    of = assessed(world)
    Sheet.objects.filter(unit=world.plant).update(score="55.5")
    Sheet.objects.filter(unit=world.other).update(score="91")
    client = as_(world, "upper")
    html = page(client.get(at("round", of.pk)))
    assert html.index("山泉机械有限公司工会") < html.index("青石医院工会")
    assert "没有符合的单位" in page(client.get(at("round", of.pk) + "?state=closed"))
    page(client.get(at("round", of.pk) + "?state=nonsense&below=nowhere&page=99"))
    answer = client.get(at("round_table", of.pk, "xlsx"))
    rows = list(load_workbook(BytesIO(b"".join(answer.streaming_content))).active.values)
    assert rows[0][:4] == ("序号", "单位", "状态", "得分")
    assert [row[1] for row in rows[1:]] == ["山泉机械有限公司工会", "青石医院工会"]
    assert rows[1][3] == 55.5
    pdf = PdfReader(BytesIO(client.get(at("round_table", of.pk, "pdf")).content))
    assert "山泉机械有限公司工会" in "".join(pdf.pages[0].extract_text().split())
    assert client.get(at("sheet_print", sheet_of(of, world.plant).pk)).content[:4] == b"%PDF"


@pytest.mark.clause("MY-4.2")
def test_who_may_be_proposed_who_not_and_why(world) -> None:
    of = assessed(world)
    acts.confirm_round(round_id=of.pk, **who(world, "upper"))
    sheet = sheet_of(of, world.plant)
    acts.agree_sheet(sheet_id=sheet.pk, **who(world))
    acts.close_sheet(sheet_id=sheet.pk, **who(world, "upper"))
    Sheet.objects.filter(pk=sheet.pk).update(score="92", missed=0)
    client = as_(world, "upper")
    html = page(client.get(at("honours", of.pk)))
    able, not_able = html.split('id="not"')
    assert "山泉机械有限公司工会" in able
    for words in ("郑卫国", "冯国庆", "签署意见"):
        assert words in able
    assert "青石医院工会" in not_able
    assert "考核表还没有定下" in not_able
    page(client.get(at("sheet_opinion", sheet.pk)))
    given = {
        "about": "politics",
        "person": str(world.posts["manager"].person_id),
        "stance": "support",
        "text": "同意。",
    }
    post(client, at("sheet_opinion", sheet.pk), 422, **{**given, "person": "unit"})
    post(client, at("sheet_opinion", sheet.pk), **given)
    assert "冯国庆，同意" in page(client.get(at("honours", of.pk)))


def test_what_is_typed_about_a_sheet_outlives_the_session_and_a_refusal(world) -> None:
    """Confirm, correct, object, close, opinion: kept while typing, still there after signing in anew, gone once done."""
    of = assessed(world)
    sheet = sheet_of(of, world.plant)
    for by, act, typed in (
        ("upper", at("sheet_correct", sheet.pk, "ledger"), {"points": "4.5", "reason": "查了卷宗"}),
        ("upper", at("sheet_confirm", sheet.pk), {"remark": "总体不错"}),
        ("chair", at("sheet_object", sheet.pk), {"text": "归档的有 6 件"}),
        ("upper", at("sheet_close", sheet.pk), {"answer": "查过了，按原来的分"}),
        ("upper", at("sheet_opinion", sheet.pk),
         {"about": "honours", "person": "unit", "stance": "against", "text": "先补齐台账"}),
    ):  # fmt: skip
        client = as_(world, by)
        form = re.search(r'data-draft="([^"]+)"', page(client.get(act)))[1]
        kept = at("draft", form)
        assert client.post(kept, {"fields": typed}, content_type="application/json").status_code == 200
        client.logout()
        assert client.post(act, {"once": f"{next(_keys):032d}", **typed}).status_code == 302
        again = as_(world, by)
        assert again.get(kept).json()["fields"] == typed, act
        words = [*typed][-1]
        refused = page(post(again, act, 422, **{**typed, words: typed[words] + "好" * 9000}), 422)
        assert typed[words] + "好" * 50 in refused, act
        assert again.get(kept).status_code == 200, act
        post(again, act, **typed)
        assert again.get(kept).status_code == 204, act
