"""What carries each clause out in the product: the page that does it and the sentence that says how.  Data beside code; a
house test holds that every clause of a shipped document has its row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """``page`` is an address of the desk that needs no further words; ``proof``: ``duty`` (counted), ``system`` (nothing else
    is possible), ``record`` (there is a place for it) or ``paper`` (a form or document is printed)."""

    page: str
    name: str
    proof: str
    words: str


PROOFS = {"duty": "按件按期算", "system": "系统强制", "record": "有处登记", "paper": "随时可打印"}

CARRIED_BY: dict[str, Carrier] = {
    "MY-2.1": Carrier("topics", "协商议题", "system", "没有合法性审查，或者审查没有通过，议题列不进议程。"),
    "MY-2.2": Carrier("topics", "协商议题", "system", "没有会前沟通的记录，议题列不进议程；没有记下讨论，不能表决。"),
    "MY-2.3": Carrier(
        "house-rules", "本单位细则", "record", "渠道、类别、会议形式和更严的时限由单位自己定；放宽的存不上。"
    ),
    "MY-3.1": Carrier("cases", "事项", "system", "受理时必须归入四类之一；行政通报说明的没有诉求人，少问一类人。"),
    "MY-3.2": Carrier(
        "flow", "办理流程图", "system", "每件事只能照流程一步一步走，没有归档、撤回或说明理由，就一直在“今日”里。"
    ),
    "MY-3.2.1": Carrier("register", "登记", "record", "各种渠道收到的都登记成事项，再梳理成议题，与行政商定。"),
    "MY-3.2.2": Carrier(
        "meetings",
        "会议",
        "system",
        "该到的人缺了，开会前会指出来；缺人开会要写明原因。",
    ),
    "MY-3.2.3a": Carrier("meetings", "会议", "duty", "每季度数一次双方签了纪要的协商会议。"),
    "MY-3.2.3b": Carrier("meetings", "会议", "system", "解决措施、解决时限、承办部门、具体人员缺一项，就定不下来。"),
    "MY-3.2.3c": Carrier("meetings", "会议", "paper", "纪要由会议记录排成，核对、双方签字后生效，可以打印。"),
    "MY-3.2.3d": Carrier("topics", "协商议题", "system", "议程和纪要里写了职工姓名，存不上；本人同意的写明才可以。"),
    "MY-3.2.4a": Carrier("cases", "事项", "duty", "部门办结的次日起算，到期没有书面反馈就是超期。"),
    "MY-3.2.4b": Carrier(
        "cases", "事项", "duty", "收到书面反馈的次日起算，到期没有告知就是超期；怎么告知、谁告知都记着。"
    ),
    "MY-3.2.4c": Carrier("cases", "事项", "system", "不予受理、无法执行的，不写理由就办不下去；理由职工看得到。"),
    "MY-3.2.4d": Carrier("climb", "上报", "record", "本级解决不了的逐级报送，一路都是同一件事，下级一直看得到。"),
    "MY-3.2.4e": Carrier("cases", "事项", "record", "督导、催办都记在卷宗里，带日期和姓名。"),
    "MY-3.2.5a": Carrier("surveys", "测评", "duty", "告知以后系统请三类人评，对象由系统定；没有发出的列在这里。"),
    "MY-3.2.5b": Carrier("packs", "机制和细则", "system", "三档、四档都能用，汇总时非常满意计入满意。"),
    "MY-3.2.5c": Carrier(
        "surveys", "测评", "duty", "测评结束后由没有经手的督办人签字备案，结果反馈给部门、承办人和负责人。"
    ),
    "MY-3.2.6": Carrier("ledger", "台账", "duty", "办完的事项逐件核对，缺哪一项写哪一项。"),
    "MY-4.1": Carrier("reports", "情况报告", "duty", "按数字起草、印发，按定下的间隔数送党组织的次数。"),
    "MY-4.2": Carrier("assessment", "考核", "record", "上级按数字和履职情况考核，据此列出谁可以提名、签署意见。"),
    "MY-4.3": Carrier("packs", "机制和细则", "record", "事业单位同企业一样采用机制包、算履职、参加考核，规则相同。"),
    "MY-A1": Carrier("blanks", "空白表格", "paper", "职工诉求记录表，每件都能打印，空白的也有。"),
    "MY-A2": Carrier("flow", "办理流程图", "paper", "流程图照系统里真正的步骤画，卷宗里标出现在走到哪一步。"),
    "MY-A3": Carrier("blanks", "空白表格", "paper", "工作进展情况跟踪表，部门每次登记进展自动成一行。"),
    "MY-A4": Carrier("blanks", "空白表格", "paper", "满意度调查表，评价由职工本人给出。"),
    # 保定
    "BD-2.1": Carrier(
        "studios", "群众工作室", "record", "独立建会的单位逐个列出：有没有工作室、谁是主任、哪个科室车间缺联络员。"
    ),
    "BD-2.2": Carrier(
        "studios", "群众工作室", "paper", "建室清单逐项登记；标牌、职责、守则、流程、办事指南、联系卡由资料排印。"
    ),
    "BD-2.3": Carrier("studios", "群众工作室", "record", "没有工会干部负责的列为缺口；千人以上单位只作建议，不算缺。"),
    "BD-3": Carrier("studios", "群众工作室", "record", "舆情档案按时间列出：知道了什么、什么时候、报告给谁。"),
    "BD-4.1": Carrier("records", "工作记录", "record", "关爱服务记成工作记录，写明服务内容。"),
    "BD-4.2": Carrier("my_duties", "我的履职", "duty", "工作室人员每周数一次走访车间班组的记录。"),
    "BD-4.3a": Carrier("studios", "群众工作室", "record", "意见箱、电话、邮箱、征求意见表都登记，汇成舆情档案。"),
    "BD-4.3b": Carrier("information", "信息上报", "duty", "每月数一次报给本单位党政的信息；答复反馈给职工。"),
    "BD-4.4a": Carrier("reception", "接待日", "duty", "每周数一次事先公告、如期接访的接待日。"),
    "BD-4.4b": Carrier("talks", "约访", "record", "复杂、涉及人多的事项挑出来，约职工谈。"),
    "BD-4.5": Carrier("warnings", "预警", "record", "排查记成工作记录，查出的矛盾进预警台账，有人盯、有下一步。"),
    "BD-4.6a": Carrier("cases", "事项", "system", "各种渠道进同一本登记，每件都有一个责任人跟到底。"),
    "BD-4.6b": Carrier("leads", "我包的案", "record", "难办的事项由领导包案，写明理由。"),
    "BD-4.6c": Carrier("climb", "上报", "record", "本级办不了的拿出方案、逐级上报，直到有结果。"),
    "BD-4.7": Carrier("incidents", "突发事件", "record", "平时存好预案和电话链；出了事一分钟内报单位和上级工会。"),
    "BD-4.8": Carrier(
        "information", "信息上报", "duty", "定期数一次报上级的信息；迟报、误报、瞒报比对出来，由上级认定。"
    ),
    "BD-6.1": Carrier(
        "guidance", "指导和小组", "record", "各级领导小组、督导组和乡镇指导员都登记，哪一片没有人指导列出来。"
    ),
    "BD-6.2": Carrier("ties", "联系", "duty", "每人的进驻点、轮换和每月进驻都数；驻点日志在工作日志里。"),
    # 陕西
    "SX-3": Carrier("records", "工作记录", "record", "企业走访调查记下企业类型、经营状况和职工要求。"),
    "SX-6a": Carrier("climb", "上报", "record", "先在企业解决，再逐级往上；一时办不到的写明理由、告诉职工。"),
    "SX-6b": Carrier("information", "信息上报", "record", "倾向性问题报同级党委、政府和上级工会。"),
    "SX-8a": Carrier("ties", "联系", "duty", "厅级数联系的困难企业，处级数联系的困难职工家庭。"),
    "SX-8b": Carrier(
        "my_duties", "我的履职", "duty", "走访天数由工作记录算，一天只算一次；结对、解决的问题、办的实事都数。"
    ),
    "SX-8c": Carrier("coverage", "联系·覆盖", "record", "走访目标由本级细则定；没有人联系的困难企业和家庭列出来。"),
    "SX-8d": Carrier("duties", "履职", "duty", "全年没有走访的干部一个一个列出来。"),
    "SX-10": Carrier("reception", "接待日", "record", "轮流坐班、专题接访、带案下访、领导包案、约访都有记录。"),
    "SX-11": Carrier("research", "调研课题", "duty", "调研天数由工作记录算，每人的调研报告也数。"),
    "SX-12": Carrier(
        "promises", "办实事", "duty", "每年的计划公开在职工页面上，写明措施、时限、分管领导、责任部门、责任人。"
    ),
    "SX-14b": Carrier("information", "信息上报", "duty", "劳动争议信息定期报，没有的报“无”。"),
    "SX-15": Carrier("ties", "联系", "duty", "蹲点的干部数结对的困难职工家庭。"),
    "SX-16": Carrier("records", "工作记录", "record", "联席会议、三方协商记下议定的事，一直跟到落实。"),
    "SX-17": Carrier("plans", "年度规划", "record", "年度规划分解任务、责任到人；示范点有名单。"),
    "SX-19a": Carrier("record_ledger", "工作台账", "paper", "七栏由工作记录自动排成，可以导出和打印。"),
    # 平顶山
    "PD-4.3": Carrier(
        "figures", "数字", "record", "什么在涨、在哪里、为什么，点开就是背后的事项和职工原话的公开摘要。"
    ),
    "PD-5.2.1": Carrier(
        "meetings", "会议", "record", "恳谈会、质询会、听证会有公告、有纪要，答应的事跟到底；经理接待日排在接待日里。"
    ),
    "PD-5.2.2": Carrier("reception", "接待日", "record", "主席接待日、谈心谈话都有记录。"),
    "PD-5.2.4": Carrier("register", "登记", "record", "信箱、热线、微信、QQ 收到的都进同一本登记。"),
    "PD-5.3": Carrier("records", "工作记录", "record", "下基层听到什么、答应什么、办了什么都记着。"),
    "PD-6.2a": Carrier("studios", "群众工作室", "record", "快速反应制度和考核办法由单位自己定，写在工作室页面上。"),
    "PD-6.2b": Carrier("studios", "群众工作室", "record", "收集、整理、汇报、督办、考核、反馈各有责任人，缺的指出来。"),
    "PD-6.3": Carrier("warnings", "预警", "system", "同类事项集中、超期集中，系统自己起草预警。"),
    # 青岛
    "QD-4.2": Carrier("record_surveys", "企业走访", "record", "逐家走访调查，哪家没有去过列出来。"),
    "QD-4.6a": Carrier(
        "watches", "重点走访", "record", "有隐患的企业和行业按间隔走访，超过的列出来；重大情况报党委政府和上级。"
    ),
    "QD-4.6b": Carrier("incidents", "突发事件", "record", "现场的谈话、讲法律、职工意见逐条带时间记下。"),
}
