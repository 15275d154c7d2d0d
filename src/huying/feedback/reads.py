"""Asking about surveys: what came in, what waits for a decision, grades in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from huying.cases.models import Case, Party
from huying.cases.reads import people_behind, rules_of
from huying.cases.rules import place_of
from huying.feedback.models import Answer, ReopenRequest, Survey
from huying.handling.models import Item, Telling
from huying.kernel.crypto import Unreadable


@dataclass(frozen=True)
class Result:
    """One round's survey: how many were asked and answered, grades by label.  Shown to the union that has the case."""

    survey: Survey
    asked: int
    answered: int
    grades: list[tuple[str, int]]
    handled: int


def results(case: Case, asked: int | None = None) -> list[Result]:
    """Results of every round, newest first (two queries).  ``asked``: how many stand behind the case, where it is known."""
    surveys = list(case.surveys.prefetch_related("answers").order_by("-round"))
    if asked is None:
        asked = people_behind(case).count() if surveys else 0
    found = []
    for survey in surveys:
        answers = list(survey.answers.all())
        grades = [(g["label"], sum(a.result == g["code"] for a in answers)) for g in survey.scale]
        found.append(Result(survey, max(asked, len(answers)), len(answers), grades, sum(a.handled for a in answers)))
    return found


def said_when_rating(case: Case) -> dict[UUID, list[str]]:
    """What people wrote beside their grades, by person, newest round first.  The caller has checked the right and writes the
    look down, as for the original words."""
    rows = Answer.objects.filter(survey__case=case, words__isnull=False).select_related("party__key")
    found: dict[UUID, list[str]] = {}
    for row in rows.order_by("-survey__round"):
        try:
            text = row.party.key.open(row.words or b"", place_of("answer", "words", row.pk))
        except Unreadable:
            continue  # erased since
        found.setdefault(row.party_id, []).append(text)
    return found


def waiting_reopen(case: Case) -> int:
    """How many requests to take the case up again wait for a decision."""
    return ReopenRequest.objects.filter(case=case, granted__isnull=True).count()


def reopen_requests(case: Case) -> QuerySet[ReopenRequest]:
    """Requests to take the case up again with what was decided, newest first."""
    return ReopenRequest.objects.filter(case=case).select_related("decided_by__person").order_by("-asked_at")


def answer_of(case: Case, party: Party) -> Answer | None:
    """One worker's answer in the present round."""
    return (
        Answer.objects.filter(survey__case=case, survey__round=case.round, party=party).select_related("survey").first()
    )


def scale_for(case: Case) -> list[tuple[str, str]]:
    """Grades to choose from: the open survey's, or the pack's before it is opened."""
    survey = case.surveys.filter(round=case.round).first()
    if survey:
        return [(grade["code"], grade["label"]) for grade in survey.scale]
    return [(grade.code, grade.label) for grade in rules_of(case).scale().grades]


def handled_by(case: Case) -> set[UUID]:
    """People who handled a case: its officers, who gave items, who worked on them, who told the worker."""
    people = {case.officer.person_id} if case.officer else set()
    people |= set(
        case.events.filter(act__in=["accept", "take"], post__isnull=False).values_list("post__person_id", flat=True)
    )
    people |= set(Item.objects.filter(case=case).values_list("handler__person_id", flat=True))
    people |= set(Item.objects.filter(case=case).values_list("given_by__person_id", flat=True))
    people |= set(Telling.objects.filter(case=case).values_list("post__person_id", flat=True))
    return people
