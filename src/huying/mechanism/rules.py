"""The rules a unit or a running case works by, each with the clause it comes from.  Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from huying.kernel.clock import DayKind, Due, Rule, WorkDays, due, explain
from huying.mechanism.calendar import SpecialDay as SpecialDay  # noqa: PLC0414  (handed in by other rooms)
from huying.mechanism.calendar import usually_works as usually_works  # noqa: PLC0414

Row = Mapping[str, Any]
_Coded = TypeVar("_Coded", bound="Coded")


@dataclass(frozen=True)
class ClauseRef:
    """Where a rule stands: clause id, number of the document, place in it."""

    id: str
    number: str
    at: str

    @property
    def badge(self) -> str:
        """The badge shown beside a rule: ``蒙会发〔2017〕21号 三(二)4``."""
        return f"{self.number} {self.at}"


@dataclass(frozen=True)
class Clause(ClauseRef):
    """A clause with its kind and our own summary."""

    kind: str
    summary: str


@dataclass(frozen=True)
class PackRef:
    """A pack in force, and the unit that adopted it."""

    code: str
    version: int
    number: str
    title: str
    by: str


@dataclass(frozen=True)
class Coded:
    """Anything with a code, a label people read and the clause it comes from."""

    code: str
    label: str
    clause: ClauseRef


@dataclass(frozen=True)
class ClockRule(Coded):
    """A time limit.  ``starts`` and ``stops`` name the events in words; ``by`` is the unit whose adoption or house rule
    makes it hold, empty for the product's own starting value.  ``gives_time``: time given to somebody (to add to their
    story, to rate), so of several such limits the latest date counts and house rules may only lengthen it.
    """

    what: str
    rule: Rule
    starts: str
    stops: str
    note: str
    by: str
    gives_time: bool

    def explain(self, found: Due) -> str:
        """How a date under this rule was computed, in words, with the clause."""
        return f"{explain(found, self.rule, self.starts)}依据：{self.clause.badge}。"


@dataclass(frozen=True)
class CountRule(Coded):
    """A number that has to be reached (``at_least``) or not passed (``at_most``); the value itself always keeps it."""

    what: str
    sense: str
    value: int
    measure: str
    by: str


@dataclass(frozen=True)
class Duty(Coded):
    """Something to be done so many times in each period, or for every case (``every`` is ``case``).

    ``who`` owes it: every ``union`` that has cases, the ``employer_union`` only (企事业单位工会), the ``upper_union`` (地方和产业
    工会), or each ``person`` who is one of the ``holders`` there (of these ``ranks``); ``levels`` narrows it to unions of such
    levels.  ``of`` names what is counted, ``kinds`` which kinds of record, in ``measure`` (times or days).  Where the document leaves the
    number open, ``count`` and ``months`` name the counts that say how many, and after how many months it comes round.
    """

    what: str
    who: str
    of: str
    times: int
    every: str
    months: str
    note: str
    holders: str = ""
    ranks: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    measure: str = "times"
    count: str = ""

    @property
    def per_case(self) -> bool:
        """Owed for every case, not in every period."""
        return self.every == "case"


@dataclass(frozen=True)
class Grade:
    """One grade of a scale; ``counts_as`` is satisfied, basic or unsatisfied."""

    code: str
    label: str
    counts_as: str


@dataclass(frozen=True)
class Scale(Coded):
    """Grades of a satisfaction survey, best first."""

    grades: tuple[Grade, ...]


@dataclass(frozen=True)
class Category(Coded):
    """A class of content (``parent`` empty) or a second-level category.  ``has_worker`` false: raised by management."""

    what: str
    parent: str
    has_worker: bool


@dataclass(frozen=True)
class Channel(Coded):
    """A way in.  ``box`` is the box ticked on form 1: talk, phone, relay or online."""

    box: str
    on: bool


@dataclass(frozen=True)
class Seat(Coded):
    """Who attends a kind of meeting; ``per_topic``: only where a topic touches them."""

    meeting: str
    what: str
    chairs: bool
    per_topic: bool


@dataclass(frozen=True)
class Phase(Coded):
    """A phase of the mechanism, in order."""

    what: str


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    code: str
    label: str
    note: str


@dataclass(frozen=True)
class Choices(Coded):
    """A list people choose from, or of what must be given (``Rules.needs``)."""

    choices: tuple[Choice, ...]

    def label_of(self, code: str) -> str:
        """The label of one entry; the code itself if the list lacks it."""
        return next((choice.label for choice in self.choices if choice.code == code), code)


@dataclass(frozen=True)
class FormField:
    """A field of an official form; ``options`` names the list or scale it chooses from."""

    code: str
    label: str
    options: str


@dataclass(frozen=True)
class Form(Coded):
    """An official form; its label is its title."""

    fields: tuple[FormField, ...]


@dataclass(frozen=True)
class RecordField:
    """A field of its own that a kind of record has: ``text``, ``number`` or ``choice`` (from the list ``options``)."""

    code: str
    label: str
    kind: str
    options: str
    must: bool


@dataclass(frozen=True)
class RecordKind(Coded):
    """A kind of work record.  ``outside``: it takes place at a unit, which confirms date and presence.  ``meets_both``: workers
    and managers are met, each (QD-4.2)."""

    what: str
    outside: bool
    fields: tuple[RecordField, ...]
    meets_both: bool = False


@dataclass(frozen=True)
class Text(Coded):
    """A sentence a document wants said; its label is the sentence."""


@dataclass(frozen=True)
class Rules:
    """Resolved rules.  Round-trips JSON through ``body`` and ``from_body``.

    Unknown codes raise ``KeyError``: a mistake of the caller, since ``house.yaml`` has a starting value for every code
    the product itself uses.
    """

    data: Row

    @classmethod
    def from_body(cls, body: Row) -> Rules:
        """The rules a snapshot kept."""
        return cls(body)

    def body(self) -> dict[str, Any]:
        """What a snapshot keeps."""
        return dict(self.data)

    @cached_property
    def packs(self) -> tuple[PackRef, ...]:
        """Packs in force, from the topmost unit down."""
        return tuple(PackRef(**row) for row in self.data["packs"])

    # --- clauses ---

    @cached_property
    def _clauses(self) -> dict[str, Clause]:
        return {row["id"]: Clause(**row) for row in self.data["clauses"]}

    def clauses(self) -> tuple[Clause, ...]:
        """Clauses of every pack in force, in the order of the documents."""
        return tuple(self._clauses.values())

    def clause(self, clause_id: str) -> Clause:
        """One clause by id."""
        return self._clauses[clause_id]

    # --- clocks, counts, duties ---

    @cached_property
    def _clocks(self) -> dict[str, tuple[ClockRule, ...]]:
        found: dict[str, tuple[ClockRule, ...]] = {}
        for row in self.data["clocks"]:
            found[row["code"]] = (*found.get(row["code"], ()), _clock(row))
        return found

    def clocks(self, code: str) -> tuple[ClockRule, ...]:
        """Every rule that limits this; ``due`` says which counts."""
        return self._clocks[code]

    def clock_codes(self) -> tuple[str, ...]:
        """Codes of all clocks."""
        return tuple(self._clocks)

    def clock(self, code: str) -> ClockRule:
        """The rule that usually counts; ``due`` decides for a given day."""
        return _strictest(self._clocks[code], key=lambda clock: _usual_days(clock.rule))

    def due(
        self, code: str, start: date, calendar: WorkDays, paused_days: Collection[date] = ()
    ) -> tuple[Due, ClockRule]:
        """The date that counts among all rules for this clock, and the rule it comes from."""
        found = {clock: due(start, clock.rule, calendar, paused_days) for clock in self._clocks[code]}
        counts = _strictest(self._clocks[code], key=lambda clock: found[clock].on)
        return found[counts], counts

    @cached_property
    def _counts(self) -> dict[str, CountRule]:
        return {row["code"]: _coded(CountRule, row) for row in self.data["counts"]}

    def count(self, code: str) -> CountRule:
        """The strictest count."""
        return self._counts[code]

    def counts(self) -> tuple[CountRule, ...]:
        """All counts."""
        return tuple(self._counts.values())

    def duties(self) -> tuple[Duty, ...]:
        """Duties of every pack in force."""
        return tuple(
            _coded(Duty, row, **{name: tuple(row.get(name, ())) for name in ("ranks", "levels", "kinds")})
            for row in self.data["duties"]
        )

    @cached_property
    def _records(self) -> dict[str, RecordKind]:
        return {
            row["code"]: _coded(RecordKind, row, fields=tuple(RecordField(**field) for field in row["fields"]))
            for row in self.data.get("records", ())
        }

    def records(self) -> tuple[RecordKind, ...]:
        """Kinds of work records."""
        return tuple(self._records.values())

    def record(self, code: str) -> RecordKind:
        """One kind of work record."""
        return self._records[code]

    # --- what people choose from ---

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {
            row["code"]: _coded(Scale, row, grades=tuple(Grade(**grade) for grade in row["grades"]))
            for row in self.data["scales"]
        }

    def scale(self, code: str = "") -> Scale:
        """The scale in use, or another one of the chosen pack by code."""
        return self._scales[code or self.data["scale"]]

    def scales(self) -> tuple[Scale, ...]:
        """Scales a unit may choose from."""
        return tuple(self._scales.values())

    def grade(self, code: str) -> Grade:
        """One grade of the scale in use."""
        return next((grade for grade in self.scale().grades if grade.code == code), None) or _missing(code)

    @cached_property
    def _categories(self) -> dict[str, Category]:
        return {row["code"]: _coded(Category, row) for row in self.data["categories"]}

    def categories(self, parent: str | None = None) -> tuple[Category, ...]:
        """All categories; with ``parent`` empty the classes, with a class's code its second level."""
        return tuple(row for row in self._categories.values() if parent is None or row.parent == parent)

    def category(self, code: str) -> Category:
        """One category."""
        return self._categories[code]

    @cached_property
    def _channels(self) -> dict[str, Channel]:
        return {row["code"]: _coded(Channel, row) for row in self.data["channels"]}

    def channels(self) -> tuple[Channel, ...]:
        """Channels that are open."""
        return tuple(channel for channel in self._channels.values() if channel.on)

    def channel(self, code: str) -> Channel:
        """One channel, open or not."""
        return self._channels[code]

    def all_channels(self) -> tuple[Channel, ...]:
        """Channels open or closed, for the page of house rules."""
        return tuple(self._channels.values())

    def options(self, code: str) -> Choices:
        """A list people choose from: progress, tell_ways, survey_ways, survey_groups, secrecy, …"""
        return self._options[code]

    def needs(self, code: str) -> Choices:
        """What must be given, all of it: item, legality."""
        return self._needs[code]

    @cached_property
    def _options(self) -> dict[str, Choices]:
        return self._lists("options")

    @cached_property
    def _needs(self) -> dict[str, Choices]:
        return self._lists("needs")

    def _lists(self, section: str) -> dict[str, Choices]:
        return {
            row["code"]: _coded(Choices, row, choices=tuple(Choice(**choice) for choice in row["choices"]))
            for row in self.data[section]
        }

    # --- meetings, forms, texts ---

    def seats(self, meeting: str) -> tuple[Seat, ...]:
        """Who attends a kind of meeting."""
        return tuple(_coded(Seat, row) for row in self.data["roles"] if row["meeting"] == meeting)

    def phases(self) -> tuple[Phase, ...]:
        """Phases of the mechanism, in order."""
        return tuple(_coded(Phase, row) for row in self.data["phases"])

    def forms(self) -> tuple[Form, ...]:
        """Official forms."""
        return tuple(
            _coded(Form, row, fields=tuple(FormField(**field) for field in row["fields"])) for row in self.data["forms"]
        )

    def form(self, code: str) -> Form:
        """One official form."""
        return next((form for form in self.forms() if form.code == code), None) or _missing(code)

    def text(self, code: str) -> Text:
        """One sentence a document wants said."""
        found = (_coded(Text, row) for row in self.data["texts"] if row["code"] == code)
        return next(found, None) or _missing(code)

    def of_clause(self, clause_id: str) -> tuple[Coded, ...]:
        """Everything among these rules that comes from a clause."""
        every: tuple[Coded, ...] = (
            *(clock for code in self.clock_codes() for clock in self.clocks(code)),
            *self.counts(),
            *self.duties(),
            *self.records(),
            *self.phases(),
            *(_coded(Seat, row) for row in self.data["roles"]),
            *self.scales(),
            *self.categories(),
            *self.all_channels(),
            *self._options.values(),
            *self._needs.values(),
            *self.forms(),
            *(_coded(Text, row) for row in self.data["texts"]),
        )
        return tuple(rule for rule in every if rule.clause.id == clause_id)


def _missing(code: str) -> Any:
    raise KeyError(code)


def _coded(kind: type[_Coded], row: Row, **built: Any) -> _Coded:
    """A typed row: its clause as a reference, other values as they stand or as given in ``built``."""
    return kind(**{**row, "clause": ClauseRef(**row["clause"]), **built})


def _clock(row: Row) -> ClockRule:
    """A typed clock."""
    plain = {key: row[key] for key in ("code", "label", "what", "starts", "stops", "note", "by", "gives_time")}
    return ClockRule(**plain, clause=ClauseRef(**row["clause"]), rule=rule_of(row))


def rule_of(row: Row) -> Rule:
    """The limit of a clock's row."""
    return Rule(days=row["days"], kind=DayKind(row["kind"]), roll=row["roll"])


def _usual_days(rule: Rule) -> float:
    """How long a limit lasts in an ordinary week, for choosing which of several to name first."""
    return rule.days * (7 / 5 if rule.kind is DayKind.WORKING else 1)


def _strictest(clocks: tuple[ClockRule, ...], key: Callable[[ClockRule], Any]) -> ClockRule:
    """The first to end; the last, where the clock gives somebody time."""
    return (max if clocks[0].gives_time else min)(clocks, key=key)


def never_later(one: Rule, other: Rule) -> bool:
    """Whether a limit ends no later than another from every start day and in every calendar."""
    if one.kind is DayKind.CALENDAR:
        # The n-th working day never lies before the n-th calendar day, and is itself a working day.
        rolls_alike = other.kind is DayKind.WORKING or other.roll or not one.roll
        return one.days <= other.days and rolls_alike
    if other.kind is DayKind.WORKING:
        return one.days <= other.days
    # One working day is the next working day; a rolled calendar day cannot end before it.  More can cross a long holiday.
    return one.days == 1 and other.roll
