"""Reports: drafted from figures and duties, written, issued with a number, sent, remarked upon, mended (MY-4.1)."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.meetings.rules import check_unnamed
from huying.notices.acts import send
from huying.org.models import Post, Unit
from huying.org.reads import names_in
from huying.org.rules import Can, check_may, may
from huying.oversight.acts._gate import advance, given, locked_report
from huying.oversight.lifecycle import REPORT
from huying.oversight.models import Remark, Report, ReportText, Sending
from huying.oversight.reads import management_heads, mended_by, picture_of, words_of
from huying.oversight.rules import Body, Picture, checked_body, draft, gaps, period_called, words_of_mending

TO = dict(Report.TO)
LONGEST_TITLE = 80


@transaction.atomic
def draft_report(*, unit: Unit, period: str, to: str, by: Actor, at: datetime) -> Report:
    """A report drafted from the figures, duties and minutes of a period as they stand; the figures are kept with it."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    span, today = period_called(period), timezone.localdate(at)
    if to not in TO:
        raise Invalid({"to": "请选报给谁。"})
    if span.since > today:
        raise Invalid({"period": "这个期间还没有开始。"})
    seen = picture_of(unit, span, by=post, today=today)
    report = Report(
        root_id=unit.root_id or unit.pk, unit=unit, period=span.code, since=span.since, until=span.until, to=to,
        title=f"{span.label}沟通协商机制运行报告", facts=seen.plain(), made_by=post, made_at=at, moved_at=at,
    )  # fmt: skip
    return _begin(report, draft(seen, span), by=by, at=at)


def _begin(report: Report, body: Body, *, by: Actor, at: datetime) -> Report:
    """Keep a fresh report with its first words."""
    report.version = 0
    report.save(force_insert=True)
    _keep(report, body, report.made_by, at)
    data = {"period": report.period, "to": report.to, "facts": _digest(report.facts)}
    advance(report, "write", by=by, at=at, label="起草", data=data)
    return report


def _keep(report: Report, body: Body, post: Post, at: datetime) -> ReportText:
    last = report.texts.aggregate(last=Max("number"))["last"] or 0
    return ReportText.objects.create(
        root_id=report.root_id, report=report, number=last + 1, body=body, post=post, at=at
    )


def _digest(plain: dict[str, Any]) -> str:
    """What the trail keeps of figures and words."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def write_report(
    *, report_id: UUID, title: str, to: str, body: Body, by: Actor, at: datetime, version: int | None = None
) -> Report:
    """Keep new words of a draft; the words before stay as a version.  No worker is named."""
    report = locked_report(report_id, by=by, version=version)
    REPORT.check_now(report.status, "write")
    given(LONGEST_TITLE, title=title)
    if to not in TO:
        raise Invalid({"to": "请选报给谁。"})
    kept = checked_body(body)
    _check_unnamed(report.unit, {"title": title, **_fields(kept)})
    if (kept, title.strip(), to) == (words_of(report).body, report.title, report.to):
        return report
    report.title, report.to = title.strip(), to
    row = _keep(report, kept, check_may(by, Can.HANDLE_CASES, report.unit), at)
    advance(report, "write", by=by, at=at, label=f"第 {row.number} 稿", data={"text": row.number})
    return report


def _fields(body: Body) -> dict[str, str]:
    return {f"text-{n}": f"{one['heading']}\n{one['text']}" for n, one in enumerate(body["sections"])}


def _check_unnamed(unit: Unit, fields: dict[str, str]) -> None:
    names = set(names_in(unit, "\n".join(fields.values())))
    wrong = {}
    for field, text in fields.items():
        if found := sorted(name for name in names if name in text):
            wrong[field] = f"写了{'、'.join(f'“{name}”' for name in found[:5])}。报告里不写职工姓名。"
    if wrong:
        raise Invalid(wrong)
    check_unnamed(fields, (), "")


@transaction.atomic
def redraft_report(*, report_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Report:
    """Take the figures anew and draft the words from them; what was written stays as a version."""
    report = locked_report(report_id, by=by, version=version)
    REPORT.check_now(report.status, "redraft")
    if report.how == "withdrawal":
        raise Refused("撤回的说明里没有数字，不用重新起草。")
    post = check_may(by, Can.HANDLE_CASES, report.unit)
    span = period_called(report.period)
    seen = picture_of(report.unit, span, by=post, today=timezone.localdate(at))
    report.facts = seen.plain()
    body = draft(seen, span)
    if report.mends is not None:
        first = words_of(report).body["sections"][0]
        body = {"sections": [first, *body["sections"]]}
    row = _keep(report, body, post, at)
    advance(report, "redraft", by=by, at=at, data={"text": row.number, "facts": _digest(report.facts)})
    return report


@transaction.atomic
def issue_report(*, report_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Report:
    """Number the report; from now on words and figures never change.  What only a person can write must be there."""
    report = locked_report(report_id, by=by, version=version, can=Can.APPROVE)
    last = words_of(report)
    if left := gaps(last.body):
        raise Refused(f"还有 {len(left)} 处没有写：{'、'.join(left[:3])}", "请先改写，把这几处补上或者删去。")
    post = check_may(by, Can.APPROVE, report.unit)
    Unit.objects.select_for_update(no_key=True).get(pk=report.unit_id)
    report.year = timezone.localdate(at).year
    numbered = Report.objects.filter(unit=report.unit, year=report.year)
    report.seq = (numbered.aggregate(last=Max("seq"))["last"] or 0) + 1
    report.issued_by, report.issued_at = post, at
    data = {"seq": report.seq, "text": last.number, "words": _digest(last.body), "facts": _digest(report.facts)}
    advance(report, "issue", by=by, at=at, label=f"印发{report.number}", data=data)
    return report


@transaction.atomic
def send_report(
    *, report_id: UUID, side: str, on: date, whom: str = "", by: Actor, at: datetime, version: int | None = None
) -> Sending:
    """Note that it went to the Party organisation (printed), or put it on the desk of management's head (or printed)."""
    report = locked_report(report_id, by=by, version=version)
    REPORT.check_now(report.status, "send")
    today = timezone.localdate(at)
    if side not in report.sides:
        raise Invalid({"side": "这份报告不报给这一方。"})
    if not _issued_on(report) <= on <= today:
        raise Invalid({"on": "送阅的日子要在印发那天到今天之间。"})
    if report.sendings.filter(side=side).exists():
        raise Refused("这一方已经送过了。", "再送不用登记。")
    heads = management_heads(report.unit, today) if side == "management" else []
    whom = whom.strip() or "、".join(post.person.name for post in heads)
    given(60, whom=whom)
    row = Sending.objects.create(
        root_id=report.root_id, report=report, side=side, on=on, whom=whom, at=at,
        post=check_may(by, Can.HANDLE_CASES, report.unit),
    )  # fmt: skip
    label = f"送{row.get_side_display()}，{on.month}月{on.day}日"
    advance(report, "send", by=by, at=at, label=label, data={"side": side, "on": on})
    send(
        to=[post.person for post in heads], kind="report", title=f"请阅情况报告{report.number}", subject=report.pk,
        url=reverse("desk:report", args=[report.pk]), root=report.root, by=by, at=at,
    )  # fmt: skip
    return row


def _issued_on(report: Report) -> date:
    return timezone.localdate(report.issued_at) if report.issued_at else date.max


@transaction.atomic
def remark_report(
    *,
    report_id: UUID,
    text: str,
    side: str = "",
    name: str = "",
    title: str = "",
    on: date | None = None,
    by: Actor,
    at: datetime,
) -> Remark:
    """What was written on it: by management's head on the desk, or noted by the union from the paper that came back."""
    report = locked_report(report_id, by=by, can=None)
    REPORT.check_now(report.status, "remark")
    given(text=text)
    office = may(by, Can.HANDLE_CASES, report.unit)
    post = check_may(by, Can.HANDLE_CASES if office else Can.ITEMS_OF_UNIT, report.unit)
    today = timezone.localdate(at)
    if not office:
        side, name, title, on = "management", post.person.name, post.title or post.get_role_display(), today
    given(60, name=name)
    if not report.sendings.filter(side=side).exists():
        raise Invalid({"side": "还没有送给这一方，先登记送阅。"})
    if on is None or not _issued_on(report) <= on <= today:
        raise Invalid({"on": "日期要在印发那天到今天之间。"})
    row = Remark.objects.create(
        root_id=report.root_id, report=report, side=side, name=name.strip()[:40], title=title.strip()[:60], text=text.strip(),
        on=on, on_paper=office, post=post, at=at,
    )  # fmt: skip
    label = f"{row.get_side_display()}的批示意见"
    advance(report, "remark", by=by, at=at, label=label, text=row.text, data={"side": side})
    if not office:
        writer = report.issued_by or report.made_by
        send(
            to={writer.person, report.made_by.person}, kind="report_remark", title=f"情况报告{report.number}有批示意见",
            url=reverse("desk:report", args=[report.pk]), root=report.root, subject=report.pk, key=str(row.pk), by=by, at=at,
        )  # fmt: skip
    return row


@transaction.atomic
def mend_report(
    *, report_id: UUID, how: str, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Report:
    """A new report that corrects or withdraws an issued one and says so; the old one stays as it is."""
    old = locked_report(report_id, by=by, version=version, can=Can.APPROVE)
    REPORT.check_now(old.status, "mend")
    given(300, reason=reason)
    if how not in dict(Report.HOW):
        raise Invalid({"how": "请选更正还是撤回。"})
    if old.how == "withdrawal" or mended_by(old) is not None or old.mended_by.filter(status="draft").exists():
        raise Refused("这份报告已经有更正或撤回的报告了。")
    _check_unnamed(old.unit, {"reason": reason})
    post, span = check_may(by, Can.APPROVE, old.unit), period_called(old.period)
    seen = (
        Picture.of(old.facts)
        if how == "withdrawal"
        else picture_of(old.unit, span, by=post, today=timezone.localdate(at))
    )
    body = words_of_mending(how, old.number, old.title, reason, draft(seen, span))
    label = dict(Report.HOW)[how]
    fresh = Report(
        root_id=old.root_id, unit=old.unit, period=old.period, since=old.since, until=old.until, to=old.to, mends=old, how=how,
        title=f"关于{label}{old.number}报告的说明"[:LONGEST_TITLE] if how == "withdrawal" else f"{old.title}（更正）"[:LONGEST_TITLE],
        facts=seen.plain(), made_by=post, made_at=at, moved_at=at,
    )  # fmt: skip
    advance(old, "mend", by=by, at=at, label=f"起草{label}", text=reason.strip(), data={"how": how})
    return _begin(fresh, body, by=by, at=at)


@transaction.atomic
def drop_report(*, report_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Report:
    """A draft that is not wanted any more."""
    report = locked_report(report_id, by=by, version=version)
    given(300, reason=reason)
    advance(report, "drop", by=by, at=at, text=reason.strip())
    return report
