"""What signed minutes bring about: items with clocks for what was agreed, and a way on for everything else."""

from __future__ import annotations

from datetime import datetime

from huying.cases.acts import Said, carry, locked, raise_own, settle
from huying.cases.models import Case
from huying.climb.acts import give_back, send_on, send_up, solve
from huying.climb.models import Rung
from huying.climb.reads import active_rung
from huying.handling.acts import assign
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.meetings.acts._gate import advance_topic, locked_topic
from huying.meetings.acts._topics import off_table
from huying.meetings.models import Agreed, AgreedItem, Meeting, Place, Topic
from huying.meetings.reads import agenda, cases_of, day_of_meeting, kind_label, rules_of
from huying.org.rules import Can, check_may

WAITING = ("accepted", "consulting", "climbing", "handling")
STEP = {"items": "settle", "not_agreed": "not_agree", "noted": "note", "later": "carry_over"}


def bring_about(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Every entry of the agenda goes its way in this one transaction."""
    for place in agenda(meeting):
        topic = locked_topic(place.topic_id, by=by) if place.topic_id else None
        if place.result == "items":
            for agreed in place.agreed.all():
                _give(meeting, place, topic, agreed, by=by, at=at)
        elif topic is not None and place.result == "noted":
            _noted(topic, place, by=by, at=at)
        elif topic is not None and place.result == "not_agreed":
            _not_agreed(meeting, topic, place, by=by, at=at)
        if topic is not None:
            advance_topic(topic, STEP[place.result], by=by, at=at, text=place.result_text, data={"place": place.pk})


def _give(meeting: Meeting, place: Place, topic: Topic | None, agreed: Agreed, *, by: Actor, at: datetime) -> None:
    """One item for every open case behind the topic; a promise nobody's case waits for gets a case of its own."""
    title = topic.title if topic else place.question[:60]
    brief = f"{topic.title}\n{topic.body}" if topic else place.question
    waiting = [case for case in cases_of(topic) if case.status in WAITING] if topic else []
    for case in waiting or [_own(meeting, topic, title, agreed.measure, by=by, at=at)]:
        try:
            item = assign(
                case_id=case.pk, measure=agreed.measure, department=agreed.department, handler=agreed.handler,
                deadline=agreed.deadline, brief=brief, helping=[one.department for one in agreed.helping.all()],
                agreed_on=day_of_meeting(meeting), code=agreed.code, by=by, at=at,
            )  # fmt: skip
        except Invalid as error:
            raise Refused(f"“{title}”定下的事项交不下去：{''.join(error.fields.values())}", _REMEDY) from error
        AgreedItem.objects.create(root_id=place.root_id, agreed=agreed, item=item)


_REMEDY = "请点“改纪要”，再“接着开会”，换人或改日期，然后重新送核对。"


def _own(meeting: Meeting, topic: Topic | None, title: str, measure: str, *, by: Actor, at: datetime) -> Case:
    """A case without people for what was promised at the meeting."""
    rules = rules_of(meeting)
    classes = [one.code for one in rules.categories("") if one.has_worker]
    main = topic.content_class if topic else ("other" if "other" in classes else classes[-1])
    category = rules.categories(main)[0].code
    post = check_may(by, Can.HANDLE_CASES, meeting.unit)
    return raise_own(
        unit=meeting.unit, content_class=main, category=category, title=title,
        summary=f"{kind_label(meeting)}上的承诺：{measure}", officer=post, by=by, at=at,
    )  # fmt: skip


def _noted(topic: Topic, place: Place, *, by: Actor, at: datetime) -> None:
    """Management has explained: the union tells the workers, within its own three days."""
    for case in _held(topic, by):
        if case.status == "consulting":
            carry(case=case, act="off_table", by=by, at=at, said=Said(text="会上已通报说明"))
            settle(case_id=case.pk, result=place.result_text, by=by, at=at)
        elif rung := _rung(case, topic):
            solve(rung_id=rung.pk, result=place.result_text, by=by, at=at)


def _not_agreed(meeting: Meeting, topic: Topic, place: Place, *, by: Actor, at: datetime) -> None:
    """Not agreed: it goes on at the table, up to the next level, or is explained to the workers."""
    day = day_of_meeting(meeting)
    tried = f"{day.year}年{day.month}月{day.day}日{kind_label(meeting)}讨论，未达成一致：{place.result_text}"
    for case in _held(topic, by):
        rung = _rung(case, topic)
        if place.next_way == "up" and rung:
            send_on(rung_id=rung.pk, reason=place.result_text, tried=tried, by=by, at=at)
        elif place.next_way == "up" and case.status == "consulting":
            send_up(case_id=case.pk, reason=place.result_text, tried=tried, by=by, at=at)
        elif place.next_way == "explain" and rung:
            give_back(rung_id=rung.pk, guidance=place.result_text, by=by, at=at)
    if place.next_way == "explain":
        off_table(topic, reason=tried, worker_label="会上商量了，没有谈成", worker_text=place.result_text, by=by, at=at)


def _rung(case: Case, topic: Topic) -> Rung | None:
    """The level of the climb at which a topic's union has the case."""
    rung = active_rung(case) if case.status == "climbing" else None
    return rung if rung is not None and rung.unit_id == topic.unit_id else None


def _held(topic: Topic, by: Actor) -> list[Case]:
    return [locked(case_id=case.pk, by=by) for case in cases_of(topic) if case.status in WAITING]
