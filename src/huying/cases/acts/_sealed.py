"""Opening what is sealed, and the talk between a worker and the case officer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huying.cases.acts._advance import Said, acting_post, advance, locked, note
from huying.cases.acts._clocks import stop_all
from huying.cases.acts._notify import tell_officer
from huying.cases.acts._register import Matter, digest_of, keep_files, register, seal_identity
from huying.cases.acts._unseal import check_door, check_reason
from huying.cases.lifecycle import BEFORE_TOLD
from huying.cases.models import Case, CaseFile, Message, Party, Secrecy
from huying.cases.reads import Opened, joined, opened, people_behind, reasons_for_leaving, unfrozen, voices_of
from huying.cases.rules import (
    LONGEST_WORDS,
    REASONS,
    Concerns,
    Voice,
    check_may_open_sealed,
    check_voices,
    place_of,
    strictest,
)
from huying.files.acts import Checked
from huying.files.acts import release as release_copy
from huying.kernel.actors import Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.ids import receipt_from
from huying.kernel.models import DataKey
from huying.org.reads import union_above
from huying.org.rules import Can, may
from huying.trail.acts import note_reading


def open_sealed(
    *, case_id: UUID, reason: str, words: str, by: Actor, at: datetime, with_talk: bool = False
) -> list[Opened]:
    """Open what is sealed, or be refused; that a colleague was refused stands in the reading log as well."""
    try:
        return _open(case_id, reason, words, by=by, at=at, with_talk=with_talk)
    except (Invalid, NotYours):
        raise
    except Refused:
        case = Case.objects.get(pk=case_id)
        note_reading(root=case.root_id, by=by, at=at, what="refused", subject=case.pk, unit=case.holder_id)
        raise


@transaction.atomic
def _open(case_id: UUID, reason: str, words: str, *, by: Actor, at: datetime, with_talk: bool) -> list[Opened]:
    """Open the originals and identities of a case for its officer, with a reason, into the reading log.

    ``reason`` is a code of ``REASONS``, ``words`` free words for ``other``.  The look stands in the history as well.
    ``with_talk``: the workers' messages are shown too and count as read.
    """
    case = locked(case_id=case_id, by=by)
    check_may_open_sealed(by, case)
    check_reason(reason, words)
    check_door(case, by, at)
    note_reading(root=case.root_id, by=by, at=at, what="sealed", subject=case.pk, unit=case.holder_id, reason=reason)
    text = f"理由：{words.strip() if reason == 'other' else REASONS[reason]}"
    note(case, "open_sealed", "查看密封内容", by=by, at=at, said=Said(text=text), data={"reason": reason})
    if with_talk:
        mark_messages_read(case_id=case.pk, by=by, at=at)
    voices = list(voices_of(case))
    left = reasons_for_leaving(voices)
    return [replace(opened(party), left=left.get(party.pk, "")) for party in voices]


def identities(*, case: Case, parties: Iterable[Party], by: Actor, at: datetime) -> dict[UUID, Opened]:
    """Names and telephones of those who speak named (实名), for the office that has the case; words stay closed.

    Empty for everybody else.  That they were shown goes into the reading log.
    """
    named = [p for p in parties if p.secrecy == Secrecy.NAMED and p.identity is not None and p.frozen_at is None]
    if not named or not may(by, Can.HANDLE_CASES, case.holder):
        return {}
    note_reading(root=case.root_id, by=by, at=at, what="identity", subject=case.pk, unit=case.holder_id)
    return {party.pk: replace(opened(party), words="") for party in named}


def _own_party(case: Case, by: Worker) -> Party:
    """The party a receipt belongs to, still behind the case."""
    party = Party.objects.select_related("key").filter(pk=by.party_id, erased_at__isnull=True).first()
    if party is None:
        raise NotYours
    return party


@transaction.atomic
def write_message(
    *, case_id: UUID, party_id: UUID, text: str, by: Actor, at: datetime, files: tuple[Checked, ...] = ()
) -> Message:
    """One message of the talk, sealed under the worker's key.  Only the case officer answers; a closed case stays open for
    talk so that nothing a worker still wants to say is lost."""
    case = locked(case_id=case_id, by=by)
    if isinstance(by, Worker):
        party = _own_party(case, by) if by.party_id == party_id else None
    else:
        acting_post(case, by)
        check_may_open_sealed(by, case)
        party = voices_of(case).filter(pk=party_id, erased_at__isnull=True).first()
    if party is None:
        raise NotYours
    if not text.strip() and not files:
        raise Invalid({"text": "请写一句话，或附上照片。"})
    if len(text) > LONGEST_WORDS:
        raise Invalid({"text": f"写了 {len(text)} 字，最多 {LONGEST_WORDS} 字，请分两次发。"})
    message = Message(root_id=case.root_id, case=case, party=party, from_worker=isinstance(by, Worker), at=at)
    message.post_id = by.post_id
    message.body = party.key.seal(text.strip(), place_of("message", "body", message.pk))
    message.save(force_insert=True)
    keep_files(case, party, files, by=by, at=at, message=message)
    label = "职工留言" if isinstance(by, Worker) else "给职工留言"
    note(case, "message", label, by=by, at=at, data={"message": message.pk, "text": digest_of(party, text.strip())})
    if isinstance(by, Worker):
        tell_officer(case, "message", "职工留言", by=by, at=at, key=str(message.pk))
    return message


@transaction.atomic
def mark_messages_read(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """The officer (or the worker) has seen the other side's messages."""
    if isinstance(by, Worker):
        Message.objects.filter(case=case_id, read_at__isnull=True, party=by.party_id, from_worker=False).update(
            read_at=at
        )
    else:
        case = locked(case_id=case_id, by=by)
        check_may_open_sealed(by, case)
        cases = Q(case__in=joined(case))
        Message.objects.filter(cases, read_at__isnull=True, from_worker=True).update(read_at=at)


@transaction.atomic
def disclose(*, voice: Voice, by: Worker, at: datetime) -> Party:
    """An anonymous or sealed person chooses to speak more openly later; never the other way for what was already said."""
    case = locked(case_id=by.case_id, by=by)
    party = _own_party(case, by)
    check_voices([voice], needs_words=False)
    if voice.secrecy == Secrecy.ANONYMOUS or (party.secrecy == Secrecy.NAMED):
        raise Refused("只能从匿名改为保密或实名，从保密改为实名。")
    if not voice.name.strip() and not voice.phone.strip():
        raise Invalid({"name": "请留下称呼或电话。"})
    party.secrecy = voice.secrecy
    seal_identity(party, voice)
    party.save()
    others = set(case.parties.filter(withdrawn_at__isnull=True).values_list("secrecy", flat=True))
    case.secrecy = strictest(others)
    case.save(update_fields=["secrecy"])
    note(case, "disclose", f"职工改为{party.get_secrecy_display()}", by=by, at=at, said=Said(party=party))
    return party


@transaction.atomic
def withdraw(*, reason: str, by: Worker, at: datetime) -> Case:
    """One person steps out; when nobody is left behind the case it is withdrawn and its clocks stop.

    The reason is sealed under that person's key, for the case officer.
    """
    case = locked(case_id=by.case_id, by=by)
    party = _own_party(case, by)
    if party.withdrawn_at is not None:
        raise Refused("您已经撤回过了。")
    if case.status not in BEFORE_TOLD:
        raise Refused("结果已经告诉您了，不能再撤回。", "不满意可以在评价时写明。")
    party.withdrawn_at = at
    party.save(update_fields=["withdrawn_at"])
    sealed = party.key.seal(reason.strip(), place_of("event", "sealed", party.pk)) if reason.strip() else None
    if people_behind(case).exists():
        note(case, "step_out", "一名联名职工退出", by=by, at=at, said=Said(sealed=sealed, party=party))
        return case
    advance(case, "withdraw", by=by, at=at, said=Said(sealed=sealed, party=party))
    stop_all(case, by=by, at=at)
    tell_officer(case, "withdrawn", "职工撤回", by=by, at=at)
    return case


@transaction.atomic
def report_retaliation(*, text: str, once: str, by: Worker, at: datetime) -> Case:
    """Being punished for having spoken goes straight to the union above, unseen by the worker's own union.

    The new case keeps the worker's way of speaking and opens with a receipt of its own (``receipt_from(once)``).
    """
    case = Case.objects.select_related("unit", "holder", "place").get(pk=by.case_id)
    party = _own_party(case, by)
    known = unfrozen(party)
    voice = Voice(
        receipt=receipt_from(once),
        secrecy=Secrecy.SEALED if party.secrecy == Secrecy.NAMED else party.secrecy,
        name=known.name,
        phone=known.phone,
        about=known.about,
        words=text,
    )
    if union_above(case.unit) is None:
        raise Refused("您的工会上面没有别的工会了。", "请拨打 12351 反映。")
    matter = Matter(
        place=case.place,
        channel="retaliation",
        voices=(voice,),
        received_at=at,
        concerns=Concerns(own_union=True),
        urgent=True,
    )
    return register(matter=matter, by=by, at=at)


def case_file(*, file_id: UUID, by: Actor, at: datetime) -> CaseFile:
    """One file for its reader: a worker's own; a released copy for whoever may see the case; a sealed original for the case
    officer only, into the reading log."""
    row = (
        CaseFile.objects.select_related("file", "file__key", "case", "case__officer", "case__holder", "party")
        .filter(pk=file_id)
        .first()
    )
    if row is None:
        raise NotYours
    if isinstance(by, Worker):
        if row.party_id != by.party_id:
            raise NotYours
        return row
    if not Case.objects.visible_to(by).filter(pk=row.case_id).exists():
        raise NotYours
    if row.sealed:
        check_may_open_sealed(by, row.case)
        check_door(row.case, by, at)
        if row.party is not None and row.party.frozen_at is not None:
            raise Refused("这位职工的信息已经冻结，只保存，不使用。")
    note_reading(root=row.root_id, by=by, at=at, what="file", subject=row.case_id, unit=row.case.holder_id)
    return row


@transaction.atomic
def release_file(*, file_id: UUID, by: Actor, at: datetime) -> CaseFile:
    """A released copy of a worker's original, once: neutral name, no metadata, a key of its own.

    Only the case officer, who has looked at it, may; departments and other unions read the copy, never the original.
    """
    row = CaseFile.objects.select_related("file__key", "file__root").filter(pk=file_id, sealed=True).first()
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by)
    check_may_open_sealed(by, case)
    check_door(case, by, at)
    copies = CaseFile.objects.filter(case=case, sealed=False)
    if copies.filter(file__released_from=row.file).exists():
        raise Refused("这个附件已经有公开副本了。", "请直接使用“公开副本”里的那一份。")
    name = f"附件{copies.count() + 1}"
    copy = release_copy(file=row.file, name=name, key=DataKey.fresh(at), by=by, at=at)
    kept = CaseFile.objects.create(root_id=case.root_id, case=case, file=copy, sealed=False, at=at)
    note(case, "release_file", f"公开{name}的副本", by=by, at=at, data={"file": copy.pk})
    return kept
