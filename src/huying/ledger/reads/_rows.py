"""The whole story of each case of a selection, one row each, and the figures of a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from huying.cases.lifecycle import CASE
from huying.cases.models import Case, Clock
from huying.cases.reads import rules_of
from huying.climb.models import Rung
from huying.feedback.models import Survey
from huying.feedback.reads import outside_words
from huying.handling.models import Item, Telling
from huying.ledger.reads._select import Viewer
from huying.ledger.rules import STEPS, Share, in_time, standing
from huying.mechanism.rules import Rules
from huying.meetings.models import Place
from huying.papers.reads import Cell, Column

CHUNK = 500
JUDGED = ("case_id", "code", "due_on", "stopped_at", "paused_on", "late")  # what tells how a step stands
COLUMNS = (
    Column("编号", 24), Column("收到", 12), Column("登记", 12), Column("单位", 24), Column("方式", 12), Column("类别", 20),
    Column("难易", 10), Column("标题", 32), Column("摘要", 48), Column("状态", 14), Column("责任人", 10), Column("承办部门", 18),
    Column("协商会议", 12), Column("会议编号", 12), Column("协商事项", 36), Column("办结", 12),
    Column("书面反馈", 12), Column("告知", 12), Column("测评", 20), Column("归档", 12),
    *(Column(f"{label}是否按时", 12) for _, label in STEPS),
    Column("车间（科室）", 18), Column("退回次数", 10), Column("重新办理", 10), Column("上报过", 10),
)  # fmt: skip
CODES = (
    "number", "received", "registered", "unit", "channel", "category", "difficulty", "title", "summary", "state", "officer",
    "department", "met", "meeting", "measure", "done", "reported", "told", "survey", "archived",
    *(f"step_{code}" for code, _ in STEPS), "place", "returned", "reopened", "climbed",
)  # fmt: skip
FIXED = ("number", "title")  # always shown: what a case is known by


def columns_of(codes: Sequence[str]) -> list[int]:
    """Which columns were chosen, by place, in the order of the ledger; all of them when none was."""
    wanted = {*codes} & {*CODES}
    return [place for place, code in enumerate(CODES) if not wanted or code in wanted or code in FIXED]


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
    met_on: date | None
    meeting: str
    measures: tuple[str, ...]
    done_on: date | None
    reported_on: date | None
    told_on: date | None
    survey: str
    people: tuple[int, int]
    steps: dict[str, str]
    returns: int

    @property
    def kind(self) -> str:
        """The category without its class; the class while there is no category."""
        return self.category.rpartition("·")[2]

    @property
    def in_time(self) -> str:
        """All steps in words."""
        return in_time(self.steps)

    def cells(self) -> list[Cell]:
        """The row of the workbook, in the order of ``COLUMNS``."""
        case = self.case
        return [
            case.number, day_of(case.received_at), day_of(case.registered_at), case.unit.name, self.channel, self.category,
            case.get_difficulty_display(), self.title, self.summary, CASE.by_code[case.status].staff,
            case.officer.person.name if case.officer else "", "、".join(self.departments), self.met_on, self.meeting,
            "；".join(one.rstrip("。；") for one in self.measures), self.done_on, self.reported_on, self.told_on,
            self.survey, day_of(case.archived_at), *(self.steps.get(code, "") for code, _ in STEPS),
            case.place.name if case.place_id != case.unit_id else "", self.returns or None,
            case.round - 1 or None, "是" if case.climbed else "",  # type: ignore[attr-defined]
        ]  # fmt: skip


def day_of(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


def _with_story(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with everything a row needs but its clocks, in a fixed number of statements."""
    signed = Place.objects.filter(topic__gathered__case=OuterRef("pk"), left_at__isnull=True, meeting__status="signed")
    last = signed.order_by("-meeting__starts_at", "-pk")
    cases = cases.annotate(
        met_at=Subquery(last.values("meeting__starts_at")[:1]),
        met_year=Subquery(last.values("meeting__year")[:1]),
        met_seq=Subquery(last.values("meeting__seq")[:1]),
        climbed=Exists(Rung.objects.filter(case=OuterRef("pk"))),
    )
    return cases.prefetch_related(
        # Read beside, not joined: many rows name few units and people.
        "unit", "place", "officer__person",
        # Plain lists on the case: a manager and a query for each list of each case cost more than all rows together.
        Prefetch("items", Item.objects.exclude(status="dropped").select_related("department").order_by("given_at"),
                 to_attr="story_items"),
        Prefetch("tellings", Telling.objects.order_by("-round", "told_on"), to_attr="story_tellings"),
        Prefetch("surveys", Survey.objects.order_by("-round").prefetch_related("answers"), to_attr="story_surveys"),
    )  # fmt: skip


def _clocks(batch: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The clocks of the steps by case.  Plain tuples: there are several a case, and making objects of them took a third of
    the time of a long export."""
    found: dict[UUID, list[Any]] = defaultdict(list)
    clocks = Clock.objects.order_by().filter(case__in=batch, code__in=[code for code, _ in STEPS])
    for clock in clocks.values_list(*JUDGED, named=True):
        found[clock.case_id].append(clock)
    return found


def _row(case: Any, clocks: Iterable[Any], seen: Viewer, today: date) -> Row:
    """A case fetched by ``_with_story`` as a row."""
    rules = rules_of(case)
    items = [item for item in case.story_items if item.round == case.round]
    telling = next((one for one in case.story_tellings if one.round == case.round), None)
    own = case.holder_id in seen.own
    survey, people = _survey(case, rules, own=own)
    return Row(
        case=case,
        own=own,
        title=case.title if case.released_at else "（待写公开摘要）",
        summary=case.summary if case.released_at else "",
        channel=channel_of(rules, case),
        category=category_of(rules, case),
        departments=tuple(dict.fromkeys(item.department.name for item in items)),
        met_on=day_of(case.met_at),
        meeting=f"〔{case.met_year}〕{case.met_seq}号" if case.met_at else "",
        measures=tuple(item.measure for item in items) if case.released_at else (),
        done_on=_last([item.done_on for item in items]),
        reported_on=_last([day_of(item.reported_at) for item in items]),
        told_on=telling.told_on if telling else None,
        survey=survey,
        people=people,
        steps=standing(clocks, today),
        returns=sum(item.returns for item in case.story_items),
    )


def _last(days: list[date | None]) -> date | None:
    """The last day once every item has one."""
    known = [day for day in days if day]
    return max(known) if known and len(known) == len(days) else None


def _survey(case: Any, rules: Rules, *, own: bool) -> tuple[str, tuple[int, int]]:
    """The last survey that is over in words, and (satisfied or basically so, answered).  Elsewhere than at the union that has
    the case one joint grade of a signed one, and no numbers (secrecy.md)."""
    survey = next((one for one in case.story_surveys if one.closed_at and one.answers.all()), None)
    if survey is None:
        return "", (0, 0)
    answers = list(survey.answers.all())
    if not own:
        return outside_words(survey, rules, [one.counts_as for one in answers]), (0, 0)
    counts = {grade["label"]: sum(one.result == grade["code"] for one in answers) for grade in survey.scale}
    given = [label if len(answers) == 1 else f"{label} {n}" for label, n in counts.items() if n]
    return "、".join(given), (sum(one.counts_as != "unsatisfied" for one in answers), len(answers))


def channel_of(rules: Rules, case: Case) -> str:
    known = {one.code: one.label for one in rules.all_channels()}
    label = known.get(case.channel, "反映打击报复" if case.channel == "retaliation" else case.channel)
    return f"{label}（{case.channel_note}）" if case.channel_note else label


def category_of(rules: Rules, case: Case) -> str:
    known = {one.code: one.label for one in rules.categories()}
    return "·".join(known.get(code, code) for code in (case.content_class, case.category) if code)


def rows_of(ids: Sequence[UUID], seen: Viewer, today: date) -> Iterator[Row]:
    """Rows of any number of cases in the order given, a few hundred in memory at a time."""
    for start in range(0, len(ids), CHUNK):
        batch = ids[start : start + CHUNK]
        found = {case.pk: case for case in _with_story(Case.objects.order_by().filter(pk__in=batch))}
        clocks = _clocks(batch)
        for pk in batch:
            if pk in found:
                yield _row(found[pk], clocks[pk], seen, today)


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
