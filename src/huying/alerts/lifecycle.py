"""Four lifecycles: a warning (BD-4.5), a sudden incident (BD-4.7), information sent (BD-4.3b, BD-4.8), a finding on what was
sent late, wrongly or not at all (BD-4.8)."""

from __future__ import annotations

from huying.kernel.lifecycle import Lifecycle, State, Step

WARNING = Lifecycle(
    name="warning",
    start="draft",
    states=(
        State("draft", "待核实", "", "工会"),
        State("open", "预警中", "", "盯办人"),
        State("defused", "已化解", "", "", final=True),
        State("incident", "已转突发事件", "", "", final=True),
        State("dropped", "不作预警", "", "", final=True),
    ),
    steps=(
        Step("write", "登记", ("draft", "open"), None, may="handle_cases", needs=("title", "level")),
        Step("open", "列入预警台账", ("draft",), "open", may="handle_cases", needs=("watcher", "next_step", "next_on"),
             clause="BD-4.5", main=True),
        Step("progress", "登记进展", ("open",), None, may="handle_cases", needs=("text", "next_step", "next_on"),
             clause="BD-4.5", main=True),
        Step("join", "并入新的事项", ("draft", "open"), None, may=""),
        Step("tell", "提请和报告", ("open",), None, may="handle_cases", needs=("to", "text"), notice=("told",),
             clause="BD-4.5"),
        Step("defuse", "化解", ("open",), "defused", may="handle_cases", needs=("reason",), clause="BD-4.5"),
        Step("turn", "转突发事件", ("open",), "incident", may="handle_cases", needs=("reason",), clause="BD-4.7"),
        Step("drop", "不作预警", ("draft", "open"), "dropped", may="handle_cases", needs=("reason",)),
    ),
)  # fmt: skip

INCIDENT = Lifecycle(
    name="incident",
    start="reported",
    states=(
        State("reported", "已首报", "", "工会"),
        State("handling", "处置中", "", "工会"),
        State("closed", "已结束", "", "", final=True),
        State("mistaken", "误报，已撤销", "", "", final=True),
    ),
    steps=(
        Step("report", "首报", ("reported",), None, may="register", needs=("what", "place", "since"),
             notice=("office", "above"), clause="BD-4.7"),
        Step("note", "确认收到", ("reported", "handling"), None, may="handle_cases", clause="BD-4.7", main=True),
        Step("call", "登记通话", ("reported", "handling"), None, may="handle_cases", clause="BD-4.7"),
        Step("log", "记现场", ("reported", "handling"), "handling", may="handle_cases", needs=("kind", "text"),
             clause="QD-4.6b", main=True),
        Step("follow", "续报", ("reported", "handling"), None, may="handle_cases", needs=("text",), notice=("levels",),
             clause="BD-4.7"),
        Step("pass_on", "再往上报", ("reported", "handling"), None, may="handle_cases", notice=("above",), clause="BD-4.7"),
        Step("tell_management", "报告行政", ("reported", "handling"), None, may="handle_cases", notice=("management",),
             clause="BD-4.7"),
        Step("close", "终报", ("reported", "handling"), "closed", may="handle_cases", needs=("text",), notice=("levels",),
             clause="BD-4.7"),
        Step("mistake", "撤销误报", ("reported", "handling"), "mistaken", may="handle_cases", needs=("reason",),
             notice=("levels",), clause="BD-4.8"),
    ),
)  # fmt: skip

INFORMATION = Lifecycle(
    name="information",
    start="draft",
    states=(
        State("draft", "起草中", "", "工会"),
        State("sent", "已报送", "", "收到的一方"),
        State("answered", "已答复", "", "工会"),
        State("corrected", "已更正", "", "", final=True),
        State("withdrawn", "已撤回", "", "", final=True),
        State("dropped", "已作废", "", "", final=True),
    ),
    steps=(
        Step("write", "改写", ("draft",), None, may="handle_cases", needs=("sections",)),
        Step("send", "报送", ("draft",), "sent", may="handle_cases", notice=("reader",), clause="BD-4.8", main=True),
        Step("answer", "答复", ("sent", "answered"), "answered", may="items_of_unit", needs=("text",), notice=("writer",),
             clause="BD-4.3b"),
        Step("pass_back", "反馈给职工", ("answered",), None, may="handle_cases", needs=("text",), clause="BD-4.3b", main=True),
        Step("mend", "起草更正", ("sent", "answered"), None, may="handle_cases", needs=("reason",), clause="BD-4.8"),
        Step("correct", "更正", ("sent", "answered"), "corrected", may="handle_cases", notice=("reader",), clause="BD-4.8"),
        Step("withdraw", "撤回", ("sent", "answered"), "withdrawn", may="handle_cases", needs=("reason",), notice=("reader",),
             clause="BD-4.8"),
        Step("drop", "作废草稿", ("draft",), "dropped", may="handle_cases", needs=("reason",)),
    ),
)  # fmt: skip

FINDING = Lifecycle(
    name="finding",
    start="found",
    states=(
        State("found", "待核实", "", "上级工会"),
        State("asked", "等单位说明", "", "单位"),
        State("explained", "单位已说明", "", "上级工会"),
        State("upheld", "属实", "", "", final=True),
        State("dismissed", "不成立", "", "", final=True),
    ),
    steps=(
        Step("find", "发现", ("found",), None, may="read_below", clause="BD-4.8"),
        Step("ask", "请单位说明", ("found",), "asked", may="read_below", needs=("question",), notice=("unit",),
             clause="BD-4.8", main=True),
        Step("explain", "说明情况", ("asked",), "explained", may="handle_cases", needs=("text",), notice=("above",),
             clause="BD-4.8", main=True),
        Step("uphold", "认定属实", ("asked", "explained"), "upheld", may="read_below", needs=("kind", "reason"),
             notice=("unit",), clause="BD-4.8", main=True),
        Step("dismiss", "认定不成立", ("found", "asked", "explained"), "dismissed", may="read_below", needs=("reason",),
             clause="BD-4.8"),
    ),
)  # fmt: skip
