"""Sudden incidents: the first report reaches unit and union above at once, the chain of taking note, the scene, drills."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.alerts import acts, reads
from huying.alerts.models import Incident
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from tests.alerts.made import drafted, hidden, listed, opened, planned, reported, who

pytestmark = pytest.mark.django_db


def told(world, incident) -> set[str]:
    return set(Notice.objects.filter(kind="incident", subject=incident.pk).values_list("recipient__name", flat=True))


def knows(world, incident) -> set[str]:
    return {name for name in world.posts if Incident.objects.known_to(world.as_(name)).filter(pk=incident.pk).exists()}


@pytest.mark.clause("BD-4.7")
def test_the_first_report_reaches_the_office_and_the_union_above_in_the_same_act(world) -> None:
    plan = planned(world)
    incident = reported(world)
    assert told(world, incident) == {"周明远", "郑卫国", "高敏"}
    assert [(one.side, one.unit.short_name) for one in incident.levels.order_by("order")] == [
        ("office", "山机"),
        ("above", "沂河"),
    ]
    assert incident.levels.get(side="office").noted_at == world.now  # who reports knows
    assert (incident.plan, incident.reports.get().kind, incident.by_unit) == (plan, "first", world.plant)
    assert knows(world, incident) == {"officer", "second", "chair", "upper"}


@pytest.mark.clause("BD-4.7")
def test_management_learns_of_it_by_the_units_choice(world) -> None:
    incident = reported(world, to_management=True)
    assert "冯国庆" in told(world, incident)
    assert "manager" in knows(world, incident)
    assert not reads.reads_all(world.as_("manager"), incident)
    other = reported(world)
    assert "manager" not in knows(world, other)
    acts.tell_management(incident_id=other.pk, **who(world))
    assert "manager" in knows(world, other)
    with pytest.raises(Refused):
        acts.tell_management(incident_id=other.pk, **who(world))


@pytest.mark.clause("BD-4.7")
def test_a_liaison_in_the_workshop_may_report_and_reads_what_was_reported(world) -> None:
    incident = reported(world, by="liaison", unit=world.shop)
    assert (incident.unit, incident.by_unit) == (world.plant, world.plant)
    assert told(world, incident) == {"李慧敏", "周明远", "郑卫国", "高敏"}
    assert "liaison" in knows(world, incident)
    assert not reads.reads_all(world.as_("liaison"), incident)
    for name in ("handler", "manager", "delegate", "foreign", "audit"):
        with pytest.raises(NotYours):
            reported(world, by=name)


@pytest.mark.clause("BD-4.7")
@pytest.mark.parametrize(
    ("given", "field"),
    [({"what": " "}, "what"), ({"place": ""}, "place"), ({"since": 1}, "since"), ({"known_at": -60}, "known_at")],
)
def test_a_report_that_cannot_be_is_refused(world, given, field) -> None:
    minutes = {name: world.now + timedelta(minutes=value) for name, value in given.items() if isinstance(value, int)}
    with pytest.raises(Invalid) as caught:
        reported(world, **{**given, **minutes})
    assert field in caught.value.fields
    assert not Incident.objects.exists()


@pytest.mark.clause("BD-4.7")
def test_level_by_level_says_who_took_note_when(world) -> None:
    incident = reported(world, to_management=True)
    acts.note_incident(incident_id=incident.pk, **who(world, "upper", minutes=7))
    acts.note_incident(incident_id=incident.pk, **who(world, "manager", minutes=9))
    noted = {one.side: (one.noted_by.person.name, one.noted_at - one.told_at) for one in incident.levels.all()}
    assert noted["above"] == ("高敏", timedelta(minutes=7))
    assert noted["management"] == ("冯国庆", timedelta(minutes=9))
    with pytest.raises(Refused):
        acts.note_incident(incident_id=incident.pk, **who(world, "upper"))
    with pytest.raises(NotYours):
        acts.note_incident(incident_id=incident.pk, **who(world, "foreign"))
    assert not reads.not_noted(world.as_("upper")).exists()


@pytest.mark.clause("QD-4.6b")
@pytest.mark.parametrize(("kind", "label"), [("talk", "教育疏导"), ("law", "法律宣传"), ("opinion", "职工意见")])
def test_talks_law_and_opinions_are_logged_on_the_scene(adopted, kind, label) -> None:
    incident = reported(adopted)
    entry = acts.log_scene(incident_id=incident.pk, kind=kind, text="讲了工资支付规定", **who(adopted, minutes=10))
    incident = Incident.objects.get()
    assert (incident.status, incident.on_scene_at) == ("handling", entry.happened_at)
    assert incident.events.filter(act="log").get().label == f"记现场：{label}"


@pytest.mark.clause("QD-4.6b")
def test_the_log_takes_the_packs_kinds_only(adopted) -> None:
    incident = reported(adopted)
    for given in ({"kind": "measure"}, {"text": " "}, {"happened_at": adopted.now - timedelta(days=1)}):
        with pytest.raises(Invalid):
            acts.log_scene(incident_id=incident.pk, **{"kind": "talk", "text": "谈", **given}, **who(adopted))
    assert rules_clause(adopted) == "QD-4.6b"
    with pytest.raises(NotYours):
        acts.log_scene(incident_id=incident.pk, kind="talk", text="谈", **who(adopted, "upper"))


def rules_clause(world) -> str:
    return rules_for(world.plant, world.now.date()).options("scene_entries").clause.id


@pytest.mark.clause("HY-alerts")
@pytest.mark.parametrize(
    ("kind", "label"), [("talk", "谈话"), ("law", "讲法律"), ("opinion", "职工意见"), ("measure", "采取的措施")]
)
def test_without_a_pack_the_starting_kinds_hold(world, kind, label) -> None:
    incident = reported(world)
    acts.log_scene(incident_id=incident.pk, kind=kind, text="做了", **who(world))
    assert incident.events.filter(act="log").get().label == f"记现场：{label}"


@pytest.mark.clause("BD-4.7")
def test_what_follows_and_how_it_ended_goes_to_everybody_who_was_told(world) -> None:
    incident = reported(world)
    acts.follow_incident(incident_id=incident.pk, text="人散了一半", people=20, **who(world, minutes=5))
    acts.close_incident(incident_id=incident.pk, text="工资补发，人都回去了", **who(world, minutes=50))
    heard = Notice.objects.filter(recipient=world.posts["upper"].person, kind="incident")
    assert heard.count() == 3
    assert [one.kind for one in incident.reports.order_by("at")] == ["first", "follow", "closing"]
    with pytest.raises(Refused):
        acts.follow_incident(incident_id=incident.pk, text="还有", **who(world))


@pytest.mark.clause("BD-4.7")
def test_the_plan_is_kept_beforehand_with_the_order_of_calls(world) -> None:
    assert reads.without_plan(world.as_("officer")) == [world.plant]
    plan = planned(world)
    assert [(one.order, one.name) for one in plan.calls.order_by("order")] == [(1, "郑卫国"), (2, "冯国庆")]
    incident = reported(world)
    link = plan.calls.get(order=1)
    acts.call_link(incident_id=incident.pk, link_id=link.pk, reached=False, **who(world, minutes=1))
    assert [one.reached for one in incident.calls.all()] == [False]
    assert planned(world).number == 2
    with pytest.raises(Invalid):
        acts.keep_plan(unit=world.plant, steps="先到", calls=[("郑卫国", "", "")], **who(world))
    with pytest.raises(NotYours):
        acts.keep_plan(unit=world.plant, steps="先到", calls=[("甲", "", "1")], **who(world, "upper"))


@pytest.mark.clause("BD-4.7")
def test_a_drill_says_so_everywhere_and_counts_nowhere(world) -> None:
    incident = reported(world, drill=True)
    acts.follow_incident(incident_id=incident.pk, text="到了", **who(world, minutes=2))
    titles = set(Notice.objects.filter(kind="incident").values_list("title", flat=True))
    assert titles
    assert all(title.startswith("【演练】") for title in titles)
    assert str(incident).startswith("【演练】")
    assert not Incident.objects.real().exists()
    facts = reads.facts_of(world.plant, world.now.date(), world.now.date(), today=world.now.date())
    assert facts.incidents == 0
    with pytest.raises(Refused):
        acts.draft_information(
            unit=world.plant, to="above", kind="at_once", period_from=world.now.date(), period_until=world.now.date(),
            known_at=world.now, incident_id=incident.pk, **who(world),
        )  # fmt: skip


def test_a_warning_that_came_true_is_hidden_with_its_incident(world) -> None:
    warning = listed(world, drafted(world, cases=[hidden(world).pk]))
    incident = reported(world, warning_id=warning.pk)
    warning.refresh_from_db()
    assert (warning.status, incident.warning) == ("incident", warning)
    assert "chair" not in knows(world, incident)
    assert "郑卫国" not in told(world, incident)
    assert "chair" in knows(world, reported(world, warning_id=opened(world).pk))


@pytest.mark.clause("BD-4.8")
def test_an_incident_that_was_none_is_taken_back_and_everybody_hears_it(world) -> None:
    incident = reported(world)
    with pytest.raises(Invalid):
        acts.mistake_incident(incident_id=incident.pk, reason=" ", **who(world))
    taken = acts.mistake_incident(incident_id=incident.pk, reason="是消防演习", **who(world, minutes=3))
    assert taken.status == "mistaken"
    assert Notice.objects.filter(recipient=world.posts["upper"].person, title__contains="误报").exists()
