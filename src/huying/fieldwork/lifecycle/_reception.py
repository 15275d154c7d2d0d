"""A reception day (接待日), somebody who comes to it, an invited talk (约访): states and steps (BD-4.4a, BD-4.4b, SX-10)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

DAY = Lifecycle(
    name="reception_day",
    start="planned",
    states=(
        State("planned", "已排，没有公告", "", "工会"),
        State("announced", "已公告", "可以约", "领导"),
        State("held", "已接访", "接待过了", "", final=True),
        State("cancelled", "已取消", "取消了", "", final=True),
    ),
    steps=(
        Step("announce", "公告", ("planned",), "announced", may="handle_cases", notice=("leader",), clause="BD-4.4a",
             main=True),
        Step("swap", "换人", ("planned", "announced"), None, may="handle_cases", needs=("leader", "reason"),
             notice=("leader", "booked"), clause="SX-10"),
        Step("hold", "接访结束", ("planned", "announced"), "held", may="handle_cases", clause="BD-4.4a"),
        Step("cancel", "取消", ("planned", "announced"), "cancelled", may="handle_cases", needs=("reason",),
             notice=("leader", "booked")),
    ),
)  # fmt: skip

VISIT = Lifecycle(
    name="reception_visit",
    start="booked",
    states=(
        State("booked", "约好了", "约好了", "职工"),
        State("arrived", "到了，在等", "您到了，请等叫号", "工会"),
        State("called", "正在谈", "轮到您了", "领导"),
        State("done", "谈过了", "领导当面听您说了", "", final=True),
        State("absent", "没有来", "那天您没有来", "", final=True),
        State("cancelled", "取消了", "取消了", "", final=True),
    ),
    steps=(
        Step("arrive", "到了", ("booked", "absent"), "arrived", may="handle_cases", main=True),
        Step("call", "叫号", ("arrived",), "called", may="handle_cases", main=True),
        Step("back", "没应，放回去", ("called",), "arrived", may="handle_cases"),
        Step("finish", "谈完了", ("arrived", "called"), "done", may="handle_cases", needs=("outcome",), main=True,
             told="领导当面听您说了"),
        Step("absent", "没有来", ("booked", "arrived"), "absent", may="handle_cases"),
        Step("cancel", "不去了", ("booked",), "cancelled", may=""),
        Step("drop", "这一天不接待了", ("booked", "arrived"), "cancelled", may="", told="这一次约不成了"),
    ),
)  # fmt: skip

TALK = Lifecycle(
    name="invited_talk",
    start="sent",
    states=(
        State("sent", "已约，等那天", "工会约您谈谈", "职工"),
        State("held", "谈过了", "谈过了", "", final=True),
        State("cancelled", "取消了", "这次约谈取消了", "", final=True),
    ),
    steps=(
        Step("hold", "登记谈话", ("sent",), "held", may="handle_cases", needs=("result",), clause="BD-4.4b", main=True),
        Step("cancel", "取消约访", ("sent",), "cancelled", may="handle_cases", needs=("reason",)),
    ),
)

OPEN_DAY = ("planned", "announced")  # it is still to come, or nobody wrote down what came of it
GOING_ON = ("booked", "arrived", "called")  # a place in the queue is taken
