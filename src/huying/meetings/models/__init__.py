"""Topics with their reviews and talks, meetings, who attends, the agenda and what was said, what was agreed, minutes."""

from huying.meetings.models._meetings import (
    Agreed,
    AgreedHelp,
    AgreedItem,
    Meeting,
    MeetingQuerySet,
    Participant,
    Place,
    Remark,
)
from huying.meetings.models._minutes import Correction, MeetingEvent, MeetingFile, Minutes, Publication, Signature
from huying.meetings.models._topics import (
    Review,
    Talk,
    Topic,
    TopicCase,
    TopicDepartment,
    TopicEvent,
    TopicQuerySet,
    of_unions,
)

__all__ = [
    "Agreed",
    "AgreedHelp",
    "AgreedItem",
    "Correction",
    "Meeting",
    "MeetingEvent",
    "MeetingFile",
    "MeetingQuerySet",
    "Minutes",
    "Participant",
    "Place",
    "Publication",
    "Remark",
    "Review",
    "Signature",
    "Talk",
    "Topic",
    "TopicCase",
    "TopicDepartment",
    "TopicEvent",
    "TopicQuerySet",
    "of_unions",
]
