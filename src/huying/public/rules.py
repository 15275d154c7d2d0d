"""Reading what a worker typed on one page: who speaks along, which words to hide.  Pure."""

from __future__ import annotations

import re
import unicodedata

from huying.cases.models import Secrecy
from huying.cases.rules import Voice
from huying.kernel.errors import Invalid

MOST_TOGETHER = 30  # each gets a receipt, made while the others wait; more people join by a receipt they were given
_DIGITS = re.compile(r"\+?\d[\d\- ]{4,}\d")
_BETWEEN = re.compile(r"[、，,;；\n]+")


def digits_of(typed: str) -> str:
    """The digits of a receipt as people type it: with blanks, hyphens, full-width."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", typed))


def hidden_words(typed: str) -> tuple[str, ...]:
    """Words the worker wants hidden, as listed with commas or on lines."""
    return tuple(dict.fromkeys(word.strip() for word in _BETWEEN.split(typed) if word.strip()))


def companions(typed: str, count: int, secrecy: str) -> tuple[Voice, ...]:
    """Who speaks along: one line a person (name and phone, in any order), or only how many they are.

    Somebody else wrote them down, so they are never shown by name: who is named here is sealed and may speak openly later
    with the own receipt; beside an anonymous speaker nobody is written down.
    """
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if secrecy == Secrecy.ANONYMOUS:
        lines = []
    several = max(count, len(lines))
    if several > MOST_TOGETHER:
        raise Invalid({"together": f"一次最多写 {MOST_TOGETHER} 位。更多的人可以等交上以后，在“我说的事”里再加。"})
    named = [_companion(line) for line in lines]
    return (*named, *(Voice(receipt="", secrecy=Secrecy.ANONYMOUS) for _ in range(several - len(named))))


def _companion(line: str) -> Voice:
    normal = unicodedata.normalize("NFKC", line)
    phone = _DIGITS.search(normal)
    number = phone.group() if phone else ""
    name = " ".join(normal.replace(number, " ").strip(" ,，、:：;；").split()) if number else normal
    if len(re.sub(r"\D", "", number)) > 15 or len(name) > 40:
        raise Invalid({"together": f"“{line[:20]}”这一行看不明白。请一行写一位：姓名 电话。"})
    return Voice(receipt="", secrecy=Secrecy.SEALED, name=name, phone=number)
