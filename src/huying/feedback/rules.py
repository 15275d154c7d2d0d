"""Pure rules of a survey: what an answer must have, who may take it for somebody, how many are drawn, what leaves the union."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from huying.kernel.errors import Invalid

LONGEST_WORDS = 2000
WORST_FIRST = ("unsatisfied", "basic", "satisfied")
# The pack's codes of who is asked, and ours.
GROUPS = {"asker": "asker", "delegates": "delegate", "concerned": "concerned"}


@dataclass(frozen=True, kw_only=True)
class Given:
    """What somebody answers: grades of result and process, reasons ticked, own words."""

    result: str
    process: str = ""
    reasons: tuple[str, ...] = ()
    words: str = ""


def check_given(
    scale: Sequence[Mapping[str, str]], offered: Collection[str], given: Given, *, by_staff: bool = False
) -> tuple[str, str]:
    """Grades must be of the scale, reasons of the list; returns what result and process count as (MY-3.2.5b).

    Whoever answers alone need not say why; staff who write down somebody's 基本满意 or 不满意 ask why.
    """
    counts = {grade["code"]: grade["counts_as"] for grade in scale}
    wrong = {}
    if given.result not in counts:
        wrong["result"] = "请选一个满意程度。"
    if given.process and given.process not in counts:
        wrong["process"] = "请选一个满意程度。"
    if set(given.reasons) - set(offered):
        wrong["reasons"] = "请在列出的里面选。"
    if len(given.words) > LONGEST_WORDS:
        wrong["words"] = f"写了 {len(given.words)} 字，最多 {LONGEST_WORDS} 字。"
    silent = not given.reasons and not given.words.strip()
    if by_staff and counts.get(given.result, "satisfied") != "satisfied" and silent:
        wrong["reasons"] = "请问一问为什么：勾一项，或者在下面写一句。"
    if wrong:
        raise Invalid(wrong)
    return counts[given.result], counts.get(given.process, "")


def may_take(person: UUID | None, handled: Collection[UUID], others: Collection[UUID]) -> bool:
    """Whether somebody may take answers, print slips or sign: never one who handled the case, unless the union has nobody
    else (secrecy.md, small units)."""
    return person is not None and (person not in handled or not set(others) - set(handled))


def how_many(wanted: int, eligible: int, *, quiet: bool) -> int:
    """How many workers are drawn.  All where there are fewer; but where somebody behind the case did not give a name to
    everybody, never more than half, so that being left out says nothing about anybody."""
    return min(wanted, eligible // 2 if quiet else eligible)


def joint_grade(counts: Sequence[str], smallest: int) -> str:
    """The one grade that leaves the union: the middle one, of two the lower; nothing for fewer than ``smallest`` people."""
    if len(counts) < smallest or not counts:
        return ""
    ordered = sorted(counts, key=WORST_FIRST.index)
    return ordered[(len(ordered) - 1) // 2]
