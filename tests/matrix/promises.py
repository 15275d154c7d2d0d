"""The rows of promises and research: drafts for the union's own people, published ones for the unions above and for who has
a part in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from huying.files.acts import check
from huying.promises import acts
from huying.promises.models import Comment, Plan, Promise, ResearchReport, ResearchTopic
from tests.factories.reception import VISITOR
from tests.factories.world import works_by
from tests.files.samples import photo
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICES, REASON, Roles, Row

OWN: Roles = {place: OFFICE[place] for place in ("plant", "other")}
DRAFTS: Roles = {"plant": OFFICE["plant"] | {"manager"}, "other": {"foreign"}}
SEES: Roles = {"plant": OFFICE["plant"] | {"manager", "upper"}, "other": {"foreign", "upper"}}
PART: Roles = {"plant": SEES["plant"] | {"handler", "head"}, "other": SEES["other"]}
REPORTS: Roles = {"plant": OFFICE["plant"] | {"manager", "handler", "head"}, "other": {"foreign"}}
APPROVES: Roles = {"plant": {"chair"}, "other": {"foreign"}}


def _who(scene: Scene, place: str) -> dict[str, Any]:
    return {"by": scene.world.as_("chair" if place == "plant" else "foreign"), "at": scene.world.now}


def plan(scene: Scene, place: str, status: str) -> Plan:
    """The plan of this year, published; that of the next, a draft with one whole promise."""
    key = (place, f"plan-{status}")
    if key not in scene.made:
        unit = scene.places[place].union
        made = acts.open_plan(unit=unit, year=2026 if status == "published" else 2027, **_who(scene, place))
        acts.add_promise(plan_id=made.pk, **_given(scene, place, made.year), **_who(scene, place))
        if status == "published":
            acts.publish_plan(plan_id=made.pk, **_who(scene, place))
        scene.made[key] = made
    return Plan.objects.get(pk=scene.made[key].pk)


def _given(scene: Scene, place: str, year: int) -> dict[str, Any]:
    plant, posts = place == "plant", scene.world.posts
    return {
        "title": "宿舍热水", "measure": "换设备", "deadline": date(year, 12, 20), "leader": posts["manager" if plant else "foreign"],
        "department": scene.places[place].department, "person": posts["handler" if plant else "foreign"],
    }  # fmt: skip


def promise(scene: Scene, place: str, status: str) -> Promise:
    """A promise of one of them."""
    return plan(scene, place, status).promises.earliest("order")


def comment(scene: Scene, place: str) -> Comment:
    """What somebody said of the published one."""
    key = (place, "promise-comment")
    if key not in scene.made:
        found = promise(scene, place, "published")
        scene.made[key] = acts.say_of(promise_id=found.pk, text="好事", by=VISITOR, at=scene.world.now)
    return Comment.objects.get(pk=scene.made[key].pk)


def topic(scene: Scene, place: str, title: str = "夜班通勤") -> ResearchTopic:
    """A topic of the place's union, once its documents know research."""
    works_by(scene.world, "shaanxi-2012-38")
    key = (place, f"topic-{title}")
    if key not in scene.made:
        lead = _who(scene, place)["by"].posts[0]
        scene.made[key] = acts.add_topic(
            unit=scene.places[place].union,
            year=2026,
            title=title,
            why="",
            lead=lead,
            due=date(2026, 12, 1),
            **_who(scene, place),
        )
    return ResearchTopic.objects.get(pk=scene.made[key].pk)


def report(scene: Scene, place: str) -> ResearchReport:
    """A report with a file."""
    key = (place, "research-report")
    if key not in scene.made:
        found = topic(scene, place, "食堂")
        file = check(upload=SimpleUploadedFile("图.jpg", photo()))
        scene.made[key] = acts.submit_report(topic_id=found.pk, text="结论", file=file, **_who(scene, place))
    return ResearchReport.objects.get(pk=scene.made[key].pk)


RESEARCH: Roles = {"plant": OFFICE["plant"] | {"upper", "manager"}, "other": {"foreign", "upper"}}
FULL = {
    "title": "食堂夜宵",
    "measure": "延长到零点",
    "deadline": "2027-06-01",
    "leader": "",
    "department": "",
    "person": "",
}
PROMISES = (
    Row("desk:promises", {"plant": OFFICES | {"manager", "handler", "head", "other_handler"}}),
    Row("desk:plan-new", {"plant": OFFICES}, post=lambda s, p: {"year": "2025", "opening": ""}),
    Row("desk:plan", DRAFTS, lambda s, p: [plan(s, p, "draft").pk], post=lambda s, p: {}, acts=APPROVES, act="draft"),
    Row("desk:plan", SEES, lambda s, p: [plan(s, p, "published").pk]),
    Row("desk:plan-print", SEES, lambda s, p: [plan(s, p, "published").pk, "pdf"]),
    Row("desk:plan_xlsx", SEES, lambda s, p: [plan(s, p, "published").pk]),
    Row("desk:promise-new", OWN, lambda s, p: [plan(s, p, "draft").pk], post=lambda s, p: FULL),
    Row("desk:promise", PART, lambda s, p: [promise(s, p, "published").pk]),
    Row("desk:promise-act", OWN, lambda s, p: [promise(s, p, "draft").pk, "change"], post=lambda s, p: FULL, act="change"),
    Row("desk:promise-act", OWN, lambda s, p: [promise(s, p, "draft").pk, "drop"], post=lambda s, p: {}, act="drop"),
    *(Row("desk:promise-act", REPORTS, lambda s, p, act=act: [promise(s, p, "published").pk, act],
          post=lambda s, p, name=name: {name: "办到一半"}, act=act)
      for act, name in (("report", "text"), ("finish", "result"), ("fail", "reason"))),
    Row("desk:comment-hide", OWN, lambda s, p: [comment(s, p).pk], post=lambda s, p: {"why": "insult", **REASON}),
    Row("desk:research", {"plant": OFFICES}),
    Row("desk:research_xlsx", {"plant": OFFICES}),
    Row("desk:research-new", {"plant": OFFICES}, post=lambda s, p: {
        "year": "2026", "title": "新课题", "why": "", "lead": str(topic(s, "plant").lead_id), "due": "2026-12-01"},
        refused={"plant": {"upper", "foreign"}}),
    Row("desk:research-topic", RESEARCH, lambda s, p: [topic(s, p).pk], post=lambda s, p: {"text": "结论"}, acts=OWN),
    Row("desk:research-drop", OWN, lambda s, p: [topic(s, p).pk], post=lambda s, p: REASON),
    Row("desk:research-publish", APPROVES, lambda s, p: [report(s, p).pk], alone=405, post=lambda s, p: {}),
    Row("desk:research-file", RESEARCH, lambda s, p: [report(s, p).pk]),
)  # fmt: skip
