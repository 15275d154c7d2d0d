"""Asking for the rules of a unit, the rules a case kept, and the working-day calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from huying.kernel.clock import WorkDays
from huying.kernel.errors import Refused
from huying.kernel.memory import remember
from huying.mechanism import pack_file
from huying.mechanism.calendar import Announcement, Calendar, announced
from huying.mechanism.house_rules import Bound as Bound  # noqa: PLC0414  (what the page of house rules is built of)
from huying.mechanism.house_rules import Ground as Ground  # noqa: PLC0414
from huying.mechanism.models import HOUSE, Adoption, CalendarYear, Day, Pack, Snapshot
from huying.mechanism.resolve import Layer, resolve
from huying.mechanism.rules import Rules
from huying.org.models import Unit

MOST_PATHS = 500  # as many as a page of fifty units can have units above it


@dataclass(frozen=True)
class Adopted:
    """A pack in force at a unit.  ``inherited``: adopted by a unit above, so it cannot be dropped here."""

    pack: Pack
    unit: Unit
    from_day: date
    inherited: bool


# --- rules ---


def rules_for(unit: Unit, on: date) -> Rules:
    """The rules a unit works by on a day: packs and house rules of its whole chain (two queries, one more when new)."""
    found: dict[object, _Key] = {}
    for row in _begun(unit, on):
        if row.until is None or row.until > on:
            found.setdefault(row.key[0] if row.code == HOUSE else row.code, row.key)
    return _resolved(_starting_id(), tuple(found.values()))


def rules_of_units(units: Iterable[Unit], on: date) -> dict[UUID, Rules]:
    """The rules of many units at once (two queries, however many they are; one more for each combination that is new)."""
    units = list({unit.pk: unit for unit in units}.values())
    if len(units) == 1:
        return {units[0].pk: rules_for(units[0], on)}
    rows = _of_units(Adoption.objects.on(on), units).order_by("unit__path", "from_day", "id")
    by_path: dict[str, list[_Key]] = {}
    for path, pack, code, version, name in rows.values_list(
        "unit__path", "pack_id", "code", "pack__version", "unit__name"
    ):
        by_path.setdefault(path, []).append((pack, code, version, name))
    start = _starting_id()
    return {unit.pk: _resolved(start, _once(by_path, unit)) for unit in units}


def _of_units(rows: QuerySet[Adoption], units: Sequence[Unit]) -> QuerySet[Adoption]:
    """Those of some units and the ones above them; all, where there are so many that all are read sooner than found."""
    paths = {path for unit in units for path in _chain_paths(unit)}
    return rows.filter(unit__path__in=paths) if len(paths) <= MOST_PATHS else rows


def _once(by_path: Mapping[str, Sequence[_Key]], unit: Unit) -> tuple[_Key, ...]:
    found: dict[object, _Key] = {}
    for path in _chain_paths(unit):
        for key in by_path.get(path, ()):
            found.setdefault(key[0] if key[1] == HOUSE else key[1], key)
    return tuple(found.values())


def adopted_since(units: Iterable[Unit], on: date) -> dict[UUID, dict[str, date]]:
    """From which day on the packs in force have held without a break, for many units at once (one query).

    A new version of a pack is the same adoption going on.
    """
    units = list({unit.pk: unit for unit in units}.values())
    if len(units) == 1:
        rows = [(one.code, one.from_day, one.until) for one in _begun(units[0], on) if one.code != HOUSE]
        return {units[0].pk: _since(rows, on)}
    by_path: dict[str, list[tuple[str, date, date | None]]] = {}
    begun = _of_units(Adoption.objects.filter(from_day__lte=on).exclude(code=HOUSE), units)
    for path, code, from_day, until in begun.values_list("unit__path", "code", "from_day", "until"):
        by_path.setdefault(path, []).append((code, from_day, until))
    return {
        unit.pk: _since([row for path in _chain_paths(unit) for row in by_path.get(path, ())], on) for unit in units
    }


def _since(spans: Sequence[tuple[str, date, date | None]], on: date) -> dict[str, date]:
    found: dict[str, date] = {}
    for code in {row[0] for row in spans}:
        begins = None
        for _, start, until in sorted((row for row in spans if row[0] == code), key=lambda row: row[1], reverse=True):
            if until is None or until > on or (begins is not None and until >= begins):
                begins = start if begins is None else min(begins, start)
        if begins is not None:
            found[code] = begins
    return found


def _chain_paths(unit: Unit) -> list[str]:
    return [unit.path[:end] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)]


@lru_cache(maxsize=512)
def rules_kept(snapshot_id: UUID) -> Rules:
    """The rules a case began with.  Snapshots never change, so a process reads each once."""
    return Rules.from_body(Snapshot.objects.values_list("body", flat=True).get(pk=snapshot_id))


@dataclass(frozen=True)
class _Begun:
    """An adoption or house rules that began by a day; it may have ended since."""

    key: _Key
    code: str
    from_day: date
    until: date | None


def _begun(unit: Unit, on: date) -> list[_Begun]:
    """What began by a day for a unit, from the topmost unit down (one query)."""

    def ask() -> list[_Begun]:
        rows = Adoption.objects.filter(from_day__lte=on, unit__path__in=_chain_paths(unit))
        rows = rows.order_by("unit__path", "from_day", "id")
        columns = ("pack_id", "code", "pack__version", "unit__name", "from_day", "until")
        return [_Begun((pack, code, version, name), code, from_day, until)
                for pack, code, version, name, from_day, until in rows.values_list(*columns)]  # fmt: skip

    return remember(("begun", unit.path, on), ask)


def adoptions(unit: Unit, on: date) -> QuerySet[Adoption]:
    """Adoptions and house rules in force for a unit, from the topmost unit down."""
    return Adoption.objects.on(on).filter(unit__path__in=_chain_paths(unit)).order_by("unit__path", "from_day", "id")


def adopted(unit: Unit, on: date) -> list[Adopted]:
    """Packs in force at a unit (one query); a pack adopted twice along the chain belongs to the upper unit."""
    found: dict[str, Adopted] = {}
    for row in adoptions(unit, on).exclude(code=HOUSE).select_related("pack", "unit"):
        found.setdefault(row.code, Adopted(row.pack, row.unit, row.from_day, inherited=row.unit_id != unit.pk))
    return list(found.values())


def shipped_packs() -> list[Pack]:
    """The newest version of every pack a unit may adopt."""
    newest = {pack.code: pack for pack in Pack.objects.filter(unit=None).exclude(code=HOUSE).order_by("version")}
    return sorted(newest.values(), key=lambda pack: pack.code)


def shipped_files() -> list[Path]:
    """The files of the packs that ship with the product, for who looks after them."""
    return list(pack_file.shipped())


def pack_of(code: str) -> Pack | None:
    """The newest version of a pack that ships with the product."""
    return Pack.objects.filter(unit=None, code=code).order_by("-version").first()


def pack_with(clause_id: str) -> Pack | None:
    """The newest shipped pack that has a clause, in force or not: a running case may keep one no longer adopted."""
    packs = Pack.objects.filter(unit=None).order_by("code", "-version").iterator()
    return next((pack for pack in packs if any(row["id"] == clause_id for row in pack.body["clauses"])), None)


def house_rules(unit: Unit, on: date) -> Mapping[str, Any]:
    """What a unit has set for itself; empty when nothing."""
    row = house_adoption(unit, on)
    changes: Mapping[str, Any] = row.pack.body["changes"] if row else {}
    return changes


def house_adoption(unit: Unit, on: date) -> Adoption | None:
    """A unit's own house rules in force, with who set them since when; ``None`` while it has none."""
    return Adoption.objects.on(on).filter(unit=unit, code=HOUSE).select_related("pack").first()


def house_ground(unit: Unit, on: date) -> Ground:
    """What a unit's own house rules stand on, and how far they may go."""
    return Ground.of(starting_values(), layers_under_house(unit, on))


def starting_values() -> Mapping[str, Any]:
    """The body of the product's starting values."""
    return _bodies([_starting_id()])[_starting_id()]


def layers_under_house(unit: Unit, on: date) -> list[Layer]:
    """What a unit's own house rules stand on: packs in force and the house rules of the units above."""
    keys = _layer_keys(adoptions(unit, on).exclude(unit=unit, code=HOUSE))
    return _layers(keys, _bodies([key[0] for key in keys]))


def _starting_id() -> UUID:
    rows = Pack.objects.filter(unit=None, code=HOUSE).order_by("-version").values_list("pk", flat=True)
    newest = remember("starting values", rows.first)
    if newest is None:
        raise Refused("系统还没有准备好机制包。", "请系统管理员先运行 huying init。")
    return newest


# Pack id, code, version, name of the unit it comes from.  Packs never change, so equal keys mean equal rules.
_Key = tuple[UUID, str, int, str]


def _layer_keys(rows: QuerySet[Adoption]) -> tuple[_Key, ...]:
    found: dict[object, _Key] = {}
    for row in rows.values_list("pack_id", "code", "pack__version", "unit__name"):
        found.setdefault(row[0] if row[1] == HOUSE else row[1], row)
    return tuple(found.values())


def _bodies(ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    return dict(Pack.objects.filter(pk__in=ids).values_list("pk", "body"))


def _layers(keys: Sequence[_Key], bodies: Mapping[UUID, Mapping[str, Any]]) -> list[Layer]:
    return [
        Layer(unit=name, code=code, version=version, body=bodies[pk], house=code == HOUSE)
        for pk, code, version, name in keys
    ]


@lru_cache(maxsize=512)
def _resolved(start: UUID, keys: tuple[_Key, ...]) -> Rules:
    bodies = _bodies([start, *(key[0] for key in keys)])
    return Rules(resolve(bodies[start], _layers(keys, bodies)))


# --- calendar ---

_YearKey = tuple[int, bool, UUID]


def calendar() -> WorkDays:
    """The working-day calendar (one query; the days themselves are read again only after a change)."""
    return _calendar(_years())


def _years() -> tuple[_YearKey, ...]:
    rows = CalendarYear.objects.order_by("year").values_list("year", "known", "edition")
    return remember("years", lambda: tuple(rows))


@lru_cache(maxsize=4)
def _calendar(years: tuple[_YearKey, ...]) -> Calendar:
    special = {day: (is_work, name) for day, is_work, name in Day.objects.values_list("day", "is_work", "name")}
    return Calendar(special=special, years=frozenset(year for year, known, _ in years if known))


def special_days(year: int) -> QuerySet[Day]:
    """Holidays and make-up days of a year, for the page that edits them."""
    return Day.objects.filter(day__year=year).order_by("day")


def years() -> list[CalendarYear]:
    """Every year of the calendar, oldest first."""
    return list(CalendarYear.objects.order_by("year"))


def announcement(text: str, year: int) -> Announcement:
    """What the State Council's wording says, as a proposal somebody has to confirm."""
    return announced(text, year)


def warning(on: date) -> str:
    """From 1 November, a sentence while next year's holidays are missing; all year while this year's are."""
    years = [on.year] if on.month < 11 else [on.year, on.year + 1]
    known = {year for year, known, _ in _years() if known}
    missing = [str(year) for year in years if year not in known]
    if not missing:
        return ""
    return (
        f"{'、'.join(missing)} 年的放假安排还没有录入，涉及的到期日都是暂定的。国务院办公厅公布后，请系统管理员录入。"
    )
