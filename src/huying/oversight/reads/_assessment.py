"""Asking about assessments: rounds, sheets with their lines, who may be proposed for honours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.mechanism.reads import rules_kept
from huying.mechanism.rules import Rules
from huying.org.models import UPPER, Level, Ownership, Post, Role, Unit
from huying.org.rules import Can, Member, may
from huying.oversight.models import Line, Opinion, Round, Sheet
from huying.oversight.rules import ITEMS, Item, Standing, standing_of

BY_CODE = {item.code: item for item in ITEMS}


def assessed_units(unit: Unit, on: date) -> QuerySet[Unit]:
    """The units a round of this union assesses: every unit below with a union of its own, whatever its ownership (MY-4.3)."""
    rows = Unit.objects.within(unit).open().filter(has_union=True).exclude(pk=unit.pk)
    rows = rows.exclude(level__in=[*UPPER, Level.WORKSHOP])
    return rows.filter(Q(opened_on__isnull=True) | Q(opened_on__lte=on))


# --- rounds -------------------------------------------------------------------------------------------------------------


def rounds_of(actor: Actor) -> QuerySet[Round]:
    """Rounds this person may see, the latest first, each with how far it is."""
    counts = {
        code: Count("sheets", filter=Q(sheets__status=code)) for code in ("counting", "draft", "objected", "closed")
    }
    rows = (
        Round.objects.visible_to(actor)
        .select_related("unit")
        .annotate(units=Count("sheets"), mean=Avg("sheets__score"))
    )
    return rows.annotate(**{f"n_{code}": count for code, count in counts.items()}).order_by(
        "-until", "-since", "unit__path"
    )


def round_for(actor: Actor, round_id: UUID) -> Round:
    """One round, or ``NotYours``."""
    found = rounds_of(actor).filter(pk=round_id).first()
    if found is None:
        raise NotYours
    return found


def assesses(actor: Actor, of: Round) -> bool:
    """Whether this person assesses: works at the union that opened the round and looks after those below."""
    return isinstance(actor, Member) and of.unit_id in {unit.pk for unit in actor.units(Can.READ_BELOW)}


def own_sheets(actor: Actor) -> QuerySet[Sheet]:
    """Sheets of the own union, once confirmed above, the latest first."""
    own = [unit.pk for unit in actor.units(Can.HANDLE_CASES)] if isinstance(actor, Member) else []
    rows = Sheet.objects.visible_to(actor).filter(unit__in=own, status__in=("confirmed", "objected", "closed"))
    return rows.select_related("unit", "round__unit").order_by("-round__until", "-round__since")


def sheets_of(of: Round) -> QuerySet[Sheet]:
    """The sheets of a round, the worst first; those without a score last."""
    rows = of.sheets.select_related("unit").prefetch_related("lines", "opinions")
    return rows.order_by(F("score").asc(nulls_last=True), "unit__path")


# --- sheets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A line with the item it measures."""

    line: Line
    item: Item

    @property
    def points(self) -> Decimal | None:
        """What counts: the corrected points, else the computed."""
        return self.line.points if self.line.corrected is None else self.line.corrected


def sheet_for(actor: Actor, sheet_id: UUID) -> Sheet:
    """One sheet with everything on it, or ``NotYours``."""
    rows = Sheet.objects.visible_to(actor).select_related(
        "unit", "round__unit", "confirmed_by__person", "objected_by__person", "closed_by__person"
    )
    sheet = rows.filter(pk=sheet_id).first()
    if sheet is None:
        raise NotYours
    return sheet


def lines_of(sheet: Sheet) -> list[Shown]:
    """The lines in their order."""
    rows = sorted(sheet.lines.all(), key=lambda line: line.order)
    return [Shown(line, BY_CODE[line.code]) for line in rows if line.code in BY_CODE]


def closable(sheet: Sheet, at: datetime) -> bool:
    """Whether the unit has said it is right, or may not object any more."""
    return bool(sheet.agreed_at) or (sheet.object_until is not None and timezone.localdate(at) > sheet.object_until)


def answers_here(actor: Actor, sheet: Sheet) -> bool:
    """Whether this person speaks for the unit that was assessed."""
    return may(actor, Can.HANDLE_CASES, sheet.unit)


def rules_of(of: Round) -> Rules:
    """The rules a round keeps from the day it was opened."""
    return rules_kept(of.rules_id)


# --- honours ------------------------------------------------------------------------------------------------------------


def thresholds_met(sheet: Sheet) -> Standing:
    """How a unit stands to the thresholds the round keeps.  A duty line corrected to its full weight takes the misses away."""
    rules = rules_of(sheet.round)
    duties = next((line for line in sheet.lines.all() if line.code == "duties"), None)
    excused = duties is not None and duties.corrected == duties.weight
    return standing_of(
        closed=sheet.status == "closed",
        score=sheet.score,
        missed=0 if excused else sheet.missed,
        least=rules.count("honours_score").value,
        most_missed=rules.count("honours_missed").value,
    )


def leaders_of(unit: Unit, on: date) -> list[Post]:
    """Whom an opinion can be about besides the unit: its union chair and its head of management."""
    return leaders_by_unit([unit], on).get(unit.pk, [])


def leaders_by_unit(units: Iterable[Unit], on: date) -> dict[UUID, list[Post]]:
    """The same for many units at once."""
    found: dict[UUID, list[Post]] = {}
    rows = Post.objects.on(on).filter(unit__in=[one.pk for one in units], role__in=(Role.CHAIR, Role.MANAGEMENT_HEAD))
    for post in rows.select_related("person").order_by("role", "starts_on", "id"):
        found.setdefault(post.unit_id, []).append(post)
    return found


def about_of(about: str, unit: Unit) -> str:
    """What an opinion is for, as it is called at an enterprise or at an institution (MY-4.3)."""
    if about == "politics" and unit.ownership == Ownership.INSTITUTION:
        return "单位主要负责人政治安排"
    return dict(Opinion.ABOUT)[about]


def opinion_for(actor: Actor, opinion_id: UUID) -> Opinion:
    """One opinion, for the unions above only: it is not the unit's to read before it is used; ``NotYours`` otherwise."""
    rows = Opinion.objects.filter(sheet__round__in=Round.objects.visible_to(actor))
    row = rows.select_related("sheet__unit", "sheet__round__unit", "post__person").filter(pk=opinion_id).first()
    if row is None:
        raise NotYours
    return row
