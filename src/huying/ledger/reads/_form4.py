"""What stands on form 4 (职工诉求满意度调查表), and on the slips that ask people, as far as their reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils import timezone

from huying.cases.models import Case, Secrecy
from huying.cases.reads import rules_of
from huying.cases.rules import Standing
from huying.feedback.models import Answer, Survey
from huying.feedback.reads import Result, outside_words, reasons_of, results
from huying.ledger.form1 import Remark
from huying.ledger.form4 import Form4
from huying.mechanism.rules import Rules

# Paper and net stand in one box of the annex.
BOX = {"paper": "online"}


def blank_form4(rules: Rules | None) -> Form4:
    """Form 4 as the packs in force word it, with nothing filled in."""
    form = next((one for one in rules.forms() if one.code == "survey"), None) if rules else None
    if rules is None:
        return Form4()
    plain = Form4(
        ways=tuple((one.code, one.label) for one in rules.options("survey_ways").choices),
        grades=tuple((one.code, one.label) for one in rules.scale().grades),
    )
    if form is None:
        return plain
    labels = tuple(field.label for field in form.fields)
    return replace(plain, title=form.label, labels=labels if len(labels) == len(plain.labels) else plain.labels)


def form4_of(case: Case, stand: Standing, *, each: bool, on: date) -> list[Form4]:
    """Form 4 of a case: a sheet that sums up each round and, for one who did not handle the case (``each``), a sheet for
    each answer without whose it is (MY-A4).  Outside the union that has the case one joint grade of a signed survey."""
    rules = rules_of(case)
    blank = replace(blank_form4(rules), number=case.number, issuer=case.holder.name, printed_on=on)
    sheets: list[Form4] = []
    for result in reversed(results(case)):
        own = replace(_scaled(blank, result.survey), **_signed(result.survey))
        if not stand.office:
            words = outside_words(result.survey, rules, result.all_counts)
            sheets += [replace(own, review=(), said=words)] if words else []
        elif result.survey.closed_at is not None:
            sheets.append(_summary(own, result))
            sheets += [_answered(own, one, rules) for one in _answers(result.survey)] if each else []
    return sheets or [blank]


def _scaled(blank: Form4, survey: Survey) -> Form4:
    """With the grades the survey was made with."""
    return replace(blank, grades=tuple((grade["code"], grade["label"]) for grade in survey.scale))


def _signed(survey: Survey) -> dict[str, Any]:
    """Who signed, and what the union said to it."""
    if survey.signed_by is None or survey.signed_at is None:
        return {}
    name, day = survey.signed_by.person.name, timezone.localdate(survey.signed_at)
    return {"supervisor": name, "review": (Remark(survey.review or "已审阅。", name, day),)}


def _summary(blank: Form4, result: Result) -> Form4:
    """All answers of a survey on one sheet: boxes with how many, groups with asked, answered, not asked."""
    survey = result.survey
    assert survey.closed_at is not None
    ways: dict[str, int] = {}
    for way in survey.answers.values_list("way", flat=True):
        ways[BOX.get(way, way)] = ways.get(BOX.get(way, way), 0) + 1
    counted = {grade["code"]: n for grade, (_, n) in zip(survey.scale, result.grades, strict=True)}
    ticked = [(f"way:{code}", f"{n} 份") for code, n in ways.items()]
    ticked += [(f"grade:{code}", f"{n} 份") for code, n in counted.items() if n]
    said = [
        f"{one.label}：问 {one.asked} 人，收到 {one.answered} 份"
        + (f"，没有评 {one.silent} 人" if one.silent else "")
        + (f"，没有问 {one.unasked} 人" if one.unasked else "")
        for one in result.groups
    ]
    if result.handled:
        said.append(f"其中 {result.handled} 份由经办人调查，单独统计。")
    subject = f"汇总（问 {result.asked} 人，收到 {result.answered} 份）"
    return replace(
        blank, ticked=tuple(ticked), subject=subject, said="\n".join(said),
        surveyed_on=timezone.localdate(survey.closed_at),
    )  # fmt: skip


def _answers(survey: Survey) -> Iterable[Answer]:
    """Answers in an order that says nothing of who gave them or when."""
    return survey.answers.select_related("invited__party").order_by("invited__group", "id")


def _answered(blank: Form4, row: Answer, rules: Rules) -> Form4:
    """One answer: its way, grade, reasons; of who gave it only the group and how they spoke."""
    group, party = row.invited.get_group_display(), row.invited.party
    kind = Secrecy(party.secrecy).label if party is not None else ""
    labels = {one.code: one.label for one in reasons_of(rules)}
    process = dict(blank.grades).get(row.process, "")
    said = [f"对过程：{process}"] if process else []
    said += ["原因：" + "、".join(labels.get(code, code) for code in row.reasons)] if row.reasons else []
    said += ["由经办人调查。"] if row.handled else []
    return replace(
        blank,
        ticked=((f"way:{BOX.get(row.way, row.way)}", ""), (f"grade:{row.result}", "")),
        subject=f"{group}（{kind}）" if kind else group,
        said="\n".join(said),
        surveyed_on=timezone.localdate(row.at),
    )
