"""Loading and adopting packs, setting house rules, keeping rules for a case, keeping the calendar."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, Refused, Stale
from huying.kernel.ids import random_id
from huying.mechanism import house_rules, pack_file, reads
from huying.mechanism.calendar import LIBRARY, SpecialDay, fixed_days, library_days, library_years, usually_works
from huying.mechanism.models import HOUSE, Adoption, CalendarYear, Day, Pack, Snapshot
from huying.mechanism.resolve import Layer
from huying.org.models import Person, Unit
from huying.org.rules import Can, check_may
from huying.trail import acts as trail

# The chain of what belongs to the installation and to no unit.
INSTALLATION = UUID(int=0)


@dataclass(frozen=True)
class DayChange:
    """A day that was or is now something else."""

    day: date
    was_work: bool
    is_work: bool
    name: str


@transaction.atomic
def prepare(*, by: Actor, at: datetime) -> None:
    """Bring packs and calendar up to what this version of the product ships; changes nothing the second time."""
    load_shipped(by=by, at=at)
    seed_years(by=by, at=at)


# --- packs ---


@transaction.atomic
def load_shipped(*, by: Actor, at: datetime) -> list[Pack]:
    """Write a new version of every shipped pack whose file changed, and move its adopters on to it.

    Raises ``PackError`` with file, line and clause.
    """
    loaded = []
    for path in pack_file.shipped():
        body = pack_file.read_shipped(path)
        newest = Pack.objects.filter(unit=None, code=body["pack"]).order_by("-version").first()
        if newest is None or newest.digest != pack_file.digest(body):
            loaded.append(_write_pack(body["pack"], newest, body, unit=None, at=at))
    for pack in loaded:
        _note(None, by, at, "pack.loaded", f"pack:{pack.pk}", code=pack.code, version=pack.version, digest=pack.digest)
        for adoption in Adoption.objects.filter(code=pack.code, pack__unit=None, until=None).select_related("unit"):
            _replace(adoption, pack, by, at)
    return loaded


@transaction.atomic
def adopt(*, unit: Unit, pack_code: str, by: Actor, at: datetime) -> Adoption:
    """Work by a pack from today on; units below inherit it.  Running cases keep the rules they began with."""
    _check_may(by, Can.PACKS, unit)
    _lock(unit)
    pack = Pack.objects.filter(unit=None, code=pack_code).exclude(code=HOUSE).order_by("-version").first()
    if pack is None:
        raise Invalid({"pack": "没有这个机制包。"})
    if Adoption.objects.filter(unit=unit, code=pack_code, until=None).exists():
        raise Refused(f"{unit.name}已经采用了{pack.number}。", "不用再次采用。")
    adoption = Adoption.objects.create(
        unit=unit, pack=pack, code=pack_code, from_day=day_of(at), by_person=by.person_id
    )
    _note(unit, by, at, "pack.adopted", f"pack:{pack.pk}", code=pack_code, version=pack.version)
    return adoption


@transaction.atomic
def drop(*, unit: Unit, pack_code: str, by: Actor, at: datetime) -> None:
    """Stop working by a pack from today on.  What a unit above adopted stays."""
    _check_may(by, Can.PACKS, unit)
    _lock(unit)
    adoption = Adoption.objects.filter(unit=unit, code=pack_code, until=None).exclude(code=HOUSE).first()
    if adoption is None:
        above = next((row for row in reads.adopted(unit, day_of(at)) if row.pack.code == pack_code), None)
        if above:
            raise Refused(f"这个机制包由{above.unit.name}采用，下级沿用，不能停用。", "如需停用，请与上级工会联系。")
        raise Invalid({"pack": "本单位没有采用这个机制包。"})
    _end(adoption, at)
    _note(unit, by, at, "pack.dropped", f"pack:{adoption.pack_id}", code=pack_code)


@transaction.atomic
def set_house_rules(
    *, unit: Unit, changes: Mapping[str, Any], version: int | None = None, by: Actor, at: datetime
) -> Pack | None:
    """Set what the unit decides for itself (MY-2.3), from today on; ``None`` values take a rule back.

    ``changes``: ``clocks`` {code: {days, kind, roll}}, ``counts`` {code: number}, ``categories`` {code: {label, parent} or
    false or true}, ``channels`` {code: on}, ``scale`` code, ``choose`` {section: pack code}.  Raises ``Invalid`` naming
    the clause and unit that forbid it, ``Stale`` when they changed since ``version`` (0: there were none).  Returns the
    unit's rules, ``None`` if it has none.
    """
    _check_may(by, Can.PACKS, unit)
    _lock(unit)
    today = day_of(at)
    current = Adoption.objects.filter(unit=unit, code=HOUSE, until=None).select_related("pack").first()
    if version is not None and version != (current.pack.version if current else 0):
        raise Stale([_set_since(current)])
    ground = reads.house_ground(unit, today)
    if found := house_rules.faults(changes, ground):
        raise Invalid(found)
    old = current.pack.body["changes"] if current else {}
    new = house_rules.merged(old, house_rules.completed(changes, ground))
    if new == old:
        return current.pack if current else None
    body = {"pack": HOUSE, "title": "本单位细则", "number": f"{unit.name}细则", "changes": new}
    last = Pack.objects.filter(unit=unit, code=HOUSE).order_by("-version").first()
    if not ground.rules(Layer(unit.name, HOUSE, 0, body, house=True)).channels():
        raise Invalid({"channels": "至少要留一个渠道。"})
    pack = _write_pack(HOUSE, last, body, unit=unit, at=at)
    if current:
        _replace(current, pack, by, at)
    else:
        Adoption.objects.create(unit=unit, pack=pack, code=HOUSE, from_day=today, by_person=by.person_id)
        _note(unit, by, at, "house_rules.set", f"pack:{pack.pk}", version=pack.version, digest=pack.digest)
    return pack


@transaction.atomic(savepoint=False)  # always part of an act, whose own savepoint is enough
def snapshot(*, unit: Unit, at: datetime) -> Snapshot:
    """The rules a case begins with; the same row for equal rules."""
    body = reads.rules_for(unit, day_of(at)).body()
    row, _ = Snapshot.objects.get_or_create(digest=pack_file.digest(body), defaults={"body": body, "created_at": at})
    return row


# --- calendar ---


@transaction.atomic
def seed_years(*, by: Actor, at: datetime) -> list[int]:
    """Take over every year the installed calendar library knows and this installation does not; never overwrites a day.

    The two years after that get the holidays that the law fixes to a date.  Returns the years that became known.
    """
    known = set(CalendarYear.objects.filter(known=True).values_list("year", flat=True))
    fresh = [year for year in library_years() if year not in known]
    if fresh:
        _add_days((special for special in library_days() if special.day.year in fresh), at)
        for year in fresh:
            CalendarYear.objects.update_or_create(
                year=year, defaults={"known": True, "source": LIBRARY, "edition": random_id()}
            )
        _note(None, by, at, "calendar.seeded", "calendar:", years=fresh, source=LIBRARY)
    last = max([*known, *fresh])
    for year in (last + 1, last + 2):
        _, made = CalendarYear.objects.get_or_create(year=year, defaults={"known": False, "source": ""})
        if made:
            _add_days(fixed_days(year), at)
    return fresh


@transaction.atomic
def set_days(
    *, unit: Unit, days: Iterable[SpecialDay], known: Iterable[int] = (), by: Actor, at: datetime
) -> list[DayChange]:
    """Enter newly announced holidays and make-up days; ``known`` are years whose announcement is now complete.

    The calendar is one for the whole installation, so only the system administrator of a topmost unit may.  A day set to
    what its weekday says anyway is an ordinary day again, but for a named day of rest at a weekend, which keeps its name.
    Returns the days that changed, for running clocks.
    """
    _check_may(by, Can.SYSTEM, unit)
    if not unit.is_root():
        raise Refused("放假安排全系统共用一份。", "请联系最上一级工会的系统管理员修改。")
    given = {one.day: one for one in days}
    years = set(known)
    _check_years(years)
    nameless = [one.day for one in given.values() if one.is_work != usually_works(one.day) and not one.name.strip()]
    if nameless:
        raise Invalid({"name": f"请写明 {min(nameless):%Y-%m-%d} 是什么日子。"})
    before = {row.day: row for row in Day.objects.select_for_update(no_key=True).filter(day__in=given)}
    changes = [change for one in given.values() if (change := _set_day(one, before.get(one.day), at))]
    for year in sorted({day.year for day in given} | years):
        row, _ = CalendarYear.objects.get_or_create(year=year, defaults={"known": False, "source": ""})
        row.edition = random_id()
        if year in years:
            row.known, row.source = True, next((s.source for s in given.values() if s.source), "")
        row.save()
    if given or years:
        said = {f"{one.day:%Y-%m-%d}": one.is_work for one in given.values()}
        _note(unit, by, at, "calendar.set", "calendar:", days=said, known=sorted(years))
    return changes


def _check_years(years: set[int]) -> None:
    """Years become known one after the other; a gap would pass a guess off as known."""
    rows = set(CalendarYear.objects.filter(known=True).values_list("year", flat=True)) | years
    for year in years:
        if year - 1 not in rows:
            raise Invalid({"known": f"请先录入 {year - 1} 年的放假安排。"})


def _set_day(special: SpecialDay, row: Day | None, at: datetime) -> DayChange | None:
    """Write one day; what changed, if its being a working day did."""
    usual = usually_works(special.day)
    was = row.is_work if row else usual
    if special.is_work == usual and (usual or not special.name.strip()):
        if row:
            row.delete()
    else:
        Day.objects.update_or_create(
            day=special.day,
            defaults={"is_work": special.is_work, "name": special.name, "source": special.source, "added_at": at},
        )
    return DayChange(special.day, was, special.is_work, special.name) if was != special.is_work else None


def _add_days(days: Iterable[SpecialDay], at: datetime) -> None:
    Day.objects.bulk_create(
        [Day(day=day.day, is_work=day.is_work, name=day.name, source=day.source, added_at=at) for day in days],
        ignore_conflicts=True,
    )


# --- inside ---


def _check_may(by: Actor, can: Can, unit: Unit) -> None:
    """The system itself may; anybody else needs a post that allows it."""
    if by is not SYSTEM:
        check_may(by, can, unit)


def _lock(unit: Unit) -> None:
    """Two people changing the rules of one unit wait for each other."""
    Unit.objects.select_for_update(no_key=True).only("pk").get(pk=unit.pk)


def _write_pack(code: str, last: Pack | None, body: Mapping[str, Any], *, unit: Unit | None, at: datetime) -> Pack:
    return Pack.objects.create(
        code=code,
        version=last.version + 1 if last else 1,
        title=body["title"],
        number=body["number"],
        digest=pack_file.digest(body),
        body=body,
        unit=unit,
        created_at=at,
    )


def _set_since(current: Adoption | None) -> str:
    """Who set the house rules that somebody else has not seen yet."""
    person = Person.objects.filter(pk=current.by_person).first() if current and current.by_person else None
    day = f"{current.from_day.month}月{current.from_day.day}日" if current else ""
    return f"{person.name if person else '一位同事'}{f'在{day}' if day else ''}改了本单位细则。"


def _end(adoption: Adoption, at: datetime) -> date:
    """End it before today; never before its first day.  Returns the first day without."""
    until = max(day_of(at), adoption.from_day)
    adoption.until = until
    adoption.save(update_fields=["until"])
    return until


def _replace(adoption: Adoption, pack: Pack, by: Actor, at: datetime) -> None:
    """Another version of the same pack from today on."""
    until = _end(adoption, at)
    Adoption.objects.create(unit=adoption.unit, pack=pack, code=pack.code, from_day=until, by_person=by.person_id)
    act = "house_rules.set" if pack.code == HOUSE else "pack.moved_on"
    _note(adoption.unit, by, at, act, f"pack:{pack.pk}", version=pack.version, digest=pack.digest)


def _note(unit: Unit | None, by: Actor, at: datetime, act: str, subject: str, **data: Any) -> None:
    """One entry on the unit's chain, or on the installation's."""
    chain = unit.pk if unit else INSTALLATION
    root = (unit.root_id or unit.pk) if unit else INSTALLATION
    trail.append(chain=chain, root=root, by=by, at=at, act=act, subject=subject, data=data)
