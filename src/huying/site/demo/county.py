"""Who is there: units, departments, people, posts, adopted packs and house rules of the demo county."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pypinyin import lazy_pinyin

from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.org import acts as org
from huying.org.models import Department, Person, Post, Unit
from huying.org.reads import acting_as
from huying.org.rules import Member
from huying.site.demo.days import Days

PLAN = Path(__file__).with_name("county.yaml")


@dataclass
class County:
    """Everything a story refers to by name."""

    units: dict[str, Unit] = field(default_factory=dict)
    departments: dict[tuple[str, str], Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[str, list[Post]] = field(default_factory=lambda: defaultdict(list))

    def post(self, name: str, on: date, *, unit: Unit | None = None) -> Post:
        """A person's post on a day: at the given unit where there is one, else the first."""
        held = [p for p in self.posts[name] if p.starts_on <= on and (p.ends_on is None or p.ends_on >= on)]
        if not held:
            raise ValueError(f"{name} holds no post on {on}")
        return next((post for post in held if unit and post.unit_id == unit.pk), held[0])

    def actor(self, name: str, on: date, *, unit: Unit | None = None) -> Member:
        """A person speaking through the post that fits the unit."""
        return acting_as(self.post(name, on, unit=unit), on)

    def department(self, unit: Unit, name: str) -> Department:
        """A department by the name of its unit and its own."""
        found = next((row for row in self.departments.values() if row.unit_id == unit.pk and row.name == name), None)
        if found is None:
            raise ValueError(f"{unit.name} has no department {name}")
        return found


def found_county(days: Days, at: datetime) -> County:
    """Set the county up as it stood when the story begins."""
    plan = yaml.safe_load(PLAN.read_text())
    county = County()
    for row in plan["units"]:
        _open_unit(county, row, at)
    for row in plan["units"]:
        for someone in row["people"]:
            _appoint(county, row["key"], someone, days, at)
    for row in plan["packs"]:
        if "since" not in row:
            mechanism.adopt(unit=county.units[row["unit"]], pack_code=row["pack"], by=SYSTEM, at=at)
    for row in plan["house_rules"]:
        unit = county.units[row["unit"]]
        chair = county.actor(row["by"], at.date())
        mechanism.set_house_rules(unit=unit, changes=row["changes"], by=chair, at=at + timedelta(hours=2))
    return county


def later_packs(county: County, days: Days) -> Iterator[tuple[datetime, Callable[[], object]]]:
    """Documents that were adopted while the story was under way, each with its moment."""
    for row in yaml.safe_load(PLAN.read_text())["packs"]:
        if "since" in row:
            at = days.moment(row["since"], time(8, 40))
            unit = county.units[row["unit"]]
            yield at, partial(mechanism.adopt, unit=unit, pack_code=row["pack"], by=SYSTEM, at=at)


def _open_unit(county: County, row: dict[str, Any], at: datetime) -> None:
    unit = org.open_unit(
        parent=county.units.get(row.get("under", "")),
        level=row["level"],
        name=row["name"],
        short_name=row.get("short", ""),
        is_demo=True,
        by=SYSTEM,
        at=at,
        opened_on=at.date() - timedelta(days=2000),
        **row.get("facts", {}),
    )
    county.units[row["key"]] = unit
    for name in row.get("departments", ()):
        county.departments[row["key"], name] = org.open_department(unit=unit, name=name, by=SYSTEM, at=at)


def _appoint(county: County, key: str, row: dict[str, Any], days: Days, at: datetime) -> None:
    unit = county.units[row.get("unit", key)]
    person = county.people.get(row["name"])
    if person is None:
        number = f"{len(county.people) + 1:04d}"
        person = org.add_person(unit=unit, name=row["name"], sex=row["sex"], staff_no=number, by=SYSTEM, at=at)
        county.people[row["name"]] = person
        login = "".join(lazy_pinyin(row["name"]))
        org.open_account(person=person, username=login, with_password=False, by=SYSTEM, at=at)
    stood_for = row.get("acting_for")
    starts_on = _day(row["since"], days, at)
    post = org.appoint(
        person=person,
        unit=unit,
        role=row["role"],
        department=county.departments[key, row["in"]] if "in" in row else None,
        title=row.get("title", ""),
        rank=row.get("rank", ""),
        starts_on=starts_on,
        ends_on=days.day(row["until"]) if "until" in row else None,
        acting_for=county.post(stood_for, starts_on, unit=unit) if stood_for else None,
        by=SYSTEM,
        at=at,
    )
    county.posts[row["name"]].append(post)


def _day(said: int | str, days: Days, at: datetime) -> date:
    """``3年``: about so many years before today; a number: that working day."""
    if isinstance(said, int):
        return days.day(said)
    return (at.date() - timedelta(days=365 * (int(said.removesuffix("年")) - 1) + 40)).replace(day=1)


def beginning(days: Days) -> datetime:
    """When the county is set up: somewhat more than a working year before today."""
    return days.moment(-252, time(9, 0))
