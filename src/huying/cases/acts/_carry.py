"""Steps that rooms above take through the gate: handling and feedback move the case, but only ``advance`` writes it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, acting_post, advance, locked, note
from huying.cases.acts._clocks import start_clock, stop_clock
from huying.cases.acts._notify import tell_officer
from huying.cases.models import Case, Party
from huying.cases.reads import keys_against
from huying.cases.rules import free_of
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, Refused
from huying.org.models import Post
from huying.org.reads import holders
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
def carry(
    *, case: Case, act: str, by: Actor, at: datetime, said: Said | None = None, data: dict | None = None,
    since: datetime | None = None,
) -> Case:  # fmt: skip
    """One step of the table for a case already locked by a later room, with the clocks the table names for the case.

    ``since``: when what starts the clock of telling reached the union, where that was before it was entered.
    """
    advance(case, act, by=by, at=at, said=said, data=data)
    if act == "put_up":
        start_clock(case, "consult", by=by, at=at)
    elif act in ("off_table", "send_up", "assign"):
        stop_clock(case, "consult", by=by, at=at)
    elif act in ("all_reported", "solved_above"):
        start_clock(case, "tell", by=by, at=at, since=since)
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
    note(
        case, "told", "一并告知并进来的职工", by=by, at=at, said=Said(worker_label=label, worker_text=text, party=party)
    )


@transaction.atomic
def hand_over(*, from_post: Post, to_post: Post, by: Actor, at: datetime) -> int:
    """Everything open of one post goes to another at the same union (end of office, illness).  Returns how many.

    By its holder or by who approves there: with the cases goes the key to what is sealed.  Where the union was merged, to
    one at the union it went into.  ``Refused`` names the first case that concerns the other.
    """
    unit = from_post.unit.merged_into or from_post.unit
    check_may(by, Can.HANDLE_CASES if by.person_id == from_post.person_id else Can.APPROVE, unit)
    takers = list(holders(unit, Can.HANDLE_CASES, timezone.localdate(at)))
    if to_post.pk == from_post.pk or to_post.pk not in {one.pk for one in takers}:
        raise Invalid({"to_post": "请选本单位工会里现在能办事项的另一位同志。"})
    held = Case.objects.visible_to(by).open().filter(officer=from_post, holder=unit).order_by("pk")
    ids = list(held.values_list("pk", flat=True))
    for case_id in ids:
        case = locked(case_id=case_id, by=by)
        if to_post.pk not in {one.pk for one in free_of(takers, keys_against(case))}:
            raise Refused(
                f"{case.number} 涉及{to_post.person.name}，不能移交给这位同志。",
                "请先打开这一件，另外定责任人，再移交其余的。",
            )
        case.officer = to_post
        name = to_post.person.name
        said = Said(label=f"移交给{name}", worker_label=f"换由{name}负责")
        advance(case, "take", by=by, at=at, said=said, data={"officer": to_post.pk})
        tell_officer(case, "officer", "移交给您负责", by=by, at=at)
    return len(ids)
