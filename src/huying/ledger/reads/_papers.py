"""What stands on the forms of a case, as far as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone

from huying.cases.lifecycle import CASE, FLOW
from huying.cases.models import Case
from huying.cases.reads import rules_of
from huying.cases.rules import Standing
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item, ItemEvent, Telling
from huying.handling.reads import get_for as item_of_department
from huying.handling.reads import items_of, tellings
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.ledger.form1 import Form1, Remark
from huying.ledger.form2 import Chart, Inside, chart
from huying.ledger.form3 import Form3, Track
from huying.ledger.reads._rows import category_of, day_of
from huying.mechanism.rules import Rules

_BOXES = {"talk": "talk", "phone": "phone", "relay": "relay", "online": "web"}


def item_for(actor: Actor, item_id: UUID) -> Item:
    """An item for those who may have its masked papers: its department and its unit's management head, and the unions that
    may know of the case; ``NotYours`` otherwise."""
    try:
        return item_of_department(actor, item_id)
    except NotYours:
        rows = Item.objects.filter(pk=item_id, case__in=Case.objects.visible_to(actor))
        found = rows.select_related("department__unit", "handler__person", "case__rules").first()
        if found is None:
            raise
        return found


# --- form 1 -----------------------------------------------------------------------------------------------------------


def form1_of(case: Case, *, applicant: str, phone: str, issuer: str, on: date) -> Form1:
    """Form 1 of a case: the released text, with the applicant as the caller may show it (MY-A1)."""
    rules = rules_of(case)
    boxes = {one.code: _BOXES[one.box] for one in rules.all_channels()}
    accepted = case.events.filter(act="accept").order_by("-at").first()
    opinion: tuple[Remark, ...] = ()
    if accepted is not None:
        opinion = (Remark(f"{accepted.label}。", accepted.who, timezone.localdate(accepted.at)),)
    items = case.items.exclude(status="dropped").select_related("department").order_by("given_at")
    return Form1(
        channel=boxes.get(case.channel, ""),
        number=case.number,
        received_on=day_of(case.received_at),
        category=category_of(rules, case),
        applicant=applicant,
        unit=case.place.name,
        phone=phone,
        words=case.summary if case.released_at else "（公开摘要还没有写）",
        opinion=opinion,
        measures=tuple(_measure(item) for item in items),
        issuer=issuer,
        printed_on=on,
    )


def _measure(item: Item) -> Remark:
    """What a department was given to do, and what it reported."""
    text = f"{item.measure}\n{item.report}" if item.report else item.measure
    return Remark(text, item.department.name, day_of(item.reported_at) or item.done_on)


def form1_of_item(item: Item, on: date) -> Form1:
    """The masked copy for the department: its own code and brief; nothing that says who, when or how many."""
    return Form1(
        number=f"事项 {item.code}",
        applicant="（保密）",
        unit="（略）",
        phone="（保密）",
        words=item.brief,
        measures=(_measure(item),),
        masked=True,
        issuer=item.department.unit.name,
        printed_on=on,
    )


# --- form 2 -----------------------------------------------------------------------------------------------------------


def limits_in_words(rules: Rules) -> dict[str, str]:
    """The limits in force as the chart says them, by code."""
    found = {code: rules.clock(code) for code in rules.clock_codes()}
    return {code: f"{one.label}：{one.starts}后 {one.rule.label}内" for code, one in found.items()}


def chart_of(case: Case, *, on: date | None = None) -> Chart:
    """Form 2 of a case: the table that runs, where the case and its items stand now (MY-A2)."""
    now = set(case.items.filter(round=case.round).values_list("status", flat=True))
    return chart(
        CASE,
        FLOW,
        inside=Inside("handling", ITEM, now if case.status == "handling" else ()),
        here=case.status,
        limits=limits_in_words(rules_of(case)),
        number=case.number,
        issuer=case.holder.name,
        printed_on=on,
    )


def general_chart(rules: Rules | None = None, *, issuer: str = "") -> Chart:
    """Form 2 without a case, to hang on a wall; with the limits of the rules given."""
    limits = limits_in_words(rules) if rules else {}
    return chart(CASE, FLOW, inside=Inside("handling", ITEM), limits=limits, issuer=issuer)


# --- form 3 -----------------------------------------------------------------------------------------------------------


def form3_of(case: Case, stand: Standing, *, on: date) -> list[Form3]:
    """Form 3 of a case, a sheet for each item: what its department said, its written report, what the workers were told
    (MY-A3).  The telling is for the union that has the case."""
    blank = blank_form3(rules_of(case))
    told = list(tellings(case)) if stand.office else []
    about = {"number": case.number, "issuer": case.holder.name, "printed_on": on}
    sheets = [
        _sheet(
            blank,
            item,
            department="、".join([item.department.name, *_helping(item)]),
            results=(*_reported(item), *_told(one for one in told if one.round == item.round)),
            **about,
        )
        for item in items_of(case)
        if item.status != "dropped"
    ]
    return sheets or [_worded(blank, results=_told(told), **about)]


def form3_of_item(item: Item, on: date) -> Form3:
    """The department's own form 3: its entries and its report, by the item's code."""
    return _sheet(
        blank_form3(rules_of(item.case)),
        item,
        number=f"事项 {item.code}",
        department=item.department.name,
        results=_reported(item),
        masked=True,
        issuer=item.department.unit.name,
        printed_on=on,
    )


def blank_form3(rules: Rules | None) -> Form3:
    """Form 3 as the packs in force word it, with nothing filled in."""
    form = next((one for one in rules.forms() if one.code == "progress"), None) if rules else None
    if rules is None or form is None:
        return Form3()
    states = tuple((one.code, one.label) for one in rules.options("progress").choices)
    labels = {field.code: field.label for field in form.fields}
    plain = Form3()
    return Form3(
        title=form.label,
        states=states,
        tracked_on=labels.get("tracked_on", plain.tracked_on),
        result=labels.get("result", plain.result),
    )


def _sheet(blank: Form3, item: Item, **about: object) -> Form3:
    events = [one for one in item.events.all() if one.state and not one.union_only]
    events.sort(key=lambda one: (one.at, one.version))
    tracks = tuple(_track(one, dict(blank.states)) for one in events)
    return _worded(blank, measure=item.measure, tracks=tracks, **about)


def _worded(blank: Form3, **filled: object) -> Form3:
    words = {name: getattr(blank, name) for name in ("title", "tracked_on", "result", "states")}
    return Form3(**words, **filled)  # type: ignore[arg-type]


def _track(event: ItemEvent, states: dict[str, str]) -> Track:
    """One entry; what its label says beyond the box (entered later than it was done) stands behind the words."""
    more = event.label.removeprefix(states.get(event.state, ""))
    return Track(timezone.localdate(event.at), event.state, event.text + more, event.who)


def _helping(item: Item) -> list[str]:
    return [f"{one.department.name}（协办）" for one in item.helping.all()] if getattr(item, "helped", False) else []


def _reported(item: Item) -> tuple[Remark, ...]:
    return (Remark(item.report, item.department.name, day_of(item.reported_at)),) if item.report else ()


def _told(rows: Iterable[Telling]) -> tuple[Remark, ...]:
    """What the workers were told; said to several in the same words on one day, it stands once."""
    said = {(row.how, row.text, row.told_on, row.post.person.name): row for row in rows}
    return tuple(
        Remark(f"{row.get_how_display()}{row.get_kind_display()}：{row.text}", row.post.person.name, row.told_on)
        for row in said.values()
    )
