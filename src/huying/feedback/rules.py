"""Pure rules of a survey: who may answer for whom, and what an answer must have."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from huying.kernel.errors import Invalid

LONGEST_WORDS = 2000


def check_grades(scale: Sequence[Mapping[str, str]], *, result: str, process: str, words: str) -> str:
    """The grade of the result must be one of the scale; returns what it counts as (MY-3.2.5b)."""
    by_code = {grade["code"]: grade for grade in scale}
    wrong = {}
    if result not in by_code:
        wrong["result"] = "请选一个满意程度。"
    if process and process not in by_code:
        wrong["process"] = "请选一个满意程度。"
    if len(words) > LONGEST_WORDS:
        wrong["words"] = f"写了 {len(words)} 字，最多 {LONGEST_WORDS} 字。"
    if wrong:
        raise Invalid(wrong)
    return by_code[result]["counts_as"]


def may_call(caller: UUID | None, handled: Collection[UUID], others: Collection[UUID]) -> bool:
    """Whether somebody may take a rating by phone: never one who handled the case, unless the union has nobody else."""
    return caller is not None and (caller not in handled or not set(others) - set(handled))
