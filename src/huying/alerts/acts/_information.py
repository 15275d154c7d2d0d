"""Information: drafted from the figures or from those below, written, sent, answered, made known to the workers, corrected or
taken back (BD-4.3b, BD-4.8, SX-6b, SX-14b)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from huying.alerts.acts._gate import advance, begin, check_nameless, locked, root_of
from huying.alerts.lifecycle import INFORMATION
from huying.alerts.models import Incident, Information, InformationAnswer, InformationSource, Warning
from huying.alerts.reads import answers_as, below_in, extract, facts_of, mended_by, readers
from huying.alerts.rules import LONGEST_REASON, Body, Window, checked_body, draft, fits, gaps, written
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.notices.acts import send
from huying.org.models import Unit
from huying.org.reads import union_above
from huying.org.rules import Can, Member, check_may

TO, KINDS = dict(Information.TO), dict(Information.KINDS)
LONGEST_TITLE = 80
# What goes where: regular reports and weighty matters to the own unit, everything upwards, tendencies and weighty matters to
# the Party and government of the level.
GOES = {
    "unit": ("regular", "at_once"),
    "above": ("regular", "at_once", "dispute", "tendency"),
    "party": ("tendency", "at_once"),
}


@transaction.atomic
def draft_information(
    *, unit: Unit, to: str, kind: str, period_from: date, period_until: date, known_at: datetime | None = None,
    nothing: bool = False, gather: bool = False, warning_id: UUID | None = None, incident_id: UUID | None = None,
    by: Actor, at: datetime,
) -> Information:  # fmt: skip
    """Draft it from the figures of the period, with ``gather`` also from what the unions directly below sent."""
    post, today = check_may(by, Can.HANDLE_CASES, unit), day_of(at)
    _check_kind(to, kind, nothing=nothing)
    if period_from > period_until or period_from > today:
        raise Invalid({"period_from": "期间不对：开始的日子要在结束以前，不能在以后。"})
    if kind == "at_once" and not (known_at and known_at <= at):
        raise Invalid({"known_at": "请写什么时候知道的，不能在现在以后。"})
    facts = facts_of(unit, period_from, period_until, today=today)
    window = Window(period_from, period_until)
    sources = list(below_in(unit, kind, window)) if gather else []
    information = Information(
        root_id=root_of(unit), unit=unit, to=to, kind=kind, period_from=period_from, period_until=period_until,
        title=_title(to, kind, window), facts=facts.plain(), nothing=nothing, made_by=post, made_at=at, moved_at=at,
        known_at=known_at if kind == "at_once" else None,
        body=draft(kind, to, facts, nothing=nothing, sources={one.unit.name: extract(one) for one in sources}),
        warning=_seen(Warning, warning_id, unit, by), incident=_seen(Incident, incident_id, unit, by),
    )  # fmt: skip
    begin(information, "write", by=by, at=at, label="起草", data={"to": to, "kind": kind, "sources": len(sources)})
    InformationSource.objects.bulk_create(
        InformationSource(root_id=information.root_id, information=information, source=one) for one in sources
    )
    return information


def _check_kind(to: str, kind: str, *, nothing: bool) -> None:
    if to not in TO:
        raise Invalid({"to": "请选报给谁。"})
    if kind not in GOES[to]:
        raise Invalid({"kind": f"报{TO[to]}的，请在{'、'.join(KINDS[one] for one in GOES[to])}里选。"})
    if nothing and kind not in ("dispute", "regular"):
        raise Invalid({"nothing": "只有定期的信息和劳动争议信息可以报“无”。"})


def _title(to: str, kind: str, window: Window) -> str:
    words = {"regular": "职工情况和热点问题的报告" if to == "unit" else "劳动关系状况和职工思想动态", "at_once": "重大情况报告",
             "dispute": "劳动争议信息", "tendency": "倾向性、普遍性问题的报告"}[kind]  # fmt: skip
    return words if kind == "at_once" else f"{window.label}{words}"


def _seen(model: type[Any], pk: UUID | None, unit: Unit, by: Actor) -> Any:
    """The warning or incident it is about, of the same union and known to the writer; never a drill."""
    if pk is None:
        return None
    row = model.objects.visible_to(by).filter(pk=pk, unit=unit).first()
    if row is None:
        raise NotYours
    if getattr(row, "drill", False):
        raise Refused("演练不上报信息。")
    return row


@transaction.atomic
def write_information(
    *, information_id: UUID, title: str, body: Body, by: Actor, at: datetime, version: int | None = None
) -> Information:
    """Keep new words of a draft.  No worker is named."""
    information = locked(Information, information_id, by=by, version=version)
    INFORMATION.check_now(information.status, "write")
    (title,) = written(LONGEST_TITLE, title=title)
    kept = checked_body(body)
    fields = {f"text-{n}": one["text"] for n, one in enumerate(kept["sections"])}
    check_nameless(information.unit, {"title": title, **fields})
    if (title, kept) == (information.title, information.body):
        return information
    information.title, information.body = title, kept
    advance(information, "write", by=by, at=at)
    return information


@transaction.atomic
def send_information(
    *, information_id: UUID, whom: str = "", by: Actor, at: datetime, version: int | None = None
) -> Information:
    """Number it and send it: from now on its words never change.  What is corrected by it says so at the same time."""
    information = locked(Information, information_id, by=by, version=version)
    INFORMATION.check_now(information.status, "send")
    if left := gaps(information.body):
        raise Refused(f"还有 {len(left)} 处没有写：{'、'.join(left[:3])}", "请先改写，把这几处补上或者删去。")
    (whom,) = fits(60, whom=whom)
    posts = readers(information, day_of(at))
    if information.to == "above" and union_above(information.unit) is None:
        raise Refused("上面没有更高一级的工会了。")
    if information.to == "party" and not whom:
        raise Invalid({"whom": "请写送给了哪一个部门、谁收的。"})
    if not posts and not whom:
        raise Invalid({"whom": "这一方没有人在系统里收，请写明当面送给了谁。"})
    _number(information, at)
    information.sent_by, information.sent_at = check_may(by, Can.HANDLE_CASES, information.unit), at
    information.whom = whom or "、".join(post.person.name for post in posts)[:60]
    advance(information, "send", by=by, at=at, label=f"报送{information.number}", data={"seq": information.seq})
    if information.mends is not None:
        _correct(information, information.mends.pk, by=by, at=at)
    _tell(information, [post.person for post in posts], "请阅", by=by, at=at)
    return information


def _number(information: Information, at: datetime) -> None:
    Unit.objects.select_for_update(no_key=True).get(pk=information.unit_id)
    information.year = day_of(at).year
    numbered = Information.objects.filter(unit=information.unit, year=information.year)
    information.seq = (numbered.aggregate(last=Max("seq"))["last"] or 0) + 1


def _correct(fresh: Information, old_id: UUID, *, by: Actor, at: datetime) -> None:
    old = Information.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=old_id)
    old.because = fresh.because
    advance(old, "correct", by=by, at=at, label=f"由{fresh.number}更正", text=fresh.because)


def _tell(information: Information, people: list[Any], what: str, *, by: Actor, at: datetime) -> None:
    name = information.unit.short_name or information.unit.name
    send(
        to=people, kind="information", subject=information.pk, key=f"{information.version}",
        title=f"{what}{name}{information.number}", url=reverse("desk:information_one", args=[information.pk]),
        root=information.root, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def answer_information(
    *, information_id: UUID, text: str, side: str = "", name: str = "", title: str = "", on: date | None = None, by: Actor,
    at: datetime,
) -> InformationAnswer:  # fmt: skip
    """What came back: by management's head or the union above on the desk, or noted by the office from paper."""
    information = locked(Information, information_id, by=by, can=None)
    INFORMATION.check_now(information.status, "answer")
    (text,) = written(text=text)
    today, own = day_of(at), answers_as(by, information)
    if own:
        can, unit = (Can.ITEMS_OF_UNIT, information.unit) if own == "management" else (Can.HANDLE_CASES, None)
        post = by.post_for(can, unit or union_above(information.unit)) if isinstance(by, Member) else None
        assert post is not None
        side, name, title, on = own, post.person.name, post.title or post.get_role_display(), today
    else:
        post = check_may(by, Can.HANDLE_CASES, information.unit)
        _check_paper(information, side, on, today)
    (name,) = written(40, name=name)
    (title,) = fits(60, title=title)
    assert on is not None
    row = InformationAnswer.objects.create(
        root_id=information.root_id, information=information, side=side, name=name, title=title, text=text, on=on,
        on_paper=not own, post=post, at=at,
    )  # fmt: skip
    advance(information, "answer", by=by, at=at, label=f"{row.get_side_display()}答复", data={"side": side})
    writer = information.sent_by or information.made_by
    _tell(information, [writer.person, information.made_by.person], "有了答复：", by=by, at=at)
    return row


def _check_paper(information: Information, side: str, on: date | None, today: date) -> None:
    sides = {"unit": ("party", "management"), "party": ("party",), "above": ("above",)}[information.to]
    if side not in sides:
        raise Invalid({"side": "请选谁答复的。"})
    sent = day_of(information.sent_at) if information.sent_at else today
    if on is None or not sent <= on <= today:
        raise Invalid({"on": "日期要在报送那天到今天之间。"})


@transaction.atomic
def pass_back(*, answer_id: UUID, text: str, by: Actor, at: datetime) -> InformationAnswer:
    """Make the answer known to the workers, on the unit's own page, in words that name nobody (BD-4.3b)."""
    known = InformationAnswer.objects.filter(pk=answer_id).values_list("information", flat=True).first()
    if known is None:
        raise NotYours
    information = locked(Information, known, by=by)
    INFORMATION.check_now(information.status, "pass_back")
    if information.to != "unit":
        raise Refused("只有本单位党政的答复才反馈给职工。")
    row = InformationAnswer.objects.select_for_update(of=("self",), no_key=True).get(pk=answer_id)
    (text,) = written(text=text)
    check_nameless(information.unit, {"text": text})
    if row.passed_at is not None:
        raise Refused("这条答复已经反馈给职工了。")
    row.public_text, row.passed_at, row.passed_by = text, at, check_may(by, Can.HANDLE_CASES, information.unit)
    row.save(update_fields=["public_text", "passed_at", "passed_by"])
    advance(information, "pass_back", by=by, at=at, text=text, data={"answer": row.pk})
    return row


@transaction.atomic
def mend_information(
    *, information_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Information:
    """Draft a correction: the same words to begin with, the reason first.  The old one stands until this one is sent."""
    old = locked(Information, information_id, by=by, version=version)
    INFORMATION.check_now(old.status, "mend")
    (reason,) = written(LONGEST_REASON, reason=reason)
    check_nameless(old.unit, {"reason": reason})
    if mended_by(old) is not None:
        raise Refused("这份信息已经在更正了。")
    post = check_may(by, Can.HANDLE_CASES, old.unit)
    first = {"heading": "更正说明", "text": f"本件更正{old.number}《{old.title}》。更正的原因：{reason.rstrip('。')}。"}
    fresh = Information(
        root_id=old.root_id, unit=old.unit, to=old.to, kind=old.kind, period_from=old.period_from,
        period_until=old.period_until, title=f"{old.title.removesuffix('（更正）')}（更正）"[:LONGEST_TITLE], facts=old.facts,
        body={"sections": [first, *old.body.get("sections", [])]}, nothing=False, known_at=old.known_at, warning=old.warning,
        incident=old.incident, mends=old, because=reason, made_by=post, made_at=at, moved_at=at,
    )  # fmt: skip
    advance(old, "mend", by=by, at=at, text=reason)
    return begin(fresh, "write", by=by, at=at, label="起草更正", data={"mends": old.pk})


@transaction.atomic
def withdraw_information(
    *, information_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Information:
    """Take it back: it was not so (误报).  Whoever was sent it hears it."""
    information = locked(Information, information_id, by=by, version=version)
    INFORMATION.check_now(information.status, "withdraw")
    (reason,) = written(LONGEST_REASON, reason=reason)
    check_nameless(information.unit, {"reason": reason})
    information.because = reason
    advance(information, "withdraw", by=by, at=at, text=reason)
    _tell(information, [post.person for post in readers(information, day_of(at))], "已撤回：", by=by, at=at)
    return information


@transaction.atomic
def drop_information(
    *, information_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Information:
    """A draft that is not wanted any more; what it summed up is free again."""
    information = locked(Information, information_id, by=by, version=version)
    (reason,) = written(LONGEST_REASON, reason=reason)
    advance(information, "drop", by=by, at=at, text=reason)
    return information
