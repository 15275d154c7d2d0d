"""Topics: raised, worded without names, reviewed, talked over with management, gathered, merged, refused, brought again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts import Said, carry, identities, locked, note, raise_own
from huying.cases.models import Case, Secrecy
from huying.cases.reads import voices_of
from huying.climb.reads import acting_unions
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.mechanism.acts import snapshot
from huying.meetings.acts._gate import advance_topic, locked_topic
from huying.meetings.models import Review, Talk, Topic, TopicCase, TopicDepartment
from huying.meetings.reads import cases_of, missing_for, rules_of
from huying.meetings.rules import Finding, check_length, check_unnamed, checked_findings, required
from huying.org.models import Department, Unit
from huying.org.reads import names_in
from huying.org.rules import Can, check_may

ORIGINS = tuple(code for code, _ in Topic.ORIGINS)


@transaction.atomic
def raise_topic(
    *,
    unit: Unit,
    origin: str,
    title: str,
    body: str,
    ask: str = "",
    cases: Sequence[UUID] = (),
    content_class: str = "",
    category: str = "",
    departments: Iterable[Department] = (),
    source_note: str = "",
    weighty: bool = False,
    named_because: str = "",
    by: Actor,
    at: datetime,
) -> Topic:
    """Raise a topic from accepted cases, or from management, an upper union, gathered opinion: these get a case of their own
    without people (MY-3.1, MY-3.2.1)."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    gathered = [locked(case_id=pk, by=by) for pk in sorted(set(cases))]
    _check_origin(origin, gathered, content_class)
    _check_words(unit, gathered, title=title, body=body, ask=ask, because=named_because, by=by, at=at)
    if origin != "case":
        gathered = [
            raise_own(unit=unit, content_class=content_class, category=category, title=title, summary=body, officer=post,
                      by=by, at=at)
        ]  # fmt: skip
    topic = Topic(
        root_id=unit.root_id or unit.pk, unit=unit, origin=origin, source_note=source_note.strip(),
        content_class=content_class or gathered[0].content_class, title=title.strip(), body=body.strip(), ask=ask.strip(),
        named_because=named_because.strip(), weighty=weighty, rules=snapshot(unit=unit, at=at), raised_by=post,
        raised_at=at, moved_at=at,
    )  # fmt: skip
    topic.save(force_insert=True)
    _touch(topic, departments)
    advance_topic(topic, "word", by=by, at=at, label="提出议题", text=topic.title, data={"origin": origin})
    for case in gathered:
        _gather(topic, case, by=by, at=at)
    return topic


def _check_origin(origin: str, gathered: list[Case], content_class: str) -> None:
    wrong = {}
    if origin not in ORIGINS:
        wrong["origin"] = "请选议题的来源。"
    if origin == "case" and not gathered:
        wrong["cases"] = "请选这个议题是从哪些诉求来的。"
    if origin != "case" and not content_class:
        wrong["content_class"] = "请选议题属于哪一类。"
    if wrong:
        raise Invalid(wrong)


def _check_words(
    unit: Unit, gathered: Iterable[Case], *, title: str, body: str, ask: str, because: str, by: Actor, at: datetime
) -> None:
    """Neutral words: no name of the roster, nor of somebody who spoke by name, without that person's consent.

    Sealed names are never compared: an answer would tell whoever tries names who had spoken.
    """
    required(title=title, body=body)
    check_length(title=title, body=body, ask=ask)
    names = set(names_in(unit, f"{title}\n{body}\n{ask}"))
    for case in gathered:
        parties = [party for party in voices_of(case) if party.secrecy == Secrecy.NAMED]
        known = identities(case=case, parties=parties, by=by, at=at)
        names |= {one.name for one in known.values() if one.name}
    check_unnamed({"title": title, "body": body, "ask": ask}, names, because)


def _touch(topic: Topic, departments: Iterable[Department]) -> None:
    """Say which departments of the unit the topic touches."""
    given = set(departments)
    if any(one.unit_id != topic.unit_id for one in given):
        raise Invalid({"departments": "请选本单位的部门。"})
    topic.touched.exclude(department__in=given).delete()
    known = set(topic.touched.values_list("department_id", flat=True))
    TopicDepartment.objects.bulk_create(
        [TopicDepartment(root_id=topic.root_id, topic=topic, department=one) for one in given if one.pk not in known]
    )


def _gather(topic: Topic, case: Case, *, by: Actor, at: datetime) -> None:
    """Put a case into a topic: an accepted one of this union, or one that was sent up to it."""
    if topic.unit_id not in {unit.pk for unit in acting_unions(case)}:
        raise Invalid({"cases": f"{case.number} 不在本单位办理。"})
    if TopicCase.objects.filter(topic=topic, case=case).exists():
        return
    other = TopicCase.objects.filter(case=case, topic__unit=topic.unit, topic__status__in=("draft", "ready", "agenda"))
    if other.exists():
        raise Invalid({"cases": f"{case.number} 已经在另一个议题里。"})
    TopicCase.objects.create(root_id=topic.root_id, topic=topic, case=case, at=at)
    put_up(topic, case, by=by, at=at)


def put_up(topic: Topic, case: Case, *, by: Actor, at: datetime) -> None:
    """The case waits for the table; one that was sent up stays with the climb, and its story says so."""
    data = {"topic": topic.pk}
    if case.status == "climbing" or case.holder_id != topic.unit_id:
        note(case, "put_up", f"{topic.unit.name}列为协商议题", by=by, at=at, data=data,
             said=Said(worker_label="上级工会要把这件事拿到会上商量"))  # fmt: skip
    elif case.status != "consulting":
        carry(case=case, act="put_up", by=by, at=at, said=Said(text=topic.title), data=data)


def off_table(
    topic: Topic, *, reason: str, worker_label: str = "", worker_text: str = "", by: Actor, at: datetime
) -> None:
    """The topic leaves the table: its cases are accepted ones again and somebody has to say how they go on."""
    for row in cases_of(topic):
        case = locked(case_id=row.pk, by=by)
        said = Said(text=reason, worker_label=worker_label, worker_text=worker_text)
        if case.status == "consulting" and not _stands_elsewhere(case, topic):
            carry(case=case, act="off_table", by=by, at=at, said=said, data={"topic": topic.pk})
        elif case.closed_at is None and case.holder_id != topic.unit_id:
            note(case, "off_table", f"{topic.unit.name}撤下议题", by=by, at=at, said=said)


def _stands_elsewhere(case: Case, topic: Topic) -> bool:
    open_ones = TopicCase.objects.filter(case=case, topic__status__in=("draft", "ready", "agenda"))
    return open_ones.exclude(topic=topic).exists()


@transaction.atomic
def word(
    *, topic_id: UUID, title: str, body: str, ask: str, departments: Iterable[Department], weighty: bool = False,
    named_because: str = "", by: Actor, at: datetime, version: int | None = None,
) -> Topic:  # fmt: skip
    """Word a topic anew.  Changed words need a new review and a new talk: both were about the old ones."""
    topic = locked_topic(topic_id, by=by, version=version)
    _check_words(topic.unit, cases_of(topic), title=title, body=body, ask=ask, because=named_because, by=by, at=at)
    before = (topic.title, topic.body, topic.ask)
    topic.title, topic.body, topic.ask = title.strip(), body.strip(), ask.strip()
    topic.weighty, topic.named_because = weighty, named_because.strip()
    _touch(topic, departments)
    if before == (topic.title, topic.body, topic.ask):
        topic.version += 1
        topic.save()
        return topic
    topic.edition += 1
    advance_topic(topic, "word", by=by, at=at, text=topic.title, data={"edition": topic.edition})
    return topic


@transaction.atomic
def gather(*, topic_id: UUID, case_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Topic:
    """Add a case about the same thing."""
    topic = locked_topic(topic_id, by=by, version=version)
    case = locked(case_id=case_id, by=by)
    _gather(topic, case, by=by, at=at)
    advance_topic(topic, "gather", by=by, at=at, text=case.number, data={"case": case.pk})
    return topic


@transaction.atomic
def review(
    *, topic_id: UUID, reviewer: str, findings: Sequence[Finding], reviewed_on: date, by: Actor, at: datetime,
    version: int | None = None,
) -> Topic:  # fmt: skip
    """Legality review of content, form and procedure: who, conclusion and reason of each (MY-2.1).  One that does not pass
    keeps the topic from every meeting until it is worded anew."""
    topic = locked_topic(topic_id, by=by, version=version)
    required(reviewer=reviewer)
    _check_day(topic, "reviewed_on", reviewed_on, at)
    kept = checked_findings(rules_of(topic), findings)
    passed = all(row["lawful"] for row in kept)
    Review.objects.create(
        root_id=topic.root_id, topic=topic, edition=topic.edition, reviewer=reviewer.strip(), findings=kept, passed=passed,
        reviewed_on=reviewed_on, post=check_may(by, Can.HANDLE_CASES, topic.unit), at=at,
    )  # fmt: skip
    said = f"{reviewer.strip()}：" + "；".join(f"{row['label']}{'合法' if row['lawful'] else '不合法'}" for row in kept)
    if topic.status == "failed" or passed:
        advance_topic(topic, "review", by=by, at=at, text=said, label="合法性审查通过" if passed else "")
    if not passed:
        advance_topic(topic, "fail", by=by, at=at, text=said)
    _clear_if_ready(topic, by=by, at=at)
    return topic


def _check_day(topic: Topic, field: str, day: date, at: datetime) -> None:
    if day > timezone.localdate(at):
        raise Invalid({field: "日期不能晚于今天。"})


@transaction.atomic
def talk(
    *, topic_id: UUID, whom: str, on: date, said: str, agreed: bool | None, by: Actor, at: datetime,
    version: int | None = None,
) -> Topic:  # fmt: skip
    """The talk with management before the meeting: with whom, when, what (MY-2.2).

    Its refusal is an end of its own: the reason stands in the topic, the workers behind it are told, the union may bring it
    again or send the matter up.
    """
    topic = locked_topic(topic_id, by=by, version=version)
    required(whom=whom, said=said)
    check_length(said=said)
    _check_day(topic, "on", on, at)
    Talk.objects.create(
        root_id=topic.root_id, topic=topic, whom=whom.strip(), edition=topic.edition, on=on, said=said.strip(),
        agreed=agreed, post=check_may(by, Can.HANDLE_CASES, topic.unit), at=at,
    )  # fmt: skip
    if agreed is False:
        advance_topic(topic, "refuse", by=by, at=at, text=f"{whom.strip()}：{said.strip()}")
        off_table(
            topic, reason=f"行政不同意上会：{said.strip()}", worker_label="单位没有同意把这件事拿到会上商量",
            worker_text=f"单位的说法：{said.strip()}\n工会会再想办法：再次提出，或者报到上一级。", by=by, at=at,
        )  # fmt: skip
        return topic
    advance_topic(topic, "talk", by=by, at=at, text=f"{whom.strip()}：{said.strip()}")
    _clear_if_ready(topic, by=by, at=at)
    return topic


def _clear_if_ready(topic: Topic, *, by: Actor, at: datetime) -> None:
    if topic.status == "draft" and not missing_for(topic):
        advance_topic(topic, "clear", by=by, at=at)


@transaction.atomic
def bring_again(*, topic_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Topic:
    """Bring a topic again that management refused, a review stopped or a meeting did not agree: reviewed and talked over anew."""
    topic = locked_topic(topic_id, by=by, version=version)
    required(reason=reason)
    topic.edition += 1
    advance_topic(topic, "bring_again", by=by, at=at, text=reason.strip(), data={"edition": topic.edition})
    back = 0
    for row in cases_of(topic):
        case = locked(case_id=row.pk, by=by)
        if case.status in ("accepted", "consulting", "climbing"):
            put_up(topic, case, by=by, at=at)
            back += 1
    if not back:
        raise Refused("这个议题后面的事项都已另有安排或办结，不能再提。", "要再商量，请另提一个议题。")
    return topic


@transaction.atomic
def merge(*, topic_id: UUID, into_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Topic:
    """Put a topic together with another of the same kind; its cases go along and are handled there (MY-3.2.1)."""
    first, second = sorted([topic_id, into_id])
    if first == second:
        raise Invalid({"into": "不能并到自己里面。"})
    held = {pk: locked_topic(pk, by=by, version=version if pk == topic_id else None) for pk in (first, second)}
    topic, into = held[topic_id], held[into_id]
    if into.unit_id != topic.unit_id or into.status not in ("draft", "ready"):
        raise Invalid({"into": "请选本单位还没有列入议程的议题。"})
    topic.merged_into = into
    advance_topic(topic, "merge", by=by, at=at, text=into.title, data={"into": into.pk})
    for row in cases_of(topic):
        TopicCase.objects.get_or_create(topic=into, case=row, defaults={"root_id": into.root_id, "at": at})
        note(locked(case_id=row.pk, by=by), "put_up", f"并入议题“{into.title}”", by=by, at=at, data={"topic": into.pk})
    _touch(into, [*_touched(into), *_touched(topic)])
    advance_topic(into, "gather", by=by, at=at, label="并入议题", text=topic.title, data={"from": topic.pk})
    return into


def _touched(topic: Topic) -> list[Department]:
    return [row.department for row in topic.touched.select_related("department")]


@transaction.atomic
def drop(*, topic_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Topic:
    """Take a topic off for good, with a reason; its cases go on otherwise."""
    topic = locked_topic(topic_id, by=by, version=version)
    required(reason=reason)
    advance_topic(topic, "drop", by=by, at=at, text=reason.strip())
    off_table(topic, reason=reason.strip(), by=by, at=at)
    return topic
