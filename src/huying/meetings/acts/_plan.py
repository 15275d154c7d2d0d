"""Getting a meeting ready: its kind, time and chair, the agenda, who is asked, papers, the call, answers, cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from huying.files.acts import Checked, store
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import DataKey
from huying.mechanism.acts import snapshot
from huying.meetings.acts._gate import (
    advance_meeting,
    advance_topic,
    locked_meeting,
    locked_topic,
    people_of,
    record_meeting,
    tell_people,
)
from huying.meetings.models import Meeting, MeetingFile, Participant, Place
from huying.meetings.reads import (
    day_of_meeting,
    keys_of_agenda,
    missing_for,
    participant_of,
    review_of,
    rules_of,
    talk_of,
)
from huying.meetings.rules import SEAT_OF, SIDE_OF, Guest, chairing_seat, check_length, check_unnamed, required
from huying.org.models import Post, Role, Unit
from huying.org.reads import names_in
from huying.org.rules import Can, check_may, keys_of

LONGEST_AGENDA = 60
BEFORE = ("draft", "called")


@transaction.atomic
def make_meeting(
    *, unit: Unit, kind: str, starts_at: datetime, place: str, link: str = "", chair: Post, chair_because: str = "",
    title: str = "", weighty: str = "", topics: Sequence[UUID] = (), on_paper: bool = False, by: Actor, at: datetime,
) -> Meeting:  # fmt: skip
    """Begin to prepare a meeting, from topics where given.  ``on_paper``: it was held already and is entered afterwards."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    rules = snapshot(unit=unit, at=at)
    meeting = Meeting(
        root_id=unit.root_id or unit.pk, unit=unit, kind=kind, weighty=weighty.strip(), on_paper=on_paper, rules=rules,
        made_by=post, made_at=at, moved_at=at,
    )  # fmt: skip
    kinds = {one.code: one.label for one in rules_of(meeting).options("meeting_kinds").choices}
    if kind not in kinds:
        raise Invalid({"kind": "请选会议种类。"})
    _arrange(meeting, starts_at=starts_at, place=place, link=link, chair=chair, because=chair_because, at=at)
    day = timezone.localtime(starts_at)
    meeting.title = title.strip() or f"{day.year}年{day.month}月{day.day}日{kinds[kind]}"
    check_length(title=meeting.title)
    meeting.save(force_insert=True)
    label = "补录纸质会议" if on_paper else "筹备会议"
    record_meeting(meeting, "make", label, by=by, at=at, text=meeting.title, data={"kind": kind})
    for topic_id in topics:
        _place(meeting, topic_id, by=by, at=at)
    return meeting


def _arrange(
    meeting: Meeting, *, starts_at: datetime, place: str, link: str, chair: Post, because: str, at: datetime
) -> None:
    """Time, place and chair: the seat that chairs, or somebody else of the union with a reason (MY-3.2.3a)."""
    wrong = {}
    if not place.strip() and not link.strip():
        wrong["place"] = "请写会议地点；线上开的，请填入口网址。"
    if meeting.on_paper and starts_at > at:
        wrong["starts_at"] = "补录的是已经开过的会，时间不能晚于现在。"
    if not meeting.on_paper and starts_at < at and meeting.opened_at is None:
        wrong["starts_at"] = "会议时间已经过了。已经开过的会，请用“补录纸质会议”。"
    day = timezone.localdate(starts_at)
    held = Post.objects.on(day).filter(pk=chair.pk, unit=meeting.unit).exists()
    seat = chairing_seat(rules_of(meeting), meeting.kind)
    if not held:
        wrong["chair"] = "请选那天在本单位任职的人主持。"
    elif seat and SIDE_OF.get(Role(chair.role)) == "management":
        wrong["chair"] = "按要求由工会一方主持，请选工会负责人或者受委托的工会同志。"
    elif seat and SEAT_OF.get(Role(chair.role)) != seat and not because.strip():
        wrong["chair_because"] = "按要求由工会负责人主持；由别人主持，请写明原因。"
    if wrong:
        raise Invalid(wrong)
    meeting.starts_at, meeting.place, meeting.link = starts_at, place.strip(), link.strip()
    meeting.chair, meeting.chair_because = chair, because.strip()


@transaction.atomic
def plan(
    *, meeting_id: UUID, title: str, starts_at: datetime, place: str, link: str = "", chair: Post, chair_because: str = "",
    weighty: str = "", by: Actor, at: datetime, version: int | None = None,
) -> Meeting:  # fmt: skip
    """Change time, place or chair; whoever was called already hears of it."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    required(title=title)
    check_length(title=title)
    before = (meeting.starts_at, meeting.place, meeting.link, meeting.chair_id)
    _arrange(meeting, starts_at=starts_at, place=place, link=link, chair=chair, because=chair_because, at=at)
    meeting.title, meeting.weighty = title.strip(), weighty.strip()
    _check_nobody_named(meeting)
    moved = before != (meeting.starts_at, meeting.place, meeting.link, meeting.chair_id)
    if meeting.status == "called" and moved:
        meeting.sequence += 1
    advance_meeting(meeting, "plan", by=by, at=at)
    if meeting.status == "called" and moved:
        tell_people(meeting, people_of(meeting), "moved", "时间、地点或主持有变动", by=by, at=at)
    return meeting


# --- the agenda ------------------------------------------------------------------------------------------------------


@transaction.atomic
def place_topics(*, meeting_id: UUID, topics: Sequence[UUID], by: Actor, at: datetime) -> Meeting:
    """Put reviewed and talked-over topics on the agenda, in the order given: all or none; the refusal says what is missing
    (MY-2.1, MY-2.2)."""
    meeting = locked_meeting(meeting_id, by=by)
    for topic_id in topics:
        _place(meeting, topic_id, by=by, at=at)
    return meeting


def _place(meeting: Meeting, topic_id: UUID, *, by: Actor, at: datetime) -> None:
    _check_before(meeting)
    topic = locked_topic(topic_id, by=by)
    if topic.unit_id != meeting.unit_id:
        raise NotYours
    missing = missing_for(topic)
    if topic.status in ("draft", "failed") and missing:
        raise Refused(f"“{topic.title}”还不能上会：{'；'.join(missing)}。", "请打开这个议题补齐，再列入议程。")
    day = day_of_meeting(meeting)
    talk, review = talk_of(topic), review_of(topic)
    if talk and review and (talk.on > day or review.reviewed_on > day):
        raise Refused(f"“{topic.title}”的审查或沟通在会议日期之后。", "先审查、沟通，再上会；请核对日期。")
    advance_topic(topic, "place", by=by, at=at, text=meeting.title, data={"meeting": meeting.pk})
    _append(meeting, topic=topic)
    _check_nobody_named(meeting)
    record_meeting(meeting, "place", "列入议程", by=by, at=at, text=topic.title, data={"topic": topic.pk})


def _append(meeting: Meeting, **given: object) -> Place:
    rows = meeting.places.filter(left_at__isnull=True)
    if rows.count() >= LONGEST_AGENDA:
        raise Refused(f"一次会议最多 {LONGEST_AGENDA} 个议题。", "请另开一次会。")
    last = meeting.places.aggregate(last=Max("order"))["last"] or 0
    return Place.objects.create(root_id=meeting.root_id, meeting=meeting, order=last + 1, **given)


def _check_before(meeting: Meeting) -> None:
    if meeting.status not in BEFORE:
        raise Refused(f"会议现在是“{meeting.state.staff}”，议程不能再动。")


@transaction.atomic
def add_question(*, meeting_id: UUID, question: str, by: Actor, at: datetime) -> Place:
    """A question to be answered at a talk, an inquiry or a hearing; before or during it (PD-5.2.1)."""
    meeting = locked_meeting(meeting_id, by=by)
    required(question=question)
    if len(question.strip()) > 300:
        raise Invalid({"question": "一个问题最多 300 字，请分开写。"})
    if meeting.kind == "consultation":
        raise Refused("协商会议商量的是议题。", "请把这件事提成议题，审查、沟通以后列入议程。")
    if meeting.status not in (*BEFORE, "open"):
        raise Refused(f"会议现在是“{meeting.state.staff}”，不能再加问题。")
    place = _append(meeting, question=question.strip())
    record_meeting(meeting, "ask", "列入问题", by=by, at=at, data={"place": place.pk})
    return place


@transaction.atomic
def take_off(*, place_id: UUID, by: Actor, at: datetime) -> Meeting:
    """Take an entry off the agenda before the meeting; the topic may go on another."""
    place, meeting = locked_place(place_id, by=by)
    _check_before(meeting)
    _leave(place, by=by, at=at)
    record_meeting(meeting, "take_off", "移出议程", by=by, at=at, data={"place": place.pk})
    return meeting


def _leave(place: Place, *, by: Actor, at: datetime) -> None:
    place.left_at = at
    place.save(update_fields=["left_at"])
    if place.topic_id:
        advance_topic(locked_topic(place.topic_id, by=by), "take_off", by=by, at=at)


@transaction.atomic
def reorder(*, meeting_id: UUID, order: Sequence[UUID], by: Actor, at: datetime) -> Meeting:
    """The order in which the agenda is gone through."""
    meeting = locked_meeting(meeting_id, by=by)
    rows = {row.pk: row for row in meeting.places.filter(left_at__isnull=True)}
    if meeting.status not in (*BEFORE, "open") or set(order) != set(rows) or len(order) != len(rows):
        raise Refused("议程刚刚有改动。", "请刷新后再排。")
    for number, pk in enumerate(order, start=1):
        rows[pk].order = number
    Place.objects.bulk_update(rows.values(), ["order"])
    record_meeting(meeting, "reorder", "调整议程顺序", by=by, at=at)
    return meeting


def locked_place(place_id: UUID, *, by: Actor, version: int | None = None) -> tuple[Place, Meeting]:
    """An entry of an agenda, locked with its meeting."""
    place = Place.objects.filter(pk=place_id, left_at__isnull=True).only("meeting_id").first()
    if place is None:
        raise NotYours
    meeting = locked_meeting(place.meeting_id, by=by)
    place = Place.objects.select_for_update(of=("self",), no_key=True).select_related("topic").get(pk=place_id)
    return place, meeting


# --- who is asked ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, meeting_id: UUID, posts: Iterable[Post] = (), guests: Iterable[Guest] = (), by: Actor, at: datetime
) -> Meeting:
    """Ask people: post-holders take the seat of their office, guests are typed by name.  Whoever a topic's case names cannot
    be asked to a meeting that speaks of it."""
    meeting = locked_meeting(meeting_id, by=by)
    if meeting.status not in (*BEFORE, "open"):
        raise Refused(f"会议现在是“{meeting.state.staff}”，不能再加参会人。")
    known = set(meeting.participants.filter(person__isnull=False).values_list("person_id", flat=True))
    fresh = []
    for post in posts:
        if post.person_id in known:
            continue
        known.add(post.person_id)
        role = Role(post.role)
        fresh.append(
            Participant(
                root_id=meeting.root_id, meeting=meeting, person=post.person, name=post.person.name,
                title=post.title or post.get_role_display(), department=post.department,
                seat=SEAT_OF.get(role, "") if post.unit_id == meeting.unit_id else "",
                side=SIDE_OF.get(role, "guest") if post.unit_id == meeting.unit_id else "guest",
                asked_at=at if meeting.status == "called" else None,
            )
        )  # fmt: skip
    for guest in guests:
        required(name=guest.name)
        fresh.append(
            Participant(root_id=meeting.root_id, meeting=meeting, name=guest.name.strip()[:40], title=guest.title.strip()[:60],
                        side=guest.side)
        )  # fmt: skip
    if not fresh:
        raise Invalid({"posts": "请选要请的人。"})
    Participant.objects.bulk_create(fresh)
    _check_nobody_named(meeting)
    record_meeting(meeting, "invite", f"增加参会人 {len(fresh)} 人", by=by, at=at)
    if meeting.status == "called":
        tell_people(meeting, [one.person for one in fresh if one.person], "called", "请确认能否参加", by=by, at=at)
    return meeting


@transaction.atomic
def uninvite(*, participant_id: UUID, by: Actor, at: datetime) -> Meeting:
    """Take somebody off the list before the meeting."""
    row = Participant.objects.filter(pk=participant_id).only("meeting_id").first()
    if row is None:
        raise NotYours
    meeting = locked_meeting(row.meeting_id, by=by)
    _check_before(meeting)
    gone = Participant.objects.select_related("person").get(pk=participant_id)
    record_meeting(meeting, "uninvite", f"不再请{gone.name}参会", by=by, at=at)
    if meeting.status == "called" and gone.person:
        tell_people(meeting, [gone.person], "uninvited", "不用参加了", by=by, at=at)
    gone.delete()
    return meeting


def _check_nobody_named(meeting: Meeting) -> None:
    """Nobody who is asked or chairs is named by a case behind the agenda, nor heads what one names (secrecy.md)."""
    against = keys_of_agenda(meeting)
    if not against:
        return
    people = {row.person_id: row.name for row in meeting.participants.filter(person__isnull=False)}
    people[meeting.chair.person_id] = meeting.chair.person.name
    posts: dict[UUID | None, list[Post]] = {}
    for post in Post.objects.on(day_of_meeting(meeting)).filter(person__in=list(people)):
        posts.setdefault(post.person_id, []).append(post)
    for person, name in people.items():
        if person and against & keys_of(person, posts.get(person, [])):
            raise Refused(
                f"有议题涉及{name}，不能在{name}参加的会上商量。", f"请不请{name}参会，或者把那个议题报到上一级。"
            )


# --- the call --------------------------------------------------------------------------------------------------------


@transaction.atomic
def call(*, meeting_id: UUID, announcement: str = "", by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Send invitation and agenda to everybody asked; the kin of the consultation meeting are announced to workers as well."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    wrong = []
    if not meeting.participants.exists():
        wrong.append("还没有请人")
    if meeting.kind == "consultation" and not meeting.places.filter(left_at__isnull=True).exists():
        wrong.append("议程里还没有议题")
    if wrong:
        raise Refused(f"还不能发通知：{'、'.join(wrong)}。", "请补齐以后再发。")
    if announcement.strip():
        check_length(announcement=announcement)
        check_unnamed({"announcement": announcement}, names_in(meeting.unit, announcement), "")
        meeting.announcement, meeting.announced_at = announcement.strip(), at
    advance_meeting(meeting, "call", by=by, at=at)
    meeting.participants.update(asked_at=at)
    tell_people(meeting, people_of(meeting), "called", "请确认能否参加", by=by, at=at)
    return meeting


@transaction.atomic
def answer(*, meeting_id: UUID, coming: bool, note: str = "", by: Actor, at: datetime) -> Participant:
    """Somebody asked says whether they come; an excuse has its reason."""
    meeting = locked_meeting(meeting_id, by=by, can=None)
    row = participant_of(by, meeting)
    if row is None:
        raise NotYours
    if meeting.status != "called":
        raise Refused(f"会议现在是“{meeting.state.staff}”，不用再答复。")
    if not coming and not note.strip():
        raise Invalid({"note": "请写一下请假的原因。"})
    row.answer, row.answer_note, row.answered_at = "accepted" if coming else "excused", note.strip()[:200], at
    row.save(update_fields=["answer", "answer_note", "answered_at"])
    record_meeting(meeting, "answer", f"{row.name}{'参加' if coming else '请假'}", by=by, at=at)
    if not coming:
        tell_people(meeting, [meeting.made_by.person], "excused", f"{row.name}请假", by=by, at=at, key=str(row.pk))
    return row


@transaction.atomic
def answer_for(*, participant_id: UUID, coming: bool, note: str = "", by: Actor, at: datetime) -> Participant:
    """The secretary notes what somebody answered by phone."""
    row = Participant.objects.filter(pk=participant_id).only("meeting_id").first()
    if row is None:
        raise NotYours
    meeting = locked_meeting(row.meeting_id, by=by)
    _check_before(meeting)
    row = Participant.objects.get(pk=participant_id)
    row.answer, row.answer_note, row.answered_at = "accepted" if coming else "excused", note.strip()[:200], at
    row.save(update_fields=["answer", "answer_note", "answered_at"])
    record_meeting(meeting, "answer", f"代记：{row.name}{'参加' if coming else '请假'}", by=by, at=at)
    return row


@transaction.atomic
def add_paper(
    *, meeting_id: UUID, checked: Checked, label: str, kind: str = "paper", by: Actor, at: datetime
) -> MeetingFile:
    """A paper for everybody asked (``paper``), or the signed scan of a meeting held on paper (``scan``)."""
    meeting = locked_meeting(meeting_id, by=by)
    required(label=label)
    if kind == "paper" and meeting.status in ("signed", "cancelled"):
        raise Refused("会议已经结束，不能再加材料。")
    key = DataKey.fresh(at)
    kept = store(checked=checked, key=key, root=meeting.root, by=by, at=at)
    row = MeetingFile.objects.create(
        root_id=meeting.root_id, meeting=meeting, kind=kind, label=label.strip()[:80], key=key, file=kept, at=at
    )
    record_meeting(meeting, f"add_{kind}", "增加会议材料" if kind == "paper" else "上传签字扫描件", by=by, at=at,
                   data={"file": row.pk})  # fmt: skip
    return row


@transaction.atomic
def cancel(*, meeting_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Meeting:
    """Call a meeting off, with a reason; its topics wait for another."""
    meeting = locked_meeting(meeting_id, by=by, version=version)
    required(reason=reason)
    was_called = meeting.status == "called"
    for place in meeting.places.filter(left_at__isnull=True):
        _leave(place, by=by, at=at)
    meeting.sequence += 1
    advance_meeting(meeting, "cancel", by=by, at=at, text=reason.strip())
    if was_called:
        tell_people(meeting, people_of(meeting), "cancelled", "会议取消", by=by, at=at)
    return meeting


def remind_meetings(*, by: Actor, at: datetime) -> int:
    """Sweep: the day before, everybody who was called and did not excuse themselves hears of it once."""
    today = timezone.localdate(at)
    told = 0
    for meeting in Meeting.objects.filter(status="called", starts_at__gt=at).select_related("unit", "root", "rules"):
        if (day_of_meeting(meeting) - today).days != 1:
            continue
        rows = meeting.participants.filter(person__isnull=False).exclude(answer="excused").select_related("person")
        people = [row.person for row in rows if row.person]
        with transaction.atomic():
            tell_people(
                meeting, people, "soon", f"明天{_hour(meeting)}开会", by=by, at=at, key=f"soon:{meeting.starts_at}"
            )
        told += 1
    return told


def _hour(meeting: Meeting) -> str:
    return f"{timezone.localtime(meeting.starts_at):%H:%M}"
