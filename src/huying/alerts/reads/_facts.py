"""A union's period in figures, for somebody outside the case officers' circle: what is about few people, and every case that
is kept from anybody, is not in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from huying.alerts.models import Incident, Warning
from huying.alerts.rules import Facts, Named
from huying.cases.models import Case, Clock, Recusal
from huying.kernel.small import suppressed
from huying.mechanism.reads import rules_for
from huying.org.models import Unit, path_end

MOST_TITLES = 3  # of a hot class: a report is read, not searched
NOT_COUNTED = ("spam", "merged")


def within(unit: Unit, field: str = "unit") -> Q:
    """At a unit; of a local union also at those below."""
    if not unit.is_upper:
        return Q(**{field: unit.pk})
    return Q(**{f"{field}__path__gte": unit.path, f"{field}__path__lt": path_end(unit.path)})


def open_to_all(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Cases that are kept from nobody."""
    return rows.exclude(Exists(Recusal.objects.filter(case=OuterRef("pk")))).exclude(status__in=NOT_COUNTED)


def facts_of(unit: Unit, since: date, until: date, *, today: date) -> Facts:
    """Figures by category, released titles of hot ones, what is open and late; in a fixed number of queries."""
    rules = rules_for(unit, today)
    smallest = rules.count("small_cell").value
    held = open_to_all(Case.objects.filter(within(unit)))
    received = list(
        held.filter(received_at__date__range=(since, until)).values_list("category", "title", "released_at")
    )
    labels = {one.code: one.label for one in rules.categories()}
    kinds = _kinds(Counter(row[0] for row in received), smallest)
    running = Clock.objects.filter(
        case=OuterRef("pk"), stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=today
    )
    still = held.filter(closed_at__isnull=True)
    n_open, n_late = still.count(), still.filter(Exists(running)).count()
    return Facts(
        since=since.isoformat(),
        until=until.isoformat(),
        as_of=today.isoformat(),
        received=_shown(len(received), smallest),
        kinds=tuple(
            Named(labels.get(code, "没有分类的") if code else "没有分类的", n, _titles(received, code) if n else ())
            for code, n in kinds
        ),
        open=_shown(n_open, smallest),
        late=None if suppressed({"late": n_late, "rest": n_open - n_late}, smallest) else n_late,
        warnings=_warnings(unit),
        incidents=Incident.objects.real().filter(within(unit), since__date__range=(since, until)).exclude(status="mistaken").count(),
    )  # fmt: skip


def _shown(n: int, smallest: int) -> int | None:
    return None if 0 < n < smallest else n


def _kinds(counted: Counter[str], smallest: int) -> list[tuple[str, int | None]]:
    """The largest class first; where the sum is small all are hidden, as are the small ones with what would betray them."""
    hidden = suppressed(counted, smallest)
    return [(code, None if code in hidden else n) for code, n in counted.most_common()]


def _titles(received: Sequence[tuple[str, str, object]], code: str) -> tuple[str, ...]:
    """Released titles of one class, each once."""
    found = dict.fromkeys(title for category, title, _ in received if category == code and title)
    return tuple(list(found)[:MOST_TITLES])


def _warnings(unit: Unit) -> int:
    """Open warnings no case of which is kept from anybody."""
    named = Recusal.objects.filter(case__warnings__warning=OuterRef("pk"))
    heard = Recusal.objects.filter(case__records__record__warnings__warning=OuterRef("pk"))
    return Warning.objects.filter(within(unit), status="open").exclude(Exists(named)).exclude(Exists(heard)).count()
