"""Everything that changes fieldwork."""

from huying.fieldwork.acts._forget import (
    forget,
)
from huying.fieldwork.acts._forget_logs import (
    forget_logs,
)
from huying.fieldwork.acts._groups import (
    Seat,
    set_group,
    set_guides,
)
from huying.fieldwork.acts._households import (
    add_household,
    change_household,
    close_household,
    erase_household,
    open_household,
)
from huying.fieldwork.acts._logs import (
    write_log,
)
from huying.fieldwork.acts._plans import (
    add_task,
    end_demo_point,
    finish_task,
    name_demo_point,
    set_links,
    set_own_rule,
    write_plan,
)
from huying.fieldwork.acts._points import (
    follow_point,
    settle_point,
)
from huying.fieldwork.acts._presence import (
    confirm_presence,
    deny_presence,
)
from huying.fieldwork.acts._print import (
    print_studio,
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
from huying.fieldwork.acts._studios import (
    add_staff,
    end_staff,
    set_liaisons,
    set_studio,
)
from huying.fieldwork.acts._ties import (
    add_result,
    end_tie,
    make_tie,
    note_leave,
    take_back_leave,
)

__all__ = [
    "Seat",
    "add_files",
    "add_household",
    "add_result",
    "add_staff",
    "add_task",
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
    "change_household",
    "close_household",
    "confirm_presence",
    "deny_presence",
    "end_demo_point",
    "end_staff",
    "end_tie",
    "erase_household",
    "finish_task",
    "finish_visit",
    "follow_cases",
    "follow_point",
    "forget",
    "forget_logs",
    "forget_talks",
    "hold_day",
    "hold_talk",
    "invite_talk",
    "join_case",
    "make_days",
    "make_tie",
    "mark_absent",
    "name_demo_point",
    "note_leave",
    "open_household",
    "part_case",
    "print_studio",
    "put_back",
    "remind_leaders",
    "set_group",
    "set_guides",
    "set_liaisons",
    "set_links",
    "set_own_rule",
    "set_studio",
    "settle_point",
    "swap_leader",
    "take_back_leave",
    "walk_in",
    "withdraw_record",
    "write_log",
    "write_plan",
    "write_record",
]
