"""Asking about files of messages: whose they are, and what importing one would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huying.cases.models import Case
from huying.intake.models import Batch, Brought
from huying.intake.sheet import FIELDS, Fault, Message, Table, messages, read, repeated
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.models import Unit
from huying.org.rules import Can, Member

__all__ = ["FIELDS", "Fault", "Message", "Table"]


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
