"""What the audit administrator reads: each day who looked how often and what stands out, and who did what, by codes.

A case is a neutral code here.  What names the administrator, or what the administrator's own union must not know of, leaves no
trace here either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from huying.alerts.lifecycle import FINDING, INCIDENT, INFORMATION, WARNING
from huying.cases.lifecycle import CASE
from huying.cases.models import Recusal
from huying.desk.reads._sign_ins import NOT_SIGNED_IN, SIGNED_IN
from huying.fieldwork.lifecycle import DAY, TALK, VISIT
from huying.handling.lifecycle import ITEM
from huying.kernel.actors import SYSTEM
from huying.mechanism.rules import Rules
from huying.meetings.lifecycle import MEETING, TOPIC
from huying.org.models import Person, Post, Unit
from huying.org.rules import Member
from huying.oversight.lifecycle import REPORT, SHEET
from huying.promises.lifecycle import PROMISE
from huying.trail.models import Entry, Reading
from huying.trail.reads import neutral_code, readings_of

OPENINGS = ("sealed", "identity", "request")
REFUSED = ("refused", "lookup_refused")
COLUMNS = (("lookup", "查找人"), ("opening", "打开密封和身份"), ("file", "文件"), ("export", "导出"), ("other", "卷宗和事项"),
           ("refused", "被拒绝"), ("sign_in", "登录失败"), ("night", "夜里"))  # fmt: skip


# --- who looked, day by day ---------------------------------------------------------------------------------------------


def looks(actor: Member, units: QuerySet[Unit]) -> QuerySet[Reading]:
    """Looks at what these units have and by whoever holds a post there, without what names the administrator."""
    inside = units.values("pk")
    rows = readings_of(inside, Post.objects.filter(unit__in=inside).values("pk"))
    return rows.exclude(subject__in=_naming(actor))


def _naming(actor: Member) -> QuerySet[Recusal, Any]:
    return Recusal.objects.filter(key__in=list(actor.keys)).values("case")


@dataclass
class Day:
    """One person's looks of one day, by kind, and what stands out about them in words."""

    person: UUID
    name: str
    post: str
    counts: Counter[str] = field(default_factory=Counter)
    marks: list[str] = field(default_factory=list)

    @property
    def figures(self) -> list[tuple[str, int]]:
        """In the order of the columns."""
        return [(label, self.counts[code]) for code, label in COLUMNS]


def day_list(rows: QuerySet[Reading], day: date, rules: Rules) -> list[Day]:
    """Everybody who looked on a day, or as whom somebody failed to sign in; who stands out comes first."""
    start = timezone.make_aware(datetime.combine(day, time.min))
    found: dict[UUID, Day] = {}
    of_day = rows.filter(at__gte=start, at__lt=start + timedelta(days=1)).exclude(what=SIGNED_IN).order_by("at")
    seen = list(of_day.values_list("person", "post", "what", "at"))
    names = dict(Person.objects.filter(pk__in={row[0] for row in seen}).values_list("pk", "name"))
    posts = Post.objects.filter(pk__in={row[1] for row in seen if row[1]}).select_related("unit").in_bulk()
    night = (rules.count("audit_night_from").value, rules.count("audit_night_until").value)
    for person, post_id, what, at in seen:
        post = posts.get(post_id)
        title = f"{post.unit.name}·{post.title or post.get_role_display()}" if post else ""
        one = found.setdefault(person, Day(person, names.get(person, "已不在册"), title))
        one.counts[_column(what)] += 1
        if what != NOT_SIGNED_IN:
            one.counts["night"] += is_night(timezone.localtime(at).hour, *night)
    for one in found.values():
        one.marks = stands_out(one.counts, rules)
    return sorted(found.values(), key=lambda one: (-len(one.marks), one.name, one.person))


def _column(what: str) -> str:
    if what in OPENINGS:
        return "opening"
    if what in REFUSED:
        return "refused"
    if what == NOT_SIGNED_IN:
        return "sign_in"
    return what if what in ("lookup", "file", "export") else "other"


def is_night(hour: int, since: int, until: int) -> bool:
    """Whether an hour lies in the night."""
    return hour >= since or hour < until


def stands_out(counts: Counter[str], rules: Rules) -> list[str]:
    """What is unusual about one person's day, by the numbers of the rules (HY-audit)."""
    found = []
    for code, column, words in (("audit_lookups", "lookup", "查找人"), ("audit_openings", "opening", "打开密封内容")):
        most = rules.count(code).value
        if counts[column] > most:
            found.append(f"{words}超过 {most} 次")
    if counts["night"]:
        found.append("夜里查看")
    if counts["refused"]:
        found.append("有被拒绝的")
    if counts["sign_in"] >= settings.HUYING_LOCK_TRIES:
        found.append(f"登录失败 {counts['sign_in']} 次")
    return found


# --- who did what -------------------------------------------------------------------------------------------------------

_TABLES = {
    "case": CASE, "item": ITEM, "reception": DAY, "visit": VISIT, "talk": TALK, "promise": PROMISE, "topic": TOPIC,
    "meeting": MEETING, "report": REPORT, "sheet": SHEET, "warning": WARNING, "incident": INCIDENT,
    "information": INFORMATION, "finding": FINDING,
}  # fmt: skip
KINDS = {
    "case": "事项", "item": "协商事项", "topic": "议题", "meeting": "会议", "report": "情况报告", "sheet": "考核表", "clock": "时限",
    "rung": "上报", "survey": "测评", "unit": "单位", "department": "部门", "person": "人员",
    "user": "账号", "post": "任职", "account": "账号",
    "pack": "机制包", "house_rules": "细则", "calendar": "节假日", "ledger": "台账", "intake": "来件", "round": "考核轮次",
    "assessment": "影响评估", "record": "工作记录", "reception": "接待日", "rota": "接待安排", "visit": "来访", "talk": "约访",
    "plan": "办实事计划", "promise": "实事", "research": "调研课题",
    "studio": "群众工作室", "daylog": "工作日志", "group": "工作小组", "ownrule": "本单位制度", "yearplan": "年度规划",
    "demopoint": "示范点", "tie": "联系", "household": "困难职工家庭", "leave": "请假",
    "warning": "预警", "watch": "重点走访", "incident": "突发事件", "callplan": "应急预案", "information": "信息", "finding": "上报核查",
}  # fmt: skip
_WORDS = {
    "case.register": "登记", "case.open_sealed": "查看密封内容", "case.message": "留言", "case.join": "增加联名", "case.recuse": "回避",
    "case.release_file": "公开附件副本", "case.ask_unsealing": "申请打开密封内容", "case.decide_unsealing": "决定打开密封内容的申请",
    "case.person_request": "提出个人信息请求", "case.answer_request": "答复个人信息请求", "case.propose_erase": "同意清除，待第二人批准",
    "case.erase": "清除一个人的信息", "case.hold": "保全", "case.lift_hold": "解除保全", "case.disclose": "职工改为更公开的方式",
    "privacy.assessed": "写影响评估",
    "case.withdraw_consent": "撤回单独同意", "case.rated": "收到评价", "case.instruct": "批示", "case.lead": "领导包案",
    "ledger.export": "导出台账", "ledger.freeze": "定格数字", "intake.import": "导入来件",
    "post.appointed": "任命", "post.ended": "结束任职",
    "account.opened": "开账号", "account.reset": "重设密码", "account.disabled": "停账号", "account.enabled": "恢复账号",
    "person.added": "登记人员", "person.changed": "改人员信息", "person.left": "登记离职", "people.imported": "导入人员",
    "unit.opened": "设立单位", "unit.changed": "改单位信息", "unit.moved": "移动单位", "unit.merged": "合并单位", "unit.closed": "撤销单位",
    "department.opened": "设部门", "department.renamed": "部门改名", "department.closed": "撤部门", "pack.adopted": "采用机制包",
    "pack.dropped": "停用机制包", "house_rules.set": "定细则", "calendar.set": "改节假日",
    "pack.loaded": "装入机制包",
    "calendar.seeded": "装入节假日",
    "item.give": "交办",
    "case.merged": "并入另一件",
    "case.no_reopen": "决定不重新办理",
    "case.told": "告知并进来的职工",
    "case.climb_take": "上级接收",
    "case.ask_extend": "申请延期",
    "case.decide_extend": "决定延期",
    "case.ask_pause": "申请暂停",
    "case.decide_pause": "决定暂停",
    "rung.take": "接收上报",
    "rung.solve": "答复上报",
    "meeting.make": "安排会议",
    "meeting.place": "排议程",
    "meeting.invite": "通知参会人",
    "meeting.answer": "回复参会",
    "meeting.attend": "记到会",
    "meeting.remark": "记发言",
    "meeting.agree": "定下事项",
    "meeting.vote": "记表决",
    "meeting.settle": "定结果",
    "meeting.reply": "核对纪要",
    "meeting.add_scan": "附扫描件",
    "record.write": "记工作记录", "record.amend": "改工作记录", "record.withdraw": "撤回工作记录",
    "record.add_files": "给工作记录加照片", "record.join_case": "工作记录连上事项", "record.part_case": "工作记录断开事项",
    "record.bear_case": "从工作记录立为事项", "record.settle": "记议定的事", "record.follow": "登记议定的事落实",
    "record.confirm": "确认来访", "record.deny": "说明没有来访",
    "clock.start": "开始计时", "clock.stop": "停止计时",
    "clock.extend": "延期", "clock.pause": "暂停", "clock.resume": "恢复计时", "clock.recount": "重算时限", "survey.open": "发出测评",
    "reception.make": "排接待日", "case.received": "领导当面接待", "case.reception": "接待日",
    "case.invite": "约访", "case.talk_answer": "职工回复约访", "case.talked": "约访谈过", "case.talk_cancel": "取消约访",
    "promise.plan": "开办实事计划", "promise.add": "写一件实事", "promise.publish_plan": "公开承诺", "promise.hide": "隐去评论",
    "research.topic": "定调研课题", "research.drop": "课题不做了", "research.report": "交调研报告", "research.publish": "公开调研报告",
    "survey.remind": "提醒测评", "survey.slips": "打印测评条", "rung.send": "上报", "round.open": "开始考核",
    "studio.set": "改工作室资料", "studio.staff": "增加工作室人员", "studio.staff_end": "结束工作室人员", "studio.liaisons": "定联络员",
    "studio.print": "打印工作室材料", "daylog.write": "写工作日志", "guide.set": "定指导员", "group.set": "定工作小组",
    "group.end": "撤销工作小组", "links.set": "定环节责任人", "own_rule.set": "定本单位制度", "plan.write": "写年度规划",
    "plan.task": "增加规划任务", "plan.done": "完成规划任务", "demo_point.name": "定示范点", "demo_point.end": "结束示范点",
    "tie.make": "定联系", "tie.end": "结束联系", "tie.result": "登记联系成效", "leave.note": "登记请假", "leave.take_back": "撤回请假",
    "household.add": "登记困难职工家庭", "household.change": "改困难职工家庭资料", "household.close": "不再联系困难职工家庭",
    "household.erase": "清除困难职工家庭资料",
    "watch.start": "列入重点走访", "watch.end": "不再盯", "plan.keep": "存应急预案",
}  # fmt: skip


def act_words(code: str) -> str:
    """An act as people call it; a code nobody named is shown as it is."""
    if code in _WORDS:
        return _WORDS[code]
    kind, _, act = code.partition(".")
    table = _TABLES.get(kind)
    return table.by_act[act].label if table and act in table.by_act else f"其他（{code}）"


@dataclass(frozen=True)
class Act:
    """One entry of the trail in words: when, who, what, on which thing by its neutral code."""

    at: datetime
    name: str
    post: str
    what: str
    subject: str


def acts_of(actor: Member, units: QuerySet[Unit], *, person: UUID | None = None) -> QuerySet[Entry]:
    """What people of these units did, newest first; without the cases that name the administrator."""
    posts = Post.objects.filter(unit__in=units.values("pk"))
    if person is not None:
        posts = posts.filter(person=person)
    codes = [f"post:{pk}" for pk in posts.values_list("pk", flat=True)]
    roots = {unit.root_id or unit.pk for unit in units}
    mine = Q(actor__in=codes)
    if person is None:
        mine |= Q(actor=SYSTEM.code, chain__in=units.values("pk"))
    rows = Entry.objects.filter(mine, root__in=roots | {unit.pk for unit in units})
    return rows.exclude(chain__in=_naming(actor)).order_by("-at", "-id")


def acts_in_words(entries: Iterable[Entry]) -> list[Act]:
    """A page of entries with names: one query for the posts."""
    rows = list(entries)
    ids = {row.actor.removeprefix("post:") for row in rows if row.actor.startswith("post:")}
    posts = {f"post:{post.pk}": post for post in Post.objects.filter(pk__in=ids).select_related("person", "unit")}
    return [_act(row, posts.get(row.actor)) for row in rows]


def _act(row: Entry, post: Post | None) -> Act:
    kind, _, key = row.subject.partition(":")
    title = f"{post.unit.name}·{post.title or post.get_role_display()}" if post else ""
    code = neutral_code(UUID(key)) if len(key) == 36 else ""
    return Act(
        row.at,
        post.person.name if post else SYSTEM.label,
        title,
        act_words(row.act),
        f"{KINDS.get(kind, '')} {code}".strip(),
    )
