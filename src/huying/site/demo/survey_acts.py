"""What the people asked in a survey answer in the story: delegates and workers drawn, each in one way or another."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zlib import crc32

from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import keys_against
from huying.cases.rules import free_of
from huying.feedback import acts
from huying.feedback.models import Group, Invited, Survey, Way
from huying.feedback.reads import may_take_for, respondent
from huying.feedback.rules import Given
from huying.kernel.actors import Actor
from huying.org.models import Post
from huying.org.reads import acting_as, holders
from huying.org.rules import Can
from huying.site.demo.pictures import photos

AFTER = timedelta(days=2)
# Of eight people asked: how they answer, what they say.
SAID = (
    Given(result="satisfied", process="satisfied"),
    Given(result="very_satisfied", process="satisfied", words="办得快。"),
    Given(result="satisfied"),
    Given(result="basic", process="satisfied", reasons=("slow",), words="早点办就好了。"),
    Given(result="satisfied", process="very_satisfied"),
    Given(result="satisfied", process="basic", reasons=()),
    Given(result="very_satisfied"),
    Given(result="unsatisfied", process="basic", reasons=("partly", "unclear")),
)
WAYS = (Way.ONLINE, Way.PHONE, Way.ONLINE, Way.FACE, Way.ONLINE, Way.PAPER, Way.PHONE, Way.ONLINE)


def free_member(case: Case, on: date, can: Can = Can.HANDLE_CASES) -> Actor | None:
    """Somebody of the case's union who may do the survey's work: one who did not handle it, where there is one."""
    at = timezone.make_aware(datetime.combine(on, datetime.min.time()))
    posts: list[Post] = sorted(free_of(holders(case.holder, can, on), keys_against(case)), key=lambda one: str(one.pk))
    actors = [acting_as(post, on) for post in posts]
    return next((actor for actor in actors if may_take_for(actor, case, at, can)), None)


def answer_some(*, at: datetime) -> None:
    """Two days after they were asked those who are not behind the case answer; one in nine does not."""
    rows = Invited.objects.filter(answer__isnull=True, survey__closed_at__isnull=True, survey__case__status="told")
    rows = rows.exclude(group=Group.ASKER).filter(asked_at__lte=at - AFTER)
    for one in rows.select_related("survey__case__holder").order_by("asked_at", "id"):
        number = _number(one)
        if number % 9:
            _answer(one, number, at=at)


def _number(one: Invited) -> int:
    """A number that is the same each time the story is played."""
    place = list(one.survey.invited.order_by("group", "person__name").values_list("pk", flat=True)).index(one.pk)
    return crc32(one.survey.case.number.encode()) % 97 + place


def _answer(one: Invited, number: int, *, at: datetime) -> None:
    given, way = SAID[number % len(SAID)], WAYS[number % len(WAYS)]
    codes = {grade["code"] for grade in one.survey.scale}
    if given.result not in codes or given.process not in {*codes, ""}:
        given = Given(result="satisfied")
    staff = free_member(one.survey.case, timezone.localdate(at), Can.RETURN_CALL)
    if way == Way.ONLINE or staff is None:
        acts.answer(invited_id=one.pk, given=given, by=respondent(one.pk), at=at)
    else:
        scan = photos(("问卷",))[0] if way == Way.PAPER else None
        acts.take_answer(invited_id=one.pk, way=way, given=given, scan=scan, by=staff, at=at)


def finish(case: Case, *, at: datetime) -> None:
    """Before the story signs: whoever was asked and is not behind the case has answered."""
    survey = Survey.objects.filter(case=case, round=case.round, closed_at__isnull=True).first()
    if survey is not None:
        for one in survey.invited.exclude(group=Group.ASKER).filter(answer__isnull=True):
            _answer(one, _number(one), at=at)
