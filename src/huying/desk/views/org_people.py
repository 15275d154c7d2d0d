"""People, their posts and accounts."""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huying.desk.acts import reset_password
from huying.desk.forms.org import AccountForm, AppointForm, EndForm, LeftForm, PersonForm
from huying.handling.reads import may_hand_over
from huying.kernel import crypto
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.org import acts, reads
from huying.org.models import Department, Person, Post, Unit, User
from huying.org.rules import ROLES, Can, check_manage, may_manage

PAGE = 50
OFFERED = 200  # units offered in the list when appointing
SHOWN_ONCE = "org.one-time-password"


@require_GET
def people(request: Asked) -> HttpResponse:
    """People of the units looked after, found by name, pinyin or staff number."""
    if not reads.tops(request.actor):
        raise NotYours
    unit = _unit_asked(request, "unit")
    at = _unit_asked(request, "at")
    left = request.GET.get("left") == "1"
    q = request.GET.get("q", "").strip()
    page = Paginator(reads.people(request.actor, q=q, unit=unit, left=left), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "q": q,
        "unit": unit,
        "left": left,
        "at": at,
        "heads": ["姓名", "工号", "组织", "任职", *(["离开"] if left else ["办理"] if at else [])],
        "may_add": unit is not None and unit.closed_on is None and may_manage(request.actor, Can.ORG, unit),
    }
    held = _posts_today(list(page), request)
    context["rows"] = [(person, held.get(person.pk, [])) for person in page]
    return render(request, "desk/org/people.html", context)


def _posts_today(rows: list[Person], request: Asked) -> dict[UUID, list[str]]:
    """What each person on the page holds today, in words (one query)."""
    held: dict[UUID, list[str]] = {}
    today = timezone.localdate(request.now)
    for post in Post.objects.on(today).filter(person__in=rows).select_related("unit").order_by("starts_on", "id"):
        held.setdefault(post.person_id, []).append(post.title or post.get_role_display())
    return held


def _unit_asked(request: Asked, name: str) -> Unit | None:
    """The unit an address names; a wrong or foreign one is a missing page."""
    given = request.GET.get(name)
    if not given:
        return None
    try:
        return reads.kept_unit(request.actor, UUID(given))
    except ValueError as error:
        raise NotYours from error


@require_http_methods(["GET", "POST"])
def person_new(request: Asked, unit_id: UUID) -> HttpResponse:
    """Enter somebody in the roster."""
    unit = reads.kept_unit(request.actor, unit_id)
    check_manage(request.actor, Can.ORG, unit)
    form = PersonForm(request.POST or None)

    def do() -> str:
        made = acts.add_person(unit=unit, by=request.actor, at=request.now, **form.facts())
        messages.success(request, f"已登记“{made.name}”。")
        return reverse("desk:org-person", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    return render(request, "desk/org/person_form.html", {"form": form, "unit": unit, "crumbs": _way(unit)})


@require_GET
def person(request: Asked, person_id: UUID) -> HttpResponse:
    """One person: facts, posts now and before, the account; a new one-time password is shown here once."""
    one = reads.kept_person(request.actor, person_id)
    today = timezone.localdate(request.now)
    related = ("unit", "department", "acting_for__person")
    posts = list(Post.objects.filter(person=one).select_related(*related).order_by("-starts_on", "-id")[:100])
    mine = request.actor.person_id == one.pk
    may_posts = may_manage(request.actor, Can.POSTS, one.unit) and not mine
    user = User.objects.filter(person=one).first()
    context = {
        "person": one,
        "user": user,
        "access": _access(request, user) if user and may_posts else None,
        "crumbs": _way(one.unit),
        "now": [post for post in posts if not post.taken_back and (post.ends_on is None or post.ends_on >= today)],
        "before": [post for post in posts if post.taken_back or (post.ends_on and post.ends_on < today)],
        "today": today,
        "mine": mine,
        "may_org": may_manage(request.actor, Can.ORG, one.unit) and one.erased_at is None,
        "may_posts": may_posts,
        "password": _show_once(request, one),
        "handing": _handing(request, posts),
    }
    return render(request, "desk/org/person.html", context)


def _access(request: Asked, user: User) -> dict[str, Any]:
    """How somebody signs in, for who looks after their account."""
    return {
        "factor": reads.has_factor(user),
        "locked": reads.is_locked_out(user),
        "sessions": reads.sessions(user, request.now),
    }


def _handing(request: Asked, posts: list[Post]) -> list[dict[str, Any]]:
    """The posts under which somebody may have open matters; ``may``: who looks here may hand them over.  An administrator
    only reads who can: whether there are any is no part of the roster."""
    found = []
    for post in posts:
        if not post.taken_back and (post.department_id or Can.HANDLE_CASES in ROLES[post.role].can):
            found.append({"post": post, "may": may_hand_over(request.actor, post)})
    return found


def _way(unit: Unit) -> list[tuple[str, str]]:
    """The way down to a person."""
    people_url = f"{reverse('desk:org-people')}?unit={unit.pk}"
    return [
        ("组织和人员", reverse("desk:org")),
        (unit.name, reverse("desk:org-unit", args=[unit.pk])),
        ("人员", people_url),
    ]


@require_http_methods(["GET", "POST"])
def person_edit(request: Asked, person_id: UUID) -> HttpResponse:
    """Change facts of a person."""
    one = reads.kept_person(request.actor, person_id)
    check_manage(request.actor, Can.ORG, one.unit)
    form = PersonForm(request.POST or None, initial=PersonForm.initial_of(one))

    def do() -> str:
        seen = form.cleaned_data["version"] or 0
        acts.change_person(person=one, version=seen, by=request.actor, at=request.now, **form.facts())
        messages.success(request, "已保存。")
        return reverse("desk:org-person", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {"form": form, "person": one, "unit": one.unit, "crumbs": _way(one.unit)}
    return render(request, "desk/org/person_form.html", context)


@require_http_methods(["GET", "POST"])
def person_left(request: Asked, person_id: UUID) -> HttpResponse:
    """Somebody left: says what ends, then ends it."""
    one = reads.kept_person(request.actor, person_id)
    check_manage(request.actor, Can.ORG, one.unit)
    today = timezone.localdate(request.now)
    form = LeftForm(request.POST or None, initial={"left_on": today})

    def do() -> str:
        acts.person_left(person=one, on=form.cleaned_data["left_on"], by=request.actor, at=request.now)
        messages.success(request, f"已登记“{one.name}”离开。")
        return reverse("desk:org-person", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    posts = reads.during(today, None).filter(person=one).select_related("unit", "department")
    context = {
        "form": form,
        "person": one,
        "posts": posts,
        "crumbs": _way(one.unit),
        "handing": _handing(request, list(posts)),
    }
    return render(request, "desk/org/person_left.html", context)


@require_http_methods(["GET", "POST"])
def post_new(request: Asked, person_id: UUID) -> HttpResponse:
    """Appoint a person."""
    one = reads.kept_person(request.actor, person_id)
    units = _places(request, one)
    if not units:
        raise NotYours
    today = timezone.localdate(request.now)
    form = AppointForm(request.POST or None, initial=_first_choice(request, one, today), **_offers(units, one, today))

    def do() -> str:
        made = acts.appoint(person=one, by=request.actor, at=request.now, **form.facts())
        messages.success(request, f"已任命：{made.unit.name}·{made.get_role_display()}。")
        return reverse("desk:org-person", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    return render(request, "desk/org/post_form.html", {"form": form, "person": one, "crumbs": _way(one.unit)})


def _places(request: Asked, one: Person) -> list[Unit]:
    """Where this person can be appointed: the unit asked for, own unit, those above and directly below it in reach."""
    near = {unit.pk for unit in reads.chain(one.unit)} | {unit.pk for unit in reads.children(one.unit)[:OFFERED]}
    asked = _unit_asked(request, "unit")
    if asked is not None:
        near.add(asked.pk)
    units = reads.looked_after(request.actor, Can.POSTS).open().filter(pk__in=near)
    return sorted(units, key=lambda u: (asked is None or u.pk != asked.pk, u.pk != one.unit_id, u.path))


def _offers(units: list[Unit], one: Person, today: Any) -> dict[str, Any]:
    """Departments there, and running posts of others one could stand in for."""
    departments = (
        Department.objects.filter(unit__in=units, closed_on__isnull=True).select_related("unit").order_by("name")
    )
    posts = Post.objects.on(today).filter(unit__in=units, acting_for__isnull=True).exclude(person=one)
    rows = posts.select_related("person", "unit", "department").order_by("role", "starts_on")[:OFFERED]
    return {"units": units, "departments": list(departments), "posts": list(rows)}


def _first_choice(request: Asked, one: Person, today: Any) -> dict[str, Any]:
    """What stands in the form at first; an address may name the unit and the post to stand in for."""
    return {
        "unit": request.GET.get("unit") or str(one.unit_id),
        "starts_on": today,
        "acting_for": request.GET.get("acting_for", ""),
    }


@require_http_methods(["GET", "POST"])
def post_end(request: Asked, post_id: UUID) -> HttpResponse:
    """End a post: says who can take over, then ends it."""
    row = reads.kept_post(request.actor, post_id)
    today = timezone.localdate(request.now)
    form = EndForm(request.POST or None, initial={"ends_on": today})

    def do() -> str:
        ended = acts.end_post(post=row, on=form.cleaned_data["ends_on"], by=request.actor, at=request.now)
        messages.success(request, "已撤回这个任命。" if ended.taken_back else "已写明任职结束的日期。")
        return reverse("desk:org-person", args=[row.person_id])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    context = {
        "form": form,
        "post": row,
        "successors": reads.successors(row, today)[:5],
        "handing": _handing(request, [row]),
        "crumbs": _way(row.person.unit),
    }
    return render(request, "desk/org/post_end.html", context)


@require_http_methods(["GET", "POST"])
def account_new(request: Asked, person_id: UUID) -> HttpResponse:
    """Open an account; the one-time password is shown on the page that follows."""
    one = reads.kept_person(request.actor, person_id)
    check_manage(request.actor, Can.POSTS, one.unit)
    form = AccountForm(request.POST or None)

    def do() -> str:
        _, password = acts.open_account(person=one, by=request.actor, at=request.now, **form.cleaned_data)
        _keep_to_show(request, one, password)
        return reverse("desk:org-person", args=[one.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            return once(request, do)
    return render(request, "desk/org/account_form.html", {"form": form, "person": one, "crumbs": _way(one.unit)})


@require_POST
def account_act(request: Asked, person_id: UUID, act: str) -> HttpResponse:
    """Reset the password, close or open the account."""
    user = reads.kept_account(request.actor, person_id)

    def do() -> str:
        who: dict[str, Any] = {"user": user, "by": request.actor, "at": request.now}
        if act == "reset":
            _keep_to_show(request, user.person, reset_password(**who))
        else:
            (acts.disable_account if act == "disable" else acts.enable_account)(**who)
            messages.success(request, "账号已停用。" if act == "disable" else "账号已启用。")
        return reverse("desk:org-person", args=[person_id])

    return once(request, do)


def _keep_to_show(request: Asked, one: Person, password: str) -> None:
    """Carry a one-time password to the next page, sealed: the session's row never holds it in the clear."""
    sealed = crypto.wrap(password.encode(), f"{SHOWN_ONCE}:{one.pk}")
    request.session[SHOWN_ONCE] = [str(one.pk), base64.b64encode(sealed).decode()]


def _show_once(request: Asked, one: Person) -> str:
    """The one-time password just made for this person, and never again."""
    kept = request.session.get(SHOWN_ONCE)
    if not kept or kept[0] != str(one.pk):
        return ""
    del request.session[SHOWN_ONCE]
    try:
        return crypto.unwrap(base64.b64decode(kept[1]), f"{SHOWN_ONCE}:{one.pk}").decode()
    except crypto.Unreadable:  # its key was dropped since
        return ""


urls = [
    path("org/units/<uuid:unit_id>/people/new/", person_new, name="org-person-new"),
    path("org/people/", people, name="org-people"),
    path("org/people/<uuid:person_id>/", person, name="org-person"),
    path("org/people/<uuid:person_id>/edit/", person_edit, name="org-person-edit"),
    path("org/people/<uuid:person_id>/left/", person_left, name="org-person-left"),
    path("org/people/<uuid:person_id>/posts/new/", post_new, name="org-post-new"),
    path("org/posts/<uuid:post_id>/end/", post_end, name="org-post-end"),
    path("org/people/<uuid:person_id>/account/new/", account_new, name="org-account-new"),
    path("org/people/<uuid:person_id>/account/reset/", account_act, {"act": "reset"}, name="org-account-reset"),
    path(
        "people/<uuid:person_id>/account/disable/",
        account_act,
        {"act": "disable"},
        name="org-account-disable",
    ),
    path("people/<uuid:person_id>/account/enable/", account_act, {"act": "enable"}, name="org-account-enable"),
]
