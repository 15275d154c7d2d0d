"""What an act may answer instead of doing it.  Every message is plain Chinese and says what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row")


class Refused(Exception):
    """The act is not possible now.  ``message`` says what happened, ``remedy`` what the person can do."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}{self.remedy}"


class Invalid(Refused):
    """Something given is missing or wrong.  ``fields`` maps a field's name to its message."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("有几处需要补正。", "请按红字提示修改后再提交，已填的内容都还在。")
        self.fields = dict(fields)


class NotYours(Refused):
    """This person may not.  Views show it exactly as a missing page (rule 10)."""

    def __init__(self) -> None:
        super().__init__("没有找到这一页。", "可能是地址不对，或者它不归您办。")


def only(rows: Iterable[Row]) -> Row:
    """The one row of a scope narrowed to one id; ``NotYours`` when there is none.

    Not ``first()``: sorting a single row makes the database layer weigh every column of every joined table.
    """
    for row in rows:
        return row
    raise NotYours


class Stale(Refused):
    """Somebody changed the object while this person typed.  ``changes`` are sentences: who did what, when."""

    def __init__(self, changes: list[str]) -> None:
        super().__init__("您填写的时候，这件事有了新的变化。", "请看一下变化，再决定是否提交；您写的内容都还在。")
        self.changes = changes
