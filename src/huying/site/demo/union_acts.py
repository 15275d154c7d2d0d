"""What the union does in the story."""

from __future__ import annotations

from datetime import time
from typing import Any

from huying.cases import acts as cases
from huying.cases.models import Clock, ClockChange, Party
from huying.cases.reads import people_behind
from huying.feedback import acts as feedback
from huying.feedback.reads import may_take_for
from huying.feedback.rules import Given
from huying.fieldwork import acts as fieldwork
from huying.fieldwork.models import InvitedTalk
from huying.handling import acts as handling
from huying.handling.models import Item
from huying.org.models import Post
from huying.org.rules import Can
from huying.site.demo import survey_acts
from huying.site.demo.scene import Scene


def _post(scene: Scene, name: str) -> Post:
    return scene.county.post(name or scene.step.who, scene.on, unit=scene.case().holder)


def _given(scene: Scene) -> dict[str, Any]:
    return {"case_id": scene.case_id, "by": scene.staff(), "at": scene.at}


def take(scene: Scene) -> None:
    """Somebody answers for it."""
    cases.take(officer=_post(scene, scene.words), **_given(scene))


def release(scene: Scene) -> None:
    """The story's summary is released."""
    cases.release(title=scene.row("title"), summary=scene.row("summary").strip(), **_given(scene))


def open_sealed(scene: Scene) -> None:
    """The officer looks at what is sealed, with a reason."""
    cases.open_sealed(reason=scene.words or "summary", words="", **_given(scene))
    cases.mark_messages_read(**_given(scene))


def accept(scene: Scene) -> None:
    """Accepted; what the line leaves out the story says once."""
    content_class, category = scene.step.said("kind").split("/")
    cases.accept(
        content_class=content_class, category=category, difficulty=scene.step.said("level", "easy"),
        officer=_post(scene, scene.step.said("officer")), title=scene.row("title"), summary=scene.row("summary").strip(),
        **_given(scene),
    )  # fmt: skip


def ask(scene: Scene) -> None:
    """The worker is asked for more."""
    cases.ask(question=scene.words, **_given(scene))


def decline(scene: Scene) -> None:
    """Not accepted, with another way to go."""
    cases.decline(reason=scene.step.said("why"), other_way=scene.step.said("instead"), **_given(scene))


def spam(scene: Scene) -> None:
    """No matter at all."""
    cases.mark_spam(reason=scene.words, **_given(scene))


def merge(scene: Scene) -> None:
    """The same thing is already being dealt with."""
    into = scene.plays[scene.words].case_id
    assert into is not None
    cases.merge(into_id=into, **_given(scene))


def pass_on(scene: Scene) -> None:
    """Another union can deal with it."""
    cases.pass_on(unit=scene.county.units[scene.step.said("to")], reason=scene.step.said("why"), **_given(scene))


def recuse(scene: Scene) -> None:
    """The officer steps back."""
    cases.recuse_self(**_given(scene))


def say(scene: Scene) -> None:
    """A message to the worker."""
    party = Party.objects.get(case=scene.case_id, first=True)
    cases.mark_messages_read(**_given(scene))
    cases.write_message(party_id=party.pk, text=scene.words, **_given(scene))


def settle(scene: Scene) -> None:
    """The union does it itself."""
    cases.settle(result=scene.words, **_given(scene))


def assign(scene: Scene) -> None:
    """An item for a department."""
    department = scene.department(scene.step.said("to"))
    case = scene.case()
    item = handling.assign(
        measure=scene.step.said("measure"), department=department,
        handler=scene.county.post(scene.step.said("handler"), scene.on, unit=department.unit),
        deadline=scene.due(int(scene.step.said("within"))), brief=scene.step.said("brief") or case.summary,
        helping=[scene.department(name) for name in scene.step.said("helping", ())], **_given(scene),
    )  # fmt: skip
    scene.play.items.append(item.pk)


def give_again(scene: Scene) -> None:
    """Sent back: to another department or person."""
    department = scene.department(scene.step.said("to"))
    within = scene.step.said("within")
    handling.give_again(
        item_id=scene.item(), department=department,
        handler=scene.county.post(scene.step.said("handler"), scene.on, unit=department.unit),
        deadline=scene.due(int(within)) if within else None, by=scene.staff(), at=scene.at,
    )  # fmt: skip


def check(scene: Scene) -> None:
    """A check is logged."""
    handling.check(item_id=scene.item(), text=scene.words, urge=False, by=scene.staff(), at=scene.at)


def urge(scene: Scene) -> None:
    """The handler is urged."""
    handling.check(item_id=scene.item(), text=scene.words, urge=True, by=scene.staff(), at=scene.at)


def redo(scene: Scene) -> None:
    """The report does not answer the matter."""
    handling.redo(
        item_id=scene.item(), reason=scene.step.said("why"), deadline=scene.due(int(scene.step.said("within"))),
        by=scene.staff(), at=scene.at,
    )  # fmt: skip


def drop(scene: Scene) -> None:
    """An item is taken away."""
    handling.drop(item_id=scene.item(), reason=scene.words, by=scene.staff(), at=scene.at)


def tell(scene: Scene) -> None:
    """The worker is told; ``earlier`` working days ago where the talk was entered later."""
    handling.tell(
        how=scene.step.said("how"), kind=scene.step.said("as", "result"), text=scene.words,
        told_on=scene.days.day(scene.step.day - int(scene.step.said("earlier", 0))), **_given(scene),
    )  # fmt: skip


def call(scene: Scene) -> None:
    """A return call to a worker who speaks named."""
    number = int(scene.step.said("voice", 0))
    case = scene.case()
    survey = feedback.open_survey(case=case, by=scene.staff(), at=scene.at)
    invited = survey.invited.get(party=list(people_behind(case))[number])
    answer = Given(result=scene.step.said("result"), process=scene.step.said("process"), words=scene.step.said("words"))
    feedback.take_answer(invited_id=invited.pk, way="phone", given=answer, by=scene.staff(), at=scene.at)


def archive(scene: Scene) -> None:
    """Everybody asked has answered; signed for the file by one who did not handle it, where there is one."""
    survey_acts.finish(scene.case(), at=scene.at)
    case, staff = scene.case(), scene.staff()
    by = staff if may_take_for(staff, case, scene.at, Can.HANDLE_CASES) else survey_acts.free_member(case, scene.on)
    review = scene.words or "结果看过了，职工说的问题已经转给责任人接着盯。"
    feedback.sign_and_archive(case_id=case.pk, review=review, by=by or staff, at=scene.at)


def reopen(scene: Scene) -> None:
    """Taken up again."""
    feedback.decide_reopen(grant=True, reason=scene.words, **_given(scene))


def leave(scene: Scene) -> None:
    """Not taken up again, with reasons."""
    feedback.decide_reopen(grant=False, reason=scene.words, **_given(scene))


def _clock(scene: Scene) -> Clock:
    """The running clock the line names; an item's by default."""
    code = scene.step.said("clock", "item")
    return Clock.objects.filter(case=scene.case_id, code=code, stopped_at__isnull=True).latest("started_at")


def extend(scene: Scene) -> None:
    """A later date is asked for."""
    cases.ask_change(
        clock_id=_clock(scene).pk, kind="extend", reason=scene.step.said("why"),
        new_due=scene.due(int(scene.step.said("within"))), by=scene.staff(), at=scene.at,
    )  # fmt: skip


def pause(scene: Scene) -> None:
    """A pause is asked for."""
    clock = _clock(scene)
    cases.ask_change(
        clock_id=clock.pk, kind="pause", reason=scene.step.said("why"), new_due=None, by=scene.staff(), at=scene.at
    )


def _decide(scene: Scene, *, approve: bool) -> None:
    change = ClockChange.objects.filter(clock__case=scene.case_id, state="asked").latest("asked_at")
    cases.decide_change(change_id=change.pk, approve=approve, reason=scene.words, by=scene.staff(), at=scene.at)


def approve(scene: Scene) -> None:
    """The change of a clock is approved."""
    _decide(scene, approve=True)


def refuse(scene: Scene) -> None:
    """The change of a clock is refused."""
    _decide(scene, approve=False)


def resume(scene: Scene) -> None:
    """A paused clock goes on."""
    clock = Clock.objects.get(case=scene.case_id, paused_on__isnull=False, stopped_at__isnull=True)
    cases.resume(clock_id=clock.pk, reason=scene.words, by=scene.staff(), at=scene.at)


def hand_over(scene: Scene) -> None:
    """An item goes to a colleague of the same department."""
    item = Item.objects.select_related("handler").get(pk=scene.item())
    to_post = scene.county.post(scene.words, scene.on)
    handling.hand_over(from_post=item.handler, to_post=to_post, by=scene.staff(), at=scene.at)


def ask_in(scene: Scene) -> None:
    """Everybody behind the matter is asked in for a talk with a leader."""
    said = scene.step.said
    fieldwork.invite_talk(
        leader=_post(scene, said("leader")), reasons=said("reasons"), on=scene.due(said("within")),
        begins=time.fromisoformat(said("begins")), place=said("place"), words=scene.words, **_given(scene),
    )  # fmt: skip


def talked(scene: Scene) -> None:
    """The talk took place."""
    talk = InvitedTalk.objects.get(case=scene.case_id, status="sent")
    fieldwork.hold_talk(
        talk_id=talk.pk, result=scene.words, met=scene.step.said("met"), minutes=scene.step.said("minutes"),
        by=scene.staff(), at=scene.at,
    )  # fmt: skip


ACTS = {
    "take": take, "release": release, "open": open_sealed, "accept": accept, "ask": ask, "decline": decline, "spam": spam, "merge": merge,
    "pass_on": pass_on, "recuse": recuse, "say": say, "settle": settle, "assign": assign, "give_again": give_again,
    "check": check, "urge": urge, "redo": redo, "drop": drop, "tell": tell, "call": call, "archive": archive,
    "reopen": reopen, "leave": leave, "extend": extend, "pause": pause, "approve": approve, "refuse": refuse,
    "resume": resume, "hand_over": hand_over, "ask_in": ask_in, "talked": talked,
}  # fmt: skip
