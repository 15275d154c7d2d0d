"""Asking about minutes: the newest words, the words as the data gives them, who answered, who signs, what came of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from huying.handling.models import Item
from huying.kernel.actors import Actor
from huying.meetings.models import Agreed, AgreedItem, Meeting, Minutes, Participant, Place, Signature
from huying.meetings.reads._meetings import agenda, day_of_meeting, kind_label
from huying.meetings.reads._topics import works_on
from huying.org.rules import Can, may

WRITTEN = ("held", "circulated", "signed")


def latest_minutes(meeting: Meeting) -> Minutes | None:
    """The newest version of the minutes."""
    return meeting.minutes.select_related("post__person").order_by("-number").first()


def versions(meeting: Meeting) -> list[Minutes]:
    """Every version that was kept, the newest first."""
    return list(meeting.minutes.select_related("post__person").order_by("-number"))


def signatures(meeting: Meeting) -> dict[str, Signature]:
    """The signatures that stand, by side."""
    rows = meeting.signatures.filter(withdrawn_at__isnull=True)
    return {row.side: row for row in rows}


def minutes_open_to(actor: Actor, meeting: Meeting) -> bool:
    """Whether this reader of the meeting reads its minutes: the office while they are written, everybody asked once they
    were sent round."""
    return meeting.status in ("circulated", "signed") or (meeting.status == "held" and works_on(actor, meeting))


def signing_side(actor: Actor, meeting: Meeting, row: Participant | None) -> str:
    """Which side this person signs for; empty for anybody else.  ``row`` is the person's own place at the meeting."""
    if row is not None and row.seat == "management_head":
        return "management"
    chairs = meeting.chair.person_id == actor.person_id or (row is not None and row.seat == "union_head")
    return "union" if chairs and may(actor, Can.HANDLE_CASES, meeting.unit) else ""


def recorded_since(meeting: Meeting, last: Minutes | None) -> bool:
    """Whether the record of the meeting was taken up again after these words were kept."""
    return last is not None and meeting.events.filter(act__in=("close", "enter"), at__gt=last.at).exists()


# --- words -----------------------------------------------------------------------------------------------------------


def words_of(meeting: Meeting, places: Iterable[Place], last: Minutes | None) -> dict[str, Any]:
    """The words as they stand, one section for every entry of the agenda; what nobody wrote yet comes from the data."""
    draft = draft_minutes(meeting, places)
    if last is None:
        return draft
    kept = {one["place"]: one for one in last.body["sections"]}
    return {**last.body, "sections": [kept.get(one["place"], one) for one in draft["sections"]]}


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
    """What was asked, said and voted; what was settled is printed from the data below it and not said twice."""
    said = []
    if place.topic:
        said.append(place.topic.body)
        if place.topic.ask:
            said.append(f"工会的意见：{place.topic.ask}")
    said += [f"{line.speaker}：{line.text}" if line.speaker else line.text for line in place.remarks.all()]
    if place.votes_for is not None:
        said.append(f"经讨论后表决：赞成 {place.votes_for}，反对 {place.votes_against}，弃权 {place.abstained}。")
    if place.result and (place.result != "items" or place.result_text or not said):
        said.append(_result(place))
    return {"place": str(place.pk), "heading": heading_of(place), "text": "\n".join(said)}


def heading_of(place: Place) -> str:
    """What an entry of the agenda is about: its topic, or the question put."""
    return place.topic.title if place.topic else place.question


def _result(place: Place) -> str:
    words = {"items": "会议定下", "not_agreed": "未达成一致", "noted": "已通报说明", "later": "下次再议"}[place.result]
    way = f"，{place.get_next_way_display()}" if place.next_way else ""
    return f"结果：{words}{way}。{place.result_text}".rstrip()


# --- answers ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What everybody asked said of the newest words.  ``before``: objections to words that were changed since."""

    agreed: list[Participant]
    objected: list[Participant]
    waiting: list[Participant]
    before: list[Participant]


def answers(people: Iterable[Participant], last: Minutes | None, signed: Iterable[Signature] = ()) -> Answers:
    """Who agreed, who objected and who has not answered; guests outside the roster cannot be asked here.  Whoever signed
    has agreed."""
    asked = [one for one in people if one.person_id]
    number, keys = last.number if last else 0, {one.person_id or one.name for one in signed}
    signers = [one for one in asked if {one.person_id, one.name} & keys]
    now = [one for one in asked if one in signers or (one.minutes_at and one.minutes_version == number)]
    return Answers(
        agreed=[one for one in now if one in signers or one.minutes_agreed],
        objected=[one for one in now if one not in signers and not one.minutes_agreed],
        waiting=[one for one in asked if one not in now],
        before=[one for one in asked if one not in now and one.minutes_at and not one.minutes_agreed],
    )


# --- what came of them -----------------------------------------------------------------------------------------------


def items_of(meeting: Meeting) -> dict[UUID, list[Item]]:
    """The items that carry out each thing agreed, one for each case behind it."""
    found: dict[UUID, list[Item]] = {}
    rows = AgreedItem.objects.filter(agreed__place__meeting=meeting).select_related("item__case")
    for row in rows.order_by("id"):
        found.setdefault(row.agreed_id, []).append(row.item)
    return found


# --- publication -----------------------------------------------------------------------------------------------------


def draft_publication(meeting: Meeting) -> dict[str, Any]:
    """What might be published: for each entry its heading and what came of it, with measure, department and date.

    At a 恳谈会, 质询会 or 听证会 the answers stand in it as well (PD-5.2.1); who gave them is told as a side, not by name.
    """
    day = day_of_meeting(meeting)
    people = {one.name: one for one in meeting.participants.all()}
    sections = []
    for place in agenda(meeting):
        said = [] if meeting.kind == "consultation" else [_answer(line, people) for line in place.remarks.all()]
        agreed = [_line(one) for one in place.agreed.all()]
        result = [place.result_text] if place.result_text else []
        lines = [*said, *result, *agreed] or [place.get_result_display()]
        sections.append({"place": str(place.pk), "heading": heading_of(place), "text": "\n".join(lines)})
    opening = f"{day.year}年{day.month}月{day.day}日，{meeting.unit.name}与行政召开了{kind_label(meeting)}。"
    return {"opening": opening, "sections": sections, "closing": ""}


def _answer(line: Any, people: dict[str, Participant]) -> str:
    """A line of the discussion without its speaker's name."""
    known = people.get(line.speaker)
    if known is not None:
        return f"{known.get_side_display()}：{line.text}"
    sides = [words for _, words in Participant.SIDES]
    return f"{line.speaker}：{line.text}" if line.speaker in sides else line.text


def _line(agreed: Agreed) -> str:
    day = agreed.deadline
    measure = agreed.measure.strip().rstrip("。")
    return f"{measure}。由{agreed.department.name}承办，{day.year}年{day.month}月{day.day}日前办结。"
