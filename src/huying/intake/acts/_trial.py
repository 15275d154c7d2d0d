"""A matter to try the house with: marked as such, said by the officer who tries, withdrawn afterwards the worker's way."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from huying.cases.acts import Matter, withdraw
from huying.cases.models import Case, Secrecy
from huying.cases.reads import worker_of
from huying.cases.rules import Voice
from huying.intake.acts._online import WORKER
from huying.intake.acts._receive import Received, receive, voices_of
from huying.intake.reads import TRIAL, trial_of
from huying.kernel.errors import NotYours, Refused
from huying.org.models import Unit
from huying.org.rules import Can, Member, check_may
from huying.trail.acts import append

WORDS = "【试一件】看看登记、提醒和撤回是不是都通。不是真的事，请撤回。"


@transaction.atomic
def try_out(*, unit: Unit, once: str, by: Member, at: datetime) -> Received:
    """Register a matter that is none, in the officer's own name.  ``NotYours``; ``Refused`` while one is still open."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    before = trial_of(by, unit)
    if before is not None and before.closed_at is None:
        raise Refused(f"{before.number} 还没有撤回。", "请先撤回它，再试。")
    voice = Voice(receipt="", secrecy=Secrecy.NAMED, name=post.person.name, words=WORDS)
    matter = Matter(place=unit, channel="online", voices=voices_of(once, voice, ()), received_at=at)
    received = receive(matter=matter, by=WORKER, at=at)
    root = unit.root_id or unit.pk
    append(chain=unit.pk, root=root, by=by, at=at, act=TRIAL, subject=f"case:{received.case.pk}", data={})
    return received


@transaction.atomic
def end_trial(*, unit: Unit, by: Member, at: datetime) -> Case:
    """Take the matter back as a worker would.  ``NotYours`` when there is none; ``Refused`` when it went too far."""
    check_may(by, Can.HANDLE_CASES, unit)
    case = trial_of(by, unit)
    if case is None:
        raise NotYours
    worker = worker_of(case.parties.get().pk)
    if worker is None:
        raise NotYours
    return withdraw(reason="试一件", by=worker, at=at)
