"""Leaders' instructions (批示) and how they were followed up (落实情况)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from huying.cases.acts import Said, locked, note, tell_officer
from huying.cases.models import Case
from huying.cases.reads import get_for
from huying.climb.acts._gate import tell_union
from huying.climb.models import Instruction
from huying.climb.reads import active_rung, follows, instructing_post, lead_for, rung_for_management
from huying.climb.rules import written
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.notices.acts import send
from huying.org.models import Post
from huying.org.rules import Can, check_may

EMPTY = "请写批示的内容。"
# Where a head of management reads what he wrote on.
PAGES = {"rung": "sent_up_rung", "lead": "lead", "item": "item"}


@transaction.atomic
def instruct(*, case_id: UUID, text: str, by: Actor, at: datetime, version: int | None = None) -> Instruction:
    """A union's leader writes on a case he may read."""
    case = locked(case_id=case_id, by=by, version=version)
    post = instructing_post(by, case)
    if post is None:
        raise NotYours
    return write_instruction(
        case=case, about="case", subject=case.pk, known_as=case.number, post=post, text=text, by=by, at=at
    )


@transaction.atomic
def instruct_rung(*, rung_id: UUID, text: str, by: Actor, at: datetime) -> Instruction:
    """The head of management of a level writes on what was sent up; he knows code and brief, not the case."""
    rung = rung_for_management(by, rung_id)
    post = check_may(by, Can.INSTRUCT, rung.unit)
    return write_instruction(
        case=_held(rung.case_id), about="rung", subject=rung.pk, known_as=f"事项 {rung.code}", post=post, text=text, by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def instruct_lead(*, lead_id: UUID, text: str, by: Actor, at: datetime) -> Instruction:
    """A leader writes on the case under his name."""
    lead = lead_for(by, lead_id)
    if lead.until is not None:
        raise Refused("这件事已经不由您包案。")
    return write_instruction(
        case=_held(lead.case_id), about="lead", subject=lead.pk, known_as=f"包案 {lead.code}", post=lead.post, text=text, by=by,
        at=at,
    )  # fmt: skip


def _held(case_id: UUID) -> Case:
    """The case, locked for somebody who does not know it; the caller has asked by what he does know."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True).select_related(
        "holder", "officer__person", "root", "rules"
    )
    return rows.get(pk=case_id)


@transaction.atomic
def write_instruction(
    *, case: Case, about: str, subject: UUID, known_as: str, post: Post, text: str, by: Actor, at: datetime
) -> Instruction:
    """Write an instruction down on a locked case; the case officer hears of it, and the level that has it.  The caller has
    asked whether this person may; also for the room of items."""
    (text,) = written(text=(text, EMPTY))
    if case.closed_at is not None:
        raise Refused("这件事已经办结。", "有新的要求，请让工会另外登记。")
    made = Instruction.objects.create(
        root_id=case.root_id, case=case, about=about, subject=subject, known_as=known_as, unit=post.unit, post=post,
        text=text, at=at,
    )  # fmt: skip
    data = {"instruction": made.pk, "about": about, "subject": subject}
    note(case, "instruct", f"{post.person.name}批示", by=by, at=at, said=Said(text=text), data=data)
    tell_officer(case, "instructed", "有批示", by=by, at=at, key=str(made.pk))
    if (rung := active_rung(case)) is not None:
        rung.case = case
        tell_union(rung, "instructed", "有批示", by=by, at=at)
    return made


@transaction.atomic
def follow_up(*, instruction_id: UUID, text: str, by: Actor, at: datetime) -> Instruction:
    """How an instruction was carried out; whoever wrote it reads this."""
    row = Instruction.objects.filter(pk=instruction_id).first()
    if row is None:
        raise NotYours
    case = locked(case_id=get_for(by, row.case_id).pk, by=by)
    made = (
        Instruction.objects.select_for_update(of=("self",), no_key=True).select_related("post__person").get(pk=row.pk)
    )
    post = follows(by, case)
    if post is None:
        raise NotYours
    (text,) = written(text=(text, "请写明怎样落实的。"))
    if made.followed_at is not None:
        raise Refused("这条批示的落实情况已经登记过了。", "还有进展，请在事项里登记。")
    made.followed_text, made.followed_by, made.followed_at = text, post, at
    made.save(update_fields=["followed_text", "followed_by", "followed_at"])
    said = Said(text=text)
    note(case, "followed", f"落实{made.post.person.name}的批示", by=by, at=at, said=said, data={"instruction": made.pk})
    _tell_writer(made, case, by=by, at=at)
    return made


def _tell_writer(made: Instruction, case: Case, *, by: Actor, at: datetime) -> None:
    """Who wrote it hears of it under what he knows: a code on management's side, the number on the union's."""
    page, subject = ("case", case.pk) if not made.from_management else (PAGES[made.about], made.subject)
    send(
        to=[made.post.person], kind="instruction.followed", title=f"{made.known_as} 批示有了落实情况",
        url=reverse(f"desk:{page}", args=[subject]), root=case.root, subject=made.pk, by=by, at=at,
    )  # fmt: skip
