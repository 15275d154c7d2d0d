"""The rows of studios and standing ties: the own office keeps them, the unions above read, management and departments never;
who a household is, only the office that looks after it."""

from __future__ import annotations

from typing import Any

from huying.fieldwork import acts
from huying.fieldwork.models import DemoPoint, Household, Leave, PlanTask, Studio, StudioStaff, Tie, YearPlan
from huying.org.models import Level, Unit
from tests.factories.org import make_unit
from tests.factories.world import works_by
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICES, REASON, Made, Roles, Row

READERS: Roles = {"plant": OFFICE["plant"] | {"upper"}, "other": {"foreign", "upper"}, "county": {"upper"}}
STUDIOS: Roles = {place: READERS[place] for place in ("plant", "other")}
OWN: Roles = {place: OFFICE[place] for place in ("plant", "other")}
KEEPERS: Roles = {place: OFFICE[place] for place in ("plant", "other", "county")}
PLANT: Roles = {"plant": OFFICE["plant"]}
ALL: Roles = {"plant": OFFICES}
ABOVE: Roles = {"plant": {"upper"}}
TODAY = "2026-11-20"


def _who(scene: Scene, place: str = "plant") -> dict[str, Any]:
    name = {"plant": "officer", "other": "foreign", "county": "upper"}[place]
    return {"by": scene.world.as_(name), "at": scene.world.now}


def _unit(scene: Scene, place: str) -> Unit:
    return Unit.objects.get(pk=scene.places[place].union.pk)


def _kept(scene: Scene, key: tuple[str, str], make: Any) -> Any:
    """One thing, made when first asked for, under a key of these rows."""
    key = (key[0], f"studios-{key[1]}")
    if key not in scene.made:
        scene.made[key] = make()
    row = scene.made[key]
    return type(row).objects.get(pk=row.pk)


def of_unit(*more: Any) -> Made:
    """A page of one union."""
    return lambda scene, place: [_unit(scene, place).pk, *more]


def plain(**typed: Any) -> Made:
    """A form as typed."""
    return lambda scene, place: typed


def _staff(scene: Scene, place: str) -> list[Any]:
    unit = _unit(scene, place)

    def make() -> StudioStaff:
        return acts.add_staff(unit=unit, kind="cadre", person_id=scene.places[place].officer.person_id,
                              since=scene.world.now.date(), **_who(scene, place))  # fmt: skip

    return [unit.pk, _kept(scene, (place, "studio-staff"), make).pk]


def _studio(scene: Scene, place: str) -> list[Any]:
    def make() -> Studio:
        return acts.set_studio(unit=_unit(scene, place), facts={}, equipped={}, **_who(scene, place))

    _kept(scene, (place, "studio"), make)
    return [_unit(scene, place).pk]


def _town(scene: Scene, place: str) -> list[Any]:
    return [
        _kept(
            scene, ("county", "town"), lambda: make_unit("北河镇总工会", under=scene.world.county, level=Level.TOWN)
        ).pk
    ]


def _links(scene: Scene, place: str) -> list[Any]:
    works_by(scene.world, "pingdingshan-2013")
    return [_unit(scene, place).pk]


def _plan(scene: Scene, place: str) -> YearPlan:
    return _kept(
        scene,
        (place, "plan"),
        lambda: acts.write_plan(unit=_unit(scene, place), year=2026, goal="走访", **_who(scene, place)),
    )


def _task(scene: Scene, place: str) -> PlanTask:
    def make() -> PlanTask:
        person = scene.places[place].officer.person_id
        due = scene.world.now.date()
        return acts.add_task(
            plan_id=_plan(scene, place).pk, text="走访", person_id=person, due_on=due, **_who(scene, place)
        )

    return _kept(scene, (place, "task"), make)


def _point(scene: Scene) -> DemoPoint:
    def make() -> DemoPoint:
        return acts.name_demo_point(union=_unit(scene, "county"), unit=_unit(scene, "other"), since=scene.world.now.date(),
                                    learned="", **_who(scene, "county"))  # fmt: skip

    return _kept(scene, ("county", "point"), make)


def _tie(scene: Scene) -> Tie:
    """The officer of the plant and its branch."""

    def make() -> Tie:
        return acts.make_tie(
            union=_unit(scene, "plant"), kind="contact_point", post=scene.world.posts["officer"], unit=_unit(scene, "branch"),
            since=scene.world.now.date(), **_who(scene),
        )  # fmt: skip

    return _kept(scene, ("plant", "tie"), make)


def _household(scene: Scene) -> Household:
    facts = {"name": "贺春苗", "needs": "重病"}
    return _kept(
        scene,
        ("plant", "household"),
        lambda: acts.add_household(unit=_unit(scene, "plant"), facts=facts, **_who(scene)),
    )


def _leave(scene: Scene) -> Leave:
    def make() -> Leave:
        day = scene.world.now.date().replace(month=12)
        return acts.note_leave(post=scene.world.posts["second"], kind="sick", since=day, until=day, **_who(scene))

    return _kept(scene, ("plant", "leave"), make)


def _leaving(scene: Scene, place: str) -> dict[str, Any]:
    return {"post": str(scene.world.posts["second"].pk), "kind": "leave", "since": TODAY, "until": TODAY}


def _new_tie(scene: Scene, place: str) -> dict[str, Any]:
    return {"post": str(scene.world.posts["second"].pk), "unit": str(_unit(scene, "branch").pk), "since": TODAY}


def _seats(scene: Scene, place: str) -> dict[str, Any]:
    return {"person0": str(scene.world.posts["upper"].person_id), "duty0": "head"}


def _new_task(scene: Scene, place: str) -> dict[str, Any]:
    return {"text": "走访", "person": str(scene.places[place].officer.person_id), "due_on": "2026-12-01"}


def _new_point(scene: Scene, place: str) -> dict[str, Any]:
    return {"unit": str(_unit(scene, "plant").pk), "since": TODAY}


HOME = {"name": "贺春苗", "needs": "重病"}
FIELDWORK_STUDIOS = (
    Row("desk:studios", ALL),
    Row("desk:studios_xlsx", ALL),
    Row("desk:studio", STUDIOS, of_unit()),
    Row("desk:studio_edit", OWN, _studio, post=lambda s, p: {"room": "101", "version": Studio.objects.get(unit=_unit(s, p)).version}),
    Row("desk:studio_staff", OWN, of_unit(), post=plain(kind="cadre", name="申小雨", since=TODAY)),
    Row("desk:studio_staff_end", OWN, _staff, post=plain(until=TODAY)),
    Row("desk:liaisons", OWN, of_unit(), post=plain()),
    Row("desk:studio_print", OWN, of_unit("sign", "pdf")),
    Row("desk:links", READERS, _links, post=plain(), acts=KEEPERS),
    Row("desk:own_rule", KEEPERS, lambda s, p: [*_links(s, p), "reaction"], post=plain(since=TODAY, text="两小时内响应")),
    Row("desk:work_log", READERS, of_unit()),
    Row("desk:work_log_day", READERS, of_unit(TODAY), post=plain(text="接了三个电话"), acts=KEEPERS),
    Row("desk:work_log_print", READERS, of_unit("2026-11")),
    Row("desk:opinion_file", READERS, of_unit()),
    Row("desk:opinion_file_xlsx", READERS, of_unit()),
    Row("desk:guidance", ABOVE),
    Row("desk:guides", {"county": set()}, _town, post=plain()),
    Row("desk:group", {"county": {"upper"}, "plant": set()}, of_unit("leading"), post=_seats),
    Row("desk:plans", ALL),
    Row("desk:plan_write", KEEPERS, of_unit(2026), post=plain(goal="走访")),
    Row("desk:plan_task", KEEPERS, lambda s, p: [_plan(s, p).pk], post=_new_task),
    Row("desk:plan_done", KEEPERS, lambda s, p: [_task(s, p).pk], post=plain(result="走完了")),
    Row("desk:demo_point", {"county": {"upper"}}, of_unit(), post=_new_point),
    Row("desk:demo_point_end", {"county": {"upper"}}, lambda s, p: [_point(s).pk], post=plain(until=TODAY)),
    Row("desk:ties", ALL),
    Row("desk:ties_xlsx", ALL),
    Row("desk:coverage", ALL),
    Row("desk:coverage_xlsx", ALL),
    Row("desk:tie", {"plant": READERS["plant"]}, lambda s, p: [_tie(s).pk], post=plain(kind="thing", on=TODAY, text="装了热水器"),
        acts=PLANT),
    Row("desk:tie_end", PLANT, lambda s, p: [_tie(s).pk], post=plain(until=TODAY, **REASON)),
    Row("desk:tie_new", PLANT, of_unit("contact_point"), post=_new_tie),
    Row("desk:leaves", ALL, post=_leaving, acts=PLANT, refused={"plant": {"upper", "foreign"}}),
    Row("desk:leave_back", PLANT, lambda s, p: [_leave(s).pk], post=plain()),
    Row("desk:households", ALL),
    Row("desk:household_new", PLANT, of_unit(), post=plain(**HOME)),
    Row("desk:household", {"plant": READERS["plant"]}, lambda s, p: [_household(s).pk], post=plain(**REASON), acts=PLANT, sent=200),
    Row("desk:household_change", PLANT, lambda s, p: [_household(s).pk], post=plain(**HOME)),
    Row("desk:household_close", PLANT, lambda s, p: [_household(s).pk], post=plain(on=TODAY, **REASON)),
    Row("desk:household_erase", PLANT, lambda s, p: [_household(s).pk], post=plain(**REASON)),
)  # fmt: skip
