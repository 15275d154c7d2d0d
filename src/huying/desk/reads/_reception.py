"""What the desk shows of reception days and talks: rows of lists, the queue, what waits today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.desk.reads._cases import Days, Line, Shown
from huying.desk.reads._today import SHORT, Day, Duty, Group
from huying.fieldwork import reads
from huying.fieldwork.lifecycle import VISIT
from huying.fieldwork.models import Booking, InvitedTalk, ReceptionDay
from huying.kernel.lifecycle import Step
from huying.kernel.templatetags.huying import WEEKDAYS
from huying.org.rules import Can, Member


def day_name(on: date, today: date) -> str:
    """``11月25日 周三``, with the year when it is another."""
    year = "" if on.year == today.year else f"{on.year}年"
    return f"{year}{on.month}月{on.day}日 周{WEEKDAYS[on.weekday()]}"


def day_chip(day: ReceptionDay, today: date) -> Shown:
    """How a day stands, in a word."""
    if day.status == "cancelled":
        return Shown("none", "取消了")
    if day.status == "held":
        kept = day.announced_at is not None and timezone.localdate(day.announced_at) < day.on
        return Shown("done", "如期接访" if kept else "接访了，没有事先公告")
    if day.on < today:
        return Shown("late", "没有登记结果")
    if day.status == "planned":
        return Shown("soon", "还没有公告")
    return Shown("soon", "今天") if day.on == today else Shown("ok", "已公告")


def reception_rows(actor: Member, days: Iterable[ReceptionDay], today: date) -> list[Line]:
    """Days as a list, each with how many come, as far as this person may know (constant queries)."""
    shown = list(days)
    counts, kinds = reads.queue_counts(actor, shown), reads.kind_names(shown, today)
    own = {unit.pk for unit in (*actor.units(Can.READ_CASES), *actor.units(Can.INSTRUCT))}
    return [_row(day, kinds[day.pk], counts.get(day.pk, {}), own, today) for day in shown]


def _row(day: ReceptionDay, kind: str, counts: Mapping[str, int], own: set[Any], today: date) -> Line:
    coming = sum(counts.get(status, 0) for status in ("booked", "arrived", "called"))
    said = f"约了 {coming} 位" if coming else ""
    if counts.get("done"):
        said = f"接待了 {counts['done']} 位"
    theme = f"专题：{day.theme}" if day.theme else ""
    return Line(
        title=f"{day_name(day.on, today)} {kind}",
        href=reverse("desk:reception-day", args=[day.pk]),
        clock=day_chip(day, today),
        facts=(f"{day.begins:%H:%M}–{day.ends:%H:%M}", day.place, theme, said),
        who=(day.leader.person.name, day.leader.title if day.unit_id in own else day.unit.name),
        act="",
        act_href="",
    )


# --- the queue ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Somebody who comes, as this person may know it: ``number`` and ``title`` only for who reads the case."""

    booking: Booking
    chip: Shown
    number: str
    title: str
    href: str
    steps: tuple[Step, ...]


CHIPS = {"booked": "none", "arrived": "soon", "called": "ok", "done": "done", "absent": "paused", "cancelled": "none"}


def queue_rows(actor: Member, day: ReceptionDay, today: date) -> list[Waiting]:
    """The queue of a day (three queries)."""
    rows = reads.queue(actor, day)
    known = set(
        Case.objects.visible_to(actor).filter(pk__in=[one.case_id for one in rows]).values_list("pk", flat=True)
    )
    office = reads.makes_rota(actor, day)
    return [
        _waiting(one, one.case_id in known, office=office and day.on <= today, here=day.on == today) for one in rows
    ]


def _waiting(booking: Booking, known: bool, *, office: bool, here: bool) -> Waiting:
    case = booking.case
    steps = [step for step in VISIT.possible(booking.status) if step.may and (here or step.act != "arrive")]
    return Waiting(
        booking=booking,
        chip=Shown(CHIPS[booking.status], booking.state.staff),
        number=case.number if known else "",
        title=case.shown_title if known else case.summary if case.released_at else "",
        href=reverse("desk:case", args=[case.pk]) if known else "",
        steps=tuple(steps) if office else (),
    )


# --- talks ----------------------------------------------------------------------------------------------------------------


def candidate_rows(
    cases: Iterable[Any], labels: Mapping[str, str], at: datetime, rules: Mapping[Any, Any]
) -> list[Line]:
    """Matters worth an invitation, each with why."""
    rows = []
    for case in cases:
        why = [labels.get(code, "") for code in reads.invitable(case, rules[case.holder_id], at, people=case.people)]
        open_days = (at - case.registered_at).days
        rows.append(
            Line(
                title=case.shown_title,
                href=reverse("desk:case", args=[case.pk]),
                clock=Shown("none", case.state.staff),
                facts=(case.number, "、".join(why), f"{case.people} 人", f"{open_days} 天没有办结"),
                who=(case.officer.person.name if case.officer else "", ""),
                act="约谈",
                act_href=reverse("desk:talk-new", args=[case.pk]),
            )
        )
    return rows


def talk_rows(actor: Member, talks: Iterable[Any], today: date) -> list[Line]:
    """Talks as a list; one who may not read the case sees the talk's code."""
    shown = list(talks)
    known = set(
        Case.objects.visible_to(actor).filter(pk__in=[one.case_id for one in shown]).values_list("pk", flat=True)
    )
    return [_talk_row(talk, talk.case_id in known, today) for talk in shown]


def _talk_row(talk: Any, known: bool, today: date) -> Line:
    late = talk.status == "sent" and talk.on < today
    chip = Shown("late", "没有登记结果") if late else Shown("ok" if talk.status == "sent" else "done", talk.state.staff)
    answers = f"{talk.coming} 位会来" if talk.answered else "还没有人回"
    return Line(
        title=talk.case.shown_title if known else f"约访 {talk.code}",
        href=reverse("desk:talk", args=[talk.pk]),
        clock=Shown("none", "取消了") if talk.status == "cancelled" else chip,
        facts=(talk.case.number if known else "", f"{day_name(talk.on, today)} {talk.begins:%H:%M}", talk.place,
               answers if talk.status == "sent" else ""),
        who=(talk.leader.person.name, ""),
        act="",
        act_href="",
    )  # fmt: skip


# --- 今日 -----------------------------------------------------------------------------------------------------------------


def reception_day(actor: Member, days: Days) -> Day:
    """Today's reception and what of it waits (constant queries)."""
    rows = reads.days(actor).order_by("on", "begins", "pk")
    units = [unit.pk for unit in reads.reception_units(actor)]
    near = rows.filter(on=days.today, status__in=("planned", "announced"))
    if not units:
        near = near.filter(leader__person=actor.person_id)
    else:
        near = near.filter(unit__in=units) | near.filter(leader__person=actor.person_id)
    shown = list(near[:SHORT])
    here = reverse("desk:reception")
    group = Group("reception", "今天接待", reception_rows(actor, shown, days.today), len(shown), here)
    notes = _notes(actor, units, days) if units else ()
    return Day((), (group,) if shown else (), notes)


def _notes(actor: Member, units: list[Any], days: Days) -> tuple[Duty, ...]:
    own = reads.days(actor).filter(unit__in=units)
    here = reverse("desk:reception")
    n = own.order_by().aggregate(
        late=Count("pk", filter=Q(on__lt=days.today, status__in=("planned", "announced"))),
        plain=Count("pk", filter=Q(on__gte=days.today, status="planned")),
    )
    talks = InvitedTalk.objects.visible_to(actor).filter(unit__in=units, status="sent", on__lt=days.today).count()
    notes = (
        Duty(n["late"], "天接待过了，没有登记结果", f"{here}?state=late"),
        Duty(n["plain"], "天接待排好了，还没有公告", reverse("desk:reception-announce")),
        Duty(talks, "次约访过了，没有登记结果", f"{reverse('desk:talks')}?tab=talks"),
    )
    return tuple(note for note in notes if note.n)
