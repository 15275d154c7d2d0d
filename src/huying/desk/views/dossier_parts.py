"""What stands on a dossier: flow, limits, items, story, people, files, papers, related cases, each made ready for its template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from huying.cases.acts import REASONS, Opened
from huying.cases.lifecycle import CASE, FLOW
from huying.cases.models import Case, CaseFile, Clock, Event, Message, Party, Secrecy
from huying.cases.reads import clock_view, clocks_of, joined, rules_of, voices_of
from huying.cases.rules import Standing, place_of
from huying.desk.reads import Climb
from huying.files.models import File, Kind
from huying.files.reads import name as name_of
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item
from huying.kernel.actors import Actor
from huying.kernel.clock import WorkDays
from huying.kernel.crypto import Unreadable
from huying.ledger.rules import LOOKS, PAPERS, TALK
from huying.mechanism.rules import Rules
from huying.org.models import Person
from huying.org.rules import Can
from huying.trail.reads import readings

IN_VIEW = 5  # named people shown unfolded
AT_ONCE = 120  # lines of the story on one page
KINDS = {Kind.IMAGE: "photo", Kind.AUDIO: "voice", Kind.PDF: "pdf", Kind.SHEET: "sheet"}
HAS_ITEMS = ("handling", "reported")
WEIGHTY = {
    "register",
    "accept",
    "assign",
    "all_reported",
    "tell",
    "all_rated",
    "archive",
    "reopen",
    "decline",
    "settle",
    "send_up",
    "sent_back",
    "solved_above",
    "climb_on",
    "instruct",
}
SHOWN = (("", "全部"), ("progress", "进展"), ("talk", "往来"), ("looks", "查阅"))
READ = {
    "dossier": "看了卷宗",
    "identity": "看了卷宗和实名职工的姓名电话",
    "sealed": "打开了密封内容",
    "rating": "看了评价时写的话",
    "file": "打开了附件",
    "form1": "打印了记录表",
    "form2": "看了流程图",
    "form3": "打印了跟踪表",
    "print": "打印了卷宗",
    "request": "看了本人要求更正的内容",
    "refused": "想打开密封内容，被拒绝",
}


def badge(rules: Rules, clause_id: str) -> dict[str, str] | None:
    """The badge of a clause, if a pack in force has it."""
    found = next((one for one in rules.clauses() if one.id == clause_id), None)
    if found is None:
        return None
    return {"label": found.badge, "url": reverse("desk:clause", args=[found.id]), "summary": found.summary}


# --- head -----------------------------------------------------------------------------------------------------------


def facts(case: Case, rules: Rules, voices: Sequence[Party]) -> list[tuple[str, str]]:
    """What stands in one line under the title."""
    names = {one.code: one.label for one in (*rules.categories(), *rules.all_channels())}
    kind = "·".join(names.get(code, code) for code in (case.content_class, case.category) if code)
    behind = sum(voice.withdrawn_at is None for voice in voices)
    channel = names.get(case.channel, "反映打击报复" if case.channel == "retaliation" else case.channel)
    return [
        ("编号", case.number),
        ("单位", case.place.name if case.place_id == case.unit_id else f"{case.unit.name}·{case.place.name}"),
        ("承办工会", case.holder.name if case.holder_id != case.unit_id else ""),
        ("责任人", case.officer.person.name if case.officer else "还没有"),
        ("类别", kind),
        ("难易", case.get_difficulty_display()),
        ("受理方式", f"{channel}（{case.channel_note}）" if case.channel_note else channel),
        ("收到", _received(case)),
        ("联名", f"{behind} 人" if behind > 1 else ""),
        ("第几轮", f"第 {case.round} 轮办理" if case.round > 1 else ""),
    ]


def _received(case: Case) -> str:
    """The day it reached the union, where that was before the day it was registered."""
    day, entered = timezone.localdate(case.received_at), timezone.localdate(case.registered_at)
    year = "" if day.year == entered.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日" if day < entered else ""


def flow(case: Case, events: Sequence[Event]) -> list[dict[str, str]]:
    """The seven steps; the one waited for lit, under each that is past the day it was done in this round."""
    seen: dict[str, date] = {}
    for event in reversed(events):  # oldest first
        if event.act == "reopen":
            seen = {status: day for status, day in seen.items() if status in FLOW[1][1]}
        seen.setdefault(event.status, timezone.localdate(event.at))
    ended = case.closed_at is not None
    here = next((n for n, (_, codes) in enumerate(FLOW) if case.status in codes), None)
    last = max((n for n, (_, codes) in enumerate(FLOW) if set(codes) & set(seen)), default=0)
    steps = []
    for number, (name, codes) in enumerate(FLOW):
        visited = number == 0 or set(codes) & set(seen)
        later = [day for _, after in FLOW[number + 1 :] for code in after if (day := seen.get(code))]
        later += [seen["archived"]] if "archived" in seen else []
        if number == here:
            state = "now"
        elif number < (len(FLOW) if case.status == "archived" else last if here is None else here):
            state = "done" if visited else "skipped"
        else:
            state = "next"
        note = f"{min(later).month}月{min(later).day}日" if state == "done" and later else ""
        steps.append({"name": name, "note": note, "state": state})
    if ended and case.status != "archived":
        steps[last] = {"name": FLOW[last][0], "note": CASE.by_code[case.status].staff, "state": "now"}
    return steps


# --- limits ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """One time limit with its badge and what may be done about it."""

    name: str
    view: Any
    text: str
    badge: dict[str, str] | None
    changes: list[str]
    acts: list[dict[str, str]]


def limits(
    case: Case, items: Sequence[Item], stand: Standing, climb: Climb, *, today: date, calendar: WorkDays
) -> tuple[list[Limit], list[Limit]]:
    """Limits that run or have not begun, and those that are over."""
    rules = rules_of(case)
    whose = {item.pk: item.department.name for item in items} | climb.names
    running: list[Limit] = []
    over: list[Limit] = []
    for clock in clocks_of(case):
        view = clock_view(clock, case, today, calendar, clock.changes.all())
        name = view.label + (f"（{whose[clock.subject]}）" if len(whose) > 1 and clock.subject in whose else "")
        acts = _clock_acts(case, clock, view, stand, climb)
        limit = Limit(name, view, _until(clock), badge(rules, view.clause), _changes(clock), acts)
        (over if clock.stopped_at else running).append(limit)
    return running + _to_come(case, rules, running), over


def _until(clock: Clock) -> str:
    """Until when, or when it ended."""
    due = f"{clock.due_on.month}月{clock.due_on.day}日"
    if clock.stopped_at:
        ended = timezone.localdate(clock.stopped_at)
        return f"最晚 {due}，{ended.month}月{ended.day}日 完成"
    if clock.paused_on:
        return f"{clock.paused_on.month}月{clock.paused_on.day}日 起暂停，恢复后重新推算"
    return f"最晚 {due}{'（暂定）' if clock.provisional else ''}"


def _changes(clock: Clock) -> list[str]:
    """Pauses, extensions and recomputations of a clock as sentences."""
    said = []
    for change in clock.changes.all():
        on = timezone.localdate(change.asked_at)
        to = (
            f"到 {change.due_after.month}月{change.due_after.day}日"
            if change.due_after and change.kind != "pause"
            else ""
        )
        reply = f"（{change.decision}）" if change.decision else ""
        why = change.reason.rstrip("。！；，")
        said.append(
            f"{on.month}月{on.day}日 {change.get_kind_display()}{to}：{why}，{change.get_state_display()}{reply}。"
        )
    return said


def _clock_acts(case: Case, clock: Clock, view: Any, stand: Standing, climb: Climb) -> list[dict[str, str]]:
    """Asking for and deciding on a later date or a pause: by the union whose limit it is (``cases.rules.limit_of``)."""
    theirs = clock.code == "climb" or (clock.code in ("item", "report") and clock.unit_id in climb.handles)
    asks, decides = (
        (clock.unit_id in climb.handles, clock.unit_id in climb.approves) if theirs else (stand.office, stand.approves)
    )
    if clock.stopped_at or not asks:
        return []
    if view.pending:
        return [_link("决定是否批准", case, "decide", view.pending.pk)] if decides else []
    if clock.paused_on:
        return (
            [_link("恢复计时", case, "resume", clock.pk)]
            if clock.code != "accept" or case.status != "supplement"
            else []
        )
    return [_link("申请延期", case, "extend", clock.pk), _link("申请暂停", case, "pause", clock.pk)]


def _link(label: str, case: Case, act: str, of: UUID | None = None) -> dict[str, str]:
    args = [case.pk, act] if of is None else [case.pk, act, of]
    return {"label": label, "url": reverse("desk:case_act" if of is None else "desk:case_act_of", args=args)}


def _to_come(case: Case, rules: Rules, running: Sequence[Limit]) -> list[Limit]:
    """Limits that begin with the next steps, so that nobody is surprised by them."""
    ahead = {"accepted": ("report", "tell"), "handling": ("report", "tell"), "reported": ("survey",)}.get(
        case.status, ()
    )
    known = {limit.view.clock.code for limit in running}
    found = []
    for code in ahead:
        if code not in known:
            rule = rules.clock(code)
            found.append(
                Limit(rule.label, None, f"{rule.starts}后 {rule.rule.label}内", badge(rules, rule.clause.id), [], [])
            )
    return found


# --- items ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ItemPart:
    """An item with its progress and what the union may do about it."""

    item: Item
    limit: Limit | None
    helping: list[str]
    progress: list[dict[str, Any]]
    acts: list[dict[str, Any]]
    asks: bool


def item_parts(
    case: Case, items: Sequence[Item], running: Sequence[Limit], stand: Standing, climb: Climb
) -> list[ItemPart]:
    """Items in the order they were given."""
    limit_of = {limit.view.clock.subject: limit for limit in running if limit.view}
    parts = []
    for item in items:
        acts, asks = [], _asks(item)
        if (stand.office or climb.gave(item)) and case.status in HAS_ITEMS:
            acts = [
                {**_link(step.label, case, step.act, item.pk), "main": step.act == "give_again"}
                for step in ITEM.possible(item.status)
                if step.may == Can.HANDLE_CASES and (asks or step.act != "answer")
            ]
        progress = [
            {"at": event.at, "title": event.label, "body": event.text, "who": event.who, "files": _item_files(event)}
            for event in item.events.all()
            if event.state
        ]
        parts.append(ItemPart(item, limit_of.get(item.pk), _helping(item), progress, acts, asks))
    return parts


def _asks(item: Item) -> bool:
    """Whether the department's last question has no answer yet; the events are at hand, newest first."""
    last = next((event.act for event in item.events.all() if event.act in ("ask_union", "answer")), "")
    return last == "ask_union" and ITEM.may_now(item.status, "answer")


def _helping(item: Any) -> list[str]:
    return [row.department.name for row in item.helping.all()] if item.helped else []


def _item_files(event: Any) -> list[dict[str, str]]:
    return [file_row(row.pk, row.file) for row in event.files.all()]


def file_row(row_id: UUID, file: File, *, note: str = "", closed: bool = False) -> dict[str, str]:
    """A file as ``c-attach`` shows it; a closed one by its kind only."""
    return {
        "name": file.get_kind_display() if closed else name_of(file),
        "url": "" if closed else reverse("desk:file", args=[row_id]),
        "kind": KINDS.get(Kind(file.kind), "doc"),
        "note": note,
        "state": {"quarantined": "checking", "infected": "refused", "erased": "refused"}.get(file.state, "ready"),
    }


# --- story ----------------------------------------------------------------------------------------------------------


def story(
    case: Case, events: Sequence[Event], items: Sequence[Item], stand: Standing, shown: str
) -> list[dict[str, Any]]:
    """The history of case and items, newest first, as far as this person may read it and has asked for it."""
    rules = rules_of(case)
    clauses = {step.act: step.clause for step in CASE.steps if step.clause}
    item_clauses = {step.act: step.clause for step in ITEM.steps if step.clause}
    lines = [_line(event, clauses, rules, stand) for event in events if _wanted(event.act, shown)]
    for item in items:
        for event in item.events.all():
            if event.act != "give" and _wanted(event.act, shown):
                line = _line(event, item_clauses, rules, stand, item=item)
                line["title"] = _item_title(item, event)
                lines.append(line)
    return sorted(lines, key=lambda line: (line["at"], line["id"]), reverse=True)  # ids follow the order of writing


def _item_title(item: Item, event: Any) -> str:
    """Whose act it was: the department's own, or what the union did about it."""
    step = ITEM.by_act.get(event.act)
    if step is not None and step.may == Can.ITEMS:
        return f"{item.department.name}：{event.label}"
    return f"{event.label}（{item.department.name}）"


def _wanted(act: str, shown: str) -> bool:
    if shown == "talk":
        return act in TALK
    if shown == "looks":
        return act in LOOKS
    return not shown or act not in TALK | LOOKS or act == "tell"


def _line(
    event: Any, clauses: Mapping[str, str], rules: Rules, stand: Standing, item: Item | None = None
) -> dict[str, Any]:
    """One line.  Words between officer and worker stay with the union that has the case; readers see what happened."""
    open_words = stand.reads_words(event.act, departments_own=item is not None and not event.union_only)
    found = badge(rules, clauses[event.act]) if event.act in clauses else None
    return {
        "id": event.pk,
        "at": event.at,
        "title": event.label,
        "body": event.text if open_words else "",
        "who": event.who,
        "clauses": [found] if found else [],
        "files": _item_files(event) if item else [],
        "key": event.act in WEIGHTY or event.act in ("done", "unable", "report"),
    }


def readers(case: Case, stand: Standing) -> dict[str, Any]:
    """Who looked at the case: by name for its officer and its union's chair, else how many."""
    rows = list(readings(case.pk)[:AT_ONCE])
    people = {row.person for row in rows}
    if not stand.knows_readers:
        return {"count": len(people)}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    lines = [
        {
            "at": row.at,
            "title": f"{names.get(row.person, '一位同事')}{READ.get(row.what, '看了')}",
            "body": f"理由：{REASONS[row.reason]}" if row.reason in REASONS else "",
        }
        for row in rows
    ]
    return {"lines": lines, "count": len(people)}


# --- people and files -----------------------------------------------------------------------------------------------


def voices(case: Case) -> list[Party]:
    """Everybody who spoke, each with ``unread``: messages the officer has not seen (one query)."""
    unread = (
        Message.objects.filter(party=OuterRef("pk"), from_worker=True, read_at__isnull=True)
        .order_by()
        .values("party")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return list(voices_of(case).annotate(unread=Coalesce(Subquery(unread, output_field=IntegerField()), 0)))


def people(
    case: Case, given: Sequence[Party], known: Mapping[UUID, Opened], stand: Standing, events: Sequence[Event]
) -> dict[str, Any]:
    """The people at the side of the page."""
    behind = [party for party in given if party.withdrawn_at is None and party.erased_at is None]
    counts = [(label, sum(p.secrecy == code for p in behind)) for code, label in Secrecy.choices]
    named = [(party, known[party.pk]) for party in behind if party.pk in known and party.secrecy == Secrecy.NAMED]
    return {
        "behind": len(behind),
        "counts": [(label, n) for label, n in counts if n],
        "named": named[:IN_VIEW],
        "more": named[IN_VIEW:],
        "closed": sum(party.secrecy != Secrecy.NAMED for party in behind),
        "sealed": sum(party.secrecy == Secrecy.SEALED for party in behind),
        "gone": len(given) - len(behind),
        "spoke": bool(behind) or (bool(given) and case.officer is not None),
        "seen": sum(event.act == "open_sealed" for event in events),
        "unread": sum(getattr(party, "unread", 0) for party in given) if stand.officer else 0,
    }


def talk(rows: Iterable[Message]) -> list[dict[str, Any]]:
    """Messages laid open, oldest first.  Only after the sealed words were opened with a reason."""
    said = []
    for row in rows:
        try:
            text = row.party.key.open(row.body, place_of("message", "body", row.pk)) if row.body else ""
        except Unreadable:
            text = "（已清除）"
        who = "职工" if row.from_worker else (row.post.person.name if row.post else "工会")
        said.append({"who": who, "at": row.at, "text": text, "mine": not row.from_worker, "party": row.party_id})
    return said


def case_files(case: Case) -> list[CaseFile]:
    """Originals and released copies, oldest first; those of merged cases too."""
    rows = CaseFile.objects.filter(case__in=joined(case)).select_related("file__key", "case", "message")
    return list(rows.order_by("at", "id"))


def file_lists(case: Case, rows: Iterable[CaseFile], stand: Standing, *, opened: bool) -> dict[str, Any]:
    """Released copies for every reader; originals for the office by kind only, for its officer openly once opened."""
    rows = list(rows)
    copied = {row.file.released_from_id for row in rows if not row.sealed}
    originals = []
    for row in rows if stand.office else ():
        if not row.sealed:
            continue
        ours = row.message is not None and not row.message.from_worker
        note = "工会发给职工的" if ours else "已有公开副本" if row.file_id in copied else "原件，密封"
        part = file_row(row.pk, row.file, closed=not opened, note=note)
        may_copy = row.file_id not in copied and row.file.kind != Kind.AUDIO and row.file.state == "stored"
        if opened and may_copy and not ours:
            part["release"] = reverse("desk:case_act_of", args=[case.pk, "release_file", row.pk])
        originals.append(part)
    released = [file_row(row.pk, row.file, note="公开副本") for row in rows if not row.sealed]
    return {"released": released, "originals": originals}


def papers(case: Case) -> list[dict[str, Any]]:
    """What can be printed of a case, each in its formats."""
    words = {"pdf": "PDF", "docx": "Word"}
    return [
        {
            "name": one.name,
            "links": [(words[fmt], reverse("desk:case_paper", args=[case.pk, one.code, fmt])) for fmt in one.formats],
        }
        for one in PAPERS.values()
    ]


def related(actor: Actor, case: Case) -> list[tuple[str, Case]]:
    """Cases this one follows, was joined to or split from, and the other way round, as far as they may be known."""
    near = Q(follows=case) | Q(merged_into=case) | Q(pk__in=[case.follows_id, case.merged_into_id])
    kin = Case.objects.filter(near).values("pk")
    found = []
    for one in Case.objects.visible_to(actor).filter(pk__in=kin).order_by("-registered_at")[:30]:
        if one.pk == case.merged_into_id:
            word = "并入"
        elif one.merged_into_id == case.pk:
            word = "并进来的"
        else:
            word = "前一件" if one.pk == case.follows_id else "分出或接着的"
        found.append((word, one))
    return found
