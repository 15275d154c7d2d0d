"""Asking the founders: one question after the other, each explained, checked at once, with a way back to the one before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from huying.kernel.errors import Refused

BACK = ("<", "＜", "上一步")
YES, NO = ("y", "yes", "是", "好"), ("n", "no", "否", "不")

Answers = dict[str, str]
Read = Callable[[str], str]
Say = Callable[[str], object]


@dataclass(frozen=True)
class Question:
    """One thing to decide.  ``check`` returns the answer as it is kept, or refuses it with a sentence; ``usual`` says what
    an empty answer means, given what was answered before."""

    name: str
    words: str
    why: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    usual: Callable[[Answers], str] = lambda given: ""
    check: Callable[[str, Answers], str] = lambda answer, given: answer
    chapter: str = ""


def ask(questions: Sequence[Question], given: Mapping[str, str], read: Read, say: Say) -> Answers:
    """Every question that ``given`` does not answer already; answers may be taken back one by one."""
    answers = dict(given)
    open_questions = [one for one in questions if one.name not in given]
    at = 0
    while at < len(open_questions):
        one = open_questions[at]
        if one.chapter and (at == 0 or open_questions[at - 1].chapter != one.chapter):
            say(f"\n{one.chapter}")
        answer = _answer(one, answers, read, say)
        if answer is None:
            at = max(0, at - 1)
            answers.pop(open_questions[at].name, None)
            continue
        answers[one.name] = answer
        at += 1
    return answers


def _answer(one: Question, answers: Answers, read: Read, say: Say) -> str | None:
    """The answer, or ``None`` for the way back."""
    if one.why:
        say(f"  {one.why}")
    for number, (_, label) in enumerate(one.choices, 1):
        say(f"    {number}  {label}")
    usual = one.usual(answers)
    while True:
        typed = read(f"{one.words}{f'（直接回车就是“{usual}”）' if usual else ''}：").strip() or usual
        if typed in BACK:
            return None
        try:
            return _checked(one, typed, answers)
        except Refused as error:
            say("  ".join(filter(None, (f"  {error.message}", error.remedy))))


def _checked(one: Question, typed: str, answers: Answers) -> str:
    if not typed:
        raise Refused("这一项必须填写。")
    if one.choices:
        if not typed.isdecimal() or not 1 <= int(typed) <= len(one.choices):
            raise Refused(f"请填前面的编号，1 到 {len(one.choices)}。")
        return one.choices[int(typed) - 1][0]
    return one.check(typed, answers)


def agree(words: str, read: Read, say: Say, *, usual: bool = True) -> bool:
    """A plain yes or no."""
    while True:
        typed = read(f"{words}[{'Y/n' if usual else 'y/N'}] ").strip().lower()
        if not typed:
            return usual
        if typed in (*YES, *NO):
            return typed in YES
        say("  请填 y（是）或 n（否）。")


def pick(words: str, many: int, read: Read, say: Say) -> list[int]:
    """Some of the numbered lines, counted from 0, each once; none for a bare return."""
    while True:
        typed = [part for part in re.split(r"[,，、\s]+", read(words).strip()) if part]
        if all(part.isdecimal() and 1 <= int(part) <= many for part in typed):
            return sorted({int(part) - 1 for part in typed})
        say(f"  请填前面的编号，1 到 {many}，几个就用逗号隔开。")
