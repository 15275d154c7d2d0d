"""What a studio must have, and what it lacks (BD-2.1, BD-2.2, BD-2.3, BD-4.3a).  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from huying.mechanism.rules import Choice, Choices, ClauseRef, Rules

HEAD = "BD-2.1"
LISTS = ("studio", "opinion_ways")


@dataclass(frozen=True)
class Standing:
    """A studio as it stands on a day.  ``places``: workshops and departments, each with whether it has a liaison."""

    there: bool
    opened_on: date | None = None
    chair: bool = False
    cadres: int = 0
    staff: int = 0
    workers: int | None = None
    equipped: Mapping[str, str] = field(default_factory=dict)
    places: Sequence[tuple[str, bool]] = ()


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, in words, with the clause that asks for it (none: no adopted document does)."""

    code: str
    words: str
    clause: ClauseRef | None


def list_of(rules: Rules, code: str) -> Choices | None:
    """A list of what must be there; ``None`` where no adopted document asks for it."""
    try:
        return rules.needs(code)
    except KeyError:
        return None


def kept_as(listed: Choices, one: Choice) -> str:
    """The name under which a studio keeps an entry: lists may share codes."""
    return one.code if listed.code == LISTS[0] else f"{listed.code}.{one.code}"


def lists_of(rules: Rules) -> list[Choices]:
    """What a studio must have, and the ways in which opinions are gathered, as far as a document lists them."""
    return [found for code in LISTS if (found := list_of(rules, code))]


def gaps(rules: Rules, now: Standing) -> list[Gap]:
    """What is missing, the weightiest first.  What a document only advises is never among it."""
    head = _clause(rules, HEAD)
    if not now.there:
        return [Gap("studio", "还没有建群众工作室", head)]
    found = [] if now.opened_on else [Gap("opened", "没有启用（没有填启用日期）", head)]
    if not now.chair:
        found.append(Gap("chair", "没有工会主席，工作室没有主任", head))
    least = rules.count("studio_staff")
    if now.cadres < least.value:
        found.append(Gap("staff", f"负责的工会干部 {now.cadres} 名，至少 {least.value} 名", least.clause))
    bare = [name for name, has in now.places if not has]
    if bare and head:
        found.append(Gap("liaisons", f"没有联络员：{'、'.join(bare)}", head))
    for needed in lists_of(rules):
        lacking = [one.label for one in needed.choices if kept_as(needed, one) not in now.equipped]
        if lacking:
            found.append(Gap(needed.code, f"{needed.label}，还缺：{'、'.join(lacking)}", needed.clause))
    return found


def staff_advice(rules: Rules, now: Standing) -> Gap | None:
    """Units as large as the rule says are advised to have more people; a remark, never a breach (BD-2.3)."""
    large, extra = rules.count("studio_large"), rules.count("studio_extra")
    if now.workers is None or now.workers < large.value:
        return None
    if now.staff > rules.count("studio_staff").value:
        return None
    words = f"{large.value} 人以上的单位，可以视情况再配 1 至 {extra.value} 名专兼职人员；公益岗位和志愿者也算。"
    return Gap("advice", words, extra.clause)


def _clause(rules: Rules, code: str) -> ClauseRef | None:
    try:
        return rules.clause(code)
    except KeyError:
        return None
