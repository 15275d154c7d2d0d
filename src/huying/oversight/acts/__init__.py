"""Everything that can be done to reports, assessment sheets and opinions."""

from huying.oversight.acts._assessment import (
    agree_sheet,
    close_round,
    close_sheet,
    confirm_round,
    confirm_sheet,
    correct_line,
    count_sheets,
    object_sheet,
    open_round,
)
from huying.oversight.acts._forget import forget
from huying.oversight.acts._honours import sign_opinion
from huying.oversight.acts._reports import (
    draft_report,
    drop_report,
    issue_report,
    mend_report,
    redraft_report,
    remark_report,
    send_report,
    write_report,
)

__all__ = [
    "agree_sheet",
    "close_round",
    "close_sheet",
    "confirm_round",
    "confirm_sheet",
    "correct_line",
    "count_sheets",
    "draft_report",
    "drop_report",
    "forget",
    "issue_report",
    "mend_report",
    "object_sheet",
    "open_round",
    "redraft_report",
    "remark_report",
    "send_report",
    "sign_opinion",
    "write_report",
]
