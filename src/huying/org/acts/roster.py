"""Bringing a whole workbook in: rehearse, show, then do it all or nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import Draft
from huying.org.acts.people import check_person, open_department, tidy
from huying.org.acts.posts import appoint, end_post
from huying.org.acts.steps import day_of, write
from huying.org.acts.units import change_unit, open_unit
from huying.org.models import Department, Person, Post, Role, Unit
from huying.org.reads import WORKBOOK, looked_after
from huying.org.roster import BY_CODE, Book, Fault, Line, read
from huying.org.rules import Can

NEW, CHANGED, SAME = "new", "changed", "same"
_NEEDS = {"units": Can.ORG, "departments": Can.ORG, "people": Can.ORG, "posts": Can.POSTS}
_WHO = {Can.ORG: "系统管理员", Can.POSTS: "安全管理员"}


@dataclass(frozen=True)
class Outcome:
    """What one row of the workbook does."""

    sheet: str
    row: int
    label: str
    what: str
    details: tuple[str, ...] = ()


@dataclass
class Report:
    """What importing a workbook does, or did, row by row."""

    outcomes: list[Outcome] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What a person saw in the preview; the import refuses when it would do something else."""
        said = repr((sorted(map(repr, self.outcomes)), sorted(map(repr, self.faults))))
        return hashlib.sha256(said.encode()).hexdigest()

    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows of each sheet are new, changed, the same."""
        table: dict[str, dict[str, int]] = {}
        for outcome in self.outcomes:
            row = table.setdefault(outcome.sheet, {NEW: 0, CHANGED: 0, SAME: 0})
            row[outcome.what] += 1
        return table


@transaction.atomic
def keep_workbook(*, content: bytes, by: Actor, at: datetime) -> None:
    """Keep an uploaded workbook, encrypted, until its owner imports or drops it.  ``Refused`` when it is no workbook."""
    if by.person_id is None or not any(looked_after(by, can).exists() for can in set(_NEEDS.values())):
        raise NotYours
    read(content)
    sealed = crypto.wrap(content, f"draft:{by.person_id}:{WORKBOOK}")
    Draft.objects.update_or_create(person=by.person_id, form=WORKBOOK, defaults={"sealed": sealed, "at": at})


@transaction.atomic
def forget_workbook(*, by: Actor, at: datetime) -> None:
    """Drop the workbook kept for this person."""
    if by.person_id is not None:
        Draft.objects.filter(person=by.person_id, form=WORKBOOK).delete()


def rehearse_roster(*, content: bytes, by: Actor, at: datetime) -> Report:
    """What importing would do, found by doing it and taking it back: preview and import cannot differ in their rules."""
    with transaction.atomic():
        report = _Import(by, at).run(read(content))
        transaction.set_rollback(True)
    return report


@transaction.atomic
def import_roster(*, content: bytes, seen: str | None, by: Actor, at: datetime) -> Report:
    """Bring a workbook in, whole or not at all.

    ``seen`` is the digest of the preview the person agreed to (``None`` from the command line).  Raises ``NotYours``;
    ``Refused`` while anything is wrong or when the organisation changed since the preview.
    """
    report = _Import(by, at).run(read(content))
    if report.faults:
        first = report.faults[0]
        where = f"“{first.sheet}”第 {first.row} 行" if first.row else f"“{first.sheet}”"
        more = f"，还有 {len(report.faults) - 1} 处" if len(report.faults) > 1 else ""
        raise Refused(f"有错误，没有导入：{where}，{first.message}{more}", "请改好表格，重新上传。")
    if seen is not None and seen != report.digest:
        raise Refused("预览之后，组织或人员有了变化，没有导入。", "请再看一遍预览，确认后再导入。")
    forget_workbook(by=by, at=at)
    return report


class _Import:
    """One run over one workbook: what is known so far, what came of each row."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self.by, self.at, self.on = by, at, day_of(at)
        self.report = Report()
        self.reach = {can: list(looked_after(by, can).open()) for can in (Can.ORG, Can.POSTS)}
        self.units: dict[UUID, Unit] = {unit.pk: unit for units in self.reach.values() for unit in units}
        self.named: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            self.named[unit.name].append(unit)
        self.touched: defaultdict[UUID, dict[str, int]] = defaultdict(lambda: {"people_new": 0, "people_changed": 0})

    def run(self, book: Book) -> Report:
        """Take the sheets in the order in which they need each other."""
        self.report.notes += book.notes
        order = {sheet.name: number for number, sheet in enumerate(BY_CODE.values())}
        if not any(self.reach.values()) and self.by.person_id is not None:
            raise NotYours
        for code, take in (
            ("units", self.take_units),
            ("departments", self.take_departments),
            ("people", self.take_people),
            ("posts", self.take_posts),
        ):
            lines, can = book.lines.get(code, []), _NEEDS[code]
            faults = [fault for fault in book.faults if fault.sheet == BY_CODE[code].name]
            if (lines or faults) and self.by.person_id is not None and not self.reach[can]:
                self.report.notes.append(f"“{BY_CODE[code].name}”这一页由{_WHO[can]}导入，这次跳过。")
                continue
            self.report.faults += faults
            take(lines)
            self.report.faults.sort(key=lambda fault: (order[fault.sheet], fault.row or 0))
        return self.report

    def say(self, line: Line, label: str, what: str, details: tuple[str, ...] = ()) -> None:
        """Note what a row does."""
        self.report.outcomes.append(Outcome(line.sheet.name, line.row, label, what, details))

    def wrong(self, line: Line, name: str, message: str) -> None:
        """Note what is wrong with a row."""
        self.report.faults.append(line.fault(name, message))

    def attempt(self, line: Line, do: Any) -> Any:
        """Run one act for one row; what it refuses becomes the row's fault."""
        try:
            return do()
        except Invalid as error:
            for name, message in error.fields.items():
                self.wrong(line, name, message)
        except NotYours:
            self.wrong(line, "", "这个组织或人员不归您管，请核对名称。")
        except Refused as error:
            self.wrong(line, "", str(error))
        return None

    def find_unit(self, line: Line, name: str, can: Can) -> Unit | None:
        """The unit a cell names: by its name, or ``上级/名称`` where the name alone is not enough."""
        words = str(line.values[name])
        parts = [part.strip() for part in words.replace("›", "/").replace("／", "/").split("/") if part.strip()]
        found = (
            [unit for unit in self.named.get(parts[-1], []) if self._stands_under(unit, parts[:-1])] if parts else []
        )
        if len(found) == 1:
            return found[0]
        if found:
            self.wrong(line, name, f"有 {len(found)} 个“{words}”，请写成“上级/名称”。")
        else:
            self.wrong(line, name, f"没有找到“{words}”。请核对名称，或先在“组织”页里加上它。")
        return None

    def _stands_under(self, unit: Unit, above: list[str]) -> bool:
        """Do the units above carry these names, the nearest last?"""
        path = unit.path
        for name in reversed(above):
            path = path[: -Unit.steplen]
            if not any(other.path == path for other in self.named.get(name, [])):
                return False
        return True

    # --- 组织

    def take_units(self, lines: list[Line]) -> None:
        """Units, those above before those below whatever the order of rows."""
        waiting = {str(line.values["name"]) for line in lines}
        while lines:
            later = []
            for line in lines:
                parent = str(line.values.get("parent", "")).rpartition("/")[2]
                if parent and parent not in self.named and parent in waiting and parent != line.values["name"]:
                    later.append(line)
                else:
                    self.take_unit(line)
            if len(later) == len(lines):
                for line in later:
                    self.wrong(line, "parent", "上级连成了一圈，或者上级那一行有错误，请先改好上级。")
                return
            lines = later

    def take_unit(self, line: Line) -> None:
        """Open one unit, or change the one that is there."""
        facts = dict(line.values)
        facts.pop("parent", None)
        name = facts.pop("name")
        parent = self.find_unit(line, "parent", Can.ORG) if "parent" in line.values else None
        if parent is None and "parent" in line.values:
            return
        known = [u for u in self.named.get(name, []) if parent is None or u.path[: -Unit.steplen] == parent.path]
        if len(known) > 1:
            self.wrong(line, "parent", f"有 {len(known)} 个“{name}”，请写明上级。")
        elif known:
            self.change(line, known[0], facts)
        elif parent is None:
            self.wrong(line, "parent", "这是新的组织，请写明上级。")
        elif "level" not in facts:
            self.wrong(line, "level", "这是新的组织，请填写层级。")
        else:
            unit = self.attempt(line, lambda: open_unit(parent=parent, name=name, by=self.by, at=self.at, **facts))
            if unit is not None:
                self.units[unit.pk] = unit
                self.named[unit.name].append(unit)
                self.say(line, name, NEW, (f"在“{parent.name}”下面",))

    def change(self, line: Line, unit: Unit, facts: dict[str, Any]) -> None:
        """Change what differs."""
        details = _differences(unit, facts)
        if not details:
            self.say(line, unit.name, SAME)
            return
        do = lambda: change_unit(unit=unit, version=unit.version, by=self.by, at=self.at, **facts)  # noqa: E731
        changed = self.attempt(line, do)
        if changed is not None:
            self.named[unit.name] = [changed if u.pk == unit.pk else u for u in self.named[unit.name]]
            self.units[unit.pk] = changed
            self.say(line, unit.name, CHANGED, details)

    # --- 部门

    def take_departments(self, lines: list[Line]) -> None:
        """Departments that are not there yet."""
        known = {
            (unit, name)
            for unit, name in Department.objects.filter(closed_on__isnull=True, unit__in=list(self.units)).values_list(
                "unit", "name"
            )
        }
        for line in lines:
            unit, name = self.find_unit(line, "unit", Can.ORG), str(line.values["name"])
            if unit is None:
                continue
            label = f"{unit.name}·{name}"
            if (unit.pk, name) in known:
                self.say(line, label, SAME)
            elif self.attempt(line, lambda u=unit, n=name: open_department(unit=u, name=n, by=self.by, at=self.at)):
                known.add((unit.pk, name))
                self.say(line, label, NEW)

    # --- 人员

    def take_people(self, lines: list[Line]) -> None:
        """People, in bulk: one read before, one write for the new, one for the changed, one entry for each unit."""
        roster = _Roster(self.units)
        new: list[Person] = []
        changed: list[Person] = []
        seen: dict[UUID, int] = {}
        for line in lines:
            unit = self.find_unit(line, "unit", Can.ORG)
            if unit is None:
                continue
            facts = tidy({key: value for key, value in line.values.items() if key != "unit"})
            person, refusal = roster.match(unit, facts["name"], facts.get("staff_no", ""))
            if refusal:
                self.wrong(line, "staff_no", refusal)
                continue
            if person is not None and person.pk in seen:
                self.wrong(line, "name", f"和第 {seen[person.pk]} 行是同一个人，请留一行。")
                continue
            fresh = person or Person(unit=unit, staff_no="")
            details = () if person is None else _differences(person, facts)
            for name, value in facts.items():
                setattr(fresh, name, value)
            if self.attempt(line, lambda p=fresh: check_person(p)) is None:
                continue
            seen[fresh.pk] = line.row
            what = NEW if person is None else CHANGED if details else SAME
            self.say(line, f"{unit.name}·{fresh.name}", what, details)
            if what == NEW:
                roster.add(fresh)
                new.append(fresh)
                self.touched[unit.pk]["people_new"] += 1
            elif what == CHANGED:
                fresh.version += 1
                changed.append(fresh)
                self.touched[unit.pk]["people_changed"] += 1
        self.write_people(new, changed)

    def write_people(self, new: list[Person], changed: list[Person]) -> None:
        """Store them and say on each unit's chain how many came and who was changed."""
        Person.objects.bulk_create(new, batch_size=500)
        fields = ["name", "name_sort", "staff_no", "phone", "sex", "is_member", "version"]
        Person.objects.bulk_update(changed, fields, batch_size=200)
        for pk, counts in self.touched.items():
            unit = self.units[pk]
            write(unit=unit, by=self.by, at=self.at, act="people.imported", subject=unit, data=counts)

    # --- 任职

    def take_posts(self, lines: list[Line]) -> None:
        """Posts, each by the act that appoints: the rules of the three administrators stand there only."""
        roster = _Roster(self.units)
        departments = {
            (row.unit_id, row.name): row
            for row in Department.objects.filter(closed_on__isnull=True, unit__in=list(self.units))
        }
        running = {
            (post.person_id, post.unit_id, post.role, post.department_id): post
            for post in Post.objects.filter(unit__in=list(self.units))
            .select_related("unit", "person")
            .order_by("starts_on")
        }
        for line in lines:
            unit = self.find_unit(line, "unit", Can.POSTS)
            if unit is None:
                continue
            person = self.find_person(line, unit, roster)
            department = departments.get((unit.pk, line.values.get("department", "")))
            if person is not None and "department" in line.values and department is None:
                self.wrong(line, "department", f"“{unit.name}”没有这个部门，请核对，或先加上它。")
            elif person is not None:
                self.take_post(line, unit, person, department, running)

    def find_person(self, line: Line, unit: Unit, roster: _Roster) -> Person | None:
        """Somebody of the unit itself, else the only one of that name (and number) in reach."""
        name, number = str(line.values["person"]), str(line.values.get("staff_no", "")).replace(" ", "")
        found = roster.find(unit, name, number)
        if len(found) != 1:
            message = f"有 {len(found)} 个“{name}”，请填写工号。" if found else f"没有找到“{name}”，请先导入人员。"
            self.wrong(line, "staff_no" if found else "person", message)
            return None
        return found[0]

    def take_post(
        self, line: Line, unit: Unit, person: Person, department: Department | None, running: dict[Any, Post]
    ) -> None:
        """Appoint, end on the day the row says, or leave alone."""
        given = line.values
        role, ends = given["role"], given.get("ends_on")
        label = f"{unit.name}·{person.name}·{Role(role).label}"
        key = (person.pk, unit.pk, role, department and department.pk)
        post = running.get(key)
        if post is not None and _covers(post, given.get("starts_on"), self.on):
            if ends is None or ends == post.ends_on:
                self.say(line, label, SAME)
            elif self.attempt(line, lambda: (end_post(post=post, on=ends, by=self.by, at=self.at), True)):
                post.ends_on = ends
                self.say(line, label, CHANGED, (f"任职至：{ends:%Y-%m-%d}",))
            return
        made = self.attempt(
            line,
            lambda: appoint(
                person=person,
                unit=unit,
                role=role,
                department=department,
                title=given.get("title", ""),
                starts_on=given.get("starts_on"),
                ends_on=ends,
                by=self.by,
                at=self.at,
            ),
        )
        if made is not None:
            running[key] = made
            self.say(line, label, NEW)


def _covers(post: Post, starts: date | None, today: date) -> bool:
    """Is this row about a post that is there already: the same beginning, or running now?"""
    return post.starts_on == starts or (
        (post.ends_on is None or post.ends_on >= today) and (starts or today) >= post.starts_on
    )


def _differences(row: Any, values: dict[str, Any]) -> tuple[str, ...]:
    """What would change, field by field, in words."""
    return tuple(
        f"{row._meta.get_field(name).verbose_name}：{_shown(row, name, getattr(row, name))} → {_shown(row, name, value)}"
        for name, value in values.items()
        if getattr(row, name) != value
    )


def _shown(row: Any, name: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in ("", None):
        return "空"
    return str(dict(row._meta.get_field(name).flatchoices).get(value, value))


class _Roster:
    """People of the units in reach, found by staff number or name."""

    def __init__(self, units: dict[UUID, Unit]) -> None:
        self.by_number: dict[tuple[UUID, str], Person] = {}
        self.by_name: defaultdict[tuple[UUID, str], list[Person]] = defaultdict(list)
        self.anywhere: defaultdict[str, list[Person]] = defaultdict(list)
        self.units = units
        for person in Person.objects.filter(unit__in=list(units)).iterator(chunk_size=2000):
            self.add(person)

    def add(self, person: Person) -> None:
        """Know one more."""
        person.unit = self.units[person.unit_id]
        if person.staff_no:
            self.by_number[person.unit_id, person.staff_no] = person
        if person.left_on is None:
            self.by_name[person.unit_id, person.name].append(person)
            self.anywhere[person.name].append(person)

    def match(self, unit: Unit, name: str, number: str) -> tuple[Person | None, str]:
        """The person a row is about (``None``: somebody new), or why that cannot be told."""
        known = self.by_number.get((unit.pk, number)) if number else None
        if known is not None:
            if known.name != name:
                return None, f"工号“{number}”现在是“{known.name}”的。请核对；真的改了名字，请到人员页修改。"
            if known.left_on:
                return None, f"“{name}”已经登记离开。如果又回来了，请到人员页办理。"
            return known, ""
        same = [p for p in self.by_name[unit.pk, name] if not number or not p.staff_no]
        if len(same) > 1:
            return None, f"有 {len(same)} 个“{name}”，请填写工号。"
        return (same[0], "") if same else (None, "")

    def find(self, unit: Unit, name: str, number: str) -> list[Person]:
        """Who a post is for."""
        for people in (self.by_name[unit.pk, name], self.anywhere[name]):
            if found := [p for p in people if not number or p.staff_no == number]:
                return found
        return []
