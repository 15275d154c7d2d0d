"""The table of acts on a case: for each its form, what the page says, who may, and the one act it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone

from huying.cases import acts as cases
from huying.cases import reads
from huying.cases.models import Case, Clock
from huying.cases.rules import Voice, limit_of, standing
from huying.climb.reads import active_rung, giving_union, targets
from huying.desk.forms import dossier as forms
from huying.desk.views import dossier_parts as parts
from huying.feedback import acts as feedback
from huying.feedback import reads as ratings
from huying.files.acts import Checked, check
from huying.files.rules import check_count
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.handling.reads import question_of, union_behind
from huying.intake.acts import receipts_for
from huying.intake.reads import came_by_table
from huying.kernel.web import Asked, once_key
from huying.org.models import Department, Post, Role
from huying.org.rules import Can, may
from huying.trail.acts import note_reading


@dataclass
class Doing:
    """One act being filled in: who asks, which case, which item, clock, change or person of it, the form."""

    request: Asked
    case: Case
    of: Any
    form: forms.ActForm
    opened: list[cases.Opened] = field(default_factory=list)
    seen: int | None = None
    files: tuple[Checked, ...] = ()

    def check_files(self) -> None:
        """Look through what was chosen, before the act's transaction begins."""
        uploads = self.form.cleaned_data.get("files", [])
        check_count(len(uploads))
        self.files = tuple(check(upload=upload) for upload in uploads)

    @property
    def who(self) -> dict[str, Any]:
        """Who and when, for every act."""
        return {"by": self.request.actor, "at": self.request.now}

    @property
    def given(self) -> dict[str, Any]:
        """What was filled in, without the version and what only served to find something."""
        given = {k: v for k, v in self.form.cleaned_data.items() if k not in ("version", "q")}
        return {**given, "officer": self.chosen("officer", self.officers)} if "officer" in given else given

    @property
    def version(self) -> int | None:
        """What the person had on the screen."""
        return self.form.cleaned_data["version"]

    @cached_property
    def today(self) -> Any:
        """The day of the request."""
        return timezone.localdate(self.request.now)

    @cached_property
    def officers(self) -> list[Post]:
        """Who may answer for the case."""
        return reads.officers_for(self.case, self.today)

    def chosen(self, name: str, rows: list[Any]) -> Any:
        """The row picked from a list that was offered."""
        return next((row for row in rows if str(row.pk) == self.form.cleaned_data.get(name)), None)


@dataclass(frozen=True)
class CaseAct:
    """How one act is put to staff.  ``of`` names what it is about beside the case; ``beside`` shows the opened words there.
    ``can`` is asked at the union that has the case; ``may`` where another union may as well, or instead."""

    form: type[forms.ActForm]
    title: str
    verb: str
    said: str
    icon: str
    do: Callable[[Doing], Any]
    note: str = ""
    fill: Callable[[Doing], dict[str, Any]] = lambda doing: {}
    start: Callable[[Doing], dict[str, Any]] = lambda doing: {}
    template: str = "act"
    of: str = ""
    beside: bool = False
    can: Can | None = Can.HANDLE_CASES
    may: Callable[[Any, Case, Any], bool] | None = None


def on_case(act: Callable[..., Any]) -> Callable[[Doing], Any]:
    """An act of the case that takes what the form gives, by the same names."""
    return lambda d: act(case_id=d.case.pk, version=d.version, **d.given, **d.who)


def on_item(act: Callable[..., Any]) -> Callable[[Doing], Any]:
    """An act of an item, likewise."""
    return lambda d: act(item_id=d.of.pk, version=d.version, **d.given, **d.who)


# --- what the forms offer and begin with ----------------------------------------------------------------------------


def _officers(d: Doing) -> dict[str, Any]:
    d.form.offer("officer", forms.named(d.officers))
    return {}


def _accept(d: Doing) -> dict[str, Any]:
    d.form.fill(reads.rules_of(d.case))  # type: ignore[attr-defined]
    d.form.offer("officer", forms.named(d.officers), blank="请选")
    return {}


def _start_words(d: Doing) -> dict[str, Any]:
    """The released words; else what is proposed from the opened ones."""
    title, summary = d.case.title, d.case.summary
    if d.opened and not summary:
        title, summary = reads.summary_proposal(d.case, [o.words for o in d.opened], [o.name for o in d.opened])
    return {"title": title, "summary": summary}


def _start_officer(d: Doing) -> dict[str, Any]:
    """Who answers for it already; for what nobody has taken, the one who asks."""
    mine = next((p for p in d.officers if p.person_id == d.request.actor.person_id), None)
    return {"officer": str(d.case.officer_id or (mine.pk if mine else ""))}


def _start_accept(d: Doing) -> dict[str, Any]:
    return {**_start_words(d), "officer": _start_officer(d)["officer"]}


def _joinable(d: Doing) -> dict[str, Any]:
    found = reads.joinable(d.request.actor, d.case, _typed(d, "q"))
    picked = _typed(d, "into")
    if picked and picked not in {str(one.pk) for one in found}:
        found += [one for one in reads.joinable(d.request.actor, d.case) if str(one.pk) == picked]
    d.form.offer("into", forms.found(found))
    return {"found": found, "asked": bool(_typed(d, "q"))}


def _merge(d: Doing) -> Any:
    return cases.merge(case_id=d.case.pk, into_id=UUID(d.given["into"]), version=d.version, **d.who)


def _unions(d: Doing) -> dict[str, Any]:
    found = reads.unions_for(d.case, _typed(d, "q"))
    d.form.units(found)  # type: ignore[attr-defined]
    if len(found) == 1:
        d.form.initial.setdefault("unit", str(found[0].pk))
    return {"found": found, "asked": bool(_typed(d, "q")), "units": found}


def _pass_on(d: Doing) -> Any:
    unit = d.chosen("unit", reads.unions_for(d.case, _typed(d, "q")))
    return cases.pass_on(case_id=d.case.pk, unit=unit, reason=d.given["reason"], version=d.version, **d.who)


def _typed(d: Doing, name: str) -> str:
    """What stands in a field before the form was looked through."""
    return str(d.request.POST.get(name, "")).strip()


def _gives(actor: Any, case: Case, of: Any) -> bool:
    """Who gives a case to departments: the union that has it, or the level it climbed to."""
    return may(actor, Can.HANDLE_CASES, giving_union(actor, case))


def _oversees(actor: Any, case: Case, of: Any) -> bool:
    """Who looks after an item: the union that has the case, or the level that gave it."""
    return any(may(actor, Can.HANDLE_CASES, unit) for unit in (case.holder, union_behind(of)))


def _urges(actor: Any, case: Case, of: Any) -> bool:
    """Who urges: anybody who reads it and is not of the union whose turn it is."""
    level = active_rung(case) if case.status == "climbing" else None
    return not may(actor, Can.HANDLE_CASES, level.unit if level is not None else case.holder)


def _limits(can: Can, clock: Callable[[Any], Clock] = lambda of: of) -> Callable[[Any, Case, Any], bool]:
    """Who asks for more time or decides about it: the union whose limit it is."""

    def ask(actor: Any, case: Case, of: Any) -> bool:
        clock(of).case = case
        return may(actor, can, limit_of(clock(of), actor))

    return ask


def _departments(d: Doing) -> tuple[list[Department], list[Post]]:
    """Departments of the worker's unit and of the union that gives it to them, and who works there."""
    near = {d.case.unit_id, d.case.holder_id, d.case.place_id}
    near.add(union_behind(d.of).pk if isinstance(d.of, Item) else giving_union(d.request.actor, d.case).pk)
    open_now = Department.objects.filter(unit__in=near, closed_on__isnull=True)
    rows = list(open_now.select_related("unit").order_by("-unit__path", "name"))
    posts = Post.objects.on(d.today).filter(department__in=rows, role__in=(Role.HANDLER, Role.DEPARTMENT_HEAD))
    return rows, list(posts.select_related("person", "department").order_by("department__name", "role", "starts_on"))


def _assign_lists(d: Doing) -> dict[str, Any]:
    departments, handlers = _departments(d)
    d.form.fill(departments, handlers)  # type: ignore[attr-defined]
    return {"departments": departments}


def _four(d: Doing) -> dict[str, Any]:
    """Department and person as rows."""
    departments, handlers = _departments(d)
    return {"department": d.chosen("department", departments), "handler": d.chosen("handler", handlers)}


def _place_lists(d: Doing) -> dict[str, Any]:
    back = d.of.events.filter(act="send_back").order_by("-at", "-version").first()
    return {**_assign_lists(d), "sent_back": back}


def _assign(d: Doing) -> Any:
    departments, _ = _departments(d)
    helping = [row for row in departments if str(row.pk) in d.given["helping"]]
    given = {**d.given, **_four(d), "helping": helping}
    return handling.assign(case_id=d.case.pk, version=d.version, **given, **d.who)


def _give_again(d: Doing) -> Any:
    return handling.give_again(item_id=d.of.pk, version=d.version, **{**d.given, **_four(d)}, **d.who)


def _start_again(d: Doing) -> dict[str, Any]:
    return {"department": str(d.of.department_id), "handler": "", "measure": d.of.measure}


def _supervise(*, urge: bool) -> Callable[[Doing], Any]:
    return lambda d: handling.check(item_id=d.of.pk, text=d.given["text"], urge=urge, **d.who)


def _on_paper(d: Doing) -> Any:
    given = {**d.given, "able": d.given["able"] == "done", "files": d.files}
    return handling.report_on_paper(item_id=d.of.pk, version=d.version, **given, **d.who)


def _start_on_paper(d: Doing) -> dict[str, Any]:
    """The day and the end the department named itself, where it did."""
    said = {"done_on": d.of.done_on, "able": "unable" if d.of.status == "unable" else "done"} if d.of.done_on else {}
    return {"handed_on": d.today, **said}


def _answer(d: Doing) -> Any:
    return handling.answer(item_id=d.of.pk, text=d.given["text"], **d.who)


def _tell_lists(d: Doing) -> dict[str, Any]:
    ways = reads.rules_of(d.case).options("tell_ways").choices
    d.form.fill([(way.code, way.label) for way in ways])  # type: ignore[attr-defined]
    behind = list(reads.people_behind(d.case))
    known = cases.identities(case=d.case, parties=behind, **d.who)
    reports = (
        d.case.items.filter(round=d.case.round).exclude(report="").select_related("department").order_by("reported_at")
    )
    stand = standing(d.request.actor, d.case)
    people = parts.people(d.case, behind, known, stand, [])
    return {"people": people, "reports": list(reports), "imported": came_by_table(d.case)}


def _decide_reopen(d: Doing) -> Any:
    choice, given = d.given["grant"], d.given
    unit = d.chosen("unit", [one.unit for one in targets(d.case, d.case.holder, d.today)])
    return feedback.decide_reopen(
        case_id=d.case.pk, grant=choice == "yes", up=choice == "up", reason=given["reason"], tried=given["tried"], unit=unit,
        **d.who,
    )  # fmt: skip


def _reopen(d: Doing) -> Any:
    return cases.reopen(case_id=d.case.pk, reason=d.given["reason"], officer=None, **d.who)


def _grants(d: Doing) -> dict[str, Any]:
    ways = [("yes", "重新办理\n回到待交办，已经做的都留着"), ("no", "不再重新办理\n说明理由，职工会看到")]
    above = [one.unit for one in targets(d.case, d.case.holder, d.today)]
    if above:
        ways.insert(1, ("up", "重新办理，并报上一级\n本级解决不了的，写明做过哪些工作，一起报上去"))
    d.form.offer("grant", ways)
    d.form.offer("unit", [(str(unit.pk), unit.name) for unit in above], blank="上一级工会")
    asked = set(ratings.reopen_requests(d.case).filter(granted__isnull=True).values_list("party", flat=True))
    said = [text for party, texts in ratings.said_when_rating(d.case).items() if party in asked for text in texts[:1]]
    note_reading(
        root=d.case.root_id,
        by=d.request.actor,
        at=d.request.now,
        what="rating",
        subject=d.case.pk,
        unit=d.case.holder_id,
    )
    return {"said": said, "asked": len(asked), "others": ratings.unhappy_others(d.case), "above": above}


def _results(d: Doing) -> dict[str, Any]:
    return {"results": ratings.results(d.case), "may_sign": ratings.may_take_for(d.request.actor, d.case, d.request.now,
                                                                                 Can.HANDLE_CASES)}  # fmt: skip


def _ask_change(kind: str) -> Callable[[Doing], Any]:
    return lambda d: cases.ask_change(
        clock_id=d.of.pk, kind=kind, reason=d.given["reason"], new_due=d.given.get("new_due"), **d.who
    )


def _decisions(d: Doing) -> dict[str, Any]:
    d.form.offer("approve", [("yes", "批准"), ("no", "不批准")])
    return {"change": d.of}


def _decide(d: Doing) -> Any:
    return cases.decide_change(
        change_id=d.of.pk, approve=d.given["approve"] == "yes", reason=d.given["reason"], **d.who
    )


def _message(d: Doing) -> Any:
    return cases.write_message(case_id=d.case.pk, party_id=d.of.pk, text=d.given["text"], files=d.files, **d.who)


def _join(d: Doing) -> Any:
    receipt = receipts_for(once_key(d.request), 1)[0]
    return cases.join(case_id=d.case.pk, voice=Voice(receipt=receipt, **d.given), **d.who)


def _release_file(d: Doing) -> Any:
    return cases.release_file(file_id=d.of.pk, **d.who)


# In the order the buttons stand in beside the main one.
ACTS: dict[str, CaseAct] = {
    "accept": CaseAct(forms.AcceptForm, "受理", "受理", "受理了。", "clipboard-check", on_case(cases.accept),
        note="受理以后由责任人负责到底，职工会收到“工会受理了”。", fill=_accept, start=_start_accept, beside=True),
    "take": CaseAct(forms.OfficerForm, "谁来负责", "由这位负责", "定好了责任人。", "user-check", on_case(cases.take), fill=_officers,
        start=_start_officer,
        note="责任人负责到底；密封的内容只有责任人能打开。职工会看到由谁负责。"),
    "assign": CaseAct(forms.AssignForm, "交办", "交办", "交给部门了。", "send", _assign, template="assign", fill=_assign_lists, may=_gives,
        start=lambda d: {"brief": d.case.summary},
        note="措施、部门、承办人、时限，四项齐了才算定下来。交办后时限开始走，承办人会收到提醒。"),
    "settle": CaseAct(forms.SettleForm, "工会直接办理", "办好了", "登记好了，请告知职工。", "circle-check", on_case(cases.settle),
        note="简单明确、工会自己就能办好的事，不用交给部门。", beside=True),
    "tell": CaseAct(forms.TellForm, "告知职工", "告知", "告知了，满意度测评开始。", "speakerphone", on_case(handling.tell),
        template="tell",
        fill=_tell_lists, start=lambda d: {"told_on": d.today, "kind": "result"},
        note="告知以后每一位都会被请来评价。"),
    "archive": CaseAct(forms.SignForm, "审阅签字，归档", "签字并归档", "签字备案了，这件事归档了。", "archive",
        on_case(feedback.sign_and_archive), template="archive", fill=_results,
        note="您作为督办人审阅测评结果，签字备案；承办部门、承办人和单位主要负责人会收到结果，这件事进入台账。"),
    "ask": CaseAct(forms.AskForm, "请职工补充", "发给职工", "问题发给职工了，受理时限暂停。", "message-2-question", on_case(cases.ask),
        beside=True, fill=lambda d: {"unheard": came_by_table(d.case)}),
    "supplement": CaseAct(forms.SupplementForm, "补充完毕", "登记补充", "登记好了，受理时限接着走。", "message-plus",
        on_case(cases.supplement),
        beside=True, note="职工当面或电话里补充了情况，由您登记；受理时限接着走。"),
    "release": CaseAct(forms.TitleForm, "写公开摘要", "公开这段话", "公开摘要写好了。", "file-pencil", on_case(cases.release),
        start=_start_words,
        beside=True, note="列表、部门、上级工会、打印的表格，看到的都是这段话；原话仍然密封。"),
    "merge": CaseAct(forms.MergeForm, "并案", "并到选中的这件", "并好了。", "git-merge", _merge, template="merge", fill=_joinable,
        note="说同一件事的并在一起办。每位职工凭自己的回执继续看，都会被告知、被请来评价。"),
    "split": CaseAct(forms.TitleForm, "分案", "另立一件", "另立好了，新的一件在待受理里。", "arrows-split", on_case(cases.split),
        beside=True,
        note="一段话里说了两件事，把另一件分出来单独办。职工凭同一个回执看两件。"),
    "pass_on": CaseAct(forms.PassOnForm, "转办", "转过去", "转过去了，本单位仍然可以看进展。", "transfer", _pass_on, template="pass_on",
        fill=_unions,
        note="不归本单位管的转给管得了的工会，由它接着办；只是本级解决不了的，请用“上报上级”。编号不变，受理时限从转到时重新起算，本单位一直看得到进展。"),
    "join": CaseAct(forms.JoinForm, "增加联名", "加进来", "", "user-plus", _join, template="join", can=Can.REGISTER,
        start=lambda d: {"secrecy": "sealed"}, note="又有人反映同一件事。每个人有自己的回执，单独告知、单独评价，互相看不到。"),
    "decline": CaseAct(forms.DeclineForm, "不予受理", "不予受理", "登记好了，职工会看到理由和办法。", "hand-stop", on_case(cases.decline),
        beside=True),
    "spam": CaseAct(forms.ReasonForm, "标为无效件", "标为无效件", "标为无效件了。", "ban", on_case(cases.mark_spam), beside=True,
        note="广告、误点、看不出内容的。编号保留，以后可以撤销。"),
    "not_spam": CaseAct(forms.PlainForm, "撤销无效件", "撤销", "回到待受理了。", "arrow-back-up", on_case(cases.not_spam),
        note="回到待受理，受理时限从现在重新起算。"),
    "recuse_self": CaseAct(forms.PlainForm, "本人回避", "我要回避", "您已经回避。", "user-off", on_case(cases.recuse_self),
        note="这件事与您本人有关的，请回避。确定以后您就看不到这件事了，由本单位别的同志或者上级工会接着办。"),
    "decide_reopen": CaseAct(forms.DecideReopenForm, "决定是否重新办理", "就这样决定", "决定好了。", "gavel", _decide_reopen,
        fill=_grants, template="reopen",
        can=Can.APPROVE, note="职工评价不满意，要求重新办理。由人来决定，理由职工会看到。"),
    "reopen": CaseAct(forms.ReopenForm, "重新办理", "重新办理", "回到待交办了。", "rotate", _reopen, can=Can.APPROVE,
        note="开始新的一轮：重新交办、告知、评价。已经做的都留着。"),
    "urge_union": CaseAct(forms.UrgeForm, "督促", "督促", "督促的话发出去了。", "bell-ringing",
        lambda d: cases.urge(case_id=d.case.pk, text=d.given["text"], **d.who), may=_urges),
    "give_again": CaseAct(forms.AgainForm, "重新交办", "重新交办", "重新交办了。", "send", _give_again, fill=_place_lists,
        start=_start_again,
        of="item", may=_oversees, template="item_act", note="部门退回期间时限一直在走。"),
    "redo": CaseAct(forms.RedoForm, "请部门补办", "请部门补办", "退给部门补办了。", "arrow-back-up", on_item(handling.redo),
        of="item", may=_oversees,
        template="item_act", note="书面反馈没有说清楚，或者没有办到位。"),
    "answer": CaseAct(forms.AnswerForm, "答复部门", "答复部门", "答复发给承办人了。", "message-plus", _answer, of="item", may=_oversees,
        template="item_act", fill=lambda d: {"question": question_of(d.of)}),
    "check": CaseAct(forms.CheckForm, "督导", "登记督导", "督导登记好了。", "clipboard-search", _supervise(urge=False),
        of="item", may=_oversees, template="item_act"),
    "urge": CaseAct(forms.UrgeForm, "催办", "催办", "催办的话发给承办人了。", "bell-ringing", _supervise(urge=True),
        of="item", may=_oversees,
        template="item_act"),
    "report_on_paper": CaseAct(forms.OnPaperForm, "补录部门书面反馈", "登记书面反馈", "书面反馈登记好了。", "file-text", _on_paper,
        of="item", may=_oversees, template="item_act", start=_start_on_paper,
        note="部门没有账号、用纸面交来反馈的，由工会照材料补录，附上照片或扫描件。"),
    "drop": CaseAct(forms.ReasonForm, "撤销交办", "撤销", "撤销了，部门不用再办。", "file-x", on_item(handling.drop),
        of="item", may=_oversees,
        template="item_act"),
    "extend": CaseAct(forms.ExtendForm, "申请延期", "申请", "申请交上去了，批准后生效。", "clock-plus", _ask_change("extend"),
        of="clock", may=_limits(Can.HANDLE_CASES), template="clock_act"),
    "pause": CaseAct(forms.PauseForm, "申请暂停", "申请", "申请交上去了，批准后生效。", "clock-pause", _ask_change("pause"),
        of="clock", may=_limits(Can.HANDLE_CASES), template="clock_act"),
    "resume": CaseAct(forms.ResumeForm, "恢复计时", "恢复", "接着计时了。", "player-play",
        lambda d: cases.resume(clock_id=d.of.pk, reason=d.given["reason"], **d.who),
        of="clock", may=_limits(Can.HANDLE_CASES), template="clock_act"),
    "decide": CaseAct(forms.DecideForm, "延期或暂停的申请", "就这样决定", "决定好了。", "gavel", _decide, fill=_decisions, of="change",
        template="clock_act", may=_limits(Can.APPROVE, lambda of: of.clock)),
    "message": CaseAct(forms.MessageForm, "给职工留言", "发给职工", "留言发给职工了。", "message", _message, of="party",
        template="message", beside=True),
    "release_file": CaseAct(forms.PlainForm, "公开附件的副本", "生成公开副本", "公开副本做好了。", "file-check", _release_file, of="file",
        note="副本去掉文件名和拍摄信息，换成“附件1”这样的名字；画面和文字原样保留，请先打开原件看过，确认认不出是谁。部门和上级工会都能看到副本。"),
}  # fmt: skip
LATER = ("spam", "split", "merge", "release", "decline", "take", "reopen")
