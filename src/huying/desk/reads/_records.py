"""What the desk shows of work records: rows of lists, what stands out, the ledger of cadres at the grassroots (SX-19a)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.desk.reads._cases import Line, Shown
from huying.desk.reads._today import Duty
from huying.feedback.models import Survey
from huying.feedback.reads import outside_words
from huying.fieldwork import reads
from huying.fieldwork.models import Presence, Record, RecordCase
from huying.fieldwork.rules import DAY
from huying.mechanism.reads import rules_of_units
from huying.mechanism.rules import FormField, Rules
from huying.org.rules import Member
from huying.papers import reads as papers

PAPER = Path(__file__).resolve().parent.parent / "papers" / "cadre_ledger.typ"
FORM = "cadre_ledger"
CLASHES = {"two_places": "同一时间在两个地方", "too_long": f"一天里加起来超过 {DAY // 60} 小时"}
# The seven fields of SX-19a, for unions that have not adopted the document and keep the ledger all the same.
SEVEN = ("leading", "cadres", "time", "opinions", "matters", "results", "ratings")
_LABELS = ("组织领导", "参与干部", "驻点时间", "职工意见", "所办事项", "办理结果", "职工评价")


def record_day(actor: Member, today: date) -> list[Duty]:
    """What 今日 says: visits to confirm, things settled and not done."""
    notes = [Duty(reads.waiting(actor).count(), "次来访等确认", reverse("desk:visits"))]
    if reads.offices(actor):
        overdue = reads.open_points(actor).filter(due_on__lt=today).count()
        notes.append(Duty(overdue, "件联席会议议定的事过了期", reverse("desk:record_points")))
    return [one for one in notes if one.n]


def kind_labels(records: Iterable[Record], today: date) -> dict[tuple[UUID, str], str]:
    """What each record's kind is called where it was written."""
    records = list(records)
    rules = rules_of_units([record.union for record in records], today) if records else {}
    return {(record.union_id, record.kind): _label(rules.get(record.union_id), record.kind) for record in records}


def _label(rules: Rules | None, code: str) -> str:
    """The kind's name; one that the documents no longer know is shown as it is."""
    found = next((kind.label for kind in rules.records() if kind.code == code), None) if rules else None
    return found or code


def span_words(record: Record) -> str:
    """When and how long, in a few characters."""
    hours = f"{record.minutes / 60:g} 小时"
    if record.until != record.on:
        return f"{_day(record.on)}至{_day(record.until)}，每天 {hours}"
    return f"{record.begins:%H:%M} 起 {hours}" if record.begins else hours


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@dataclass(frozen=True)
class RecordLine(Line):
    """One record in a list, by its day; ``clock`` says whether the other side confirmed it."""

    on: date


def record_rows(records: Sequence[Record], actor: Member, today: date) -> list[RecordLine]:
    """Rows of a list (a constant number of queries)."""
    labels, cases = kind_labels(records, today), reads.cases_of(actor, records)
    rules = rules_of_units([record.union for record in records], today) if records else {}
    late = {unit: found.count("record_late_days").value for unit, found in rules.items()}
    return [_row(record, labels, cases.get(record.pk, []), late) for record in records]


def _row(
    record: Record, labels: Mapping[tuple[UUID, str], str], cases: Sequence[RecordCase], late: Mapping[UUID, int]
) -> RecordLine:  # fmt: skip
    label, href = labels[(record.union_id, record.kind)], reverse("desk:record", args=[record.pk])
    place = record.place.name if record.place else record.where
    title = "，".join(part for part in (label, record.theme or place) if part)
    facts = [span_words(record), place if record.theme else ""]
    facts += [f"见到职工 {record.workers_met} 人" if record.workers_met else ""]
    facts += [f"事项 {len(cases)} 件" if cases else ""]
    facts += ["补记" if reads.late_of(record, late.get(record.union_id, 0)) else ""]
    names = "、".join(one.person.name for one in record.people.all())
    return RecordLine(
        title=title, href=href, clock=_chip(record), on=record.on, facts=tuple(facts),
        who=(names, record.union.name), act="", act_href=href,
    )  # fmt: skip


def _chip(record: Record) -> Shown | None:
    if record.withdrawn_at is not None:
        return Shown("none", "已撤回")
    if record.presence == Presence.DENIED:
        return Shown("soon", "对方说没来")
    if record.presence == Presence.CONFIRMED:
        return Shown("done", "对方已确认")
    return Shown("none", "等对方确认") if record.presence == Presence.ASKED else None


def clash_words(actor: Member, record: Record) -> list[tuple[str, list[tuple[str, str]]]]:
    """What cannot be true beside a record, each with the other records as links."""
    found = []
    for name, clash, others in reads.clashes_of(actor, record):
        links = [(f"{_day(one.on)} {span_words(one)}", reverse("desk:record", args=[one.pk])) for one in others]
        found.append((f"{name} {_day(clash.day)}{CLASHES[clash.kind]}。", links))
    return found


# --- the ledger of cadres at the grassroots (SX-19a) -----------------------------------------------------------------------


@dataclass(frozen=True)
class LedgerRow:
    """One record in the words of the ledger's form, field by field."""

    record: Record
    label: str
    cells: Mapping[str, str]


def ledger_fields(rules: Rules) -> list[tuple[str, str]]:
    """Code and heading of each column, as the adopted document has them."""
    form = next((form for form in rules.forms() if form.code == FORM), None)
    fields: Sequence[FormField] = form.fields if form else ()
    return [(one.code, one.label) for one in fields] or list(zip(SEVEN, _LABELS, strict=True))


def ledger_rows(records: Iterable[Record], actor: Member, today: date) -> Iterator[LedgerRow]:
    """Records as lines of the ledger, in batches, so that a long one streams."""
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == 200:
            yield from _lines(batch, actor, today)
            batch = []
    if batch:
        yield from _lines(batch, actor, today)


def _lines(records: Sequence[Record], actor: Member, today: date) -> Iterator[LedgerRow]:
    labels, links = kind_labels(records, today), reads.cases_of(actor, records)
    ratings = _ratings([link.case for found in links.values() for link in found])
    for record in records:
        label = labels[(record.union_id, record.kind)]
        cells = _cells(record, label, [link.case for link in links.get(record.pk, [])], ratings, actor)
        yield LedgerRow(record, label, cells)


def _cells(
    record: Record, label: str, cases: Sequence[Case], ratings: Mapping[UUID, str], actor: Member
) -> dict[str, str]:  # fmt: skip
    people = list(record.people.all())
    leaders = [one.person.name for one in people if one.leads]
    words = reads.words_of(record) if reads.opens(actor, record) else None
    place = "，".join(part for part in (record.place.name if record.place else "", record.where) if part)
    when = _day(record.on) if record.until == record.on else ""
    done = [words.done] if words else []
    return {
        "leading": f"{record.union.name}{'，' if leaders else ''}{'、'.join(leaders)}{'带队' if leaders else ''}",
        "cadres": "、".join(one.person.name for one in people),
        "time": " ".join(part for part in (when, span_words(record), place) if part),
        "opinions": words.heard if words else "（由本级工会保存）",
        "matters": "；".join([label, *[f"{case.number} {case.shown_title}" for case in cases]]),
        "results": "；".join(
            part.rstrip("。") for part in (*done, *[f"{case.number} {case.state.staff}" for case in cases]) if part
        ),
        "ratings": "；".join(dict.fromkeys(ratings[case.pk] for case in cases if ratings.get(case.pk))),
    }


def _ratings(cases: Sequence[Case]) -> dict[UUID, str]:
    """The joint grade of each case's last signed survey; too few answers give none (secrecy.md)."""
    by_id = {case.pk: case for case in cases}
    surveys = (
        Survey.objects.filter(case__in=by_id, signed_at__isnull=False).prefetch_related("answers").order_by("round")
    )
    units = {case.holder_id: case.holder for case in cases}
    rules = (
        rules_of_units(units.values(), max(timezone.localdate(case.registered_at) for case in cases)) if cases else {}
    )
    return {
        survey.case_id: outside_words(
            survey, rules[by_id[survey.case_id].holder_id], [one.counts_as for one in survey.answers.all()]
        )
        for survey in surveys
    }


def book_of(record: Record, label: str) -> list[Any]:
    """A record as a line of the plain workbook: what the list shows, no words."""
    place = record.place.name if record.place else ""
    return [
        record.on, record.until, record.begins.strftime("%H:%M") if record.begins else "", record.minutes / 60, label,
        record.theme, place, record.where, "、".join(one.person.name for one in record.people.all()), record.union.name,
        record.workers_met, record.managers_met, timezone.localtime(record.at), record.get_presence_display(),
        record.withdrawn_because,
    ]  # fmt: skip


BOOK = ("日期", "到", "开始", "每天小时", "种类", "主题", "单位", "地点", "参加的人", "工会", "见到职工", "见到经营管理人员",
        "交到", "对方确认", "撤回的理由")  # fmt: skip


def printed_ledger(title: str, issuer: str, on: date, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """The ledger on paper."""
    data = {"title": title, "issuer": issuer, "printed_on": on.isoformat(), "heads": list(heads), "rows": list(rows)}
    return papers.pdf(PAPER, data)
