"""Pages of standing ties: lists, one tie, what is not covered, leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms.dossier import PlainForm
from huying.desk.forms.ties import EndTieForm, LeaveForm, ResultForm, TieForm
from huying.desk.views.one_form import OneForm, one_form
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Tie, TieKind
from huying.kernel.errors import NotYours, only
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, who, workbook_answer
from huying.notices.acts import mark_read
from huying.org.models import UPPER, Level, Unit
from huying.org.rules import Can, Member, may
from huying.papers import reads as papers
from huying.papers.reads import Column

PER_PAGE = 25
TIES = "联系"
STATES = (("", "现在的"), ("over", "已经结束的"))


def _reader(request: Asked) -> Member:
    """Who reads ties at all: union staff."""
    if not request.actor.units(Can.READ_CASES):
        raise NotYours
    return request.actor


def _filtered(request: Asked) -> QuerySet[Tie]:
    actor = _reader(request)
    rows = reads.ties(actor).filter(until__isnull=request.GET.get("state") != "over")
    if (kind := request.GET.get("kind", "")) in TieKind.values:
        rows = rows.filter(kind=kind)
    return rows.filter(person=actor.person_id) if request.GET.get("mine") else rows


def _row(tie: Tie) -> dict[str, Any]:
    household = tie.household
    whom = tie.unit.name if tie.unit else f"困难职工家庭 {household.code}" if household else ""
    return {"tie": tie, "whom": whom, "title": f"{tie.person.name}—{whom}"}


@require_GET
def ties(request: Asked) -> HttpResponse:
    """Who stands by whom; filters live in the address."""
    rows, context = _filtered(request), {"request": request}
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    groups = [
        {
            "label": label,
            "options": [
                {
                    "label": words,
                    "url": qs(context, **{key: code or None, "page": None}),  # type: ignore[arg-type]
                    "current": request.GET.get(key, "") == code,
                }
                for code, words in options
            ],
        }
        for label, key, options in (
            ("种类", "kind", (("", "全部"), *TieKind.choices)),
            ("状态", "state", STATES),
            ("谁的", "mine", (("", "全部"), ("1", "我的"))),
        )
    ]
    shown = {
        "page": page, "rows": [_row(tie) for tie in page.object_list], "groups": groups,
        "own": reads.keeps(request.actor), "kinds": TieKind.choices, "tab": "ties",
        "filtered": bool({"kind", "state", "mine"} & set(request.GET)),
    }  # fmt: skip
    return render(request, "desk/ties/ties.html", shown)


@require_GET
def ties_xlsx(request: Asked) -> FileResponse:
    """The same as a workbook: households by code only."""
    rows = _filtered(request)
    columns = (Column("种类"), Column("干部"), Column("工会", 30), Column("联系谁", 36), Column("从", 14), Column("到", 14),
               Column("成效（件）"), Column("为什么结束", 30))  # fmt: skip
    body = (
        (
            tie.get_kind_display(),
            tie.person.name,
            tie.union.name,
            _row(tie)["whom"],
            tie.since,
            tie.until,
            tie.n_results,  # type: ignore[attr-defined]
            tie.end_reason,
        )
        for tie in rows
    )
    book = papers.xlsx(columns, body, title="联系")
    return workbook_answer(book, f"联系点和联系户{timezone.localdate(request.now):%Y%m%d}")


def _kept(request: Asked, unit_id: UUID) -> Unit:
    unit = reads.union_for(request.actor, unit_id)
    if not may(request.actor, Can.HANDLE_CASES, unit):
        raise NotYours
    return unit


@require_http_methods(["GET", "POST"])
def tie_new(request: Asked, unit_id: UUID, kind: str) -> HttpResponse:
    """A cadre of this union begins to stand by somebody."""
    union, today = _kept(request, unit_id), timezone.localdate(request.now)
    if kind not in TieKind.values:
        raise NotYours
    posts, households = reads.cadre_posts(union, today), reads.households_to_choose(union)
    units = list(_units(union, kind))
    form = TieForm(request.POST or None, initial={"since": today})
    form.fill(kind, posts, units, households)

    def do() -> str:
        given = form.cleaned_data
        made = acts.make_tie(
            union=union, kind=kind, post=only(one for one in posts if str(one.pk) == given["post"]),
            unit=next((one for one in units if str(one.pk) == given.get("unit")), None),
            household=next((one for one in households if str(one.pk) == given.get("household")), None),
            since=given["since"], **who(request),
        )  # fmt: skip
        return reverse("desk:tie", args=[made.pk])

    back = reverse("desk:ties")
    page = OneForm(f"定{TieKind(kind).label}", back, [(TIES, back)], union.name, verb="确定")
    return one_form(request, form, page, do, "定好了，已经提醒这位干部。")


def _units(union: Unit, kind: str) -> QuerySet[Unit]:
    """Units of the union's own area that fit the kind."""
    rows = Unit.objects.open().within(union).exclude(pk=union.pk)
    if kind == TieKind.STATIONING:
        return rows.filter(has_union=True).exclude(level__in=(*UPPER, Level.WORKSHOP))
    return rows.exclude(level=Level.WORKSHOP).order_by("-in_difficulty", "path")


@require_http_methods(["GET", "POST"])
def tie(request: Asked, tie_id: UUID) -> HttpResponse:
    """One tie: since when, what came of it; what came of it is added here."""
    found = reads.tie_for(request.actor, tie_id)
    keeps = may(request.actor, Can.HANDLE_CASES, found.union)
    adds = (keeps or found.person_id == request.actor.person_id) and found.until is None
    today = timezone.localdate(request.now)
    if request.method == "GET":
        mark_read(subject=found.pk, **who(request))
    elif not adds:
        raise NotYours
    form = ResultForm(request.POST or None, initial={"on": today})
    form.fill()

    def do() -> str:
        given = form.cleaned_data
        acts.add_result(tie_id=tie_id, kind=given["kind"], on=given["on"], text=given["text"], **who(request))
        return reverse("desk:tie", args=[tie_id])

    rotation = reads.rotation_of(found, today)
    more = {
        "tie": found, "whom": _row(found)["whom"], "results": found.results.select_related("by__person").order_by("-on", "-at"),
        "keeps": keeps and found.until is None, "adds": adds, "rotation": rotation,
        "late": rotation is not None and rotation <= today,
    }  # fmt: skip
    back = reverse("desk:ties")
    page = OneForm(_row(found)["title"], back, [(TIES, back)], template="desk/ties/tie.html", verb="登记", more=more)
    return one_form(request, form, page, do, "登记了。")


@require_http_methods(["GET", "POST"])
def tie_end(request: Asked, tie_id: UUID) -> HttpResponse:
    """The tie is over."""
    found = reads.tie_for(request.actor, tie_id)
    _kept(request, found.union_id)
    form = EndTieForm(request.POST or None, initial={"until": timezone.localdate(request.now)})

    def do() -> str:
        given = form.cleaned_data
        acts.end_tie(
            tie_id=tie_id, until=given["until"], reason=given["reason"], version=given["version"], **who(request)
        )
        return reverse("desk:tie", args=[tie_id])

    back = reverse("desk:tie", args=[tie_id])
    crumbs = [(TIES, reverse("desk:ties")), (_row(found)["title"], back)]
    page = OneForm("结束联系", back, crumbs, verb="结束", more={"version": found.version})
    return one_form(request, form, page, do, "结束了。")


# --- what is not covered ------------------------------------------------------------------------------------------------------


PAGES = {"unit": "desk:studio", "household": "desk:household", "tie": "desk:tie"}


def _bare(request: Asked) -> tuple[dict[str, list[reads.Bare]], str]:
    found = reads.coverage(_reader(request), timezone.localdate(request.now))
    tab = request.GET.get("tab", "")
    return found, tab if tab in found else reads.KINDS[0][0]


@require_GET
def coverage(request: Asked) -> HttpResponse:
    """Which enterprise in difficulty, which household, which studio has nobody, which cadre went nowhere this year."""
    found, tab = _bare(request)
    page = Paginator(found[tab], PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, reverse(PAGES[one.kind], args=[one.pk]) if one.kind in PAGES else "") for one in page.object_list]
    context = {
        "page": page, "rows": rows, "tab": "coverage", "kind": tab,
        "lists": [(code, label, len(found[code])) for code, label, _ in reads.KINDS],
        "clause": next(clause for code, _, clause in reads.KINDS if code == tab),
        "label": next(label for code, label, _ in reads.KINDS if code == tab),
    }  # fmt: skip
    return render(request, "desk/ties/coverage.html", context)


@require_GET
def coverage_xlsx(request: Asked) -> FileResponse:
    """All lists in one workbook."""
    found, _ = _bare(request)
    columns = (Column("哪一类", 26), Column("谁", 36), Column("单位", 36), Column("说明", 30), Column("条款"))
    body = (
        (label, one.title, one.unit, one.words, clause) for code, label, clause in reads.KINDS for one in found[code]
    )
    book = papers.xlsx(columns, body, title="没有覆盖到的")
    return workbook_answer(book, f"没有覆盖到的{timezone.localdate(request.now):%Y%m%d}")


# --- leave --------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def leaves(request: Asked) -> HttpResponse:
    """Leave of the own union's cadres: entered here, taken back here."""
    own = reads.keeps(request.actor)
    if not own:
        raise NotYours
    today = timezone.localdate(request.now)
    posts = [post for unit in own for post in reads.cadre_posts(unit, today)]
    form = LeaveForm(request.POST or None, initial={"since": today, "until": today})
    form.fill(posts)

    def do() -> str:
        given = form.cleaned_data
        post = only(one for one in posts if str(one.pk) == given["post"])
        acts.note_leave(post=post, kind=given["kind"], since=given["since"], until=given["until"], **who(request))
        return reverse("desk:leaves")

    page = Paginator(reads.leaves(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    more = {"list": page, "rows": page.object_list, "tab": "leaves"}
    shown = OneForm("请假", reverse("desk:ties"), verb="登记", template="desk/ties/leaves.html", more=more)
    return one_form(request, form, shown, do, "登记了。这几天不算履职要求。")


@require_http_methods(["GET", "POST"])
def leave_back(request: Asked, leave_id: UUID) -> HttpResponse:
    """It was entered wrongly."""
    row = only(reads.leaves(request.actor).filter(pk=leave_id))

    def do() -> str:
        acts.take_back_leave(leave_id=row.pk, **who(request))
        return reverse("desk:leaves")

    form = PlainForm(request.POST or None)
    back = reverse("desk:leaves")
    note = f"{row.person.name}，{row.since:%Y-%m-%d} 至 {row.until:%Y-%m-%d}"
    page = OneForm("撤回这条请假", back, [(TIES, reverse("desk:ties")), ("请假", back)], note, verb="撤回")
    return one_form(request, form, page, do, "撤回了。")


urls = [
    path("ties/", ties, name="ties"),
    path("ties/ties.xlsx", ties_xlsx, name="ties_xlsx"),
    path("ties/coverage/", coverage, name="coverage"),
    path("ties/coverage.xlsx", coverage_xlsx, name="coverage_xlsx"),
    path("ties/leaves/", leaves, name="leaves"),
    path("ties/leaves/<uuid:leave_id>/back/", leave_back, name="leave_back"),
    path("ties/<uuid:tie_id>/", tie, name="tie"),
    path("ties/<uuid:tie_id>/end/", tie_end, name="tie_end"),
    path("ties/<uuid:unit_id>/new/<slug:kind>/", tie_new, name="tie_new"),
]
