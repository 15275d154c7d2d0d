"""Sudden incidents: the first report from the scene, who took note level by level, the log, what follows, the end (BD-4.7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from huying.alerts.acts._gate import advance, begin, locked, root_of
from huying.alerts.acts._warnings import turn_warning
from huying.alerts.lifecycle import INCIDENT
from huying.alerts.models import Call, Incident, IncidentLevel, IncidentReport, PlanCall, SceneEntry, Warning
from huying.alerts.reads import acts_on, open_levels, people_at, people_of, plan_of
from huying.alerts.rules import LONGEST_REASON, fits, written
from huying.kernel.actors import Actor
from huying.kernel.clock import day_of
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.notices.acts import send
from huying.org.models import Post, Unit
from huying.org.reads import union_above, union_of
from huying.org.rules import Can, Member, may

LONGEST_WHAT, LONGEST_PLACE = 120, 80


@transaction.atomic
def report_incident(
    *, unit: Unit, what: str, place: str, since: datetime, people: int | None = None, known_at: datetime | None = None,
    drill: bool = False, to_management: bool = False, warning_id: UUID | None = None, by: Actor, at: datetime,
) -> Incident:  # fmt: skip
    """The first report: to the unit's office and the union above in this very act, to its management by the unit's choice.

    ``unit`` is where it happened, a workshop as well; whoever may register there reports it, and any union above.
    """
    at_union = union_of(unit)
    post = _reporter(by, unit, at_union)
    what, place = written(LONGEST_WHAT, what=what)[0], written(LONGEST_PLACE, place=place)[0]
    known_at = known_at or max(since, at)
    if since > at:
        raise Invalid({"since": "开始的时间不能在现在以后。"})
    if not since <= known_at <= at:
        raise Invalid({"known_at": "知道的时间要在发生以后、现在以前。"})
    incident = Incident(
        root_id=root_of(at_union), unit=at_union, by_unit=_union_of_reporter(post, unit, at_union), drill=drill, what=what,
        place=place, people=people, since=since, known_at=known_at, plan=plan_of(at_union), reported_by=post, reported_at=at,
        warning=_warning(warning_id, at_union, drill=drill, by=by, at=at), moved_at=at,
    )  # fmt: skip
    begin(incident, "report", by=by, at=at, label=f"{incident.mark}首报", data={"drill": drill, "people": people})
    _write(incident, "first", f"{what}。地点：{place}。", people=people, post=post, at=at)
    for side, where in _first_levels(incident, to_management=to_management):
        _tell_level(incident, side, where, "首报，请确认收到", by=by, at=at)
    return incident


def _reporter(by: Actor, unit: Unit, at_union: Unit) -> Post:
    """Under which post: of the place itself, of its union, or of a union above."""
    posts = by.posts if isinstance(by, Member) else ()
    for one in (unit, at_union):
        if isinstance(by, Member) and (post := by.post_for(Can.REGISTER, one)):
            return post
    for post in posts:
        if (
            isinstance(by, Member)
            and post == by.post_for(Can.READ_BELOW, post.unit)
            and unit.path.startswith(post.unit.path)
        ):
            return post
    raise NotYours


def _union_of_reporter(post: Post, unit: Unit, at_union: Unit) -> Unit:
    return at_union if post.unit_id in (unit.pk, at_union.pk) else post.unit


def _warning(warning_id: UUID | None, unit: Unit, *, drill: bool, by: Actor, at: datetime) -> Warning | None:
    """The warning that came true."""
    if warning_id is None or drill:
        return None
    warning = locked(Warning, warning_id, by=by)
    if warning.unit_id != unit.pk:
        raise NotYours
    return turn_warning(warning, by=by, at=at)


def _first_levels(incident: Incident, *, to_management: bool) -> list[tuple[str, Unit]]:
    """Own office, union above, the reporting union where it is neither, management."""
    above = union_above(incident.unit)
    levels = [("office", incident.unit), *([("above", above)] if above else [])]
    if incident.by_unit_id not in {unit.pk for _, unit in levels}:
        levels.append(("above", incident.by_unit))
    return [*levels, *([("management", incident.unit)] if to_management and not incident.unit.is_upper else [])]


def _tell_level(incident: Incident, side: str, unit: Unit, what: str, *, by: Actor, at: datetime) -> IncidentLevel:
    """One more link of the chain is told; who reports has taken note already."""
    posts = people_at(unit, side, incident, day_of(at))
    reporter = any(post.person_id == by.person_id for post in posts)
    level = IncidentLevel.objects.create(
        root_id=incident.root_id, incident=incident, unit=unit, side=side, order=incident.levels.count() + 1, told_at=at,
        reached=len(posts), noted_by_id=by.post_id if reporter else None, noted_at=at if reporter else None,
    )  # fmt: skip
    _notify(incident, posts, what, by=by, at=at)
    return level


def _notify(incident: Incident, posts: Iterable[Post], what: str, *, by: Actor, at: datetime) -> None:
    send(
        to=[post.person for post in posts], kind="incident", subject=incident.pk, key=str(incident.version),
        title=f"{incident.mark}突发事件 {incident.code}（{incident.unit.short_name or incident.unit.name}）{what}",
        url=reverse("desk:incident", args=[incident.pk]), root=incident.root, by=by, at=at,
    )  # fmt: skip


def _everybody(incident: Incident, what: str, *, by: Actor, at: datetime) -> None:
    """All links of the chain hear what followed."""
    levels = incident.levels.select_related("unit", "incident__warning")
    posts = {post.person_id: post for level in levels for post in people_of(level, day_of(at))}
    _notify(incident, posts.values(), what, by=by, at=at)


def _write(incident: Incident, kind: str, text: str, *, people: int | None, post: Post, at: datetime) -> IncidentReport:
    unit = incident.by_unit if kind == "first" else _speaks_for(incident, post)
    return IncidentReport.objects.create(
        root_id=incident.root_id, incident=incident, kind=kind, unit=unit, text=text, people=people, post=post, at=at
    )


def _speaks_for(incident: Incident, post: Post) -> Unit:
    return incident.unit if post.unit_id == incident.unit_id else incident.by_unit


def _acting(incident_id: UUID, *, by: Actor, version: int | None = None) -> tuple[Incident, Post]:
    """The incident locked for who acts on it, and the post: of the unit before that of the union that reported."""
    incident = locked(Incident, incident_id, by=by, version=version, can=None)
    if not isinstance(by, Member) or not acts_on(by, incident):
        raise NotYours
    post = by.post_for(Can.HANDLE_CASES, incident.unit) or by.post_for(Can.HANDLE_CASES, incident.by_unit)
    assert post is not None
    return incident, post


@transaction.atomic
def note_incident(*, incident_id: UUID, by: Actor, at: datetime) -> Incident:
    """It arrived: for every link this person stands for, with the time (acknowledgement, level by level)."""
    incident = locked(Incident, incident_id, by=by, can=None, known=True)
    INCIDENT.check_now(incident.status, "note")
    levels = open_levels(by, incident)
    if not levels or not isinstance(by, Member):
        raise Refused("已经确认过了，或者不用您确认。")
    for level in levels:
        can = Can.ITEMS_OF_UNIT if level.side == "management" else Can.HANDLE_CASES
        level.noted_by, level.noted_at = by.post_for(can, level.unit), at
        level.save(update_fields=["noted_by", "noted_at"])
    names = "、".join(f"{one.unit.short_name or one.unit.name}{one.get_side_display()}" for one in levels)
    advance(
        incident, "note", by=by, at=at, label=f"确认收到（{names}）"[:60], data={"levels": [one.pk for one in levels]}
    )
    return incident


@transaction.atomic
def call_link(*, incident_id: UUID, link_id: UUID, reached: bool, by: Actor, at: datetime) -> Call:
    """Somebody of the plan's call chain was called."""
    incident, post = _acting(incident_id, by=by)
    INCIDENT.check_now(incident.status, "call")
    link = PlanCall.objects.filter(pk=link_id, plan=incident.plan_id).first()
    if link is None:
        raise NotYours
    call = Call.objects.create(
        root_id=incident.root_id, incident=incident, link=link, reached=reached, post=post, at=at
    )
    label = f"第 {link.order} 位{'打通了' if reached else '没有打通'}"
    advance(incident, "call", by=by, at=at, label=label, data={"link": link.pk, "reached": reached})
    return call


@transaction.atomic
def log_scene(
    *, incident_id: UUID, kind: str, text: str, happened_at: datetime | None = None, by: Actor, at: datetime
) -> SceneEntry:
    """One line of the scene's log: a talk, law explained, what workers say, a measure.  The first one says that the union is
    there (BD-4.7, QD-4.6b)."""
    incident, post = _acting(incident_id, by=by)
    INCIDENT.check_now(incident.status, "log")
    kinds = rules_for(incident.unit, day_of(at)).options("scene_entries")
    if kind not in {choice.code for choice in kinds.choices}:
        raise Invalid({"kind": "请选一种。"})
    (text,) = written(text=text)
    happened_at = happened_at or at
    if not incident.since <= happened_at <= at:
        raise Invalid({"happened_at": "时间要在事件开始以后、现在以前。"})
    entry = SceneEntry.objects.create(
        root_id=incident.root_id, incident=incident, kind=kind, text=text, happened_at=happened_at, post=post, at=at
    )
    incident.on_scene_at = min(incident.on_scene_at or happened_at, happened_at)
    advance(
        incident, "log", by=by, at=at, label=f"记现场：{kinds.label_of(kind)}", data={"kind": kind, "entry": entry.pk}
    )
    return entry


@transaction.atomic
def follow_incident(
    *, incident_id: UUID, text: str, people: int | None = None, by: Actor, at: datetime, version: int | None = None
) -> IncidentReport:
    """A report that follows: every link of the chain hears of it."""
    incident, post = _acting(incident_id, by=by, version=version)
    INCIDENT.check_now(incident.status, "follow")
    (text,) = written(text=text)
    row = _write(incident, "follow", text, people=people, post=post, at=at)
    advance(incident, "follow", by=by, at=at, data={"report": row.pk, "people": people})
    _everybody(incident, "有续报", by=by, at=at)
    return row


@transaction.atomic
def pass_on_incident(*, incident_id: UUID, by: Actor, at: datetime, version: int | None = None) -> IncidentLevel:
    """The highest union that knows of it tells the next one."""
    incident = locked(Incident, incident_id, by=by, version=version, can=None)
    INCIDENT.check_now(incident.status, "pass_on")
    above = [one.unit for one in incident.levels.filter(side="above").select_related("unit")]
    top = min([*above, incident.unit], key=lambda unit: unit.depth)
    if not may(by, Can.HANDLE_CASES, top):
        raise NotYours
    following = union_above(top)
    if following is None:
        raise Refused("上面没有更高一级的工会了。")
    incident.version += 1  # notices of this step stand apart from those of the first report
    level = _tell_level(incident, "above", following, "由下级报来，请确认收到", by=by, at=at)
    incident.version -= 1
    advance(incident, "pass_on", by=by, at=at, data={"to": following.pk})
    return level


@transaction.atomic
def tell_management(*, incident_id: UUID, by: Actor, at: datetime, version: int | None = None) -> IncidentLevel:
    """The unit's management is told, by the unit's choice."""
    incident, post = _acting(incident_id, by=by, version=version)
    INCIDENT.check_now(incident.status, "tell_management")
    if incident.unit.is_upper or post.unit_id != incident.unit_id:
        raise NotYours
    if incident.levels.filter(side="management").exists():
        raise Refused("已经报告过行政了。")
    incident.version += 1
    level = _tell_level(incident, "management", incident.unit, "请确认收到", by=by, at=at)
    incident.version -= 1
    advance(incident, "tell_management", by=by, at=at)
    return level


@transaction.atomic
def close_incident(
    *, incident_id: UUID, text: str, people: int | None = None, by: Actor, at: datetime, version: int | None = None
) -> Incident:
    """The last report: how it ended, what remains to be done."""
    incident, post = _acting(incident_id, by=by, version=version)
    INCIDENT.check_now(incident.status, "close")
    (text,) = written(text=text)
    _write(incident, "closing", text, people=people, post=post, at=at)
    incident.outcome, incident.closed_at = text, at
    advance(incident, "close", by=by, at=at, data={"people": people})
    _everybody(incident, "已结束，有终报", by=by, at=at)
    return incident


@transaction.atomic
def mistake_incident(
    *, incident_id: UUID, reason: str, by: Actor, at: datetime, version: int | None = None
) -> Incident:
    """There was nothing: taken back with the reason, and all who were told hear it."""
    incident, _ = _acting(incident_id, by=by, version=version)
    INCIDENT.check_now(incident.status, "mistake")
    (reason,) = fits(LONGEST_REASON, reason=written(reason=reason)[0])
    incident.outcome, incident.closed_at = reason, at
    advance(incident, "mistake", by=by, at=at, text=reason)
    _everybody(incident, "是误报，已撤销", by=by, at=at)
    return incident
