"""Pages of the desk: assessment rounds over the units below, the sheets, who may be proposed for honours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.acts import drop_draft
from huying.desk.forms import assessment as forms
from huying.desk.views.reports import clause_of, ledger_url, of_unit
from huying.kernel.errors import NotYours
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, file_answer, once, refusals_on, who, workbook_answer
from huying.mechanism.reads import rules_for
from huying.org.models import Unit
from huying.org.rules import Can
from huying.oversight import acts, reads
from huying.oversight.lifecycle import SHEET
from huying.oversight.models import Opinion, Round, Sheet
from huying.oversight.rules import ITEMS, period_called, periods_near
from huying.trail.acts import note_reading


def _right(label: str) -> dict[str, Any]:
    """The head of a column of figures."""
    return {"label": label, "num": True}


PER_PAGE = 50
COUNTED = ("ledger", "satisfied", "surveyed")  # their link opens what counts; of the others what costs points
ROUND_HEADS = ("单位", _right("得分"), "状态", "失分多的", _right("履职欠缺"), "提名条件")
SHEET_HEADS = ("项目", _right("数字"), _right("分值"), _right("算出"), _right("计分"))


# --- rounds -------------------------------------------------------------------------------------------------------------


@require_GET
def assessment(request: Asked) -> HttpResponse:
    """Rounds of the own union and below; sheets the union above made of this one."""
    actor = request.actor
    if not actor.units(Can.HANDLE_CASES):
        raise NotYours
    assessing = actor.units(Can.READ_BELOW)
    page = Paginator(reads.rounds_of(actor), PER_PAGE).get_page(request.GET.get("page"))
    unit = (assessing or actor.units(Can.HANDLE_CASES))[0]
    context = {
        "page": page,
        "rounds": [{"round": one, "period": period_called(one.period)} for one in page.object_list],
        "own": [
            {"sheet": one, "period": period_called(one.round.period)} for one in reads.own_sheets(actor)[:PER_PAGE]
        ],
        "assesses": bool(assessing),
        "clause": clause_of(unit, "MY-4.2", timezone.localdate(request.now)),
    }
    return render(request, "desk/assessment/assessment.html", context)


@require_http_methods(["GET", "POST"])
def round_new(request: Asked) -> HttpResponse:
    """Assess all units below over a period."""
    units = list({unit.pk: unit for unit in request.actor.units(Can.READ_BELOW)}.values())
    if not units:
        raise NotYours
    today = timezone.localdate(request.now)
    over = [one for one in periods_near(today) if one.until < today]
    form = forms.RoundForm(request.POST or None, units=units, periods=over)
    if request.method == "POST" and form.is_valid():
        unit = next(one for one in units if str(one.pk) == form.cleaned_data["unit"])
        with refusals_on(form):

            def do() -> str:
                made = acts.open_round(unit=unit, period=form.cleaned_data["period"], **who(request))
                return reverse("desk:round", args=[made.pk])

            return once(request, do)
    rules = rules_for(units[0], today)
    weights = [(item, rules.count(item.weight)) for item in ITEMS]
    context = {"form": form, "weights": weights, "full": sum(count.value for _, count in weights)}
    return render(request, "desk/assessment/new.html", context, status=422 if form.is_bound else 200)


@require_GET
def round_page(request: Asked, round_id: UUID) -> HttpResponse:
    """The sheets of a round, the worst first."""
    found = reads.round_for(request.actor, round_id)
    below = _below(request, found)
    state = request.GET.get("state", "")
    rows = _narrowed(reads.sheets_of(found), below, state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    assesses = reads.assesses(request.actor, found)
    context = {
        **_about(found),
        "page": page,
        "rows": [_row(sheet, found) for sheet in page.object_list],
        "assesses": assesses,
        "groups": _filters(request, found, below, state),
        "narrowed": bool(below or state),
        "below": below,
        "heads": ROUND_HEADS,
    }
    return render(request, "desk/assessment/round.html", context)


def _about(found: Round) -> dict[str, Any]:
    return {"round": found, "period": period_called(found.period)}


def _narrowed(rows: QuerySet[Sheet], below: Unit | None, state: str) -> QuerySet[Sheet]:
    if below is not None:
        rows = rows.filter(unit__path__startswith=below.path)
    return rows.filter(status=state) if state in SHEET.by_code else rows


def _below(request: Asked, found: Round) -> Unit | None:
    """The part of the subtree the address asks for."""
    code = request.GET.get("below", "")
    return Unit.objects.within(found.unit).filter(code=code).first() if code else None


def _row(sheet: Sheet, found: Round) -> dict[str, Any]:
    """A sheet as a line of the list, with where it loses most."""
    sheet.round = found
    lines = [one for one in reads.lines_of(sheet) if one.points is not None]
    worst = sorted(lines, key=lambda one: (one.points or 0) / one.line.weight)[:2]
    weak = [f"{one.item.label} {one.points}/{one.line.weight}" for one in worst if (one.points or 0) < one.line.weight]
    return {
        "sheet": sheet, "weak": weak, "standing": reads.thresholds_met(sheet),
        "corrected": any(one.line.corrected is not None for one in lines),
    }  # fmt: skip


def _filters(request: Asked, found: Round, below: Unit | None, state: str) -> list[dict[str, Any]]:
    context: Any = {"request": request}
    states = [("", "全部"), *((one.code, one.staff) for one in SHEET.states if one.code != "counting")]
    groups = [{
        "label": "状态",
        "options": [{"label": words, "url": qs(context, state=code or None), "current": state == code} for code, words in states],
    }]  # fmt: skip
    parts = list(
        Unit.objects.get_children(found.unit).open().filter(level__in=("town", "county", "industry", "city"))[:30]
    )
    if parts:
        every = [("", "全部"), *((one.code, one.name) for one in parts)]
        here = below.code if below else ""
        groups.append({
            "label": "哪一片",
            "options": [{"label": words, "url": qs(context, below=code or None), "current": here == code} for code, words in every],
        })  # fmt: skip
    return groups


@require_GET
def round_table(request: Asked, round_id: UUID, fmt: str) -> HttpResponse | FileResponse:
    """The list as a workbook or printed."""
    found, today = reads.round_for(request.actor, round_id), timezone.localdate(request.now)
    below = _below(request, found)
    note_reading(root=found.root_id, what="export", subject=found.pk, unit=found.unit_id, **who(request))
    name = f"{period_called(found.period).label}考核情况"
    if fmt == "xlsx":
        book = reads.round_book(found, below)
        return workbook_answer(book, name)
    if fmt != "pdf":
        raise Http404
    return file_answer(reads.round_paper(found, below, today), f"{name}.pdf")


@require_POST
def round_confirm(request: Asked, round_id: UUID) -> HttpResponse:
    """Every sheet that waits, at once."""
    return _whole(request, round_id, lambda: acts.confirm_round(
        round_id=round_id, remark=request.POST.get("remark", ""), **who(request)), "确认了 {n} 份，单位都收到了提醒。")  # fmt: skip


@require_POST
def round_close(request: Asked, round_id: UUID) -> HttpResponse:
    """Every sheet that may be closed, at once."""
    return _whole(request, round_id, lambda: acts.close_round(round_id=round_id, **who(request)), "定下了 {n} 份。")


def _whole(request: Asked, round_id: UUID, do: Callable[[], int], said: str) -> HttpResponse:
    if not reads.assesses(request.actor, reads.round_for(request.actor, round_id)):
        raise NotYours

    def done() -> str:
        messages.success(request, said.format(n=do()))
        return reverse("desk:round", args=[round_id])

    return once(request, done)


# --- a sheet ------------------------------------------------------------------------------------------------------------


@require_GET
def sheet(request: Asked, sheet_id: UUID) -> HttpResponse:
    """One unit's sheet: figures, points, how they came about, what can be done now."""
    found = reads.sheet_for(request.actor, sheet_id)
    return render(request, "desk/assessment/sheet.html", sheet_page(request, found))


def sheet_page(request: Asked, found: Sheet) -> dict[str, Any]:
    """Everything on the page of a sheet."""
    assesses, answers = reads.assesses(request.actor, found.round), reads.answers_here(request.actor, found)
    rules = reads.rules_of(found.round)
    known = {one.id: one for one in rules.clauses()}
    lines = reads.lines_of(found)
    today = timezone.localdate(request.now)
    return {
        **_about(found.round),
        "sheet": found,
        "heads": SHEET_HEADS,
        "lines": [
            {"shown": one, "url": _behind(found, one), "clauses": [known[c] for c in one.item.clauses if c in known]}
            for one in lines
        ],
        "counted": [one for one in lines if one.points is not None],
        "full": sum(one.line.weight for one in lines if one.points is not None),
        "sum": sum((one.points for one in lines if one.points is not None), start=0),
        "weights": rules.count("assess_duties"),
        "assesses": assesses,
        "answers": answers,
        "corrects": assesses and SHEET.may_now(found.status, "correct"),
        "objects": answers and found.status == "confirmed" and found.object_until and today <= found.object_until,
        "closable": found.status == "objected" or (found.status == "confirmed" and reads.closable(found, request.now)),
        "opinions": _named(found, found.opinions.select_related("post__person").order_by("-at")) if assesses else [],
        "history": [
            {"at": one.at, "title": one.label, "body": one.text, "who": one.who, "key": one.act in ("confirm", "close")}
            for one in found.events.order_by("-at", "-id")
        ],
    }


def _behind(found: Sheet, shown: reads.Shown) -> str:
    """Where the cases behind an item are."""
    if shown.item.code == "duties" or shown.line.of in (None, 0):
        return ""
    asked = {"since": found.round.since.isoformat(), "until": found.round.until.isoformat(), **of_unit(found.unit)}
    lost = shown.line.part != shown.line.of or shown.item.code in COUNTED
    return ledger_url({**asked, **(dict(shown.item.ask) if lost else {})})


@require_GET
def sheet_print(request: Asked, sheet_id: UUID) -> HttpResponse:
    """The sheet on paper."""
    found = reads.sheet_for(request.actor, sheet_id)
    return file_answer(reads.sheet_paper(found, timezone.localdate(request.now)), "考核表.pdf")


def _side(request: Asked, sheet_id: UUID, *, above: bool) -> Sheet:
    """A sheet for the side that acts: the union above, or the unit."""
    found = reads.sheet_for(request.actor, sheet_id)
    ours = reads.assesses(request.actor, found.round) if above else reads.answers_here(request.actor, found)
    if not ours:
        raise NotYours
    return found


def _acted(request: Asked, sheet_id: UUID, do: Callable[[], Any], said: str) -> HttpResponse:
    def done() -> str:
        do()
        drop_draft(form=_draft(request), **who(request))
        return reverse("desk:sheet", args=[sheet_id])

    answer = once(request, done)
    messages.success(request, said)
    return answer


def _draft(request: Asked) -> str:
    """What is typed on this page; every act on every sheet has a page of its own."""
    return request.path.removeprefix(reverse("desk:assessment")).strip("/").replace("/", "-")


def _page(request: Asked, found: Sheet, form: Any, **words: Any) -> HttpResponse:
    context = {**_about(found.round), "sheet": found, "form": form, "draft": _draft(request), **words}
    return render(request, "desk/assessment/act.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def sheet_confirm(request: Asked, sheet_id: UUID) -> HttpResponse:
    """A person stands for it."""
    found = _side(request, sheet_id, above=True)
    form = forms.ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"sheet_id": sheet_id, **form.cleaned_data, **who(request)}
            return _acted(request, sheet_id, lambda: acts.confirm_sheet(**given), "确认了，单位收到了提醒。")
    note = "确认以后单位看得到这张表，可以核对，也可以在期限内申诉。"
    return _page(request, found, form, title="确认考核表", verb="确认", icon="rubber-stamp", note=note)


@require_http_methods(["GET", "POST"])
def sheet_correct(request: Asked, sheet_id: UUID, code: str) -> HttpResponse:
    """Other points for one item, with the reason."""
    found = _side(request, sheet_id, above=True)
    shown = next((one for one in reads.lines_of(found) if one.line.code == code), None)
    if shown is None:
        raise NotYours
    start = {"points": shown.points, "reason": shown.line.reason}
    form = forms.CorrectForm(
        request.POST or None, initial={key: value for key, value in start.items() if value is not None}
    )
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"sheet_id": sheet_id, "code": code, **form.cleaned_data, **who(request)}
            return _acted(request, sheet_id, lambda: acts.correct_line(**given), "更正了。")
    computed = "不计分" if shown.line.points is None else f"{shown.line.points} 分"
    note = f"{shown.item.label}满分 {shown.line.weight} 分，系统算出 {computed}。更正以后算出的分仍在表上。"
    return _page(request, found, form, title=f"更正：{shown.item.label}", verb="更正", icon="file-pencil", note=note)


@require_POST
def sheet_agree(request: Asked, sheet_id: UUID) -> HttpResponse:
    """The unit finds it right."""
    _side(request, sheet_id, above=False)
    form = forms.VersionForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else None
    given = {"sheet_id": sheet_id, "version": version, **who(request)}
    return _acted(request, sheet_id, lambda: acts.agree_sheet(**given), "记下了：核对无误。")


@require_http_methods(["GET", "POST"])
def sheet_object(request: Asked, sheet_id: UUID) -> HttpResponse:
    """The unit objects in writing."""
    found = _side(request, sheet_id, above=False)
    form = forms.ObjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"sheet_id": sheet_id, **form.cleaned_data, **who(request)}
            return _acted(
                request, sheet_id, lambda: acts.object_sheet(**given), "申诉交上去了，上级工会答复以前不会定下。"
            )
    until = found.object_until
    note = f"申诉到{until.month}月{until.day}日为止。" if until else ""
    return _page(request, found, form, title="申诉", verb="交上申诉", icon="message-report", note=note)


@require_http_methods(["GET", "POST"])
def sheet_close(request: Asked, sheet_id: UUID) -> HttpResponse:
    """The result stands; an objection is answered first."""
    found = _side(request, sheet_id, above=True)
    form = (forms.CloseForm if found.status == "objected" else forms.VersionForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            given = {"sheet_id": sheet_id, **form.cleaned_data, **who(request)}
            return _acted(request, sheet_id, lambda: acts.close_sheet(**given), "定下了，以后不能再改。")
    note = f"单位的申诉：{found.objection}" if found.objection else "定下以后分数不能再改，可以据此签署评先树优等意见。"
    return _page(request, found, form, title="定下考核结果", verb="定下", icon="checks", note=note)


# --- honours ------------------------------------------------------------------------------------------------------------


@require_GET
def honours(request: Asked, round_id: UUID) -> HttpResponse:
    """Who reaches the thresholds, who does not and why; what was signed."""
    found = reads.round_for(request.actor, round_id)
    rows = reads.sheets_of(found).order_by("-score", "unit__path")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    sheets = list(page.object_list)
    leaders = reads.leaders_by_unit([one.unit for one in sheets], timezone.localdate(request.now))
    shown = [
        {**_row(one, found), "leaders": leaders.get(one.unit_id, []), "opinions": _named(one, _latest(one))}
        for one in sheets
    ]
    rules = reads.rules_of(found)
    context = {
        **_about(found), "page": page, "assesses": reads.assesses(request.actor, found),
        "able": [one for one in shown if one["standing"].qualifies], "not_able": [one for one in shown if not one["standing"].qualifies],
        "least": rules.count("honours_score"), "most_missed": rules.count("honours_missed"),
        "clause": next((one for one in rules.clauses() if one.id == "MY-4.2"), None),
    }  # fmt: skip
    return render(request, "desk/assessment/honours.html", context)


def _named(sheet: Sheet, rows: Iterable[Opinion]) -> list[dict[str, Any]]:
    """Opinions with what they are for, as the unit's kind calls it."""
    return [{"opinion": one, "about": reads.about_of(one.about, sheet.unit)} for one in rows]


def _latest(sheet: Sheet) -> list[Opinion]:
    """Of opinions about the same thing and person the one signed last."""
    found: dict[tuple[str, str], Opinion] = {}
    for one in sorted(sheet.opinions.all(), key=lambda row: (row.at, row.pk)):
        found[one.about, one.name] = one
    return list(found.values())


@require_http_methods(["GET", "POST"])
def sheet_opinion(request: Asked, sheet_id: UUID) -> HttpResponse:
    """Sign what the union says of the unit or of one of its leaders."""
    found = _side(request, sheet_id, above=True)
    leaders = reads.leaders_of(found.unit, timezone.localdate(request.now))
    form = forms.OpinionForm(request.POST or None, unit=found.unit, leaders=leaders, initial={"person": forms.UNIT})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        person = None if given["person"] == forms.UNIT else UUID(given["person"])
        with refusals_on(form):
            whole = {**given, "sheet_id": sheet_id, "person": person, **who(request)}
            return _acted(request, sheet_id, lambda: acts.sign_opinion(**whole), "签署了，可以打印盖章。")
    standing = reads.thresholds_met(found)
    note = "达到提名条件。" if standing.qualifies else f"没有达到提名条件：{'；'.join(standing.why)}。由您决定怎样签。"
    return _page(request, found, form, title="签署意见", verb="签署", icon="signature", note=note)


@require_GET
def opinion_print(request: Asked, opinion_id: UUID, fmt: str) -> HttpResponse:
    """The signed opinion on paper."""
    if fmt not in ("pdf", "docx"):
        raise Http404
    found = reads.opinion_for(request.actor, opinion_id)
    return file_answer(reads.opinion_paper(found, fmt), f"考核意见.{fmt}")


urls = [
    path("assessment/", assessment, name="assessment"),
    path("assessment/new/", round_new, name="round_new"),
    path("assessment/<uuid:round_id>/", round_page, name="round"),
    path("assessment/<uuid:round_id>/table.<slug:fmt>", round_table, name="round_table"),
    path("assessment/<uuid:round_id>/confirm/", round_confirm, name="round_confirm"),
    path("assessment/<uuid:round_id>/close/", round_close, name="round_close"),
    path("assessment/<uuid:round_id>/honours/", honours, name="honours"),
    path("assessment/sheets/<uuid:sheet_id>/", sheet, name="sheet"),
    path("assessment/sheets/<uuid:sheet_id>/print.pdf", sheet_print, name="sheet_print"),
    path("assessment/sheets/<uuid:sheet_id>/confirm/", sheet_confirm, name="sheet_confirm"),
    path("assessment/sheets/<uuid:sheet_id>/agree/", sheet_agree, name="sheet_agree"),
    path("assessment/sheets/<uuid:sheet_id>/object/", sheet_object, name="sheet_object"),
    path("assessment/sheets/<uuid:sheet_id>/close/", sheet_close, name="sheet_close"),
    path("assessment/sheets/<uuid:sheet_id>/opinion/", sheet_opinion, name="sheet_opinion"),
    path("assessment/sheets/<uuid:sheet_id>/<slug:code>/correct/", sheet_correct, name="sheet_correct"),
    path("assessment/opinions/<uuid:opinion_id>/print.<slug:fmt>", opinion_print, name="opinion_print"),
]
