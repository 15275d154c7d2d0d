"""Acts on a topic, each a page of its own: one view serves them all; the buttons come from the lifecycle table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from huying.desk import reads
from huying.desk.acts import drop_draft
from huying.desk.forms import topics as forms
from huying.desk.forms.dossier import ActForm
from huying.desk.views.dossier_parts import badge
from huying.kernel.web import Asked, once, refusals_on, version_seen
from huying.meetings import acts
from huying.meetings.lifecycle import TOPIC
from huying.meetings.models import Place, Topic
from huying.meetings.reads import departments_of, get_topic, rules_of
from huying.org.models import Department
from huying.org.rules import Can, check_may


@dataclass
class Doing:
    """One act on a topic being filled in."""

    request: Asked
    topic: Topic
    form: Any

    @property
    def who(self) -> dict[str, Any]:
        """Who, when, and what the person had on the screen."""
        return {"by": self.request.actor, "at": self.request.now, "version": self.form.cleaned_data["version"]}

    @cached_property
    def departments(self) -> list[Department]:
        """Departments of the union's unit."""
        return list(departments_of(self.topic.unit))

    @cached_property
    def typed(self) -> str:
        """What is looked for."""
        return str(self.request.POST.get("q", "")).strip()[:60]


@dataclass(frozen=True)
class TopicAct:
    """One act: its step in the table, its form, what the page says, what it does."""

    step: str
    form: type[ActForm]
    title: str
    verb: str
    said: str
    icon: str
    do: Callable[[Doing], Any]
    fill: Callable[[Doing], dict[str, Any]] = lambda d: {}
    start: Callable[[Doing], dict[str, Any]] = lambda d: {}
    note: str = ""
    template: str = "act"


# --- what the forms offer, begin with and do ---------------------------------------------------------------------------


def _word_lists(d: Doing) -> dict[str, Any]:
    d.form.offer_departments(d.departments)
    return {"departments": d.departments}


def _start_words(d: Doing) -> dict[str, Any]:
    topic = d.topic
    touched = [str(row.department_id) for row in topic.touched.all()]
    return {
        "title": topic.title, "body": topic.body, "ask": topic.ask, "weighty": topic.weighty, "departments": touched,
        "named_because": topic.named_because,
    }  # fmt: skip


def _word(d: Doing) -> Any:
    departments = d.form.chosen_departments(d.departments)
    return acts.word(topic_id=d.topic.pk, departments=departments, **d.form.worded, **d.who)


def _needs(d: Doing) -> dict[str, Any]:
    d.form.fill(rules_of(d.topic).needs("legality").choices)
    return {}


def _review(d: Doing) -> Any:
    given = d.form.cleaned_data
    return acts.review(
        topic_id=d.topic.pk, reviewer=given["reviewer"], reviewed_on=given["reviewed_on"], findings=d.form.findings, **d.who
    )  # fmt: skip


def _answers(d: Doing) -> dict[str, Any]:
    """A topic that is ready was agreed to: only a change of mind is left to write down."""
    if d.topic.status == "ready":
        d.form.fields["agreed"].choices = [one for one in d.form.fields["agreed"].choices if one[0] == "no"]
    return {}


def _start_talk(d: Doing) -> dict[str, Any]:
    today = timezone.localdate(d.request.now)
    heads = reads.heads_of_management(d.topic.unit, today)
    named = "、".join(f"{post.person.name}（{post.title or '行政负责人'}）" for post in heads[:2])
    return {"on": today, "whom": named, "agreed": "no" if d.topic.status == "ready" else None}


def _talk(d: Doing) -> Any:
    given = d.form.cleaned_data
    return acts.talk(
        topic_id=d.topic.pk, whom=given["whom"], on=given["on"], said=given["said"], agreed=d.form.answer, **d.who
    )  # fmt: skip


def _more_cases(d: Doing) -> dict[str, Any]:
    unit = d.topic.unit
    chosen = reads.cases_by_id(d.request.actor, [unit], d.request.POST.getlist("cases"))
    known = {case.pk for case in chosen}
    found = reads.offered_cases(d.request.actor, [unit], d.typed)[: reads.OFFERED]
    offered = chosen + [case for case in found if case.pk not in known]
    d.form.offer_cases(offered)
    return {"offered": offered, "asked": bool(d.typed)}


def _gather(d: Doing) -> Any:
    """All that were ticked, in one go; what was on the screen is compared once."""
    who = d.who
    for one in d.form.cleaned_data["cases"]:
        acts.gather(topic_id=d.topic.pk, case_id=UUID(one), **who)
        who = {**who, "version": None}


def _mergeable(d: Doing) -> dict[str, Any]:
    found = reads.other_topics(d.request.actor, d.topic, d.typed)
    d.form.offer_topics(found)
    return {"found": found, "asked": bool(d.typed)}


def _merge(d: Doing) -> Any:
    return acts.merge(topic_id=d.topic.pk, into_id=UUID(d.form.cleaned_data["into"]), **d.who)


def _with_reason(act: Callable[..., Any]) -> Callable[[Doing], Any]:
    return lambda d: act(topic_id=d.topic.pk, reason=d.form.cleaned_data["reason"], **d.who)


# By the last word of the address, in the order the buttons stand.
ACTS: dict[str, TopicAct] = {
    "review": TopicAct("review", forms.ReviewForm, "合法性审查", "登记审查结论", "审查结论登记好了。", "shield-check", _review, _needs,
        lambda d: {"reviewed_on": timezone.localdate(d.request.now)}, template="review",
        note="内容、形式、程序，每一项都要有结论和理由。有一项不合法，就不能上会；改写以后可以再审。"),
    "talk": TopicAct("talk", forms.TalkForm, "会前沟通", "登记沟通", "沟通情况登记好了。", "messages", _talk, _answers, _start_talk,
        template="talk", note="议题要先同行政沟通，再上会。沟通几次记几次。"),
    "word": TopicAct("word", forms.WordForm, "改写议题", "存下来", "改好了。", "pencil", _word, _word_lists, _start_words,
        template="word", note="文字一改，原来的审查和沟通就不算数了，要按新的文字重新审查、重新沟通。"),
    "gather": TopicAct("gather", forms.GatherForm, "加入诉求", "加进来", "加进来了。", "plus", _gather, _more_cases, template="gather",
        note="说的是同一件事的诉求，放在一个议题里商量。定下来的事项，每件诉求都会照着办、照着告知。"),
    "merge": TopicAct("merge", forms.MergeForm, "并入别的议题", "并过去", "并好了。", "git-merge", _merge, _mergeable, template="merge",
        note="内容相近的议题并在一起商量。这个议题后面的诉求都跟过去，这个议题不再单独上会。"),
    "again": TopicAct("bring_again", forms.AgainForm, "再次提出", "再次提出", "再次提出了。请重新审查、重新沟通。", "rotate",
        _with_reason(acts.bring_again)),
    "drop": TopicAct("drop", forms.DropForm, "撤下议题", "撤下", "撤下了，后面的诉求回到待交办。", "x", _with_reason(acts.drop)),
}  # fmt: skip
BESIDE = {"draft": ("review", "talk", "word"), "ready": ("word",), "failed": ("review",), "refused": ("drop",),
          "not_agreed": ("drop",)}  # fmt: skip
FIRST = {"draft": "review", "failed": "word", "refused": "again", "not_agreed": "again"}


# --- buttons ----------------------------------------------------------------------------------------------------------


def may_now(topic: Topic, name: str) -> bool:
    """Whether the table allows it; a refusal by management is written down as a talk too."""
    return TOPIC.may_now(topic.status, ACTS[name].step) or (name == "talk" and TOPIC.may_now(topic.status, "refuse"))


def buttons(topic: Topic, *, office: bool, places: Sequence[Place]) -> dict[str, list[dict[str, Any]]]:
    """What may be done now: the next step red, what else is missing beside it, the rest behind “更多”."""
    if not office:
        return {"first": [], "more": []}
    first = FIRST.get(topic.status, "")
    if topic.status == "draft":
        first = reads.next_step(topic)[1].removeprefix("topic-")
    found = {
        name: {
            "label": _label(topic, name),
            "icon": ACTS[name].icon,
            "url": _address(topic, name),
            "main": name == first,
        }
        for name in ACTS
        if may_now(topic, name)
    }
    front = [found.pop(name) for name in (first, *BESIDE.get(topic.status, ())) if name in found]
    if topic.status == "ready":
        url = f"{reverse('desk:meeting-new')}?topics={topic.pk}"
        front.insert(0, {"label": "开会", "icon": "calendar-plus", "url": url, "main": True})
    if topic.status == "agenda" and places:
        url = reverse("desk:meeting", args=[places[0].meeting_id])
        front.insert(0, {"label": "看会议", "icon": "calendar-event", "url": url, "main": True})
    return {"first": front, "more": list(found.values())}


def _label(topic: Topic, name: str) -> str:
    return "行政不同意了" if name == "talk" and topic.status == "ready" else ACTS[name].title


def _address(topic: Topic, name: str) -> str:
    return reverse(f"desk:topic-{name}", args=[topic.pk])


# --- the view ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def topic_act(request: Asked, topic_id: UUID, act: str) -> HttpResponse:
    """The page of one act, and the act itself."""
    found = ACTS[act]
    topic = get_topic(request.actor, topic_id)
    check_may(request.actor, Can.HANDLE_CASES, topic.unit)
    posted = request.method == "POST"
    looking = posted and "find" in request.POST
    if (not posted or looking) and not may_now(topic, act):
        TOPIC.check_now(topic.status, found.step)
    doing = Doing(request, topic, found.form(request.POST) if posted else None)
    if doing.form is None:
        doing.form = found.form(initial=found.start(doing))
    extra = found.fill(doing)
    if looking:
        doing.form.errors.clear()
    elif posted and doing.form.is_valid():
        with refusals_on(doing.form):
            return _done(doing, act, found)
    seen = version_seen(request)
    context = {
        "topic": topic,
        "act": found,
        "form": doing.form,
        "version": topic.version if seen is None or doing.form.stale else seen,
        "clause": badge(rules_of(topic), TOPIC.by_act[found.step].clause),
        "draft": _draft(topic, act),
        **extra,
    }
    status = 422 if doing.form.is_bound and not looking else 200
    return render(request, f"desk/topics/{found.template}.html", context, status=status)


def _draft(topic: Topic, act: str) -> str:
    return f"topic-{act}-{topic.pk}"


def _done(doing: Doing, act: str, found: TopicAct) -> HttpResponse:
    """Run the act once and go back to the topic, or to the one it went into."""
    request = doing.request

    def do() -> str:
        made = found.do(doing)
        drop_draft(form=_draft(doing.topic, act), by=request.actor, at=request.now)
        messages.success(request, found.said)
        return reverse("desk:topic", args=[made.pk if act == "merge" else doing.topic.pk])

    return once(request, do)


urls = [path(f"topics/<uuid:topic_id>/{name}/", topic_act, {"act": name}, name=f"topic-{name}") for name in ACTS]
