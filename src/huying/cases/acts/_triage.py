"""From registered to accepted or another end: taking, releasing a summary, asking, accepting, declining, joining, splitting,
passing on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huying.cases.acts._advance import Said, acting_post, advance, locked, note, record
from huying.cases.acts._clocks import pause_for_supplement, resume_after_supplement, start_clock, stop_clock
from huying.cases.acts._notify import tell_office, tell_officer
from huying.cases.acts._register import add_party
from huying.cases.acts._sealed import write_message
from huying.cases.models import Case, Difficulty, Party, Recusal, Station
from huying.cases.reads import JOINABLE, keys_against, rules_of
from huying.cases.rules import LONGEST_TITLE, LONGEST_WORDS, Voice, check_voices, free_of, strictest
from huying.files.acts import Checked
from huying.kernel import search
from huying.kernel.actors import Actor, Worker
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.ids import uuid7
from huying.org.models import Post, Unit
from huying.org.reads import holders, union_above, union_of
from huying.org.rules import Can, Member, check_may, may


def required(**given: str) -> None:
    """``Invalid`` for every field left empty; the value is the label people know it by."""
    missing = {name: "这一项要填写。" for name, value in given.items() if not str(value or "").strip()}
    if missing:
        raise Invalid(missing)


def check_officer(case: Case, post: Post, at: datetime) -> None:
    """The one who answers for a case holds an office at its union now, and the case does not name them."""
    free = free_of(holders(case.holder, Can.HANDLE_CASES, timezone.localdate(at)), keys_against(case))
    if post.pk not in {one.pk for one in free}:
        raise Invalid({"officer": "请选本单位工会里能办这件事的人。"})


def check_may_pass_duty(case: Case, officer: Post, by: Actor) -> None:
    """Duty for a case, and with it the key to what is sealed, is handed on by who has it or by who approves; a curious
    colleague cannot take it."""
    if case.officer is None or case.officer_id == officer.pk or not isinstance(by, Member):
        return
    if case.officer.person_id != by.person_id and not may(by, Can.APPROVE, case.holder):
        raise Refused(
            f"这件事由{case.officer.person.name}负责。", f"要换人，请{case.officer.person.name}移交，或者请主席指定。"
        )


@transaction.atomic
def take(*, case_id: UUID, officer: Post, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Make somebody the case officer: answers for it to the end (BD-4.6a) and alone opens what is sealed."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    check_officer(case, officer, at)
    check_may_pass_duty(case, officer, by)
    before = case.officer
    case.officer = officer
    advance(
        case,
        "take",
        by=by,
        at=at,
        said=Said(
            label=f"由{officer.person.name}负责" if by.post_id != officer.pk else "接手",
            text=f"原责任人：{before.person.name}" if before else "",
            worker_label=f"{officer.person.name}接手了，负责到底",
        ),
        data={"officer": officer.pk},
    )
    tell_officer(case, "officer", "由您负责", by=by, at=at)
    return case


@transaction.atomic
def release(*, case_id: UUID, title: str, summary: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Write or confirm the released summary: the only text that leaves the case officer's hands."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    set_summary(case, title=title, summary=summary, by=by, at=at)
    advance(case, "release", by=by, at=at)
    index(case)
    return case


def set_summary(case: Case, *, title: str, summary: str, by: Actor, at: datetime) -> None:
    """Put the released text on the case (not saved)."""
    required(title=title, summary=summary)
    if len(title.strip()) > LONGEST_TITLE:
        raise Invalid({"title": f"标题最多 {LONGEST_TITLE} 字，现在 {len(title.strip())} 字。"})
    if len(summary) > LONGEST_WORDS:
        raise Invalid({"summary": f"摘要最多 {LONGEST_WORDS} 字，现在 {len(summary)} 字。"})
    case.title, case.summary = title.strip(), summary.strip()
    case.released_at, case.released_by_id = at, by.post_id


def index(case: Case) -> None:
    """Put the released text into the text index; nothing else ever goes there."""
    if case.released_at:
        search.put(kind="case", subject=case.pk, root=case.root_id, text=f"{case.number} {case.title} {case.summary}")


@transaction.atomic
def ask(*, case_id: UUID, question: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Ask the worker for more; the acceptance clock pauses while the worker's own runs."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    required(question=question)
    advance(case, "ask", by=by, at=at, said=Said(text=question.strip(), worker_text=question.strip()))
    pause_for_supplement(case, by=by, at=at)
    return case


@transaction.atomic
def supplement(
    *, case_id: UUID, text: str, by: Actor, at: datetime, files: tuple[Checked, ...] = (), version: int | None = None
) -> Case:
    """The worker has answered (or the officer notes what was said on the phone): acceptance goes on.

    A worker's answer is part of the sealed talk; only that worker reads of it in the story.
    """
    own = None
    if isinstance(by, Worker):
        own = write_message(case_id=case_id, party_id=by.party_id, text=text, files=files, by=by, at=at).party
    case = locked(case_id=case_id, by=by, version=version)
    if own is None:
        acting_post(case, by)
        required(text=text)
    said = Said(text=text.strip(), worker_label="补充的情况，工会记下了")
    if own is not None:
        said = Said(worker_label="您补充了情况", party=own)
    advance(case, "supplement", by=by, at=at, said=said)
    resume_after_supplement(case, by=by, at=at)
    tell_officer(case, "supplement", "职工补充了情况", by=by, at=at)
    return case


@transaction.atomic
def accept(
    *,
    case_id: UUID,
    content_class: str,
    category: str,
    difficulty: str,
    officer: Post,
    title: str,
    summary: str,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Case:
    """Accept: class and second-level category of the adopted packs, difficulty, the one who answers for it, and the
    released summary (MY-3.1, MY-3.2.1)."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    check_category(case, content_class, category)
    if difficulty not in Difficulty.values:
        raise Invalid({"difficulty": "请选难易程度。"})
    check_officer(case, officer, at)
    check_may_pass_duty(case, officer, by)
    set_summary(case, title=title, summary=summary, by=by, at=at)
    case.content_class, case.category, case.difficulty, case.officer = content_class, category, difficulty, officer
    advance(
        case,
        "accept",
        by=by,
        at=at,
        said=Said(label=f"受理，{officer.person.name}负责", worker_text=f"{officer.person.name}负责到底。"),
        data={"class": content_class, "category": category, "officer": officer.pk, "difficulty": difficulty},
    )
    stop_clock(case, "accept", by=by, at=at)
    index(case)
    return case


def check_category(case: Case, content_class: str, category: str) -> None:
    """The class and category exist in the rules this case keeps, and belong together."""
    rules = rules_of(case)
    if content_class not in {one.code for one in rules.categories("")}:
        raise Invalid({"content_class": "请选诉求的大类。"})
    if category not in {one.code for one in rules.categories(content_class)}:
        raise Invalid({"category": "请选与大类相符的小类。"})


@transaction.atomic
def decline(*, case_id: UUID, reason: str, other_way: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Decline with a reason and another way to go; the worker reads both (MY-3.2.4c)."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    required(reason=reason, other_way=other_way)
    text = f"理由：{reason.strip()}\n可以这样办：{other_way.strip()}"
    advance(case, "decline", by=by, at=at, said=Said(text=text, worker_text=text))
    stop_clock(case, "accept", "supplement", by=by, at=at)
    return case


@transaction.atomic
def mark_spam(*, case_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Not a matter at all; it keeps its number and can be taken back."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    required(reason=reason)
    advance(case, "spam", by=by, at=at, said=Said(text=reason.strip()))
    stop_clock(case, "accept", by=by, at=at)
    return case


@transaction.atomic
def not_spam(*, case_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Take back ``mark_spam``; the acceptance clock starts anew from now."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    advance(case, "not_spam", by=by, at=at)
    start_clock(case, "accept", by=by, at=at)
    return case


@transaction.atomic
def merge(*, case_id: UUID, into_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Join a case to another about the same thing.  Each person keeps the own receipt and reads on under it."""
    first, second = sorted([case_id, into_id])
    if first == second:
        raise Invalid({"into": "不能并到自己里面。"})
    held = {first: locked(case_id=first, by=by), second: locked(case_id=second, by=by)}
    case, into = held[case_id], held[into_id]
    locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    acting_post(into, by)
    if into.status not in JOINABLE or into.root_id != case.root_id:
        raise Invalid({"into": f"{into.number} 已经不在办理中，不能再并入。"})
    if keys_against(case) - keys_against(into):
        raise Refused("这件事有需要回避的人，并案后他们可能看到。", "请分开办理。")
    case.merged_into = into
    advance(case, "merge", by=by, at=at, said=Said(text=f"并入 {into.number}"), data={"into": into.pk})
    stop_clock(case, "accept", "supplement", by=by, at=at)
    Case.objects.filter(merged_into=case).update(merged_into=into)
    into.secrecy = strictest([into.secrecy, case.secrecy])
    note(into, "merged", f"{case.number} 并入", by=by, at=at, data={"from": case.pk})
    into.save(update_fields=["secrecy"])
    return into


@transaction.atomic
def split(*, case_id: UUID, title: str, summary: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Open a second case for another matter in the same words.  The worker follows it under the same receipt."""
    from_case = locked(case_id=case_id, by=by, version=version)
    acting_post(from_case, by)
    case = Case.objects.get(pk=from_case.pk)
    case.pk, case._state.adding = uuid7(), True
    case.follows, case.status, case.version, case.content_class, case.category = from_case, "registered", 1, "", ""
    case.registered_at = case.moved_at = at
    case.registered_by_id, case.difficulty, case.seq = by.post_id, "", None
    case.number = f"{from_case.number.removesuffix('号')}-{from_case.followed_by.count() + 1}号"
    set_summary(case, title=title, summary=summary, by=by, at=at)
    case.save(force_insert=True)
    Station.objects.create(root_id=case.root_id, case=case, unit=case.holder, since=at, how="born")
    Recusal.objects.bulk_create(
        [Recusal(root_id=r.root_id, case=case, key=r.key, said=r.said, at=at) for r in from_case.recusals.all()]
    )
    advance(from_case, "split", by=by, at=at, said=Said(text=f"另立 {case.number}", worker_label="另一件事分开办理"))
    record(case, "register", f"由 {from_case.number} 分出", by=by, at=at, said=Said(), told="从您说的事里分出来单独办")
    start_clock(case, "accept", by=by, at=at)
    index(case)
    return case


@transaction.atomic
def pass_on(*, case_id: UUID, unit: Unit, reason: str, by: Actor, at: datetime, version: int | None = None) -> Case:
    """Hand the case to another union that can deal with it (转办, or up).  One case, one number; the union that had it
    goes on reading.  Only the case officer's union may, never to one the matter concerns."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    required(reason=reason)
    target = union_of(unit)
    if target.pk == case.holder_id or target.closed_on:
        raise Invalid({"unit": "请选另一个组织。"})
    if not free_of(holders(target, Can.HANDLE_CASES, timezone.localdate(at)), keys_against(case)):
        raise Invalid({"unit": f"{target.name}没有能办这件事的人，请选别的组织。"})
    _move(case, target, how="up" if case.holder.path.startswith(target.path) else "passed", at=at)
    advance(
        case,
        "pass_on",
        by=by,
        at=at,
        said=Said(text=reason.strip(), label=f"转给{target.name}", worker_label=f"转给了{target.name}"),
        data={"to": target.pk},
    )
    stop_clock(case, "accept", "supplement", by=by, at=at)
    start_clock(case, "accept", by=by, at=at)
    tell_office(case, "passed", "转来一件事", by=by, at=at)
    return case


def _move(case: Case, target: Unit, *, how: str, at: datetime) -> None:
    """Close the present station and open the next."""
    Station.objects.filter(case=case, until__isnull=True).exclude(how="climb").update(until=at)
    Station.objects.create(root_id=case.root_id, case=case, unit=target, since=at, how=how)
    case.holder, case.officer = target, None


@transaction.atomic
def recuse_self(*, case_id: UUID, by: Actor, at: datetime, version: int | None = None) -> Case:
    """An officer who is concerned steps back; with nobody left at the union the case goes to the one above."""
    case = locked(case_id=case_id, by=by, version=version)
    acting_post(case, by)
    if not isinstance(by, Member):
        raise NotYours
    keys = {*keys_against(case), f"person:{by.person_id}"}
    holder: Unit | None = case.holder
    free: list[Post] = []
    while holder is not None and not (free := free_of(holders(holder, Can.HANDLE_CASES, timezone.localdate(at)), keys)):
        holder = union_above(holder)
    if holder is None:
        raise Refused("上面没有可以接手的工会了。", "请先联系上级工会增派人员。")
    if holder.pk != case.holder_id:
        _move(case, holder, how="up", at=at)
    if case.officer is None or case.officer.person_id == by.person_id or holder.pk != case.officer.unit_id:
        case.officer = None if case.status in ("registered", "supplement") else free[0]
    case.save()
    note(case, "recuse", "回避", by=by, at=at, said=Said(worker_label="经办人主动回避，换人办理"))
    Recusal.objects.get_or_create(
        case=case, key=f"person:{by.person_id}", defaults={"root_id": case.root_id, "said": "self", "at": at}
    )
    return case


@transaction.atomic
def join(*, case_id: UUID, voice: Voice, by: Actor, at: datetime) -> Party:
    """One more person stands behind the case (联名), with a receipt of their own; told and surveyed like the first."""
    case = locked(case_id=case_id, by=by)
    if isinstance(by, Member):
        check_may(by, Can.REGISTER, case.holder)
    check_voices([voice], needs_words=False)
    if case.closed_at:
        raise Refused("这件事已经办结，不能再联名。", "有新情况请另外登记。")
    party = add_party(case, voice, first=False, at=at)
    case.secrecy = strictest([case.secrecy, voice.secrecy])
    case.save(update_fields=["secrecy"])
    note(case, "join", "增加联名 1 人", by=by, at=at)
    return party


def follow_merged(*, by: Actor, at: datetime) -> int:
    """Sweep: open cases of a union that was merged into another go there, with somebody new to answer for them."""
    moved = 0
    waiting = Case.objects.open().filter(holder__merged_into__isnull=False).values_list("pk", flat=True)[:500]
    for case_id in list(waiting):
        with transaction.atomic():
            case = locked(case_id=case_id, by=by)
            target = case.holder.merged_into
            if target is None:
                continue
            free = free_of(holders(target, Can.HANDLE_CASES, timezone.localdate(at)), keys_against(case))
            before = case.officer
            _move(case, target, how="passed", at=at)
            if case.status not in ("registered", "supplement"):
                case.officer = free[0] if free else before
            case.save()
            note(
                case,
                "merged_unit",
                f"单位合并，转到{target.name}",
                by=by,
                at=at,
                said=Said(worker_label=f"转到了{target.name}"),
            )
            tell_office(case, "passed", "单位合并转来", by=by, at=at)
            moved += 1
    return moved
