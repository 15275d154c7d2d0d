"""Asking for the ledger: a selection of cases with the whole story of each, figures of a page, form 1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Clock, Recusal, Station
from huying.cases.reads import rules_of
from huying.feedback.models import Answer, Survey
from huying.handling.models import Item, Telling
from huying.kernel import search
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.ledger.form1 import Form1, Remark, form1_docx, form1_pdf
from huying.ledger.models import Export
from huying.ledger.rules import HIDDEN, STEPS, Selection, Share, in_time, may_show, standing
from huying.mechanism.reads import rules_for
from huying.mechanism.rules import Rules
from huying.org.models import Department, Unit, path_end
from huying.org.rules import Can, Member
from huying.papers.reads import Cell, Column

__all__ = ["Form1", "Remark", "form1_docx", "form1_pdf"]

CHUNK = 500
COLUMNS = (
    Column("编号", 24), Column("收到", 12), Column("登记", 12), Column("单位", 24), Column("方式", 12), Column("类别", 20),
    Column("难易", 10), Column("标题", 32), Column("摘要", 48), Column("状态", 14), Column("责任人", 10), Column("承办部门", 18),
    Column("办结", 12), Column("书面反馈", 12), Column("告知", 12), Column("测评", 20), Column("归档", 12),
    *(Column(f"{label}是否按时", 12) for _, label in STEPS),
)  # fmt: skip


# --- selecting --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who asks: the scope of cases, the unions whose figures are their own, the rules of the first."""

    cases: QuerySet[Case]
    own: frozenset[UUID]
    unit: Unit
    rules: Rules

    @property
    def smallest(self) -> int:
        """The smallest group whose figures others may see."""
        return self.rules.count("small_cell").value


def viewer(actor: Actor, today: date) -> Viewer:
    """The ledger of a member of staff; ``NotYours`` for who reads no cases."""
    units = actor.units(Can.READ_CASES) if isinstance(actor, Member) else []
    if not units:
        raise NotYours
    own = frozenset(unit.pk for unit in units)
    return Viewer(cases=Case.objects.visible_to(actor), own=own, unit=units[0], rules=rules_for(units[0], today))


def viewer_of_unit(unit: Unit, today: date) -> Viewer:
    """The ledger of a unit written from the command line.  It may reach anybody at the unit, so cases that must stay
    unknown to somebody there are not in it."""
    reach = Q(unit=unit)
    if unit.is_upper:
        reach |= Q(unit__path__gte=unit.path, unit__path__lt=path_end(unit.path))
    cases = Case.objects.filter(Exists(Station.objects.filter(reach, case=OuterRef("pk"))))
    cases = cases.exclude(Exists(Recusal.objects.filter(case=OuterRef("pk"))))
    return Viewer(cases=cases, own=frozenset({unit.pk}), unit=unit, rules=rules_for(unit, today))


def selected(seen: Viewer, chosen: Selection, today: date) -> QuerySet[Case]:
    """The cases of a selection, newest first."""
    rows = seen.cases.exclude(status="spam")
    if chosen.since:
        rows = rows.filter(received_at__gte=_midnight(chosen.since))
    if chosen.until:
        rows = rows.filter(received_at__lt=_midnight(chosen.until + timedelta(days=1)))
    for name, value in (
        ("status", chosen.state),
        ("content_class", chosen.content_class),
        ("category", chosen.category),
        ("channel", chosen.channel),
        ("difficulty", chosen.difficulty),
    ):
        if value:
            rows = rows.filter(**{name: value})
    if chosen.department:
        rows = rows.filter(Exists(Item.objects.filter(case=OuterRef("pk"), department__name=chosen.department)))
    if chosen.timing:
        rows = _by_timing(rows, chosen.timing, today)
    if chosen.satisfaction:
        rows = _by_satisfaction(rows, chosen.satisfaction, seen)
    if chosen.unit:
        rows = _below(rows, chosen.unit, seen)
    if chosen.words:
        hits = search.hits("case", chosen.words)
        rows = rows.filter(hits) if hits is not None else rows.none()
    return rows.order_by("-registered_at", "-id")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _by_timing(rows: QuerySet[Case], timing: str, today: date) -> QuerySet[Case]:
    mine = Clock.objects.filter(case=OuterRef("pk"), code__in=[code for code, _ in STEPS])
    passed = Q(stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=today)
    late = Exists(mine.filter(Q(late=True) | passed))
    return rows.filter(late) if timing == "late" else rows.filter(~late)


def _by_satisfaction(rows: QuerySet[Case], grade: str, seen: Viewer) -> QuerySet[Case]:
    """Cases with such an answer.  Of other unions' only those with enough answers: a filter must not tell what a cell hides."""
    answers = Answer.objects.filter(survey__case=OuterRef("pk"))
    rows = rows.filter(Exists(answers.filter(counts_as=grade)))
    few = answers.order_by().values("survey").annotate(n=Count("pk")).order_by("n").values("n")[:1]
    rows = rows.annotate(fewest=Coalesce(Subquery(few), 0))
    return rows.filter(Q(holder__in=seen.own) | Q(fewest__gte=seen.smallest))


def _below(rows: QuerySet[Case], name: str, seen: Viewer) -> QuerySet[Case]:
    """Cases of the units of that name below the viewer's own, with all that belongs to them."""
    units = Unit.objects.within(seen.unit).filter(Q(name__icontains=name) | Q(code=name))[:50]
    reach = [Q(place__path__gte=unit.path, place__path__lt=path_end(unit.path)) for unit in units]
    return rows.filter(reduce(or_, reach)) if reach else rows.none()


def units_below(seen: Viewer) -> list[str]:
    """Names to choose a unit from; a large union types instead."""
    names = Unit.objects.within(seen.unit).open().exclude(pk=seen.unit.pk).values_list("name", flat=True)[:201]
    return [] if len(names) > 200 else sorted(set(names))


def departments_of(seen: Viewer) -> list[str]:
    """Names of the departments of the viewer's own units."""
    rows = Department.objects.filter(unit__in=seen.own).order_by("name")
    return list(dict.fromkeys(rows.values_list("name", flat=True)))


# --- the whole story of a case ----------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Row:
    """One case as the ledger shows it.  Identity is left out altogether: it stays in the dossier."""

    case: Case
    own: bool
    title: str
    summary: str
    channel: str
    category: str
    departments: tuple[str, ...]
    done_on: date | None
    reported_on: date | None
    told_on: date | None
    survey: str
    people: tuple[int, int]
    steps: dict[str, str]

    @property
    def in_time(self) -> str:
        """All steps in words."""
        return in_time(self.steps)

    def cells(self) -> list[Cell]:
        """The row of the workbook, in the order of ``COLUMNS``."""
        case = self.case
        return [
            case.number, _day(case.received_at), _day(case.registered_at), case.unit.name, self.channel, self.category,
            case.get_difficulty_display(), self.title, self.summary, CASE.by_code[case.status].staff,
            case.officer.person.name if case.officer else "", "、".join(self.departments), self.done_on, self.reported_on,
            self.told_on, self.survey, _day(case.archived_at), *(self.steps.get(code, "") for code, _ in STEPS),
        ]  # fmt: skip


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def with_story(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with everything a row needs, in a fixed number of statements."""
    steps = [code for code, _ in STEPS]
    return cases.select_related("unit", "officer__person").prefetch_related(
        Prefetch("items", Item.objects.exclude(status="dropped").select_related("department").order_by("given_at")),
        Prefetch("tellings", Telling.objects.order_by("-round", "told_on")),
        Prefetch("surveys", Survey.objects.order_by("-round").prefetch_related("answers")),
        Prefetch("clocks", Clock.objects.filter(code__in=steps)),
    )


def row_of(case: Case, seen: Viewer, today: date) -> Row:
    """A case fetched by ``with_story`` as a row."""
    rules = rules_of(case)
    items = [item for item in case.items.all() if item.round == case.round]
    telling = next((one for one in case.tellings.all() if one.round == case.round), None)
    own = case.holder_id in seen.own
    smallest = max(seen.smallest, rules.count("small_cell").value)
    survey, people = _survey(case, smallest, own=own)
    return Row(
        case=case,
        own=own,
        title=case.title if case.released_at else "（待写公开摘要）",
        summary=case.summary if case.released_at else "",
        channel=_channel(rules, case),
        category=_category(rules, case),
        departments=tuple(dict.fromkeys(item.department.name for item in items)),
        done_on=_last([item.done_on for item in items]),
        reported_on=_last([_day(item.reported_at) for item in items]),
        told_on=telling.told_on if telling else None,
        survey=survey,
        people=people,
        steps=standing(case.clocks.all(), today),
    )


def _last(days: list[date | None]) -> date | None:
    """The last day once every item has one."""
    known = [day for day in days if day]
    return max(known) if known and len(known) == len(days) else None


def _survey(case: Case, smallest: int, *, own: bool) -> tuple[str, tuple[int, int]]:
    """The last survey in words, and (satisfied or basically so, answered); both empty when too few people are behind it."""
    survey = next((one for one in case.surveys.all() if one.answers.all()), None)
    if survey is None:
        return "", (0, 0)
    answers = list(survey.answers.all())
    if not may_show(len(answers), smallest, own=own):
        return HIDDEN, (0, 0)
    counts = {grade["label"]: sum(one.result == grade["code"] for one in answers) for grade in survey.scale}
    given = [label if len(answers) == 1 else f"{label} {n}" for label, n in counts.items() if n]
    return "、".join(given), (sum(one.counts_as != "unsatisfied" for one in answers), len(answers))


def _channel(rules: Rules, case: Case) -> str:
    known = {one.code: one.label for one in rules.all_channels()}
    label = known.get(case.channel, "反映打击报复" if case.channel == "retaliation" else case.channel)
    return f"{label}（{case.channel_note}）" if case.channel_note else label


def _category(rules: Rules, case: Case) -> str:
    known = {one.code: one.label for one in rules.categories()}
    return "·".join(known.get(code, code) for code in (case.content_class, case.category) if code)


def rows_of(ids: Sequence[UUID], seen: Viewer, today: date) -> Iterator[Row]:
    """Rows of any number of cases in the order given, a few hundred in memory at a time."""
    for start in range(0, len(ids), CHUNK):
        batch = ids[start : start + CHUNK]
        found = {case.pk: case for case in with_story(Case.objects.filter(pk__in=batch))}
        for pk in batch:
            if pk in found:
                yield row_of(found[pk], seen, today)


def sums(shown: Iterable[Row]) -> list[Share]:
    """Figures of a page, each with numerator and denominator.

    Satisfaction counts only the people whose answers the page itself may show, so nothing follows from a difference.
    """
    shown = list(shown)
    shares = []
    for code, label in STEPS:
        judged = [row.steps[code] for row in shown if row.steps.get(code) in ("按时", "超期")]
        shares.append(Share(f"{label}按时", sum(state == "按时" for state in judged), len(judged)))
    shares.append(Share("满意和基本满意", sum(row.people[0] for row in shown), sum(row.people[1] for row in shown)))
    shares.append(Share("已归档", sum(row.case.status == "archived" for row in shown), len(shown)))
    return shares


# --- exports ----------------------------------------------------------------------------------------------------------


def export_for(actor: Actor, export_id: UUID) -> Export:
    """A workbook this person asked for, or ``NotYours``: nobody else ever gets it."""
    export = Export.objects.select_related("file__key").filter(pk=export_id, person=actor.person_id).first()
    if export is None or actor.person_id is None:
        raise NotYours
    return export


def exports_of(actor: Actor) -> QuerySet[Export]:
    """Workbooks this person asked for that are still kept, newest first."""
    return Export.objects.filter(person=actor.person_id, gone_at__isnull=True).order_by("-asked_at")


# --- form 1 -----------------------------------------------------------------------------------------------------------

_BOXES = {"talk": "talk", "phone": "phone", "relay": "relay", "online": "web"}


def form1_of(case: Case, *, applicant: str, phone: str, issuer: str, on: date) -> Form1:
    """Form 1 of a case: the released text, with the applicant as the caller may show it (MY-A1)."""
    rules = rules_of(case)
    boxes = {one.code: _BOXES[one.box] for one in rules.all_channels()}
    accepted = case.events.filter(act="accept").order_by("-at").first()
    opinion: tuple[Remark, ...] = ()
    if accepted is not None:
        opinion = (Remark(f"{accepted.label}。", accepted.who, timezone.localdate(accepted.at)),)
    items = case.items.exclude(status="dropped").select_related("department").order_by("given_at")
    return Form1(
        channel=boxes.get(case.channel, ""),
        number=case.number,
        received_on=_day(case.received_at),
        category=_category(rules, case),
        applicant=applicant,
        unit=case.place.name,
        phone=phone,
        words=case.summary if case.released_at else "（公开摘要还没有写）",
        opinion=opinion,
        measures=tuple(_measure(item) for item in items),
        issuer=case.holder.name,
        printed_on=on,
    )


def _measure(item: Item) -> Remark:
    """What a department was given to do, and what it reported."""
    text = f"{item.measure}\n{item.report}" if item.report else item.measure
    return Remark(text, item.department.name, _day(item.reported_at) or item.done_on)


def form1_of_item(item: Item, on: date) -> Form1:
    """The masked copy for the department: its own code and brief; nothing that says who, when or how many."""
    return Form1(
        number=f"事项 {item.code}",
        applicant="（保密）",
        unit="（略）",
        phone="（保密）",
        words=item.brief,
        measures=(_measure(item),),
        masked=True,
        issuer=item.department.unit.name,
        printed_on=on,
    )
