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
}
