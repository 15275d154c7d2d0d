"""What union and management do together in the story: topics, meetings, minutes; and what goes up a level."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from uuid import UUID

from huying.climb import acts as climb
from huying.climb.reads import active_rung
from huying.handling.models import Item
from huying.meetings import acts, reads
from huying.meetings.models import AgreedItem, Meeting, Place
from huying.meetings.rules import Finding, Terms, Vote
from huying.org.models import Unit
from huying.org.reads import union_of
from huying.org.rules import Member
from huying.site.demo.pictures import photos
from huying.site.demo.scene import Scene

LAWFUL = {
    "content": "属于文件列明的协商内容，不违反法律法规。",
    "form": "由工会书面提出，表述中性，不涉及个人。",
    "procedure": "已登记受理，按协商程序提出。",
}


def unit_of(scene: Scene) -> Unit:
    """The union whose topic or meeting it is."""
    return scene.county.units[scene.row("unit")] if scene.row("unit") else union_of(scene.place())


def _staff(scene: Scene, name: str = "") -> Member:
    return scene.county.actor(name or scene.step.who, scene.on, unit=unit_of(scene))


def _given(scene: Scene) -> dict[str, Any]:
    return {"by": _staff(scene), "at": scene.at}


# --- topics ----------------------------------------------------------------------------------------------------------


def topic(scene: Scene) -> None:
    """A topic: from the story's own case and those it names, or from elsewhere with none."""
    unit = unit_of(scene)
    origin = scene.row("origin", "case")
    main, _, category = scene.row("kind").partition("/")
    cases = (
        [scene.case_id, *(scene.plays[key].case_id for key in scene.step.said("with", ()))] if origin == "case" else []
    )
    made = acts.raise_topic(
        unit=unit, origin=origin, title=scene.step.said("title") or scene.row("title"),
        body=scene.step.said("body") or scene.row("summary").strip(), ask=scene.step.said("ask"),
        cases=[pk for pk in cases if pk], content_class=main, category=category,
        departments=[scene.county.department(unit, name) for name in scene.step.said("touches", ())],
        source_note=scene.step.said("note"), **_given(scene),
    )  # fmt: skip
    scene.play.topic_id = made.pk
    if scene.play.case_id is None:
        scene.play.case_id = made.gathered.get().case_id


def review(scene: Scene) -> None:
    """The legality review."""
    findings = [Finding(code=code, lawful=True, reason=reason) for code, reason in LAWFUL.items()]
    acts.review(
        topic_id=_topic(scene), reviewer=scene.words or "县总工会法律顾问", findings=findings, reviewed_on=scene.on,
        **_given(scene),
    )  # fmt: skip


def talk(scene: Scene) -> None:
    """The talk with management before the meeting."""
    acts.talk(
        topic_id=_topic(scene), whom=scene.step.said("whom"), on=scene.on, said=scene.step.said("said"),
        agreed=scene.step.said("agreed", True), **_given(scene),
    )  # fmt: skip


def _topic(scene: Scene, key: str = "") -> UUID:
    found = (scene.plays[key] if key else scene.play).topic_id
    assert found is not None, key
    return found


# --- meetings --------------------------------------------------------------------------------------------------------


def meeting(scene: Scene) -> None:
    """A meeting is prepared: topics by the keys of their stories, everybody of the seats asked."""
    unit = unit_of(scene)
    starts_at = scene.days.moment(
        scene.play.story.day + int(scene.row("opens", 0)), time.fromisoformat(scene.row("clock"))
    )
    made = acts.make_meeting(
        unit=unit, kind=scene.row("kind", "consultation"), starts_at=starts_at, place=scene.row("at"),
        chair=scene.county.post(scene.row("chair"), scene.on, unit=unit), on_paper=scene.row("paper", False),
        topics=[_topic(scene, key) for key in scene.row("topics", ())], **_given(scene),
    )  # fmt: skip
    scene.play.meeting_id = made.pk
    posts = [one.post for one in reads.proposed(made, reads.day_of_meeting(made))]
    acts.invite(meeting_id=made.pk, posts=posts, **_given(scene))


def _meeting(scene: Scene) -> Meeting:
    return Meeting.objects.get(pk__in=[scene.play.meeting_id])


def _at_meeting(scene: Scene) -> dict[str, Any]:
    return {"meeting_id": scene.play.meeting_id, **_given(scene)}


def summon(scene: Scene) -> None:
    """Everybody is told, with the announcement where the kind has one."""
    acts.call(announcement=scene.words, **_at_meeting(scene))


def question(scene: Scene) -> None:
    """A question for a talk."""
    acts.add_question(question=scene.words, **_at_meeting(scene))


def come(scene: Scene) -> None:
    """Somebody asked says whether they come: words are an excuse."""
    acts.answer(coming=not scene.words, note=scene.words, **_at_meeting(scene))


def begin(scene: Scene) -> None:
    """Attendance, then the meeting is open; the table says who is not there, and why it opens all the same."""
    absent = set(scene.step.said("absent", ()))
    rows = _meeting(scene).participants.all()
    acts.attend(there={row.pk: "absent" if row.name in absent else "present" for row in rows}, **_at_meeting(scene))
    if not scene.row("paper", False):
        acts.open_meeting(because=scene.step.said("because"), **_at_meeting(scene))


def _place(scene: Scene) -> Place:
    """The entry the line speaks of: by the key of its topic's story, or the number of a question."""
    rows = _meeting(scene).places.filter(left_at__isnull=True).order_by("order")
    key = scene.step.said("entry")
    return rows[int(key) - 1] if str(key).isdecimal() else rows.get(topic=_topic(scene, key))


def discuss(scene: Scene) -> None:
    """Lines of the discussion, ``who: words`` each; a vote after them."""
    place = _place(scene)
    for who, words in scene.step.said("lines", {}).items():
        acts.remark(place_id=place.pk, speaker=who, text=words, **_given(scene))
    if votes := scene.step.said("votes"):
        figures = Vote(votes_for=votes[0], votes_against=votes[1], abstained=votes[2])
        acts.vote(place_id=place.pk, vote=figures, **_given(scene))


def agree(scene: Scene) -> None:
    """The four things."""
    place, unit = _place(scene), unit_of(scene)
    department = scene.county.department(unit, scene.step.said("to"))
    handler = scene.county.post(scene.step.said("handler"), scene.on, unit=unit)
    opened: date = reads.day_of_meeting(_meeting(scene))
    terms = Terms(
        measure=scene.step.said("measure"), deadline=max(opened, scene.due(int(scene.step.said("within")))),
        department_id=department.pk, handler_id=handler.pk,
        helping=tuple(scene.county.department(unit, name).pk for name in scene.step.said("helping", ())),
    )  # fmt: skip
    acts.agree(place_id=place.pk, terms=terms, **_given(scene))


def conclude(scene: Scene) -> None:
    """Not agreed, noted or next time."""
    acts.settle(
        place_id=_place(scene).pk, result=scene.step.said("as"), text=scene.step.said("text"),
        next_way=scene.step.said("way"), **_given(scene),
    )  # fmt: skip


def close(scene: Scene) -> None:
    """The meeting is closed; one held on paper is entered with its scan."""
    if scene.row("paper", False):
        (scan,) = photos(("双方签字的会议纪要",))
        acts.add_paper(checked=scan, label="双方签字的纪要", kind="scan", **_at_meeting(scene))
        acts.enter_paper(because=scene.step.said("because"), **_at_meeting(scene))
    else:
        acts.close_meeting(**_at_meeting(scene))


def circulate(scene: Scene) -> None:
    """The minutes go round."""
    acts.circulate(**_at_meeting(scene))


def checked(scene: Scene) -> None:
    """A participant agrees, or says what is wrong."""
    acts.reply(agreed=not scene.words, words=scene.words, **_at_meeting(scene))


def sign(scene: Scene) -> None:
    """A side signs; on paper where the line names somebody.  What is born is known to the stories its topics came from."""
    if scene.words:
        side, name = scene.words.split()
        acts.sign_on_paper(
            side=side, name=name, title="", signed_on=reads.day_of_meeting(_meeting(scene)), **_at_meeting(scene)
        )
    else:
        acts.sign(**_at_meeting(scene))
    given = AgreedItem.objects.filter(agreed__place__meeting=scene.play.meeting_id).values("item")
    for play in scene.plays.values():
        born = (
            Item.objects.filter(pk__in=given, case=play.case_id).exclude(pk__in=play.items).order_by("given_at", "pk")
        )
        play.items += list(born.values_list("pk", flat=True))


def publish(scene: Scene) -> None:
    """The redacted minutes go on the unit's page."""
    acts.publish(body=reads.draft_publication(_meeting(scene)), **_at_meeting(scene))


# --- the climb -------------------------------------------------------------------------------------------------------


def send_up(scene: Scene) -> None:
    """What this level cannot solve goes to the next."""
    climb.send_up(
        case_id=scene.case_id,
        reason=scene.step.said("why"),
        tried=scene.step.said("tried"),
        by=scene.staff(),
        at=scene.at,
    )


def _rung(scene: Scene) -> tuple[UUID, Member]:
    rung = active_rung(scene.case())
    assert rung is not None, scene.play.story.key
    return rung.pk, scene.county.actor(scene.step.who, scene.on, unit=rung.unit)


def take_up(scene: Scene) -> None:
    """The level above has seen it."""
    pk, by = _rung(scene)
    climb.take_rung(rung_id=pk, by=by, at=scene.at)


def guide(scene: Scene) -> None:
    """The level above gives it back with guidance."""
    pk, by = _rung(scene)
    climb.give_back(rung_id=pk, guidance=scene.words, by=by, at=scene.at)


def send_on(scene: Scene) -> None:
    """Up once more."""
    pk, by = _rung(scene)
    climb.send_on(rung_id=pk, reason=scene.step.said("why"), tried=scene.step.said("tried"), by=by, at=scene.at)


def solved(scene: Scene) -> None:
    """The level above has a result."""
    pk, by = _rung(scene)
    climb.solve(rung_id=pk, result=scene.words, by=by, at=scene.at)


ACTS = {
    "topic": topic, "review": review, "talk": talk, "meeting": meeting, "summon": summon, "question": question, "come": come,
    "begin": begin, "discuss": discuss, "agree": agree, "conclude": conclude, "close": close, "circulate": circulate,
    "checked": checked, "sign": sign, "publish": publish, "send_up": send_up, "take_up": take_up, "guide": guide,
    "send_on": send_on, "solved": solved,
}  # fmt: skip
