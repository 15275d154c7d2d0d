"""Two short lifecycles: a report on the mechanism's running (MY-4.1) and an assessment sheet (MY-4.2)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

REPORT = Lifecycle(
    name="report",
    start="draft",
    states=(
        State("draft", "起草中", "", "工会"),
        State("issued", "已印发", "", "", final=True),
        State("dropped", "已作废", "", "", final=True),
    ),
    steps=(
        Step("write", "改写", ("draft",), None, may="handle_cases", needs=("sections",)),
        Step("redraft", "按最新数字重新起草", ("draft",), None, may="handle_cases"),
        Step("issue", "印发", ("draft",), "issued", may="approve", clause="MY-4.1", main=True),
        Step("send", "登记送阅", ("issued",), None, may="handle_cases", needs=("side", "on"), clause="MY-4.1"),
        Step("remark", "登记批示意见", ("issued",), None, may="handle_cases", needs=("text",)),
        Step("mend", "更正或撤回", ("issued",), None, may="approve", needs=("reason",)),
        Step("drop", "作废草稿", ("draft",), "dropped", may="handle_cases", needs=("reason",)),
    ),
)

SHEET = Lifecycle(
    name="sheet",
    start="counting",
    states=(
        State("counting", "正在计算", "", "系统"),
        State("draft", "待确认", "", "上级工会"),
        State("confirmed", "待单位核对", "", "单位"),
        State("objected", "有申诉", "", "上级工会"),
        State("closed", "已定", "", "", final=True),
    ),
    steps=(
        Step("count", "算出", ("counting",), "draft", may=""),
        Step("correct", "更正一项", ("draft", "objected"), None, may="read_below", needs=("points", "reason"), clause="MY-4.2"),
        Step("confirm", "确认", ("draft",), "confirmed", may="read_below", clause="MY-4.2", main=True),
        Step("agree", "核对无误", ("confirmed",), None, may="handle_cases"),
        Step("object", "申诉", ("confirmed",), "objected", may="handle_cases", needs=("text",), clause="MY-4.2"),
        Step("close", "定下", ("confirmed", "objected"), "closed", may="read_below", clause="MY-4.2", main=True),
        Step("opinion", "签署意见", ("closed",), None, may="read_below", needs=("stance", "text"), clause="MY-4.2"),
    ),
)  # fmt: skip
