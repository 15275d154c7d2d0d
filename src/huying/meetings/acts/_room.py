"""In the room: who is there, what is said, what comes of each entry, what is agreed, votes; opening and closing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.models import Recusal
from huying.handling.rules import FIELD_OF
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.meetings.acts._gate import advance_meeting, locked_meeting, record_meeting
from huying.meetings.acts._plan import locked_place
from huying.meetings.models import Agreed, AgreedHelp, Meeting, Participant, Place, Remark
from huying.meetings.reads import day_of_meeting, missing_seats, rules_of, unsettled
from huying.meetings.rules import THERE, Terms, Vote, check_length, required
from huying.org.models import Department, Post
from huying.org.rules import Can, check_may, keys_of

RESULTS = tuple(code for code, _ in Place.RESULTS)
WAYS = tuple(code for code, _ in Place.WAYS)


def _check_in_room(meeting: Meeting) -> None:
    """Written down while the meeting is open, or while one held on paper is entered."""
    if meeting.status == "open" or (meeting.on_paper and meeting.status == "draft"):
        return
    raise Refused(f"会议现在是“{meeting.state.staff}”，不能再记。", "散会以后要补记，请点“接着开会”。")


@transaction.atomic
def attend(*, meeting_id: UUID, there: Mapping[UUID, str], by: Actor, at: datetime) -> Meeting:
    """Who is there: present, late, excused, absent, for some or all."""
    meeting = locked_meeting(meeting_id, by=by)
    if meeting.status not in ("draft", "called", "open"):
        raise Refused(f"会议现在是“{meeting.state.staff}”，不能再改到会情况。")
    known = dict(Participant.ATTENDANCE)
    rows = {row.pk: row for row in meeting.participants.filter(pk__in=list(there))}
    if set(there) - set(rows) or set(there.values()) - set(known):
        raise NotYours
    for pk, value in there.items():
        rows[pk].attendance = value
    Participant.objects.bulk_update(rows.values(), ["attendance"])
    record_meeting(meeting, "attend", "登记到会", by=by, at=at, data={str(pk): value for pk, value in there.items()})
    return meeting


@transaction.atomic
def open_meeting(
    *, meeting_id: UUID, because: str = "", by: Actor, at: datetime, version: int | None = None
) -> Meeting:
    """Open the meeting.  A seat nobody takes is pointed out first; to open all the same needs a reason that the minutes say
    (MY-3.2.2)."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    if meeting.on_paper:
        raise Refused("这是补录的会议。", "请登记完各议题的结果，再点“补录完毕”。")
    _check_seats(meeting, because)
    meeting.opened_at = meeting.opened_at or at
    advance_meeting(meeting, "open", by=by, at=at, text=meeting.missing_because)
    return meeting


def _check_seats(meeting: Meeting, because: str) -> None:
    if not meeting.participants.filter(attendance__in=THERE).exists():
        raise Refused("还没有登记谁到会。", "请先在名单上点“到会”。")
    missing = "、".join(str(one) for one in missing_seats(meeting, there=True))
    if missing and not because.strip():
        raise Invalid({"because": f"还缺：{missing}。仍要开会，请写明原因，纪要里会写出来。"})
    meeting.missing_because = f"缺：{missing}（{because.strip()}）。"[:300] if missing else ""


@transaction.atomic
def remark(*, place_id: UUID, speaker: str, text: str, by: Actor, at: datetime) -> Remark:
    """One line of the discussion."""
    place, meeting = locked_place(place_id, by=by)
    _check_in_room(meeting)
    required(text=text)
    check_length(text=text)
    row = Remark.objects.create(
        root_id=place.root_id, place=place, speaker=speaker.strip()[:40], text=text.strip(), at=at,
        post=check_may(by, Can.HANDLE_CASES, meeting.unit),
    )  # fmt: skip
    record_meeting(meeting, "remark", "记发言", by=by, at=at, data={"place": place.pk, "remark": row.pk})
    return row


@transaction.atomic
def correct_remark(*, remark_id: UUID, speaker: str, text: str, by: Actor, at: datetime) -> Remark | None:
    """Put another line in the place of one, or strike it (empty text); what stood there is kept."""
    old = Remark.objects.filter(pk=remark_id).only("place_id").first()
    if old is None:
        raise NotYours
    place, meeting = locked_place(old.place_id, by=by)
    _check_in_room(meeting)
    old = Remark.objects.select_for_update(no_key=True).get(pk=remark_id)
    if old.replaced_by_id or old.struck:
        raise Refused("这一条刚刚被改过。", "请看一下现在的记录。")
    check_length(text=text)
    fresh = None
    if text.strip():
        fresh = Remark.objects.create(
            root_id=place.root_id, place=place, speaker=speaker.strip()[:40], text=text.strip(), at=old.at,
            post=check_may(by, Can.HANDLE_CASES, meeting.unit),
        )  # fmt: skip
    old.replaced_by, old.struck = fresh, fresh is None
    old.save(update_fields=["replaced_by", "struck"])
    _check_vote_still_talked_over(place)
    record_meeting(meeting, "correct", "改发言记录", by=by, at=at, data={"remark": old.pk})
    return fresh


def _check_vote_still_talked_over(place: Place) -> None:
    if place.votes_for is not None and not _talked_over(place):
        raise Refused("已经表决的议题不能没有讨论记录。", "请先写上讨论情况，再删这一条。")


def _talked_over(place: Place) -> bool:
    return place.remarks.filter(replaced_by__isnull=True, struck=False).exists()


@transaction.atomic
def vote(*, place_id: UUID, vote: Vote | None, by: Actor, at: datetime, version: int | None = None) -> Place:
    """Note a vote's figures, or take them away; only after a discussion was written down (MY-2.2)."""
    place, meeting = locked_place(place_id, by=by)
    _check_in_room(meeting)
    _check_version(place, version)
    if vote is not None and not _talked_over(place):
        raise Refused("先讨论，后表决：这个议题还没有讨论记录。", "请先记下讨论的情况。")
    if vote is not None and min(vote.votes_for, vote.votes_against, vote.abstained) < 0:
        raise Invalid({"votes_for": "票数不能是负数。"})
    counts = (vote.votes_for, vote.votes_against, vote.abstained) if vote else (None, None, None)
    if vote is not None and not 0 < sum(one or 0 for one in counts) <= 32000:
        raise Invalid({"votes_for": "请填票数。"})
    place.votes_for, place.votes_against, place.abstained = counts
    return _moved(place, meeting, "vote", "表决", by=by, at=at)


def _check_version(place: Place, version: int | None) -> None:
    if version is not None and version != place.version:
        raise Stale(["另一位同志刚刚改了这个议题的结果。"])


def _moved(place: Place, meeting: Meeting, act: str, label: str, *, by: Actor, at: datetime) -> Place:
    place.version += 1
    place.save()
    record_meeting(meeting, act, label, by=by, at=at, data={"place": place.pk, "result": place.result})
    return place


@transaction.atomic
def settle(
    *,
    place_id: UUID,
    result: str,
    text: str = "",
    next_way: str = "",
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Place:
    """What came of an entry: items, not agreed (and how it goes on), noted, or next time."""
    place, meeting = locked_place(place_id, by=by)
    _check_in_room(meeting)
    _check_version(place, version)
    check_length(text=text)
    wrong = {}
    if result and result not in RESULTS:
        wrong["result"] = "请选结果。"
    if result == "not_agreed" and next_way not in WAYS:
        wrong["next_way"] = "没谈成的，请选下一步怎么办。"
    if result in ("not_agreed", "noted") and not text.strip():
        wrong["text"] = "请写一句话说明。"
    if wrong:
        raise Invalid(wrong)
    place.result, place.result_text = result, text.strip()
    place.next_way = next_way if result == "not_agreed" else ""
    return _moved(place, meeting, "settle", "记结果", by=by, at=at)


@transaction.atomic
def agree(*, place_id: UUID, terms: Terms, by: Actor, at: datetime) -> Agreed:
    """Something is agreed: measure, deadline, department and person, all four or it is not settled (MY-3.2.3b)."""
    place, meeting = locked_place(place_id, by=by)
    _check_in_room(meeting)
    department, handler = _check_four(place, meeting, terms)
    assert terms.deadline is not None
    agreed = Agreed.objects.create(
        root_id=place.root_id, place=place, measure=terms.measure.strip(), deadline=terms.deadline, department=department,
        handler=handler, at=at, post=check_may(by, Can.HANDLE_CASES, meeting.unit),
    )  # fmt: skip
    helping = Department.objects.filter(unit=meeting.unit, pk__in=terms.helping).exclude(pk=department.pk)
    AgreedHelp.objects.bulk_create(
        [AgreedHelp(root_id=place.root_id, agreed=agreed, department=one) for one in helping]
    )
    if not place.result:
        place.result = "items"
    _moved(place, meeting, "agree", "定下事项", by=by, at=at)
    return agreed


def _check_four(place: Place, meeting: Meeting, terms: Terms) -> tuple[Department, Post]:
    day = day_of_meeting(meeting)
    departments = Department.objects.filter(unit=meeting.unit, closed_on__isnull=True)
    department = departments.filter(pk__in=[terms.department_id]).first()
    handler = Post.objects.on(day).filter(pk__in=[terms.handler_id]).select_related("person").first()
    given = {
        "measure": terms.measure.strip(), "deadline": terms.deadline, "department": department, "handler": handler
    }  # fmt: skip
    wrong = {
        FIELD_OF[need.code]: f"还缺“{need.label}”，四项齐了才算定下来。"
        for need in rules_of(meeting).needs("item").choices
        if not given[FIELD_OF[need.code]]
    }
    if terms.deadline and terms.deadline < day:
        wrong["deadline"] = "时限不能早于开会那天。"
    if department and handler and handler.department_id != department.pk:
        wrong["handler"] = f"承办人要是{department.name}的人。"
    if handler and department and not wrong and _concerned(place, handler, meeting):
        wrong["department"] = "这件事涉及这个部门或这位同志，要换一个部门或人。"
    check_length(measure=terms.measure)
    if wrong or department is None or handler is None:
        raise Invalid(wrong)
    return department, handler


def _concerned(place: Place, handler: Post, meeting: Meeting) -> bool:
    """Whether a case behind the topic names the handler or the department."""
    against = set(Recusal.objects.filter(case__topics__topic=place.topic_id).values_list("key", flat=True))
    posts = list(Post.objects.on(day_of_meeting(meeting)).filter(person=handler.person_id))
    return bool(against & (keys_of(handler.person_id, posts) | {f"department:{handler.department_id}"}))


@transaction.atomic
def drop_agreed(*, agreed_id: UUID, by: Actor, at: datetime) -> Place:
    """Take back something agreed before the minutes are signed."""
    row = Agreed.objects.filter(pk=agreed_id, dropped_at__isnull=True).only("place_id").first()
    if row is None:
        raise NotYours
    place, meeting = locked_place(row.place_id, by=by)
    _check_in_room(meeting)
    Agreed.objects.filter(pk=agreed_id).update(dropped_at=at)
    return _moved(place, meeting, "drop_agreed", "撤去定下的事项", by=by, at=at)


def check_settled(meeting: Meeting) -> None:
    """``Refused`` with everything that is still open."""
    if wrong := unsettled(meeting):
        raise Refused("；".join(wrong) + "。", "每一项都要有结果：定下事项、未达成一致、已通报或下次再议。")


@transaction.atomic
def close_meeting(*, meeting_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Close the meeting once every entry has a result."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    check_settled(meeting)
    meeting.closed_at = at
    advance_meeting(meeting, "close", by=by, at=at)
    return meeting


@transaction.atomic
def go_back(*, meeting_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Something was forgotten: write down more before the minutes go round."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    meeting.closed_at = None
    advance_meeting(meeting, "reenter" if meeting.on_paper else "go_back", by=by, at=at)
    return meeting


@transaction.atomic
def enter_paper(*, meeting_id: UUID, because: str = "", by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """A meeting held on paper is entered: everything settled and the signed scan there.  It is marked as such for ever."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    if not meeting.on_paper:
        raise Refused("这次会议不是补录的。")
    _check_seats(meeting, because)
    check_settled(meeting)
    if not meeting.files.filter(kind="scan").exists():
        raise Refused("还没有上传签字的扫描件。", "请把双方签过字的纸质纪要拍照或扫描传上来。")
    meeting.opened_at = meeting.closed_at = meeting.starts_at
    advance_meeting(meeting, "enter", by=by, at=at)
    return meeting
