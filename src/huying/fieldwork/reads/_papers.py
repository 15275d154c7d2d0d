"""What hangs on a studio's wall, lies on its table, goes into a pocket: signboard, duties, rules, workflow, guide, card.

Everything that can come from the unit and from the rules in force does (BD-2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import segno

from huying.fieldwork.reads._studios import Shown
from huying.mechanism.rules import ClockRule, Rules
from huying.org.models import Unit
from huying.org.reads import short_address, wall_code
from huying.papers import reads as papers

FOLDER = Path(__file__).parent.parent / "papers"
QR_WIDTH = {"guide": 42, "card": 26}  # mm


@dataclass(frozen=True)
class Paper:
    """One kind of paper: its name, its size in words, the Word template it shares."""

    code: str
    name: str
    what: str
    template: str


PAPERS = {
    one.code: one
    for one in (
        Paper("sign", "标识牌", "A4 横放，挂在门口显著位置", "sign"),
        Paper("duties", "工作职责", "A4，上墙", "wall"),
        Paper("rules", "工作守则", "A4，上墙", "wall"),
        Paper("flow", "工作流程", "A4，上墙", "wall"),
        Paper("guide", "办事指南", "A4，发给职工", "wall"),
        Paper("card", "便民联系卡", "90 × 54 毫米，一页 10 张", "card"),
    )
}
FORMATS = ("pdf", "docx")

# What the document names as duties of a studio, by its clauses.
DUTIES = ("BD-3", "BD-4.1", "BD-4.2", "BD-4.3a", "BD-4.3b", "BD-4.5", "BD-4.6a", "BD-4.7", "BD-4.8")
WITHOUT = (
    "听职工说话，统一登记，件件有着落、事事有回音。",
    "协助单位党政协调解决职工关心的热点难点问题。",
    "排查化解矛盾，及时发现苗头和隐患。",
    "向单位党政和上级工会如实反映职工的思想动态和所需所求。",
    "为职工提供政策咨询、心理疏导、权益维护等服务。",
)
RULES = (
    "来访有人接，来电有人听，来信有人回。",
    "先听完再答复；能当场办的当场办，不能办的讲清理由。",
    "谁接谁登记，谁负责谁到底，不推不拖。",
    "替职工保密：不打听、不传话，不把反映的人告诉被反映的人。",
    "自己被反映到的事，主动回避。",
    "如实记录，如实上报，不漏报、不瞒报。",
    "不收礼，不吃请，不许办不到的愿。",
)


@dataclass(frozen=True)
class Line:
    """One line, with the clause it comes from."""

    says: str
    clause: str = ""


def paper_of(code: str, fmt: str, shown: Shown, base: str, on: date) -> bytes:
    """One paper as a file to print."""
    data = _data(PAPERS[code], shown, base)
    if fmt == "pdf":
        drawn = wall_code(data["address"]).decode()
        return papers.pdf(FOLDER / "studio.typ", data | {"qr": drawn, "printed_on": on.isoformat()})
    width = QR_WIDTH.get(code)
    pictures = {"qr": (_png(data["address"]), width)} if width else {}
    body = data | ({} if width else {"qr": ""})
    return papers.docx(FOLDER / f"{PAPERS[code].template}.docx", body, pictures=pictures)


def _png(address: str) -> bytes:
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=10, border=2)
    return out.getvalue()


def _data(paper: Paper, shown: Shown, base: str) -> dict[str, Any]:
    studio, unit = shown.studio, shown.unit
    return {
        "kind": paper.code,
        "title": paper.name,
        "name": _plain(unit),
        "union": unit.name,
        "head": "、".join(person.name for person in shown.chairs),
        "staff": "、".join(row.person.name if row.person else row.name for row in shown.staff),
        "room": (studio.room if studio else "") or unit.address,
        "hours": studio.hours if studio else "",
        "phone": (studio.phone if studio else "") or unit.phone,
        "email": studio.email if studio else "",
        "address": short_address(unit, base),
        "lines": [asdict(line) for line in _lines(paper.code, shown)],
    }


def _plain(unit: Unit) -> str:
    """As workers call it: without the union's last word."""
    return unit.name.removesuffix("工会") or unit.name


def _lines(code: str, shown: Shown) -> Sequence[Line]:
    if code == "duties":
        known = {one.id: one for one in shown.rules.clauses()}
        return [Line(known[one].summary, known[one].badge) for one in DUTIES if one in known] or _plainly(WITHOUT)
    if code == "rules":
        return _plainly(RULES)
    return _steps(shown.rules) if code in ("flow", "guide") else ()


def _plainly(lines: Sequence[str]) -> list[Line]:
    return [Line(line) for line in lines]


def _steps(rules: Rules) -> list[Line]:
    """The way a matter takes, with the limits in force."""
    accept, tell = rules.clock("accept"), rules.clock("tell")
    return [
        Line("登记：当面、电话、网上都行，给一个 16 位号码"),
        Line(f"受理：{_within(accept)}告诉您受理不受理", accept.clause.badge),
        Line("包人包案：每件事有一位负责人，一包到底"),
        Line("办理：交给部门去办，需要协商的上协商会议，本单位解决不了的往上一级工会报"),
        Line(f"回复：收到结果，{_within(tell)}告诉您", tell.clause.badge),
        Line("回访：满意不满意，您来评；不满意可以要求再办"),
        Line("归档：办结的进台账，什么时候都查得到"),
    ]


def _within(clock: ClockRule) -> str:
    kind = " 个工作日" if clock.rule.kind == "working" else " 日"
    return f"{clock.rule.days}{kind}内"


def log_paper(*, title: str, unit: str, days: Sequence[dict[str, Any]], printed_on: date) -> bytes:
    """The work log of a day or a month on paper: each day with its lines of time, what, who, and what was added by hand."""
    data = {"title": title, "unit": unit, "days": list(days), "printed_on": printed_on.isoformat()}
    return papers.pdf(FOLDER / "log.typ", data)
