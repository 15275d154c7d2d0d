"""The rows of work records: a union's own office, who reads from above, the unit visited, which learns date and presence only."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from huying.fieldwork import acts
from huying.fieldwork.models import Record, RecordFile, RecordPoint
from huying.fieldwork.rules import Deed
from huying.files.acts import check
from huying.org.models import Post, Unit
from huying.org.reads import acting_as
from tests.factories.world import works_by
from tests.matrix.scene import Scene, picture
from tests.matrix.table import OFFICES, REASON, Made, Roles, Row

WRITES: Roles = {
    "plant": {"officer", "second", "chair"},
    "hidden": {"officer", "second"},
    "county": {"upper"},
    "other": {"foreign"},
}
READS: Roles = {place: WRITES[place] | {"upper"} for place in WRITES}
# Whose words they are: the union above reads that it was done, not what was heard.
VISITED: Roles = {"plant": {"officer", "second", "chair"}, "hidden": set(), "other": {"foreign"}}
ABOVE: Roles = {"county": {"upper"}}
HERE: Roles = {"plant": OFFICES}


def _who(scene: Scene, post: Post) -> dict[str, Any]:
    return {"by": acting_as(post, scene.world.now.date()), "at": scene.world.now}


def _post(scene: Scene, place: str) -> Post:
    return scene.world.posts["upper"] if place == "county" else scene.places[place].officer


def _deed(scene: Scene, place: Unit, kind: str = "visit", **given: Any) -> Deed:
    on = scene.world.now.date() - timedelta(days=1)
    fields: dict[str, Any] = {
        "kind": kind,
        "on": on,
        "begins": time(9),
        "minutes": 240,
        "place": place,
        "heard": "班车太早",
    }
    return Deed(**{**fields, **given})


def record(scene: Scene, place: str, what: str = "one") -> Record:
    """A record of a place's union, always the same one; hidden: about a case that names the chair."""
    key = (place, f"record-{what}")
    if key not in scene.made:
        scene.made[key] = _record(scene, place, what)
    return Record.objects.get(pk=scene.made[key].pk)


def _record(scene: Scene, place: str, what: str) -> Record:
    post, where = _post(scene, place), scene.places[place].unit
    cases = [scene.case(place, "accepted").pk] if place == "hidden" else []
    own: dict[str, Any] = {"place": where}
    if what == "meeting":
        works_by(scene.world, "shaanxi-2012-38")
        own = {"kind": "joint_meeting", "place": None, "fields": {"parties": "人社局", "settled": "通报欠薪"}}
    files = (check(upload=picture()),) if what == "photo" else ()
    where = own.pop("place")
    return acts.write_record(
        union=post.unit,
        deed=_deed(scene, where, **own),
        people=[post],
        case_ids=cases,
        files=files,
        **_who(scene, post),
    )


def point(scene: Scene, place: str) -> RecordPoint:
    """One thing settled."""
    if (place, "settled") not in scene.made:
        found = record(scene, place, "meeting")
        who = _who(scene, _post(scene, place))
        scene.made[place, "settled"] = acts.settle_point(record_id=found.pk, what="通报欠薪", who="人社局", **who)
    made: RecordPoint = scene.made[place, "settled"]
    return made


def visit(scene: Scene, place: str) -> Record:
    """The county was at a place; hidden: about a case that names the chair there."""
    key = (place, "visited")
    if key not in scene.made:
        upper = scene.world.posts["upper"]
        cases = [scene.case(place, "accepted").pk] if place == "hidden" else []
        scene.made[key] = acts.write_record(
            union=scene.world.county, deed=_deed(scene, scene.places[place].unit), people=[upper], case_ids=cases,
            **_who(scene, upper),
        )  # fmt: skip
    made: Record = scene.made[key]
    return made


def file(scene: Scene, place: str) -> RecordFile:
    """A photo."""
    return record(scene, place, "photo").files.get()


def joined(scene: Scene, place: str) -> list[Any]:
    """A record with a case joined that can be parted."""
    found, case = record(scene, place, "joined"), scene.case(place, "accepted")
    if not found.cases.filter(case=case).exists():
        acts.join_case(record_id=found.pk, case_id=case.pk, **_who(scene, _post(scene, place)))
    return [found.pk, case.pk]


def _typed(scene: Scene, place: str) -> dict[str, Any]:
    post = _post(scene, place)
    where = scene.places[place].unit
    on = scene.world.now.date() - timedelta(days=1)
    return {
        "kind": "visit", "union": str(post.unit_id), "on": on.isoformat(), "minutes": "4", "place": where.name,
        "people": [str(post.pk)], "leader": "", "heard": "班车太早",
    }  # fmt: skip


def _amended(scene: Scene, place: str) -> dict[str, Any]:
    return {**_typed(scene, place), "version": str(record(scene, place).version)}


def one(what: str = "one") -> Made:
    """The address of a record."""
    return lambda scene, place: [record(scene, place, what).pk]


BORN = {"words": "班车太早", "secrecy": "sealed", "name": "马丽", "phone": ""}
RECORDS = (
    Row("desk:records", HERE),
    Row("desk:records_xlsx", HERE),
    Row("desk:record_new", HERE, query=lambda s, p: {"kind": "visit"}),
    Row("desk:record", READS, one()),
    Row("desk:record_edit", {place: WRITES[place] for place in ("plant", "other", "county")}, one(), post=_amended),
    Row("desk:record_withdraw", WRITES, one(), alone=405, post=lambda s, p: REASON),
    Row("desk:record_born", {place: WRITES[place] for place in ("plant", "hidden", "other")}, one(), post=lambda s, p: BORN),
    Row("desk:record_join", {place: WRITES[place] for place in ("plant", "other")}, one(), alone=405,
        post=lambda s, p: {"number": s.case(p, "registered").number}),
    Row("desk:record_part", {place: WRITES[place] for place in ("plant", "other")}, joined, alone=405, post=lambda s, p: {}),
    Row("desk:record_file", WRITES, lambda s, p: [record(s, p, "photo").pk, file(s, p).pk]),
    Row("desk:record_settle", {place: WRITES[place] for place in ("plant", "county", "other")}, one("meeting"), alone=405,
        post=lambda s, p: {"what": "通报欠薪", "who": "人社局"}),
    Row("desk:record_points", HERE),
    Row("desk:record_follow", {place: WRITES[place] for place in ("plant", "county", "other")}, lambda s, p: [point(s, p).pk],
        post=lambda s, p: {"result": "发了第一期"}),
    Row("desk:record_ledger", HERE),
    Row("desk:record_ledger_xlsx", HERE),
    Row("desk:record_ledger_pdf", HERE),
    Row("desk:record_surveys", ABOVE),
    Row("desk:record_surveys_xlsx", ABOVE),
    Row("desk:visits", HERE),
    Row("desk:visit", VISITED, lambda s, p: [visit(s, p).pk], post=lambda s, p: {}),
    Row("desk:field", HERE),
    Row("desk:field_worker", HERE),
    Row("desk:field_now", HERE),
    Row("desk:field_send", HERE, alone=405, post=_typed, sent=409),
)  # fmt: skip
