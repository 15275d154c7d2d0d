"""Copies of the first lot of cases with all that hangs on them, made by the database: as many as a size asks for."""

from __future__ import annotations

from django.db import connection, models

from huying.cases.models import Case, Clock, Event, Party, Station
from huying.climb.models import Rung
from huying.kernel.models import DataKey, TextEntry
from huying.ledger.models import CaseFact

COPIED: tuple[type[models.Model], ...] = (DataKey, Case, Station, Party, Clock, Event, Rung, TextEntry, CaseFact)
REFERS = {(Clock, "subject"), (TextEntry, "subject")}  # ids of copied rows that are no foreign keys
FIRST_BYTE = 0x10  # ids of the first lot begin with 01 (their time), those of the n-th copy with 0x10 + n


def remember() -> None:
    """Which rows are the first lot: acts add others later, which are not copied."""
    kind = "char(32)" if connection.vendor == "sqlite" else "uuid"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_first (id {kind} PRIMARY KEY)")
        for model in COPIED:
            if model is not CaseFact:  # known by its case
                cursor.execute(f'INSERT INTO bench_first SELECT id FROM "{model._meta.db_table}"')


def copy(number: int) -> None:
    """One more copy of the first lot."""
    with connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(_statement(model, number))


def _statement(model: type[models.Model], number: int) -> str:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    values = ", ".join(_value(model, field, number) for field in fields)
    table, pk = model._meta.db_table, model._meta.pk.column
    return (
        f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" WHERE {pk} IN (SELECT id FROM bench_first)'
    )


def keep_up(before: int, copies: int) -> None:
    """The kept figures of so many copies: what the first lot added, so many times."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_tally SET n = n * %s / %s, total = total * %s / %s", [copies, before] * 2)


def _value(model: type[models.Model], field: models.Field, number: int) -> str:
    """What a column of a copy holds: ids moved to the copy, what must be unique made so, all else as it stands."""
    column, sqlite = f'"{field.column}"', connection.vendor == "sqlite"
    if field.primary_key or field.related_model in COPIED or (model, field.name) in REFERS:
        byte = f"{FIRST_BYTE + number:02x}"
        return f"'{byte}' || substr({column}, 3)" if sqlite else f"('{byte}' || substr({column}::text, 3))::uuid"
    unique = {
        (Case, "seq"): f"{column} + {number * 1_000_000}",
        (Case, "number"): f"{column} || '-{number}'",
        (Rung, "code"): f"substr({column}, 1, 9) || '{number:03d}'",
        (Party, "receipt"): "randomblob(32)" if sqlite else f"sha256({column} || '{number}'::bytea)",
        (TextEntry, "slot"): f"{column} + {number}",
    }
    return unique.get((model, field.name), column)
