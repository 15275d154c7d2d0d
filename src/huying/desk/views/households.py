"""Pages of households in hardship: by code; who they are only on a page whose opening is written down, with its reason."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk.forms.ties import CloseForm, HouseholdForm, WhyForm
from huying.desk.views.one_form import OneForm, one_form
from huying.fieldwork import acts, reads
from huying.fieldwork.models import Household
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, refusals_on, who
from huying.org.models import Unit
from huying.org.rules import Can, may

PER_PAGE = 25
HOUSEHOLDS = "困难职工家庭"
FACTS = (("name", "户主姓名"), ("phone", "电话"), ("address", "住址"), ("needs", "有什么困难"))


def _kept(request: Asked, unit: Unit) -> None:
    if not may(request.actor, Can.HANDLE_CASES, unit):
        raise NotYours


@require_GET
def households(request: Asked) -> HttpResponse:
    """All in reach, by code."""
    if not request.actor.units(Can.READ_CASES):
        raise NotYours
    rows = reads.households(request.actor).prefetch_related("ties__person")
    closed = request.GET.get("state") == "closed"
    page = Paginator(rows.filter(closed_on__isnull=not closed), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": page.object_list, "closed": closed, "own": reads.keeps(request.actor),
               "tab": "households"}  # fmt: skip
    return render(request, "desk/ties/households.html", context)


@require_http_methods(["GET", "POST"])
def household_new(request: Asked, unit_id: UUID) -> HttpResponse:
    """A family the union begins to stand by."""
    unit = reads.union_for(request.actor, unit_id)
    _kept(request, unit)
    form = HouseholdForm(request.POST or None)

    def do() -> str:
        made = acts.add_household(unit=unit, facts=_facts(form), **who(request))
        return reverse("desk:household", args=[made.pk])

    back = reverse("desk:households")
    note = "姓名、电话、住址、困难全部密封；列表和统计里只有一个编号。"
    page = OneForm(f"登记{HOUSEHOLDS}", back, [(HOUSEHOLDS, back)], note, verb="登记", more={"draft": ""})
    return one_form(request, form, page, do, "登记了，请记住编号。")


def _facts(form: HouseholdForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name, _ in FACTS}


@require_http_methods(["GET", "POST"])
def household(request: Asked, household_id: UUID) -> HttpResponse:
    """One household by its code; sending a reason shows who they are, on this answer only."""
    row = reads.household_for(request.actor, household_id)
    form = WhyForm(request.POST or None)
    facts: dict[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            facts = acts.open_household(household_id=household_id, reason=form.cleaned_data["reason"], **who(request))
    elif request.method == "POST" and not reads.may_open_household(request.actor, row):
        raise NotYours
    context = {
        "row": row,
        "form": form,
        "facts": [(label, facts.get(name, "")) for name, label in FACTS] if facts else None,
        "ties": row.ties.select_related("person", "union").order_by("-since"),
        "opens": reads.may_open_household(request.actor, row),
        "keeps": may(request.actor, Can.HANDLE_CASES, row.unit) and row.erased_at is None,
        "crumbs": [(HOUSEHOLDS, reverse("desk:households"))],
    }
    answer = render(request, "desk/ties/household.html", context, status=422 if form.errors else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _under(row: Household, title: str, verb: str, note: str = "", **more: object) -> OneForm:
    back = reverse("desk:household", args=[row.pk])
    crumbs = [(HOUSEHOLDS, reverse("desk:households")), (row.code, back)]
    return OneForm(title, back, crumbs, note, verb=verb, more=dict(more))


def _mine(request: Asked, household_id: UUID) -> Household:
    row = reads.household_for(request.actor, household_id)
    _kept(request, row.unit)
    if row.erased_at is not None:
        raise NotYours
    return row


@require_http_methods(["GET", "POST"])
def household_change(request: Asked, household_id: UUID) -> HttpResponse:
    """Write anew what is kept.  The page begins empty: what stands there is seen by opening it with a reason."""
    row = _mine(request, household_id)
    form = HouseholdForm(request.POST or None)

    def do() -> str:
        acts.change_household(
            household_id=household_id, facts=_facts(form), version=form.cleaned_data["version"], **who(request)
        )
        return reverse("desk:household", args=[household_id])

    note = "整户重新填写，保存以后换掉原来的内容。"
    return one_form(
        request, form, _under(row, "重新填写资料", "保存", note, version=row.version, draft=""), do, "保存了。"
    )


@require_http_methods(["GET", "POST"])
def household_close(request: Asked, household_id: UUID) -> HttpResponse:
    """The union stands by it no longer."""
    row = _mine(request, household_id)
    form = CloseForm(request.POST or None, initial={"on": timezone.localdate(request.now)})

    def do() -> str:
        given = form.cleaned_data
        acts.close_household(household_id=household_id, on=given["on"], reason=given["reason"], **who(request))
        return reverse("desk:household", args=[household_id])

    note = "还在的联系户、结对同时结束。"
    return one_form(request, form, _under(row, "不再联系", "确定", note), do, "登记了。")


@require_http_methods(["GET", "POST"])
def household_erase(request: Asked, household_id: UUID) -> HttpResponse:
    """Take out for good who they are."""
    row = _mine(request, household_id)
    form = WhyForm(request.POST or None)

    def do() -> str:
        acts.erase_household(household_id=household_id, reason=form.cleaned_data["reason"], **who(request))
        return reverse("desk:household", args=[household_id])

    note = "姓名、电话、住址、困难永远取不回来；编号和办过的事还在。"
    return one_form(request, form, _under(row, "清除资料", "清除", note), do, "清除了。")


urls = [
    path("households/", households, name="households"),
    path("households/new/<uuid:unit_id>/", household_new, name="household_new"),
    path("households/<uuid:household_id>/", household, name="household"),
    path("households/<uuid:household_id>/change/", household_change, name="household_change"),
    path("households/<uuid:household_id>/close/", household_close, name="household_close"),
    path("households/<uuid:household_id>/erase/", household_erase, name="household_erase"),
]
