"""Pages of the desk: figures of a period, as a workbook and on paper; figures kept as they stood at a date."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.desk import reads as desk
from huying.desk.forms.figures import FiguresForm, FreezeForm
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, file_answer, once, refusals_on, workbook_answer
from huying.ledger import acts, reads
from huying.ledger.rules import months_on
from huying.org.models import Unit
from huying.papers.reads import xlsx
from huying.trail.acts import note_reading


def _heads(first: str, *numbers: str) -> list[dict[str, Any]]:
    return [{"label": first}, *({"label": label, "num": True} for label in numbers)]


STEP_HEADS = _heads("步骤", "按时", "超期", "其中还没办的", "在办", "平均用时", "上期用时")
GROUP_HEADS = _heads("谁", "问了", "没有问", "回答", "满意", "基本满意", "不满意", "上期满意和基本满意")
KEPT_HEADS = ("名称", "单位", "时间段", "定格")
CRUMB = ("数字", reverse_lazy("desk:figures"))


class _Wanted:
    """What the address asks for: unit, period, whether as others may see it.  ``NotYours`` for who reads no figures."""

    def __init__(self, request: Asked) -> None:
        self.today = timezone.localdate(request.now)
        self.units = desk.units_to_choose(request.actor)
        if not self.units:
            raise NotYours
        self.form = FiguresForm(request.GET, units=self.units)
        valid = self.form.is_valid()
        given = self.form.cleaned_data if valid else {}
        chosen = request.GET.get("unit") or str(self.units[0].pk)
        self.unit = next((unit for unit in self.units if str(unit.pk) == chosen), None) or _unit(chosen)
        self.sight = reads.sight(request.actor, self.unit)
        self.quarters = not self.sight.cases
        self.outside = self.quarters or request.GET.get("for") == "outside"
        self.spans = desk.spans(self.today, quarters=self.quarters)
        self.span, (self.since, self.until) = self._period(request.GET.get("span", ""), given)

    def _period(self, code: str, given: dict[str, Any]) -> tuple[str, tuple[date, date]]:
        since, until = given.get("since"), given.get("until")
        if since and not self.quarters:
            longest = months_on(since.replace(day=1), 119)
            return "", (since, min(until or self.today, longest))
        known = {name: months for name, _, months in self.spans}
        code = code if code in known else ("last_quarter" if self.quarters else "quarter")
        return code, known[code]

    @property
    def months(self) -> str:
        """The period in words."""
        return reads.period(self.since, self.until)

    @property
    def query(self) -> dict[str, str]:
        """The address of the same figures."""
        found = {"span": self.span} if self.span else {"since": f"{self.since:%Y-%m}", "until": f"{self.until:%Y-%m}"}
        found["unit"] = str(self.unit.pk)
        return {**found, "for": "outside"} if self.outside and not self.quarters else found

    def page(self, request: Asked) -> dict[str, Any]:
        """What is shown."""
        return desk.figures_page(request.actor, self.unit, self.since, self.until, self.today, outside=self.outside)


def _unit(text: str) -> Unit:
    try:
        return Unit.objects.get(pk=UUID(text))
    except (ValueError, Unit.DoesNotExist):
        raise NotYours from None


@require_GET
def figures(request: Asked) -> HttpResponse:
    """What rises, where, why; how long each step takes; what people said of it."""
    wanted = _Wanted(request)
    return render(
        request,
        "desk/figures/figures.html",
        {
            **wanted.page(request),
            "wanted": wanted,
            "groups": _groups(request, wanted),
            "query": urlencode(wanted.query),
            "step_heads": STEP_HEADS,
            "group_heads": GROUP_HEADS,
            "kept": reads.frozen_of(request.actor).count(),
        },
    )


def _groups(request: Asked, wanted: _Wanted) -> list[dict[str, Any]]:
    """Periods as links, and whether as the union sees it or as it may be handed on."""
    spans = [
        {"label": label, "url": _with(request, span=code, since="", until=""), "current": wanted.span == code}
        for code, label, _ in wanted.spans
    ]
    groups = [{"label": "收到", "options": spans}]
    if not wanted.quarters:
        both = (("", "本工会看"), ("outside", "给外面看（小数隐去）"))
        options = [
            {"label": label, "url": _with(request, **{"for": code}), "current": wanted.outside == bool(code)}
            for code, label in both
        ]
        groups.append({"label": "看法", "options": options})
    return groups


def _with(request: Asked, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


@require_GET
def workbook(request: Asked) -> FileResponse:
    """The figures of the page as a workbook."""
    wanted = _Wanted(request)
    sheet = wanted.page(request)["sheet"]
    columns, rows = reads.sheet_rows(sheet)
    _read(request, wanted.unit)
    return workbook_answer(xlsx(columns, rows, title=reads.SHEET), f"{reads.SHEET}{sheet['period']}")


@require_GET
def paper(request: Asked) -> HttpResponse:
    """The figures of the page in official layout."""
    wanted = _Wanted(request)
    sheet = wanted.page(request)["sheet"]
    _read(request, wanted.unit)
    body = reads.sheet_pdf(sheet, kept_on=wanted.today, printed_on=wanted.today)
    return file_answer(body, f"{reads.SHEET}{sheet['period']}.pdf", inline=True)


def _read(request: Asked, unit: Unit) -> None:
    note_reading(root=unit.root_id or unit.pk, by=request.actor, at=request.now, what="export", unit=unit.pk)


# --- kept at a date -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def freeze(request: Asked) -> HttpResponse:
    """Keep the figures of the page under a name."""
    wanted = _Wanted(request)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():

        def do() -> str:
            kept = acts.freeze_figures(
                unit_id=wanted.unit.pk, since=wanted.since, until=wanted.until, title=form.cleaned_data["title"],
                by=request.actor, at=request.now,
            )  # fmt: skip
            return reverse("desk:frozen", args=[kept.pk])

        with refusals_on(form):
            return once(request, do)
    status = 422 if form.errors else 200
    return render(
        request,
        "desk/figures/freeze.html",
        {"form": form, "wanted": wanted, "query": urlencode(wanted.query), "crumbs": [CRUMB, ("定格", "")]},
        status=status,
    )


@require_GET
def kept(request: Asked) -> HttpResponse:
    """Everything this person kept."""
    if not desk.units_to_choose(request.actor):
        raise NotYours
    return render(
        request,
        "desk/figures/kept.html",
        {"rows": list(reads.frozen_of(request.actor)[:200]), "heads": KEPT_HEADS, "crumbs": [CRUMB, ("定格过的", "")]},
    )


@require_GET
def frozen(request: Asked, frozen_id: UUID) -> HttpResponse:
    """Figures as they stood when they were kept."""
    found = reads.frozen(request.actor, frozen_id)
    outside = request.GET.get("for") == "outside"
    sheet = found.outside if outside else found.body
    columns, rows = reads.sheet_rows(sheet)
    heads = [{"label": column.heading, "num": number > 1} for number, column in enumerate(columns)]
    both = () if found.body["outside"] else (("", "本工会看"), ("outside", "给外面看（小数隐去）"))
    options = [
        {"label": label, "url": f"?for={code}" if code else "?", "current": outside == bool(code)}
        for code, label in both
    ]
    return render(
        request, "desk/figures/frozen.html",
        {"frozen": found, "sheet": sheet, "heads": heads, "rows": rows, "outside": outside,
         "groups": [{"label": "看法", "options": options}] if options else None,
         "crumbs": [CRUMB, ("定格过的", reverse("desk:figures_kept")), (found.title, "")]},
    )  # fmt: skip


@require_GET
def frozen_paper(request: Asked, frozen_id: UUID) -> HttpResponse:
    """The kept figures on paper: the same whenever it is printed."""
    found = reads.frozen(request.actor, frozen_id)
    sheet = found.outside if request.GET.get("for") == "outside" else found.body
    _read(request, found.unit)
    day = timezone.localdate(found.at)
    body = reads.sheet_pdf(sheet, kept_on=day, printed_on=day, title=found.title)
    return file_answer(body, f"{found.title}.pdf", inline=True)


urls = [
    path("figures/", figures, name="figures"),
    path("figures/figures.xlsx", workbook, name="figures_xlsx"),
    path("figures/figures.pdf", paper, name="figures_pdf"),
    path("figures/freeze/", freeze, name="figures_freeze"),
    path("figures/kept/", kept, name="figures_kept"),
    path("figures/kept/<uuid:frozen_id>/", frozen, name="frozen"),
    path("figures/kept/<uuid:frozen_id>/figures.pdf", frozen_paper, name="frozen_pdf"),
]
