"""Research topics of a year and the reports on them (SX-11)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from huying.files.acts import Checked, store
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, only
from huying.kernel.models import DataKey
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.acts.steps import post_of, write
from huying.org.models import Post, Unit
from huying.org.reads import holders
from huying.org.rules import Can, Member, check_may
from huying.promises.acts._gate import said
from huying.promises.models import ResearchReport, ResearchTopic
from huying.promises.reads import writes_on
from huying.promises.rules import LONGEST_REPORT

LONGEST = 300
LONGEST_TOPIC = 80
LONGEST_REASON = 200


@transaction.atomic
def add_topic(
    *, unit: Unit, year: int, title: str, why: str, lead: Post, due: date, by: Actor, at: datetime
) -> ResearchTopic:
    """A topic for the year, who leads it and until when the report is due (SX-11)."""
    check_may(by, Can.HANDLE_CASES, unit)
    if "research" not in {kind.code for kind in rules_for(unit, timezone.localdate(at)).records()}:
        raise Refused("采用的机制包没有写调研。", "请先采用写有调研的机制包。")
    title = said(title, LONGEST_TOPIC, "请写课题。", "title")
    wrong = {}
    if len(why) > LONGEST:
        wrong["why"] = f"写了 {len(why)} 字，最多 {LONGEST} 字。"
    today = timezone.localdate(at)
    if lead.pk not in {post.pk for post in holders(unit, Can.READ_CASES, today)}:
        wrong["lead"] = "请选本级工会的干部。"
    if due.year not in (year, year + 1) or not today.year - 1 <= year <= today.year + 1:
        wrong["due"] = "交报告的日子要在这一年或次年。"
    if ResearchTopic.objects.filter(unit=unit, year=year, title=title).exists():
        wrong["title"] = "这个课题已经有了。"
    if wrong:
        raise Invalid(wrong)
    root = unit.root_id or unit.pk
    topic = ResearchTopic.objects.create(
        root_id=root, unit=unit, year=year, title=title, why=why.strip(), lead=lead, due=due, by_id=post_of(by), at=at
    )
    write(unit=unit, by=by, at=at, act="research.topic", subject=f"research:{topic.pk}", data={"year": year})
    send(
        to=[lead.person], kind="research", title=f"{year}年调研课题 由您牵头", url=reverse("desk:research-topic", args=[topic.pk]),
        root=topic.root, subject=topic.pk, by=by, at=at,
    )  # fmt: skip
    return topic


def _locked(topic_id: UUID, by: Actor) -> ResearchTopic:
    rows = ResearchTopic.objects.select_for_update(of=("self",), no_key=True).visible_to(by)
    return only(rows.select_related("unit", "root", "lead").filter(pk=topic_id))


@transaction.atomic
def drop_topic(*, topic_id: UUID, reason: str, by: Actor, at: datetime) -> ResearchTopic:
    """The topic is given up, with why."""
    topic = _locked(topic_id, by)
    check_may(by, Can.HANDLE_CASES, topic.unit)
    if topic.dropped_at is not None or topic.reports.exists():
        raise Refused("已经交了报告，或者已经不做了。")
    topic.dropped_because = said(reason, LONGEST_REASON, "请写明为什么不做了。", "reason")
    topic.dropped_at = at
    topic.save()
    write(unit=topic.unit, by=by, at=at, act="research.drop", subject=f"research:{topic.pk}")
    return topic


@transaction.atomic
def submit_report(*, topic_id: UUID, text: str, file: Checked | None = None, by: Actor, at: datetime) -> ResearchReport:
    """Hand a report in under one's own name: its words, and a file if there is one.  It counts for who wrote it (SX-11)."""
    topic = _locked(topic_id, by)
    if not isinstance(by, Member) or by.person_id is None or not writes_on(by, topic):
        raise NotYours
    text = said(text, LONGEST_REPORT, "请写报告的正文或摘要。")
    if topic.reports.filter(author=by.person_id).exists():
        raise Refused("您已经交过这个课题的报告。")
    report = ResearchReport(
        root_id=topic.root_id, topic=topic, author_id=by.person_id, post_id=post_of(by), text=text, submitted_at=at
    )
    if file is not None:
        report.key = DataKey.fresh(at)
        report.file = store(checked=file, key=report.key, root=topic.root, by=by, at=at)
    report.save(force_insert=True)
    data = {"report": report.pk}
    write(unit=topic.unit, by=by, at=at, act="research.report", subject=f"research:{topic.pk}", data=data)
    return report


@transaction.atomic
def publish_report(*, report_id: UUID, by: Actor, at: datetime) -> ResearchReport:
    """Let workers read a report's words; the file stays inside."""
    rows = ResearchReport.objects.select_for_update(of=("self",), no_key=True).select_related("topic__unit")
    report = only(rows.filter(pk=report_id, topic__in=ResearchTopic.objects.visible_to(by).values("pk")))
    post = check_may(by, Can.APPROVE, report.topic.unit)
    if report.published_at is not None:
        raise Refused("这份报告已经公开了。")
    report.published_at, report.published_by = at, post
    report.save(update_fields=["published_at", "published_by"])
    unit = report.topic.unit
    data = {"report": report.pk}
    write(unit=unit, by=by, at=at, act="research.publish", subject=f"research:{report.topic_id}", data=data)
    return report
