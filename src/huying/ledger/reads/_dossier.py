"""The dossier of a case for printing, as much of it as its reader may read on the page (secrecy.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch
from django.utils import timezone

from huying.cases.models import Case, CaseFile
from huying.cases.reads import joined, rules_of, story
from huying.cases.rules import Standing
from huying.climb.lifecycle import RUNG
from huying.climb.reads import ladder
from huying.feedback.reads import outside_words, results
from huying.files.reads import name as name_of
from huying.handling.lifecycle import ITEM
from huying.handling.models import Item, ItemEvent, ItemFile
from huying.handling.reads import items_of, tellings
from huying.kernel.actors import Actor
from huying.ledger.dossier import Dossier, Entry, Section
from huying.ledger.form1 import Form1, chinese
from huying.ledger.reads._form4 import form4_of
from huying.ledger.reads._papers import form3_of
from huying.ledger.reads._rows import category_of, channel_of, day_of
from huying.ledger.rules import LOOKS, TALK
from huying.meetings.models import Agreed, Place, Topic
from huying.meetings.reads import heading_of

ROUND = ("circulated", "signed")  # minutes that were sent round
NO_TITLE = "（待写公开摘要）"


def dossier_of(case: Case, stand: Standing, form1: Form1, *, by: Actor, on: date) -> Dossier:
    """Cover, contents, form 1 (as filled for this reader), form 3, history, meetings, the climb, reports, tellings, ratings,
    attachments.

    What is sealed is not in it, whoever prints it: paper cannot say who read it.
    """
    items = items_of(case)
    sections = (
        Section("办理经过", _story(case, items, stand)),
        Section("协商会议", _meetings(case, by)),
        Section("逐级上报", _climb(case)),
        Section("承办部门书面反馈", _reports(items), "书面"),
        Section("告知记录", _tellings(case) if stand.office else ()),
        Section("满意度测评", _ratings(case, stand)),
        Section("附件清单", _files(case, items, stand), "原件密封，不在卷内" if stand.office else ""),
    )
    return Dossier(
        number=case.number,
        name=case.title if case.released_at else NO_TITLE,
        facts=_facts(case),
        form1=form1,
        sheets=tuple(form3_of(case, stand, on=on)),
        surveys=tuple(one for one in form4_of(case, stand, each=False, on=on) if one.surveyed_on),
        sections=tuple(one for one in sections if one.entries),
        issuer=case.holder.name,
        printed_on=on,
    )


def _facts(case: Case) -> tuple[tuple[str, str], ...]:
    rules, ended = rules_of(case), case.archived_at or case.closed_at
    return (
        ("编号", case.number),
        ("单位", case.place.name if case.place_id == case.unit_id else f"{case.unit.name} {case.place.name}"),
        ("承办工会", case.holder.name),
        ("责任人", case.officer.person.name if case.officer else ""),
        ("受理方式", channel_of(rules, case)),
        ("类别", category_of(rules, case)),
        ("收到", chinese(day_of(case.received_at))),
        ("归档" if case.archived_at else "办结", chinese(day_of(ended))),
        ("状态", case.state.staff if ended is None else ""),
    )


def _story(case: Case, items: Iterable[Item], stand: Standing) -> tuple[Entry, ...]:
    """The history of case and items, oldest first, by days; talk and looks stay on the page."""
    lines = [
        (event.at, event.pk, event.label, event.text if stand.reads_words(event.act) else "", event.who)
        for event in story(case)
        if _printed(event.act)
    ]
    for item in items:
        for event in item.events.all():
            if event.act != "give" and _printed(event.act):
                words = event.text if stand.reads_words(event.act, departments_own=not event.union_only) else ""
                lines.append((event.at, event.pk, _item_title(item, event), words, event.who))
    return tuple(Entry(timezone.localdate(at), title, text, who) for at, _, title, text, who in sorted(lines))


def _printed(act: str) -> bool:
    return act == "tell" or act not in TALK | LOOKS


def _item_title(item: Item, event: ItemEvent) -> str:
    step = ITEM.by_act.get(event.act)
    own = step is not None and step.may == "items"
    return f"{item.department.name}：{event.label}" if own else f"{event.label}（{item.department.name}）"


def _meetings(case: Case, by: Actor) -> tuple[Entry, ...]:
    """What meetings made of the topics the case stands in, once their minutes were sent round; topics this reader may read."""
    stands = Agreed.objects.filter(dropped_at__isnull=True).select_related("department").order_by("at", "id")
    known = Topic.objects.visible_to(by).filter(gathered__case=case)
    rows = Place.objects.filter(topic__in=known, left_at__isnull=True, meeting__status__in=ROUND).exclude(result="")
    rows = rows.select_related("meeting", "topic").prefetch_related(Prefetch("agreed", stands))
    found = []
    for place in rows.order_by("meeting__starts_at", "order"):
        meeting = place.meeting
        agreed = [
            f"{one.measure.strip().rstrip('。')}。{one.department.name}，{chinese(one.deadline)}前。"
            for one in place.agreed.all()
        ]
        lines = [place.get_result_display(), place.result_text, place.get_next_way_display() or "", *agreed]
        text = "\n".join(line for line in lines if line)
        found.append(Entry(timezone.localdate(meeting.starts_at), f"{meeting.title}：{heading_of(place)}", text))
    return tuple(found)


def _climb(case: Case) -> tuple[Entry, ...]:
    """Every level it was sent to: why, what was tried, what came back."""
    found = []
    for rung in ladder(case):
        text = f"理由：{rung.reason}\n已经做过：{rung.tried}"
        by = rung.sent_by.person.name if rung.sent_by else ""
        found.append(Entry(timezone.localdate(rung.sent_at), f"{rung.sent_from.name}报{rung.unit.name}", text, by))
        if rung.answer and rung.answered_at:
            who = rung.answered_by.person.name if rung.answered_by else ""
            title = f"{rung.unit.name}：{RUNG.by_code[rung.status].staff}"
            found.append(Entry(timezone.localdate(rung.answered_at), title, rung.answer, who))
    return tuple(found)


def _reports(items: Iterable[Item]) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            day_of(item.reported_at),
            f"{item.department.name}（事项 {item.code}）",
            item.report,
            item.handler.person.name,
        )
        for item in items
        if item.report
    )


def _tellings(case: Case) -> tuple[Entry, ...]:
    """Each telling without whom it was told to."""
    rows = {(row.round, row.how, row.text, row.told_on): row for row in tellings(case)}
    found = [
        Entry(row.told_on, f"{row.get_how_display()}{row.get_kind_display()}", row.text, row.post.person.name)
        for row in rows.values()
    ]
    return tuple(sorted(found, key=lambda one: one.on or date.min))


def _ratings(case: Case, stand: Standing) -> tuple[Entry, ...]:
    """Joint figures of each round that is over; outside the union that has the case one joint grade of a signed one."""
    rules, found = rules_of(case), []
    for one in reversed(results(case)):
        signed = one.survey.signed_by.person.name if one.survey.signed_by else ""
        if stand.office and one.survey.closed_at:
            grades = "，".join(f"{label} {n}" for label, n in one.grades if n) or "没有人评价"
            text = f"问了 {one.asked} 人，{one.answered} 人评价：{grades}。" + ("已由督办人签字。" if signed else "")
        elif words := outside_words(one.survey, rules, one.all_counts):
            text = f"{words}。"
        else:
            continue
        found.append(Entry(timezone.localdate(one.survey.opened_at), f"第 {one.survey.round} 轮测评", text, signed))
    return tuple(found)


def _files(case: Case, items: Iterable[Item], stand: Standing) -> tuple[Entry, ...]:
    """Attachments by kind: names people gave their files may say who they are."""
    found = []
    rows = CaseFile.objects.filter(case__in=joined(case)).select_related("file__key").order_by("at", "id")
    for row in rows:
        kind = row.file.get_kind_display()
        if not row.sealed:
            found.append(Entry(timezone.localdate(row.at), name_of(row.file), f"{kind}，公开副本"))
        elif stand.office:
            found.append(Entry(timezone.localdate(row.at), kind, "原件，密封"))
    for proof in (
        ItemFile.objects.filter(item__in=[item.pk for item in items])
        .select_related("file", "item__department")
        .order_by("at")
    ):
        title = f"{proof.item.department.name}的证明材料" if proof.event_id else "交给部门的材料"
        found.append(Entry(timezone.localdate(proof.at), title, proof.file.get_kind_display()))
    return tuple(found)
