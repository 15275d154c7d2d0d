"""Everything that changes the organisation.  Callers use ``org.acts.<verb>``; the files below only group the verbs."""

from huying.org.acts.access import end_sessions, own_account_changed, reset_factor, set_sign_in, unlock_account
from huying.org.acts.accounts import disable_account, enable_account, open_account, open_accounts, reset_password
from huying.org.acts.people import (
    add_person,
    change_person,
    close_department,
    open_department,
    person_left,
    rename_department,
)
from huying.org.acts.posts import appoint, end_post
from huying.org.acts.roster import Report, forget_workbook, import_roster, keep_workbook, rehearse_roster
from huying.org.acts.units import change_unit, check_merge, check_move, close_unit, merge_units, move_unit, open_unit

__all__ = [
    "Report",
    "add_person",
    "appoint",
    "change_person",
    "change_unit",
    "check_merge",
    "check_move",
    "close_department",
    "close_unit",
    "disable_account",
    "enable_account",
    "end_post",
    "end_sessions",
    "forget_workbook",
    "import_roster",
    "keep_workbook",
    "merge_units",
    "move_unit",
    "open_account",
    "open_accounts",
    "open_department",
    "open_unit",
    "own_account_changed",
    "person_left",
    "rehearse_roster",
    "rename_department",
    "reset_factor",
    "reset_password",
    "set_sign_in",
    "unlock_account",
]
