"""Minutes: versions, circulation, replies, both sides' signatures, corrections, publication (MY-3.2.3c)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from huying.files.acts import Checked
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.meetings.acts._effect import bring_about
from huying.meetings.acts._gate import advance_meeting, locked_meeting, people_of, record_meeting, tell_people
from huying.meetings.acts._plan import add_paper
from huying.meetings.lifecycle import MEETING
from huying.meetings.models import Correction, Meeting, Minutes, Participant, Publication, Signature
from huying.meetings.reads import (
    agenda,
    day_of_meeting,
    latest_minutes,
    participant_of,
    rules_of,
    signatures,
    signing_side,
    words_of,
)
from huying.meetings.rules import check_length, check_unnamed, required
from huying.org.models import Unit
from huying.org.reads import names_in
from huying.org.rules import Can, check_may

LONGEST_BODY = 40_000


@transaction.atomic
def write_minutes(
    *,
    meeting_id: UUID,
    body: dict[str, Any],
    named_because: str = "",
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Minutes:
    """Keep a new version of the words.  Changed words take back signatures and what participants said of the old ones."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    MEETING.check_now(meeting.status, "write")
    kept = _checked_body(meeting, body)
    _check_names(meeting, kept, named_because)
    last = latest_minutes(meeting)
    if last is not None and last.body == kept:
        return last
    row = Minutes.objects.create(
        root_id=meeting.root_id, meeting=meeting, number=(last.number if last else 0) + 1, body=kept,
        named_because=named_because.strip(), post=check_may(by, Can.HANDLE_CASES, meeting.unit), at=at,
    )  # fmt: skip
    meeting.signatures.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    advance_meeting(meeting, "write", by=by, at=at, label=f"纪要第 {row.number} 稿", data={"minutes": row.number})
    return row


def _checked_body(meeting: Meeting, body: dict[str, Any]) -> dict[str, Any]:
    """Opening, one section for every entry of the agenda in its order, closing."""
    places = [str(place.pk) for place in agenda(meeting)]
    given = {str(one.get("place")): one for one in body.get("sections", [])}
    if set(given) != set(places):
        raise Refused("议程有改动，纪要的段落对不上了。", "请刷新纪要页面，写好的内容请先复制。")
    sections = [
        {"place": pk, "heading": str(given[pk]["heading"]).strip(), "text": str(given[pk]["text"]).strip()}
        for pk in places
    ]
    kept = {
        "opening": str(body.get("opening", "")).strip(), "sections": sections, "closing": str(body.get("closing", "")).strip()
    }  # fmt: skip
    wrong = {}
    if not kept["opening"]:
        wrong["opening"] = "开头不能空着。"
    for one in sections:
        if not one["heading"] or not one["text"]:
            wrong[f"text-{one['place']}"] = "这一段不能空着。"
    if len(_words(kept)) > LONGEST_BODY:
        wrong["opening"] = f"纪要一共最多 {LONGEST_BODY} 字，请压缩。"
    if wrong:
        raise Invalid(wrong)
    return kept


def _words(body: dict[str, Any]) -> str:
    sections = "\n".join(f"{one['heading']}\n{one['text']}" for one in body["sections"])
    return f"{body['opening']}\n{sections}\n{body['closing']}"


def _check_names(meeting: Meeting, body: dict[str, Any], because: str, *, strict: bool = False) -> None:
    """Workers are not named; who attended or carries something out may be, unless the words go out (``strict``)."""
    there = set() if strict else set(meeting.participants.values_list("name", flat=True))
    names = set(names_in(meeting.unit, _words(body))) - there
    fields = {"opening": body["opening"], "closing": body["closing"]}
    fields |= {f"text-{one['place']}": f"{one['heading']}\n{one['text']}" for one in body["sections"]}
    check_unnamed(fields, names, because)


@transaction.atomic
def circulate(*, meeting_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Send the minutes to everybody asked, to be checked within the days the rules give; what nobody wrote yet is kept first
    as the data gives it."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    last, places = latest_minutes(meeting), agenda(meeting)
    whole = words_of(meeting, places, last)
    if last is None or last.body != whole:
        because = last.named_because if last else ""
        write_minutes(meeting_id=meeting.pk, body=whole, named_because=because, by=by, at=at)
        meeting.refresh_from_db()
    days = rules_of(meeting).count("minutes_days").value
    meeting.reply_by = timezone.localdate(at) + timedelta(days=days)
    advance_meeting(meeting, "circulate", by=by, at=at)
    tell_people(meeting, people_of(meeting), "minutes", "请核对纪要", by=by, at=at)
    return meeting


@transaction.atomic
def reply(*, meeting_id: UUID, agreed: bool, words: str = "", by: Actor, at: datetime) -> Participant:
    """A participant agrees to the minutes or says what is wrong; for the version that stands now."""
    meeting = locked_meeting(meeting_id, by=by, can=None)
    row, last = participant_of(by, meeting), latest_minutes(meeting)
    if row is None or last is None:
        raise NotYours
    if meeting.status != "circulated":
        raise Refused(f"会议现在是“{meeting.state.staff}”，不在核对纪要。")
    if not agreed and not words.strip():
        raise Invalid({"words": "请写明哪里不对、应该怎么写。"})
    check_length(words=words)
    row.minutes_agreed, row.minutes_words, row.minutes_version, row.minutes_at = agreed, words.strip(), last.number, at
    row.save(update_fields=["minutes_agreed", "minutes_words", "minutes_version", "minutes_at"])
    label = f"{row.name}{'核对无误' if agreed else '提出意见'}"
    record_meeting(meeting, "reply", label, by=by, at=at)
    if not agreed:
        tell_people(meeting, [meeting.made_by.person], "objected", "有人对纪要提出意见", by=by, at=at, key=str(row.pk))
    return row


@transaction.atomic
def sign(*, meeting_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Sign for one's own side: management's head for management; then the union's, with which the minutes take effect.

    The union signs last, so that what was agreed becomes items by the hand of who supervises them.
    """
    meeting = locked_meeting(meeting_id, by=by, can=None, version=version)
    row = participant_of(by, meeting)
    side = signing_side(by, meeting, row)
    if not side:
        raise NotYours
    signed = signatures(meeting)
    if side in signed:
        raise Refused("您这一方已经签过字了。")
    if side == "union" and "management" not in signed:
        raise Refused("行政方还没有签字。", "请行政负责人先签；没有账号的，请在纸上签，由工会上传扫描件登记。")
    title = row.title if row else meeting.chair.title or meeting.chair.get_role_display()
    name = row.name if row else meeting.chair.person.name
    _keep_signature(meeting, side, name=name, title=title, person=by.person_id, on=timezone.localdate(at), by=by, at=at)
    if side == "union":
        _take_effect(meeting, by=by, at=at)
    return meeting


@transaction.atomic
def sign_on_paper(
    *,
    meeting_id: UUID,
    side: str,
    name: str,
    title: str,
    signed_on: date,
    scans: tuple[Checked, ...] = (),
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Meeting:
    """Note a signature given on paper; the scan that shows it must be there or come along.  The union's own is last as well."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    for scan in scans:
        add_paper(meeting_id=meeting_id, checked=scan, label="签过字的纪要", kind="scan", by=by, at=at)
        meeting.refresh_from_db(fields=["version", "moved_at"])
    required(name=name)
    if side not in ("union", "management"):
        raise Invalid({"side": "请选哪一方签的字。"})
    if not meeting.files.filter(kind="scan").exists():
        raise Refused("还没有上传签字的扫描件。", "请先把签过字的纪要拍照或扫描传上来。")
    if not day_of_meeting(meeting) <= signed_on <= timezone.localdate(at):
        raise Invalid({"signed_on": "签字的日子要在开会那天到今天之间。"})
    if side in signatures(meeting):
        raise Refused("这一方的签字已经登记过了。")
    if side == "union" and "management" not in signatures(meeting):
        raise Refused("请先登记行政方的签字。", "两方都签了，纪要才生效。")
    _keep_signature(meeting, side, name=name.strip(), title=title.strip(), person=None, on=signed_on, by=by, at=at)
    if side == "union":
        _take_effect(meeting, by=by, at=at)
    return meeting


def _keep_signature(
    meeting: Meeting, side: str, *, name: str, title: str, person: UUID | None, on: date, by: Actor, at: datetime
) -> None:
    last = latest_minutes(meeting)
    if meeting.status != "circulated" or last is None:
        raise Refused(f"会议现在是“{meeting.state.staff}”，还不能签字。", "请先送参会人核对。")
    Signature.objects.create(
        root_id=meeting.root_id, meeting=meeting, side=side, version=last.number, name=name[:40], title=title[:60],
        person_id=person, on_paper=person is None, signed_on=on, at=at,
    )  # fmt: skip
    where = "工会方签字" if side == "union" else "行政方签字"
    advance_meeting(meeting, "sign", by=by, at=at, label=where, data={"side": side, "minutes": last.number})
    if side == "management":
        tell_people(meeting, [meeting.chair.person], "sign", "行政方已签字，请签字", by=by, at=at)


def _take_effect(meeting: Meeting, *, by: Actor, at: datetime) -> None:
    """Both sides have signed: number the minutes, and what was agreed becomes items with clocks at this moment (MY-3.2.3b)."""
    Unit.objects.select_for_update(no_key=True).get(pk=meeting.unit_id)
    year = day_of_meeting(meeting).year
    given = Meeting.objects.filter(unit=meeting.unit, kind=meeting.kind, year=year)
    meeting.year, meeting.seq = year, (given.aggregate(last=Max("seq"))["last"] or 0) + 1
    meeting.signed_at = at
    bring_about(meeting, by=by, at=at)
    advance_meeting(meeting, "effect", by=by, at=at, data={"seq": meeting.seq})
    tell_people(meeting, people_of(meeting), "signed", "纪要已由双方签字", by=by, at=at)


@transaction.atomic
def correct_minutes(*, meeting_id: UUID, text: str, by: Actor, at: datetime) -> Correction:
    """A dated addition to signed minutes; everybody who attended hears of it."""
    meeting = locked_meeting(meeting_id, by=by)
    required(text=text)
    check_length(text=text)
    there = set(meeting.participants.values_list("name", flat=True))
    check_unnamed({"text": text}, set(names_in(meeting.unit, text)) - there, "")
    row = Correction.objects.create(
        root_id=meeting.root_id, meeting=meeting, text=text.strip(), at=at,
        post=check_may(by, Can.HANDLE_CASES, meeting.unit),
    )  # fmt: skip
    advance_meeting(meeting, "correct", by=by, at=at, data={"correction": row.pk})
    tell_people(meeting, people_of(meeting), "corrected", "纪要有更正", by=by, at=at)
    return row


@transaction.atomic
def publish(*, meeting_id: UUID, body: dict[str, Any], by: Actor, at: datetime) -> Publication:
    """Publish redacted minutes on the unit's page.  Whoever approves there decides; no worker stands in them."""
    meeting = locked_meeting(meeting_id, by=by, can=Can.APPROVE)
    kept = _published_body(meeting, body)
    if not kept["opening"] or len(_words(kept)) > LONGEST_BODY:
        raise Invalid({"opening": f"请写公开的开头，全文最多 {LONGEST_BODY} 字。"})
    _check_names(meeting, kept, "", strict=True)
    meeting.publications.filter(withdrawn_at__isnull=True).update(withdrawn_at=at)
    post = check_may(by, Can.APPROVE, meeting.unit)
    row = Publication.objects.create(root_id=meeting.root_id, meeting=meeting, body=kept, post=post, at=at)
    advance_meeting(meeting, "publish", by=by, at=at, data={"publication": row.pk})
    return row


def _published_body(meeting: Meeting, body: dict[str, Any]) -> dict[str, Any]:
    """Opening, the entries that are to go out, closing; entries of this meeting only."""
    known = {str(place.pk) for place in agenda(meeting)}
    sections = [
        {"place": str(one["place"]), "heading": str(one["heading"]).strip(), "text": str(one["text"]).strip()}
        for one in body.get("sections", [])
        if str(one.get("place")) in known
    ]
    empty = [one["place"] for one in sections if not one["heading"] or not one["text"]]
    if empty:
        raise Invalid({f"text-{place}": "公开的这一项要有标题和内容；不公开的，请去掉前面的勾。" for place in empty})
    return {
        "opening": str(body.get("opening", "")).strip(), "sections": sections, "closing": str(body.get("closing", "")).strip()
    }  # fmt: skip


@transaction.atomic
def withdraw_publication(*, meeting_id: UUID, reason: str, by: Actor, at: datetime) -> Meeting:
    """Take published minutes off the unit's page."""
    meeting = locked_meeting(meeting_id, by=by, can=Can.APPROVE)
    required(reason=reason)
    if not meeting.publications.filter(withdrawn_at__isnull=True).update(withdrawn_at=at):
        raise Refused("现在没有公开的纪要。")
    record_meeting(meeting, "unpublish", "撤下公开的纪要", by=by, at=at, text=reason.strip())
    return meeting
