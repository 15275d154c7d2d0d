"""What workers read of meetings on their unit's page: announcements and published minutes; of people not a word (MY-3.2.3d)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from huying.handling.models import Item, ItemEvent
from huying.meetings.models import AgreedItem, Meeting, Publication
from huying.org.models import Unit

RUNNING, DONE, UNABLE = "办理中", "已办结", "暂时办不了"


def announced(unit: Unit) -> QuerySet[Meeting]:
    """Meetings a unit has announced whose minutes are not out, the next one first on the page by its day."""
    out = Publication.objects.filter(withdrawn_at__isnull=True).values("meeting")
    rows = Meeting.objects.filter(unit=unit, announced_at__isnull=False).exclude(pk__in=out)
    return rows.select_related("unit").order_by("-starts_at", "-id")


def published(unit: Unit) -> QuerySet[Publication]:
    """The published minutes of a unit, the latest meeting first."""
    rows = Publication.objects.filter(meeting__unit=unit, withdrawn_at__isnull=True)
    return rows.select_related("meeting").order_by("-meeting__starts_at", "-id")


def tells_of_meetings(unit: Unit) -> bool:
    """Whether there is anything for its workers to read."""
    told = Q(announced_at__isnull=False) | Q(publications__withdrawn_at__isnull=True, publications__isnull=False)
    return Meeting.objects.filter(told, unit=unit).exists()


def publication_of(meeting: Meeting) -> Publication | None:
    """What of a meeting is out now."""
    return meeting.publications.filter(withdrawn_at__isnull=True).select_related("post__person").first()


@dataclass(frozen=True)
class PublicSection:
    """One entry of published minutes.  ``states``: how far its promises are, each word with how many."""

    heading: str
    text: str
    states: list[tuple[str, int]]


def public_sections(row: Publication) -> list[PublicSection]:
    """The published entries with how far what was promised in each is."""
    places = [UUID(one["place"]) for one in row.body["sections"] if one["place"]]
    found: dict[str, list[str]] = {}
    for place, words in _kept_promises(places):
        found.setdefault(place, []).append(words)
    sections = []
    for one in row.body["sections"]:
        states = found.get(one["place"], [])
        counted = [(words, states.count(words)) for words in (RUNNING, UNABLE, DONE) if words in states]
        sections.append(PublicSection(one["heading"], one["text"], counted))
    return sections


def _kept_promises(places: list[UUID]) -> Iterable[tuple[str, str]]:
    """For each thing agreed at these places a word; what was called off in every case says nothing."""
    rows = AgreedItem.objects.filter(agreed__place__in=places).select_related("agreed", "item")
    items: dict[UUID, list[Item]] = {}
    at: dict[UUID, str] = {}
    for row in rows.order_by("agreed__at", "id"):
        at[row.agreed_id] = str(row.agreed.place_id)
        items.setdefault(row.agreed_id, [])
        if row.item.status != "dropped":
            items[row.agreed_id].append(row.item)
    unable = _unable([one for ones in items.values() for one in ones])
    return [(at[pk], _word(ones, unable)) for pk, ones in items.items() if ones]


def _word(items: list[Item], unable: set[UUID]) -> str:
    if any(item.status != "reported" for item in items):
        return RUNNING
    return UNABLE if any(item.pk in unable for item in items) else DONE


def _unable(items: list[Item]) -> set[UUID]:
    """Items whose department last said that it cannot be done."""
    closed = [item.pk for item in items if item.status == "reported"]
    said = ItemEvent.objects.filter(item__in=closed, act__in=("done", "unable")).order_by("at", "id")
    last = dict(said.values_list("item", "act"))
    return {pk for pk, act in last.items() if act == "unable"}
