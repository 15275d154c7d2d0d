"""What stands on the page of a topic, each made ready for its template."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.cases.reads import clock_state
from huying.cases.rules import Standing
from huying.desk.reads import Climb, Days, consult_clocks, next_step, topics_of_case
from huying.desk.views.dossier_parts import badge
from huying.handling.lifecycle import ITEM
from huying.meetings.lifecycle import TOPIC
from huying.meetings.models import Place, Review, Talk, Topic
from huying.meetings.reads import missing_for, review_of, rules_of, talk_of
from huying.org.models import Unit
from huying.org.rules import Member

AT_ONCE = 60
WEIGHTY = {"review", "fail", "refuse", "clear", "place", "settle", "not_agree", "note", "bring_again", "merge", "drop"}


def facts(topic: Topic) -> list[tuple[str, str]]:
    """What stands in one line under the title."""
    raised = timezone.localdate(topic.raised_at)
    touched = [row.department.name for row in topic.touched.select_related("department")]
    return [
        ("来源", topic.get_origin_display()),
        ("来源说明", topic.source_note),
        ("单位", topic.unit.name),
        ("提出", f"{topic.raised_by.person.name}，{raised.month}月{raised.day}日"),
        ("涉及部门", "、".join(touched)),
        ("第几稿", f"第 {topic.edition} 稿" if topic.edition > 1 else ""),
        ("性质", "重大特殊事项" if topic.weighty else ""),
    ]


def chip(topic: Topic, days: Days) -> dict[str, str] | None:
    """The clock of its cases that ends first, while it still matters here."""
    clock = consult_clocks([topic]).get(topic.pk)
    if clock is None or topic.state.final:
        return None
    state, words = clock_state(clock, days.today, days.calendar)
    return {"state": state, "words": words, "prefix": "协商时限" if clock.code == "consult" else "上报时限"}


def flow(topic: Topic, places: Sequence[Place]) -> list[dict[str, str]]:
    """The way to the table, the present step lit."""
    review, talk = review_of(topic), talk_of(topic)
    placed = topic.status in ("agenda", "settled", "not_agreed", "noted")
    passed = [
        True,
        bool(review and review.passed),
        bool(talk and talk.agreed),
        placed,
        topic.status in ("settled", "noted"),
    ]
    notes = [
        _short(topic.raised_at),
        _short(review.reviewed_on) if review else "",
        _short(talk.on) if talk else "",
        _short(places[0].meeting.starts_at) if placed and places else "",
        topic.state.staff if topic.status in ("settled", "noted", "not_agreed") else "",
    ]
    names = ("提出", "合法性审查", "会前沟通", "列入议程", "会上定下")
    over = topic.status in ("merged", "dropped", "settled", "noted")
    here = None if over else next((n for n, done in enumerate(passed) if not done), None)
    states = ["now" if n == here else "done" if done else "next" for n, done in enumerate(passed)]
    return [
        {"name": name, "note": note, "state": state} for name, note, state in zip(names, notes, states, strict=True)
    ]


def _short(day: Any) -> str:
    day = timezone.localdate(day) if hasattr(day, "hour") else day
    return f"{day.month}月{day.day}日"


def checklist(topic: Topic, *, office: bool) -> list[dict[str, Any]]:
    """What is still missing before it may go to a meeting: each with its clause, how it stands and the way to do it."""
    rules, review, talk = rules_of(topic), review_of(topic), talk_of(topic)
    return [
        _check("合法性审查", badge(rules, "MY-2.1"), _reviewed(topic, review), bool(review and review.passed),
               _do(topic, "review", "合法性审查" if review is None else "重新审查", office=office)),
        _check("会前同行政沟通", badge(rules, "MY-2.2"), _talked(topic, talk), bool(talk and talk.agreed),
               _do(topic, "talk", "记会前沟通" if talk is None else "再记一次沟通", office=office)),
    ]  # fmt: skip


def _check(name: str, clause: Any, words: str, done: bool, do: dict[str, str] | None) -> dict[str, Any]:
    return {"name": name, "clause": clause, "words": words, "done": done, "do": None if done else do}


def _do(topic: Topic, act: str, label: str, *, office: bool) -> dict[str, str] | None:
    if not office or not TOPIC.may_now(topic.status, act):
        return None
    return {"label": label, "url": reverse(f"desk:topic-{act}", args=[topic.pk])}


def _reviewed(topic: Topic, review: Review | None) -> str:
    if review is None:
        return "还没有审查。" if topic.edition == 1 else "文字改过，要重新审查。"
    wrong = [row["label"] for row in review.findings if not row["lawful"]]
    if wrong:
        return f"{'、'.join(wrong)}不合法，没有通过；改写以后再审。"
    return f"通过。{review.reviewer}，{_short(review.reviewed_on)}。"


def _talked(topic: Topic, talk: Talk | None) -> str:
    if talk is None:
        return "还没有同行政沟通。" if topic.edition == 1 else "文字改过，要重新沟通。"
    if talk.agreed:
        return f"行政同意上会。{talk.whom}，{_short(talk.on)}。"
    return f"行政还没有定。{talk.whom}，{_short(talk.on)}。"


def reviews(topic: Topic) -> list[dict[str, Any]]:
    """Every review, the newest first."""
    return [
        {"row": one, "old": one.edition != topic.edition, "by": one.post.person.name} for one in topic.reviews.all()
    ]


def talks(topic: Topic) -> list[dict[str, Any]]:
    """Every talk with management, the newest first."""
    said = {True: "同意上会", False: "不同意上会", None: "还没有定"}
    return [
        {"row": one, "old": one.edition != topic.edition, "by": one.post.person.name, "answer": said[one.agreed]}
        for one in topic.talks.all()
    ]


def place_part(place: Place) -> dict[str, Any]:
    """One meeting the topic stood on: what came of it, what was agreed and how far that is."""
    return {
        "place": place,
        "meeting": place.meeting,
        "url": reverse("desk:meeting", args=[place.meeting_id]),
        "result": place.get_result_display() if place.result else "",
        "way": place.get_next_way_display() if place.next_way else "",
        "signed": place.meeting.status == "signed",
        "voted": place.votes_for is not None,
        "agreed": [{"row": one, "state": _carried(one)} for one in place.agreed.all()],
    }


def _carried(agreed: Any) -> str:
    """How far what was agreed is: the state of its items, once there are any."""
    states = dict.fromkeys(ITEM.by_code[row.item.status].staff for row in agreed.items.all())
    return "、".join(states)


def story(topic: Topic) -> list[dict[str, Any]]:
    """The topic's history, newest first."""
    rules = rules_of(topic)
    clauses = {step.act: step.clause for step in TOPIC.steps if step.clause}
    lines = []
    for event in topic.events.order_by("-at", "-id")[:AT_ONCE]:
        found = badge(rules, clauses[event.act]) if event.act in clauses else None
        lines.append(
            {
                "at": event.at,
                "title": event.label,
                "body": event.text,
                "who": event.who,
                "clauses": [found] if found else [],
                "key": event.act in WEIGHTY,
            }
        )
    return lines


# --- on the dossier ---------------------------------------------------------------------------------------------------


def consulting(actor: Member, case: Case, stand: Standing, climb: Climb, done: Container[str]) -> dict[str, Any]:
    """The topics of a case: how far each is, when it is talked about, what came of it; and the way to raise one (three
    queries, none for a case that was never put up)."""
    found = topics_of_case(actor, case) if "put_up" in done else []
    return {
        "topics": [_of_case(topic, office=topic.unit_id in climb.handles) for topic in found],
        "raise": _raising(case, stand, climb, found),
    }


def _raising(case: Case, stand: Standing, climb: Climb, found: Sequence[Topic]) -> str:
    """Where a topic is raised from this case, for the union whose turn it is; empty while one is on its way."""
    unit: Unit | None = None
    if case.status == "accepted" and stand.office:
        unit = case.holder
    elif case.status == "climbing" and climb.here is not None and climb.here.status == "taken":
        unit = climb.here.unit
    if unit is None or any(one.unit_id == unit.pk and one.status in ("draft", "ready", "agenda") for one in found):
        return ""
    return raising_url(case, unit)


def raising_url(case: Case, unit: Unit) -> str:
    """The page of a new topic with this case ticked."""
    return f"{reverse('desk:topic-new')}?{urlencode({'unit': unit.pk, 'cases': case.pk})}"


def first_button(case: Case, consulting: dict[str, Any]) -> list[dict[str, Any]]:
    """What comes first on the bar of a case that waits for the table: the next step of its topic, or its meeting."""
    now = next(
        (one for one in consulting["topics"] if one["topic"].status in ("draft", "ready", "agenda", "failed")), None
    )
    if case.status != "consulting" or now is None:
        return []
    label, url = now["act"] or "看议题", now["act_url"] or reverse("desk:topic", args=[now["topic"].pk])
    return [{"act": "topic", "label": label, "icon": "messages", "url": url, "main": True}]


def _of_case(topic: Any, *, office: bool) -> dict[str, Any]:
    act, name = next_step(topic) if office else ("", "")
    return {
        "topic": topic,
        "missing": missing_for(topic) if topic.status == "draft" else [],
        "meeting": reverse("desk:meeting", args=[topic.meeting_id]) if topic.meeting_id else "",
        "day": topic.meeting_day,
        "result": dict(Place.RESULTS).get(topic.result or "", ""),
        "way": dict(Place.WAYS).get(topic.next_way or "", ""),
        "act": act,
        "act_url": reverse(f"desk:{name}", args=[topic.pk]) if name else "",
    }
