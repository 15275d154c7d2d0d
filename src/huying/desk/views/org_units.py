"""Unit tree, one unit, moving, merging, closing, departments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.forms.org import NameForm, UnitForm
from huying.fieldwork.reads import studio_units
from huying.kernel.errors import NotYours, Refused
from huying.kernel.web import Asked, once, refusals_on
from huying.org import acts, reads
from huying.org.models import Level, Post, Role, Unit
from huying.org.rules import Can, check_manage, levels_under, may_manage

LEVEL_LIMIT = 300  # units shown below one unit before the page says: look for it by name
PAGE = 50


@dataclass
class Node:
    """A unit of the tree as it is drawn: folded, or open with those below."""

    unit: Unit
    open: bool = False
    below: list[Node] = field(default_factory=list)
    more: int = 0


@require_GET
def tree(request: Asked) -> HttpResponse:
    """The units looked after, level by level (``open``: down to this one), or found by name (``q``)."""
    tops = reads.tops(request.actor)
    if not tops:
        raise NotYours
    q = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"q": q, "may_org": bool(request.actor.units(Can.ORG))}
    if q:
        found = Paginator(reads.units_named(request.actor, q), PAGE).get_page(request.GET.get("page"))
        context |= {"page": found, "found": _with_places(list(found))}
    else:
        opened = _unit_asked(request, "open")
        context["nodes"] = [
            _node(unit, opened) for unit in reads.counted(Unit.objects.filter(pk__in=[t.pk for t in tops]))
        ]
    return render(request, "desk/org/tree.html", context)


@require_GET
def branch(request: Asked, unit_id: UUID) -> HttpResponse:
    """One unit of the tree, folded or open: the piece that replaces itself."""
    reads.kept_unit(request.actor, unit_id)
    unit = reads.counted(Unit.objects.filter(pk=unit_id)).get()
    node = _node(unit, unit if request.GET.get("open") else None)
    return render(request, "desk/org/_branch.html", {"node": node, "heading": True})


def _unit_asked(request: Asked, name: str) -> Unit | None:
    """The unit an address names, if it is one looked after."""
    try:
        return reads.kept_unit(request.actor, UUID(request.GET.get(name, "")))
    except (ValueError, NotYours):
        return None


def _node(unit: Unit, opened: Unit | None) -> Node:
    """A unit with everything open between it and ``opened`` (one query for each level)."""
    node = Node(unit)
    if opened is not None and opened.path.startswith(unit.path):
        node.open = True
        below = list(reads.children(unit)[: LEVEL_LIMIT + 1])
        node.more = len(below) > LEVEL_LIMIT
        node.below = [_node(child, opened) for child in below[:LEVEL_LIMIT]]
    return node


def _with_places(units: list[Unit]) -> list[tuple[Unit, str]]:
    """Each unit with the names above it, in one query for all."""
    paths = {unit.path[:end] for unit in units for end in range(Unit.steplen, len(unit.path), Unit.steplen)}
    names = dict(Unit.objects.filter(path__in=paths).values_list("path", "name"))
    return [(u, " › ".join(names[p] for p in sorted(names) if u.path.startswith(p) and p != u.path)) for u in units]


@require_GET
def unit(request: Asked, unit_id: UUID) -> HttpResponse:
    """One unit: facts, those below, departments, posts, the short address for the wall."""
    one = reads.kept_unit(request.actor, unit_id)
    above = reads.chain(one)[:-1]
    today = timezone.localdate(request.now)
    posts = (
        reads.during(today, None).filter(unit=one).select_related("person", "department").order_by("starts_on", "id")
    )
    roles = [role.value for role in Role]
    parent = above[-1] if above else None
    context = {
        "unit": one,
        "crumbs": _crumbs(request, above),
        "below": list(reads.children(one)[:PAGE]),
        "departments": one.departments.filter(closed_on__isnull=True).order_by("name"),
        "posts": sorted(posts, key=lambda post: (roles.index(post.role), post.acting_for_id is not None)),
        "today": today,
        "people_count": one.people.filter(left_on__isnull=True).count(),
        "address": reads.short_address(one, settings.HUYING_BASE_URL),
        "may_org": may_manage(request.actor, Can.ORG, one) and one.closed_on is None,
        "may_posts": may_manage(request.actor, Can.POSTS, one) and one.closed_on is None,
        "may_place": parent is not None and may_manage(request.actor, Can.ORG, parent) and one.closed_on is None,
        "levels": levels_under(one.level),
        "sign_in": reads.sign_in_rules(one)[0],
        "studio": studio_units(request.actor).filter(pk=one.pk).exists(),
    }
    return render(request, "desk/org/unit.html", context)


@require_GET
def unit_qr(request: Asked, unit_id: UUID) -> HttpResponse:
    """The short address as a QR code, to show and to print."""
    one = reads.kept_unit(request.actor, unit_id)
    drawn = reads.wall_code(reads.short_address(one, settings.HUYING_BASE_URL))
    response = HttpResponse(drawn, content_type="image/svg+xml")
    if request.GET.get("save"):
        response.headers["Content-Disposition"] = f'attachment; filename="huying-{one.code}.svg"'
    return response


def _crumbs(request: Asked, above: list[Unit]) -> list[tuple[str, str]]:
    """The way down to a page; units above the reach are words only."""
    tops = [top.path for top in reads.tops(request.actor)]
    way = [("组织和人员", reverse("desk:org"))]
    for one in above:
        within = any(one.path.startswith(top) for top in tops)
        way.append((one.name, reverse("desk:org-unit", args=[one.pk]) if within else ""))
    return way


@require_http_methods(["GET", "POST"])
def unit_new(request: Asked, unit_id: UUID) -> HttpResponse:
    """Set up a unit below this one."""
    parent = reads.kept_unit(request.actor, unit_id)
    check_manage(request.actor, Can.ORG, parent)
    levels = levels_under(parent.level)
    usual = {"level": levels[-1], "has_union": levels[-1] != Level.WORKSHOP}
    form = UnitForm(request.POST or None, levels=levels, initial=usual)
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, lambda: _opened(request, parent, form.facts()))
    context = {"form": form, "parent": parent, "crumbs": _crumbs(request, reads.chain(parent))}
    return render(request, "desk/org/unit_form.html", context)


def _opened(request: Asked, parent: Unit, facts: dict[str, Any]) -> str:
    made = acts.open_unit(parent=parent, by=request.actor, at=request.now, **facts)
    messages.success(request, f"已设立“{made.name}”。")
    return reverse("desk:org-unit", args=[made.pk])


@require_http_methods(["GET", "POST"])
def unit_edit(request: Asked, unit_id: UUID) -> HttpResponse:
    """Change facts of a unit."""
    one = reads.kept_unit(request.actor, unit_id)
    check_manage(request.actor, Can.ORG, one)
    above = reads.chain(one)
    levels = levels_under(above[-2].level if len(above) > 1 else None)
    # a level that stands where it would not stand today can still be kept
    levels = levels if one.level in levels else [*levels, Level(one.level)]
    form = UnitForm(request.POST or None, levels=levels, initial=UnitForm.initial_of(one))
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, lambda: _changed(request, one, form))
    context = {"form": form, "unit": one, "crumbs": _crumbs(request, above)}
    return render(request, "desk/org/unit_form.html", context)


def _changed(request: Asked, one: Unit, form: UnitForm) -> str:
    seen = form.cleaned_data["version"]
    acts.change_unit(unit=one, version=seen or 0, by=request.actor, at=request.now, **form.facts())
    messages.success(request, "已保存。")
    return reverse("desk:org-unit", args=[one.pk])


@require_http_methods(["GET", "POST"])
def unit_move(request: Asked, unit_id: UUID) -> HttpResponse:
    """Choose a place, see what changes, then move."""
    return _relocate(request, unit_id, "move", acts.check_move, reads.move_outlook)


@require_http_methods(["GET", "POST"])
def unit_merge(request: Asked, unit_id: UUID) -> HttpResponse:
    """Choose a unit, see what goes over and what ends, then merge."""
    today = timezone.localdate(request.now)
    return _relocate(request, unit_id, "merge", acts.check_merge, lambda one, to: reads.merge_outlook(one, to, today))


_DO: dict[str, Callable[..., Unit]] = {
    "move": lambda one, to, **who: acts.move_unit(unit=one, to=to, **who),
    "merge": lambda one, to, **who: acts.merge_units(unit=one, into=to, **who),
}
_SAID = {"move": "已移到“{}”下面。", "merge": "已并入“{}”。"}


def _relocate(
    request: Asked,
    unit_id: UUID,
    kind: str,
    check: Callable[[Unit, Unit], None],
    outlook: Callable[[Unit, Unit], Any],
) -> HttpResponse:
    """The two-step page of moving and merging: without ``to`` one looks for it, with it one sees what would change."""
    one = reads.kept_unit(request.actor, unit_id)
    above = reads.chain(one)
    check_manage(request.actor, Can.ORG, above[-2] if len(above) > 1 else None)
    to = _unit_asked(request, "to")
    q = request.GET.get("q", "").strip()
    context: dict[str, Any] = {"unit": one, "kind": kind, "crumbs": _crumbs(request, above), "to": to, "q": q}
    if to is not None:
        if request.method == "POST":
            return once(request, lambda: _relocated(request, one, to, kind))
        try:
            check(one, to)
            context["outlook"] = outlook(one, to)
        except Refused as refusal:
            context["refusal"] = refusal
    elif q:
        found = reads.units_named(request.actor, q).exclude(pk=one.pk)
        context["found"] = _with_places(list(found[:PAGE]))
    return render(request, f"desk/org/{kind}.html", context)


def _relocated(request: Asked, one: Unit, to: Unit, kind: str) -> str:
    _DO[kind](one, to, by=request.actor, at=request.now)
    messages.success(request, _SAID[kind].format(to.name))
    return reverse("desk:org-unit", args=[one.pk])


@require_POST
def unit_close(request: Asked, unit_id: UUID) -> HttpResponse:
    """Close a unit."""
    one = reads.kept_unit(request.actor, unit_id)

    def do() -> str:
        acts.close_unit(unit=one, by=request.actor, at=request.now)
        messages.success(request, f"已撤销“{one.name}”。")
        return reverse("desk:org-unit", args=[one.pk])

    return once(request, do)


@require_http_methods(["GET", "POST"])
def department_new(request: Asked, unit_id: UUID) -> HttpResponse:
    """Set up a department."""
    one = reads.kept_unit(request.actor, unit_id)
    check_manage(request.actor, Can.ORG, one)
    form = NameForm(request.POST or None)

    def do() -> str:
        acts.open_department(unit=one, name=form.cleaned_data["name"], by=request.actor, at=request.now)
        messages.success(request, f"已设立部门“{form.cleaned_data['name']}”。")
        return reverse("desk:org-unit", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"form": form, "unit": one, "crumbs": _crumbs(request, reads.chain(one))}
    return render(request, "desk/org/department_form.html", context)


@require_http_methods(["GET", "POST"])
def department(request: Asked, department_id: UUID) -> HttpResponse:
    """Rename a department; the page also offers to close it."""
    row = reads.kept_department(request.actor, department_id)
    form = NameForm(request.POST or None, initial={"name": row.name})

    def do() -> str:
        given = form.cleaned_data
        acts.rename_department(
            department=row, name=given["name"], version=given["version"] or 0, by=request.actor, at=request.now
        )
        messages.success(request, "已保存。")
        return reverse("desk:org-unit", args=[row.unit_id])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    posts = Post.objects.on(timezone.localdate(request.now)).filter(department=row).select_related("person")
    context = {"form": form, "unit": row.unit, "department": row, "posts": posts}
    context["crumbs"] = _crumbs(request, reads.chain(row.unit))
    return render(request, "desk/org/department_form.html", context)


@require_POST
def department_close(request: Asked, department_id: UUID) -> HttpResponse:
    """Close a department."""
    row = reads.kept_department(request.actor, department_id)

    def do() -> str:
        acts.close_department(department=row, by=request.actor, at=request.now)
        messages.success(request, f"已撤销部门“{row.name}”。")
        return reverse("desk:org-unit", args=[row.unit_id])

    return once(request, do)


urls = [
    path("org/", tree, name="org"),
    path("org/units/<uuid:unit_id>/", unit, name="org-unit"),
    path("org/units/<uuid:unit_id>/branch/", branch, name="org-branch"),
    path("org/units/<uuid:unit_id>/qr.svg", unit_qr, name="org-unit-qr"),
    path("org/units/<uuid:unit_id>/new/", unit_new, name="org-unit-new"),
    path("org/units/<uuid:unit_id>/edit/", unit_edit, name="org-unit-edit"),
    path("org/units/<uuid:unit_id>/move/", unit_move, name="org-unit-move"),
    path("org/units/<uuid:unit_id>/merge/", unit_merge, name="org-unit-merge"),
    path("org/units/<uuid:unit_id>/close/", unit_close, name="org-unit-close"),
    path("org/units/<uuid:unit_id>/departments/new/", department_new, name="org-department-new"),
    path("org/departments/<uuid:department_id>/", department, name="org-department"),
    path("org/departments/<uuid:department_id>/close/", department_close, name="org-department-close"),
]
