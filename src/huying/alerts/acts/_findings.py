"""Findings: compared, asked about, explained by the unit, decided by a person above with reasons (BD-4.8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from huying.alerts.acts._gate import advance, begin, locked, root_of
from huying.alerts.lifecycle import FINDING
from huying.alerts.models import Finding
from huying.alerts.reads import compared, explains, judges, looks_after, names_fault, sent_for
from huying.alerts.rules import Window, unsent_mark, written
from huying.kernel.actors import SYSTEM, Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, NotYours
from huying.kernel.ids import uuid7
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.models import Post, Unit
from huying.org.reads import holders, union_above
from huying.org.rules import Can, Member, may

LONGEST_WHAT = 200


@transaction.atomic
def compare_reports(*, units: Iterable[Unit] | None = None, by: Actor, at: datetime) -> int:
    """Compare what was sent with what is known, of these unions and all below, or everywhere; how many findings are new."""
    reach = Unit.objects.open().filter(has_union=True)
    if units is not None:
        reach = Unit.objects.filter(pk__in=[pk for unit in units for pk in _below(by, unit)])
    elif by != SYSTEM:
        raise NotYours
    found = [one for one in compared(reach, at) if union_above(one.unit) is not None]
    for one in found:
        _begin(one.unit, one.kind, one.what, one.on, one.mark, by=by, at=at, information=one.information,
               incident=one.incident, case=one.case)  # fmt: skip
    return len(found)


def _below(by: Actor, unit: Unit) -> list[UUID]:
    if not may(by, Can.READ_BELOW, unit):
        raise NotYours
    return list(Unit.objects.within(unit).exclude(pk=unit.pk).filter(has_union=True).values_list("pk", flat=True))


def _begin(
    unit: Unit, kind: str, what: str, on: date, mark: str, *, by: Actor, at: datetime, **about: object
) -> Finding:
    finding = Finding(
        root_id=root_of(unit), unit=unit, kind=kind, what=what, on=on, mark=mark, found_at=at, moved_at=at, **about
    )
    return begin(finding, "find", by=by, at=at, data={"kind": kind})


@transaction.atomic
def find_fault(*, unit: Unit, kind: str, what: str, on: date, by: Actor, at: datetime) -> Finding:
    """A union above knows of something itself."""
    if not looks_after(by, unit):
        raise NotYours
    _check_kind(unit, kind, at)
    (what,) = written(LONGEST_WHAT, what=what)
    if on > day_of(at):
        raise Invalid({"on": "不能是以后的日子。"})
    return _begin(unit, kind, what, on, f"hand:{uuid7()}", by=by, at=at)


@transaction.atomic
def find_unsent(
    *, unit: Unit, kind: str, label: str, since: date, until: date, by: Actor, at: datetime
) -> Finding | None:
    """Information that was due above in some months (``until`` is the day after them) and never came.

    ``None`` where that is known or something came late (which is another fault), nobody is above, or the rules in force
    name no such fault.
    """
    if by != SYSTEM and not looks_after(by, unit):
        raise NotYours
    mark, last = unsent_mark(kind, since), until - timedelta(days=1)
    if Finding.objects.filter(unit=unit, mark=mark).exists() or sent_for(unit, kind, since):
        return None
    if union_above(unit) is None or not names_fault(rules_for(unit, day_of(at)), "left_out"):
        return None
    what = f"{Window(since, last).label}没有报来：{label}"
    return _begin(unit, "left_out", what, last, mark, by=by, at=at)


def _check_kind(unit: Unit, kind: str, at: datetime) -> None:
    if not names_fault(rules_for(unit, day_of(at)), kind):
        raise Invalid({"kind": "请选哪一种。"})


def _judged(finding_id: UUID, act: str, *, by: Actor, version: int | None) -> tuple[Finding, Post]:
    """The finding locked for the union above, and the post."""
    finding = locked(Finding, finding_id, by=by, version=version, can=None)
    if not judges(by, finding) or not isinstance(by, Member):
        raise NotYours
    FINDING.check_now(finding.status, act)
    post = by.post_for(Can.READ_BELOW, finding.unit)
    assert post is not None
    return finding, post


@transaction.atomic
def ask_about(*, finding_id: UUID, question: str, by: Actor, at: datetime, version: int | None = None) -> Finding:
    """Ask the unit: from now on it sees the finding, in these words and with nothing of a case behind."""
    finding, post = _judged(finding_id, "ask", by=by, version=version)
    (question,) = written(question=question)
    days = rules_for(finding.unit, day_of(at)).count("report_answer_days").value
    finding.question, finding.asked_by, finding.asked_at = question, post, at
    finding.due_on = day_of(at) + timedelta(days=days)
    advance(finding, "ask", by=by, at=at, text=question, data={"due_on": finding.due_on})
    _tell(finding, holders(finding.unit, Can.HANDLE_CASES, day_of(at)), "请说明上报情况", by=by, at=at)
    return finding


def _tell(finding: Finding, posts: Iterable[Post], title: str, *, by: Actor, at: datetime) -> None:
    send(
        to=[post.person for post in posts], kind="finding", subject=finding.pk, key=str(finding.version), title=title,
        url=reverse("desk:finding", args=[finding.pk]), root=finding.root, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def explain(*, finding_id: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Finding:
    """The unit explains itself."""
    finding = locked(Finding, finding_id, by=by, version=version, can=None)
    if not explains(by, finding) or not isinstance(by, Member):
        raise NotYours
    FINDING.check_now(finding.status, "explain")
    (text,) = written(text=text)
    finding.explanation, finding.explained_at = text, at
    finding.explained_by = by.post_for(Can.HANDLE_CASES, finding.unit)
    late = finding.due_on is not None and day_of(at) > finding.due_on
    advance(finding, "explain", by=by, at=at, text=text, data={"late": late})
    if finding.asked_by is not None:
        name = finding.unit.short_name or finding.unit.name
        _tell(finding, [finding.asked_by], f"{name}说明了上报情况", by=by, at=at)
    return finding


@transaction.atomic
def uphold_finding(
    *, finding_id: UUID, kind: str, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Finding:
    """It is so, and of which kind: decided by a person, once the unit was heard or its days are over."""
    finding, post = _judged(finding_id, "uphold", by=by, version=version)
    _check_kind(finding.unit, kind, at)
    if finding.status == "asked" and finding.due_on is not None and day_of(at) <= finding.due_on:
        raise Invalid(
            {"reason": f"单位说明的期限到 {finding.due_on.month} 月 {finding.due_on.day} 日，请等说明或者过期再认定。"}
        )
    finding.kind = kind
    return _decide(finding, "uphold", reason, post, by=by, at=at)


@transaction.atomic
def dismiss_finding(*, finding_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Finding:
    """It is not so."""
    finding, post = _judged(finding_id, "dismiss", by=by, version=version)
    return _decide(finding, "dismiss", reason, post, by=by, at=at)


def _decide(finding: Finding, act: str, reason: str, post: Post, *, by: Actor, at: datetime) -> Finding:
    (reason,) = written(reason=reason)
    finding.reason, finding.decided_by, finding.decided_at = reason, post, at
    advance(finding, act, by=by, at=at, text=reason, data={"kind": finding.kind})
    if finding.asked_at is not None:
        title = f"上报情况的认定：{finding.state.staff}"
        _tell(finding, holders(finding.unit, Can.HANDLE_CASES, day_of(at)), title, by=by, at=at)
    return finding
