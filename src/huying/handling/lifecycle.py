"""An item's short lifecycle: given, worked on, done, reported (MY-3.2.3b, MY-3.2.4a, form 3)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

STATES = (
    State("given", "待接收", "交给部门了", "部门"),
    State("doing", "正在进行中", "部门正在办", "部门"),
    State("returned", "部门退回", "部门提出要换人办", "工会"),
    State("done", "已完成，待书面反馈", "部门说办好了", "部门"),
    State("unable", "不具备条件，待书面反馈", "部门说现在办不了", "部门"),
    State("reported", "已书面反馈", "部门向工会交了书面说明", "工会", final=True),
    State("dropped", "已撤销", "不再由这个部门办", "", final=True),
)
RUNNING = ("given", "doing", "done", "unable")

STEPS = (
    Step("take", "接收", ("given",), "doing", may="items", main=True),
    Step("ask_union", "问工会", ("given", "doing", "done", "unable"), None, may="items", needs=("text",), notice=("officer",)),
    Step("send_back", "退回工会", ("given", "doing"), "returned", may="items", needs=("reason",), notice=("officer",)),
    Step("progress", "登记进展", ("given", "doing"), "doing", may="items", needs=("state", "text"), notice=("officer",),
         clause="MY-A3"),
    Step("done", "办结", ("given", "doing"), "done", may="items", needs=("done_on", "text"), starts=("report",),
         stops=("item",), notice=("officer",), clause="MY-3.2.4a"),
    Step("unable", "不具备条件", ("given", "doing"), "unable", may="items", needs=("text",), starts=("report",),
         stops=("item",), notice=("officer",), clause="MY-A3"),
    Step("report", "书面反馈", ("done", "unable"), "reported", may="items", needs=("text",), stops=("report",),
         notice=("officer",), clause="MY-3.2.4a", main=True),
    Step("give_again", "重新交办", ("returned",), "given", may="handle_cases",
         needs=("department", "handler"), notice=("handler",)),
    Step("redo", "请部门补办", ("reported",), "doing", may="handle_cases", needs=("reason",), starts=("item",),
         notice=("handler",)),
    Step("check", "督导", ("given", "doing", "done", "unable"), None, may="handle_cases", needs=("text",), clause="MY-3.2.4e"),
    Step("urge", "催办", ("given", "doing", "done", "unable"), None, may="handle_cases", needs=("text",),
         notice=("handler",), clause="MY-3.2.4e"),
    Step("end", "随事项结束", ("given", "doing", "returned", "done", "unable"), "dropped", may="", notice=("handler",)),
    Step("answer", "答复部门", ("given", "doing", "done", "unable"), None, may="handle_cases", needs=("text",),
         notice=("handler",)),
    Step("report_on_paper", "补录书面反馈", ("given", "doing", "done", "unable"), "reported", may="handle_cases",
         needs=("done_on", "handed_on", "text", "files"), stops=("item", "report"), clause="MY-3.2.4a"),
    Step("drop", "撤销", ("given", "doing", "returned"), "dropped", may="handle_cases", needs=("reason",),
         stops=("item",), notice=("handler",)),
)  # fmt: skip

ITEM = Lifecycle(name="item", start="given", states=STATES, steps=STEPS)
