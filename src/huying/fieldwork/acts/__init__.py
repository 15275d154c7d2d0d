"""Acts of fieldwork."""

from huying.fieldwork.acts._forget import (
    forget,
)
from huying.fieldwork.acts._points import (
    follow_point,
    settle_point,
)
from huying.fieldwork.acts._presence import (
    confirm_presence,
    deny_presence,
)
from huying.fieldwork.acts._reception import (
    announce_days,
    cancel_day,
    hold_day,
    make_days,
    remind_leaders,
    swap_leader,
)
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
from huying.fieldwork.acts._reception_talks import (
    answer_talk,
    cancel_talk,
    forget_talks,
    hold_talk,
    invite_talk,
)
from huying.fieldwork.acts._record_cases import (
    bear_case,
    join_case,
    part_case,
)
from huying.fieldwork.acts._records import (
    add_files,
    amend_record,
    withdraw_record,
    write_record,
)

__all__ = [
    "add_files",
    "amend_record",
    "announce_days",
    "answer_talk",
    "arrive",
    "bear_case",
    "book",
    "book_again",
    "call_in",
    "cancel_booking",
    "cancel_day",
    "cancel_talk",
    "confirm_presence",
    "deny_presence",
    "finish_visit",
    "follow_cases",
    "follow_point",
    "forget",
    "forget_talks",
    "hold_day",
    "hold_talk",
    "invite_talk",
    "join_case",
    "make_days",
    "mark_absent",
    "part_case",
    "put_back",
    "remind_leaders",
    "settle_point",
    "swap_leader",
    "walk_in",
    "withdraw_record",
    "write_record",
]
