"""The workbook: read tolerantly, refused as a whole in words, imported twice without a trace."""

import time
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours, Refused
from huying.kernel.models import Draft
from huying.org import acts, reads
from huying.org.models import Department, Level, Person, Post, Role, Unit
from huying.org.roster import SHEETS, read, template
from huying.trail.models import Entry
from tests.conftest import NOW
from tests.factories.org import make_department, make_member, make_person, make_post, make_unit

pytestmark = pytest.mark.django_db


def book(**pages) -> bytes:
    """A workbook; each page is a list of rows, the first being the headings."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in pages.items():
            page = workbook.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    page.write_datetime(r, c, cell, day) if isinstance(cell, date) else page.write(r, c, cell)
    return out.getvalue()


UNITS = [
    ["名称", "上级", "层级", "简称", "职工人数", "单位性质", "设立日期"],
    ["一车间", "新厂工会", "车间", "", 120, "", ""],
    ["新厂工会", "乙县总工会", "企事业单位", "新厂", 1000, "民营", date(2016, 5, 1)],
]
DEPARTMENTS = [["所属组织", "部门名称"], ["新厂工会", "保障部"]]
PEOPLE = [
    ["单位", "姓名", "工号", "性别", "是否会员"],
    ["新厂工会", "曾某", 1001, "女", "是"],
    ["一车间", "单某", "0002", "男", "否"],
]
POSTS = [
    ["组织", "姓名", "工号", "角色", "部门", "任职自"],
    ["新厂工会", "曾某", "1001", "工会主席", "", "2026年1月1日"],
    ["新厂工会", "单某", "0002", "部门承办人", "保障部", "2026-01-01"],
]
WHOLE = {"组织": UNITS, "部门": DEPARTMENTS, "人员花名册": PEOPLE, "任职": POSTS, "说明": [["随便"]]}


@pytest.fixture
def county():
    return make_unit("乙县总工会", level=Level.COUNTY)


@pytest.fixture
def system(county):
    return make_member(county, Role.SYSTEM_ADMIN)


def bring(pages, by=SYSTEM):
    return acts.import_roster(content=book(**pages), seen=None, by=by, at=NOW)


def test_a_whole_workbook_comes_in(county):
    report = bring(WHOLE)
    assert report.faults == []
    assert report.counts() == {
        "组织": {"new": 2, "changed": 0, "same": 0},
        "部门": {"new": 1, "changed": 0, "same": 0},
        "人员": {"new": 2, "changed": 0, "same": 0},
        "任职": {"new": 2, "changed": 0, "same": 0},
    }
    works, shop = Unit.objects.get(name="新厂工会"), Unit.objects.get(name="一车间")
    assert Unit.objects.get_parent(shop) == works
    assert (works.opened_on, works.ownership, works.root) == (date(2016, 5, 1), "private", county)
    person = Person.objects.get(name="曾某")
    assert (person.staff_no, person.sex, person.name_sort) == ("1001", "f", "zeng mou zengmou zm")
    assert Post.objects.get(role=Role.HANDLER).department == Department.objects.get(name="保障部")
    assert Entry.objects.get(chain=shop.pk, act="people.imported").data == {"people_new": 1, "people_changed": 0}
    assert "曾" not in str(list(Entry.objects.values_list("data", flat=True)))


def test_the_second_time_nothing_happens(county):
    bring(WHOLE)
    before = Entry.objects.count()
    report = bring(WHOLE)
    assert {outcome.what for outcome in report.outcomes} == {"same"}
    assert Entry.objects.count() == before


def test_changes_are_shown_in_words(county):
    bring(WHOLE)
    pages = {
        "组织": [UNITS[0], ["新厂工会", "", "", "", 1100, "", ""]],
        "人员": [["组织", "姓名", "工号", "电话"], ["新厂工会", "曾某", "1001", "12351"]],
    }
    report = acts.rehearse_roster(content=book(**pages), by=SYSTEM, at=NOW)
    assert [o.details for o in report.outcomes] == [("职工人数：1000 → 1100",), ("电话：空 → 12351",)]
    assert Unit.objects.get(name="新厂工会").workers == 1000


def test_empty_cells_change_nothing(county):
    bring(WHOLE)
    bring({"组织": [UNITS[0], ["新厂工会", "", "", "", "", "", ""]]})
    assert Unit.objects.get(name="新厂工会").workers == 1000


def faults(**pages):
    report = acts.rehearse_roster(content=book(**pages), by=SYSTEM, at=NOW)
    return [(f.sheet, f.row, f.column, f.message) for f in report.faults]


@pytest.mark.parametrize(
    ("pages", "place", "words"),
    [
        ({"组织": [UNITS[0], ["甲厂", "没有的县", "企业", "", "", "", ""]]}, ("组织", 2, "上级"), "没有找到“没有的县”"),
        ({"组织": [UNITS[0], ["甲厂", "", "企业", "", "", "", ""]]}, ("组织", 2, "上级"), "请写明上级"),
        ({"组织": [UNITS[0], ["甲厂", "乙县总工会", "", "", "", "", ""]]}, ("组织", 2, "层级"), "请填写层级"),
        ({"组织": [UNITS[0], ["甲厂", "乙县总工会", "公司", "", "", "", ""]]}, ("组织", 2, "层级"), "“公司”不认识"),
        ({"组织": [UNITS[0], ["甲厂", "乙县总工会", "车间", "", "", "", ""]]}, ("组织", 2, "层级"), "不能放在"),
        ({"组织": [UNITS[0], ["甲厂", "乙县总工会", "企业", "", "很多", "", ""]]}, ("组织", 2, "职工人数"), "不是人数"),
        ({"组织": [UNITS[0], ["甲厂", "乙县总工会", "企业", "", "", "", "去年"]]}, ("组织", 2, "设立日期"), "不是日期"),
        ({"组织": [UNITS[0], ["甲厂", "丙厂", "企业"], ["丙厂", "甲厂", "企业"]]}, ("组织", 2, "上级"), "一圈"),
        ({"部门": [["组织", "部门名称"], ["乙县总工会", ""]]}, ("部门", 2, "部门名称"), "请填写部门名称"),
        ({"部门": [["组织", "电话"], ["乙县总工会", "1"]]}, ("部门", None, ""), "没有找到表头"),
        ({"人员": [["姓名", "工号"], ["某人", "1"]]}, ("人员", 1, "组织"), "缺少这一列"),
        ({"人员": [["组织", "姓名", "性别"], ["乙县总工会", "某人", "不明"]]}, ("人员", 2, "性别"), "男或女"),
        ({"人员": [["组织", "姓名"], ["乙县总工会", "字" * 41]]}, ("人员", 2, "姓名"), "40"),
        (
            {"人员": [["组织", "姓名", "工号"], ["乙县总工会", "某", "1"], ["乙县总工会", "别", "1"]]},
            ("人员", 3, "工号"),
            "现在是“某”的",
        ),
        (
            {"人员": [["组织", "姓名"], ["乙县总工会", "某"], ["乙县总工会", "某"]]},
            ("人员", 3, "姓名"),
            "和第 2 行是同一个人",
        ),
        (
            {"任职": [["组织", "姓名", "角色"], ["乙县总工会", "无此人", "工会干部"]]},
            ("任职", 2, "姓名"),
            "没有找到“无此人”",
        ),
        ({"任职": [["组织", "姓名", "角色"], ["乙县总工会", "甲某", "国王"]]}, ("任职", 2, "角色"), "“国王”不认识"),
        ({"任职": [["组织", "姓名", "角色"], ["乙县总工会", "甲某", "部门承办人"]]}, ("任职", 2, "部门"), "请选择部门"),
        (
            {"任职": [["组织", "姓名", "角色"], ["乙县总工会", "甲某", "审计管理员"]]},
            ("任职", 2, "角色"),
            "不能由同一个人",
        ),
    ],
)
def test_every_error_names_sheet_row_column_and_what_to_do(county, pages, place, words):
    make_post(county, Role.OFFICER, person=make_person(county, "甲某"))
    found = faults(**pages)
    assert found[0][:3] == place
    assert words in found[0][3]
    with pytest.raises(Refused, match="没有导入"):
        bring(pages)
    assert not Unit.objects.filter(name="甲厂").exists()


def test_one_error_and_nothing_comes_in(county):
    pages = {**WHOLE, "任职": [*POSTS, ["新厂工会", "查无此人", "", "工会干部", "", ""]]}
    with pytest.raises(Refused, match="第 4 行"):
        bring(pages)
    assert Unit.objects.count() == 1
    assert not Person.objects.exists()


def test_names_that_occur_twice_need_the_unit_above(county):
    for name in ("甲厂", "乙厂"):
        make_unit("一车间", under=make_unit(name, under=county), level=Level.WORKSHOP)
    assert "有 2 个“一车间”" in faults(部门=[["组织", "部门名称"], ["一车间", "班组"]])[0][3]
    bring({"部门": [["组织", "部门名称"], ["乙厂/一车间", "班组"]]})
    assert Unit.objects.get_parent(Department.objects.get().unit).name == "乙厂"


def test_each_administrator_imports_only_their_pages(county, system):
    report = bring(WHOLE, by=system)
    assert report.notes == ["“任职”这一页由安全管理员导入，这次跳过。"]
    assert not Post.objects.filter(role=Role.CHAIR).exists()
    security = make_member(county, Role.SECURITY_ADMIN)
    report = bring(WHOLE, by=security)
    assert report.counts() == {"任职": {"new": 2, "changed": 0, "same": 0}}
    with pytest.raises(NotYours):
        bring(WHOLE, by=make_member(county, Role.OFFICER))


def test_what_changed_since_the_preview_stops_the_import(county, system):
    content = book(**WHOLE)
    seen = acts.rehearse_roster(content=content, by=system, at=NOW).digest
    acts.open_unit(parent=county, level=Level.ENTERPRISE, name="新厂工会", short_name="新厂", by=system, at=NOW)
    with pytest.raises(Refused, match="预览之后"):
        acts.import_roster(content=content, seen=seen, by=system, at=NOW)


def test_the_workbook_waits_encrypted_for_its_owner_only(county, system):
    content = book(**WHOLE)
    acts.keep_workbook(content=content, by=system, at=NOW)
    assert content[:200] not in bytes(Draft.objects.get().sealed)
    assert reads.kept_workbook(system) == content
    assert reads.kept_workbook(make_member(county, Role.SYSTEM_ADMIN)) is None
    seen = acts.rehearse_roster(content=content, by=system, at=NOW).digest
    acts.import_roster(content=content, seen=seen, by=system, at=NOW)
    assert reads.kept_workbook(system) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "打不开"),
        (b"PK\x03\x04 no", "打不开"),
        (book(随便=[["a"]]), "没有找到可以导入的页"),
        (b"x" * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_in_words(system, content, words):
    with pytest.raises(Refused, match=words):
        acts.keep_workbook(content=content, by=system, at=NOW)


def test_the_template_is_read_by_its_own_reader(county):
    content = template()
    assert read(content).lines == {sheet.code: [] for sheet in SHEETS}
    examples = {
        sheet.name: [[column.heading for column in sheet.columns], *map(list, sheet.example)] for sheet in SHEETS
    }
    examples["组织"][1][1] = "乙县总工会"
    examples["组织"][1][2] = "乡镇（街道）"
    report = bring(examples)
    assert report.counts()["任职"]["new"] == 2


def test_unknown_columns_and_pages_are_named(county):
    report = acts.rehearse_roster(
        content=book(人员=[["组织", "姓名", "星座"], ["乙县总工会", "某", "羊"]], 食谱=[["早饭"]]), by=SYSTEM, at=NOW
    )
    assert sorted(report.notes) == sorted(
        ["“人员”里的“星座”这一列不认识，没有读。", "“食谱”这一页不在模板里，没有读。"]
    )


def test_five_thousand_rows_in_reasonable_time(county, django_assert_max_num_queries):
    units = [["名称", "上级", "层级"], *([f"第{i}厂", "乙县总工会", "企业"] for i in range(50))]
    people = [["组织", "姓名", "工号"], *([f"第{i % 50}厂", f"职工{i}", str(i)] for i in range(5000))]
    content = book(组织=units, 人员=people)
    began = time.monotonic()
    with django_assert_max_num_queries(1500):
        report = acts.import_roster(content=content, seen=None, by=SYSTEM, at=NOW)
    assert len(report.outcomes) == 5050
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026年1月31日", date(2026, 1, 31)),
        ("2026/1/3", date(2026, 1, 3)),
        ("20260103", date(2026, 1, 3)),
        (46053, date(2026, 1, 31)),
        ("2026-111", None),
        ("2026-02-30", None),
    ],
)
def test_dates_are_understood_as_people_write_them(county, words, day):
    content = book(组织=[["名称", "设立日期"], ["乙县总工会", words]])
    report = acts.rehearse_roster(content=content, by=SYSTEM, at=NOW)
    if day is None:
        assert "不是日期" in report.faults[0].message
    else:
        assert read(content).lines["units"][0].values["opened_on"] == day


def test_the_same_page_twice_is_refused(county):
    rows = [["组织", "姓名"], ["乙县总工会", "某"]]
    assert "有两页" in faults(人员=rows, 花名册=rows)[0][3]


def test_a_post_can_be_ended_by_the_book(county):
    post = make_post(county, Role.OFFICER, person=make_person(county, "甲某"))
    make_department(county)
    report = bring({"任职": [["组织", "姓名", "角色", "任职至"], ["乙县总工会", "甲某", "工会干部", "2026-12-31"]]})
    post.refresh_from_db()
    assert post.ends_on == date(2026, 12, 31)
    assert report.outcomes[0].details == ("任职至：2026-12-31",)
