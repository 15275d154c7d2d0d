"""Two short lifecycles: a topic's way to the table (MY-2.1, MY-2.2, MY-3.2.1) and a meeting's way to signed minutes (MY-3.2.3)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

TOPIC = Lifecycle(
    name="topic",
    start="draft",
    states=(
        State("draft", "梳理中", "工会正在梳理", "工会"),
        State("ready", "可以上会", "等着开会商量", "工会"),
        State("agenda", "已列入议程", "开会时商量", "会议"),
        State("settled", "已定下事项", "会上定下了办法", "", final=True),
        State("not_agreed", "未达成一致", "会上没有谈成", "工会"),
        State("noted", "已通报", "会上作了说明", "", final=True),
        State("refused", "行政不同意上会", "单位没有同意上会商量", "工会"),
        State("failed", "审查未通过", "还不能上会", "工会"),
        State("merged", "已并入", "和同样的议题并在一起", "", final=True),
        State("dropped", "已撤下", "不再上会", "", final=True),
    ),
    steps=(
        Step("word", "改写", ("draft", "ready", "failed"), "draft", may="handle_cases", needs=("title", "body")),
        Step("gather", "加入诉求", ("draft", "ready"), None, may="handle_cases", needs=("case",), clause="MY-3.2.1"),
        Step("review", "合法性审查", ("draft", "failed"), "draft", may="handle_cases",
             needs=("reviewer", "content", "form", "procedure"), clause="MY-2.1"),
        Step("fail", "审查未通过", ("draft",), "failed", may="handle_cases", needs=("reason",), clause="MY-2.1"),
        Step("talk", "记会前沟通", ("draft",), None, may="handle_cases", needs=("whom", "on", "said"), clause="MY-2.2"),
        Step("clear", "可以上会", ("draft",), "ready", may="", clause="MY-2.2"),
        Step("refuse", "行政不同意上会", ("draft", "ready"), "refused", may="handle_cases", needs=("reason",), clause="MY-3.2.1"),
        Step("bring_again", "再次提出", ("refused", "failed", "not_agreed"), "draft", may="handle_cases", needs=("reason",)),
        Step("place", "列入议程", ("ready",), "agenda", may="handle_cases", needs=("meeting",), main=True),
        Step("take_off", "移出议程", ("agenda",), "ready", may="handle_cases"),
        Step("settle", "定下事项", ("agenda",), "settled", may="", clause="MY-3.2.3b"),
        Step("not_agree", "未达成一致", ("agenda",), "not_agreed", may=""),
        Step("note", "通报", ("agenda",), "noted", may=""),
        Step("carry_over", "下次再议", ("agenda",), "ready", may=""),
        Step("merge", "并入别的议题", ("draft", "ready"), "merged", may="handle_cases", needs=("into",), clause="MY-3.2.1"),
        Step("drop", "撤下", ("draft", "ready", "refused", "failed", "not_agreed"), "dropped", may="handle_cases", needs=("reason",)),
    ),
)  # fmt: skip

MEETING = Lifecycle(
    name="meeting",
    start="draft",
    states=(
        State("draft", "筹备中", "正在筹备", "工会"),
        State("called", "已通知", "已经通知开会", "参会人"),
        State("open", "会议中", "正在开会", "会议"),
        State("held", "待出纪要", "会开完了，正在写纪要", "工会"),
        State("circulated", "征求意见", "纪要正在核对", "参会人"),
        State("signed", "已签字生效", "双方签了字", "", final=True),
        State("cancelled", "已取消", "会议取消了", "", final=True),
    ),
    steps=(
        Step("plan", "改安排", ("draft", "called"), None, may="handle_cases", needs=("starts_at", "place")),
        Step("call", "发通知", ("draft",), "called", may="handle_cases", needs=("participants", "topics"), clause="MY-3.2.2",
             notice=("participants",), main=True),
        Step("open", "开会", ("draft", "called"), "open", may="handle_cases", needs=("present",), clause="MY-3.2.2", main=True),
        Step("enter", "补录纸质会议", ("draft",), "held", may="handle_cases", needs=("scan",), clause="MY-3.2.3c"),
        Step("close", "散会", ("open",), "held", may="handle_cases", needs=("results",), main=True),
        Step("go_back", "接着开会", ("held",), "open", may="handle_cases"),
        Step("reenter", "继续补录", ("held",), "draft", may="handle_cases"),
        Step("write", "改纪要", ("held", "circulated"), "held", may="handle_cases", needs=("text",), clause="MY-3.2.3c"),
        Step("circulate", "送参会人核对", ("held",), "circulated", may="handle_cases", notice=("participants",), main=True,
             clause="MY-3.2.3c"),
        Step("sign", "签字", ("circulated",), None, may="attend", needs=("side",), clause="MY-3.2.3c"),
        Step("effect", "双方签字生效", ("circulated",), "signed", may="", clause="MY-3.2.3b", notice=("participants",)),
        Step("correct", "更正", ("signed",), None, may="handle_cases", needs=("text",), clause="MY-3.2.3c"),
        Step("publish", "公开纪要", ("signed",), None, may="handle_cases", needs=("text",)),
        Step("cancel", "取消会议", ("draft", "called"), "cancelled", may="handle_cases", needs=("reason",), notice=("participants",)),
    ),
)  # fmt: skip
