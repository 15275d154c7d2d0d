"""Acts of fieldwork."""

from huying.fieldwork.acts._reception import announce_days, cancel_day, hold_day, make_days, remind_leaders, swap_leader
from huying.fieldwork.acts._reception_queue import (
    arrive,
    book,
    book_again,
    call_in,
    cancel_booking,
    finish_visit,
    follow_cases,
    mark_absent,
    put_back,
    walk_in,
)
from huying.fieldwork.acts._reception_talks import answer_talk, cancel_talk, forget_talks, hold_talk, invite_talk

__all__ = [
    "announce_days",
    "answer_talk",
    "arrive",
    "book",
    "book_again",
    "call_in",
    "cancel_booking",
    "cancel_day",
    "cancel_talk",
    "finish_visit",
    "follow_cases",
    "forget_talks",
    "hold_day",
    "hold_talk",
    "invite_talk",
    "make_days",
    "mark_absent",
    "put_back",
    "remind_leaders",
    "swap_leader",
    "walk_in",
]
