"""Pages of the desk: the warning ledger, what was put to management, enterprises and trades at risk."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from huying.alerts import acts, reads
from huying.alerts.lifecycle import WARNING
from huying.alerts.models import Warning
from huying.desk import reads as desk
from huying.desk.acts import drop_draft
from huying.desk.forms import warnings as forms
from huying.desk.views.one_form import Act, ActPage, one_act
from huying.desk.views.reports import clause_of
from huying.kernel.errors import NotYours, Refused
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, file_answer, once, refusals_on, today_of, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.notices.acts import mark_read
from huying.org.models import Post, Unit
from huying.org.rules import Can, Member, may
from huying.trail.acts import note_reading

PER_PAGE = 25
MOST_EXPORTED = 5000


def unions_of(actor: Member) -> list[Unit]:
    """The unions in whose office this person works, each once."""
    return list({unit.pk: unit for unit in actor.units(Can.HANDLE_CASES)}.values())


# --- the ledger ---------------------------------------------------------------------------------------------------------

STATES = (("", "全部"), ("draft", "待核实"), ("open", "预警中"), ("ended", "已了结"))
ENDED = ("defused", "incident", "dropped")


@require_GET
def warnings(request: Asked) -> HttpResponse:
    """The own ledger; on the second tab those below, or one unit's; filters live in the address."""
    actor: Member = request.actor
    if not actor.units(Can.READ_CASES):
        raise NotYours
    unit = _unit_asked(request)
    below = unit is None and request.GET.get("tab") == "below" and bool(actor.units(Can.READ_BELOW))
    page = Paginator(_selected(request, unit, below=below), PER_PAGE).get_page(request.GET.get("page"))
    own = unit or actor.units(Can.READ_CASES)[0]
    rules = rules_for(own, today_of(request))
    context = {
        "page": page,
        "rows": _rows(page.object_list, rules, today_of(request)),
        "unit": unit,
        "below": below,
        "upper": bool(actor.units(Can.READ_BELOW)),
        "writes": bool(unions_of(actor)) and unit is None and not below,
        "groups": _filters(request, rules, drafts=unit is None and not below),
        "filtered": bool({"state", "level"} & set(request.GET)),
        "clause": clause_of(own, "BD-4.5", today_of(request)),
    }
    return render(request, "desk/alerts/warnings.html", context)


def _unit_asked(request: Asked) -> Unit | None:
    """One unit below whose ledger is looked at."""
    asked = request.GET.get("unit", "")
    if not asked:
        return None
    try:
        unit = Unit.objects.filter(pk=UUID(asked)).first()
    except ValueError:
        unit = None
    if unit is None or not may(request.actor, Can.READ_BELOW, unit):
        raise NotYours
    return unit


def _selected(request: Asked, unit: Unit | None, *, below: bool) -> QuerySet[Warning]:
    rows, own = reads.warnings_of(request.actor), [one.pk for one in request.actor.units(Can.READ_CASES)]
    ours = rows.exclude(unit__in=own) if below else rows.filter(unit__in=own)
    rows = ours if unit is None else rows.filter(unit=unit)
    state, level = request.GET.get("state", ""), request.GET.get("level", "")
    if state:
        rows = rows.filter(status__in=ENDED if state == "ended" else [state])
    return rows.filter(level=level) if level else rows


def _filters(request: Asked, rules: Rules, *, drafts: bool) -> list[dict[str, Any]]:
    context: Any = {"request": request}
    states = [one for one in STATES if drafts or one[0] != "draft"]
    levels = [("", "全部"), *((one.code, one.label) for one in rules.options("warning_levels").choices)]
    return [
        {
            "label": label,
            "options": [
                {"label": words, "url": qs(context, **{key: code or None, "page": None}),
                 "current": request.GET.get(key, "") == code}
                for code, words in options
            ],
        }
        for label, key, options in (("状态", "state", states), ("等级", "level", levels))
    ]  # fmt: skip


def _rows(found: Any, rules: Rules, today: date) -> list[dict[str, Any]]:
    """One line of the list each: chip of the next step, level, what is behind."""
    found = list(found)
    heard = reads.records_behind(one.pk for one in found)
    levels = rules.options("warning_levels")
    return [
        {
            "warning": one,
            "chip": _chip(one, today),
            "level": levels.label_of(one.level),
            "grade": _grade(rules, one.level),
            "cases": getattr(one, "n_cases", 0) or 0,
            "records": heard.get(one.pk, 0),
        }
        for one in found
    ]


def _grade(rules: Rules, level: str) -> int:
    """How weighty, as a number the page draws: 0, 1, 2."""
    codes = [choice.code for choice in rules.options("warning_levels").choices]
    return min(2, codes.index(level)) if level in codes else 0


def _chip(one: Warning, today: date) -> dict[str, str] | None:
    if one.status == "draft":
        return {"state": "soon", "words": "待核实"}
    if one.status != "open" or one.next_on is None:
        return {"state": "done", "words": one.state.staff}
    left = (one.next_on - today).days
    words = f"下一步过了 {-left} 天" if left < 0 else "今天要做" if left == 0 else f"还有 {left} 天"
    return {"state": "late" if left < 0 else "soon" if left <= 1 else "ok", "words": words}


@require_GET
def warnings_table(request: Asked, fmt: str) -> HttpResponse | FileResponse:
    """The ledger as a workbook or printed, with the filters of the page."""
    actor: Member = request.actor
    if not actor.units(Can.EXPORT) or fmt not in ("xlsx", "pdf"):
        raise NotYours
    unit, today = _unit_asked(request), today_of(request)
    below = unit is None and request.GET.get("tab") == "below" and bool(actor.units(Can.READ_BELOW))
    rows = _selected(request, unit, below=below)
    if rows.count() > MOST_EXPORTED:
        raise Refused(f"超过 {MOST_EXPORTED} 条，一次带不走。", "请先筛选，或者按单位分开导出。")
    own = unit or actor.units(Can.EXPORT)[0]
    rules = rules_for(own, today)
    note_reading(root=own.root_id or own.pk, what="export", unit=own.pk, **who(request))
    if fmt == "xlsx":
        book = reads.ledger_book(rows.iterator(), rules)
        return workbook_answer(book, "预警台账")
    return file_answer(reads.ledger_paper(rows.iterator(), rules, own, today), "预警台账.pdf")


# --- writing one --------------------------------------------------------------------------------------------------------


def _union(request: Asked) -> Unit:
    """The union whose ledger is written in: the one asked for, else the first."""
    units = unions_of(request.actor)
    if not units:
        raise NotYours
    asked = request.POST.get("unit") or request.GET.get("unit", "")
    return next((one for one in units if str(one.pk) == asked), units[0])


def _warning_form(request: Asked, unit: Unit, warning: Warning | None = None) -> forms.WarningForm:
    rules, today = rules_for(unit, today_of(request)), today_of(request)
    initial: dict[str, Any] = {"unit": str(unit.pk)}
    if warning is not None:
        initial |= {"title": warning.title, "level": warning.level, "people": warning.people, "risk": warning.risk}
        initial |= {"place": str(warning.place_id)}
    form = forms.WarningForm(request.POST or None, initial=initial)
    scopes = rules_for(unit, today).options("screenings")
    heard = [
        (one, f"{scopes.label_of(str(one.figures.get('scope', '')))}，{one.on.month}月{one.on.day}日")
        for one in reads.records_offered(request.actor, unit)
    ]
    form.offer_all(
        units=[warning.unit] if warning else unions_of(request.actor),
        places=Unit.objects.within(unit).open() if not unit.is_upper else [unit, *_directly_below(unit)],
        levels=rules.options("warning_levels"), cases=reads.cases_offered(request.actor, unit), records=heard,
    )  # fmt: skip
    return form


def _directly_below(unit: Unit) -> QuerySet[Unit]:
    below: QuerySet[Unit] = Unit.objects.within(unit).open().filter(depth=unit.depth + 1).order_by("name")
    return below


def _given(form: forms.WarningForm) -> dict[str, Any]:
    given = form.cleaned_data
    many = {name: [UUID(pk) for pk in given.get(name, ())] for name in ("cases", "records")}
    return {"title": given["title"], "level": given["level"], "risk": given["risk"], "people": given["people"], **many}


@require_http_methods(["GET", "POST"])
def warning_new(request: Asked) -> HttpResponse:
    """Enter one by hand."""
    unit = _union(request)
    form = _warning_form(request, unit)
    if form.is_bound and form.is_valid():
        place = Unit.objects.get(pk=form.cleaned_data["place"])
        with refusals_on(form):

            def do() -> str:
                made = acts.draft_warning(unit=unit, place=place, **_given(form), **who(request))
                drop_draft(form="warning-new", **who(request))
                return _of(made.pk)

            answer = once(request, do)
            messages.success(request, "登记好了。核实以后，定下谁来盯、下一步做什么，列入预警台账。")
            return answer
    context = {"form": form, "unit": unit, "draft": "warning-new"}
    return render(request, "desk/alerts/write.html", context, status=422 if form.is_bound else 200)


def _of(warning_id: UUID) -> str:
    return reverse("desk:warning", args=[warning_id])


# --- one warning --------------------------------------------------------------------------------------------------------


@require_GET
def warning(request: Asked, warning_id: UUID) -> HttpResponse:
    """One warning: what may happen, what it rests on, whom it was put to, what was done."""
    found = reads.warning_for(request.actor, warning_id)
    mark_read(subject=found.pk, **who(request))
    note_reading(root=found.root_id, what="warning", subject=found.pk, unit=found.unit_id, **who(request))
    office, today = reads.works_on(request.actor, found), today_of(request)
    rules = rules_for(found.unit, today)
    behind = reads.behind(request.actor, found)
    scopes = rules.options("screenings")
    context = {
        "warning": found,
        "office": office,
        "row": _rows([found], rules, today)[0],
        "cases": desk.case_rows(behind.cases, request.actor, desk.days_of(today)),
        "records": [(one, scopes.label_of(str(one.figures.get("scope", "")))) for one in behind.records],
        "told": reads.told_of(found),
        "history": [
            {"at": one.at, "title": one.label, "body": one.text, "who": one.who, "key": one.act in ("open", "tell", "turn")}
            for one in found.events.order_by("-at", "-id")
        ],
        "acts": _bar(found) if office else [],
        "more": _more(found) if office else [],
        "incident": getattr(found, "incident", None),
        "clause": clause_of(found.unit, "BD-4.5", today),
    }  # fmt: skip
    return render(request, "desk/alerts/warning.html", context)


ICONS = {
    "open": "list-check",
    "progress": "pencil",
    "tell": "send",
    "defuse": "circle-check",
    "drop": "circle-x",
    "write": "edit",
}
BAR = {"draft": ("open", "write"), "open": ("progress", "tell", "write")}
MORE = {"draft": ("drop",), "open": ("defuse", "drop")}


def _bar(found: Warning) -> list[dict[str, Any]]:
    return [_link(found, act) for act in BAR.get(found.status, ())]


def _link(found: Warning, act: str) -> dict[str, Any]:
    label = "改写" if act == "write" else WARNING.by_act[act].label
    return {"label": label, "icon": ICONS[act], "url": reverse("desk:warning_act", args=[found.pk, act])}


def _more(found: Warning) -> list[dict[str, Any]]:
    rows = [_link(found, act) for act in MORE.get(found.status, ())]
    if found.status == "open":
        url = f"{reverse('desk:incident_new')}?warning={found.pk}"
        rows.insert(1, {"label": WARNING.by_act["turn"].label, "icon": "alarm", "url": url})
    return rows


ACTS = {
    "write": Act("存好", "改等级的，按新的等级报告。", forms.WarningForm, acts.write_warning, "改好了。"),
    "open": Act("列入预警台账", "较重的马上提醒工会主席，最重的同时报上级工会。", forms.OpenForm, acts.open_warning, "列入台账了。"),
    "progress": Act("登记", "做了什么、下一步做什么，都留在这条预警里。", forms.ProgressForm, acts.progress_warning, "登记好了。"),
    "tell": Act("报告", "重大的要及时提请单位党政处理，向上级工会和当地党委预警。", forms.TellForm, acts.tell_warning, "报告了。"),
    "defuse": Act("化解", "写明怎么化解的。了结以后留在台账里。", forms.ReasonForm, acts.defuse_warning, "记下了，已化解。"),
    "drop": Act("不作预警", "写明为什么。同样的事项不会再自动起草。", forms.ReasonForm, acts.drop_warning, "记下了。"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def warning_act(request: Asked, warning_id: UUID, act: str) -> HttpResponse:
    """One act with its form."""
    how = ACTS.get(act)
    if how is None:
        raise Http404
    found = reads.warning_for(request.actor, warning_id)
    if not reads.works_on(request.actor, found):
        raise NotYours
    if request.method == "GET":
        WARNING.check_now(found.status, act)
    form = _form_of(request, found, act, how)
    return one_act(
        request, form, how, _around(found, act), again=lambda: _around(reads.warning_for(request.actor, warning_id), act),
        do=lambda: _done(request, found, act, how, form),
    )  # fmt: skip


def _around(found: Warning, act: str) -> ActPage:
    return ActPage(
        label="改写" if act == "write" else WARNING.by_act[act].label, icon=ICONS[act], title=found.title, note=found.title,
        back=_of(found.pk), version=found.version, listed=("预警台账", "desk:warnings"), draft=f"warning-{act}-{found.pk}",
    )  # fmt: skip


def _form_of(request: Asked, found: Warning, act: str, how: Act) -> django_forms.Form:
    if act == "write":
        return _warning_form(request, found.unit, found)
    if act == "tell":
        return forms.TellForm(request.POST or None, upper=found.unit.is_upper)
    form = how.form(request.POST or None, initial={"next_step": found.next_step, "next_on": found.next_on})
    if isinstance(form, forms.OpenForm):
        form.fill(reads.watchers(found.unit, reads.keys_behind(found), today_of(request)))
    return form


def _done(request: Asked, found: Warning, act: str, how: Act, form: Any) -> str:
    given = how.given(form)
    if act == "write":
        given = {**_given(form), "version": given["version"]}
    if "watcher" in given:
        given["watcher"] = Post.objects.select_related("person").get(pk=given["watcher"])
    how.do(warning_id=found.pk, **given, **who(request))
    return _of(found.pk)


# --- what management reads ----------------------------------------------------------------------------------------------


@require_GET
def warnings_told(request: Asked) -> HttpResponse:
    """What the union put to the management of my unit."""
    if not request.actor.units(Can.ITEMS_OF_UNIT):
        raise NotYours
    page = Paginator(reads.told_to(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/alerts/told_list.html", {"page": page})


@require_GET
def warning_told(request: Asked, warned_id: UUID) -> HttpResponse:
    """One of them: the words, nothing behind."""
    found = reads.told_for(request.actor, warned_id)
    mark_read(subject=found.warning_id, **who(request))
    note_reading(root=found.root_id, what="warned", subject=found.pk, unit=found.warning.unit_id, **who(request))
    return render(request, "desk/alerts/told.html", {"told": found})


# --- what is watched ----------------------------------------------------------------------------------------------------


@require_GET
def watches(request: Asked) -> HttpResponse:
    """Enterprises and trades at risk, the longest overdue first."""
    actor: Member = request.actor
    if not actor.units(Can.READ_CASES):
        raise NotYours
    ended = request.GET.get("tab") == "ended"
    rows = reads.watched(reads.watches_of(actor, ended=ended), today_of(request))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"row": one, "chip": _visit_chip(one, today_of(request))} for one in page.object_list],
        "ended": ended,
        "writes": bool(unions_of(actor)),
        "mine": {unit.pk for unit in unions_of(actor)},
        "clause": clause_of(actor.units(Can.READ_CASES)[0], "QD-4.6a", today_of(request)),
    }
    return render(request, "desk/alerts/watches.html", context)


def _visit_chip(one: reads.Watched, today: date) -> dict[str, str]:
    if one.watch.ended_on is not None:
        return {"state": "done", "words": "不再盯"}
    left = (one.due - today).days
    words = f"超期 {-left} 天" if left < 0 else "今天到期" if left == 0 else f"还有 {left} 天"
    return {"state": "late" if left < 0 else "soon" if left <= 3 else "ok", "words": words}


@require_http_methods(["GET", "POST"])
def watch_new(request: Asked) -> HttpResponse:
    """Watch one more."""
    unit, today = _union(request), today_of(request)
    form = forms.WatchForm(request.POST or None, initial={"unit": str(unit.pk)})
    posts = reads.watchers(unit, set(), today)
    form.offer_all(
        units=unions_of(request.actor), places=Unit.objects.within(unit).open().exclude(pk=unit.pk).order_by("path"),
        industries=reads.industries_below(unit), posts=posts, most=rules_for(unit, today).count("watch_days").value,
    )  # fmt: skip
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        place = Unit.objects.get(pk=given["place"]) if given["place"] else None
        post = next(one for one in posts if str(one.pk) == given["post"])
        with refusals_on(form):

            def do() -> str:
                acts.start_watch(unit=unit, place=place, industry=given["industry"], why=given["why"], days=given["days"],
                                 post=post, **who(request))  # fmt: skip
                return reverse("desk:watches")

            answer = once(request, do)
            messages.success(request, "列入了。走访一次，记一条工作记录，就算到了。")
            return answer
    return render(request, "desk/alerts/watch_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def watch_end(request: Asked, watch_id: UUID) -> HttpResponse:
    """Watch it no more."""
    found = reads.watch_for(request.actor, watch_id)
    if not may(request.actor, Can.HANDLE_CASES, found.unit):
        raise NotYours
    form = forms.ReasonForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.end_watch(watch_id=watch_id, reason=form.cleaned_data["reason"], version=form.cleaned_data["version"],
                               **who(request))  # fmt: skip
                return reverse("desk:watches")

            answer = once(request, do)
            messages.success(request, "记下了，不再列入。")
            return answer
    context = {"watch": found, "form": form}
    return render(request, "desk/alerts/watch_end.html", context, status=422 if form.is_bound else 200)


urls = [
    path("warnings/", warnings, name="warnings"),
    path("warnings/table.<slug:fmt>", warnings_table, name="warnings_table"),
    path("warnings/new/", warning_new, name="warning_new"),
    path("warnings/told/", warnings_told, name="warnings_told"),
    path("warnings/told/<uuid:warned_id>/", warning_told, name="warning_told"),
    path("warnings/<uuid:warning_id>/", warning, name="warning"),
    path("warnings/<uuid:warning_id>/<slug:act>/", warning_act, name="warning_act"),
    path("watches/", watches, name="watches"),
    path("watches/new/", watch_new, name="watch_new"),
    path("watches/<uuid:watch_id>/end/", watch_end, name="watch_end"),
]
