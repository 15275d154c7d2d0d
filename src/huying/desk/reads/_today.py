"""今日: what is overdue, near, waiting and new, for the office, for the union above, for departments, for administrators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case, CaseQuerySet, Clock, Message, held_below
from huying.cases.reads import clock_state
from huying.desk.reads._cases import Days, Line, Shown, case_rows, due_day, own_units, waits, with_names
from huying.feedback.models import ReopenRequest
from huying.handling.lifecycle import ITEM, RUNNING
from huying.handling.models import Item
from huying.handling.reads import clocks_of, listed, works_on
from huying.kernel.jobs import failing, given_up
from huying.notices.reads import undelivered
from huying.org.models import Person, Post, Role, Unit, User, path_end
from huying.org.reads import managed_units
from huying.org.rules import Can, Member
from huying.trail.models import Reading

SHORT = 6  # rows of each list; the whole list is one click away
LINE = 60  # characters of a text that stand for it in a list
WORST = 8
ANY_STATE = ("talk", "reopen")  # what can wait on a closed case too


@dataclass(frozen=True)
class Figure:
    """One of the counts on top: a link to the list it counts."""

    n: int
    word: str
    href: str
    context: str = ""
    state: str = ""


@dataclass(frozen=True)
class Group:
    """One short list with its heading, how many there are in all, and the way to all of them."""

    name: str
    title: str
    rows: Sequence[Any]
    total: int
    href: str


@dataclass(frozen=True)
class Duty:
    """A side note: how many of what wait, and where they are."""

    n: int
    words: str
    href: str


@dataclass(frozen=True)
class Day:
    """What one part of 今日 shows."""

    figures: tuple[Figure, ...]
    groups: tuple[Group, ...]
    notes: tuple[Duty, ...] = ()

    @property
    def quiet(self) -> bool:
        """Nothing to do."""
        return not any(figure.n for figure in self.figures)


def few(rows: QuerySet[Any]) -> tuple[list[Any], int]:
    """The first few of a list, and how many there are in all, which is asked only where they do not fit."""
    found = list(rows[: SHORT + 1])
    return found[:SHORT], rows.count() if len(found) > SHORT else len(found)


# --- the office of a union -------------------------------------------------------------------------------------------


def cases_at(**query: object) -> str:
    """Address of the list of cases with some filters."""
    return f"{reverse('desk:cases')}?{'&'.join(f'{key}={value}' for key, value in query.items())}"


def office_day(actor: Member, days: Days) -> Day:
    """What the unions of this person have in hand (ten queries at most, whatever the number of cases)."""
    held = Case.objects.visible_to(actor).filter(holder__in=[unit.pk for unit in own_units(actor)])
    when = waits(actor, days)
    counted = {word: Count("pk", filter=when[word]) for word in when if word not in ANY_STATE}
    n = held.open().aggregate(**counted, left=Count("pk", filter=_left(actor, days)))
    lists = _lists(held.open(), when, n)
    rows = case_rows([case for _, cases in lists for case in cases], actor, days)
    by_case = {row.case.pk: row for row in rows}
    words = {"late": "超期", "near": "将到期", "mine": "等我办", "new": "新收到"}
    groups = tuple(
        Group(word, words[word], [by_case[case.pk] for case in cases], n[word], cases_at(wait=word))
        for word, cases in lists
        if cases
    )
    return Day(figures=_office_figures(n, dict(lists), days), groups=groups, notes=_office_notes(actor, held, n))


def _left(actor: Member, days: Days) -> Q:
    """Cases whose officer (for who may name another), or the handler of one of whose items, no longer holds the post."""
    items = Item.objects.filter(case=OuterRef("pk"), status__in=(*RUNNING, "returned"))
    approved = [unit.pk for unit in actor.units(Can.APPROVE)]
    officer = Q(officer__ends_on__lt=days.today, holder__in=approved)
    return officer | Q(Exists(items.filter(handler__ends_on__lt=days.today)))


def _lists(rows: QuerySet[Case], when: dict[str, Q], n: dict[str, int]) -> list[tuple[str, list[Any]]]:
    """The four short lists; what is overdue or near stands there and not again below.  Where nothing was counted, none is
    asked for."""
    rows = with_names(rows).annotate(due_day=due_day())
    nearest = (F("due_day").asc(nulls_last=True), "-registered_at")
    rest = rows.exclude(when["late"] | when["near"])
    lists = {
        "late": rows.filter(when["late"]).order_by(*nearest),
        "near": rows.filter(when["near"]).order_by(*nearest),
        "mine": rest.filter(when["mine"]).order_by(*nearest),
        "new": rest.filter(when["new"]).order_by("-urgent", "-registered_at"),
    }
    return [(word, list(some[:SHORT]) if n[word] else []) for word, some in lists.items()]


def _office_figures(n: dict[str, int], lists: dict[str, list[Any]], days: Days) -> tuple[Figure, ...]:
    worst = max([(days.today - case.due_day).days for case in lists["late"] if case.due_day], default=0)
    return (
        Figure(n["late"], "超期", cases_at(wait="late"), f"最久 {worst} 天" if worst else "", "late"),
        Figure(n["near"], "将到期", cases_at(wait="near"), f"今天到期 {n['today']} 件" if n["today"] else "", "soon"),
        Figure(n["mine"], "等我办", cases_at(wait="mine"), f"部门退回 {n['returned']} 件" if n["returned"] else ""),
        Figure(n["new"], "新收到", cases_at(wait="new"), "还没有人接手" if n["new"] else ""),
    )


def _office_notes(actor: Member, held: QuerySet[Case], n: dict[str, int]) -> tuple[Duty, ...]:
    mine = Q(officer__person=actor.person_id) | Q(officer__isnull=True)
    unread = Message.objects.filter(from_worker=True, read_at__isnull=True).values("case")
    notes = [
        Duty(held.filter(mine, pk__in=unread).count(), "件有职工来话还没看", cases_at(wait="talk", state="all")),
        Duty(n["returned"], "件被部门退回，要重新交办", cases_at(wait="returned")),
        Duty(n["left"], "件的责任人或承办人已经离任，要移交", reverse("desk:hand_over")),
    ]
    if actor.units(Can.APPROVE):
        asked = ReopenRequest.objects.filter(granted__isnull=True).values("case")
        notes.append(
            Duty(held.filter(pk__in=asked).count(), "件请求重新办理，要您决定", cases_at(wait="reopen", state="all"))
        )
        notes.append(Duty(n["asked"], "件申请延期或暂停，要您批准", cases_at(wait="asked")))
    return tuple(note for note in notes if note.n)


# --- the union above -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Below:
    """One union below: how many it has in hand, how many are overdue, how long nothing has moved."""

    name: str
    n: int
    late: int
    still: int
    href: str


def below_cases(actor: Member) -> CaseQuerySet:
    """Cases in the hands of unions below."""
    reach = held_below(actor.units(Can.READ_BELOW))
    own = [unit.pk for unit in own_units(actor)]
    return Case.objects.visible_to(actor).filter(reach).exclude(holder__in=own)


def below(actor: Member, days: Days, at: datetime) -> list[Below]:
    """Unions below with cases in hand, worst first (one query)."""
    reach = reduce(or_, (Q(path__gte=unit.path, path__lt=path_end(unit.path)) for unit in actor.units(Can.READ_BELOW)))
    rows = (
        below_cases(actor)
        .open()
        .filter(
            holder__in=Unit.objects.filter(reach).order_by().values("pk")
        )  # union by union, each from its own open cases
        .values("holder_id", "holder__name")
        .annotate(n=Count("pk"), late_n=Count("pk", filter=waits(actor, days)["late"]), moved=Min("moved_at"))
        .order_by("-late_n", "moved")[:WORST]
    )
    return [
        Below(
            row["holder__name"], row["n"], row["late_n"], (at - row["moved"]).days,
            cases_at(tab="below", unit=row["holder_id"], **({"wait": "late"} if row["late_n"] else {})),
        )
        for row in rows
    ]  # fmt: skip


# --- departments -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ItemRow(Line):
    """One item as its department knows it: code, measure, date.  No case, no number."""

    item: Item


def items_at(**query: str) -> str:
    """Address of the list of items with some filters."""
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{reverse('desk:items')}?{asked}" if asked else reverse("desk:items")


def department_day(actor: Member, days: Days) -> Day:
    """What the departments of this person (for a management head: of the unit) have to do (three queries)."""
    rows = listed(actor, closed=False)
    running = Clock.objects.filter(subject=OuterRef("pk"), stopped_at__isnull=True, paused_on__isnull=True)
    late = Q(Exists(running.filter(due_on__lt=days.today)))
    near = Q(Exists(running.filter(due_on__range=(days.today, days.near)))) & ~late
    asked = {"late": late, "near": near, "all": Q(pk__isnull=False)} | {
        code: Q(status=code) for code in ("given", "done", "unable")
    }
    n = rows.order_by().aggregate(**{word: Count("pk", filter=condition) for word, condition in asked.items()})
    found = list(rows[: 2 * SHORT])
    clocks = clocks_of(found) if found else {}
    figures = (
        Figure(n["late"], "超期", items_at(late="1"), "", "late"),
        Figure(n["near"], "将到期", items_at(), "", "soon"),
        Figure(
            n["done"], "待书面反馈", items_at(state="done"), f"另有不具备条件 {n['unable']} 件" if n["unable"] else ""
        ),
        Figure(n["given"], "新交来", items_at(state="given"), "还没有接收" if n["given"] else ""),
    )
    shown = [_item_row(item, clocks.get(item.pk), days, actor) for item in found]
    return Day(figures, (Group("items", "要办的协商事项", shown, n["all"], items_at()),) if shown else ())


def one_line(text: str) -> str:
    """The beginning of a text, where one line of it stands for the whole."""
    line = " ".join(text.split())
    return line if len(line) <= LINE else line[: LINE - 1] + "…"


def _item_row(item: Item, clock: Clock | None, days: Days, actor: Member) -> ItemRow:
    href = reverse("desk:item", args=[item.pk])
    steps = ITEM.possible(item.status) if works_on(actor, item) else []
    main = next((step for step in steps if step.may == Can.ITEMS and step.main), None)
    return ItemRow(
        item=item,
        title=one_line(item.measure),
        href=href,
        clock=Shown(*clock_state(clock, days.today, days.calendar)) if clock else None,
        facts=(item.code, item.state.staff, f"{item.deadline.month}月{item.deadline.day}日前办结"),
        who=(item.department.name, item.handler.person.name),
        act=main.label if main else "查看",
        # taking it is one click on its page, after reading
        act_href=reverse("desk:item_act", args=[item.pk, main.act]) if main and main.act == "report" else href,
    )


# --- administrators --------------------------------------------------------------------------------------------------


def administration(actor: Member, at: datetime) -> list[Duty]:
    """What concerns the three administrators; nothing of any case."""
    notes: list[Duty] = []
    if actor.units(Can.SYSTEM):
        system = reverse("desk:system")
        notes.append(Duty(failing().count(), "项后台任务上次没有成功", system))
        notes.append(Duty(given_up().count(), "件后台工作多次失败，已停止重试", system))
        notes.append(Duty(undelivered(at - timedelta(days=7)).count(), "封提醒邮件一周内没有送达", system))
    if units := managed_units(actor, Can.POSTS) if actor.units(Can.POSTS) else None:
        notes += _accounts(units, at)
    if actor.units(Can.AUDIT):
        roots = {unit.root_id or unit.pk for unit in actor.units(Can.AUDIT)}
        opened = Reading.objects.filter(root__in=roots, at__gt=at - timedelta(days=1), unit__in=_ids(actor, Can.AUDIT))
        counted = dict(opened.values_list("what").annotate(n=Count("pk")).order_by())
        notes.append(Duty(counted.get("sealed", 0), "次查看密封内容（一天内）", reverse("desk:readings")))
        notes.append(Duty(counted.get("lookup", 0), "次按电话、姓名查找（一天内）", reverse("desk:readings")))
    return [note for note in notes if note.n]


def _ids(actor: Member, can: Can) -> QuerySet[Any]:
    return managed_units(actor, can).order_by().values("pk")


def _accounts(units: QuerySet[Unit], at: datetime) -> list[Duty]:
    """Who holds an office and cannot sign in yet, or has not changed the first password."""
    working = Post.objects.on(timezone.localdate(at)).exclude(role__in=(Role.WORKER, Role.DELEGATE))
    holding = working.filter(unit__in=units.order_by().values("pk")).values("person")
    people = reverse("desk:org-people")
    without = Person.objects.filter(pk__in=holding, user__isnull=True, left_on__isnull=True).count()
    unchanged = User.objects.filter(person__in=holding, is_active=True, must_change_password=True).count()
    return [
        Duty(without, "人有任职还没有账号", people),
        Duty(unchanged, "个账号还没有改初始密码", people),
    ]
