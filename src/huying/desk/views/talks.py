"""Pages of the desk: talks workers are invited to (约访): which matters are worth one, inviting, what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from huying.cases import reads as cases
from huying.cases.models import Case
from huying.climb.reads import leaders_for
from huying.desk.acts import drop_draft
from huying.desk.forms.dossier import ActForm
from huying.desk.forms.reception import ReasonForm, TalkedForm, TalkForm
from huying.desk.reads._reception import candidate_rows, talk_rows
from huying.fieldwork import acts, reads
from huying.fieldwork.lifecycle import TALK
from huying.kernel.errors import NotYours
from huying.kernel.web import Asked, once, refusals_on
from huying.mechanism.reads import rules_for
from huying.notices.acts import mark_read
from huying.org.rules import Can, may

PER_PAGE = 25
MAY_SEE = (Can.READ_CASES, Can.INSTRUCT)


@require_GET
def talks(request: Asked) -> HttpResponse:
    """Matters worth an invitation, those of most people first; talks to come and over on the second tab."""
    actor, today = request.actor, timezone.localdate(request.now)
    if not any(actor.units(can) for can in MAY_SEE):
        raise NotYours
    units = reads.reception_units(actor)
    tab = "talks" if request.GET.get("tab") == "talks" or not units else "worth"
    rules = {unit.pk: rules_for(unit, today) for unit in units}
    rows = reads.talks(actor) if tab == "talks" else reads.to_invite(actor, request.now)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    labels = reads.talk_reasons(rules[units[0].pk]) if units else {}
    shown = list(page.object_list)
    context = {
        "tab": tab,
        "office": bool(units),
        "page": page,
        "rows": talk_rows(actor, shown, today) if tab == "talks" else candidate_rows(shown, labels, request.now, rules),
        "clause": rules[units[0].pk].options("invite_reasons").clause if units else None,
        "labels": "、".join(labels.values()),
        "many": rules[units[0].pk].count("talk_people") if units else None,
        "long": rules[units[0].pk].count("talk_days") if units else None,
    }
    return render(request, "desk/reception/talks.html", context)


@require_http_methods(["GET", "POST"])
def talk_new(request: Asked, case_id: UUID) -> HttpResponse:
    """Invite everybody behind a matter; they read it on their own page."""
    case = cases.get_for(request.actor, case_id)
    if not may(request.actor, Can.HANDLE_CASES, case.holder):
        raise NotYours
    today, rules = timezone.localdate(request.now), cases.rules_of(case)
    leaders, labels = leaders_for(case, case.holder, today), reads.talk_reasons(rules)
    found = reads.invitable(case, rules, request.now)
    form = TalkForm(request.POST or None, initial={"version": case.version, "reasons": found})
    form.fill(labels.items(), leaders, today)
    draft = f"talk-{case.pk}"

    def do() -> str:
        given = dict(form.cleaned_data)
        given["leader"] = next(post for post in leaders if str(post.pk) == given["leader"])
        made = acts.invite_talk(case_id=case.pk, by=request.actor, at=request.now, **given)
        drop_draft(form=draft, by=request.actor, at=request.now)
        return reverse("desk:talk", args=[made.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, "约好了。职工在自己那一页上看得到，来不来由他们定。")
            return answer
    context = {
        "case": case, "form": form, "draft": draft, "leaders": leaders, "people": cases.people_behind(case).count(),
        "clause": rules.options("invite_reasons").clause, "record": rules.record("invited_talk").clause,
    }  # fmt: skip
    return render(request, "desk/reception/talk_new.html", context, status=422 if form.errors else 200)


@require_GET
def talk(request: Asked, talk_id: UUID) -> HttpResponse:
    """One talk: when and where, who comes, what came of it; for a leader on management's side without the case."""
    found = reads.talk_for(request.actor, talk_id)
    mark_read(by=request.actor, at=request.now, subject=found.pk)
    known = Case.objects.visible_to(request.actor).filter(pk=found.case_id).exists()
    office = known and may(request.actor, Can.HANDLE_CASES, found.unit)
    rules = rules_for(found.unit, found.on)
    labels = reads.talk_reasons(rules)
    context = {
        "talk": found,
        "known": known,
        "people": reads.talk_people(found) if known else None,
        "why": "、".join(labels.get(code, "") for code in found.reasons),
        "clauses": [rules.options("invite_reasons").clause, rules.record("invited_talk").clause],
        "acts": [
            {"label": step.label, "url": reverse("desk:talk-act", args=[found.pk, step.act])}
            for step in TALK.possible(found.status)
            if step.act != "hold" or found.on <= timezone.localdate(request.now)
        ]
        if office
        else [],
    }
    return render(request, "desk/reception/talk.html", context)


ACTS: dict[str, tuple[str, str, str, type[ActForm], Any]] = {
    "hold": ("登记谈话", "登记", "登记好了，卷宗和工作记录里都有。", TalkedForm, acts.hold_talk),
    "cancel": ("取消约访", "取消约访", "取消了，职工会看到。", ReasonForm, acts.cancel_talk),
}


@require_http_methods(["GET", "POST"])
def talk_act(request: Asked, talk_id: UUID, act: str) -> HttpResponse:
    """What was said, or why it does not take place."""
    found = reads.talk_for(request.actor, talk_id)
    known = Case.objects.visible_to(request.actor).filter(pk=found.case_id).exists()
    if act not in ACTS or not known or not may(request.actor, Can.HANDLE_CASES, found.unit):
        raise NotYours
    title, verb, said, kind, doing = ACTS[act]
    draft = f"talk-{act}-{found.pk}"
    start = {"met": reads.talk_people(found)["yes"], "minutes": 60}
    form = kind(request.POST or None, initial=start)

    def do() -> str:
        given = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        doing(talk_id=found.pk, by=request.actor, at=request.now, **given)
        drop_draft(form=draft, by=request.actor, at=request.now)
        return reverse("desk:talk", args=[found.pk])

    if request.method == "POST" and form.is_valid():
        with refusals_on(form):
            answer = once(request, do)
            messages.success(request, said)
            return answer
    context = {"talk": found, "form": form, "title": title, "verb": verb, "draft": draft}
    return render(request, "desk/reception/talk_act.html", context, status=422 if form.errors else 200)


urls = [
    path("talks/", talks, name="talks"),
    path("talks/new/<uuid:case_id>/", talk_new, name="talk-new"),
    path("talks/<uuid:talk_id>/", talk, name="talk"),
    path("talks/<uuid:talk_id>/<slug:act>/", talk_act, name="talk-act"),
]
