"""What is counted of the rooms below: meetings, limits, surveys, archived cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, F, Min, OuterRef, Q, QuerySet, When
from django.db.models import Case as Either
from django.db.models.functions import TruncDate, TruncMonth
from django.utils import timezone

from huying.cases.models import Case, Clock, Party, Recusal
from huying.duties.rules import Asked, Counted, Counter, Deed, Figure, register
from huying.feedback.models import Survey
from huying.handling.models import Item, Telling
from huying.kernel.memory import remember
from huying.mechanism.reads import calendar, rules_kept
from huying.meetings.models import Meeting
from huying.meetings.rules import SEAT_OF, chairing_seat
from huying.org.models import Role

MOST = 200  # deeds listed behind one figure


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return timezone.make_aware(datetime.combine(day, time()))


def seen_cases(asked: Asked) -> QuerySet[Case]:
    """Cases that count: never those that name the reader."""
    rows = Case.objects.exclude(status__in=("spam", "merged", "withdrawn"))
    return rows.not_naming(asked.blind) if asked.blind is not None else rows


# --- consultation meetings (MY-3.2.3a) --------------------------------------------------------------------------------


def _meetings(asked: Asked) -> list[Meeting]:
    """Consultation meetings held in the span with signed minutes, chaired by the seat that chairs or with a reason."""
    rows = Meeting.objects.filter(
        unit__in=asked.units, kind="consultation", status="signed",
        starts_at__gte=midnight(asked.since), starts_at__lt=midnight(asked.until),
    ).select_related("chair")  # fmt: skip
    if asked.blind is not None:
        keys = list(asked.blind.keys)
        named = Recusal.objects.filter(key__in=keys, case__topics__topic__places__meeting=OuterRef("pk"))
        rows = rows.exclude(Exists(named))
    return [row for row in rows.order_by("-starts_at") if _well_chaired(row)]


def _well_chaired(meeting: Meeting) -> bool:
    seat = chairing_seat(rules_kept(meeting.rules_id), meeting.kind)
    return not seat or SEAT_OF.get(Role(meeting.chair.role)) == seat or bool(meeting.chair_because)


def _count_meetings(asked: Asked) -> Iterator[Counted]:
    for meeting in _meetings(asked):
        yield Counted(meeting.unit_id, timezone.localdate(meeting.starts_at), Figure(done=1))


def _deeds_of_meetings(asked: Asked) -> list[Deed]:
    return [Deed("meeting", one.pk, timezone.localdate(one.starts_at), "met") for one in _meetings(asked)]


# --- limits of cases (MY-3.2.4a, MY-3.2.4b) -------------------------------------------------------------------------------


LIMITS = ("report", "tell")


def _clocks(asked: Asked, *codes: str) -> QuerySet[Clock]:
    """Limits that end in the span, of matters that were not dropped."""
    dropped = Item.objects.filter(pk=OuterRef("subject"), status="dropped")
    return (
        Clock.objects.filter(code__in=codes, unit__in=asked.units, due_on__gte=asked.since, due_on__lt=asked.until)
        .filter(case__in=seen_cases(asked).order_by().values("pk"))
        .exclude(Exists(dropped))
    )


def _late(on: date) -> Q:
    return Q(late=True) | Q(stopped_at__isnull=True, paused_on__isnull=True, due_on__lt=on)


def _months(asked: Asked) -> list[Any]:
    """Of every limit month by month how many were kept, missed, run."""
    kept = Q(stopped_at__isnull=False, late=False)
    rows = _clocks(asked, *LIMITS).order_by().values("code", "unit", month=TruncMonth("due_on"))
    rows = rows.annotate(
        done=Count("pk", filter=kept), missed=Count("pk", filter=_late(asked.on)), every=Count("pk"),
        next=Min("due_on", filter=Q(stopped_at__isnull=True)),
    )  # fmt: skip
    return remember(("limits", *asked.key), lambda: list(rows))


def _count_clocks(code: str) -> Any:
    def count(asked: Asked) -> Iterator[Counted]:
        for row in (one for one in _months(asked) if one["code"] == code):
            running = row["every"] - row["done"] - row["missed"]
            yield Counted(row["unit"], row["month"], Figure(row["done"], row["missed"], running, row["next"]))

    return count


def _deeds_of_clocks(code: str) -> Any:
    def deeds(asked: Asked) -> list[Deed]:
        late = _clocks(asked, code).filter(_late(asked.on)).order_by("due_on")[:MOST]
        running = (
            _clocks(asked, code).filter(stopped_at__isnull=True).exclude(_late(asked.on)).order_by("due_on")[:MOST]
        )
        return [
            *(Deed("case", one.case_id, one.due_on, "missed", _how_late(one, asked.on)) for one in late),
            *(Deed("case", one.case_id, one.due_on, "open", "还在期限内") for one in running),
        ]

    return deeds


def _how_late(clock: Clock, on: date) -> str:
    ended = timezone.localdate(clock.stopped_at) if clock.stopped_at else on
    return f"{'晚' if clock.stopped_at else '超期'} {max(1, (ended - clock.due_on).days)} 天"


# --- surveys (MY-3.2.5a, MY-3.2.5c) ----------------------------------------------------------------------------------------


def _told(asked: Asked) -> QuerySet[Any]:
    """Cases told in the span: their time to be rated began."""
    rows = Clock.objects.filter(
        code="survey", case__holder__in=asked.units, start_day__gte=asked.since, start_day__lt=asked.until
    )
    asked_for = Survey.objects.filter(case=OuterRef("case"), opened_at__gte=OuterRef("started_at"))
    rows = rows.filter(case__in=seen_cases(asked).order_by().values("pk"))
    return rows.annotate(surveyed=Exists(asked_for))


def _count_surveys(asked: Asked) -> Iterator[Counted]:
    rows = _told(asked).order_by().values("case__holder", "surveyed", day=F("start_day"))
    for row in rows.annotate(n=Count("pk")):
        yield Counted(
            row["case__holder"], row["day"], _kept(row["surveyed"], row["day"] < asked.on, row["n"], row["day"])
        )


def _kept(kept: bool, over: bool, n: int, due_on: date) -> Figure:
    """So many that were kept, or not though their time is over, or not yet."""
    if kept:
        return Figure(done=n)
    return Figure(missed=n) if over else Figure(running=n, due_on=due_on)


def _deeds_of_surveys(asked: Asked) -> list[Deed]:
    rows = _told(asked).filter(surveyed=False).order_by("start_day")[:MOST]
    return [Deed("case", one.case_id, one.start_day, "missed", "告知了，还没有发出测评") for one in rows]


def _ended(asked: Asked) -> QuerySet[Any]:
    """Surveys of the present round that ended in the span."""
    rows = Survey.objects.filter(
        case__holder__in=asked.units, closed_at__gte=midnight(asked.since), closed_at__lt=midnight(asked.until)
    )
    return rows.filter(round=F("case__round"), case__in=seen_cases(asked).order_by().values("pk"))


def _count_signed(asked: Asked) -> Iterator[Counted]:
    rows = _ended(asked).order_by().values("case__holder", ended=TruncDate("closed_at"), signed=TruncDate("signed_at"))
    work = calendar()
    for row in rows.annotate(n=Count("pk")):
        due = asked.rules[row["case__holder"]].due("sign", row["ended"], work)[0].on
        signed: date | None = row["signed"]
        over = (signed if signed is not None else asked.on) > due
        kept = signed is not None and not over
        yield Counted(row["case__holder"], row["ended"], _kept(kept, over, row["n"], due))


def _deeds_of_signed(asked: Asked) -> list[Deed]:
    work, found = calendar(), []
    for one in _ended(asked).select_related("case").order_by("closed_at"):
        ended = timezone.localdate(one.closed_at)
        due = asked.rules[one.case.holder_id].due("sign", ended, work)[0].on
        signed = timezone.localdate(one.signed_at) if one.signed_at else None
        if (signed or asked.on) > due:
            found.append(Deed("case", one.case_id, due, "missed", "签字晚了" if signed else "测评结束了，还没有签字"))
        elif signed is None:
            found.append(Deed("case", one.case_id, due, "open", "等督办人签字"))
    return sorted(found, key=lambda deed: deed.state != "missed")[:MOST]


# --- the ledger (MY-3.2.6) --------------------------------------------------------------------------------------------------

GAPS = (
    ("no_words", "没有公开摘要"),
    ("no_item", "没有办理措施"),
    ("no_report", "有事项没有书面反馈"),
    ("no_telling", "没有告知记录"),
    ("no_survey", "没有测评"),
    ("no_signature", "测评没有签字"),
)


def _archived(asked: Asked) -> QuerySet[Any]:
    """Cases archived in the span, each with what its story lacks."""
    now = {"case": OuterRef("pk"), "round": OuterRef("round")}
    people = Party.objects.filter(
        Q(case=OuterRef("pk")) | Q(case__merged_into=OuterRef("pk")), withdrawn_at__isnull=True, erased_at__isnull=True
    )
    items = Item.objects.filter(**now).exclude(status="dropped")
    settled = Q(Exists(items)) | Q(events__act__in=("settle", "solved_above"))
    surveys = Survey.objects.filter(**now)
    rows = seen_cases(asked).filter(
        holder__in=asked.units, status="archived",
        closed_at__gte=midnight(asked.since), closed_at__lt=midnight(asked.until),
    )  # fmt: skip
    done = Case.objects.filter(settled, pk=OuterRef("pk"))
    return rows.annotate(
        no_words=Q(title="") | Q(summary=""),
        no_item=~Exists(done),
        no_report=Exists(items.exclude(status="reported")),
        no_telling=Exists(people) & ~Exists(Telling.objects.filter(**now)),
        no_survey=~Exists(surveys),
        no_signature=Exists(surveys.filter(signed_at__isnull=True)),
    )


def _gap() -> Q:
    found = Q()
    for name, _ in GAPS:
        found |= Q(**{name: True})
    return found


def _count_complete(asked: Asked) -> Iterator[Counted]:
    lacks = Either(When(_gap(), then=True), default=False, output_field=BooleanField())
    rows = _archived(asked).annotate(lacks=lacks).order_by().values("holder", "lacks", month=TruncMonth("closed_at"))
    for row in rows.annotate(n=Count("pk")):
        day = timezone.localdate(row["month"])
        yield Counted(row["holder"], day, Figure(missed=row["n"]) if row["lacks"] else Figure(done=row["n"]))


def _deeds_of_complete(asked: Asked) -> list[Deed]:
    rows = _archived(asked).filter(_gap()).order_by("closed_at")[:MOST]
    return [Deed("case", one.pk, timezone.localdate(one.closed_at), "missed", _lacks(one)) for one in rows]


def _lacks(case: Case) -> str:
    return "、".join(words for name, words in GAPS if getattr(case, name))


# --- what moved ---------------------------------------------------------------------------------------------------------------


def _meetings_moved(since: datetime) -> set[UUID]:
    return set(Meeting.objects.filter(moved_at__gte=since).order_by().values_list("unit", flat=True))


def _cases_moved(since: datetime) -> set[UUID]:
    """Unions whose cases moved, and those whose limits run in such a case."""
    moved = Case.objects.filter(moved_at__gte=since).order_by()
    limits = Clock.objects.filter(case__in=moved.values("pk")).order_by()
    return {*moved.values_list("holder", flat=True), *limits.values_list("unit", flat=True)}


register("consultation_meeting", Counter(_count_meetings, _deeds_of_meetings, _meetings_moved))
register("written_report", Counter(_count_clocks("report"), _deeds_of_clocks("report"), _cases_moved))
register("telling", Counter(_count_clocks("tell"), _deeds_of_clocks("tell"), _cases_moved))
register("survey", Counter(_count_surveys, _deeds_of_surveys, _cases_moved))
register("survey_signed", Counter(_count_signed, _deeds_of_signed, _cases_moved))
register("complete_story", Counter(_count_complete, _deeds_of_complete, _cases_moved))
