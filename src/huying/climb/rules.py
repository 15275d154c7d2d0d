"""Pure rules of the climb: whether the management above is told, what may be written and how long."""

from __future__ import annotations

from huying.kernel.errors import Invalid
from huying.mechanism.rules import Rules
from huying.org.models import Unit

LONGEST = 2000
LONGEST_REASON = 300


def reaches_management(rules: Rules, unit: Unit) -> bool:
    """Whether the management of a level is told with its union: in a group, where an adopted document says so; beyond the
    group there are only unions (MY-3.2.4d)."""
    return not unit.is_upper and "management_above" in {choice.code for choice in rules.options("climb").choices}


def written(most: int = LONGEST, **given: tuple[str, str]) -> list[str]:
    """Words that have to be there, each given as (text, what to say when it is empty); ``Invalid`` for those that are not,
    or are too long."""
    wrong = {}
    for name, (text, missing) in given.items():
        if not text.strip():
            wrong[name] = missing
        elif len(text.strip()) > most:
            wrong[name] = f"写了 {len(text.strip())} 字，最多 {most} 字。"
    if wrong:
        raise Invalid(wrong)
    return [text.strip() for text, _ in given.values()]
