"""The words of a report: sections drafted from the picture, what must still be filled in, what is too long (MY-4.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from huying.kernel.errors import Invalid
from huying.oversight.rules._period import Period
from huying.oversight.rules._picture import DutyFact, Group, Named, Picture, Promise, Step

Body = dict[str, Any]
Sections = list[dict[str, str]]
LONGEST_BODY = 20_000
# What only a person can write; a report with such a gap is not issued.
GAP = re.compile(r"【请[^】]*】")
REASONS_GAP = "【请写明没有办结的原因】"
PLANS_GAP = "【请写明下一步打算】"
HIDDEN = "件数少的不列出"


def draft(seen: Picture, period: Period) -> Body:
    """The body as figures and duties give it, in five sections; reasons and plans are left to be written by a person."""
    sections = (
        ("基本情况", _basics(seen, period)),
        ("协商会议和事项办理", _handling(seen)),
        ("职工满意度", _satisfaction(seen)),
        ("没有办结的和原因", _open(seen)),
        ("下一步", _next(seen)),
    )
    return {"sections": [{"heading": heading, "text": "\n".join(lines)} for heading, lines in sections]}


def words_of_mending(how: str, number: str, title: str, reason: str, body: Body) -> Body:
    """The body of a report that corrects or withdraws an issued one: it says so first."""
    if how == "withdrawal":
        text = f"现撤回{number}《{title}》。撤回的原因：{_ended(reason)}"
        return {"sections": [{"heading": "撤回说明", "text": text}]}
    text = f"本报告更正{number}《{title}》，以本报告为准。更正的原因：{_ended(reason)}"
    return {"sections": [{"heading": "更正说明", "text": text}, *body["sections"]]}


def _ended(words: str) -> str:
    return words.strip().rstrip("。") + "。"


# --- sentences ----------------------------------------------------------------------------------------------------------


def _basics(seen: Picture, period: Period) -> list[str]:
    span = f"{period.label}（{period.days}）"
    until = f"数字截至{_day(seen.as_of)}。"
    if seen.received == 0:
        return [f"{span}，{seen.whose}没有收到职工诉求和建议。{until}"]
    if seen.received is None:
        return [f"{span}，{seen.whose}收到的职工诉求和建议件数少，不列出。{until}"]
    lines = [f"{span}，{seen.whose}共收到职工诉求和建议{seen.received}件。{until}"]
    if kinds := _listed(seen.classes):
        lines.append(f"按内容分，{kinds}。")
    if ways := _listed(seen.channels):
        lines.append(f"按受理方式分，{ways}。")
    return lines


def _listed(rows: Iterable[Named]) -> str:
    """``工资报酬12件、后勤生活6件``; the values that are not shown are said to be left out, without their number."""
    rows = [one for one in rows if one.n != 0]
    shown = [f"{one.label}{one.n}件" for one in rows if one.n is not None]
    if len(shown) < len(rows):
        shown.append(f"其余{HIDDEN}")
    return "、".join(shown) if any(one.n for one in rows) else ""


def _handling(seen: Picture) -> list[str]:
    lines = [
        f"召开协商会议{seen.meetings}次，纪要定下协商事项{seen.agreed}项。" if seen.meetings else "没有召开协商会议。"
    ]
    if steps := [_in_time(one) for one in seen.steps if one.judged]:
        lines.append(f"各步按时的情况：{'；'.join(steps)}。")
    more = (("部门退回", seen.returned), ("重新办理", seen.reopened), ("上报上级", seen.climbed))
    if told := [f"{label}{n}件" for label, n in more if n]:
        lines.append(f"其中{'、'.join(told)}。")
    if due := len(seen.met) + len(seen.missed):
        lines.append(f"到期的履职要求{due}项，做到{len(seen.met)}项。")
        lines += [f"没有做到的：{one.label}{_times(one)}。" for one in seen.missed]
    return lines


def _times(one: DutyFact) -> str:
    return "" if one.need is None else f"（应{one.need}，实际{one.done}）"


def _in_time(step: Step) -> str:
    return f"{step.label}到期{step.judged}件，按时{step.ok}件"


def _satisfaction(seen: Picture) -> list[str]:
    lines = [line for one in seen.groups if (line := _group(one))]
    if not lines:
        return ["没有到期的满意度测评。"]
    return (
        [*lines, "人数少的一组只写问到几人，不写评价。"] if any(one.satisfied is None for one in seen.groups) else lines
    )


def _group(one: Group) -> str:
    if one.asked is None:
        return f"{one.label}：人数少，不列出。"
    if not one.asked and not one.unasked:
        return ""
    asked = f"{one.label}：问到{one.asked}人" + (f"，没有问到{one.unasked}人" if one.unasked else "")
    if not one.answered:
        return f"{asked}，没有收到评价。" if one.answered == 0 else f"{asked}。"
    if one.satisfied is None:
        return f"{asked}，收到{one.answered}人的评价。"
    grades = f"满意{one.satisfied}人、基本满意{one.basic}人、不满意{one.unsatisfied}人"
    return f"{asked}，收到{one.answered}人的评价，其中{grades}。"


def _open(seen: Picture) -> list[str]:
    if seen.open == 0:
        return ["收到的都已办结。"]
    lines = ["还没有办结的件数少，不列出。"]
    if seen.open is not None:
        states = _listed(seen.states_open)
        lines = [f"还没有办结的{seen.open}件{'：' + states if states else ''}。"]
    if late := [f"{one.label}超期{one.late}件" for one in seen.steps if one.late]:
        lines.append(f"超过时限的：{'、'.join(late)}。")
    if seen.promises:
        lines.append(f"纪要定下、还没有办结的{len(seen.promises)}项：")
        lines += [f"{number}. {_promise(one)}" for number, one in enumerate(seen.promises, start=1)]
    return [*lines, REASONS_GAP]


def _promise(one: Promise) -> str:
    when = f"{_day(one.deadline)}前办结{'，已超过' if one.late else ''}"
    return f"{_ended(one.measure)}{one.department}承办，{when}（{one.minutes}纪要）。"


def _next(seen: Picture) -> list[str]:
    lines = []
    if seen.open != 0:
        lines.append("对没有办结的逐件督办，办结后按时书面反馈、告知职工、开展满意度测评。")
    lines += [f"{one.label}，{_day(one.due_on)}前完成。" for one in seen.ahead if one.due_on]
    return [*lines, PLANS_GAP]


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


# --- what a person wrote ------------------------------------------------------------------------------------------------


def checked_body(body: Mapping[str, Any]) -> Body:
    """The body as it is kept; ``Invalid`` by the form's fields for what is empty or too long."""
    sections = [
        {"heading": str(one.get("heading", "")).strip(), "text": str(one.get("text", "")).strip()}
        for one in body.get("sections", [])
    ]
    wrong = {f"text-{n}": "这一部分不能空着。" for n, one in enumerate(sections) if not one["text"]}
    wrong |= {f"heading-{n}": "标题不能空着。" for n, one in enumerate(sections) if not one["heading"]}
    long = {f"heading-{n}": "标题最多 40 字。" for n, one in enumerate(sections) if len(one["heading"]) > 40}
    if not sections or sum(len(one["text"]) for one in sections) > LONGEST_BODY:
        wrong["text-0"] = f"报告全文最多 {LONGEST_BODY} 字，请压缩。"
    if wrong or long:
        raise Invalid({**wrong, **long})
    return {"sections": sections}


def gaps(body: Mapping[str, Any]) -> list[str]:
    """What still has to be written by a person."""
    return [found for one in body["sections"] for found in GAP.findall(one["text"])]
