"""What workers do in the story, and how a matter comes in."""

from __future__ import annotations

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.feedback import acts as feedback
from huying.fieldwork import acts as fieldwork
from huying.fieldwork.models import InvitedTalk
from huying.intake import acts as intake
from huying.kernel.ids import receipt_from
from huying.site.demo.pictures import photos
from huying.site.demo.scene import Scene, concerns_of, voice_of
from huying.site.demo.script import WORKER


def register(scene: Scene) -> None:
    """Said on the worker's own page, or written down at the desk by whoever the story names."""
    row = scene.play.story.row
    first, others = voice_of(row), tuple(voice_of(one) for one in row.get("joined", ()))
    files = photos(tuple(row.get("photos", ())))
    if scene.step.who == WORKER:
        received = intake.receive_online(
            place=scene.place(), first=first, others=others, concerns=concerns_of(scene), urgent=row.get("urgent", False),
            marked=tuple(row.get("marked", ())), files=files, agreed=True, once=scene.play.story.once, at=scene.at,
        )  # fmt: skip
    else:
        received = intake.register_at_desk(
            place=scene.place(), channel=row["channel"], channel_note=row.get("channel_note", ""), first=first,
            others=others, concerns=concerns_of(scene), urgent=row.get("urgent", False), received_at=scene.received_at(),
            title=row.get("title", ""), summary=row.get("summary", "").strip(), files=files, once=scene.play.story.once,
            by=scene.county.actor(scene.step.who, scene.on, unit=scene.place()), at=scene.at,
        )  # fmt: skip
    scene.play.case_id, scene.play.receipts = received.case.pk, received.receipts


def answer(scene: Scene) -> None:
    """The worker answers what the union asked."""
    write(scene)
    cases.supplement(case_id=scene.case_id, text="", by=scene.worker(), at=scene.at)


def write(scene: Scene) -> None:
    """The worker writes to the case officer."""
    worker = scene.worker()
    cases.mark_messages_read(case_id=worker.case_id, by=worker, at=scene.at)
    cases.write_message(
        case_id=worker.case_id,
        party_id=worker.party_id,
        text=scene.words,
        files=scene.pictures(),
        by=worker,
        at=scene.at,
    )


def rate(scene: Scene) -> None:
    """The worker rates by the own link."""
    feedback.rate(
        result=scene.step.said("result"),
        process=scene.step.said("process"),
        words=scene.step.said("words"),
        by=scene.worker(),
        at=scene.at,
    )


def comes(scene: Scene) -> None:
    """The worker will come to the talk with a leader."""
    talk = InvitedTalk.objects.get(case=scene.case_id, status="sent")
    fieldwork.answer_talk(talk_id=talk.pk, comes=scene.step.said("comes", True), by=scene.worker(), at=scene.at)


def withdraw(scene: Scene) -> None:
    """The worker takes it back."""
    cases.withdraw(reason=scene.words, by=scene.worker(), at=scene.at)


def disclose(scene: Scene) -> None:
    """The worker chooses to speak more openly."""
    cases.disclose(voice=voice_of(scene.step.what), by=scene.worker(), at=scene.at)


def retaliation(scene: Scene) -> None:
    """Punished for having spoken: a new case, straight to the union above."""
    earlier = scene.plays[scene.row("after")]
    once = scene.play.story.once
    hurt = Scene(scene.county, scene.days, scene.plays, earlier, scene.step)
    case = cases.report_retaliation(text=scene.row("said").strip(), once=once, by=hurt.worker(), at=scene.at)
    scene.play.case_id, scene.play.receipts = case.pk, (receipt_from(once),)


def split(scene: Scene) -> None:
    """A second matter in the same words becomes a case of its own."""
    earlier = scene.plays[scene.row("after")]
    before = Scene(scene.county, scene.days, scene.plays, earlier, scene.step)
    made: Case = cases.split(
        case_id=before.case_id,
        title=scene.row("title"),
        summary=scene.row("summary").strip(),
        by=before.staff(),
        at=scene.at,
    )
    scene.play.case_id, scene.play.receipts = made.pk, earlier.receipts


ACTS = {
    "register": register,
    "answer": answer,
    "write": write,
    "rate": rate,
    "comes": comes,
    "withdraw": withdraw,
    "disclose": disclose,
    "retaliation": retaliation,
    "split": split,
}
