"""The rows of consultation: topics, getting a meeting ready, the room, minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.matrix.scene import Scene, picture
from tests.matrix.table import OFFICE, OFFICES, READS, REASON, Made, Roles, Row, _four

# Topics: at the union that raised them, and read by the union above; never by whom a case behind them names.
TOPICS = {place: READS[place] for place in ("plant", "hidden", "county", "other")}
WORKS_ON = {place: OFFICE[place] for place in TOPICS}


def _finding(lawful: str) -> dict[str, str]:
    three = ("content", "form", "procedure")
    return dict.fromkeys(three, lawful) | {f"{one}_reason": "有依据" for one in three}


def topic_row(act: str, status: str, post: Made | dict[str, Any]) -> Row:
    """An act on a topic."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row(f"desk:topic-{act}", WORKS_ON, lambda s, p: [s.topic(p, status).pk], post=given)


def _wording(scene: Scene, place: str) -> dict[str, Any]:
    return {"title": "末班车时间", "body": "末班车提前了", "ask": ""}


TOPIC_ROWS = (
    Row("desk:topics", {"plant": OFFICES}),
    Row("desk:topic-new", {"plant": OFFICES}, post=lambda s, p: {**_wording(s, p), "cases": str(s.case("plant", "accepted").pk)},
        acts={"plant": OFFICE["plant"]}, refused={"plant": {"upper", "foreign"}}),
    Row("desk:topic", TOPICS, lambda s, p: [s.topic(p).pk]),
    topic_row("word", "draft", _wording),
    topic_row("review", "draft", lambda s, p: {"reviewer": "法律顾问", "reviewed_on": s.world.now.date().isoformat(),
                                               **_finding("yes")}),
    topic_row("talk", "draft", lambda s, p: {"whom": "行政负责人", "on": s.world.now.date().isoformat(), "said": "谈了",
                                             "agreed": "no"}),
    topic_row("gather", "draft", lambda s, p: {"cases": str(s.case(p, "accepted").pk)}),
    topic_row("merge", "draft", lambda s, p: {"into": str(s.topic(p, "ready").pk)}),
    topic_row("again", "refused", REASON),
    topic_row("drop", "draft", REASON),
)  # fmt: skip

# Minutes: the union that holds the meeting, the union above, and whoever was asked to it.
ASKED = {
    "plant": {"manager", "delegate", "head", "chair"},
    "hidden": {"manager", "delegate", "head"},
    "other": {"foreign"},
}
MINUTES = {place: READS[place] | asked for place, asked in ASKED.items()}
OF_MINUTES = {place: OFFICE[place] for place in ASKED}
PUBLISHES = {"plant": {"chair"}, "hidden": set(), "other": {"foreign"}}


def minutes_row(
    act: str, status: str, post: Made | dict[str, Any] | None = None, *, may: Roles = OF_MINUTES, **more: Any
) -> Row:
    """An act on minutes, or a page of them."""
    given: Made | None = post if post is None or callable(post) else lambda scene, place: post
    return Row(f"desk:minutes-{act}", may, lambda s, p: [s.meeting(p, status).pk], post=given, **more)


def _words(scene: Scene, place: str) -> dict[str, Any]:
    (entry,) = scene.meeting(place, "held").places.values_list("pk", flat=True)
    return {"opening": "开了会。", f"heading-{entry}": "末班车", f"text-{entry}": "已经在办。"}


def _of_paper(scene: Scene, place: str) -> dict[str, Any]:
    return {"side": "management", "name": "某人", "title": "", "signed_on": scene.world.now.date().isoformat()}


WRITTEN = (
    Row("desk:minutes", MINUTES, lambda s, p: [s.meeting(p, "circulated").pk]),
    Row("desk:minutes", MINUTES, lambda s, p: [s.meeting(p, "held").pk], act="held"),
    *(Row("desk:minutes-print", MINUTES, lambda s, p, fmt=fmt: [s.meeting(p, "signed").pk, fmt], act=fmt) for fmt in ("pdf", "docx")),
    Row("desk:minutes-print", OF_MINUTES, lambda s, p: [s.meeting(p, "held").pk, "docx"], act="held"),
    minutes_row("write", "held", _words),
    minutes_row("versions", "circulated"),
    minutes_row("circulate", "held", {}, alone=405),
    minutes_row("reply", "circulated", {"agreed": "yes"}, may=ASKED, alone=405),
    minutes_row("sign", "circulated", {}, may={"plant": {"manager"}, "hidden": {"manager"}, "other": set()}, alone=405,
                refused={"plant": {"officer", "chair"}, "hidden": {"officer"}, "other": {"foreign"}}),
    minutes_row("sign-paper", "paper", _of_paper),
    minutes_row("correct", "signed", {"text": "第一项补充一句。"}),
    minutes_row("publish", "signed", {"opening": "开了会。"}, may=PUBLISHES),
    minutes_row("unpublish", "published", REASON, may={place: PUBLISHES[place] for place in ("plant", "other")}),
)  # fmt: skip


def room_row(act: str, given: Made | dict[str, Any], at: str = "open", *, sent: int = 302) -> Row:
    """Something done in the room of a meeting; 422 where the act itself has more to ask for."""
    post: Made = given if callable(given) else lambda scene, place: given
    return Row(
        "desk:meeting-room-act",
        OF_MINUTES,
        lambda s, p: [s.room(p, at).pk, act],
        alone=405,
        post=post,
        act=act,
        sent=sent,
    )


def _entry(at: str = "open", **more: str) -> Made:
    return lambda s, p: {"place": str(s.room(p, at).places.get().pk), **more}


def _agreed(scene: Scene, place: str) -> dict[str, Any]:
    return {**_entry()(scene, place), **{name: value for name, value in _four(scene, place).items() if name != "brief"}}


ROOM = (
    Row("desk:meeting-room", OF_MINUTES, lambda s, p: [s.room(p, "settled").pk]),
    Row("desk:meeting-room", OF_MINUTES, lambda s, p: [s.room(p, "held").pk], act="held"),
    Row("desk:meeting-room-now", OF_MINUTES, lambda s, p: [s.room(p, "open").pk]),
    room_row("attend", lambda s, p: {"there": f"{s.room(p, 'open').participants.first().pk}:late"}),
    room_row("open", {"because": "缺席的事后补签"}, "gathered"),
    room_row("remark", _entry(speaker="行政方", text="可以。")),
    room_row("correct", lambda s, p: {"remark": str(s.room(p, "settled").places.get().remarks.first().pk), "text": "可以办。"},
             "settled"),
    room_row("agree", _agreed),
    room_row("drop", lambda s, p: {"agreed": str(s.room(p, "settled").places.get().agreed.get().pk)}, "settled"),
    room_row("settle", _entry(result="later")),
    room_row("vote", _entry("settled", votes_for="7", votes_against="1", abstained="0"), "settled"),
    room_row("unvote", _entry()),
    room_row("question", {"question": "食堂几点开门？"}, sent=422),
    room_row("scan", {}, sent=422),
    room_row("close", {}, "settled"),
    room_row("entered", {}, sent=422),
    room_row("back", {}, "held"),
)  # fmt: skip

# Getting a meeting ready: the office; whoever was asked, once it was called.
ATTENDS = {"handler", "head", "other_handler", "manager", "delegate"}
PREPARED = {place: READS[place] for place in OF_MINUTES}


def meeting_row(act: str, status: str, post: Made | dict[str, Any], *, of: Made | None = None, **more: Any) -> Row:
    """An act on a meeting; ``of``: on an entry or somebody asked."""
    given: Made = post if callable(post) else lambda scene, place: post

    def args(scene: Scene, place: str) -> list[Any]:
        meeting = scene.meeting(place, status)
        return [meeting.pk, *([of(scene, place)(meeting)] if of else [])]

    return Row(f"desk:meeting-{act}", more.pop("may", OF_MINUTES), args, post=given, **more)


def _first(rows: str) -> Made:
    return lambda scene, place: lambda meeting: getattr(meeting, rows).order_by("pk").first().pk


def _arranged(scene: Scene, place: str) -> dict[str, Any]:
    when = scene.world.now + timedelta(days=4)
    return {"title": "协商会议", "starts_at": f"{when:%Y-%m-%dT%H:%M}", "place": "二楼", "chair_because": "主席委托",
            "chair": str(scene.places[place].officer.pk)}  # fmt: skip


def _called(scene: Scene, place: str) -> list[Any]:
    return [scene.meeting(place, "called").pk]


PREPARING = (
    Row("desk:meetings", {"plant": OFFICES | ATTENDS}),
    Row("desk:meeting-new", {"plant": OFFICES}, acts={"plant": OFFICE["plant"]}, refused={"plant": {"upper", "foreign"}},
        post=lambda s, p: {**_arranged(s, p), "kind": "consultation"}),
    Row("desk:meeting", PREPARED, lambda s, p: [s.meeting(p).pk]),
    Row("desk:meeting", MINUTES, _called, act="called"),
    meeting_row("plan", "draft", _arranged),
    meeting_row("call", "draft", {}),
    meeting_row("cancel", "called", REASON),
    meeting_row("place", "draft", lambda s, p: {"topics": str(s.topic(p, "ready").pk)}, alone=405),
    Row("desk:meeting-question", OF_MINUTES, lambda s, p: [s.hearing(p).pk], alone=405, post=lambda s, p: {"question": "为什么？"}),
    *(meeting_row(act, "draft", {}, of=_first("places"), alone=405) for act in ("up", "down", "take-off")),
    meeting_row("invite", "draft", lambda s, p: {"other": str(s.places[p].handler.pk)}, alone=405),
    meeting_row("uninvite", "draft", {}, of=_first("participants"), alone=405),
    meeting_row("answer", "called", {"coming": "yes"}, may=ASKED, alone=405),
    meeting_row("answer-for", "called", {"coming": "yes"}, of=_first("participants"), alone=405),
    meeting_row("paper", "called", lambda s, p: {"label": "照片", "files": picture()}, alone=405),
    Row("desk:meeting-file", MINUTES, lambda s, p: [s.paper(p).meeting_id, s.paper(p).pk]),
    Row("desk:meeting-ics", MINUTES, _called),
    *(Row("desk:meeting-print", MINUTES, lambda s, p, one=one: [*_called(s, p), *one], act="-".join(one))
      for one in (("invitation", "pdf"), ("agenda", "docx"))),
    Row("desk:meeting-print", OF_MINUTES, lambda s, p: [*_called(s, p), "sign_in", "pdf"], act="sign_in"),
)  # fmt: skip

CONSULTATION = (*TOPIC_ROWS, *PREPARING, *ROOM, *WRITTEN)
