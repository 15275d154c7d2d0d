"""The words of information: drafted from the facts, what only a person can write, what is too long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from huying.kernel.errors import Invalid

Body = dict[str, Any]
LONGEST_BODY = 20_000
# What only a person can write; information with such a gap is not sent.
GAP = re.compile(r"【请[^】]*】")
FEW = "件数少，不列出"


@dataclass(frozen=True)
class Named:
    """A class of content with its number (empty: few, not shown) and released titles where it is a hot one."""

    label: str
    n: int | None
    titles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """A union's period in figures for somebody outside; what is about few people is empty, what names anybody not in it."""

    since: str
    until: str
    as_of: str
    received: int | None
    kinds: tuple[Named, ...]
    open: int | None
    late: int | None
    warnings: int
    incidents: int

    def plain(self) -> dict[str, Any]:
        """What is kept with the information."""
        return asdict(self)


def draft(kind: str, to: str, facts: Facts, *, nothing: bool = False, sources: Mapping[str, str] | None = None) -> Body:
    """The body as the facts and the information of the unions below give it."""
    if nothing:
        return _body(
            [("本期情况", ["本期没有劳动争议，报“无”。" if kind == "dispute" else "本期没有需要报告的情况。"])]
        )
    if kind == "at_once":
        return _body([("情况", ["【请写明什么时候、什么地方、发生了什么、涉及多少人】"]),
                      ("已经采取的措施", ["【请写明已经做了什么】"]), ("请求", ["【请写明需要什么支持，没有的写“无”】"])])  # fmt: skip
    parts = {"dispute": _disputes, "tendency": _tendency}.get(kind, _regular)(facts, to)
    if sources:
        parts.insert(1, ("下级情况", [f"{name}：{text}" for name, text in sources.items()]))
    return _body(parts)


Parts = list[tuple[str, list[str]]]


def _body(parts: Parts) -> Body:
    return {"sections": [{"heading": heading, "text": "\n".join(lines)} for heading, lines in parts]}


def _regular(facts: Facts, to: str) -> Parts:
    last = "【请写明要党政协调什么，没有的写“无”】" if to == "unit" else "【请写明下一步打算】"
    return [
        ("基本情况", _basics(facts)),
        ("热点问题", _hot(facts)),
        ("职工思想动态", ["【请写明职工在想什么、说什么】"]),
        ("请党政协调的" if to == "unit" else "下一步", [last]),
    ]


def _tendency(facts: Facts, to: str) -> Parts:
    return [
        ("带有倾向性、普遍性的问题", [*_hot(facts), "【请写明涉及哪些单位、什么原因、会怎样发展】"]),
        ("建议", ["【请写明建议】"]),
    ]


def _disputes(facts: Facts, to: str) -> Parts:
    return [
        ("劳动争议情况", ["【请写明本期劳动争议的件数、类型、涉及人数和进展】"]),
        ("有关诉求", _basics(facts)),
    ]


def _basics(facts: Facts) -> list[str]:
    span, as_of = f"{_day(facts.since)}至{_day(facts.until)}", f"数字截至{_day(facts.as_of)}。"
    if facts.received == 0:
        lines = [f"{span}，没有收到职工诉求和建议。{as_of}"]
    elif facts.received is None:
        lines = [f"{span}，收到的职工诉求和建议{FEW}。{as_of}"]
    else:
        lines = [f"{span}，共收到职工诉求和建议{facts.received}件。{as_of}"]
        if kinds := "、".join(f"{one.label}{one.n}件" for one in facts.kinds if one.n):
            rest = "，其余件数少，不列出" if any(one.n is None for one in facts.kinds) else ""
            lines.append(f"按类别分：{kinds}{rest}。")
    lines.append(_open(facts))
    more = [f"{label}{n}{unit}" for label, n, unit in
            (("列入预警的", facts.warnings, "项"), ("突发事件", facts.incidents, "起")) if n]  # fmt: skip
    return [*lines, *([f"{'、'.join(more)}。"] if more else [])]


def _open(facts: Facts) -> str:
    if facts.open is None:
        return f"还没有办结的{FEW}。"
    if facts.open == 0:
        return "收到的都已办结。"
    late = "" if facts.late == 0 else f"，其中超过时限的{facts.late}件" if facts.late else f"，其中超过时限的{FEW}"
    return f"还没有办结的{facts.open}件{late}。"


def _hot(facts: Facts) -> list[str]:
    lines = [f"{one.label}：{'；'.join(one.titles)}。" for one in facts.kinds if one.n and one.titles]
    return lines or ["没有集中反映的问题。"]


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def checked_body(body: Mapping[str, Any]) -> Body:
    """The body as it is kept; ``Invalid`` by the form's fields for what is empty or too long."""
    sections = [
        {"heading": str(one.get("heading", "")).strip(), "text": str(one.get("text", "")).strip()}
        for one in body.get("sections", [])
    ]
    wrong = {f"text-{n}": "这一部分不能空着，没有的写“无”。" for n, one in enumerate(sections) if not one["text"]}
    if not sections or sum(len(one["text"]) for one in sections) > LONGEST_BODY:
        wrong["text-0"] = f"全文最多 {LONGEST_BODY} 字，请压缩。"
    if wrong:
        raise Invalid(wrong)
    return {"sections": sections}


def gaps(body: Mapping[str, Any]) -> list[str]:
    """What still has to be written by a person."""
    return [found for one in body["sections"] for found in GAP.findall(one["text"])]
