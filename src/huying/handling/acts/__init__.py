"""Acts of handling: the union's side and the department's side, through one gate."""

from huying.handling.acts._department import ask_union, finish, progress, report, send_back, take_item
from huying.handling.acts._forget import forget
from huying.handling.acts._gate import tell_of_infected
from huying.handling.acts._instruct import instruct_item
from huying.handling.acts._paper import report_on_paper
from huying.handling.acts._union import (
    answer,
    assign,
    check,
    drop,
    drop_ended,
    give_again,
    hand_over,
    redo,
    remind_handlers,
    tell,
)

__all__ = [
    "answer",
    "ask_union",
    "assign",
    "check",
    "drop",
    "drop_ended",
    "finish",
    "forget",
    "give_again",
    "hand_over",
    "instruct_item",
    "progress",
    "redo",
    "remind_handlers",
    "report",
    "report_on_paper",
    "send_back",
    "take_item",
    "tell",
    "tell_of_infected",
]
