"""Pages of the desk: a department's items.  They show a code and a masked brief; nothing of the case behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.cases.models import Clock
from huying.cases.reads import clock_state, clock_view
from huying.desk.acts import drop_draft
from huying.desk.forms import items as forms
from huying.desk.reads import one_line, said_about
from huying.feedback.reads import outside_of_item
from huying.files import acts as files
from huying.files import reads as stored
from huying.files.rules import check_count
from huying.handling import acts, reads
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item, ItemEvent
from huying.kernel.clock import WorkDays
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on, version_seen
from huying.ledger.rules import PAPERS
from huying.mechanism.reads import calendar
from huying.notices.acts import mark_read
from huying.org.rules import Can, Member
from huying.trail.acts import note_reading

PER_PAGE = 25
LIMITS = {"item": "办结", "report": "书面反馈"}


@dataclass(frozen=True)
class Act:
    """How one act of the table is put to the department: its form, what the page and its button say, what comes after."""

    form: type[forms.ActForm]
    title: str
    verb: str
    said: str
    icon: str
    do: Callable[..., Item]
    files: bool = True
    versioned: bool = True


def _finish(*, able: bool) -> Callable[..., Item]:
    def do(*, done_on: date | None = None, **given: Any) -> Item:
        return acts.finish(able=able, done_on=done_on, **given)

    return do


# In the order the buttons stand in; ``take`` needs no form.
ACTS: dict[str, Act] = {
    "report": Act(forms.ReportForm, "书面反馈", "交给工会", "书面反馈交给工会了。", "file-check", acts.report),
    "progress": Act(forms.ProgressForm, "登记进展", "登记", "进展登记好了。", "file-pencil", acts.progress),
    "done": Act(forms.DoneForm, "办结", "办结了", "登记为已完成。请在期限内交书面反馈。", "circle-check", _finish(able=True)),
    "unable": Act(forms.UnableForm, "不具备条件", "登记", "登记为不具备条件。请在期限内交书面反馈。", "hand-stop",
                  _finish(able=False)),
    "ask_union": Act(forms.AskForm, "问工会", "发给工会", "问题发给工会了。", "message-2-question", acts.ask_union, files=False,
                     versioned=False),
    "send_back": Act(forms.SendBackForm, "退回工会", "退回", "退回给工会了。", "arrow-back-up", acts.send_back, files=False),
}  # fmt: skip


def _check_reader(actor: Member) -> None:
    """Only who works for a department, or heads the management of a unit."""
    if not actor.departments() and not actor.units(Can.ITEMS_OF_UNIT):
        raise NotYours


# --- the list -----------------------------------------------------------------------------------------------------------


@require_GET
def items(request: Asked) -> HttpResponse:
    """What my departments have in hand, the nearest date first; closed ones on the second tab."""
    actor: Member = request.actor
    _check_reader(actor)
    today, closed = timezone.localdate(request.now), request.GET.get("tab") == "closed"
    rows = reads.listed(actor, closed=closed)
    state = request.GET.get("state", "")
    if state in ITEM.by_code:
        rows = rows.filter(status=state)
    if request.GET.get("late"):
        rows = reads.overdue(rows, today)
    if request.GET.get("mine"):
        rows = rows.filter(handler__person=actor.person_id)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    clocks, days = reads.clocks_of(shown), calendar()
    return render(
        request,
        "desk/items/items.html",
        {
            "page": page,
            "rows": [_row(item, clocks.get(item.pk), today, days) for item in shown],
            "closed": closed,
            "groups": _filters(request, closed=closed),
            "filtered": bool({"state", "late", "mine"} & set(request.GET)),
            "whole_unit": not actor.departments(),
        },
    )


def _row(item: Item, clock: Clock | None, today: date, days: WorkDays) -> dict[str, Any]:
    """One item of the list: chip, what is promised as on its own page, what was said, by when, state, who."""
    chip, due = {"state": "none", "words": item.state.staff}, f"{item.deadline.month}月{item.deadline.day}日前办结"
    if clock is not None:
        state, words = clock_state(clock, today, days)
        chip = {"state": state, "words": words}
        due = f"{clock.due_on.month}月{clock.due_on.day}日前{LIMITS.get(clock.code, '办结')}"
    elif item.state.final:
        chip["state"] = "done" if item.status == "reported" else "none"
    return {
        "item": item,
        "title": one_line(item.measure),
        "chip": chip,
        "facts": [item.code, f"职工反映：{one_line(item.brief)}", due],
        "who": [f"{item.department.name}·{item.handler.person.name}", item.state.staff],
    }


def _filters(request: Asked, *, closed: bool) -> list[dict[str, Any]]:
    """Filters that live in the address."""
    states = [state for state in ITEM.states if state.final == closed]
    groups = [_group(request, "状态", "state", [(state.code, state.staff) for state in states])]
    if not closed:
        groups.append(_group(request, "时限", "late", [("1", "只看超期")]))
    if request.actor.departments():
        groups.append(_group(request, "承办人", "mine", [("1", "只看我的")]))
    return groups


def _group(request: Asked, label: str, key: str, options: list[tuple[str, str]]) -> dict[str, Any]:
    chosen = request.GET.get(key, "")
    rows = [{"label": "全部", "url": _with(request, key, ""), "current": not chosen}]
    rows += [{"label": words, "url": _with(request, key, code), "current": chosen == code} for code, words in options]
    return {"label": label, "options": rows}


def _with(request: Asked, key: str, value: str) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(key, None)
    if value:
        query[key] = value
    return f"?{query.urlencode()}"


# --- one item -----------------------------------------------------------------------------------------------------------


@require_GET
def item(request: Asked, item_id: UUID) -> HttpResponse:
    """One item: the masked brief, what is promised and by when, its history, the next acts.  What this person was told
    about it counts as read."""
    found = reads.get_for(request.actor, item_id)
    mark_read(by=request.actor, at=request.now, subject=found.pk)
    note_reading(
        root=found.root_id,
        by=request.actor,
        at=request.now,
        what="item",
        subject=found.pk,
        unit=found.department.unit_id,
    )
    return render(request, "desk/items/item.html", _page(request, found))


def _page(request: Asked, found: Item) -> dict[str, Any]:
    today, works = timezone.localdate(request.now), reads.works_on(request.actor, found)
    limits = [_limit(clock, found, today) for clock in reads.limits_of(found)]
    return {
        "item": found,
        "works": works,
        "helping": not works and bool(request.actor.departments()),
        "takes": works and ITEM.may_now(found.status, "take"),
        "acts": _acts(found) if works else [],
        "returns_left": reads.returns_left(found),
        "flow": _flow(found),
        "limits": limits,
        "chip": next((limit for limit in reversed(limits) if limit["view"].state != "done"), None),
        "heading": one_line(found.measure).rstrip("。"),
        "entries": [_entry(event, found) for event in reads.department_story(found)],
        "papers": [_paper(row) for row in reads.released_files(found)],
        "instructions": said_about(found.pk),
        "instructs": not found.state.final and bool(request.actor.post_for(Can.INSTRUCT, found.department.unit)),
        "given_on": timezone.localdate(found.given_at),
        "rated": outside_of_item(found),
        "prints": [(code, PAPERS[code].name) for code in ("form1", "form3")],
    }


def _acts(found: Item) -> list[dict[str, Any]]:
    """The buttons: what the table allows the department now.  Sending back says how often it is still possible."""
    possible = {step.act for step in ITEM.possible(found.status) if step.may == "items"}
    buttons = []
    for act, how in ACTS.items():
        if act not in possible:
            continue
        button = {"label": how.title, "icon": how.icon, "url": reverse("desk:item_act", args=[found.pk, act])}
        if act == "send_back" and not reads.returns_left(found):
            button["why_not"] = f"已经退回 {found.returns} 次，不能再退"
        buttons.append(button | {"main": "take" not in possible})
    return buttons


def _limit(clock: Clock, found: Item, today: date) -> dict[str, Any]:
    """One limit with its chip, its date in words, and how the date came about; the union's own reasons stay with it."""
    view = clock_view(clock, found.case, today, calendar())
    longer = any(change.kind == "extend" and change.state == "done" for change in clock.changes.all())
    name, due = LIMITS.get(clock.code, view.label), f"{clock.due_on.month}月{clock.due_on.day}日"
    why = view.why + (f"经工会批准延期到 {due}。" if longer else "") + (f"依据：{view.badge}。" if view.badge else "")
    text = f"{due}前{'向工会交书面反馈' if clock.code == 'report' else '办结'}"
    return {"name": name, "view": view, "text": text, "why": why}


def _flow(found: Item) -> list[dict[str, str]]:
    """The five steps of an item, the present one lit."""
    names = ("交办", "接收", "办理", "办结", "书面反馈")
    at = {"given": 1, "returned": 1, "doing": 2, "done": 4, "unable": 4, "reported": 5, "dropped": 5}[found.status]
    notes = {0: timezone.localdate(found.given_at), 3: found.done_on}
    if found.reported_at:
        notes[4] = timezone.localdate(found.reported_at)
    steps = []
    for number, name in enumerate(names):
        state = "done" if number < at else "now" if number == at else "next"
        if found.status == "dropped" and number:
            state = "skipped"
        day = notes.get(number) if state == "done" else None
        steps.append({"name": name, "state": state, "note": f"{day.month}月{day.day}日" if day else ""})
    return steps


def _entry(event: ItemEvent, found: Item) -> dict[str, Any]:
    """A line of the history: the day, never the time (secrecy.md, What gives people away)."""
    return {
        "at": timezone.localdate(event.at),
        "title": event.label,
        "body": event.text,
        "who": event.who,
        "key": event.act in ("give", "done", "unable", "report"),
        "files": [_paper(row) for row in event.files.all()],
    }


def _paper(row: Any) -> dict[str, str]:
    kind = {"image": "photo", "audio": "voice", "pdf": "pdf", "sheet": "sheet"}.get(row.file.kind, "doc")
    state = {"quarantined": "checking", "infected": "refused", "erased": "refused"}.get(row.file.state, "ready")
    return {
        "name": stored.name(row.file),
        "url": reverse("desk:item_file", args=[row.pk]),
        "kind": kind,
        "state": state,
    }


@require_POST
def take(request: Asked, item_id: UUID) -> HttpResponse:
    """The department has seen it."""

    def do() -> str:
        acts.take_item(item_id=item_id, by=request.actor, at=request.now, version=version_seen(request))
        return reverse("desk:item", args=[item_id])

    answer = once(request, do)
    messages.success(request, "接收了。时限从交办那天算起，不从现在算。")
    return answer


@require_http_methods(["GET", "POST"])
def act(request: Asked, item_id: UUID, act: str) -> HttpResponse:
    """One act on an item in one form; what was typed stays when it is refused."""
    how = ACTS.get(act)
    found = reads.get_for(request.actor, item_id)
    if how is None or not reads.works_on(request.actor, found):
        raise NotYours
    today = timezone.localdate(request.now)
    if request.method == "GET":
        ITEM.check_now(found.status, act)
    form = how.form(request.POST or None, request.FILES or None, initial=_start(found, act, today))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = _given(request, form, how)
            answer = once(request, lambda: _done(act, found.pk, given, request))
            messages.success(request, how.said)
            return answer
        found = reads.get_for(request.actor, item_id)
    return render(
        request,
        "desk/items/act.html",
        {
            "item": found,
            "form": form,
            "how": how,
            "act": act,
            "draft": _draft(act, found.pk),
            "returns_left": reads.returns_left(found),
            "retry_files": how.files and bool(request.FILES),
        },
        status=422 if request.method == "POST" else 200,
    )


def _start(found: Item, act: str, today: date) -> dict[str, Any]:
    """What the form begins with: the day, and the report that is to be made better."""
    return {"done_on": today, **({"text": found.report} if act == "report" and found.report else {})}


def _given(request: Asked, form: forms.ActForm, how: Act) -> dict[str, Any]:
    """What the act is to be told; uploads are looked through before its transaction begins."""
    given = form.given()
    if not how.versioned:
        given.pop("version")
    if how.files:
        uploads = request.FILES.getlist("files")
        check_count(len(uploads))
        given["files"] = tuple(files.check(upload=upload) for upload in uploads)
    return given


def _done(act: str, item_id: UUID, given: dict[str, Any], request: Asked) -> str:
    """Do it, and forget what was kept while it was being typed."""
    ACTS[act].do(item_id=item_id, by=request.actor, at=request.now, **given)
    drop_draft(form=_draft(act, item_id), by=request.actor, at=request.now)
    return reverse("desk:item", args=[item_id])


def _draft(act: str, item_id: UUID) -> str:
    return f"item-{act}-{item_id}"


@require_GET
def item_file(request: Asked, file_id: UUID) -> HttpResponse:
    """A file of an item, for its department or for the union that has the case."""
    row = reads.item_file(request.actor, file_id)
    note_reading(root=row.root_id, by=request.actor, at=request.now, what="file", subject=row.pk)
    return stored.response(row.file, inline=True, span=request.headers.get("Range", ""))


urls = [
    path("items/", items, name="items"),
    path("items/files/<uuid:file_id>/", item_file, name="item_file"),
    path("items/<uuid:item_id>/", item, name="item"),
    path("items/<uuid:item_id>/take/", take, name="item_take"),
    path("items/<uuid:item_id>/<slug:act>/", act, name="item_act"),
]
