"""The rows of warnings, incidents, information and findings: the own office, those above, management what was put to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from huying.alerts import acts
from huying.alerts.models import Finding, Incident, Information, Warned, Warning, Watch
from huying.alerts.rules import GAP
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICES, REASON, REGISTRARS, Made, Roles, Row

PLACES = ("plant", "hidden", "other")
OWN: Roles = {place: OFFICE[place] for place in PLACES}
LISTED: Roles = {place: OFFICE[place] | {"upper"} for place in PLACES}
UNION: Roles = {place: OFFICE[place] for place in ("plant", "other")}
KNOWN: Roles = {"plant": OFFICE["plant"] | {"upper"}, "other": {"foreign", "upper"}}
TOLD: Roles = {"plant": KNOWN["plant"] | {"manager"}}
ABOVE: Roles = {"plant": {"upper"}}
STEP = {"next_step": "再谈一次"}


def _who(scene: Scene, place: str) -> dict[str, Any]:
    return scene.who(place)


def _upper(scene: Scene) -> dict[str, Any]:
    return {"by": scene.world.as_("upper"), "at": scene.world.now}


def _day(scene: Scene, days: int = 2) -> str:
    return (scene.world.now.date() + timedelta(days=days)).isoformat()


# --- warnings -----------------------------------------------------------------------------------------------------------


def warning(scene: Scene, place: str, status: str = "open") -> Warning:
    """A warning that rests on a case of the place."""
    key = (place, f"warning-{status}")
    if key not in scene.made:
        scene.made[key] = _warning(scene, place, status)
    return Warning.objects.get(pk=scene.made[key].pk)


def _warning(scene: Scene, place: str, status: str) -> Warning:
    at, who = scene.places[place], _who(scene, place)
    case = scene.case(place, "accepted")
    made = acts.draft_warning(unit=at.union, title="可能停工", level="watch", cases=[case.pk], **who)
    if status == "draft":
        return made
    next_on = scene.world.now.date() + timedelta(days=1)
    return acts.open_warning(warning_id=made.pk, watcher=at.officer, next_step="谈", next_on=next_on, **who)


def warned(scene: Scene, place: str) -> Warned:
    """What management was told."""
    if (place, "warned") not in scene.made:
        found = warning(scene, place)
        scene.made[place, "warned"] = acts.tell_warning(
            warning_id=found.pk, to="management", text="请处理。", **_who(scene, place)
        )
    return scene.made[place, "warned"]


def watch(scene: Scene) -> Watch:
    """The county watches the hospital."""
    if ("county", "watch") not in scene.made:
        scene.made["county", "watch"] = acts.start_watch(
            unit=scene.world.county, place=scene.world.other, why="欠薪", days=30, post=scene.world.posts["upper"],
            **_upper(scene),
        )  # fmt: skip
    return scene.made["county", "watch"]


def of_warning(act: str, status: str, post: Made | dict[str, Any]) -> Row:
    """An act on a warning."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row("desk:warning_act", OWN, lambda s, p: [warning(s, p, status).pk, act], post=given, act=act)


def _written(scene: Scene, place: str) -> dict[str, Any]:
    unit = str(scene.places[place].union.pk)
    return {"unit": unit, "place": unit, "title": "可能停工了", "level": "serious"}


WARNINGS = (
    Row("desk:warnings", {"plant": OFFICES}),
    Row("desk:warnings", {"plant": {"upper"}}, query=lambda s, p: {"unit": s.world.plant.pk}, act="unit"),
    *(Row("desk:warnings_table", {"plant": OFFICES}, lambda s, p, fmt=fmt: [fmt], act=fmt) for fmt in ("xlsx", "pdf")),
    Row("desk:warning_new", {"plant": OFFICES}, acts={"plant": OFFICE["plant"]}, refused={"plant": {"upper", "foreign"}},
        post=_written),
    Row("desk:warning", OWN, lambda s, p: [warning(s, p, "draft").pk], act="draft"),
    Row("desk:warning", LISTED, lambda s, p: [warning(s, p).pk], act="open"),
    of_warning("write", "open", _written),
    of_warning("open", "draft", lambda s, p: {**STEP, "next_on": _day(s), "watcher": str(s.places[p].officer.pk)}),
    of_warning("progress", "open", lambda s, p: {"text": "谈过了", **STEP, "next_on": _day(s)}),
    of_warning("tell", "open", {"to": "party", "text": "请关注。", "whom": "党委办公室"}),
    of_warning("defuse", "open", REASON),
    of_warning("drop", "draft", REASON),
    Row("desk:warnings_told", {"plant": {"manager"}}),
    Row("desk:warning_told", {"plant": {"manager"}}, lambda s, p: [warned(s, p).pk]),
    Row("desk:watches", {"plant": OFFICES}),
    Row("desk:watch_new", {"plant": OFFICES}, acts={"plant": {"upper"}}, refused={"plant": OFFICES - {"upper"}},
        post=lambda s, p: {"unit": str(s.world.county.pk), "place": str(s.world.plant.pk), "why": "欠薪", "days": "20",
                           "post": str(s.world.posts["upper"].pk)}),
    Row("desk:watch_end", ABOVE, lambda s, p: [watch(s).pk], post=lambda s, p: REASON),
)  # fmt: skip


# --- incidents ----------------------------------------------------------------------------------------------------------


def incident(scene: Scene, place: str, *, management: bool = False) -> Incident:
    """A first report, with a plan and its chain."""
    key = (place, f"incident-{management}")
    if key not in scene.made:
        at, who = scene.places[place], _who(scene, place)
        acts.keep_plan(unit=at.union, steps="先到现场。", calls=[("戴明", "主席", "0390-2000001")], **who)
        scene.made[key] = acts.report_incident(
            unit=at.union, what="职工聚集", place="东门", since=scene.world.now, to_management=management, **who
        )
    return Incident.objects.get(pk=scene.made[key].pk)


def of_incident(act: str, post: Made | dict[str, Any], *, may: Roles = UNION) -> Row:
    """An act on an incident."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row("desk:incident_act", may, lambda s, p: [incident(s, p).pk, act], post=given, act=act)


def _report(scene: Scene, place: str) -> dict[str, Any]:
    return {"what": "停电", "place": "铸造车间", "since": scene.world.now.strftime("%Y-%m-%dT%H:%M"),
            "unit": str(scene.places[place].union.pk)}  # fmt: skip


def _link(scene: Scene, place: str) -> list[Any]:
    found = incident(scene, place)
    return [found.pk, found.plan.calls.get(order=1).pk]


CALLS = {"name-0": "戴明", "phone-0": "0390-2000001"}
INCIDENTS = (
    Row("desk:incidents", {"plant": REGISTRARS | {"manager"}}),
    Row("desk:incident_new", {"plant": REGISTRARS}, acts={"plant": OFFICE["plant"]},
        refused={"plant": REGISTRARS - OFFICE["plant"]}, post=_report),
    Row("desk:incident", KNOWN, lambda s, p: [incident(s, p).pk]),
    Row("desk:incident", TOLD, lambda s, p: [incident(s, p, management=True).pk], act="management"),
    Row("desk:incident_note", {"plant": {"upper", "manager"}}, lambda s, p: [incident(s, p, management=True).pk], alone=405,
        refused={"plant": OFFICE["plant"]}, post=lambda s, p: {}),
    Row("desk:incident_call", UNION, _link, alone=405, post=lambda s, p: {"reached": "1"}),
    of_incident("log", {"kind": "talk", "text": "谈了"}),
    of_incident("follow", {"text": "散了"}),
    of_incident("close", {"text": "都回去了"}),
    of_incident("mistake", REASON),
    of_incident("tell_management", {}),
    Row("desk:incident_act", {"plant": set()}, lambda s, p: [incident(s, p).pk, "pass_on"], post=lambda s, p: {}, act="pass_on"),
    Row("desk:incident_plan", KNOWN, lambda s, p: [s.places[p].union.pk]),
    Row("desk:incident_plan_write", UNION, lambda s, p: [s.places[p].union.pk],
        post=lambda s, p: {"steps": "先到现场。", **CALLS}),
)  # fmt: skip


# --- information --------------------------------------------------------------------------------------------------------


def information(scene: Scene, place: str, status: str = "draft", to: str = "unit") -> Information:
    """Information in a state: draft, whole (nothing left to write), sent, answered."""
    key = (place, f"information-{to}-{status}")
    if key not in scene.made:
        scene.made[key] = _information(scene, place, status, to)
    return Information.objects.get(pk=scene.made[key].pk)


def _information(scene: Scene, place: str, status: str, to: str) -> Information:
    who, day = _who(scene, place), scene.world.now.date()
    made = acts.draft_information(
        unit=scene.places[place].union, to=to, kind="regular", period_from=day, period_until=day, **who
    )
    if status == "draft":
        return made
    body = {"sections": [{**one, "text": GAP.sub("无", one["text"])} for one in made.body["sections"]]}
    acts.write_information(information_id=made.pk, title=made.title, body=body, **who)
    if status != "whole":
        acts.send_information(information_id=made.pk, whom="行政", **who)
    if status == "answered":
        acts.answer_information(information_id=made.pk, text="同意", side="management", name="冯国庆", on=day, **who)
    return made


def of_information(act: str, status: str, post: Made | dict[str, Any]) -> Row:
    """An act on information."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row("desk:information_act", UNION, lambda s, p: [information(s, p, status).pk, act], post=given, act=act)


def _words(scene: Scene, place: str) -> dict[str, Any]:
    found = information(scene, place)
    texts = {f"text-{n}": f"{one['text']} 好" for n, one in enumerate(found.body["sections"])}
    return {"title": "情况", **texts}


def _drafted(scene: Scene, place: str) -> dict[str, Any]:
    return {"unit": str(scene.places[place].union.pk), "to": "unit", "kind": "regular", "period_from": _day(scene, -9),
            "period_until": _day(scene, -2)}  # fmt: skip


def _answered(scene: Scene, place: str) -> list[Any]:
    found = information(scene, place, "answered")
    return [found.pk, found.answers.get().pk]


SENT: Roles = {"plant": OFFICE["plant"] | {"manager"}}
INFORMATION = (
    Row("desk:information", {"plant": OFFICES | {"manager"}}),
    Row("desk:information_new", {"plant": OFFICES}, acts={"plant": OFFICE["plant"]}, refused={"plant": {"upper", "foreign"}},
        post=_drafted),
    Row("desk:information_one", UNION, lambda s, p: [information(s, p).pk], act="draft"),
    Row("desk:information_one", SENT, lambda s, p: [information(s, p, "sent").pk], act="sent", acts={"plant": {"manager"}},
        post=lambda s, p: {"text": "请抓紧"}),
    Row("desk:information_one", KNOWN, lambda s, p: [information(s, p, "sent", "above").pk], act="above",
        acts={"plant": {"upper"}, "other": {"upper"}}, post=lambda s, p: {"text": "请续报"}),
    Row("desk:information_write", UNION, lambda s, p: [information(s, p).pk], post=_words),
    *(Row("desk:information_print", SENT, lambda s, p, fmt=fmt: [information(s, p, "sent").pk, fmt], act=fmt)
      for fmt in ("pdf", "docx")),
    of_information("send", "whole", {"whom": "行政"}),
    of_information("answer", "sent", lambda s, p: {"side": "party", "name": "吕书记", "on": _day(s, 0), "text": "同意"}),
    of_information("mend", "sent", REASON),
    of_information("withdraw", "sent", REASON),
    of_information("drop", "draft", REASON),
    Row("desk:information_pass", UNION, _answered, post=lambda s, p: {"text": "行政答复：同意。"}),
)  # fmt: skip


# --- findings -----------------------------------------------------------------------------------------------------------


def finding(scene: Scene, status: str) -> Finding:
    """A finding on the plant: found, asked, explained."""
    key = ("plant", f"finding-{status}")
    if key not in scene.made:
        who, day = _upper(scene), scene.world.now.date()
        made = acts.find_fault(unit=scene.world.plant, kind="late", what="报晚了", on=day, **who)
        if status != "found":
            acts.ask_about(finding_id=made.pk, question="请说明。", **who)
        if status == "explained":
            acts.explain(finding_id=made.pk, text="没人值班。", **_who(scene, "plant"))
        scene.made[key] = made
    return Finding.objects.get(pk=scene.made[key].pk)


def of_finding(act: str, status: str, may: Roles, **post: str) -> Row:
    """An act on a finding."""
    return Row("desk:finding_act", may, lambda s, p: [finding(s, status).pk, act], post=lambda s, p: post, act=act)


FINDINGS = (
    Row("desk:findings", {"plant": OFFICES}),
    Row("desk:findings_compare", ABOVE, alone=405, post=lambda s, p: {}),
    Row("desk:finding_new", ABOVE,
        post=lambda s, p: {"unit_name": s.world.plant.name, "kind": "late", "what": "晚了", "on": _day(s, 0)}),
    Row("desk:finding", ABOVE, lambda s, p: [finding(s, "found").pk], act="found"),
    Row("desk:finding", {"plant": KNOWN["plant"]}, lambda s, p: [finding(s, "asked").pk], act="asked"),
    of_finding("ask", "found", ABOVE, question="请说明。"),
    of_finding("explain", "asked", {"plant": OFFICE["plant"]}, text="没人值班。"),
    of_finding("uphold", "explained", ABOVE, kind="late", reason="属实"),
    of_finding("dismiss", "found", ABOVE, reason="不是"),
)  # fmt: skip

ALERTS = (*WARNINGS, *INCIDENTS, *INFORMATION, *FINDINGS)
