"""Pages of studios: all of an area with what each lacks, one studio, setting it up, its papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms.studios import LinksForm, OwnRuleForm, PlacesForm, StaffForm, StudioForm, UntilForm, whole
from huying.desk.views.one_form import OneForm, one_form
from huying.fieldwork import acts, reads
from huying.fieldwork.models import OwnRule
from huying.fieldwork.rules import kept_as, lists_of
from huying.kernel.errors import NotYours, only
from huying.kernel.templatetags.huying import qs
from huying.kernel.web import Asked, file_answer, who, workbook_answer
from huying.org.models import Unit
from huying.org.rules import Can, may
from huying.papers import reads as papers
from huying.papers.reads import Column

PER_PAGE = 25
STATES = (("", "全部"), ("none", "没有建"), ("lacking", "有缺的"), ("complete", "齐的"))


# --- all of an area -----------------------------------------------------------------------------------------------------


def _listed(request: Asked) -> tuple[list[reads.Shown], dict[str, int], str, str]:
    """Every studio in reach, worst first, filtered by state and name; how many there are of each state."""
    units = list(reads.studio_units(request.actor))
    if not units and not reads.unions(request.actor).exists():
        raise NotYours
    rows = reads.standings(units, timezone.localdate(request.now))
    state, q = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    counts = {"": len(rows)} | {code: sum(_state(row) == code for row in rows) for code, _ in STATES[1:]}
    kept = [row for row in rows if state in ("", _state(row)) and q in row.unit.name]
    kept.sort(key=lambda row: (row.studio is not None, -len(row.gaps)))
    return kept, counts, state, q


def _state(row: reads.Shown) -> str:
    if row.studio is None:
        return "none"
    return "lacking" if row.gaps else "complete"


@require_GET
def studios(request: Asked) -> HttpResponse:
    """All studios in reach, worst first; whoever has one only is shown that one."""
    rows, counts, state, q = _listed(request)
    if counts[""] == 1 and not request.GET:
        return _studio(request, rows[0])
    context: Any = {"request": request}
    options = [
        {
            "label": label,
            "url": qs(context, state=code or None, page=None),
            "current": state == code,
            "count": counts[code],
        }
        for code, label in STATES
    ]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "groups": [{"label": "状态", "options": options}], "q": q, "filtered": bool(state or q)}
    shown["area"] = request.actor.units(Can.READ_BELOW)
    return render(request, "desk/studios/studios.html", shown)


@require_GET
def studios_xlsx(request: Asked) -> FileResponse:
    """The same as a workbook."""
    rows, *_ = _listed(request)
    columns = (Column("单位", 36), Column("职工人数"), Column("启用日期"), Column("主任"), Column("工会干部"), Column("全部人员"),
               Column("应有联络员"), Column("已有联络员"), Column("地点", 24), Column("电话", 18), Column("还缺", 60))  # fmt: skip
    body = (
        (
            row.unit.name,
            row.unit.workers,
            row.studio.opened_on if row.studio else None,
            "、".join(one.name for one in row.chairs),
            row.now.cadres,
            row.now.staff,
            len(row.places),
            row.n_liaisons,
            row.studio.room if row.studio else "",
            row.studio.phone if row.studio else "",
            "；".join(gap.words for gap in row.gaps),
        )
        for row in rows
    )
    book = papers.xlsx(columns, body, title="群众工作室")
    return workbook_answer(book, f"群众工作室{timezone.localdate(request.now):%Y%m%d}")


# --- one studio -----------------------------------------------------------------------------------------------------------


def _one(request: Asked, unit_id: UUID) -> reads.Shown:
    unit = reads.studio_unit(request.actor, unit_id)
    (shown,) = reads.standings([unit], timezone.localdate(request.now))
    return shown


def _kept(request: Asked, unit_id: UUID) -> reads.Shown:
    """One whose office this person is; anything else looks missing."""
    shown = _one(request, unit_id)
    if not may(request.actor, Can.HANDLE_CASES, shown.unit):
        raise NotYours
    return shown


@require_GET
def studio(request: Asked, unit_id: UUID) -> HttpResponse:
    """One studio: what is missing, what is there, who works in it, liaisons, links, papers."""
    return _studio(request, _one(request, unit_id))


def _studio(request: Asked, shown: reads.Shown) -> HttpResponse:
    today = timezone.localdate(request.now)
    (linked,) = reads.linked([shown.unit], today)
    have = shown.studio.equipped if shown.studio else {}
    kinds = shown.rules.options("studio_staff_kinds")
    several = reads.studio_units(request.actor).count() > 1
    context = {
        "shown": shown,
        "studio": shown.studio,
        "unit": shown.unit,
        "lists": [
            (listed, [(one, have.get(kept_as(listed, one))) for one in listed.choices])
            for listed in lists_of(shown.rules)
        ],
        "staff": [(row, kinds.label_of(row.kind)) for row in shown.staff],
        "linked": linked,
        "keeps": may(request.actor, Can.HANDLE_CASES, shown.unit),
        "papers": reads.PAPERS.values(),
        "crumbs": [("群众工作室", reverse("desk:studios"))] if several else [],
        "today": today,
    }
    return render(request, "desk/studios/studio.html", context)


def _crumbs(unit: Unit) -> Sequence[tuple[str, str]]:
    page = "studio" if not unit.is_upper else "links"
    return [("群众工作室", reverse("desk:studios")), (unit.name, reverse(f"desk:{page}", args=[unit.pk]))]


def _page(title: str, unit: Unit, **more: Any) -> OneForm:
    return OneForm(title, reverse("desk:studio", args=[unit.pk]), _crumbs(unit), **more)


@require_http_methods(["GET", "POST"])
def studio_edit(request: Asked, unit_id: UUID) -> HttpResponse:
    """Facts, and since when each thing of the lists is there."""
    shown = _kept(request, unit_id)
    form = StudioForm(request.POST or None, initial=StudioForm.initial_of(shown.studio))
    form.lists(shown, lists_of(shown.rules))

    def do() -> str:
        acts.set_studio(
            unit=shown.unit, facts=form.facts(), equipped=form.equipped(), version=form.cleaned_data["version"], **who(request)
        )  # fmt: skip
        return reverse("desk:studio", args=[unit_id])

    more = {"version": shown.studio.version if shown.studio else None, "sections": form.sections()}
    page = _page("工作室资料和清单", shown.unit, template="desk/studios/edit.html", more=more)
    return one_form(request, form, page, do, "保存了。")


@require_http_methods(["GET", "POST"])
def studio_staff(request: Asked, unit_id: UUID) -> HttpResponse:
    """Somebody begins to work in the studio."""
    shown = _kept(request, unit_id)
    today = timezone.localdate(request.now)
    form = StaffForm(request.POST or None, initial={"since": today})
    form.fill(shown.rules.options("studio_staff_kinds"), reads.candidates(shown.unit, today))

    def do() -> str:
        given = form.cleaned_data
        acts.add_staff(
            unit=shown.unit, kind=given["kind"], person_id=whole(given["person"]), name=given["name"], since=given["since"],
            **who(request),
        )  # fmt: skip
        return reverse("desk:studio", args=[unit_id])

    return one_form(request, form, _page("增加工作室人员", shown.unit, verb="增加"), do, "增加了。")


@require_http_methods(["GET", "POST"])
def studio_staff_end(request: Asked, unit_id: UUID, staff_id: UUID) -> HttpResponse:
    """Somebody no longer works there."""
    shown = _kept(request, unit_id)
    row = next((one for one in shown.staff if one.pk == staff_id), None)
    if row is None:
        raise NotYours
    form = UntilForm(request.POST or None, initial={"until": timezone.localdate(request.now)})

    def do() -> str:
        acts.end_staff(staff_id=staff_id, until=form.cleaned_data["until"], **who(request))
        return reverse("desk:studio", args=[unit_id])

    name = row.person.name if row.person else row.name
    return one_form(request, form, _page(f"{name}不再在工作室", shown.unit, verb="登记"), do, "登记了。")


@require_http_methods(["GET", "POST"])
def liaisons(request: Asked, unit_id: UUID) -> HttpResponse:
    """Who is liaison of which workshop and department."""
    shown = _kept(request, unit_id)
    form = PlacesForm(request.POST or None)
    form.places(shown.places, reads.candidates(shown.unit, timezone.localdate(request.now)))

    def do() -> str:
        version = form.cleaned_data["version"]
        acts.set_liaisons(unit=shown.unit, chosen=form.chosen(), version=version, **who(request))
        return reverse("desk:studio", args=[unit_id])

    note = "每个车间、科室、部门一名。名单里没有的人，请安全管理员先任命他为联络员。"
    more = {"version": shown.studio.version if shown.studio else None}
    return one_form(request, form, _page("联络员", shown.unit, note=note, more=more), do, "联络员保存了。")


@require_GET
def studio_print(request: Asked, unit_id: UUID, paper: str, fmt: str) -> HttpResponse:
    """One paper to hang up or hand out."""
    unit = reads.studio_unit(request.actor, unit_id)
    name, body = acts.print_studio(unit=unit, paper=paper, fmt=fmt, base=settings.HUYING_BASE_URL, **who(request))
    return file_answer(body, name)


# --- links and own rules --------------------------------------------------------------------------------------------------


def _linked(request: Asked, unit_id: UUID) -> reads.Linked:
    unit = reads.union_for(request.actor, unit_id)
    (found,) = reads.linked([unit], timezone.localdate(request.now))
    return found


@require_http_methods(["GET", "POST"])
def links(request: Asked, unit_id: UUID) -> HttpResponse:
    """Who answers for each link; readers above see it, the own office changes it."""
    found = _linked(request, unit_id)
    keeps = may(request.actor, Can.HANDLE_CASES, found.unit)
    if request.method == "POST" and not keeps:
        raise NotYours
    form = LinksForm(request.POST or None)
    form.links(found.links, reads.candidates(found.unit, timezone.localdate(request.now)))

    def do() -> str:
        acts.set_links(unit=found.unit, chosen=form.chosen(), **who(request))
        return reverse("desk:links", args=[unit_id])

    way = [("群众工作室", reverse("desk:studios"))]
    if not found.unit.is_upper:
        way.append((found.unit.name, reverse("desk:studio", args=[unit_id])))
    more = {"linked": found, "keeps": keeps}
    page = OneForm(f"{found.unit.name}民情信息责任人", way[-1][1], way, template="desk/studios/links.html", more=more)
    return one_form(request, form, page, do, "责任人保存了。")


@require_http_methods(["GET", "POST"])
def own_rule(request: Asked, unit_id: UUID, code: str) -> HttpResponse:
    """What the union has laid down for itself on one thing."""
    found = _linked(request, unit_id)
    if not may(request.actor, Can.HANDLE_CASES, found.unit):
        raise NotYours
    choice, row = only((one, kept) for one, kept in found.own_rules if one.code == code)
    form = OwnRuleForm(request.POST or None, initial=OwnRuleForm.initial_of(row))

    def do() -> str:
        acts.set_own_rule(unit=found.unit, code=code, **form.cleaned_data, **who(request))
        return reverse("desk:links", args=[unit_id])

    back = reverse("desk:links", args=[unit_id])
    crumbs = [("群众工作室", reverse("desk:studios")), ("民情信息责任人", back)]
    note = "时限的天数在“机制和细则”里定；这里写制度本身。"
    page = OneForm(choice.label, back, crumbs, note, more={"version": _version(row)})
    return one_form(request, form, page, do, f"《{choice.label}》保存了。")


def _version(row: OwnRule | None) -> int | None:
    return row.version if row else None


urls = [
    path("studios/", studios, name="studios"),
    path("studios/studios.xlsx", studios_xlsx, name="studios_xlsx"),
    path("studios/<uuid:unit_id>/", studio, name="studio"),
    path("studios/<uuid:unit_id>/edit/", studio_edit, name="studio_edit"),
    path("studios/<uuid:unit_id>/staff/", studio_staff, name="studio_staff"),
    path("studios/<uuid:unit_id>/staff/<uuid:staff_id>/end/", studio_staff_end, name="studio_staff_end"),
    path("studios/<uuid:unit_id>/liaisons/", liaisons, name="liaisons"),
    path("studios/<uuid:unit_id>/links/", links, name="links"),
    path("studios/<uuid:unit_id>/own-rules/<slug:code>/", own_rule, name="own_rule"),
    path("studios/<uuid:unit_id>/papers/<slug:paper>.<slug:fmt>", studio_print, name="studio_print"),
]
