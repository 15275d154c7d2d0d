"""Posters, table signs and contact cards: what each says comes from the unit and from the rules in force there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

from huying.mechanism.rules import ClockRule, Rules
from huying.org.models import Unit
from huying.org.reads import wall_code
from huying.papers import reads as papers

PAPERS = Path(__file__).parent / "papers"
QR_WIDTH = {"poster": 82, "sign": 60, "card": 30}  # mm
PREVIEW = 72  # dots an inch


@dataclass(frozen=True)
class Kind:
    """One kind of sheet: its code in addresses, its name, what it is for."""

    code: str
    name: str
    what: str


KINDS = {
    one.code: one
    for one in (
        Kind("poster", "海报", "A4，贴在车间、食堂、宿舍"),
        Kind("sign", "桌牌", "A5 横放，立在工会办公桌、前台"),
        Kind("card", "联系卡", "90 × 54 毫米，一页 10 张，裁开随身带"),
    )
}
FORMATS = ("pdf", "docx")


@dataclass(frozen=True)
class Way:
    """One of the three ways to speak, in plain words."""

    name: str
    says: str


WAYS = (
    Way("实名", "工会和承办部门知道是您，办起来最快。"),
    Way("保密", "只有工会的经办人知道是您，别人看不到。"),
    Way("匿名", "谁也不知道是您，凭 16 位号码看进度。"),
)


@dataclass(frozen=True)
class Step:
    """What happens next, with the clause that says until when."""

    says: str
    clause: str = ""


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What stands on one sheet."""

    name: str
    within: str
    address: str
    qr: str
    phone: str
    place: str
    ways: tuple[Way, ...]
    steps: tuple[Step, ...]


def sheet_of(unit: Unit, union: Unit, rules: Rules, address: str) -> Sheet:
    """The sheet of a unit; a workshop's names the employer above it and the union's telephone."""
    apart = unit.pk != union.pk
    return Sheet(
        name=plain(unit),
        within=plain(union) if apart else "",
        address=address,
        qr=wall_code(address).decode(),
        phone=unit.phone or union.phone,
        place=unit.address or union.address,
        ways=WAYS,
        steps=_steps(rules),
    )


def plain(unit: Unit) -> str:
    """As workers call it: an employer without the union's last word."""
    return unit.name if unit.is_upper else unit.name.removesuffix("工会") or unit.name


def _steps(rules: Rules) -> tuple[Step, ...]:
    accept, tell = rules.clock("accept"), rules.clock("tell")
    return (
        Step("当场给您一个 16 位号码，凭它看进度"),
        Step(f"{_within(accept)}告诉您受理不受理", accept.clause.badge),
        Step("交给部门去办，工会盯着"),
        Step(f"收到结果，{_within(tell)}告诉您", tell.clause.badge),
        Step("满意不满意，您来评"),
    )


def _within(clock: ClockRule) -> str:
    """``2 个工作日内``; a document's own ``3日内`` for calendar days."""
    kind = " 个工作日" if clock.rule.kind == "working" else " 日"
    return f"{clock.rule.days}{kind}内"


def drawn(kind: str, fmt: str, sheets: Sequence[Sheet], printed_on: date) -> bytes:
    """The sheets as one file."""
    if fmt == "docx":
        return _word(kind, sheets)
    return papers.pdf(PAPERS / "posters.typ", _data(kind, sheets) | {"printed_on": printed_on.isoformat()})


def preview(kind: str, sheet: Sheet) -> bytes:
    """The first page as a picture for the screen."""
    return papers.picture(PAPERS / "posters.typ", _data(kind, [sheet]), PREVIEW)


def _data(kind: str, sheets: Sequence[Sheet]) -> dict[str, Any]:
    return {"kind": kind, "title": KINDS[kind].name, "sheets": [asdict(sheet) for sheet in sheets]}


def _word(kind: str, sheets: Sequence[Sheet]) -> bytes:
    """One Word file of one sheet: the union may change its words, so each unit's is a file of its own."""
    (sheet,) = sheets
    picture = BytesIO()
    segno.make(sheet.address, error="m", micro=False).save(picture, kind="png", scale=10, border=2)
    body = {**asdict(sheet), "steps": [asdict(step) for step in sheet.steps]}
    return papers.docx(PAPERS / f"{kind}.docx", body, pictures={"qr": (picture.getvalue(), QR_WIDTH[kind])})
