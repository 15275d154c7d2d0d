"""Pages of the desk: information sent — drafted, written, sent, answered, made known to workers, corrected, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from huying.alerts import acts, reads
from huying.alerts.lifecycle import INFORMATION
from huying.alerts.models import Information, InformationAnswer
from huying.alerts.rules import gaps
from huying.desk.acts import drop_draft
from huying.desk.forms import information as forms
from huying.desk.views.alerts import unions_of
from huying.desk.views.one_form import Act, ActPage, one_act
from huying.desk.views.reports import clause_of
from huying.kernel.errors import NotYours
from huying.kernel.web import PAPER_FORMATS, Asked, file_answer, once, refusals_on, today_of, who
from huying.notices.acts import mark_read
from huying.org.rules import Can, Member
from huying.trail.acts import note_reading

PER_PAGE = 25
CLAUSES = {"unit": "BD-4.3b", "above": "BD-4.8", "party": "SX-6b"}
TABS = (("", "本级的"), ("below", "下级报来的"))


def _of(information_id: UUID) -> str:
    return reverse("desk:information_one", args=[information_id])


# --- the list -----------------------------------------------------------------------------------------------------------


@require_GET
def information(request: Asked) -> HttpResponse:
    """Own information; what came from below; for management's head what the union sent."""
    actor: Member = request.actor
    writes, heads = unions_of(actor), actor.units(Can.ITEMS_OF_UNIT)
    if not writes and not heads:
        raise NotYours
    own = [unit.pk for unit in (*writes, *heads)]
    below = request.GET.get("tab") == "below" and bool(actor.units(Can.READ_BELOW))
    rows = reads.information_of(actor)
    rows = rows.exclude(unit__in=own) if below else rows.filter(unit__in=own)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"one": one, "days": forms.days_of(one.period_from, one.period_until)} for one in page.object_list],
        "writes": bool(writes),
        "upper": bool(actor.units(Can.READ_BELOW)),
        "below": below,
        "due": [{"due": one, "url": _draft_url(one)} for one in reads.due_of(actor, today_of(request))]
        if not below
        else [],
        "judged": reads.findings_of(actor).exists() if writes else False,
        "clause": clause_of(writes[0], "BD-4.8", today_of(request)) if writes else None,
    }
    return render(request, "desk/information/information.html", context)


def _draft_url(one: reads.Due) -> str:
    asked = {"unit": one.unit.pk, "to": one.owed.to, "kind": one.owed.kind, "from": one.about.since.isoformat(),
             "until": one.about.until.isoformat()}  # fmt: skip
    return f"{reverse('desk:information_new')}?{'&'.join(f'{key}={value}' for key, value in asked.items())}"


@require_http_methods(["GET", "POST"])
def information_new(request: Asked) -> HttpResponse:
    """Draft one; what is due comes filled in."""
    units = unions_of(request.actor)
    if not units:
        raise NotYours
    names = {"unit": "unit", "to": "to", "kind": "kind", "period_from": "from", "period_until": "until"}
    initial = {name: request.GET[key] for name, key in names.items() if key in request.GET}
    form = forms.DraftForm(request.POST or None, units=units, now=request.now, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        unit = next(one for one in units if str(one.pk) == given["unit"])
        with refusals_on(form):

            def do() -> str:
                made = acts.draft_information(
                    unit=unit, to=given["to"], kind=given["kind"], period_from=given["period_from"],
                    period_until=given["period_until"], known_at=given["known_at"], nothing=given["nothing"],
                    gather=bool(given.get("gather")), **who(request),
                )  # fmt: skip
                return _of(made.pk)

            answer = once(request, do)
            messages.success(request, "起草好了。补上【　】里的，再报送。")
            return answer
    return render(request, "desk/information/new.html", {"form": form}, status=422 if form.is_bound else 200)


# --- one ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def information_one(request: Asked, information_id: UUID) -> HttpResponse:
    """The words with what can be done about them; whoever it was sent to answers here."""
    found = reads.information_for(request.actor, information_id)
    side = reads.answers_as(request.actor, found) if found.status in ("sent", "answered") else ""
    form = forms.OwnAnswerForm(request.POST or None) if side else None
    if request.method == "POST" and form is None:
        raise NotYours
    if request.method == "GET":
        mark_read(subject=found.pk, **who(request))
        note_reading(root=found.root_id, what="information", subject=found.pk, unit=found.unit_id, **who(request))
    if form is not None and form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.answer_information(information_id=information_id, text=form.cleaned_data["text"], **who(request))
                drop_draft(form=f"answer-{information_id}", **who(request))
                return _of(information_id)

            answer = once(request, do)
            messages.success(request, "答复好了，报送的工会会看到。")
            return answer
    context = {**_page(request, found), "answer_form": form, "draft": f"answer-{information_id}"}
    status = 422 if form is not None and form.is_bound else 200
    return render(request, "desk/information/one.html", context, status=status)


def _page(request: Asked, found: Information) -> dict[str, Any]:
    office = reads.writes_here(request.actor, found)
    left = gaps(found.body) if found.status == "draft" else []
    answers = reads.answers_of(found) if found.status not in ("draft", "dropped") else []
    return {
        "information": found,
        "office": office,
        "days": forms.days_of(found.period_from, found.period_until),
        "sections": found.body.get("sections", []),
        "gaps": left,
        "answers": answers,
        "sources": reads.sources_of(request.actor, found),
        "mended": reads.mended_by(found),
        "passes": office and found.to == "unit",
        "acts": _bar(found, left, answers) if office else [],
        "more": _more(found) if office else [],
        "history": [
            {"at": one.at, "title": one.label, "body": one.text, "who": one.who, "key": one.act in ("send", "withdraw")}
            for one in found.events.order_by("-at", "-id")
        ] if office else [],
        "clause": clause_of(found.unit, CLAUSES[found.to], today_of(request)),
    }  # fmt: skip


ICONS = {"send": "send", "write": "pencil", "answer": "writing", "mend": "file-pencil", "withdraw": "arrow-back-up",
         "drop": "trash", "pass_back": "speakerphone"}  # fmt: skip


def _bar(found: Information, left: list[str], answers: list[InformationAnswer]) -> list[dict[str, Any]]:
    if found.status == "draft":
        write, send = _link(found, "write"), _link(found, "send")
        return [write, {**send, "why_not": "先补上要人写的几处"}] if left else [send, write]
    if found.status in ("sent", "answered"):
        waiting = next((one for one in answers if one.passed_at is None), None) if found.to == "unit" else None
        noted = {**_link(found, "answer"), "label": "登记答复", "main": False}
        return [*([_pass(found, waiting)] if waiting else []), noted]
    return []


def _pass(found: Information, answer: InformationAnswer) -> dict[str, Any]:
    url = reverse("desk:information_pass", args=[found.pk, answer.pk])
    return {"label": INFORMATION.by_act["pass_back"].label, "icon": ICONS["pass_back"], "url": url}


def _link(found: Information, act: str) -> dict[str, Any]:
    name, args = ("information_write", [found.pk]) if act == "write" else ("information_act", [found.pk, act])
    return {"label": INFORMATION.by_act[act].label, "icon": ICONS[act], "url": reverse(f"desk:{name}", args=args)}


def _more(found: Information) -> list[dict[str, Any]]:
    acts_now = {"draft": ("drop",), "sent": ("mend", "withdraw"), "answered": ("mend", "withdraw")}.get(
        found.status, ()
    )
    return [_link(found, act) for act in acts_now]


@require_GET
def information_print(request: Asked, information_id: UUID, fmt: str) -> HttpResponse:
    """On the official page."""
    found = reads.information_for(request.actor, information_id)
    if fmt not in PAPER_FORMATS:
        raise Http404
    note_reading(root=found.root_id, what="information_print", subject=found.pk, unit=found.unit_id, **who(request))
    return file_answer(reads.information_paper(found, fmt), f"{found.number or '信息草稿'}.{fmt}")


def _of_office(request: Asked, information_id: UUID, act: str) -> Information:
    """One for the union whose it is, where the table allows the act."""
    found = reads.information_for(request.actor, information_id)
    if not reads.writes_here(request.actor, found):
        raise NotYours
    if request.method == "GET":
        INFORMATION.check_now(found.status, act)
    return found


@require_http_methods(["GET", "POST"])
def information_write(request: Asked, information_id: UUID) -> HttpResponse:
    """The words, part by part."""
    found = _of_office(request, information_id, "write")
    form = forms.WriteForm(request.POST or None, information=found)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        with refusals_on(form):

            def do() -> str:
                acts.write_information(information_id=information_id, title=given["title"], body=form.body(),
                                       version=given["version"], **who(request))  # fmt: skip
                drop_draft(form=f"information-{information_id}", **who(request))
                return _of(information_id)

            answer = once(request, do)
            messages.success(request, "存好了。报送以前随时可以再改。")
            return answer
        found = _of_office(request, information_id, "write")
    context = {"information": found, "form": form, "rows": form.rows(), "draft": f"information-{information_id}"}
    return render(request, "desk/information/write.html", context, status=422 if form.is_bound else 200)


ACTS = {
    "send": Act("报送", "编上号，文字以后不能再改；要改，另发一份更正。", forms.SendForm, acts.send_information, "报送了。"),
    "answer": Act("登记", "党政写在纸上的答复，照原文登记，再反馈给职工。", forms.PaperAnswerForm, acts.answer_information, "登记好了。",
                  versioned=False),
    "mend": Act("起草更正", "报过的不改动，另发一份更正；更正报送以前，原来的还算数。", forms.ReasonForm, acts.mend_information,
                "起草好了，改对以后报送。"),
    "withdraw": Act("撤回", "收到的一方马上得到提醒，原文留着，标明已撤回。", forms.ReasonForm, acts.withdraw_information, "撤回了。"),
    "drop": Act("作废", "作废以后不再出现在列表里。", forms.ReasonForm, acts.drop_information, "作废了。"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
def information_act(request: Asked, information_id: UUID, act: str) -> HttpResponse:
    """One act with its form."""
    how = ACTS.get(act)
    if how is None:
        raise Http404
    found = _of_office(request, information_id, act)
    form = how.form(request.POST or None, initial={"on": today_of(request)})
    if isinstance(form, forms.PaperAnswerForm):
        sides = {"unit": ("party", "management"), "party": ("party",), "above": ("above",)}[found.to]
        form.offer("side", [(code, label) for code, label in InformationAnswer.SIDES if code in sides])
        form.initial.setdefault("side", sides[0])

    def do() -> str:
        made = how.do(information_id=information_id, **how.given(form), **who(request))
        if act == "drop":
            return reverse("desk:information")
        return _of(made.pk if act == "mend" else information_id)

    return one_act(
        request,
        form,
        how,
        _around(found, act),
        again=lambda: _around(_of_office(request, information_id, act), act),
        do=do,
    )


def _around(found: Information, act: str) -> ActPage:
    return ActPage(
        label="登记答复" if act == "answer" else INFORMATION.by_act[act].label, icon=ICONS[act], title=found.title,
        note=f"{found.title}{found.number}", back=_of(found.pk), version=found.version,
        listed=("信息上报", "desk:information"), draft=f"information-{act}-{found.pk}",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def information_pass(request: Asked, information_id: UUID, answer_id: UUID) -> HttpResponse:
    """An answer made known to the workers."""
    found = _of_office(request, information_id, "pass_back")
    row = next((one for one in reads.answers_of(found) if one.pk == answer_id), None)
    if row is None or found.to != "unit":
        raise NotYours
    form = forms.PassBackForm(request.POST or None, initial={"text": row.text})
    if form.is_bound and form.is_valid():
        with refusals_on(form):

            def do() -> str:
                acts.pass_back(answer_id=answer_id, text=form.cleaned_data["text"], **who(request))
                return _of(information_id)

            answer = once(request, do)
            messages.success(request, "登出来了，职工打开本单位的页面就看得到。")
            return answer
    context = {"information": found, "form": form, "answer": row, "draft": f"pass-{answer_id}"}
    return render(request, "desk/information/pass.html", context, status=422 if form.is_bound else 200)


urls = [
    path("information/", information, name="information"),
    path("information/new/", information_new, name="information_new"),
    path("information/<uuid:information_id>/", information_one, name="information_one"),
    path("information/<uuid:information_id>/write/", information_write, name="information_write"),
    path("information/<uuid:information_id>/print.<slug:fmt>", information_print, name="information_print"),
    path("information/<uuid:information_id>/answers/<uuid:answer_id>/", information_pass, name="information_pass"),
    path("information/<uuid:information_id>/<slug:act>/", information_act, name="information_act"),
]
