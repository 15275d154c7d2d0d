"""Steps that rooms above take through the gate: handling and feedback move the case, but only ``advance`` writes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from huying.cases.acts._advance import Said, acting_post, advance, locked, note
from huying.cases.acts._clocks import start_clock, stop_clock
from huying.cases.models import Case, Party
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.models import Post
from huying.org.rules import Can, check_may


@transaction.atomic
def settle(*, case_id: UUID, result: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """The union deals with a clear and easy case itself; what it did takes the place of the department's report."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    if not result.strip():
        raise Invalid({"result": "请写明怎么办的、结果怎样。"})
    advance(case, "settle", by=by, at=at, said=Said(text=result.strip(), worker_label="工会办了，有结果了"))
    start_clock(case, "tell", by=by, at=at)
    return case


@transaction.atomic
def carry(*, case: Case, act: str, by: Actor, at: datetime, said: Said | None = None, data: dict | None = None) -> Case:
    """One step of the table for a case already locked by a later room, with the clocks the table names for the case."""
    advance(case, act, by=by, at=at, said=said, data=data)
    if act == "all_reported":
        start_clock(case, "tell", by=by, at=at)
    elif act == "back_to_work":
        stop_clock(case, "tell", by=by, at=at)
    elif act == "tell":
        stop_clock(case, "tell", by=by, at=at)
        start_clock(case, "survey", by=by, at=at)
    elif act in ("all_rated", "reopen"):
        stop_clock(case, "survey", by=by, at=at)
    return case


@transaction.atomic
def reopen(*, case_id: UUID, reason: str, officer: Post | None, by: Actor, at: datetime) -> Case:
    """Take a case up again: a person decides, with reasons.  A new round begins; what was done stays."""
    case = locked(case_id=case_id, by=by)
    check_may(by, Can.APPROVE, case.holder)
    if not reason.strip():
        raise Invalid({"reason": "请写明理由。"})
    case.round += 1
    if officer is not None:
        case.officer = officer
    return carry(case=case, act="reopen", by=by, at=at, said=Said(text=reason.strip(), worker_text=reason.strip()))


@transaction.atomic
def tell_party(*, case: Case, party: Party, label: str, text: str, by: Actor, at: datetime) -> None:
    """A line in one worker's story only (a joint case tells each)."""
    note(case, "told", label, by=by, at=at, said=Said(worker_label=label, worker_text=text, party=party))


@transaction.atomic
def hand_over(*, from_post: Post, to_post: Post, by: Actor, at: datetime) -> int:
    """Everything open of one post goes to another at the same union (end of office, illness).  Returns how many."""
    check_may(by, Can.HANDLE_CASES, from_post.unit)
    if to_post.unit_id != from_post.unit_id or to_post.pk == from_post.pk:
        raise Invalid({"to": "请选同一单位工会的另一位同志。"})
    moved = 0
    ids = list(Case.objects.visible_to(by).open().filter(officer=from_post).values_list("pk", flat=True))
    for case_id in ids:
        case = locked(case_id=case_id, by=by)
        if to_post.person_id in _named(case):
            raise Refused(
                f"{case.number} 涉及{to_post.person.name}，不能移交给他。", "请先单独转给别人，再移交其余的。"
            )
        case.officer = to_post
        advance(
            case,
            "take",
            by=by,
            at=at,
            said=Said(label=f"移交给{to_post.person.name}", worker_label=f"换由{to_post.person.name}负责"),
        )
        moved += 1
    return moved


def _named(case: Case) -> set[UUID]:
    """People a case names."""
    keys = case.recusals.filter(key__startswith="person:").values_list("key", flat=True)
    return {UUID(key.partition(":")[2]) for key in keys}
