"""Acts of the room: warnings, watches, incidents, plans, information, findings."""

from huying.alerts.acts._findings import (
    ask_about,
    compare_reports,
    dismiss_finding,
    explain,
    find_fault,
    find_unsent,
    uphold_finding,
)
from huying.alerts.acts._forget import forget
from huying.alerts.acts._incidents import (
    call_link,
    close_incident,
    follow_incident,
    log_scene,
    mistake_incident,
    note_incident,
    pass_on_incident,
    report_incident,
    tell_management,
)
from huying.alerts.acts._information import (
    answer_information,
    draft_information,
    drop_information,
    mend_information,
    pass_back,
    send_information,
    withdraw_information,
    write_information,
)
from huying.alerts.acts._plans import MOST_LINKS, keep_plan
from huying.alerts.acts._surge import draft_surges
from huying.alerts.acts._warnings import (
    defuse_warning,
    draft_warning,
    drop_warning,
    open_warning,
    progress_warning,
    tell_warning,
    write_warning,
)
from huying.alerts.acts._watches import end_watch, start_watch

__all__ = [
    "MOST_LINKS",
    "answer_information",
    "ask_about",
    "call_link",
    "close_incident",
    "compare_reports",
    "defuse_warning",
    "dismiss_finding",
    "draft_information",
    "draft_surges",
    "draft_warning",
    "drop_information",
    "drop_warning",
    "end_watch",
    "explain",
    "find_fault",
    "find_unsent",
    "follow_incident",
    "forget",
    "keep_plan",
    "log_scene",
    "mend_information",
    "mistake_incident",
    "note_incident",
    "open_warning",
    "pass_back",
    "pass_on_incident",
    "progress_warning",
    "report_incident",
    "send_information",
    "start_watch",
    "tell_management",
    "tell_warning",
    "uphold_finding",
    "withdraw_information",
    "write_information",
    "write_warning",
]
