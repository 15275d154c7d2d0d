"""Asking about information: one, lists, what is owed now, what the unions below sent, what workers are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from huying.alerts.models import Information, InformationAnswer, InformationSource
from huying.alerts.rules import Owed, Window, month_before, owed, window_of
from huying.kernel.actors import Actor
from huying.kernel.errors import only
from huying.mechanism.reads import rules_of_units
from huying.org.models import Post, Unit, path_end
from huying.org.reads import holders, union_above
from huying.org.rules import Can, Member, may

LONGEST_EXTRACT = 200


def information_of(actor: Actor) -> QuerySet[Information]:
    """All information this person may read, the newest first."""
    rows = Information.objects.visible_to(actor).exclude(status="dropped").select_related("unit")
    return rows.order_by("-made_at", "-pk")


def information_for(actor: Actor, information_id: UUID) -> Information:
    """One, or ``NotYours``."""
    rows = Information.objects.visible_to(actor).select_related(
        "unit", "mends", "warning", "incident", "made_by__person", "sent_by__person"
    )
    return only(rows.filter(pk=information_id))


def writes_here(actor: Actor, information: Information) -> bool:
    """Whether this person is of the office whose information it is."""
    return may(actor, Can.HANDLE_CASES, information.unit)


def answers_as(actor: Actor, information: Information) -> str:
    """As which side this person answers on the desk: management's head, the union above; empty for nobody."""
    if information.to == "unit" and may(actor, Can.ITEMS_OF_UNIT, information.unit):
        return "management"
    if information.to == "above":
        above = union_above(information.unit)
        return "above" if above is not None and may(actor, Can.HANDLE_CASES, above) else ""
    return ""


def answers_of(information: Information) -> list[InformationAnswer]:
    """What came back, in the order it came."""
    return list(information.answers.select_related("post__person", "passed_by__person").order_by("on", "at"))


def sources_of(actor: Actor, information: Information) -> list[Information]:
    """What of the unions below it sums up, as far as this person may read it."""
    rows = Information.objects.visible_to(actor).filter(summed_up_in__information=information)
    return list(rows.select_related("unit").order_by("unit__path", "sent_at"))


def mended_by(information: Information) -> Information | None:
    """The correction of this one that was sent, or stands as a draft."""
    return information.mended_by.exclude(status="dropped").first()


def below_in(unit: Unit, kind: str, window: Window) -> QuerySet[Information]:
    """What the unions directly below sent to this one for a period and no other information of this union sums up yet."""
    summed = InformationSource.objects.filter(source=OuterRef("pk"), information__unit=unit).exclude(
        information__status="dropped"
    )
    rows = Information.objects.standing().filter(
        unit__path__gt=unit.path, unit__path__lt=path_end(unit.path), unit__depth=unit.depth + 1, to="above", kind=kind,
        period_from__lte=window.until, period_until__gte=window.since,
    )  # fmt: skip
    return (
        rows.exclude(status="corrected")
        .exclude(Exists(summed))
        .select_related("unit")
        .order_by("unit__path", "sent_at")
    )


def extract(information: Information) -> str:
    """What stands for a whole piece of information in the one that sums it up."""
    if information.nothing:
        return "报“无”。"
    sections = information.body.get("sections", [])
    text = " ".join(" ".join(one["text"].split()) for one in sections[:2])
    return text if len(text) <= LONGEST_EXTRACT else f"{text[: LONGEST_EXTRACT - 1]}…"


def readers(information: Information, on: date) -> list[Post]:
    """Whom it reaches on the desk: management's heads, the office of the union above; the Party reads paper."""
    if information.to == "unit":
        return list(holders(information.unit, Can.ITEMS_OF_UNIT, on))
    above = union_above(information.unit) if information.to == "above" else None
    return list(holders(above, Can.HANDLE_CASES, on)) if above else []


# --- what is owed -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """Something this person's union has not sent yet in the running interval."""

    unit: Unit
    owed: Owed
    window: Window
    about: Window

    @property
    def words(self) -> str:
        """What to send, until when."""
        until = f"{self.window.until.month}月{self.window.until.day}日前"
        return f"{self.owed.duty.label}（{until}）"


def due_of(actor: Actor, today: date) -> list[Due]:
    """What the packs want the own unions to send and they have not in the running interval (three queries)."""
    units = {unit.pk: unit for unit in actor.units(Can.HANDLE_CASES)} if isinstance(actor, Member) else {}
    if not units:
        return []
    rules = rules_of_units(units.values(), today)
    wanted = [(unit, one) for unit in units.values() for one in owed(rules[unit.pk], unit)]
    if not wanted:
        return []
    first = min(window_of(today, one.months).since for _, one in wanted)
    sent = set(
        Information.objects.standing()
        .filter(unit__in=units, sent_at__date__gte=first)
        .values_list("unit", "to", "kind", "sent_at__date")
    )
    found = []
    for unit, one in wanted:
        window = window_of(today, one.months)
        if not any(row[:3] == (unit.pk, one.to, one.kind) and row[3] >= window.since for row in sent):
            found.append(Due(unit, one, window, month_before(today, one.months)))
    return found


# --- what workers read ---------------------------------------------------------------------------------------------------


def answers_for_workers(unit: Unit) -> QuerySet[InformationAnswer]:
    """What was made known to the workers of a unit, the newest first (BD-4.3b)."""
    rows = InformationAnswer.objects.filter(information__unit=unit, passed_at__isnull=False)
    return rows.exclude(information__status="withdrawn").order_by("-passed_at", "-pk")
