"""Keeping the figures of duties up to date, reminding while there is time, telling the union above what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from huying.alerts.acts import find_unsent as find_one
from huying.alerts.reads import unsent_known
from huying.alerts.rules import OWED, unsent_mark
from huying.cases.models import Recusal
from huying.duties.models import Kept, Tally
from huying.duties.reads import Owed, counted, duty_of, owed_by, recent, standing, standings, unions, unions_below
from huying.duties.rules import COUNTERS, Period, Standing, kept_from, tallied
from huying.kernel.actors import Actor
from huying.mechanism.reads import shipped_packs
from huying.notices.acts import send
from huying.org.models import Person, Post, Role, Unit
from huying.org.reads import acting_as, holders, union_above
from huying.org.rules import Can

AT_ONCE = 500  # units counted together
BACK = timedelta(minutes=3)  # a sweep looks a little further back than the one before, so that nothing falls between
ADDRESS, MINE = "desk:duties", "desk:my_duties"
WEEK_DAYS = 7
LATELY = timedelta(days=7)
UNSENT_BACK = timedelta(days=31)  # so long a worker may be dead and nothing is overlooked
TOLD = (Role.CHAIR, Role.OFFICER)


def recount(*, units: Sequence[Unit], by: Actor, at: datetime) -> int:
    """Count the duties of units anew for the last twelve months, and keep what was found; how many rows changed."""
    on, changed = timezone.localdate(at), 0
    for start in range(0, len(units), AT_ONCE):
        changed += _recount(owed_by(units[start : start + AT_ONCE], on), on)
    return changed


@transaction.atomic
def _recount(some: Sequence[Owed], on: date) -> int:
    """One lot of units: rows that are new, rows that are different, rows that are owed no more."""
    found = _standings(some, on)
    fresh = {(row.unit_id, row.duty, row.since): row for _, rows in found for row in map(_kept, rows)}
    _tally(found, on)
    units = [one.unit.pk for one in some]
    old = {
        (row.unit_id, row.duty, row.since): row
        for row in Kept.objects.select_for_update(no_key=True).filter(unit__in=units, until__gt=kept_from(on))
    }
    gone = [row.pk for key, row in old.items() if key not in fresh]
    Kept.objects.filter(pk__in=gone).delete()
    Kept.objects.bulk_create([row for key, row in fresh.items() if key not in old])
    different = [
        _taken_over(old[key], row) for key, row in fresh.items() if key in old and _figures(old[key]) != _figures(row)
    ]
    Kept.objects.bulk_update(different, FIGURES, batch_size=AT_ONCE)
    return len(gone) + len(fresh.keys() - old.keys()) + len(different)


FIGURES = ("clause", "label", "per_case", "until", "need", "done", "missed", "due_on", "remind_on")


def _figures(row: Kept) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in FIGURES)


def _taken_over(row: Kept, fresh: Kept) -> Kept:
    for name in FIGURES:
        setattr(row, name, getattr(fresh, name))
    return row


def _standings(some: Sequence[Owed], on: date) -> list[tuple[Owed, list[Standing]]]:
    """How these units stand in every period whose figures are kept."""
    spans = {(one.unit.pk, duty.code): recent(one, duty, on) for one in some for duty in one.duties()}
    found = counted(some, spans, on)
    return [
        (one, [row for duty in one.duties() for row in standings(one, duty, spans[one.unit.pk, duty.code], found, on)])
        for one in some
    ]


def _tally(found: Sequence[tuple[Owed, list[Standing]]], on: date) -> None:
    """Write the four numbers of each unit anew."""
    rows = [
        Tally(root_id=one.unit.root_id or one.unit.pk, unit=one.unit, **asdict(tallied(rows, on)))
        for one, rows in found
    ]
    Tally.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["unit"], update_fields=["missed", "soon", "met", "year"]
    )


def _kept(row: Standing) -> Kept:
    return Kept(
        root_id=row.unit.root_id or row.unit.pk, unit=row.unit, duty=row.duty.code, clause=row.duty.clause.id,
        label=row.duty.label, per_case=row.duty.per_case, since=row.period.since, until=row.period.until, need=row.need,
        done=row.done, missed=row.missed, due_on=row.due_on, remind_on=row.remind_on,
    )  # fmt: skip


def sweep(*, since: datetime, by: Actor, at: datetime) -> int:
    """Count again the unions at which something happened; how many rows changed."""
    ways = {counter.moved for counter in COUNTERS.values()}
    moved = {unit for way in ways for unit in way(since - BACK)}
    return recount(units=list(unions().filter(pk__in=moved)), by=by, at=at) if moved else 0


def find_unsent(*, units: Sequence[Unit] | None = None, by: Actor, at: datetime) -> int:
    """Make a finding of information that was due above and never came in its months (漏报), below these unions or everywhere;
    how many are new.  Months that ended longer ago stand in 下级履职 only."""
    kinds, on = _sent_up(), timezone.localdate(at)
    rows = Kept.objects.filter(duty__in=kinds, done__lt=F("need"), until__lte=on, until__gt=on - UNSENT_BACK)
    if units is not None:
        rows = rows.filter(reduce(or_, (Q(unit__in=unions_below(unit)) for unit in units), Q(pk__in=[])))
    known = unsent_known(kept_from(on))
    found = [
        find_one(unit=row.unit, kind=kinds[row.duty], label=row.label, since=row.since, until=row.until, by=by, at=at)
        for row in rows.select_related("unit").order_by("since", "unit__path")
        if (row.unit_id, unsent_mark(kinds[row.duty], row.since)) not in known
    ]
    return sum(one is not None for one in found)


def _sent_up() -> dict[str, str]:
    """Duties that are met by information sent above, with its kind."""
    rows = [row for pack in shipped_packs() for row in pack.body["duties"] if row["of"] in OWED]
    return {row["code"]: kind for row in rows for to, kind in [OWED[row["of"]]] if to == "above"}


# --- reminders ------------------------------------------------------------------------------------------------------------


def remind(*, by: Actor, at: datetime) -> int:
    """Once each: the union's office while there is still time, the union above when a period ended without.

    Every one is told what they themselves may know: a meeting about a matter that names somebody is none to them, so its being
    held must not show in a reminder that does not come.
    """
    on, told = timezone.localdate(at), 0
    for row in _ending(on):
        with transaction.atomic():
            told += _remind(row, on, by=by, at=at)
    for row in _ended(on):
        with transaction.atomic():
            told += _tell_above(row, on, by=by, at=at)
    return told


def _ending(on: date) -> list[Kept]:
    """Kept figures of periods near their end that are not met, or met by something somebody must not know of."""
    rows = Kept.objects.filter(per_case=False, remind_on__lte=on, until__gt=on).select_related("unit", "root")
    return _wanting(rows)


def _ended(on: date) -> list[Kept]:
    """The same for periods that ended lately."""
    rows = Kept.objects.filter(per_case=False, until__lte=on, until__gt=on - LATELY).select_related("unit", "root")
    # A week is over before anybody above could do something about it; 下级履职 shows them all.
    return [row for row in _wanting(rows) if (row.until - row.since).days > WEEK_DAYS]


def _wanting(rows: QuerySet[Kept]) -> list[Kept]:
    """Those not met, and those of units with a meeting about a case that names somebody."""
    begins = min((row.since for row in rows), default=None)
    named = (
        Recusal.objects.filter(case__topics__topic__places__meeting__starts_at__date__gte=begins) if begins else None
    )
    secret = (
        set(named.values_list("case__topics__topic__places__meeting__unit", flat=True)) if named is not None else set()
    )
    return [row for row in rows if row.done < row.need or row.unit_id in secret]


def _remind(row: Kept, on: date, *, by: Actor, at: datetime) -> int:
    if (duty := duty_of(row.unit, row.duty, on)) is not None and duty.who == "person":
        return _remind_people(row, on, by=by, at=at)
    posts = Post.objects.on(on).filter(unit=row.unit, role__in=TOLD).select_related("person", "unit")
    people = [post.person for post in posts if _lacks(row, post, on)]
    title = f"{row.label}：{row.due_on.month}月{row.due_on.day}日前还没有做到"
    return _send(row, people, "duty_soon", title, reverse(ADDRESS), by=by, at=at)


def _remind_people(row: Kept, on: date, *, by: Actor, at: datetime) -> int:
    """Everybody who owes it for themselves and lacks something; of each other they learn nothing."""
    seen = standing(row.unit, on)
    lacking = [one for whole in seen if whole.duty.code == row.duty for one in whole.people if one.done < one.need]
    people = [one.person for one in lacking if one.person is not None]
    title = f"{row.label}：您到{row.due_on.month}月{row.due_on.day}日还没有做到"
    return _send(row, people, "duty_soon", title, reverse(MINE), by=by, at=at)


def _tell_above(row: Kept, on: date, *, by: Actor, at: datetime) -> int:
    above = union_above(row.unit)
    if above is None:
        return 0
    posts = holders(above, Can.READ_BELOW, on)
    people = [post.person for post in posts if _lacks(row, post, on)]
    title = f"{row.unit.name} {row.label}：没有做到"
    url = f"{reverse(ADDRESS)}?unit={row.unit_id}"
    return _send(row, people, "duty_missed", title, url, by=by, at=at)


def _send(row: Kept, people: Sequence[Person], kind: str, title: str, url: str, *, by: Actor, at: datetime) -> int:
    return len(
        send(
            to=people, kind=kind, title=title, url=url, root=row.root, subject=row.unit_id,
            by=by, at=at, key=f"{row.duty}:{row.since}",
        )
    )  # fmt: skip


def _lacks(row: Kept, post: Post, on: date) -> bool:
    """Whether the duty is unmet as far as this person may know."""
    if row.done < row.need:
        return True
    seen = standing(row.unit, on, Period(row.since, row.until), blind=acting_as(post, on))
    return any(one.duty.code == row.duty and one.done < one.need for one in seen)
