"""Asking about files of messages and what importing one would do; about posters; about the matter a union tried with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from huying.cases.models import Case
from huying.intake.models import Batch, Brought
from huying.intake.posters import FORMATS, KINDS, Kind, Sheet, preview, sheet_of
from huying.intake.sheet import FIELDS, Fault, Message, Table, messages, read, repeated
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.mechanism.reads import rules_for
from huying.org.models import Unit, UnitQuerySet, path_end
from huying.org.reads import looked_after, short_address
from huying.org.rules import Can, Member
from huying.trail.models import Entry

__all__ = ["FIELDS", "FORMATS", "KINDS", "Fault", "Kind", "Message", "Sheet", "Table", "preview"]
POSTERS, TRIAL = "posters.made", "setup.trial"  # what the unit's chain calls them


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What importing would do: ``new`` would be registered, the others are passed over; any fault stops everything."""

    table: Table
    new: list[Message]
    faults: list[Fault]
    in_file: int
    known: int


def batch_for(actor: Actor, batch_id: UUID) -> Batch:
    """A file this person brought, or ``NotYours``."""
    batch = Batch.objects.select_related("unit", "key").filter(pk=batch_id, person=actor.person_id).first()
    if batch is None or actor.person_id is None:
        raise NotYours
    return batch


def open_batches(actor: Actor) -> list[Batch]:
    """Files this person has not finished with, newest first."""
    rows = Batch.objects.filter(person=actor.person_id, state__in=["open", "running"]).select_related("unit")
    return list(rows.order_by("-asked_at")[:5])


def units_for(actor: Actor) -> list[Unit]:
    """Units for whose register this person may bring messages in."""
    return actor.units(Can.HANDLE_CASES) if isinstance(actor, Member) else []


def came_by_table(case: Case) -> bool:
    """Whether a case was brought in by a file: nobody holds a receipt for it."""
    return Brought.objects.filter(case=case).exists()


def digest_of(unit: Unit, message: Message) -> bytes:
    """The keyed digest under which a message is remembered: it tells nothing without the installation's keys."""
    return crypto.blind_index("message", f"{unit.pk}:{message.fingerprint}")


def outlook(batch: Batch, at: datetime) -> Outlook:
    """What importing a file would do, line by line; nothing is written."""
    table = read(batch.opened())
    found, faults = messages(table, batch.columns, at)
    first, in_file = repeated(found)
    fresh = unknown(batch.unit, first)
    return Outlook(table=table, new=fresh, faults=faults, in_file=in_file, known=len(first) - len(fresh))


def unknown(unit: Unit, found: list[Message]) -> list[Message]:
    """Of some messages those the unit's register does not have from a file yet."""
    digests = [digest_of(unit, message) for message in found]
    there: set[bytes] = set()
    for start in range(0, len(digests), 500):
        rows = Brought.objects.filter(unit=unit, digest__in=digests[start : start + 500])
        there |= {bytes(digest) for digest in rows.values_list("digest", flat=True)}
    return [message for message, digest in zip(found, digests, strict=True) if digest not in there]


# --- posters ------------------------------------------------------------------------------------------------------------


def poster_units(actor: Actor) -> UnitQuerySet:
    """Open units whose posters this person may make: those an office answers for, with what is below, and those whose
    organisation an administrator looks after."""
    if not isinstance(actor, Member):
        return Unit.objects.none()
    reach = Q(pk__in=looked_after(actor, Can.ORG).order_by().values("pk"))
    for unit in actor.units(Can.HANDLE_CASES):
        reach |= Q(path__gte=unit.path, path__lt=path_end(unit.path))
    return Unit.objects.open().filter(reach).order_by("path")


def check_posters(actor: Actor, units: Sequence[Unit]) -> None:
    """``NotYours`` when one of the units is out of reach."""
    wanted = {unit.pk for unit in units}
    if poster_units(actor).filter(pk__in=wanted).count() != len(wanted):
        raise NotYours


def sheets_for(units: Sequence[Unit], base: str, on: date) -> tuple[list[Sheet], list[Unit]]:
    """A sheet for each unit, and the unions they belong to."""
    unions = _unions_of(units)
    distinct = {union.pk: union for union in unions}
    rules = {pk: rules_for(union, on) for pk, union in distinct.items()}
    sheets = [
        sheet_of(unit, union, rules[union.pk], short_address(unit, base))
        for unit, union in zip(units, unions, strict=True)
    ]
    return sheets, list(distinct.values())


def _unions_of(units: Iterable[Unit]) -> list[Unit]:
    """``org.reads.union_of`` for many, in one query."""
    units = list(units)
    paths = {unit.path[:end] for unit in units for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)}
    known = {unit.path: unit for unit in Unit.objects.filter(path__in=paths)}
    found = []
    for unit in units:
        ends = range(len(unit.path), 0, -Unit.steplen)
        line = [known[unit.path[:end]] for end in ends if unit.path[:end] in known]
        found.append(next((one for one in line if one.has_union and one.level != "workshop"), unit))
    return found


# --- the matter to try with ---------------------------------------------------------------------------------------------


def trial_of(actor: Actor, unit: Unit) -> Case | None:
    """The newest matter the unit tried itself with, as far as the actor may know of it."""
    entry = Entry.objects.filter(chain=unit.pk, act=TRIAL).order_by("-seq").first()
    if entry is None or not isinstance(actor, Member):
        return None
    return Case.objects.visible_to(actor).filter(pk=entry.subject.removeprefix("case:")).first()
