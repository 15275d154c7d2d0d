"""Levels of warnings, as the union's rules list them: from the lightest to the gravest."""

from __future__ import annotations

from huying.mechanism.rules import Rules

LEVELS = "warning_levels"


def _place(rules: Rules, level: str) -> tuple[int, int]:
    codes = [choice.code for choice in rules.options(LEVELS).choices]
    return (codes.index(level) if level in codes else 0), len(codes)


def first_level(rules: Rules, *, more: bool = False) -> str:
    """The lightest level; with ``more`` the next one."""
    choices = rules.options(LEVELS).choices
    return choices[min(1 if more else 0, len(choices) - 1)].code


def is_weighty(rules: Rules, level: str) -> bool:
    """Beyond the lightest: the union's chair is told at once (BD-4.5)."""
    return _place(rules, level)[0] > 0


def is_gravest(rules: Rules, level: str) -> bool:
    """The last of the list: the union above is warned at once as well (QD-4.6a)."""
    place, of = _place(rules, level)
    return of > 1 and place == of - 1
