"""A promise (实事): drafted, promised in public, under way, done or explained (SX-12)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

PROMISE = Lifecycle(
    name="promise",
    start="drafted",
    states=(
        State("drafted", "在起草", "", "工会"),
        State("promised", "已承诺，没有开始", "答应了，还没有开始", "责任人"),
        State("doing", "正在办", "正在办", "责任人"),
        State("done", "办成了", "办成了", "", final=True),
        State("failed", "没有办成，已说明", "没有办成", "", final=True),
        State("dropped", "没有列入", "", "", final=True),
    ),
    steps=(
        Step("change", "改", ("drafted",), None, may="handle_cases"),
        Step("drop", "不列入", ("drafted",), "dropped", may="handle_cases"),
        Step("publish", "公开承诺", ("drafted",), "promised", may="approve",
             needs=("measure", "deadline", "leader", "department", "person"), notice=("leader", "person"), clause="SX-12",
             main=True),
        Step("report", "报进展", ("promised", "doing"), "doing", may="", needs=("text",), clause="SX-12", main=True),
        Step("finish", "办成了", ("promised", "doing"), "done", may="", needs=("result",), clause="SX-12"),
        Step("fail", "没有办成，说明原因", ("promised", "doing"), "failed", may="", needs=("reason",), clause="SX-12"),
    ),
)  # fmt: skip

RUNNING = ("promised", "doing")
OVER = ("done", "failed")
