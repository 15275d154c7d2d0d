"""Acts of fieldwork."""

from huying.fieldwork.acts._forget import forget
from huying.fieldwork.acts._points import follow_point, settle_point
from huying.fieldwork.acts._presence import confirm_presence, deny_presence
from huying.fieldwork.acts._record_cases import bear_case, join_case, part_case
from huying.fieldwork.acts._records import add_files, amend_record, withdraw_record, write_record

__all__ = [
    "add_files",
    "amend_record",
    "bear_case",
    "confirm_presence",
    "deny_presence",
    "follow_point",
    "forget",
    "join_case",
    "part_case",
    "settle_point",
    "withdraw_record",
    "write_record",
]
