"""Asking about minutes: the newest words, who signed, the words as the data gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from huying.meetings.models import (
    Agreed,
    Meeting,
    Minutes,
    Place,
    Signature,
)
from huying.meetings.reads._meetings import agenda, day_of_meeting, kind_label


def latest_minutes(meeting: Meeting) -> Minutes | None:
    """The newest version of the minutes."""
    return meeting.minutes.select_related("post__person").order_by("-number").first()


def signatures(meeting: Meeting) -> dict[str, Signature]:
    """The signatures that stand, by side."""
    rows = meeting.signatures.filter(withdrawn_at__isnull=True)
    return {row.side: row for row in rows}


def draft_minutes(meeting: Meeting, places: Iterable[Place] | None = None) -> dict[str, Any]:
    """The words of the minutes as the data gives them: opening, a section for each entry of the agenda, closing (MY-3.2.3c).

    Workers are not named: what stands in it are the topic's neutral words and the lines of the discussion.
    """
    day = timezone.localtime(meeting.starts_at)
    places = agenda(meeting) if places is None else places
    opening = (
        f"{day.year}年{day.month}月{day.day}日，{meeting.unit.name}在{meeting.place or '线上'}召开{kind_label(meeting)}，"
        f"{meeting.chair.person.name}主持。"
    )
    if meeting.missing_because:
        opening += f"{meeting.missing_because}"
    return {
        "opening": opening,
        "sections": [_section(place) for place in places],
        "closing": "",
    }


def _section(place: Place) -> dict[str, str]:
    heading = place.topic.title if place.topic else place.question
    said = []
    if place.topic:
        said.append(place.topic.body)
        if place.topic.ask:
            said.append(f"工会的意见：{place.topic.ask}")
    said += [f"{line.speaker}：{line.text}" if line.speaker else line.text for line in place.remarks.all()]
    if place.votes_for is not None:
        said.append(f"经讨论后表决：赞成 {place.votes_for}，反对 {place.votes_against}，弃权 {place.abstained}。")
    if place.result:
        said.append(_result(place))
    return {"place": str(place.pk), "heading": heading, "text": "\n".join(said)}


def _result(place: Place) -> str:
    words = {"items": "会议定下", "not_agreed": "未达成一致", "noted": "已通报说明", "later": "下次再议"}[place.result]
    way = f"，{place.get_next_way_display()}" if place.next_way else ""
    return f"结果：{words}{way}。{place.result_text}".rstrip()


def draft_publication(meeting: Meeting) -> dict[str, Any]:
    """What might be published: for each entry its heading and what came of it, with measure, department and date."""
    day = day_of_meeting(meeting)
    sections = []
    for place in agenda(meeting):
        heading = place.topic.title if place.topic else place.question
        lines = [_line(one) for one in place.agreed.all()] or [place.result_text or place.get_result_display()]
        sections.append({"place": str(place.pk), "heading": heading, "text": "\n".join(lines)})
    opening = f"{day.year}年{day.month}月{day.day}日，{meeting.unit.name}与行政召开了{meeting.title}。"
    return {"opening": opening, "sections": sections, "closing": ""}


def _line(agreed: Agreed) -> str:
    day = agreed.deadline
    return f"{agreed.measure}由{agreed.department.name}承办，{day.year}年{day.month}月{day.day}日前办结。"
