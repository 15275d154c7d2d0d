"""Topics as the desk shows them: rows of a list, cases that could be put up, likely the same topics, what came of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case, Clock
from huying.cases.reads import clock_state
from huying.climb.models import Rung
from huying.desk.reads._cases import Days, Line, Shown
from huying.kernel import search
from huying.kernel.actors import Actor
from huying.kernel.text import grams
from huying.meetings import reads
from huying.meetings.models import Agreed, AgreedItem, Meeting, Place, Review, Talk, Topic, TopicCase
from huying.org.models import Post, Role, Unit
from huying.org.rules import Can, Member

OFFERED = 40  # cases or topics to tick at once; more are found by words
COMPARED = 200  # the newest topics looked at for likeness
ALIKE = 0.25  # shared pairs of characters from which two topics look like the same matter
SHOWN = 3
GOING_ON = ("draft", "ready", "agenda")
# By what has to be done next.  The word in the address, what the tab is called, the states in it.
TABS: dict[str, tuple[str, tuple[str, ...]]] = {
    "lacking": ("缺审查、沟通", ("draft",)),
    "ready": ("可以上会", ("ready",)),
    "agenda": ("已列入议程", ("agenda",)),
    "stopped": ("没能上会、没谈成", ("refused", "failed", "not_agreed")),
    "done": ("已有结果", ("settled", "noted", "merged", "dropped")),
}
WAY = dict(Place.WAYS)


@dataclass(frozen=True, kw_only=True)
class TopicRow(Line):
    """One topic in a list; its facts say what is missing, in words."""

    topic: Topic


def own_topics(actor: Member) -> QuerySet[Topic]:
    """Topics of the unions at whose office this person works."""
    return Topic.objects.visible_to(actor).filter(unit__in=[unit.pk for unit in actor.units(Can.HANDLE_CASES)])


def topics_below(actor: Member) -> QuerySet[Topic]:
    """Topics of other unions this person reads."""
    return Topic.objects.visible_to(actor).exclude(unit__in=[unit.pk for unit in actor.units(Can.HANDLE_CASES)])


def topics_saying(rows: QuerySet[Topic], words: str) -> QuerySet[Topic]:
    """Topics with every word in title, text or ask, or about a case of that number."""
    for word in words.split()[:6]:
        numbered = TopicCase.objects.filter(topic=OuterRef("pk"), case__number__icontains=word)
        said = Q(title__icontains=word) | Q(body__icontains=word) | Q(ask__icontains=word)
        rows = rows.filter(said | Q(Exists(numbered)))
    return rows


def per_tab(rows: QuerySet[Topic]) -> dict[str, int]:
    """How many topics stand in each tab (one query)."""
    counted = dict(rows.order_by().values_list("status").annotate(n=Count("pk")))
    return {tab: sum(counted.get(status, 0) for status in statuses) for tab, (_, statuses) in TABS.items()}


def in_tab(rows: QuerySet[Topic], tab: str) -> QuerySet[Topic]:
    """The topics of one tab: what waits, the longest waiting first; what is over, the newest first."""
    rows = reads.with_progress(rows.filter(status__in=TABS[tab][1]).select_related("unit"))
    rows = rows.annotate(meeting_day=_last_place("meeting__starts_at"), next_way=_last_place("next_way"))
    return rows.order_by("-moved_at", "-id") if tab in ("done", "stopped") else rows.order_by("moved_at", "id")


def _last_place(field: str, **more: Any) -> Subquery:
    """Something of the last entry a topic had on an agenda."""
    places = Place.objects.filter(topic=OuterRef("pk"), left_at__isnull=True).order_by("-meeting__starts_at", "-id")
    return Subquery(places.values(field)[:1], **more)


def topic_rows(topics: Sequence[Topic], actor: Member, days: Days) -> list[TopicRow]:
    """Rows for topics fetched by ``in_tab`` (one query for all of them)."""
    clocks = consult_clocks(topics)
    own = {unit.pk for unit in actor.units(Can.HANDLE_CASES)}
    return [_row(topic, clocks.get(topic.pk), days, own=topic.unit_id in own) for topic in topics]


def consult_clocks(topics: Iterable[Topic]) -> dict[UUID, Clock]:
    """The clock of each topic's cases that ends first: of consulting, or of the level they were sent up to."""
    of_case: dict[UUID, list[UUID]] = {}
    for topic in topics:
        for row in topic.gathered.all():
            of_case.setdefault(row.case_id, []).append(topic.pk)
    rows = Clock.objects.filter(case__in=of_case, code__in=("consult", "climb"), stopped_at__isnull=True)
    found: dict[UUID, Clock] = {}
    for clock in rows.order_by("due_on", "id") if of_case else ():
        for topic_id in of_case[clock.case_id]:
            found.setdefault(topic_id, clock)
    return found


def _row(topic: Topic, clock: Clock | None, days: Days, *, own: bool) -> TopicRow:
    href = reverse("desk:topic", args=[topic.pk])
    act, name = next_step(topic) if own else ("", "")
    return TopicRow(
        topic=topic,
        title=topic.title,
        href=href,
        clock=_shown(topic, clock, days),
        facts=tuple(fact for fact in _facts(topic, own=own) if fact),
        who=(topic.state.staff if topic.status not in ("draft", "ready") else "", since(topic, days.today)),
        act=act or "查看",
        act_href=reverse(f"desk:{name}", args=[topic.pk]) if name else href,
    )


def _shown(topic: Topic, clock: Clock | None, days: Days) -> Shown | None:
    """The chip of the clock that ends first; none for what is over."""
    if clock is None or topic.state.final:
        return None
    return Shown(*clock_state(clock, days.today, days.calendar))


def _facts(topic: Topic, *, own: bool) -> list[str]:
    n = len(topic.gathered.all())
    return [
        "" if own else topic.unit.name,
        "重大特殊事项" if topic.weighty else "",
        topic.get_origin_display() + (f" {n} 件" if topic.origin == "case" or n > 1 else ""),
        *lacks(topic),
    ]


def since(topic: Topic, today: date) -> str:
    """Since when it has stood like this."""
    moved = timezone.localdate(topic.moved_at)
    waited = (today - moved).days
    if topic.state.final:
        return f"{moved.month}月{moved.day}日"
    return f"已等 {waited} 天" if waited else "今天"


def lacks(topic: Topic) -> list[str]:
    """What a topic waits for, in words."""
    if topic.status == "draft":
        return reads.missing_for(topic)
    if topic.status == "ready":
        return ["审查通过、已沟通"]
    day = getattr(topic, "meeting_day", None)
    if topic.status == "agenda" and day:
        return [f"{timezone.localtime(day):%-m月%-d日 %H:%M} 开会"]
    if topic.status == "failed":
        review = next(iter(sorted(topic.reviews.all(), key=lambda one: one.at, reverse=True)), None)
        wrong = [row["label"] for row in review.findings if not row["lawful"]] if review else []
        return [f"审查认为{'、'.join(wrong)}不合法，改写后再审"]
    if topic.status == "refused":
        return ["可以再次提出，也可以上报"]
    way = WAY.get(getattr(topic, "next_way", None) or "")
    return [way] if topic.status == "not_agreed" and way else []


def next_step(topic: Topic) -> tuple[str, str]:
    """The next thing to do for a topic: what the button says and the name of its page; both empty when there is nothing."""
    if topic.status == "draft":
        review = reads.review_of(topic)
        if review is None or not review.passed:
            return "合法性审查", "topic-review"
        return "记会前沟通", "topic-talk"
    return {"failed": ("改写", "topic-word"), "refused": ("再次提出", "topic-again")}.get(topic.status, ("", ""))


# --- cases that could be put up ---------------------------------------------------------------------------------------


def offered_cases(actor: Member, units: Iterable[Unit], words: str = "") -> QuerySet[Case]:
    """Accepted cases of these unions that stand in no topic, and those sent up to them and taken; the longest waiting
    first."""
    ids = [unit.pk for unit in units]
    waiting = Topic.objects.filter(gathered__case=OuterRef("pk"), unit__in=ids, status__in=GOING_ON)
    taken = Rung.objects.filter(case=OuterRef("pk"), unit__in=ids, status="taken")
    ours = Q(holder__in=ids, status="accepted") | Q(Exists(taken), status="climbing")
    rows = Case.objects.visible_to(actor).filter(ours).exclude(Exists(waiting)).select_related("holder")
    if words.strip():
        hits = search.hits("case", words)
        asked = Q(number__icontains=words.strip())
        rows = rows.filter(asked | hits if hits is not None else asked)
    return rows.order_by("moved_at", "id")


def cases_by_id(actor: Member, units: Iterable[Unit], ids: Iterable[str]) -> list[Case]:
    """Those of the offered cases that were ticked, in the order they wait."""
    known = []
    for one in list(ids)[:OFFERED]:
        try:
            known.append(UUID(str(one)))
        except ValueError:
            continue
    return list(offered_cases(actor, units).filter(pk__in=known))


def neutral_words(cases: Sequence[Case]) -> dict[str, str]:
    """Title and text a topic begins with: only released words, so no voice and no name."""
    released = [case for case in cases if case.released_at]
    if not released:
        return {}
    if len(released) == 1:
        return {"title": released[0].title, "body": released[0].summary}
    body = "\n".join(f"{n}. {case.summary}" for n, case in enumerate(released, 1))
    return {"title": released[0].title, "body": f"有 {len(cases)} 件诉求反映：\n{body}"}


def other_topics(actor: Member, topic: Topic, words: str = "") -> list[Topic]:
    """Topics of the same union not on an agenda yet, to be put together: those that say the like first."""
    near = Topic.objects.visible_to(actor).filter(unit=topic.unit, status__in=("draft", "ready")).exclude(pk=topic.pk)
    rows = topics_saying(near, words).annotate(cases=Count("gathered")).order_by("-raised_at")[:COMPARED]
    found: dict[UUID, Topic] = {one.pk: one for one in rows}
    score = dict(search.likeness(_said(topic), _terms(found.values())))
    return sorted(found.values(), key=lambda one: -score.get(one.pk, 0))[:OFFERED]


def alike_topics(actor: Member, topic: Topic) -> list[Topic]:
    """Topics that look like the same matter, best first."""
    found = other_topics(actor, topic)
    alike = {pk for pk, likeness in search.likeness(_said(topic), _terms(found)) if likeness >= ALIKE}
    return [one for one in found if one.pk in alike][:SHOWN]


def _terms(topics: Iterable[Topic]) -> list[tuple[UUID, str]]:
    return [(one.pk, " ".join(grams(_said(one)))) for one in topics]


def _said(topic: Topic) -> str:
    return f"{topic.title}\n{topic.body}"


# --- one topic --------------------------------------------------------------------------------------------------------


def load_story(topic: Topic) -> None:
    """Reviews and talks, the newest first, with who wrote them down; which cases it gathers (three queries)."""
    rows = {"reviews": Review.objects, "talks": Talk.objects}
    told = [Prefetch(name, of.select_related("post__person").order_by("-at", "-id")) for name, of in rows.items()]
    prefetch_related_objects([topic], *told, "gathered")


def visible_cases(actor: Actor, topic: Topic) -> list[Case]:
    """The cases of a topic this person may read, in the order they came."""
    rows = (
        Case.objects.visible_to(actor).filter(topics__topic=topic).select_related("holder", "unit", "officer__person")
    )
    return list(rows.order_by("topics__at", "topics__id"))


def results_of(topic: Topic) -> list[Place]:
    """Every agenda the topic stood on, the last first, with what was agreed and its items."""
    items = Prefetch("items", AgreedItem.objects.select_related("item"))
    agreed = Agreed.objects.filter(dropped_at__isnull=True).select_related("department", "handler__person")
    rows = topic.places.filter(left_at__isnull=True).select_related("meeting")
    return list(
        rows.prefetch_related(Prefetch("agreed", agreed.prefetch_related(items).order_by("at", "id"))).order_by(
            "-meeting__starts_at", "-id"
        )
    )


def meetings_ahead(actor: Actor, unit: Unit) -> list[Meeting]:
    """Meetings of a union whose agenda can still grow."""
    rows = Meeting.objects.visible_to(actor).filter(unit=unit, status__in=("draft", "called"), on_paper=False)
    return list(rows.order_by("starts_at")[:5])


def heads_of_management(unit: Unit, on: date) -> list[Post]:
    """With whom the union talks before a meeting."""
    rows = Post.objects.on(on).filter(unit=unit, role=Role.MANAGEMENT_HEAD).select_related("person")
    return list(rows.order_by("starts_on"))


def topics_of_case(actor: Actor, case: Case) -> list[Topic]:
    """The topics a case stands or stood in, the latest first, for its dossier (three queries)."""
    rows = Topic.objects.visible_to(actor).filter(gathered__case=case).select_related("unit")
    rows = rows.prefetch_related("reviews", "talks")
    fields: dict[str, Any] = {
        "meeting_id": _last_place("meeting", output_field=UUIDField()), "meeting_day": _last_place("meeting__starts_at"),
        "result": _last_place("result"), "result_text": _last_place("result_text"), "next_way": _last_place("next_way"),
    }  # fmt: skip
    return list(rows.annotate(**fields).order_by("-raised_at", "-id"))
