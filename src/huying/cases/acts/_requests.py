"""What people ask about their own data (PIPL 45 to 47, 50): asked online or entered by the officer, answered in time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, acting_post, locked, note
from huying.cases.acts._erase import erase_party
from huying.cases.acts._notify import tell_officer, tell_people
from huying.cases.acts._register import digest_of
from huying.cases.acts._unseal import check_door
from huying.cases.models import Case, Consent, Hold, Party, PersonRequest, Secrecy
from huying.cases.reads import corrections_of, expired_parties, request_for, second_persons, stops, voices_of
from huying.cases.rules import check_may_open_sealed, place_of
from huying.kernel import crypto
from huying.kernel.actors import SYSTEM, Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.mechanism.reads import calendar, rules_for, rules_of_units
from huying.org.models import Unit
from huying.org.rules import Can, check_may
from huying.privacy.rules import dialable, normal_name, normal_phone
from huying.trail.acts import note_reading

FIELDS = ("name", "phone", "about", "said")
LONGEST = {"name": 40, "phone": 30, "about": 100, "said": 2000}
LABELS = {"access": "查阅和复制", "correct": "更正", "erase": "清除"}


@transaction.atomic
def ask_request(*, kind: str, asked: dict[str, str], by: Worker, at: datetime) -> PersonRequest:
    """The person asks, through the own receipt.  Reading and copying is done at once; setting right and erasing is answered
    by the union within the limit of its rules."""
    case = locked(case_id=by.case_id, by=by)
    return _asked(case, _party_of(case, by.party_id), kind, "online", asked, by=by, at=at)


@transaction.atomic
def enter_request(
    *, case_id: UUID, party_id: UUID, kind: str, via: str, asked: dict[str, str], by: Actor, at: datetime
) -> PersonRequest:
    """The office that has the case enters what the person asked by telephone, in the talk or by letter."""
    case = locked(case_id=case_id, by=by)
    acting_post(case, by)
    if via not in ("phone", "face", "letter"):
        raise Invalid({"via": "请选怎样提出的。"})
    return _asked(case, _party_of(case, party_id), kind, via, asked, by=by, at=at)


def _party_of(case: Case, party_id: UUID) -> Party:
    party = voices_of(case).select_related("case", "key").filter(pk=party_id, erased_at__isnull=True).first()
    if party is None:
        raise NotYours
    return party


def _asked(
    case: Case, party: Party, kind: str, via: str, asked: dict[str, str], *, by: Actor, at: datetime
) -> PersonRequest:
    given = {field: asked.get(field, "").strip() for field in FIELDS}
    _check_asked(party, kind, given, timezone.localdate(at))
    if PersonRequest.objects.filter(party=party, kind=kind, state__in=("open", "proposed", "frozen")).exists():
        raise Refused("这样的请求已经有一个在办。", "请等答复。")
    on = timezone.localdate(at)
    row = PersonRequest(
        root_id=case.root_id, case=case, party=party, kind=kind, via=via, asked_at=at, post_id=by.post_id,
        due_on=rules_for(case.holder, on).due("person_request", on, calendar())[0].on,
    )  # fmt: skip
    if any(given.values()):
        row.asked = party.key.seal(json.dumps(given, ensure_ascii=False), place_of("personrequest", "asked", row.pk))
    if kind == "access" and via == "online":  # the page has shown it already
        row.state, row.decided_at, row.answer = "done", at, "本人已在网上查阅、下载。"
    row.save(force_insert=True)
    told = (
        "" if row.state == "done" else f"您请求{LABELS[kind]}自己的信息，{row.due_on.month}月{row.due_on.day}日前答复"
    )
    note(case, "person_request", f"职工请求{LABELS[kind]}自己的信息", by=by, at=at,
         said=Said(worker_label=told, party=party), data={"request": row.pk, "kind": kind, "via": via})  # fmt: skip
    if row.state != "done":
        tell_officer(case, "person_request", f"职工请求{LABELS[kind]}自己的信息", by=by, at=at, key=str(row.pk))
    return row


def _check_asked(party: Party, kind: str, given: dict[str, str], on: date) -> None:
    wrong = {field: f"最多 {LONGEST[field]} 字。" for field, value in given.items() if len(value) > LONGEST[field]}
    if kind not in LABELS:
        wrong["kind"] = "请选要做什么。"
    if kind == "correct" and not any(given.values()):
        wrong["said"] = "请写明哪里不对、应该是什么。"
    if kind == "correct" and given["phone"] and not dialable(given["phone"]):
        wrong["phone"] = "电话号码好像不对，请再看一下。"
    if kind == "correct" and party.secrecy == Secrecy.ANONYMOUS and (given["name"] or given["phone"] or given["about"]):
        wrong["name"] = "您是匿名说的，我们没有留您的姓名和电话；要留名请用“改成留名”。"
    if wrong:
        raise Invalid(wrong)
    if kind == "erase" and (first := next((one for one in stops(party, on) if not one.freezes), None)):
        raise Refused(first.says)


def asked_of(row: PersonRequest) -> dict[str, str]:
    """What the person wrote, opened; the caller has checked the right and written the look down."""
    if not row.asked:
        return {}
    opened: dict[str, str] = json.loads(row.party.key.open(row.asked, place_of("personrequest", "asked", row.pk)))
    return opened


# --- answering ----------------------------------------------------------------------------------------------------------


def _taken(request_id: UUID, by: Actor, version: int | None, *states: str) -> tuple[PersonRequest, Case]:
    """The request and its case, both locked, in a state that can still be answered."""
    seen = request_for(by, request_id)
    case = locked(case_id=seen.case_id, by=by)
    row = PersonRequest.objects.select_for_update(of=("self",), no_key=True).select_related(
        "party__key", "party__case__merged_into", "proposed_by__person"
    ).get(pk=seen.pk)  # fmt: skip
    if version is not None and version != row.version:
        raise Stale([f"现在是：{row.get_state_display()}"])
    if row.state not in states:
        raise Refused(f"这个请求已经是“{row.get_state_display()}”。")
    return row, case


@transaction.atomic
def open_request(*, request_id: UUID, by: Actor, at: datetime) -> dict[str, str]:
    """The case officer reads what the person asked to be set right; into the reading log."""
    row, case = _taken(request_id, by, None, "open", "proposed", "frozen", "done", "refused")
    check_may_open_sealed(by, case)
    check_door(case, by, at)
    note_reading(root=case.root_id, by=by, at=at, what="request", subject=case.pk, unit=case.holder_id)
    return asked_of(row) if row.party.erased_at is None else {}


@transaction.atomic
def correct_party(*, request_id: UUID, by: Actor, at: datetime, version: int | None = None) -> PersonRequest:
    """Set right what the person said is wrong: appended and sealed, what stood before stays readable behind it."""
    row, case = _taken(request_id, by, version, "open")
    check_may_open_sealed(by, case)
    if row.kind != "correct":
        raise NotYours
    given = {**asked_of(row), "on": timezone.localdate(at).isoformat()}
    party = row.party
    body = json.dumps([*corrections_of(party), given], ensure_ascii=False)
    party.corrections = party.key.seal(body, place_of("party", "corrections", party.pk))
    if given["name"]:
        party.name_index = crypto.blind_index("name", normal_name(given["name"]))
    if given["phone"]:
        party.phone_index = crypto.blind_index("phone", normal_phone(given["phone"]))
    party.save(update_fields=["corrections", "name_index", "phone_index"])
    return _end(row, case, "done", "已经照您说的更正，原来的也留着备查。", by=by, at=at,
                data={"text": digest_of(party, body)})  # fmt: skip


@transaction.atomic
def answer_access(
    *, request_id: UUID, answer: str, by: Actor, at: datetime, version: int | None = None
) -> PersonRequest:
    """The office has shown the person what is kept, or handed over the copy; how, in words."""
    row, case = _taken(request_id, by, version, "open")
    acting_post(case, by)
    if row.kind != "access":
        raise NotYours
    return _end(row, case, "done", _needed(answer, "请写明怎样给本人看的，怎样核对是本人。"), by=by, at=at)


@transaction.atomic
def refuse_request(
    *, request_id: UUID, answer: str, by: Actor, at: datetime, version: int | None = None
) -> PersonRequest:
    """Not granted, with the reason the person reads (PIPL 50)."""
    row, case = _taken(request_id, by, version, "open", "proposed")
    acting_post(case, by)
    return _end(row, case, "refused", _needed(answer, "不同意的，要向本人说明理由。"), by=by, at=at)


def _needed(answer: str, missing: str) -> str:
    if not answer.strip():
        raise Invalid({"answer": missing})
    if len(answer.strip()) > 500:
        raise Invalid({"answer": f"写了 {len(answer.strip())} 字，最多 500 字。"})
    return answer.strip()


@transaction.atomic
def grant_erasure(*, request_id: UUID, by: Actor, at: datetime, version: int | None = None) -> PersonRequest:
    """The office agrees to erase.  Where the rules ask, a second person decides first; where a law asks to keep it, it is
    frozen instead; else it is done now."""
    row, case = _taken(request_id, by, version, "open")
    acting_post(case, by)
    if row.kind != "erase":
        raise NotYours
    on = timezone.localdate(at)
    found = stops(row.party, on)
    if any(not one.freezes for one in found):
        raise Refused(next(one.says for one in found if not one.freezes))
    if found:
        return _freeze(row, case, found, by=by, at=at)
    seconds = (
        second_persons(case, by.person_id, on) if rules_for(case.holder, on).count("erase_approvals").value else []
    )
    if not seconds:
        return _erase(row, case, by=by, at=at)
    row.state, row.proposed_by_id, row.version = "proposed", by.post_id, row.version + 1
    row.save()
    note(case, "propose_erase", "同意清除，请第二人批准", by=by, at=at, data={"request": row.pk})
    tell_people(case, seconds, "erase", "请批准清除一名职工的信息", by=by, at=at, key=str(row.pk))
    return row


@transaction.atomic
def approve_erasure(*, request_id: UUID, by: Actor, at: datetime, version: int | None = None) -> PersonRequest:
    """The second person, who is not the one who proposed it and whom the case does not name, lets it happen."""
    row, case = _taken(request_id, by, version, "proposed")
    person = row.proposed_by.person_id if row.proposed_by else None
    if by.person_id not in {post.person_id for post in second_persons(case, person, timezone.localdate(at))}:
        raise Refused("批准的人不能是提出清除的人。", "请由主席或上级工会批准。")
    if found := stops(row.party, timezone.localdate(at)):
        return _freeze(row, case, found, by=by, at=at)
    return _erase(row, case, by=by, at=at)


def _erase(row: PersonRequest, case: Case, *, by: Actor, at: datetime) -> PersonRequest:
    ended = _end(row, case, "done", "已经清除。", by=by, at=at)
    erase_party(party_id=row.party_id, why="asked", by=by, at=at)
    return ended


def _freeze(row: PersonRequest, case: Case, found: list[Any], *, by: Actor, at: datetime) -> PersonRequest:
    """Kept because a law asks, used in no other way; it goes by itself once the term is over."""
    Party.objects.filter(pk=row.party_id).update(frozen_at=at)
    ends = [one.until for one in found]
    row.frozen_until = None if None in ends else max(ends)
    said = " ".join(one.says for one in found)
    return _end(row, case, "frozen", f"现在不能清除：{said}从今天起只保存，谁也不再打开。", by=by, at=at)


def _end(
    row: PersonRequest,
    case: Case,
    state: str,
    answer: str,
    *,
    by: Actor,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> PersonRequest:
    row.state, row.answer, row.decided_at, row.decided_by_id = state, answer, at, by.post_id
    row.version += 1
    row.save()
    label = f"答复请求（{LABELS[row.kind]}）：{row.get_state_display()}"
    note(case, "answer_request", label, by=by, at=at,
         said=Said(worker_label=f"您请求{LABELS[row.kind]}自己的信息，工会答复了", worker_text=answer, party=row.party),
         data={"request": row.pk, "state": state, **(data or {})})  # fmt: skip
    return row


@transaction.atomic
def withdraw_consent(*, consent_id: UUID, by: Worker, at: datetime) -> Consent:
    """The person takes a separate consent back; the officer hears of it and uses that part no more (PIPL 15)."""
    row = Consent.objects.select_for_update(of=("self",), no_key=True).select_related("party").filter(
        pk=consent_id, party=by.party_id
    ).first()  # fmt: skip
    if row is None:
        raise NotYours
    if row.withdrawn_at is None:
        case = locked(case_id=by.case_id, by=by)
        row.withdrawn_at = at
        row.save(update_fields=["withdrawn_at"])
        label = f"职工撤回了对“{row.get_kind_display()}”的单独同意，这部分不再使用"
        note(case, "withdraw_consent", label, by=by, at=at, said=Said(party=row.party), data={"consent": row.pk})
        tell_officer(case, "consent", "职工撤回了一项同意", by=by, at=at, key=str(row.pk))
    return row


# --- holds --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def set_hold(*, case_id: UUID, why: str, until: date | None, by: Actor, at: datetime) -> Hold:
    """A reason in law why nothing of this case may be erased for now."""
    case = locked(case_id=case_id, by=by)
    post = check_may(by, Can.HANDLE_CASES, case.holder)
    if why not in dict(Hold.WHY):
        raise Invalid({"why": "请选理由。"})
    if until is not None and until < timezone.localdate(at):
        raise Invalid({"until": "截止的日子已经过了。"})
    if Hold.objects.filter(case=case, why=why, lifted_at__isnull=True).exists():
        raise Refused("这个理由的保全已经有了。")
    row = Hold.objects.create(root_id=case.root_id, case=case, why=why, until=until, post=post, at=at)
    note(case, "hold", f"保全：{row.get_why_display()}，暂不清除", by=by, at=at, data={"hold": row.pk, "why": why})
    return row


@transaction.atomic
def lift_hold(*, hold_id: UUID, by: Actor, at: datetime) -> Hold:
    """The reason is gone; what was frozen for it alone goes with the next sweep."""
    row = Hold.objects.select_for_update(of=("self",), no_key=True).filter(pk=hold_id).first()
    if row is None:
        raise NotYours
    case = locked(case_id=row.case_id, by=by)
    post = check_may(by, Can.HANDLE_CASES, case.holder)
    if row.lifted_at is not None:
        raise Refused("已经解除了。")
    row.lifted_at, row.lifted_by = at, post
    row.save()
    note(case, "lift_hold", f"解除保全：{row.get_why_display()}", by=by, at=at, data={"hold": row.pk})
    return row


# --- what has served its time -------------------------------------------------------------------------------------------


@transaction.atomic
def expire_party(*, party_id: UUID, by: Actor, at: datetime) -> bool:
    """One person whose term has run out (asked for before, or by the rules of the union); whether it was done."""
    party = Party.objects.select_for_update(of=("self",), no_key=True).select_related("case__holder", "case__merged_into", "root").get(
        pk=party_id
    )  # fmt: skip
    if party.erased_at is not None or stops(party, timezone.localdate(at)):
        return False
    waiting = PersonRequest.objects.filter(party=party, state="frozen").select_related("case", "party").first()
    if waiting is not None:
        _end(waiting, waiting.case, "done", "保存期满，已经清除。", by=SYSTEM, at=at)
    erase_party(party_id=party.pk, why="asked" if waiting else "retention", by=by, at=at)
    return True


def expire_due(*, by: Actor, at: datetime, progress: Callable[[int, int], bool] | None = None) -> int:
    """Erase everybody whose time has come: asked for and no longer held, or expired where the union's rules turned that on.
    One transaction a person, so it may be stopped and run again; how many went."""
    on = timezone.localdate(at)
    units = list(Unit.objects.filter(has_union=True))
    rules = rules_of_units(units, on)
    waiting = set(PersonRequest.objects.filter(state="frozen").values_list("party", flat=True))
    due = list(waiting)
    for unit in units:
        if rules[unit.pk].count("personal_auto").value:
            years = rules[unit.pk].count("personal_years").value
            due += [party.pk for party in expired_parties(unit, on, years) if party.pk not in waiting]
    gone = 0
    for number, party_id in enumerate(due, 1):
        gone += expire_party(party_id=party_id, by=by, at=at)
        if progress is not None and not progress(number, len(due)):
            break
    return gone
