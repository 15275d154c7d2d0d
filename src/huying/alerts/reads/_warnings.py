"""Asking about warnings: one, the ledger, what is behind, whom it may be put to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from huying.alerts.models import Warned, Warning, WarningCase, WarningRecord
from huying.cases.models import Case, Recusal
from huying.cases.rules import free_of
from huying.fieldwork.models import Record
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.org.models import Post, Unit
from huying.org.reads import chairs, holders, union_above
from huying.org.rules import Can, Member, may

SCREENING = "screening"  # the kind of record a warning comes out of
MOST_OFFERED = 30


def warnings_of(actor: Actor) -> QuerySet[Warning]:
    """Every warning this person may know, each with ``n_cases``: how many cases are behind it (one statement)."""
    behind = WarningCase.objects.filter(warning=OuterRef("pk")).order_by().values("warning").annotate(n=Count("pk"))
    rows = Warning.objects.visible_to(actor).select_related("unit", "place", "watcher__person")
    return rows.annotate(n_cases=Subquery(behind.values("n"))).order_by("-made_at", "-pk")


def warning_for(actor: Actor, warning_id: UUID) -> Warning:
    """One warning, or ``NotYours``."""
    rows = Warning.objects.visible_to(actor).select_related("unit", "place", "watcher__person", "made_by__person")
    return only(rows.filter(pk=warning_id))


def works_on(actor: Actor, warning: Warning) -> bool:
    """Whether this person is of the office whose warning it is."""
    return may(actor, Can.HANDLE_CASES, warning.unit)


def keys_behind(warning: Warning | None) -> set[str]:
    """Recusal keys of all cases behind a warning, those of its screening records as well."""
    if warning is None:
        return set()
    cases = Q(case__warnings__warning=warning) | Q(case__records__record__warnings__warning=warning)
    return set(Recusal.objects.filter(cases).values_list("key", flat=True))


@dataclass(frozen=True)
class Behind:
    """What a warning rests on, as far as its reader may read it."""

    cases: tuple[Case, ...]
    records: tuple[Record, ...]


def behind(actor: Actor, warning: Warning) -> Behind:
    """Cases and screening records behind a warning (two queries)."""
    cases = Case.objects.visible_to(actor).filter(warnings__warning=warning).select_related("officer__person")
    records = Record.objects.visible_to(actor).filter(warnings__warning=warning).select_related("union", "place")
    return Behind(tuple(cases.order_by("-registered_at", "-pk")), tuple(records.order_by("-on", "-pk")))


def cases_offered(actor: Actor, unit: Unit) -> list[Case]:
    """Open cases of a union that a warning may rest on, the newest first."""
    rows = Case.objects.visible_to(actor).filter(holder=unit).open().exclude(title="")
    return list(rows.order_by("-registered_at", "-pk")[:MOST_OFFERED])


def records_offered(actor: Actor, unit: Unit) -> list[Record]:
    """Screening records of a union, the newest first."""
    rows = Record.objects.visible_to(actor).standing().filter(union=unit, kind=SCREENING)
    return list(rows.select_related("place").order_by("-on", "-pk")[:MOST_OFFERED])


def records_behind(warnings: Iterable[UUID]) -> dict[UUID, int]:
    """How many screening records stand behind each of these."""
    rows = WarningRecord.objects.filter(warning__in=list(warnings)).order_by().values("warning")
    return {row["warning"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def watchers(warning_unit: Unit, keys: set[str], on: date) -> list[Post]:
    """Who at a union may watch a warning: the office, without those its cases name."""
    return free_of(holders(warning_unit, Can.HANDLE_CASES, on), keys)


def told_of(warning: Warning) -> list[Warned]:
    """Whom a warning was put to, the latest first."""
    return list(warning.told.select_related("post__person").order_by("-at", "-pk"))


def told_for(actor: Actor, warned_id: UUID) -> Warned:
    """What was put to the management this person heads, or ``NotYours``."""
    rows = Warned.objects.for_management(actor).select_related("warning__unit", "post__person")
    return only(rows.filter(pk=warned_id))


def told_to(actor: Actor) -> QuerySet[Warned]:
    """All of that, the latest first."""
    return Warned.objects.for_management(actor).select_related("warning__unit", "post__person").order_by("-at", "-pk")


def reached_by(warning: Warning, to: str, on: date) -> list[Post]:
    """Whom a warning reaches on the desk when it is put to this side: nobody its cases name."""
    keys, unit = keys_behind(warning), warning.unit
    if to == "above":
        above = union_above(unit)
        return free_of(holders(above, Can.HANDLE_CASES, on), keys) if above else []
    if to == "chair":
        return free_of(chairs(unit, on), keys)
    return free_of(holders(unit, Can.ITEMS_OF_UNIT, on), keys) if to == "management" else []


def steps_due(actor: Actor, today: date) -> QuerySet[Warning]:
    """Open warnings of the own unions whose next step is due, the longest due first."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    rows = Warning.objects.visible_to(actor).filter(unit__in=units, status="open", next_on__lte=today)
    return rows.select_related("unit", "watcher__person").order_by("next_on", "pk")


def drafts_waiting(actor: Actor) -> QuerySet[Warning]:
    """Drafts of the own unions that wait for somebody to look."""
    units = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    return Warning.objects.visible_to(actor).filter(unit__in=units, status="draft")
