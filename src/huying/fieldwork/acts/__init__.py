"""Everything that changes fieldwork."""

from huying.fieldwork.acts._forget import forget
from huying.fieldwork.acts._groups import Seat, set_group, set_guides
from huying.fieldwork.acts._households import (
    add_household,
    change_household,
    close_household,
    erase_household,
    open_household,
)
from huying.fieldwork.acts._logs import write_log
from huying.fieldwork.acts._plans import (
    add_task,
    end_demo_point,
    finish_task,
    name_demo_point,
    set_links,
    set_own_rule,
    write_plan,
)
from huying.fieldwork.acts._print import print_studio
from huying.fieldwork.acts._studios import add_staff, end_staff, set_liaisons, set_studio
from huying.fieldwork.acts._ties import add_result, end_tie, make_tie, note_leave, take_back_leave

__all__ = [
    "Seat",
    "add_household",
    "add_result",
    "add_staff",
    "add_task",
    "change_household",
    "close_household",
    "end_demo_point",
    "end_staff",
    "end_tie",
    "erase_household",
    "finish_task",
    "forget",
    "make_tie",
    "name_demo_point",
    "note_leave",
    "open_household",
    "print_studio",
    "set_group",
    "set_guides",
    "set_liaisons",
    "set_links",
    "set_own_rule",
    "set_studio",
    "take_back_leave",
    "write_log",
    "write_plan",
]
