"""The warning ledger: entered, listed with who watches it, gone on with, put to who must know, defused or dropped (BD-4.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from huying.alerts.acts._gate import advance, begin, check_nameless, locked, root_of
from huying.alerts.lifecycle import WARNING
from huying.alerts.models import Warned, Warning, WarningCase, WarningRecord
from huying.alerts.reads import SCREENING, keys_behind, reached_by
from huying.alerts.rules import LONGEST_REASON, fits, is_gravest, is_weighty, written
from huying.cases.models import Case
from huying.cases.rules import free_of
from huying.fieldwork.models import Record
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, Refused
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.models import Post, Unit
from huying.org.rules import Can, check_may

LONGEST_TITLE = 60
LONGEST_STEP = 200


@transaction.atomic
def draft_warning(
    *, unit: Unit, place: Unit | None = None, title: str, level: str, risk: str = "", people: int | None = None,
    cases: Iterable[UUID] = (), records: Iterable[UUID] = (), by: Actor, at: datetime,
) -> Warning:  # fmt: skip
    """Enter what may go wrong, with the cases and screening records it shows in."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    (title,) = written(LONGEST_TITLE, title=title)
    (risk,) = fits(risk=risk)
    _check(unit, title, risk, level, at)
    place = place or unit
    if not place.path.startswith(unit.path):
        raise Invalid({"place": "地点要在本单位里面。"})
    warning = Warning(
        root_id=root_of(unit), unit=unit, place=place, title=title, risk=risk, level=level, people=people, made_by=post,
        made_at=at, moved_at=at,
    )  # fmt: skip
    begin(warning, "write", by=by, at=at, data={"level": level, "source": "hand"})
    attach(warning, cases=cases, records=records, by=by, at=at)
    return warning


def _check(unit: Unit, title: str, risk: str, level: str, at: datetime) -> None:
    if level not in {choice.code for choice in rules_for(unit, day_of(at)).options("warning_levels").choices}:
        raise Invalid({"level": "请选一个等级。"})
    check_nameless(unit, {"title": title, "risk": risk})


def attach(
    warning: Warning, *, cases: Iterable[UUID] = (), records: Iterable[UUID] = (), by: Actor, at: datetime
) -> int:
    """Cases and screening records this person may read, each once; how many are new."""
    known: set[UUID] = set(warning.cases.values_list("case", flat=True))
    found = Case.objects.visible_to(by).filter(pk__in=[pk for pk in cases if pk not in known])
    seen: set[UUID] = set(warning.records.values_list("record", flat=True))
    read = (
        Record.objects.visible_to(by).standing().filter(kind=SCREENING, pk__in=[pk for pk in records if pk not in seen])
    )
    fresh = [WarningCase(root_id=warning.root_id, warning=warning, case=one, at=at) for one in found]
    heard = [WarningRecord(root_id=warning.root_id, warning=warning, record=one, at=at) for one in read]
    WarningCase.objects.bulk_create(fresh)
    WarningRecord.objects.bulk_create(heard)
    return len(fresh) + len(heard)


@transaction.atomic
def write_warning(
    *, warning_id: UUID, title: str, level: str, risk: str = "", people: int | None = None, cases: Iterable[UUID] = (),
    records: Iterable[UUID] = (), by: Actor, at: datetime, version: int | None = None,
) -> Warning:  # fmt: skip
    """Say it better; add what else it shows in.  A weightier level is told at once."""
    warning = locked(Warning, warning_id, by=by, version=version)
    WARNING.check_now(warning.status, "write")
    (title,) = written(LONGEST_TITLE, title=title)
    (risk,) = fits(risk=risk)
    _check(warning.unit, title, risk, level, at)
    was, warning.level = warning.level, level
    warning.title, warning.risk, warning.people = title, risk, people
    attach(warning, cases=cases, records=records, by=by, at=at)
    advance(warning, "write", by=by, at=at, label="改写", data={"level": level})
    if warning.status == "open" and was != level:
        _tell_at_once(warning, by=by, at=at)
    return warning


@transaction.atomic
def open_warning(
    *,
    warning_id: UUID,
    watcher: Post,
    next_step: str,
    next_on: date,
    by: Actor,
    at: datetime,
    version: int | None = None,
) -> Warning:
    """List it in the ledger: who watches it, what comes next and when.  A weighty one reaches the union's chair at once, the
    gravest also the union above (BD-4.5, QD-4.6a)."""
    warning = locked(Warning, warning_id, by=by, version=version)
    WARNING.check_now(warning.status, "open")
    _set_step(warning, next_step, next_on, at)
    if watcher.unit_id != warning.unit_id or not free_of([watcher], keys_behind(warning)):
        raise Invalid({"watcher": "请在本单位工会里选盯办人。"})
    warning.watcher, warning.opened_at = watcher, at
    advance(warning, "open", by=by, at=at, data={"watcher": watcher.pk, "next_on": next_on})
    send(
        to=[watcher.person], kind="warning.watch", title=f"请您盯办预警 {warning.code}", subject=warning.pk,
        url=_page(warning), root=warning.root, by=by, at=at, key=str(warning.version),
    )  # fmt: skip
    _tell_at_once(warning, by=by, at=at)
    return warning


def _set_step(warning: Warning, next_step: str, next_on: date, at: datetime) -> None:
    (step,) = written(LONGEST_STEP, next_step=next_step)
    check_nameless(warning.unit, {"next_step": step})
    if next_on < day_of(at):
        raise Invalid({"next_on": "下一步的日期不能是过去的日子。"})
    warning.next_step, warning.next_on = step, next_on


def _page(warning: Warning) -> str:
    return reverse("desk:warning", args=[warning.pk])


def _tell_at_once(warning: Warning, *, by: Actor, at: datetime) -> None:
    """Whom the level itself wants told, once each: they open the warning and read what they may."""
    rules = rules_for(warning.unit, day_of(at))
    sides = ["chair"] if is_weighty(rules, warning.level) else []
    sides += ["above"] if is_gravest(rules, warning.level) else []
    level = rules.options("warning_levels").label_of(warning.level)
    for side in sides:
        posts = [post for post in reached_by(warning, side, day_of(at)) if post.person_id != by.person_id]
        if posts and not warning.told.filter(to=side).exists():
            _tell(warning, side, posts, f"{level}预警 {warning.code}，请阅处", by=by, at=at)


def _tell(
    warning: Warning, to: str, posts: list[Post], title: str, *, text: str = "", whom: str = "", by: Actor, at: datetime
) -> Warned:
    names = whom or "、".join(post.person.name for post in posts)[:60]
    row = Warned.objects.create(
        root_id=warning.root_id, warning=warning, to=to, text=text, whom=names, post_id=by.post_id, at=at
    )
    label = f"报{row.get_to_display()}"
    advance(warning, "tell", by=by, at=at, label=label, text=text, data={"to": to, "reached": len(posts)})
    url = reverse("desk:warning_told", args=[row.pk]) if to == "management" else _page(warning)
    send(
        to=[post.person for post in posts], kind="warning.told", title=title, subject=warning.pk, url=url,
        root=warning.root, by=by, at=at, key=str(row.pk),
    )  # fmt: skip
    return row


@transaction.atomic
def tell_warning(
    *, warning_id: UUID, to: str, text: str, whom: str = "", by: Actor, at: datetime, version: int | None = None
) -> Warned:
    """Put it to the chair, the unit's management (which reads ``text`` alone), the local Party committee (on paper), or the
    union above."""
    warning = locked(Warning, warning_id, by=by, version=version)
    WARNING.check_now(warning.status, "tell")
    if to not in dict(Warned.TO):
        raise Invalid({"to": "请选报给谁。"})
    (text,) = written(text=text)
    (whom,) = fits(60, whom=whom)
    check_nameless(warning.unit, {"text": text})
    posts = reached_by(warning, to, day_of(at))
    if not posts and not whom:
        raise Invalid({"whom": "这一方没有人在系统里收，请写明当面送给了谁。"})
    return _tell(warning, to, posts, f"预警 {warning.code}，请阅处", text=text, whom=whom, by=by, at=at)


@transaction.atomic
def progress_warning(
    *, warning_id: UUID, text: str, next_step: str, next_on: date, by: Actor, at: datetime, version: int | None = None
) -> Warning:
    """What was done, and what comes next."""
    warning = locked(Warning, warning_id, by=by, version=version)
    WARNING.check_now(warning.status, "progress")
    (text,) = written(text=text)
    _set_step(warning, next_step, next_on, at)
    advance(warning, "progress", by=by, at=at, text=text, data={"next_on": next_on})
    return warning


@transaction.atomic
def defuse_warning(*, warning_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Warning:
    """It came to nothing, and why."""
    return _end(warning_id, "defuse", reason, by=by, at=at, version=version)


@transaction.atomic
def drop_warning(*, warning_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None) -> Warning:
    """It is no warning, and why not."""
    return _end(warning_id, "drop", reason, by=by, at=at, version=version)


def _end(warning_id: UUID, act: str, reason: str, *, by: Actor, at: datetime, version: int | None) -> Warning:
    warning = locked(Warning, warning_id, by=by, version=version)
    WARNING.check_now(warning.status, act)
    (reason,) = written(LONGEST_REASON, reason=reason)
    check_nameless(warning.unit, {"reason": reason})
    warning.outcome, warning.closed_at = reason, at
    advance(warning, act, by=by, at=at, text=reason)
    return warning


def turn_warning(warning: Warning, *, by: Actor, at: datetime) -> Warning:
    """It came true: the incident that is being reported follows it.  Part of that act; the caller has locked it."""
    if warning.status == "draft":
        raise Refused("这条预警还没有列入台账。", "请先核实，列入预警台账，再转突发事件；来得及的也可以直接首报。")
    warning.outcome, warning.closed_at = "已转突发事件", at
    advance(warning, "turn", by=by, at=at)
    return warning
