"""Acts of handling: the union's side and the department's side, through one gate."""

from huying.handling.acts._department import ask_union, finish, progress, report, send_back, take_item
from huying.handling.acts._union import assign, check, drop, give_again, hand_over, redo, tell

__all__ = [
    "ask_union",
    "assign",
    "check",
    "drop",
    "finish",
    "give_again",
    "hand_over",
    "progress",
    "redo",
    "report",
    "send_back",
    "take_item",
    "tell",
]
