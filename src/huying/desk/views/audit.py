"""Pages of the desk for the audit administrator: who looked at what, and whether the trail is whole.

The audit administrator never reads cases: a case is a neutral code here, and no page leads to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases.acts import REASONS
from huying.desk.forms.audit import KeptForm
from huying.desk.reads import NOT_SIGNED_IN, SIGNED_IN, looks, sign_in_in_words
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, file_answer
from huying.mechanism.acts import INSTALLATION
from huying.org.models import Person, Post, Unit
from huying.org.reads import managed_units
from huying.org.rules import Can
from huying.trail import reads
from huying.trail.models import Reading
from huying.trail.rules import Kept, kept_text

PAGE = 50
DAYS = 14
PEOPLE = 200
LARGEST = 20_000  # entries the page verifies as a whole; more would keep the reader waiting
RECENT = timedelta(days=7)
WHAT = {
    "dossier": "打开卷宗",
    "item": "打开协商事项",
    "rung": "打开上报来的事项",
    "lead": "打开包案的事项",
    "topic": "打开协商议题",
    "report": "打开情况报告",
    "report_print": "打印情况报告",
    "form1": "打印诉求记录表",
    "form2": "打开流程图",
    "form3": "打印进展情况跟踪表",
    "print": "打印卷宗",
    "sealed": "查看密封内容",
    "rating": "查看评价时写的话",
    "identity": "查看实名职工的身份",
    "request": "查看本人要求更正的内容",
    "refused": "想打开密封内容，被拒绝",
    "lookup": "按电话或姓名查找",
    "lookup_refused": "查找太多，被拒绝",
    "file": "打开文件",
    "export": "导出",
    SIGNED_IN: "登录",
    NOT_SIGNED_IN: "登录没有成功",
}
# Filters; what no group names counts as opening, so that no look is ever left out.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("卷宗和事项", ()),
    "sealed": ("密封和身份", ("sealed", "identity", "request", "refused")),
    "lookup": ("查找人", ("lookup", "lookup_refused")),
    "file": ("文件", ("file",)),
    "export": ("导出", ("export",)),
    "sign_in": ("登录", (SIGNED_IN, NOT_SIGNED_IN)),
}
_NAMED = [what for _, codes in GROUPS.values() for what in codes]


@dataclass(frozen=True)
class Look:
    """One look in words."""

    at: datetime
    person: UUID
    name: str
    post: str
    unit: str
    what: str
    reason: str
    code: str


def _audited(request: Asked) -> QuerySet[Unit]:
    """Units this person audits, or a missing page."""
    if not request.actor.units(Can.AUDIT):
        raise NotYours
    return managed_units(request.actor, Can.AUDIT)


# --- who looked ---------------------------------------------------------------------------------------------------------


@require_GET
def readings(request: Asked) -> HttpResponse:
    """Who looked at what kind of thing, when and why; filters live in the address."""
    units = _audited(request)
    every = looks(request.actor, units)
    rows, asked = _filtered(every, request)
    page = Paginator(_of_day(rows, asked), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "looks": _looks(page),
        "days": _by_day(rows, request.now),
        "groups": _group_links(asked),
        "heads": ["日期", *[label for label, _ in GROUPS.values()]],
        "asked": asked,
        "people": _people(every, request.now),
    }
    return render(request, "desk/audit/readings.html", context)


def _filtered(rows: QuerySet[Reading], request: Asked) -> tuple[QuerySet[Reading], dict[str, Any]]:
    """By person and kind; a filter that names nothing is a missing page."""
    person, what, day = (request.GET.get(name, "") for name in ("person", "what", "day"))
    asked: dict[str, Any] = {"person": None, "what": what, "day": parse_date(day) if _is_day(day) else None}
    if what and what not in GROUPS:
        raise NotYours
    if person:
        try:
            asked["person"] = UUID(person)
        except ValueError as error:
            raise NotYours from error
        rows = rows.filter(person=asked["person"])
    if what:
        codes = GROUPS[what][1]
        rows = rows.filter(what__in=codes) if codes else rows.exclude(what__in=_NAMED)
    return rows, asked


def _is_day(text: str) -> bool:
    try:
        return parse_date(text) is not None
    except ValueError:
        return False


def _of_day(rows: QuerySet[Reading], asked: dict[str, Any]) -> QuerySet[Reading]:
    if asked["day"] is None:
        return rows
    start = timezone.make_aware(datetime.combine(asked["day"], time.min))
    return rows.filter(at__gte=start, at__lt=start + timedelta(days=1))


def _group_links(asked: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [("", "全部", not asked["what"])] + [
        (code, label, asked["what"] == code) for code, (label, _) in GROUPS.items()
    ]


def _people(rows: QuerySet[Reading], at: datetime) -> list[Person]:
    """Who looked at anything within a month, for the filter."""
    recent = rows.order_by().filter(at__gte=at - timedelta(days=30)).values("person")
    return list(Person.objects.filter(pk__in=recent).order_by("name_sort")[:PEOPLE])


def _by_day(rows: QuerySet[Reading], at: datetime) -> list[tuple[Any, list[tuple[str, str, int]]]]:
    """How often each kind of look happened on each of the last days, newest first."""
    since = timezone.make_aware(datetime.combine(timezone.localdate(at) - timedelta(days=DAYS - 1), time.min))
    group = {what: code for code, (_, codes) in GROUPS.items() for what in codes}
    found: dict[Any, dict[str, int]] = {}
    counted = rows.order_by().filter(at__gte=since).annotate(day=TruncDate("at")).values("day", "what")
    for row in counted.annotate(n=Count("pk")):
        figures = found.setdefault(row["day"], dict.fromkeys(GROUPS, 0))
        figures[group.get(row["what"], "open")] += row["n"]
    return [
        (day, [(code, label, found[day][code]) for code, (label, _) in GROUPS.items()])
        for day in sorted(found, reverse=True)
    ]


def _looks(page: Page[Reading]) -> list[Look]:
    """The rows of a page with names: one query each for people, posts and units."""
    rows = list(page)
    people = dict(Person.objects.filter(pk__in={row.person for row in rows}).values_list("pk", "name"))
    posts = Post.objects.filter(pk__in={row.post for row in rows if row.post}).select_related("unit").in_bulk()
    units = dict(Unit.objects.filter(pk__in={row.unit for row in rows if row.unit}).values_list("pk", "name"))
    return [_look(row, people, posts, units) for row in rows]


def _look(row: Reading, people: dict[UUID, str], posts: dict[UUID, Post], units: dict[UUID, str]) -> Look:
    post = posts.get(row.post) if row.post else None
    return Look(
        at=row.at,
        person=row.person,
        name=people.get(row.person, "已不在册"),
        post=f"{post.unit.name}·{post.title or post.get_role_display()}" if post else "",
        unit=units.get(row.unit, "") if row.unit else "",
        what=WHAT.get(row.what, f"其他查阅（{row.what}）"),
        reason=sign_in_in_words(row) if row.what in (SIGNED_IN, NOT_SIGNED_IN) else REASONS.get(row.reason, row.reason),
        code=reads.neutral_code(row.subject) if row.subject else "",
    )


# --- whether the trail is whole -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def trail(request: Asked) -> HttpResponse:
    """Anchors of every day; verifying the chains, and comparing with anchors kept outside.  Neither writes anything."""
    roots = roots_of(request)
    chains, entries = reads.size(roots)
    act = request.POST.get("act", "")
    form = KeptForm(request.POST, request.FILES) if act == "compare" else KeptForm()
    page = Paginator(reads.anchors(roots), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "anchors": [(row, roots.get(row.root, ""), bytes(row.digest).hex()) for row in page],
        "chains": chains,
        "entries": entries,
        "form": form,
        "whole": entries <= LARGEST,
        "verified": act == "verify",
    }
    if act == "verify":
        since = None if entries <= LARGEST else request.now - RECENT
        faults = [fault for root in roots for fault in reads.verify(root, since)]
        context["faults"] = _in_words(faults)
    elif act == "compare" and form.is_valid():
        kept = [one for one in form.cleaned_data["kept"] if one[1] in roots]
        same, other = reads.differing(kept, roots)
        proofs = [
            (roots[one.root], one) for one in reads.compare(Kept(day, root, 0, digest) for day, root, digest in kept)
        ]
        context |= {
            "proofs": proofs,
            "compared": True,
            "same": same,
            "other": other,
            "foreign": len(form.cleaned_data["kept"]) - len(kept),
        }
    return render(request, "desk/audit/trail.html", context, status=422 if form.errors else 200)


def roots_of(request: Asked) -> dict[UUID, str]:
    """The roots whose chains hold what this person audits, by name; for a topmost unit also the installation's own."""
    units = _audited(request)
    ids = set(units.order_by().values_list("root", flat=True).distinct()) - {None}
    named: dict[UUID, str] = dict(Unit.objects.filter(pk__in=ids).values_list("pk", "name"))
    if any(unit.is_root() for unit in request.actor.units(Can.AUDIT)):
        named[INSTALLATION] = "全系统共用"
    return named


def _in_words(faults: Iterable[reads.Fault]) -> list[str]:
    """Where the trail does not hold, without saying which case it is."""
    found = list(faults)
    units = dict(Unit.objects.filter(pk__in={one.chain for one in found if one.chain}).values_list("pk", "name"))
    said = []
    for one in found:
        where = units.get(one.chain) or f"事项 {reads.neutral_code(one.chain)}" if one.chain else ""
        said.append(f"{where}{f' 第 {one.seq} 条' if one.seq else ''}{'：' if where else ''}{one.what}。")
    return said


@require_GET
def anchors(request: Asked) -> HttpResponse:
    """All anchors as text, to keep where this installation cannot reach."""
    roots = roots_of(request)
    text = kept_text(reads.kept(roots), roots, f"{timezone.localtime(request.now):%Y-%m-%d %H:%M}")
    name = f"huying-anchors-{timezone.localdate(request.now):%Y%m%d}.txt"
    return file_answer(text, name, media="text/plain; charset=utf-8")


urls = [
    path("audit/readings/", readings, name="readings"),
    path("audit/trail/", trail, name="trail"),
    path("audit/trail/anchors.txt", anchors, name="anchors"),
]
