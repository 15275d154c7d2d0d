"""A table of messages from elsewhere (.csv, .xlsx): its cells, which column holds what, and what each line says.

Pure: nothing is stored here.  What a line means for the register is ``acts._sheet``'s job.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from huying.cases.rules import LONGEST_WORDS
from huying.kernel.errors import Refused
from huying.kernel.workbook import MOST_CELLS, pages
from huying.privacy.rules import normal_phone

LARGEST = 10 * 1024 * 1024
MOST_ROWS = 5_000
HEADER_WITHIN = 10  # lines searched for the headings
SHORT = 20  # characters below which equal words are not yet the same message

Cell = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True)
class Field:
    """What a column may hold, with headings it goes by elsewhere."""

    code: str
    label: str
    also: tuple[str, ...]


FIELDS = (
    Field("words", "内容", ("诉求内容", "留言内容", "留言详情", "反映内容", "来信内容", "正文", "详情", "问题描述", "诉求", "留言",
                          "text", "content", "message", "body", "details")),
    Field("title", "标题", ("主题", "留言主题", "题目", "事由", "title", "subject", "topic")),
    Field("received", "收到时间", ("时间", "日期", "留言时间", "来信时间", "受理时间", "反映时间", "提交时间", "发布时间", "收到日期",
                               "time", "date", "created", "created_at", "datetime")),
    Field("name", "姓名", ("诉求人", "留言人", "反映人", "职工姓名", "联系人", "name")),
    Field("phone", "电话", ("手机", "手机号", "联系电话", "联系方式", "电话号码", "phone", "mobile", "tel")),
    Field("about", "岗位或车间", ("车间", "岗位", "部门", "班组", "所在部门", "workshop")),
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Headings and lines; ``first`` is the number of the first line in the file as people count."""

    headings: tuple[str, ...]
    lines: tuple[tuple[str | date | datetime, ...], ...]
    first: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """One line: what was said, when, and by whom if the table tells."""

    line: int
    words: str
    title: str
    received: datetime | None
    name: str
    phone: str
    about: str

    @property
    def whole(self) -> str:
        """Title and words as one text; a title the words begin with is not said twice."""
        if not self.title or self.words.startswith(self.title):
            return self.words
        return f"{self.title}\n{self.words}"

    @property
    def fingerprint(self) -> str:
        """What makes two lines the same message: words and sender; of very short words the time as well."""
        text = re.sub(r"\s+", "", self.whole)
        when = f"{self.received:%Y%m%d%H%M}" if self.received and len(text) < SHORT else ""
        return "\x1f".join((text, self.name, normal_phone(self.phone), when))


@dataclass(frozen=True)
class Fault:
    """What is wrong in one line of the file."""

    line: int
    message: str


# --- reading the file -------------------------------------------------------------------------------------------------


def read(content: bytes) -> Table:
    """The table of a file.  ``Refused`` when it cannot be read, is too long, or holds nothing."""
    if len(content) > LARGEST:
        raise Refused("这个文件超过 10 MB。", "请删掉图片和用不着的列，或者分成几份导入。")
    cells = _workbook(content) if content[:4] == b"PK\x03\x04" else _text(content)
    lines = [[_tidy(cell) for cell in line] for line in cells]
    top = next((n for n, line in enumerate(lines[:HEADER_WITHIN]) if sum(bool(cell) for cell in line) > 1), None)
    if top is None:
        top = next((n for n, line in enumerate(lines[:HEADER_WITHIN]) if any(line)), None)
    if top is None or not any(any(line) for line in lines[top + 1 :]):
        raise Refused("这个文件里没有来件。", "第一行写列名（例如：时间、标题、内容），下面每行一件。")
    if len(lines) - top - 1 > MOST_ROWS:
        raise Refused(f"有 {len(lines) - top - 1} 行，一次最多 {MOST_ROWS} 行。", "请分成几份导入。")
    width = max(len(line) for line in lines[top:])
    if width * (len(lines) - top) > MOST_CELLS:
        raise Refused(f"有一行有 {width} 列，整张表太大了。", "请只留下要导入的列，再上传。")
    full = [tuple(line) + ("",) * (width - len(line)) for line in lines[top:]]
    headings = tuple(str(cell).strip() or f"第 {n} 列" for n, cell in enumerate(full[0], start=1))
    return Table(headings, tuple(full[1:]), top + 2)


def _workbook(content: bytes) -> list[list[Cell]]:
    """The first sheet that holds something."""
    sheets: list[list[list[Cell]]] = list(pages(content).values())
    return next((sheet for sheet in sheets if any(any(cell not in ("", None) for cell in row) for row in sheet)), [])


def _text(content: bytes) -> list[list[Cell]]:
    """Comma-separated text as Excel, WPS and other programs save it here: UTF-8 with or without mark, or GB 18030."""
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused("这是旧版 .xls 文件。", "请用 Excel 或 WPS 另存为 .xlsx 再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            first = text.partition("\n")[0]
            mark = max(",\t;", key=first.count)
            try:
                return [list(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
            except csv.Error as error:
                raise Refused("看不懂这个文件。", "多半有一个引号没有成对；请另存为 .xlsx 再上传。") from error
    raise Refused("看不懂这个文件的文字编码。", "请另存为 .xlsx，或者 UTF-8 编码的 .csv 再上传。")


def _tidy(cell: Cell) -> str | date | datetime:
    """A cell as text without odd blanks; days and moments as they are; whole numbers without a point."""
    if isinstance(cell, datetime | date):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "" if cell is None else str(cell)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufeff]", "", text).replace("\r\n", "\n").replace("\u3000", " ").strip()


# --- which column holds what ------------------------------------------------------------------------------------------


def guess(headings: Sequence[str]) -> dict[str, int]:
    """Which column probably holds what: the label itself first, then other headings, exact before contained."""
    plain = [re.sub(r"[\s（）()：:*＊]", "", heading).lower() for heading in headings]
    found: dict[str, int] = {}
    for exact in (True, False):
        for field in FIELDS:
            if field.code in found:
                continue
            for word in (field.label, *field.also):
                hit = next(
                    (n for n, text in enumerate(plain) if n not in found.values() and _same(text, word, exact)), None
                )
                if hit is not None:
                    found[field.code] = hit
                    break
    return found


def _same(heading: str, word: str, exact: bool) -> bool:
    return heading == word if exact else len(word) > 1 and not word.isascii() and word in heading


# --- what each line says ----------------------------------------------------------------------------------------------


def messages(table: Table, columns: Mapping[str, int], now: datetime) -> tuple[list[Message], list[Fault]]:
    """The lines as messages, and every fault of every line; empty lines are passed over."""
    found, faults = [], []
    for number, line in enumerate(table.lines, start=table.first):
        if not any(line):
            continue
        message, wrong = _message(number, line, columns, now)
        faults += [Fault(number, text) for text in wrong]
        if message is not None and not wrong:
            found.append(message)
    return found, faults


def _message(
    number: int, line: Sequence[str | date | datetime], columns: Mapping[str, int], now: datetime
) -> tuple[Message | None, list[str]]:
    given = {code: line[column] for code, column in columns.items() if 0 <= column < len(line)}
    text = {code: str(cell) for code, cell in given.items()}
    wrong = []
    received, fault = moment(given.get("received", ""), now)
    if fault:
        wrong.append(fault)
    message = Message(
        line=number,
        words=text.get("words", ""),
        title=text.get("title", "")[:200],
        received=received,
        name=text.get("name", "")[:40],
        phone=text.get("phone", "")[:30],
        about=text.get("about", "")[:60],
    )
    if not message.words:
        wrong.append("没有内容。")
    if len(message.whole) > LONGEST_WORDS:
        wrong.append(f"内容有 {len(message.whole)} 字，最多 {LONGEST_WORDS} 字。")
    if message.phone and not 5 <= len(normal_phone(message.phone)) <= 15:
        wrong.append(f"电话“{message.phone}”好像不对。")
    return message, wrong


_MOMENT = re.compile(
    r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?(?:[T\s]*(\d{1,2})\s*[:：时点]\s*(\d{1,2})?\s*分?(?:[:：](\d{1,2}))?)?"
)


def moment(cell: str | date | datetime, now: datetime) -> tuple[datetime | None, str]:
    """A day or moment as it was written, in local time; or what is wrong with it.  Nothing given is no fault."""
    if cell == "":
        return None, ""
    found = _written(cell)
    if found is None:
        return None, f"时间“{str(cell)[:20]}”看不懂，请写成 2026-01-31 或 2026-01-31 08:30。"
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    if found > now:
        return None, f"时间“{cell}”还没有到。"
    return found, ""


def _written(cell: str | date | datetime) -> datetime | None:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    match = _MOMENT.match(cell)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (made aware by the caller)
    except ValueError:
        return None


def repeated(found: Iterable[Message]) -> tuple[list[Message], int]:
    """Messages without those that stand in the file before, and how many did."""
    seen: set[str] = set()
    first = []
    total = 0
    for message in found:
        total += 1
        if message.fingerprint not in seen:
            seen.add(message.fingerprint)
            first.append(message)
    return first, total - len(first)
