"""Acts of promises: the plan, its promises, what workers say of them; research topics and reports."""

from huying.promises.acts._forget import forget
from huying.promises.acts._plan import (
    add_promise,
    change_promise,
    drop_promise,
    fail_promise,
    finish_promise,
    open_plan,
    publish_plan,
    remind_late,
    report_progress,
)
from huying.promises.acts._research import add_topic, drop_topic, publish_report, submit_report
from huying.promises.acts._said import hide_comment, rate_promise, say_of

__all__ = [
    "add_promise",
    "add_topic",
    "change_promise",
    "drop_promise",
    "drop_topic",
    "fail_promise",
    "finish_promise",
    "forget",
    "hide_comment",
    "open_plan",
    "publish_plan",
    "publish_report",
    "rate_promise",
    "remind_late",
    "report_progress",
    "say_of",
    "submit_report",
]
