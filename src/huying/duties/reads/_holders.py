"""On whom the duties of persons fall: who held which post at a unit, works in its studio, is stationed for it, was away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from huying.duties.rules import Holder, Period
from huying.fieldwork.models import Leave, StudioStaff, Tie, TieKind
from huying.fieldwork.rules import CADRES
from huying.mechanism.rules import Duty
from huying.org.models import Person, Post, Unit

Span = tuple[date, date]


@dataclass(frozen=True)
class _Held:
    """Something somebody held at a unit: a post of a rank, a place in the studio, a stationing point."""

    unit: UUID
    person: Person
    what: str
    rank: str
    span: Span


@dataclass(frozen=True)
class Holders:
    """Everybody who may owe something at some units, found in four queries."""

    held: Mapping[UUID, Sequence[_Held]]
    away: Mapping[UUID, Sequence[Span]]

    def of(self, unit: Unit, duty: Duty) -> list[Holder]:
        """On whom a duty falls at a unit, by name."""
        spans: dict[Person, list[Span]] = {}
        for one in self.held.get(unit.pk, ()):
            if one.what == duty.holders and (not duty.ranks or one.rank in duty.ranks):
                spans.setdefault(one.person, []).append(one.span)
        found = [Holder(person, tuple(some), tuple(self.away.get(person.pk, ()))) for person, some in spans.items()]
        return sorted(found, key=lambda holder: (holder.person.name_sort, str(holder.person.pk)))


NOBODY = Holders({}, {})


def holders_at(units: Iterable[Unit], span: Period) -> Holders:
    """Who held what at these units in a span."""
    held: dict[UUID, list[_Held]] = {}
    for one in _held([unit.pk for unit in units], span):
        held.setdefault(one.unit, []).append(one)
    people = {one.person.pk for some in held.values() for one in some}
    away: dict[UUID, list[Span]] = {}
    leaves = Leave.objects.filter(
        person__in=people, since__lt=span.until, until__gte=span.since, taken_back_at__isnull=True
    )
    for person, since, until in leaves.values_list("person", "since", "until"):
        away.setdefault(person, []).append((since, until))
    return Holders(held, away)


def _held(units: Sequence[UUID], span: Period) -> Iterable[_Held]:
    last = span.until - timedelta(days=1)
    posts = Post.objects.filter(_runs("ends_on", span), unit__in=units, role__in=CADRES, starts_on__lt=span.until)
    for post in posts.filter(person__left_on__isnull=True).select_related("person"):
        yield _Held(post.unit_id, post.person, "cadre", post.rank, (post.starts_on, post.ends_on or last))
    staff = StudioStaff.objects.filter(
        _runs("until", span), studio__unit__in=units, person__isnull=False, since__lt=span.until
    )
    for one in staff.select_related("person", "studio"):
        assert one.person is not None  # as asked for
        yield _Held(one.studio.unit_id, one.person, "studio_staff", "", (one.since, one.until or last))
    ties = Tie.objects.filter(_runs("until", span), kind=TieKind.STATIONING, union__in=units, since__lt=span.until)
    for tie in ties.select_related("person"):
        yield _Held(tie.union_id, tie.person, "stationed", "", (tie.since, tie.until or last))


def _runs(last: str, span: Period) -> Q:
    return Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": span.since})
