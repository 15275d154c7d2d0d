"""What topics, meetings and minutes hold of an erased person, also one who had agreed to be named there."""

from __future__ import annotations

from datetime import datetime

from huying.kernel.actors import Actor
from huying.kernel.forgetting import Gone, blot_out, forgets
from huying.meetings.models import (
    Agreed,
    Correction,
    Meeting,
    MeetingEvent,
    Minutes,
    Participant,
    Place,
    Publication,
    Remark,
    Review,
    Talk,
    Topic,
    TopicEvent,
)


@forgets
def forget(*, gone: Gone, by: Actor, at: datetime) -> int:
    """Blot the person out of every wording of the topics that gathered the case and of the meetings that had them."""
    topics = Topic.objects.filter(gathered__case__in=gone.cases).values("pk")
    meetings = Meeting.objects.filter(places__topic__in=topics).values("pk")
    of_topic, of_meeting = {"topic__in": topics}, {"meeting__in": meetings}
    held = (
        (Topic.objects.filter(pk__in=topics), ("title", "body", "ask", "source_note", "named_because")),
        (Review.objects.filter(**of_topic), ("findings",)),
        (Talk.objects.filter(**of_topic), ("whom", "said")),
        (TopicEvent.objects.filter(**of_topic), ("text",)),
        (Meeting.objects.filter(pk__in=meetings), ("title", "announcement", "weighty")),
        (Place.objects.filter(**of_meeting), ("question", "result_text")),
        (Remark.objects.filter(place__meeting__in=meetings), ("text",)),
        (Agreed.objects.filter(place__meeting__in=meetings), ("measure",)),
        (Participant.objects.filter(**of_meeting), ("minutes_words", "answer_note")),
        (Minutes.objects.filter(**of_meeting), ("body", "named_because")),
        (Correction.objects.filter(**of_meeting), ("text",)),
        (Publication.objects.filter(**of_meeting), ("body",)),
        (MeetingEvent.objects.filter(**of_meeting), ("text",)),
    )
    return sum(blot_out(rows, fields, gone.names) for rows, fields in held)
