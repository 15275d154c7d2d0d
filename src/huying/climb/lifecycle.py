"""One level of the climb: sent, taken, sent on, sent back with guidance, solved (MY-3.2.4d, SX-6a)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

STATES = (
    State("sent", "待接收", "报到了上级工会", "上级"),
    State("taken", "已接收，待答复", "上级工会接收了，正在想办法", "上级"),
    State("passed", "已再上报", "又往上报了一级", "再上一级"),
    State("returned", "已退回并指导", "上级工会提出了办法，本单位接着办", "", final=True),
    State("solved", "已解决", "上级给了结果", "", final=True),
    State("assigned", "已交本级部门办理", "上级交给它的部门办理了", "部门", final=True),
    State("withdrawn", "已随事项结束", "您撤回了这件事", "", final=True),
)

STEPS = (
    Step("take", "接收", ("sent",), "taken", may="handle_cases", told="上级工会接收了", clause="MY-3.2.4d", main=True),
    Step("solve", "给出结果", ("taken",), "solved", may="handle_cases", needs=("result",), stops=("climb",),
         notice=("officer",), clause="MY-3.2.4d", main=True),
    Step("assign", "交本级部门办理", ("taken",), "assigned", may="handle_cases",
         needs=("measure", "department", "handler", "deadline"), stops=("climb",), notice=("officer",), clause="MY-3.2.3b"),
    Step("give_back", "退回并指导", ("sent", "taken"), "returned", may="handle_cases", needs=("guidance",), stops=("climb",),
         notice=("officer",), clause="MY-3.2.4d"),
    Step("send_on", "再往上报", ("sent", "taken"), "passed", may="handle_cases", needs=("reason", "tried"),
         starts=("climb",), stops=("climb",), notice=("unit", "officer"), clause="MY-3.2.4d"),
    Step("come_back", "上级退回，接着办", ("passed",), "taken", may="", needs=("guidance",), starts=("climb",),
         notice=("unit",), clause="MY-3.2.4d"),
    Step("close", "上级已解决", ("passed",), "solved", may=""),
    Step("end", "随事项结束", ("sent", "taken", "passed"), "withdrawn", may="", stops=("climb",), notice=("unit",)),
)  # fmt: skip

RUNG = Lifecycle(name="rung", start="sent", states=STATES, steps=STEPS)

HERE = ("sent", "taken")  # it waits for this level
RUNNING = (*HERE, "passed")  # it takes part in the climb
