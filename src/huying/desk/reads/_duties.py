"""What the pages of duties show: figures in words, bars and heat strips as shapes, clauses with what carries them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.http import urlencode

from huying.alerts.models import Information
from huying.cases.models import Case
from huying.desk.reads._clauses import CARRIED_BY, PROOFS, Carrier
from huying.desk.reads._records import kind_labels
from huying.duties import reads
from huying.duties.rules import HIDDEN, Deed, Period, Standing, times_of
from huying.fieldwork.models import ReceptionDay, Record, Tie
from huying.kernel.errors import NotYours
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Clause, ClauseRef, Duty, Phase, Rules, Text
from huying.meetings.models import Meeting
from huying.org.models import Unit
from huying.org.rules import Can, Member, may
from huying.promises.models import Plan, ResearchTopic

EVERY = {
    "day": "每天", "week": "每周", "month": "每月", "quarter": "每季度", "half_year": "每半年", "year": "每年",
}  # fmt: skip
CHIPS = {"missed": "late", "soon": "soon", "open": "ok", "met": "done", "nothing": "done"}
SHAPES = {"missed": "x", "soon": "o", "open": "o", "met": "m", "nothing": "o"}
WIDE, GAP = 780, 3
STRIP_MONTHS = [(month, (month - 1) * WIDE // 12) for month in range(1, 13)]


@dataclass(frozen=True)
class DutyReader:
    """Who looks at the duties of a unit: ``circle``, the union that has the cases, sees every figure; others none about
    fewer than ``smallest``; ``opens`` says whether the cases behind may be opened."""

    actor: Member
    unit: Unit
    circle: bool
    opens: bool
    smallest: int

    def concerns(self, duty: Duty) -> bool:
        """Whether this duty is any business of the reader: what each cadre did is the unions' own, not management's."""
        return self.opens or duty.who != "person"

    def shows(self, row: Standing) -> bool:
        """Whether this figure may be seen."""
        if not self.concerns(row.duty):
            return False
        return self.circle or not row.duty.per_case or not row.need or row.need >= self.smallest


def duty_reader(actor: Member, unit: Unit, smallest: int) -> DutyReader:
    """The reader of a unit's duties, or ``NotYours``: the union itself, its head of management, the unions above."""
    circle = may(actor, Can.READ_CASES, unit)
    above = may(actor, Can.READ_BELOW, unit)
    if not (circle or above or may(actor, Can.READ_FIGURES, unit)):
        raise NotYours
    return DutyReader(actor, unit, circle, circle or above, smallest)


def duty_words(duty: Duty, rules: Rules) -> str:
    """How much is asked how often: 每季度至少 1 次, 件件都要, 最长每 3 个月 1 次."""
    if duty.per_case:
        return "件件都要"
    times = times_of(duty, rules)
    if not times:
        return "本单位还没有定多少"
    if duty.every == "months":
        return f"最长每 {rules.count(duty.months).value} 个月 {times} 次"
    return f"{'每人' if duty.who == 'person' else ''}{EVERY[duty.every]}至少 {times} {'天' if duty.measure == 'days' else '次'}"


# --- one figure -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DutyRow:
    """A duty in its running period as a page shows it."""

    standing: Standing
    figure: str
    of: str
    measure: str
    words: str
    chip: str
    chip_words: str
    bar: int
    href: str
    pace: int = 0


def in_words(n: int, row: Standing) -> str:
    """A figure as people read it: half-days as days, ``48`` or ``48.5``."""
    if not row.halves:
        return str(n)
    return str(n // 2) if n % 2 == 0 else f"{n / 2:.1f}"


def duty_rows(rows: Iterable[Standing], reader: DutyReader, on: date) -> list[DutyRow]:
    """Duties of the running period, what is missing first."""
    return [_duty_row(row, reader, on) for row in rows if reader.concerns(row.duty)]


def _duty_row(row: Standing, reader: DutyReader, on: date) -> DutyRow:
    measure = row.measure
    if not reader.shows(row):
        return DutyRow(row, "—", "", "", HIDDEN, "", "", 0, "")
    if not row.need:
        return DutyRow(row, "—", "", "", _says(row, on, measure), CHIPS[row.state], row.label, 0, "")
    chip = "soon" if row.too_slow else CHIPS[row.state]
    return DutyRow(
        row, in_words(row.done, row), in_words(row.need, row), measure, _says(row, on, measure), chip, row.label,
        min(200, row.done * 200 // row.need), _href(row, reader), min(200, (row.pace or 0) * 200 // row.need),
    )  # fmt: skip


def _says(row: Standing, on: date, measure: str) -> str:
    """What is missing and until when."""
    due = f"{row.due_on.month}月{row.due_on.day}日"
    if row.state == "nothing":
        return f"{row.period.label}还没有到这一步的事项"
    if row.state == "met":
        return f"{row.period.label}做到了"
    if row.state == "missed":
        late = f"{row.missed} 件没有按时" if row.duty.per_case else f"差 {in_words(row.left, row)} {measure}"
        return f"{row.period.label}：{late}"
    if row.pace is not None:
        return f"还差 {in_words(row.left, row)} 天；按此进度，到{due}是 {in_words(row.pace, row)} 天"
    if row.duty.per_case:
        return f"{row.left} 件还在期限内，最早 {due} 到期"
    return f"还差 {in_words(row.left, row)} {measure}，{due}前，还有 {(row.due_on - on).days} 天"


def _href(row: Standing, reader: DutyReader) -> str:
    if row.duty.per_case and not reader.opens:
        return ""
    query = {"unit": str(row.unit.pk), "since": row.period.since.isoformat()}
    if row.person is not None:
        query["person"] = str(row.person.pk)
    return f"{reverse('desk:duty', args=[row.duty.code])}?{urlencode(query)}"


@dataclass(frozen=True)
class Lacking:
    """A duty that is not done yet and has little time left, for 今日."""

    label: str
    chip: str
    clause: ClauseRef
    href: str


def lacking(actor: Member, on: date) -> list[Lacking]:
    """What the reader's own unions still lack, with the days that are left."""
    units = actor.units(Can.HANDLE_CASES)
    found = []
    for row, duty in reads.ending(units, on) if units else ():
        left = (row.due_on - on).days
        label = (
            row.label if len(units) == 1 else f"{next(one for one in units if one.pk == row.unit_id).name} {row.label}"
        )
        href = f"{reverse('desk:duty', args=[row.duty])}?{urlencode({'unit': str(row.unit_id), 'since': row.since.isoformat()})}"
        found.append(Lacking(label, f"还有 {left} 天" if left > 0 else "今天到期", duty.clause, href))
    return found


# --- heat strip --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One period of a strip: where it is drawn, how, what it says, and what it opens."""

    x: float
    width: float
    shape: str
    middle: float
    words: str
    href: str


@dataclass(frozen=True)
class StripRow:
    """A duty over a year as a drawing and in words."""

    duty: Duty
    cells: tuple[Cell, ...]
    kept: int
    of: int
    words: str
    begins: str


def strip_rows(strips: Sequence[reads.Strip], reader: DutyReader, on: date) -> list[StripRow]:
    """Every duty over the year; one of persons only where it fell on somebody."""
    return [
        _strip_row(strip, reader, on)
        for strip in strips
        if strip.duty.who != "person" or (reader.opens and any(row is not None for _, row in strip.cells))
    ]


def _strip_row(strip: reads.Strip, reader: DutyReader, on: date) -> StripRow:
    step = WIDE / len(strip.cells)
    cells = [_cell((number * step, step), period, row, reader, on) for number, (period, row) in enumerate(strip.cells)]
    counts = [row for _, row in strip.cells if row is not None and row.need and reader.shows(row)]
    kept = sum(row.state == "met" for row in counts)
    missed = [row.period.label for row in counts if row.state == "missed"]
    words = f"{kept} 个做到，{len(missed)} 个没有做到" + (f"：{'、'.join(missed)}" if missed else "")
    over = sum(row.state in ("met", "missed") for row in counts)
    begins = strip.begins.label if strip.begins.since > on else ""
    return StripRow(strip.duty, tuple(cells), kept, over, words, begins)


def _cell(place: tuple[float, float], period: Period, row: Standing | None, reader: DutyReader, on: date) -> Cell:
    x, width = place[0], place[1] - GAP
    if row is None:
        shape, words = ("f", "未到") if period.since > on else ("o", "没有要求")
        return Cell(x, width, shape, x + width / 2, f"{period.label}：{words}", "")
    if not reader.shows(row):
        return Cell(x, width, "o", x + width / 2, f"{period.label}：{HIDDEN}", "")
    more = row.state == "met" and not row.duty.per_case and row.done > row.need
    shape = "m2" if more else SHAPES[row.state]
    figure = f" {in_words(row.done, row)} / {in_words(row.need, row)} {row.measure}" if row.need else ""
    href = _href(row, reader) if row.need else ""
    return Cell(x, width, shape, x + width / 2, f"{period.label}：{row.label}{figure}", href)


def strip_today(year: int, on: date) -> float | None:
    """Where the line of today stands on a strip of a year."""
    if on.year != year:
        return None
    days = (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return round((on - date(year, 1, 1)).days * WIDE / days, 1)


# --- what is behind --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BehindRow:
    """One thing behind a figure, as far as its reader may know it."""

    title: str
    href: str
    day: date
    state: str
    why: str


def behind_rows(deeds: Sequence[Deed], actor: Member) -> list[BehindRow]:
    """What this reader may see of what is behind a figure, in the given order (a query for each kind)."""
    ids: dict[str, list[UUID]] = {}
    for deed in deeds:
        ids.setdefault(deed.kind, []).append(deed.id)
    found = {
        (kind, pk): shown for kind, some in ids.items() if kind in BEHIND for pk, shown in BEHIND[kind](actor, some)
    }
    return list(_behind(deeds, found))


def _behind(deeds: Sequence[Deed], found: Mapping[tuple[str, UUID], tuple[str, str]]) -> Iterator[BehindRow]:
    for deed in deeds:
        if shown := found.get((deed.kind, deed.id)):
            yield BehindRow(*shown, deed.day, deed.state, deed.why)
        elif deed.kind == "report":
            yield BehindRow(deed.why, reverse("desk:report", args=[deed.id]), deed.day, deed.state, "")
        elif deed.kind not in BEHIND:
            yield BehindRow(deed.why, "", deed.day, deed.state, "")


Shown = Iterator[tuple[UUID, tuple[str, str]]]


def _cases(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in Case.objects.visible_to(actor).filter(pk__in=ids):
        yield one.pk, (f"{one.number} {one.shown_title}", reverse("desk:case", args=[one.pk]))


def _meetings(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in Meeting.objects.visible_to(actor).filter(pk__in=ids):
        yield one.pk, (one.title, reverse("desk:meeting", args=[one.pk]))


def _records(actor: Member, ids: Sequence[UUID]) -> Shown:
    found = list(Record.objects.visible_to(actor).filter(pk__in=ids).select_related("union", "place"))
    labels = kind_labels(found, max((one.on for one in found), default=date.max))
    for one in found:
        place = one.place.name if one.place else one.where
        words = "，".join(part for part in (labels[one.union_id, one.kind], one.theme or place) if part)
        yield one.pk, (words, reverse("desk:record", args=[one.pk]))


def _ties(actor: Member, ids: Sequence[UUID]) -> Shown:
    rows = Tie.objects.visible_to(actor).filter(pk__in=ids).select_related("person", "unit", "household")
    for one in rows:
        whom = one.unit.name if one.unit else f"困难职工家庭 {one.household.code}" if one.household else ""
        yield one.pk, (f"{one.get_kind_display()}：{one.person.name}，{whom}", reverse("desk:tie", args=[one.pk]))


def _receptions(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in ReceptionDay.objects.visible_to(actor).filter(pk__in=ids).select_related("leader__person"):
        words = f"{one.get_kind_display()}：{one.leader.person.name}"
        yield one.pk, (words, reverse("desk:reception-day", args=[one.pk]))


def _information(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in Information.objects.visible_to(actor).filter(pk__in=ids):
        yield one.pk, (one.title, reverse("desk:information_one", args=[one.pk]))


def _plans(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in Plan.objects.visible_to(actor).filter(pk__in=ids):
        yield one.pk, (f"{one.year} 年办实事计划", reverse("desk:plan", args=[one.pk]))


def _research(actor: Member, ids: Sequence[UUID]) -> Shown:
    for one in ResearchTopic.objects.visible_to(actor).filter(pk__in=ids):
        yield one.pk, (one.title, reverse("desk:research-topic", args=[one.pk]))


# What stands behind a figure, by kind: those of some rows that a reader may see, each with its title and address.
BEHIND: dict[str, Callable[[Member, Sequence[UUID]], Shown]] = {
    "case": _cases, "meeting": _meetings, "record": _records, "tie": _ties, "reception": _receptions,
    "information": _information, "plan": _plans, "research": _research,
}  # fmt: skip


# --- clause by clause --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClauseRow:
    """A clause of an adopted document: what carries it out, whether it is met now, and the figures."""

    clause: Clause
    carrier: Carrier
    page: str
    proof: str
    state: str
    figures: tuple[DutyRow, ...]
    says: tuple[Text, ...]

    @property
    def now(self) -> str:
        """Whether it is met, in words."""
        if not self.figures:
            return self.proof
        return {"missed": "没有做到", "soon": "快到期", "open": "还没有做，时间还早", "met": "做到", "hidden": HIDDEN,
                "nothing": "现在没有要做的"}[self.state]  # fmt: skip


def clause_rows(unit: Unit, reader: DutyReader, on: date) -> list[ClauseRow]:
    """Every clause of the packs a unit works by, in the order of the documents."""
    rules = rules_for(unit, on)
    found = reads.clauses_standing(unit, on, blind=reader.actor)
    return [_clause_row(clause, rows, _texts(rules, clause), reader, on) for clause, rows in found]


def _texts(rules: Rules, clause: Clause) -> tuple[Text, ...]:
    """The sentences a clause wants said."""
    return tuple(one for one in rules.of_clause(clause.id) if isinstance(one, Text))


def phase_rows(rules: Rules) -> list[tuple[Phase, str]]:
    """The closed loop as the pack orders it, each phase with the page on which it is done."""
    return [
        (phase, reverse(f"desk:{carrier.page}") if (carrier := CARRIED_BY.get(phase.clause.id)) else "")
        for phase in rules.phases()
    ]


def _clause_row(
    clause: Clause, rows: Sequence[Standing], says: tuple[Text, ...], reader: DutyReader, on: date
) -> ClauseRow:
    carrier = CARRIED_BY.get(clause.id) or Carrier("packs", "机制和细则", "record", "")
    rows = [row for row in rows if reader.concerns(row.duty)]
    shown = [row for row in rows if reader.shows(row)]
    state = min((row.state for row in shown), key=reads.WORST_FIRST.index, default="hidden" if rows else carrier.proof)
    figures = tuple(_duty_row(row, reader, on) for row in rows)
    return ClauseRow(clause, carrier, reverse(f"desk:{carrier.page}"), PROOFS[carrier.proof], state, figures, says)
