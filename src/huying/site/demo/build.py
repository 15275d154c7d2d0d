"""Building the demo county in one go, in the order in which things happened."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from huying.cases import acts as cases
from huying.duties.acts import find_unsent, recount
from huying.duties.reads import unions
from huying.feedback import acts as feedback
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.ledger.acts import sweep_figures
from huying.mechanism import acts as mechanism
from huying.mechanism.reads import calendar
from huying.meetings import acts as meetings
from huying.notices import acts as notices
from huying.org.models import Unit
from huying.site.demo import (
    day_acts,
    department_acts,
    meeting_acts,
    record_acts,
    research_acts,
    survey_acts,
    union_acts,
    worker_acts,
)
from huying.site.demo.alert_acts import Alerts
from huying.site.demo.county import County, beginning, found_county, later_packs
from huying.site.demo.days import Days
from huying.site.demo.reporting import report_and_assess
from huying.site.demo.scene import Play, Scene
from huying.site.demo.script import WORKER, stories
from huying.site.demo.studio_acts import found_studios
from huying.trail import acts as trail
from huying.trail.acts import note_reading

ACTS = {**worker_acts.ACTS, **union_acts.ACTS, **department_acts.ACTS, **meeting_acts.ACTS}
NOTICES_FROM = -2  # what came before has been read
REMINDERS_FROM = -6  # earlier reminders are long read


def build(*, at: datetime) -> bool:
    """Build the county unless it stands already.  All or nothing, so that a killed first start begins anew.

    ``Refused`` in a home that serves a real union.  Returns whether it was built now.
    """
    with transaction.atomic():
        if Unit.objects.filter(is_demo=False).exists():
            raise Refused(
                "这里已经有真实单位的数据，不能放演示数据。", "请把 HUYING_HOME 指向一个空文件夹，再运行 huying demo。"
            )
        if Unit.objects.exists():
            return False
        mechanism.prepare(by=SYSTEM, at=at)
        days = Days(at, calendar())
        county = found_county(days, beginning(days))
        _play(county, days)
        sweep_figures(by=SYSTEM, at=at)
        found_studios(county, days)
        report_and_assess(county, at=days.now)
        recount(units=list(unions()), by=SYSTEM, at=at)
        find_unsent(by=SYSTEM, at=at)
    return True


def _play(county: County, days: Days) -> None:
    """Every step of every story in order of time, with each morning's sweeps between."""
    told = stories(days)
    plays = {story.key: Play(story) for story in told}
    steps = [(step.at, number, step.number, story, step) for number, story in enumerate(told) for step in story.steps]
    beside = _beside(county, days)
    for at, _, _, story, step in sorted(steps, key=lambda row: row[:3]):
        if at > days.now:
            raise ValueError(f"{story.key}: {step.act} lies ahead")
        while beside and beside[0][0] < at:
            beside.popleft()[1]()
        _act(Scene(county, days, plays, plays[story.key], step))
    while beside:
        beside.popleft()[1]()


def _beside(county: County, days: Days) -> deque[tuple[datetime, Callable[[], object]]]:
    """What happens beside the stories, in order of time: each morning's sweeps, what cadres do at the grassroots, research,
    warnings, incidents and information."""
    planned = [
        *later_packs(county, days),
        *record_acts.planned(county, days),
        *research_acts.planned(county, days),
    ]
    mornings = [(at, partial(_morning, county, days, number, at)) for number, at in _mornings(days)]
    return deque(sorted([*mornings, *planned, *Alerts(county, days).steps()], key=lambda row: row[0]))


def _mornings(days: Days) -> Iterator[tuple[int, datetime]]:
    """The morning of every working day of the story, as (day, moment)."""
    for number in range(-250, 1):
        at = days.moment(number, time(8, 0))
        if at <= days.now:
            yield number, at


def _morning(county: County, days: Days, number: int, at: datetime) -> None:
    """What the worker process would have done by then: anchors, surveys, items of ended cases, reminders."""
    day: date = timezone.localdate(at) - timedelta(days=1)
    trail.anchor_all(day=day)
    feedback.open_missing(by=SYSTEM, at=at)
    survey_acts.answer_some(at=at)
    feedback.close_due(by=SYSTEM, at=at)
    handling.drop_ended(by=SYSTEM, at=at)
    meetings.remind_meetings(by=SYSTEM, at=at)
    day_acts.morning(county, days, number, at)
    if number >= REMINDERS_FROM:
        cases.remind(by=SYSTEM, at=at)
        handling.remind_handlers(by=SYSTEM, at=at)
        feedback.remind(by=SYSTEM, at=at)
    if number == NOTICES_FROM:
        today = timezone.localdate(at)
        for name, posts in county.posts.items():
            last = max(min(post.ends_on or today, today) for post in posts)  # who has left read what came until then
            notices.mark_read(by=county.actor(name, last), at=at)


def _act(scene: Scene) -> None:
    """Play one step; staff has looked at the matter before, and read what it was told about it."""
    step = scene.step
    if scene.play.case_id is not None and step.who != WORKER:
        by, case = scene.staff(), scene.case()
        if step.act in union_acts.ACTS:
            note_reading(root=case.root_id, by=by, at=step.at, what="dossier", subject=case.pk, unit=case.holder_id)
            notices.mark_read(by=by, at=step.at, subject=case.pk)
        elif step.act in department_acts.ACTS:
            note_reading(root=case.root_id, by=by, at=step.at, what="item", subject=scene.item(), unit=case.unit_id)
            notices.mark_read(by=by, at=step.at, subject=scene.item())
    try:
        ACTS[step.act](scene)
    except Exception as error:
        error.add_note(
            f"demo story {scene.play.story.key}, step {step.number} {step.who} {step.act} at {step.at}: {error}"
        )
        raise
