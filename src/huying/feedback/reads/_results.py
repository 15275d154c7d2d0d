"""What came in: by group and round, what waits for a decision, what may leave the union, words for those who may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from huying.cases.models import Case, Party
from huying.cases.reads import rules_of
from huying.cases.rules import place_of
from huying.feedback.models import Answer, Counts, Group, Invited, ReopenRequest, Survey
from huying.feedback.reads._asked import reasons_of
from huying.feedback.rules import joint_grade
from huying.handling.models import Item
from huying.kernel.crypto import Unreadable
from huying.mechanism.rules import Rules


@dataclass(frozen=True, kw_only=True)
class GroupResult:
    """One group of one survey: a rate is never without how many were asked, did not answer, were not asked."""

    group: str
    label: str
    asked: int
    answered: int
    unreached: int
    unasked: int
    grades: list[tuple[str, int]]
    process: list[tuple[str, int]]
    reasons: list[tuple[str, int]]
    counts: dict[str, int]
    process_counts: dict[str, int]

    @property
    def silent(self) -> int:
        """Asked and not answered."""
        return self.asked - self.answered


@dataclass(frozen=True, kw_only=True)
class Result:
    """One round's survey: all groups together and each apart.  Shown to the union that has the case."""

    survey: Survey
    asked: int
    answered: int
    unasked: int
    grades: list[tuple[str, int]]
    handled: int
    groups: list[GroupResult]

    @property
    def all_counts(self) -> list[str]:
        """What every answer counts as, whoever gave it."""
        return [code for one in self.groups for code, n in one.counts.items() for _ in range(n)]


def results(case: Case) -> list[Result]:
    """Results of every round, newest first (three queries)."""
    answers = Prefetch("invited", Invited.objects.select_related("answer"))
    labels = {one.code: one.label for one in reasons_of(rules_of(case))}
    return [_result(one, labels) for one in case.surveys.select_related("signed_by__person").prefetch_related(answers)
            .order_by("-round")]  # fmt: skip


def _result(survey: Survey, reasons: dict[str, str]) -> Result:
    invited = list(survey.invited.all())
    groups = [_group(survey, group, [one for one in invited if one.group == group], reasons) for group in Group]
    answers = [one.answer for one in invited if hasattr(one, "answer")]
    return Result(
        survey=survey,
        asked=len(invited),
        answered=len(answers),
        unasked=sum(survey.unasked.values()),
        grades=_counted(survey, [one.result for one in answers]),
        handled=sum(one.handled for one in answers),
        groups=[one for one in groups if one.asked or one.unasked],
    )


def _group(survey: Survey, group: Group, invited: Sequence[Invited], reasons: dict[str, str]) -> GroupResult:
    answers = [one.answer for one in invited if hasattr(one, "answer")]
    ticked = [code for one in answers for code in one.reasons]
    return GroupResult(
        group=group.value,
        label=group.label,
        asked=len(invited),
        answered=len(answers),
        unreached=sum(one.unreached_at is not None and not hasattr(one, "answer") for one in invited),
        unasked=survey.unasked.get(group.value, 0),
        grades=_counted(survey, [one.result for one in answers]),
        process=_counted(survey, [one.process for one in answers if one.process]),
        reasons=[(reasons.get(code, code), ticked.count(code)) for code in dict.fromkeys(ticked)],
        counts={code: sum(one.counts_as == code for one in answers) for code in Counts.values},
        process_counts={code: sum(one.process_counts_as == code for one in answers) for code in Counts.values},
    )


def _counted(survey: Survey, given: Sequence[str]) -> list[tuple[str, int]]:
    return [(grade["label"], given.count(grade["code"])) for grade in survey.scale]


TOO_FEW = "已测评，人数少，不公布档次"


def outside_words(survey: Survey, rules: Rules, counts: Sequence[str]) -> str:
    """What may leave the union of a signed survey: one joint grade, no number, no word, no time (secrecy.md)."""
    if survey.signed_at is None:
        return ""
    grade = joint_grade(counts, rules.count("small_cell").value)
    return f"总体评价：{Counts(grade).label}" if grade else TOO_FEW


def outside_of_item(item: Item) -> str:
    """What the department, the one who worked on an item and the head of management read of its survey; nothing before it
    was signed for the file (MY-3.2.5c)."""
    survey = Survey.objects.filter(case=item.case_id, round=item.round, signed_at__isnull=False).first()
    if survey is None:
        return ""
    return outside_words(survey, rules_of(item.case), list(survey.answers.values_list("counts_as", flat=True)))


def words_of(answer: Answer) -> str:
    """What somebody wrote beside the grade.  The caller has checked the right and writes the look down."""
    key = answer.invited.party.key if answer.invited.party else answer.survey.key
    if not answer.words or key is None:
        return ""
    try:
        return key.open(answer.words, place_of("answer", "words", answer.pk))
    except Unreadable:
        return ""  # erased since


def said_when_rating(case: Case) -> dict[UUID, list[str]]:
    """What the workers behind a case wrote beside their grades, by person, newest round first.  As for ``words_of``."""
    rows = Answer.objects.filter(survey__case=case, invited__group=Group.ASKER, words__isnull=False)
    found: dict[UUID, list[str]] = {}
    for row in rows.select_related("invited__party__key", "survey").order_by("-survey__round"):
        if text := words_of(row):
            found.setdefault(row.invited.party_id, []).append(text)  # type: ignore[arg-type]
    return found


def said_by_group(survey: Survey) -> list[tuple[str, list[str]]]:
    """What was written beside the grades of a closed survey, by group and in an order that says nothing.  As for
    ``words_of``."""
    rows = (
        survey.answers.filter(words__isnull=False).select_related("invited__party__key", "survey__key").order_by("id")
    )
    said: dict[str, list[str]] = {}
    for row in rows:
        if text := words_of(row):
            said.setdefault(row.invited.group, []).append(text)
    return [(group.label, said[group.value]) for group in Group if group.value in said]


def unhappy_others(case: Case) -> int:
    """How many delegates and workers concerned are not satisfied in the present round, for who decides about reopening."""
    rows = Answer.objects.filter(survey__case=case, survey__round=case.round, counts_as=Counts.UNSATISFIED)
    return rows.exclude(invited__group=Group.ASKER).count()


def waiting_reopen(case: Case) -> int:
    """How many requests to take the case up again wait for a decision."""
    return ReopenRequest.objects.filter(case=case, granted__isnull=True).count()


def reopen_requests(case: Case) -> QuerySet[ReopenRequest]:
    """Requests to take the case up again with what was decided, newest first."""
    return ReopenRequest.objects.filter(case=case).select_related("decided_by__person").order_by("-asked_at")


def answer_of(case: Case, party: Party) -> Answer | None:
    """One worker's answer in the present round."""
    rows = Answer.objects.filter(survey__case=case, survey__round=case.round, invited__party=party)
    return rows.select_related("survey").first()


def scale_for(case: Case) -> list[tuple[str, str]]:
    """Grades to choose from: the open survey's, or the pack's before it is opened."""
    survey = case.surveys.filter(round=case.round).first()
    if survey:
        return [(grade["code"], grade["label"]) for grade in survey.scale]
    return [(grade.code, grade.label) for grade in rules_of(case).scale().grades]
