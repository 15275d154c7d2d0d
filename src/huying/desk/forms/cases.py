"""Filters of the list of cases.  They live in the address, so that a view can be kept and sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from huying.cases.lifecycle import CASE, OPEN
from huying.cases.models import Case, Secrecy
from huying.kernel import search
from huying.mechanism.rules import Rules
from huying.org.rules import Member

CLOSED = tuple(state.code for state in CASE.states if state.final)
STATES = {
    "open": ("在办", OPEN),
    "registered": ("待受理", ("registered", "supplement")),
    "accepted": ("待交办", ("accepted",)),
    "handling": ("办理中", ("handling",)),
    "reported": ("待告知", ("reported",)),
    "told": ("待测评", ("told",)),
    "rated": ("待归档", ("rated",)),
    "closed": ("已办结", CLOSED),
    "all": ("全部", (*OPEN, *CLOSED)),
}
WAITS = {
    "late": "超期",
    "near": "将到期",
    "mine": "等我办",
    "new": "新收到",
    "returned": "部门退回",
    "talk": "来话未看",
    "asked": "申请延期、暂停",
    "reopen": "请求重新办理",
}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CaseFilter(django_filters.FilterSet):
    """Words, kinds and days; groups of states and what a case waits for are links."""

    q = django_filters.CharFilter(label="标题、摘要里的词，或编号", method="by_words", max_length=80)
    wait = django_filters.ChoiceFilter(
        label="在等", method="by_nothing", empty_label="不限", choices=list(WAITS.items())
    )
    officer = django_filters.ChoiceFilter(
        label="责任人", method="by_officer", empty_label="不限", choices=[("me", "我负责的"), ("none", "还没有人接手")]
    )
    category = django_filters.ChoiceFilter(label="类别", method="by_category", empty_label="不限")
    channel = django_filters.ChoiceFilter(label="受理方式", empty_label="不限")
    secrecy = django_filters.ChoiceFilter(label="留名方式", choices=Secrecy.choices, empty_label="不限")
    holder = django_filters.CharFilter(
        label="单位名称", field_name="holder__name", lookup_expr="icontains", max_length=80
    )
    unit = django_filters.UUIDFilter(field_name="holder_id", widget=forms.HiddenInput)
    since = django_filters.DateFilter(label="登记日期从", method="by_since", widget=_day())
    until = django_filters.DateFilter(label="到", method="by_until", widget=_day())

    class Meta:
        model = Case
        fields: list[str] = []

    def __init__(self, *given: Any, actor: Member, rules: Rules, below: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        self.actor = actor
        classes = [(one.code, one.label) for one in rules.categories("")]
        within = [(label, [(one.code, one.label) for one in rules.categories(code)]) for code, label in classes]
        self.filters["category"].extra["choices"] = [*classes, *[group for group in within if group[1]]]
        self.filters["channel"].extra["choices"] = [(one.code, one.label) for one in rules.all_channels()]
        if not below:
            del self.filters["holder"], self.filters["unit"]

    def by_nothing(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """What a case waits for is asked by the list itself, with the days it has read."""
        return rows

    def by_words(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Released text having every word, or a number having them as they stand."""
        hits = search.hits("case", value)
        return rows.filter(hits | Q(number__icontains=value)) if hits is not None else rows.none()

    def by_officer(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Who answers for it."""
        return (
            rows.filter(officer__isnull=True) if value == "none" else rows.filter(officer__person=self.actor.person_id)
        )

    def by_category(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """A class, or a category within one."""
        return rows.filter(Q(category=value) | Q(content_class=value))

    def by_since(self, rows: QuerySet[Case], name: str, value: Any) -> QuerySet[Case]:
        """Registered on this day or later."""
        return rows.filter(registered_at__gte=timezone.make_aware(datetime.combine(value, time())))

    def by_until(self, rows: QuerySet[Case], name: str, value: Any) -> QuerySet[Case]:
        """Registered on this day or earlier."""
        return rows.filter(registered_at__lt=timezone.make_aware(datetime.combine(value + timedelta(days=1), time())))
