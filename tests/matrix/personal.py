"""The rows of people's own data: the office that has the case, a second person, the one who may open what is sealed."""

from __future__ import annotations

from typing import Any

from huying.cases import acts
from huying.cases.models import Case, Hold, PersonRequest, Unsealing
from huying.desk.forms.personal import DRAFT
from huying.kernel.actors import SYSTEM
from huying.mechanism.acts import set_house_rules
from tests.factories import world as make
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICE, OFFICER, OFFICES, Roles, Row, act_row

OWN: Roles = {place: OFFICE[place] for place in ("plant", "hidden", "other")}
SECOND: Roles = {"plant": {"chair"}, "hidden": {"upper"}}


def _case(scene: Scene, place: str, name: str) -> Case:
    """A sealed case of its own for a row."""
    if (place, name) not in scene.made:
        at = scene.places[place]
        case = make.said(scene.world, place=at.unit, concerns=at.concerns)
        scene._to_accepted(place, case)
        scene.made[place, name] = case
    return Case.objects.get(pk=scene.made[place, name].pk)


def request(scene: Scene, place: str) -> PersonRequest:
    """Somebody asked to have something set right."""
    case = _case(scene, place, "request")
    found = PersonRequest.objects.filter(case=case).first()
    return found or acts.enter_request(
        case_id=case.pk, party_id=case.parties.get().pk, kind="correct", via="phone", asked={"said": "不对"},
        **scene.who(place),
    )  # fmt: skip


def unsealing(scene: Scene, place: str) -> Unsealing:
    """The officer asked to open what is sealed."""
    union = scene.places[place].union
    case = _case(scene, place, "unsealing")
    found = Unsealing.objects.filter(case=case).first()
    if found is None:
        rules = {"counts": {"unseal_approvals": 1}}
        if ("rules", str(union.pk)) not in scene.made:
            set_house_rules(unit=union, changes=rules, by=SYSTEM, at=scene.world.now)
        found = acts.ask_unsealing(case_id=case.pk, reason="verify", words="", **scene.who(place))
        set_house_rules(unit=union, changes={"counts": {"unseal_approvals": None}}, by=SYSTEM, at=scene.world.now)
    return found


def hold(scene: Scene, place: str) -> Hold:
    """Nothing may be erased for now."""
    case = _case(scene, place, "hold")
    found = Hold.objects.filter(case=case, lifted_at__isnull=True).first()
    return found or acts.set_hold(case_id=case.pk, why="law", until=None, **scene.who(place))


def _enter(scene: Scene, place: str) -> dict[str, Any]:
    party = scene.case(place, "accepted").parties.first()
    return {"party": str(party.pk), "kind": "access", "via": "phone"}  # type: ignore[union-attr]


PERSONAL = (
    Row("desk:requests", {"plant": OFFICES}),
    Row("desk:personal_assessment", {"plant": OFFICES}, post=lambda s, p: {**DRAFT, "conclusion": "可以处理。"}),
    Row("desk:request", OWN, lambda s, p: [request(s, p).pk],
        post=lambda s, p: {"act": "refuse", "answer": "照原样留着。", "version": request(s, p).version}),
    *(Row(f"desk:{name}", {"county": {"audit"}}) for name in ("audit_day", "audit_day_print", "audit_day_table", "audit_acts")),
    Row("desk:expires", {"county": {"audit", "system"}}),
    act_row("ask_unsealing", "accepted", {"reason": "verify"}, may=OFFICER, sent=422),
    act_row("enter_request", "accepted", _enter, may=OWN),
    act_row("hold", "accepted", {"why": "inquiry"}, may=OWN),
    Row("desk:case_act_of", OWN, lambda s, p: [hold(s, p).case_id, "lift_hold", hold(s, p).pk], post=lambda s, p: {},
        act="lift_hold"),
    Row("desk:case_act_of", SECOND, lambda s, p: [unsealing(s, p).case_id, "decide_unsealing", unsealing(s, p).pk],
        post=lambda s, p: {"grant": "yes"}, act="decide_unsealing"),
)  # fmt: skip
