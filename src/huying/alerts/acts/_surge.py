"""Warnings that draft themselves: like cases that come in numbers, clocks that run over in numbers (PD-6.3, HY-alerts).

Run again and again it changes nothing: of one sign there is one open warning, and what stood behind a closed one counts no
more.  Cases that are kept from anybody make a warning of their own, invisible to whom they name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from huying.alerts.acts._gate import advance, begin, root_of
from huying.alerts.models import Warning, WarningCase
from huying.alerts.reads import keys_behind
from huying.alerts.rules import first_level
from huying.cases.models import Case, Clock, Party, Recusal
from huying.cases.rules import free_of
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.mechanism.reads import rules_of_units
from huying.mechanism.rules import Rules
from huying.notices.acts import send
from huying.org.models import Unit
from huying.org.reads import holders
from huying.org.rules import Can

SPAN = timedelta(days=30)  # the count's own words say "三十天里"
NOT_LIKE = ("spam", "merged", "declined", "withdrawn")
ACTIVE = ("draft", "open")


def draft_surges(*, by: Actor, at: datetime) -> int:
    """Look for surges and clusters everywhere; how many warnings were drafted or grew.  One transaction a union."""
    found = _like(at)
    for unit_id, cases in _overdue(at).items():
        found[unit_id]["overdue"] = cases
    units = Unit.objects.open().filter(pk__in=found, has_union=True).order_by("path")
    rules = rules_of_units(units, day_of(at))
    touched = 0
    for unit in units:
        for sign, cases in sorted(found[unit.pk].items()):
            count = "surge_overdue" if sign == "overdue" else "surge_cases"
            least = rules[unit.pk].count(count).value
            if len(cases) >= least:
                touched += _draft(unit=unit, sign=sign, cases=cases, least=least, rules=rules[unit.pk], by=by, at=at)
    return touched


Signs = defaultdict[UUID, dict[str, list[UUID]]]


def _like(at: datetime) -> Signs:
    """Cases of the last thirty days by union and category, where there is more than one of a kind."""
    rows = (
        Case.objects.filter(received_at__gt=at - SPAN, received_at__lte=at)
        .exclude(status__in=NOT_LIKE)
        .exclude(category="")
    )
    many = rows.order_by().values("holder", "category").annotate(n=Count("pk")).filter(n__gt=1)
    wanted = {(row["holder"], row["category"]) for row in many}
    found: Signs = defaultdict(dict)
    for pk, holder, category in rows.filter(holder__in={one for one, _ in wanted}).values_list(
        "pk", "holder", "category"
    ):
        if (holder, category) in wanted:
            found[holder].setdefault(f"surge:{category}", []).append(pk)
    return found


def _overdue(at: datetime) -> dict[UUID, list[UUID]]:
    """Cases with a limit that has run over, by the union that has the case."""
    rows = Clock.objects.filter(
        stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=day_of(at), case__closed_at__isnull=True
    )
    found: dict[UUID, list[UUID]] = {}
    for holder, case in rows.values_list("case__holder", "case").distinct():
        found.setdefault(holder, []).append(case)
    return found


@transaction.atomic
def _draft(*, unit: Unit, sign: str, cases: list[UUID], least: int, rules: Rules, by: Actor, at: datetime) -> int:
    """The warning of a sign: drafted where enough is new, grown where one stands open."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    kept = set(Recusal.objects.filter(case__in=cases).values_list("case", flat=True))
    free = [pk for pk in cases if pk not in kept]
    if len(free) < least:
        sign, free = f"{sign}:kept", cases
    closed = WarningCase.objects.filter(warning__unit=unit, warning__sign=sign).exclude(warning__status__in=ACTIVE)
    done = set(closed.values_list("case", flat=True))
    fresh = [pk for pk in free if pk not in done]
    standing = (
        Warning.objects.select_for_update(of=("self",), no_key=True)
        .filter(unit=unit, sign=sign, status__in=ACTIVE)
        .first()
    )
    if standing is not None:
        return _grow(standing, fresh, by=by, at=at)
    if len(fresh) < least:
        return 0
    warning = _begin(unit, sign, fresh, rules, more=len(fresh) >= 2 * least, by=by, at=at)
    _tell_office(warning, by=by, at=at)
    return 1


def _grow(warning: Warning, cases: Iterable[UUID], *, by: Actor, at: datetime) -> int:
    known = set(warning.cases.values_list("case", flat=True))
    fresh = [pk for pk in cases if pk not in known]
    if not fresh:
        return 0
    _attach(warning, fresh, at)
    advance(warning, "join", by=by, at=at, label="并入新的事项", data={"cases": len(fresh)})
    return 1


def _attach(warning: Warning, cases: Iterable[UUID], at: datetime) -> None:
    rows = [WarningCase(root_id=warning.root_id, warning=warning, case_id=pk, at=at) for pk in cases]
    WarningCase.objects.bulk_create(rows)


def _begin(unit: Unit, sign: str, cases: list[UUID], rules: Rules, *, more: bool, by: Actor, at: datetime) -> Warning:
    """The draft: words without numbers, which a few cases would betray; a person looks before it is listed."""
    source, _, rest = sign.partition(":")
    category = rest.removesuffix(":kept")
    labels = {one.code: one.label for one in rules.categories()}
    title = "超期的事项集中" if source == "overdue" else f"“{labels.get(category, category)}”类的事项集中"
    risk = ("同时超过时限的事项多，职工等得久，容易积累不满。" if source == "overdue"
            else "三十天里同一类的事项集中反映，要看一看有没有共同的原因。")  # fmt: skip
    warning = Warning(
        root_id=root_of(unit), unit=unit, place=_where(unit, cases), title=title, risk=risk,
        level=first_level(rules, more=more), people=Party.objects.filter(case__in=cases, withdrawn_at__isnull=True).count(),
        source=source, sign=sign, made_at=at, moved_at=at,
    )  # fmt: skip
    begin(warning, "write", by=by, at=at, label="自动起草", data={"source": source, "cases": len(cases)})
    _attach(warning, cases, at)
    return warning


def _where(unit: Unit, cases: list[UUID]) -> Unit:
    """The one place they all come from, else the union's own unit."""
    places = Counter(Case.objects.filter(pk__in=cases).values_list("place", flat=True))
    one = Unit.objects.get(pk=next(iter(places))) if len(places) == 1 else unit
    return one if one.path.startswith(unit.path) else unit


def _tell_office(warning: Warning, *, by: Actor, at: datetime) -> None:
    posts = free_of(holders(warning.unit, Can.HANDLE_CASES, day_of(at)), keys_behind(warning))
    send(
        to=[post.person for post in posts], kind="warning.drafted", title=f"系统起草了预警 {warning.code}，请核实",
        subject=warning.pk, url=reverse("desk:warning", args=[warning.pk]), root=warning.root, by=by, at=at,
    )  # fmt: skip
