"""The rows of reports and assessment: a unit's own office, management what was sent to it, the union above."""

from __future__ import annotations

from typing import Any

from huying.oversight import acts, reads
from huying.oversight.models import Opinion, Report, Round, Sheet
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICES, REASON, Made, Roles, Row

OWN: Roles = {place: OFFICE[place] for place in ("plant", "other")}
ISSUED: Roles = {"plant": OFFICE["plant"] | {"upper"}, "other": {"foreign", "upper"}, "county": {"upper"}}
SENT: Roles = {"plant": ISSUED["plant"] | {"manager"}}
ISSUES: Roles = {"plant": {"chair"}, "other": {"foreign"}}
ABOVE: Roles = {"plant": {"upper"}}
SHEETS: Roles = {"plant": OFFICE["plant"] | {"upper"}, "other": {"foreign", "upper"}}


def _who(scene: Scene, name: str) -> dict[str, Any]:
    return {"by": scene.world.as_(name), "at": scene.world.now}


def _by(place: str) -> str:
    return {"plant": "chair", "other": "foreign", "county": "upper"}[place]


def report(scene: Scene, place: str, status: str) -> Report:
    """A report in a state: draft, whole (nothing left to write), issued, sent (to management)."""
    key = (place, f"report-{status}")
    if key not in scene.made:
        scene.made[key] = _report(scene, place, status)
    return Report.objects.get(pk=scene.made[key].pk)


def _report(scene: Scene, place: str, status: str) -> Report:
    who = _who(scene, _by(place))
    made = acts.draft_report(unit=scene.places[place].union, period="2026Q3", to="both", **who)
    if status != "draft":
        body = {"sections": [{"heading": "基本情况", "text": "运行正常。"}]}
        acts.write_report(report_id=made.pk, title=made.title, to="both", body=body, **who)
    if status in ("issued", "sent"):
        acts.issue_report(report_id=made.pk, **who)
    if status == "sent":
        acts.send_report(report_id=made.pk, side="management", on=scene.world.now.date(), whom="行政", **who)
    return made


def rounds(scene: Scene) -> Round:
    """One round of the county."""
    if ("county", "round") not in scene.made:
        made = acts.open_round(unit=scene.world.county, period="2026Q3", **_who(scene, "upper"))
        scene.made["county", "round"] = made
        while acts.count_sheets(**_who(scene, "upper")):
            pass
    return Round.objects.get(pk=scene.made["county", "round"].pk)


def sheet(scene: Scene, place: str, status: str) -> Sheet:
    """A sheet in a state, each of a round of its own where it has moved on."""
    key = (place, f"sheet-{status}")
    if key not in scene.made:
        period = {
            "draft": "2026Q3",
            "confirmed": "2026Q2",
            "objected": "2026Q1",
            "closed": "2025",
            "checked": "2025Q4",
        }[status]
        scene.made[key] = _sheet(scene, place, status, period)
    return Sheet.objects.get(pk=scene.made[key].pk)


def _sheet(scene: Scene, place: str, status: str, period: str) -> Sheet:
    if period == "2026Q3":
        rounds(scene)
    elif not Round.objects.filter(period=period).exists():
        acts.open_round(unit=scene.world.county, period=period, **_who(scene, "upper"))
    found = Sheet.objects.get(round__period=period, unit=scene.places[place].union)
    if status != "draft":
        acts.confirm_sheet(sheet_id=found.pk, **_who(scene, "upper"))
    if status == "objected":
        acts.object_sheet(sheet_id=found.pk, text="不对", **_who(scene, _by(place)))
    if status in ("checked", "closed"):
        acts.agree_sheet(sheet_id=found.pk, **_who(scene, _by(place)))
    if status == "closed":
        acts.close_sheet(sheet_id=found.pk, **_who(scene, "upper"))
    return found


def opinion(scene: Scene) -> Opinion:
    """An opinion on the plant."""
    if ("plant", "opinion") not in scene.made:
        found = sheet(scene, "plant", "closed")
        scene.made["plant", "opinion"] = acts.sign_opinion(
            sheet_id=found.pk, about="honours", stance="support", text="同意。", **_who(scene, "upper")
        )
    return scene.made["plant", "opinion"]


def of_report(act: str, status: str, post: Made | dict[str, Any], *, may: Roles = OWN, **more: Any) -> Row:
    """An act on a report with a page of its own."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row("desk:report_act", may, lambda s, p: [report(s, p, status).pk, act], post=given, act=act, **more)


def of_sheet(
    name: str, status: str, post: Made | dict[str, Any], *, may: Roles, more: tuple[str, ...] = (), **how: Any
) -> Row:
    """An act on a sheet."""
    given: Made = post if callable(post) else lambda scene, place: post
    return Row(f"desk:sheet_{name}", may, lambda s, p: [sheet(s, p, status).pk, *more], post=given, **how)


def _words(scene: Scene, place: str) -> dict[str, Any]:
    found = report(scene, place, "draft")
    body = reads.words_of(found).body
    given: dict[str, Any] = {"title": "运行情况报告", "to": "party"}
    for number, one in enumerate(body["sections"]):
        given |= {f"heading-{number}": one["heading"], f"text-{number}": f"{one['text']} "}
    return given | {"text-4": "逐件督办。"}


def _today(scene: Scene, place: str) -> dict[str, Any]:
    return {"on": scene.world.now.date().isoformat()}


def _args(status: str) -> Made:
    return lambda scene, place: [report(scene, place, status).pk]


REPORTS = (
    Row("desk:reports", {"plant": OFFICES | {"manager"}}),
    Row("desk:report_new", {"plant": OFFICES}, acts={"plant": OFFICE["plant"]}, refused={"plant": {"upper", "foreign"}},
        post=lambda s, p: {"unit": str(s.world.plant.pk), "period": "2026Q3", "to": "both"}),
    Row("desk:report", OWN, _args("draft"), act="draft"),
    Row("desk:report", ISSUED, _args("issued"), act="issued"),
    Row("desk:report", SENT, _args("sent"), act="sent", post=lambda s, p: {"text": "请抓紧"}, acts={"plant": {"manager"}}),
    Row("desk:report_print", OWN, lambda s, p: [report(s, p, "draft").pk, "docx"], act="draft"),
    Row("desk:report_print", SENT, lambda s, p: [report(s, p, "sent").pk, "pdf"], act="sent"),
    Row("desk:report_write", OWN, _args("draft"), post=_words),
    Row("desk:report_issue", ISSUES, _args("whole"), alone=405, post=lambda s, p: {}),
    Row("desk:report_redraft", OWN, _args("draft"), alone=405, post=lambda s, p: {}),
    of_report("send", "issued", lambda s, p: {"side": "party", "whom": "党委办公室", **_today(s, p)}),
    of_report("remark", "sent", lambda s, p: {"side": "management", "name": "冯国庆", "text": "请抓紧", **_today(s, p)},
              may={"plant": OFFICE["plant"]}),
    of_report("mend", "issued", {"how": "correction", **REASON}, may=ISSUES),
    of_report("drop", "draft", REASON),
)  # fmt: skip


def _round(*more: str) -> Made:
    return lambda scene, place: [rounds(scene).pk, *more]


OPINION = {"about": "honours", "person": "unit", "stance": "support", "text": "同意。"}
ASSESSMENT = (
    Row("desk:assessment", {"plant": OFFICES}),
    Row("desk:round_new", ABOVE, post=lambda s, p: {"unit": str(s.world.county.pk), "period": "2026H1"}),
    Row("desk:round", ABOVE, _round()),
    *(Row("desk:round_table", ABOVE, _round(fmt), act=fmt) for fmt in ("pdf", "xlsx")),
    Row("desk:round_confirm", ABOVE, _round(), alone=405, post=lambda s, p: {"remark": "属实"}),
    Row("desk:round_close", ABOVE, lambda s, p: [sheet(s, p, "checked").round_id], alone=405, post=lambda s, p: {}),
    Row("desk:honours", ABOVE, _round()),
    Row("desk:sheet", ABOVE, lambda s, p: [sheet(s, p, "draft").pk], act="draft"),
    Row("desk:sheet", SHEETS, lambda s, p: [sheet(s, p, "closed").pk], act="closed"),
    Row("desk:sheet_print", SHEETS, lambda s, p: [sheet(s, p, "confirmed").pk]),
    of_sheet("confirm", "draft", {"remark": "属实"}, may=ABOVE),
    of_sheet("correct", "draft", {"points": "1", **REASON}, may=ABOVE, more=("accept",)),
    of_sheet("agree", "confirmed", {}, may=OWN, alone=405),
    of_sheet("object", "confirmed", {"text": "不对"}, may=OWN),
    of_sheet("close", "objected", {"answer": "已核"}, may=ABOVE),
    of_sheet("opinion", "closed", OPINION, may=ABOVE),
    *(Row("desk:opinion_print", ABOVE, lambda s, p, fmt=fmt: [opinion(s).pk, fmt], act=fmt) for fmt in ("pdf", "docx")),
)  # fmt: skip


OVERSIGHT = (*REPORTS, *ASSESSMENT)
