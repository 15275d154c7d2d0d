"""The union's side: giving an item to a department, checking and urging, telling the worker, having it done again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import (
    Said,
    carry,
    locked,
    start_fixed,
    stop_clock,
    tell_party,
)
from huying.cases.acts import hand_over as hand_over_cases
from huying.cases.models import Case, Clock
from huying.cases.reads import keys_against, people_behind, rules_of
from huying.climb.acts import hand_down
from huying.climb.reads import giving_union
from huying.handling.acts._gate import advance_item, check_union, for_union, record_item, tell_handler
from huying.handling.lifecycle import RUNNING
from huying.handling.models import CoHandling, Item, Telling
from huying.handling.reads import open_items_of, question_of, union_behind
from huying.handling.rules import FIELD_OF
from huying.kernel.actors import Actor
from huying.kernel.clock import business_day_offset
from huying.kernel.errors import Invalid, Refused
from huying.mechanism.reads import calendar
from huying.mechanism.rules import Choice
from huying.org.models import Department, Post, Unit
from huying.org.rules import Can, check_may, keys_of


def _check_four(
    case: Case,
    unit: Unit,
    *,
    measure: str,
    department: Department | None,
    handler: Post | None,
    deadline: date | None,
    day: date,
) -> tuple[Department, Post, date]:
    """All four, or the item is not settled (MY-3.2.3b); a department or person the matter concerns gets no trace of it."""
    given = {"measure": measure.strip(), "department": department, "handler": handler, "deadline": deadline}
    wrong = {
        FIELD_OF[need.code]: f"还缺“{need.label}”，四项齐了才能交办。"
        for need in rules_of(case).needs("item").choices
        if not given[FIELD_OF[need.code]]
    }
    if deadline and deadline < day:
        wrong["deadline"] = "时限不能早于交办的那天。"
    if department and handler and handler.department_id != department.pk:
        wrong["handler"] = f"承办人要是{department.name}的人。"
    if department and department.unit_id not in (case.unit_id, case.holder_id, case.place_id, unit.pk):
        wrong["department"] = "请选本单位的部门。"
    if handler and not wrong and _concerns(case, handler, day):
        wrong["department"] = "这件事涉及这个部门或这位同志，要换一个部门或人。"
    if wrong or not (department and handler and deadline):
        raise Invalid(wrong)
    return department, handler, deadline


def _concerns(case: Case, handler: Post, day: date) -> bool:
    """Whether a case names a handler, the handler's department, or anything else the handler is that day."""
    posts = list(Post.objects.on(day).filter(person_id=handler.person_id))
    return bool(keys_against(case) & (keys_of(handler.person_id, posts) | {f"department:{handler.department_id}"}))


@transaction.atomic
def assign(
    *,
    case_id: UUID,
    measure: str,
    department: Department | None,
    handler: Post | None,
    deadline: date | None,
    brief: str,
    helping: Sequence[Department] = (),
    by: Actor,
    at: datetime,
    version: int | None = None,
    agreed_on: date | None = None,
    code: str = "",
) -> Item:
    """Give an item to a department.  It reads ``brief``: the released summary, made narrower where the officer wishes.

    By the union that has the case, or by the level it climbed to, for which this is the answer; the item is that union's.
    ``agreed_on``: the day of the meeting that settled it, from which its time runs.  ``code``: of the commitment, where one
    was agreed for several cases; their items share it, and the handler hears of it once.
    """
    case = locked(case_id=case_id, by=by, version=version)
    unit = giving_union(by, case)
    post = check_may(by, Can.HANDLE_CASES, unit)
    department, handler, deadline = _check_four(
        case, unit, measure=measure, department=department, handler=handler, deadline=deadline,
        day=agreed_on or timezone.localdate(at),
    )  # fmt: skip
    if not brief.strip():
        raise Invalid({"brief": "请写部门能看到的内容。"})
    item = Item.objects.create(
        root_id=case.root_id,
        case=case,
        round=case.round,
        brief=brief.strip(),
        measure=measure.strip(),
        department=department,
        handler=handler,
        deadline=deadline,
        given_at=at,
        given_by=post,
        **({"code": code} if code else {}),
    )
    CoHandling.objects.bulk_create(
        [CoHandling(root_id=case.root_id, item=item, department=one) for one in set(helping) - {department}]
    )
    said = Said(
        label=f"交给{department.name}办理",
        text=f"{item.measure}（{handler.person.name}，{deadline.month}月{deadline.day}日前办结）",
        worker_label=f"{'会上定下了，' if agreed_on else ''}交给{department.name}办理",
        worker_text=f"{item.measure.rstrip('。')}。{deadline.month}月{deadline.day}日前办好。",
    )
    hand_down(case=case, unit=unit, words=f"交由{department.name}办理：{item.measure}", by=by, at=at)
    carry(case=case, act="assign", by=by, at=at, said=said, data={"item": item.pk, "department": department.pk})
    record_item(item, "give", "交办", by=by, at=at, text=item.measure)
    _start_deadline(item, unit, since=agreed_on, by=by, at=at)
    if not Item.objects.filter(code=item.code).exclude(pk=item.pk).exists():
        tell_handler(item, "given", "交给您办理", by=by, at=at)
    return item


def _start_deadline(item: Item, unit: Unit, *, by: Actor, at: datetime, since: date | None = None) -> None:
    """The clock of the agreed date, under the clause by which the case's rules fix one."""
    clause = rules_of(item.case).needs("item").clause.id
    start_fixed(
        item.case, "item", item.deadline, by=by, at=at, subject=item.pk, unit=unit, department=item.department_id,
        clause=clause, since=since,
    )  # fmt: skip


@transaction.atomic
def give_again(
    *, item_id: UUID, department: Department | None, handler: Post | None, deadline: date | None, by: Actor, at: datetime,
    measure: str | None = None, version: int | None = None,
) -> Item:  # fmt: skip
    """After a department sent it back: to another department or person, where need be with another measure.  The clock ran
    on all the while."""
    item = for_union(item_id, by=by, version=version)
    check_union(item, by)
    deadline = deadline or item.deadline
    item.measure = item.measure if measure is None else measure.strip()
    department, handler, _ = _check_four(
        item.case, union_behind(item), measure=item.measure, department=department, handler=handler,
        deadline=max(deadline, timezone.localdate(at)), day=timezone.localdate(at),
    )  # fmt: skip
    item.department, item.handler = department, handler
    advance_item(item, "give_again", by=by, at=at, label=f"改交{department.name}", text=handler.person.name)
    if deadline != item.deadline:
        stop_clock(item.case, "item", by=by, at=at, subject=item.pk)
        item.deadline = deadline
        item.save(update_fields=["deadline"])
        _start_deadline(item, union_behind(item), by=by, at=at)
    tell_handler(item, "given", "交给您办理", by=by, at=at)
    return item


@transaction.atomic
def check(*, item_id: UUID, text: str, urge: bool, by: Actor, at: datetime) -> Item:
    """A check between giving and completion is logged; urging also goes to the handler (MY-3.2.4e)."""
    item = for_union(item_id, by=by)
    check_union(item, by)
    if not text.strip():
        raise Invalid({"text": "请写明督导的情况。"})
    act = "urge" if urge else "check"
    advance_item(item, act, by=by, at=at, text=text.strip(), union_only=not urge)
    if urge:
        tell_handler(item, "urged", "催办", by=by, at=at)
    return item


@transaction.atomic
def answer(*, item_id: UUID, text: str, by: Actor, at: datetime) -> Item:
    """The union answers what the department asked; nothing stops."""
    item = for_union(item_id, by=by)
    check_union(item, by)
    if not text.strip():
        raise Invalid({"text": "请写答复部门的话。"})
    if question_of(item) is None:
        raise Refused("部门没有在等答复的问题。", "要提醒部门，请用“催办”。")
    advance_item(item, "answer", by=by, at=at, text=text.strip(), label="工会答复")
    tell_handler(item, "answered", "工会答复了您的问题", by=by, at=at)
    return item


@transaction.atomic
def redo(*, item_id: UUID, reason: str, deadline: date, by: Actor, at: datetime, version: int | None = None) -> Item:
    """The written report does not answer the matter: the department works on it again, by a new date."""
    item = for_union(item_id, by=by, version=version)
    check_union(item, by)
    if item.case.status not in ("handling", "reported"):
        raise Refused("结果已经告诉职工了，不能再请部门补办。", "要再办，请先由主席决定重新办理。")
    if not reason.strip():
        raise Invalid({"reason": "请写明要补办什么。"})
    if deadline < timezone.localdate(at):
        raise Invalid({"deadline": "时限不能早于今天。"})
    item.deadline, item.done_on, item.done_said_at, item.reported_at = deadline, None, None, None
    advance_item(item, "redo", by=by, at=at, text=reason.strip())
    if item.case.status == "reported":
        carry(case=item.case, act="back_to_work", by=by, at=at, said=Said(text=reason.strip()))
    _start_deadline(item, union_behind(item), by=by, at=at)
    tell_handler(item, "redo", "请补办", by=by, at=at)
    return item


@transaction.atomic
def drop(*, item_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Item:
    """Take an item away from a department, with a reason; the case goes on with its other items."""
    item = for_union(item_id, by=by, version=version)
    check_union(item, by)
    if not reason.strip():
        raise Invalid({"reason": "请写明理由。"})
    advance_item(item, "drop", by=by, at=at, text=reason.strip())
    stop_clock(item.case, "item", by=by, at=at, subject=item.pk)
    tell_handler(item, "dropped", "不再由您办理", by=by, at=at)
    close_if_all_reported(item.case, by=by, at=at)
    return item


def close_if_all_reported(case: Case, *, by: Actor, at: datetime, since: datetime | None = None) -> None:
    """When every item of the round has its written report, the clock for telling the worker starts; ``since`` the last one
    was handed in, where that was before it was entered."""
    items = list(Item.objects.filter(case=case, round=case.round).exclude(status="dropped"))
    if case.status == "handling" and items and all(item.status == "reported" for item in items):
        carry(case=case, act="all_reported", by=by, at=at, since=since)


@transaction.atomic
def tell(
    *, case_id: UUID, how: str, kind: str, text: str, told_on: date, by: Actor, at: datetime, version: int | None = None
) -> Case:
    """Tell everybody behind the case the process and result, or explain why not: how, when, by whom (MY-3.2.4b, c).

    Back-dating to the day of a talk is allowed and shows; a day before the result was there is not.
    """
    case = locked(case_id=case_id, by=by, version=version)
    post = check_may(by, Can.HANDLE_CASES, case.holder)
    ways = {choice.code: choice.label for choice in _ways(case)}
    wrong = {}
    if how not in ways:
        wrong["how"] = "请选怎样告知的。"
    if not text.strip():
        wrong["text"] = "请写明办理的过程和结果，职工看到的就是这段话。"
    started = case.clocks.filter(code="tell", stopped_at__isnull=True).values_list("start_day", flat=True).first()
    if told_on > timezone.localdate(at) or (started and told_on < started):
        wrong["told_on"] = "告知的日子要在有结果之后、今天或以前。"
    if kind not in ("result", "explain"):
        wrong["kind"] = "请选告知结果还是解释说明。"
    if wrong:
        raise Invalid(wrong)
    spoken = {"face": "当面", "phone": "打电话", "online": "在网上"}.get(how, f"用{ways[how]}")
    label = f"{by.label.split('·')[0]}{spoken}把结果告诉了您" if kind == "result" else "工会向您说明了情况"
    carry(
        case=case, act="tell", by=by, at=at,
        said=Said(label=f"{'告知结果' if kind == 'result' else '解释说明'}（{ways[how]}）", text=text.strip(), worker_label=label,
                  worker_text=text.strip()),
        data={"how": how, "kind": kind, "told_on": told_on},
    )  # fmt: skip
    parties = list(people_behind(case))
    Telling.objects.bulk_create(
        [
            Telling(root_id=case.root_id, case=case, party=party, round=case.round, how=how, kind=kind, text=text.strip(),
                    told_on=told_on, post=post, at=at)
            for party in parties
        ]
    )  # fmt: skip
    for party in parties:
        if party.case_id != case.pk:
            tell_party(case=case, party=party, label=label, text=text.strip(), by=by, at=at)
    return case


def _ways(case: Case) -> tuple[Choice, ...]:
    return rules_of(case).options("tell_ways").choices


@transaction.atomic
def hand_over(*, from_post: Post, to_post: Post, by: Actor, at: datetime) -> int:
    """Everything open of one post goes to another: cases of a union office, items of a department's handler.

    Returns how many; items of cases that this person's union does not have stay where they are.
    """
    if from_post.department_id is None:
        return hand_over_cases(from_post=from_post, to_post=to_post, by=by, at=at)
    ids = list(open_items_of(by, from_post).order_by("case_id", "pk").values_list("pk", flat=True))
    if not ids:
        check_may(by, Can.HANDLE_CASES, from_post.unit)
    held = Post.objects.on(timezone.localdate(at)).filter(department=from_post.department_id).exclude(pk=from_post.pk)
    if not held.filter(pk=to_post.pk).exists():
        raise Invalid({"to_post": "请选同一部门现在任职的另一位同志。"})
    for item_id in ids:
        item = for_union(item_id, by=by)
        check_union(item, by)
        if _concerns(item.case, to_post, timezone.localdate(at)):
            raise Refused(f"事项 {item.code} 不能移交给{to_post.person.name}。", "请先改交别人，再移交其余的。")
        item.handler = to_post
        item.version += 1
        item.save(update_fields=["handler", "version"])
        record_item(item, "hand_over", f"移交给{to_post.person.name}", by=by, at=at)
        tell_handler(item, "given", "移交给您办理", by=by, at=at)
    return len(ids)


def drop_ended(*, by: Actor, at: datetime) -> int:
    """Sweep: items still running whose case was withdrawn or otherwise ended are dropped, and the department is told."""
    ended = Item.objects.filter(status__in=[*RUNNING, "returned"], case__closed_at__isnull=False)
    dropped = 0
    for item_id in list(ended.values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            item = for_union(item_id, by=by)
            advance_item(item, "end", by=by, at=at, text="职工已撤回，不用再办。")
            tell_handler(item, "dropped", "不用再办", by=by, at=at)
            dropped += 1
    return dropped


def remind_handlers(*, by: Actor, at: datetime) -> int:
    """Tell handlers of a date coming near or passed, once for each date."""
    today, days, told = timezone.localdate(at), calendar(), 0
    clocks = Clock.objects.filter(stopped_at__isnull=True, paused_on__isnull=True, code__in=["item", "report"])
    running = {clock.subject: clock for clock in clocks.filter(due_on__lte=business_day_offset(today, 1, days))[:2000]}
    for item in Item.objects.filter(pk__in=list(running)).select_related("handler__person", "root"):
        clock = running[item.pk]
        late = clock.due_on < today
        what = "办理" if clock.code == "item" else "书面反馈"
        words = "超期了" if late else f"{clock.due_on.month}月{clock.due_on.day}日到期"
        tell_handler(item, "late" if late else "soon", f"{what}{words}", by=by, at=at, key=f"{clock.pk}:{clock.due_on}")
        told += 1
    return told
