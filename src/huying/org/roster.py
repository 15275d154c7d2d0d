"""The workbook people fill in to bring units, departments, people and posts in at once: its sheets, columns and cells.

Reading it turns cells into words and dates and says which cell is wrong; what the words mean is ``acts.roster``'s job.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import xlsxwriter

from huying.kernel.errors import Refused
from huying.kernel.workbook import pages
from huying.org.models import Level, Ownership, Role

LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
DAY = re.compile(r"(\d{4})[年./-](\d{1,2})[月./-](\d{1,2})日?")
DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
HEADER_WITHIN = 10  # rows searched for the headings


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, the heading in the template, other headings understood, what it holds."""

    field: str
    heading: str
    also: tuple[str, ...] = ()
    kind: str = "text"
    needed: bool = False
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet of the workbook."""

    code: str
    name: str
    also: tuple[str, ...]
    columns: tuple[Column, ...]
    example: tuple[tuple[str, ...], ...]


_UNIT = Column(
    "unit",
    "组织",
    ("所属组织", "单位", "所在单位", "工会", "组织名称"),
    needed=True,
    note="写组织名称；重名时写“上级/名称”",
)
_STAFF_NO = Column("staff_no", "工号", ("职工号", "员工号", "编号"), note="同一组织里不重复；同名的人必须写")
SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "units",
        "组织",
        ("单位", "工会"),
        (
            Column("name", "名称", ("组织名称", "单位名称", "工会名称"), needed=True),
            Column("parent", "上级", ("上级组织", "上级单位", "上级工会"), note="新增时必填，可以是本表里的另一行"),
            Column(
                "level",
                "层级",
                ("级别", "类型"),
                "level",
                note="新增时必填：" + "、".join(level.label for level in Level),
            ),
            Column("short_name", "简称", (), note="用在编号里，不超过 12 个字"),
            Column("has_union", "有独立工会", ("是否有独立工会", "独立工会"), "yes", note="是或否"),
            Column("phone", "工会电话", ("电话", "联系电话"), "number"),
            Column("address", "地址", ("单位地址",)),
            Column("opened_on", "设立日期", ("成立日期",), "date"),
            Column("members", "会员人数", ("会员数",), "count"),
            Column("workers", "职工人数", ("职工数", "员工人数"), "count"),
            Column("women", "女职工人数", ("女职工数",), "count"),
            Column("industry", "行业", ("所属行业",)),
            Column(
                "ownership", "单位性质", ("性质", "所有制"), "ownership", note="、".join(o.label for o in Ownership)
            ),
            Column("in_difficulty", "困难企业", ("是否困难企业",), "yes", note="是或否"),
        ),
        (
            ("示例县总工会", "", "县（市、区）", "示例县", "是", "", "", "", "", "", "", "", "", ""),
            (
                "示例机械厂工会",
                "示例县总工会",
                "企事业单位",
                "示机",
                "是",
                "12351",
                "",
                "2016-05-01",
                "900",
                "1000",
                "300",
                "机械",
                "民营",
                "否",
            ),
            ("一车间", "示例机械厂工会", "车间（科室）", "", "否", "", "", "", "", "120", "30", "", "", ""),
        ),
    ),
    Sheet(
        "departments",
        "部门",
        ("科室", "职能部门"),
        (_UNIT, Column("name", "部门名称", ("部门", "名称", "科室"), needed=True)),
        (("示例机械厂工会", "行政保障部"), ("示例机械厂工会", "人力资源部")),
    ),
    Sheet(
        "people",
        "人员",
        ("职工", "花名册", "人员名单"),
        (
            _UNIT,
            Column("name", "姓名", ("名字", "职工姓名"), needed=True),
            _STAFF_NO,
            Column("phone", "电话", ("手机", "手机号", "联系电话", "电话号码"), "number"),
            Column("sex", "性别", (), "sex", note="男或女"),
            Column("is_member", "工会会员", ("是否会员", "会员"), "yes", note="是或否"),
        ),
        (
            ("示例机械厂工会", "甲某", "1001", "", "女", "是"),
            ("示例机械厂工会", "乙某", "1002", "", "男", "是"),
        ),
    ),
    Sheet(
        "posts",
        "任职",
        ("角色", "岗位", "任职表"),
        (
            _UNIT,
            Column("person", "姓名", ("名字",), needed=True),
            _STAFF_NO,
            Column("role", "角色", ("系统角色",), "role", needed=True, note="、".join(role.label for role in Role)),
            Column("department", "部门", ("部门名称",), note="部门承办人、部门负责人必填"),
            Column("title", "职务", ("职务名称",)),
            Column("starts_on", "任职自", ("开始日期", "任职开始"), "date", note="不写就是导入当天"),
            Column("ends_on", "任职至", ("结束日期", "任职结束"), "date"),
        ),
        (
            ("示例机械厂工会", "甲某", "1001", "工会主席", "", "工会主席", "2026-01-01", ""),
            ("示例机械厂工会", "乙某", "1002", "部门承办人", "行政保障部", "科员", "2026-01-01", ""),
        ),
    ),
)
BY_CODE = {sheet.code: sheet for sheet in SHEETS}


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and what to do, in words."""

    sheet: str
    row: int | None
    column: str
    message: str


@dataclass(frozen=True)
class Line:
    """One filled row.  ``values`` holds only the cells that say something."""

    sheet: Sheet
    row: int
    values: dict[str, Any]

    def fault(self, name: str, message: str) -> Fault:
        """Something wrong in one cell of this row; ``name`` is a field, unknown ones mean the whole row."""
        heading = next((c.heading for c in self.sheet.columns if c.field == name), "")
        return Fault(self.sheet.name, self.row, heading, message)


@dataclass
class Book:
    """What a workbook says."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def read(content: bytes) -> Book:
    """Read an uploaded workbook.  ``Refused`` when it is none; wrong cells become ``Book.faults``."""
    if len(content) > LARGEST:
        raise Refused("这个文件超过 10 MB。", "请删掉图片和用不着的页，或者分成几份导入。")
    book = Book()
    for name, cells in pages(content).items():
        sheet = _sheet_named(name)
        if sheet is None:
            if any(any(cell not in ("", None) for cell in row) for row in cells) and not _is_guidance(name):
                book.notes.append(f"“{name}”这一页不在模板里，没有读。")
        elif sheet.code in book.lines:
            book.faults.append(Fault(sheet.name, None, "", f"“{sheet.name}”有两页，请合成一页。"))
        else:
            book.lines[sheet.code] = _lines(sheet, cells, book)
    if not book.lines:
        raise Refused("没有找到可以导入的页。", "页名要叫“组织”“部门”“人员”或“任职”，请先下载模板对照。")
    if sum(map(len, book.lines.values())) > MOST_ROWS:
        raise Refused(f"一次最多导入 {MOST_ROWS} 行。", "请分成几份导入。")
    return book


def _bare(text: Any) -> str:
    """A heading without blanks, brackets, stars and width differences."""
    text = unicodedata.normalize("NFKC", str(text))
    return re.sub(r"\(.*?\)|[\s*:_\-]", "", text)


def _is_guidance(name: str) -> bool:
    return any(word in name for word in ("说明", "示例", "注意"))


def _sheet_named(name: str) -> Sheet | None:
    if _is_guidance(name):
        return None
    bare = _bare(name)
    exact = next((s for s in SHEETS if bare in (s.name, *s.also)), None)
    return exact or next((s for s in SHEETS if any(word in bare for word in (s.name, *s.also))), None)


def _lines(sheet: Sheet, cells: Sequence[Sequence[Any]], book: Book) -> list[Line]:
    """Rows under the headings, wherever those stand in the first rows."""
    found = next(((i, m) for i, row in enumerate(cells[:HEADER_WITHIN]) if len(m := _headings(sheet, row)) >= 2), None)
    if found is None:
        if any(cell not in ("", None) for row in cells for cell in row):
            wanted = "、".join(column.heading for column in sheet.columns if column.needed)
            book.faults.append(Fault(sheet.name, None, "", f"没有找到表头。前几行里要有一行写着：{wanted}。"))
        return []
    start, columns = found
    known = {column.field for column in columns.values()}
    missing = [column.heading for column in sheet.columns if column.needed and column.field not in known]
    if missing:
        book.faults.append(Fault(sheet.name, start + 1, "、".join(missing), "缺少这一列，请对照模板补上。"))
        return []
    for index, heading in enumerate(cells[start]):
        if str(heading).strip() and index not in columns:
            book.notes.append(f"“{sheet.name}”里的“{heading}”这一列不认识，没有读。")
    rows = (_line(sheet, columns, number, row, book) for number, row in enumerate(cells[start + 1 :], start + 2))
    return [line for line in rows if line is not None]


def _headings(sheet: Sheet, row: Sequence[Any]) -> dict[int, Column]:
    """Which cell of a heading row names which column; the template's own headings win over the others."""
    found: dict[int, Column] = {}
    for only_own in (True, False):
        for index, cell in enumerate(row):
            taken = {column.field for column in found.values()}
            for column in sheet.columns:
                names = (column.heading,) if only_own else column.also
                if index not in found and column.field not in taken and _bare(cell) in map(_bare, names):
                    found[index] = column
    return found


def _line(sheet: Sheet, columns: dict[int, Column], number: int, row: Sequence[Any], book: Book) -> Line | None:
    """One row; ``None`` when it is blank or a cell of it is wrong (then a fault is noted)."""
    line = Line(sheet, number, {})
    faults = []
    for index, column in columns.items():
        raw = row[index] if index < len(row) else ""
        try:
            value = _value(column, raw)
        except ValueError as error:
            faults.append(line.fault(column.field, str(error)))
            continue
        if value not in ("", None):
            line.values[column.field] = value
    if not line.values and not faults:
        return None
    blank = [c for c in sheet.columns if c.needed and c.field not in line.values]
    wrong = {fault.column for fault in faults}
    faults += [line.fault(c.field, f"请填写{c.heading}。") for c in blank if c.heading not in wrong]
    book.faults += faults
    return None if faults else line


_CHOICES: dict[str, dict[str, Any]] = {
    "level": {_bare(choice.label): choice.value for choice in Level} | {"县": "county", "乡镇": "town", "街道": "town"},
    "ownership": {_bare(choice.label): choice.value for choice in Ownership} | {"国有": "state", "外资": "foreign"},
    "role": {_bare(choice.label): choice.value for choice in Role},
    "sex": {"男": "m", "女": "f"},
    "yes": {"是": True, "有": True, "1": True, "√": True, "否": False, "无": False, "0": False, "×": False},
}
_CHOICES["level"] |= {"车间": "workshop", "科室": "workshop", "企业": "enterprise", "事业单位": "enterprise"}


def _value(column: Column, raw: Any) -> Any:
    """A cell's value as its column wants it.  ``ValueError`` says what to do."""
    if column.kind == "date":
        return _date(raw)
    text = _text(raw)
    if not text or column.kind == "text":
        return text
    if column.kind == "number":
        return text.replace(" ", "")
    if column.kind == "count":
        if not text.isdecimal():
            raise ValueError(f"“{text}”不是人数，请写整数。")
        return int(text)
    choices = _CHOICES[column.kind]
    if _bare(text) not in choices:
        allowed = column.note.removeprefix("新增时必填：")
        raise ValueError(f"“{text}”不认识，请从这些里选：{allowed}。")
    return choices[_bare(text)]


def _text(raw: Any) -> str:
    """A cell as words: 1001.0 is 1001, true is 是."""
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return " ".join(unicodedata.normalize("NFC", str(raw)).split()) if raw is not None else ""


def _date(raw: Any) -> date | None:
    """A date cell, a date typed as words, or the serial number of a cell without a date format."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, float | int) and not isinstance(raw, bool) and 20_000 < raw < 80_000:
        return date(1899, 12, 30) + timedelta(days=int(raw))
    text = _text(raw)
    parts = DAY.fullmatch(text) or DIGITS.fullmatch(text)
    try:
        if text:
            year, month, day = parts.groups() if parts else ("", "", "")
            return date(int(year), int(month), int(day))
    except ValueError as error:
        raise ValueError(f"“{text}”不是日期，请写成 2026-01-31 这样。") from error
    return None


def template() -> bytes:
    """The empty workbook to fill in, with a page of notes and a page of filled examples."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        styles = {
            "head": workbook.add_format({"bold": True, "bottom": 1}),
            "need": workbook.add_format({"bold": True, "bottom": 1, "font_color": "#8E2F00"}),
            "text": workbook.add_format({"num_format": "@"}),
            "wrap": workbook.add_format({"text_wrap": True, "valign": "top"}),
        }
        _notes_page(workbook.add_worksheet("填写说明"), styles)
        for sheet in SHEETS:
            _empty_page(workbook.add_worksheet(sheet.name), sheet, styles)
        _example_page(workbook.add_worksheet("填写示例"), styles)
    return out.getvalue()


def _notes_page(page: Any, styles: dict[str, Any]) -> None:
    page.set_column(0, 0, 12)
    page.set_column(1, 1, 16)
    page.set_column(2, 2, 70, styles["wrap"])
    lines = (
        "按“组织”“部门”“人员”“任职”四页填写，用不着的页可以空着；“填写说明”和“填写示例”不会导入。",
        "红色的列必须填。空着的格子不会改动原有内容。",
        "可以反复导入同一份表：没有变化的行不会重复登记。",
        "上传后先看预览；有一处错误就一行也不会导入。",
        "“组织”“部门”“人员”由系统管理员导入，“任职”由安全管理员导入；不归自己导入的页会跳过并说明。",
    )
    for row, text in enumerate(lines):
        page.write(row, 0, f"{row + 1}．")
        page.merge_range(row, 1, row, 2, text, styles["wrap"])
    row = len(lines) + 1
    page.write_row(row, 0, ("页", "列", "怎么填"), styles["head"])
    for sheet in SHEETS:
        for column in sheet.columns:
            row += 1
            said = "；".join(filter(None, ("必填" if column.needed else "", column.note)))
            page.write_row(row, 0, (sheet.name, column.heading, said or "照实填写"))


def _empty_page(page: Any, sheet: Sheet, styles: dict[str, Any]) -> None:
    """Headings, and cells kept as words so that 0012 stays 0012."""
    page.freeze_panes(1, 0)
    page.set_column(0, len(sheet.columns) - 1, 16, styles["text"])
    for index, column in enumerate(sheet.columns):
        page.write(0, index, column.heading, styles["need" if column.needed else "head"])
        choices = [str(label) for label in _labels(column.kind)]
        if choices:
            page.data_validation(1, index, MOST_ROWS, index, {"validate": "list", "source": choices})


def _labels(kind: str) -> list[str]:
    enum = {"level": Level, "ownership": Ownership, "role": Role}.get(kind)
    if enum is not None:
        return [str(label) for label in enum.labels]
    return {"yes": ["是", "否"], "sex": ["男", "女"]}.get(kind, [])


def _example_page(page: Any, styles: dict[str, Any]) -> None:
    page.set_column(0, 13, 16)
    row = 0
    for sheet in SHEETS:
        page.write(row, 0, f"“{sheet.name}”这样填：", styles["head"])
        page.write_row(row + 1, 0, [column.heading for column in sheet.columns], styles["head"])
        for offset, filled in enumerate(sheet.example, 2):
            page.write_row(row + offset, 0, filled)
        row += len(sheet.example) + 3
