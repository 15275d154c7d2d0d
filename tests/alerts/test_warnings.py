"""The warning ledger: entered, listed, put to who must know, ended; who knows of it; what is watched."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.alerts import acts, reads
from huying.alerts.models import Warned, Warning, Watch
from huying.alerts.reads import _printed
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from huying.trail.models import Entry
from tests.alerts.made import drafted, hidden, listed, opened, record_at, who
from tests.factories import world as make
from tests.factories.org import make_person

pytestmark = pytest.mark.django_db


def readers(world, warning) -> set[str]:
    return {name for name in world.posts if Warning.objects.visible_to(world.as_(name)).filter(pk=warning.pk).exists()}


@pytest.mark.clause("BD-4.5")
def test_what_screening_finds_is_listed_with_who_watches_and_what_comes_next(adopted) -> None:
    world = adopted
    cases = [make.accepted(world) for _ in range(2)]
    records = [
        record_at(world, world.shop, kind="screening", scope=scope) for scope in ("daily", "special", "key_period")
    ]
    warning = drafted(world, cases=[one.pk for one in cases], records=[one.pk for one in records])
    with pytest.raises(Invalid) as caught:
        acts.open_warning(warning_id=warning.pk, watcher=world.posts["officer"], next_step=" ",
                          next_on=world.now.date(), **who(world))  # fmt: skip
    assert "next_step" in caught.value.fields
    warning = listed(world, warning)
    assert (warning.status, warning.watcher, warning.version) == ("open", world.posts["officer"], 2)
    behind = reads.behind(world.as_("officer"), warning)
    assert (len(behind.cases), len(behind.records)) == (2, 3)
    scopes = rules_of(world).options("screenings")
    assert [scopes.label_of(one.figures["scope"]) for one in records] == ["日常排查", "专项排查", "重点时期集中排查"]
    assert scopes.clause.id == "BD-4.5"
    assert rules_of(world).record("screening").clause.id == "BD-4.5"
    assert [field.code for field in rules_of(world).record("screening").fields] == ["scope"]
    assert Entry.objects.filter(act="warning.open", subject=f"warning:{warning.pk}").count() == 1


def rules_of(world):
    return rules_for(world.plant, world.now.date())


@pytest.mark.clause("BD-4.5")
def test_a_weighty_one_reaches_the_chair_at_once_and_management_in_words_alone(world) -> None:
    warning = opened(world, level="serious")
    assert [one.to for one in warning.told.all()] == ["chair"]
    assert Notice.objects.get(recipient=world.posts["chair"].person).kind == "warning.told"
    row = acts.tell_warning(warning_id=warning.pk, to="management", text="请月底前把拖欠的工资发下去。", **who(world))
    manager = world.as_("manager")
    assert reads.told_for(manager, row.pk).text == "请月底前把拖欠的工资发下去。"
    assert Notice.objects.get(recipient=world.posts["manager"].person).url == reverse(
        "desk:warning_told", args=[row.pk]
    )
    assert not Warning.objects.visible_to(manager).exists()
    assert not Warned.objects.for_management(world.as_("chair")).exists()


@pytest.mark.clause("QD-4.6a")
def test_the_gravest_warns_the_union_above_at_once_and_the_party_on_paper(world) -> None:
    warning = opened(world, level="grave")
    assert sorted(one.to for one in warning.told.all()) == ["above", "chair"]
    assert Notice.objects.filter(recipient=world.posts["upper"].person, kind="warning.told").exists()
    with pytest.raises(Invalid) as caught:
        acts.tell_warning(warning_id=warning.pk, to="party", text="请予关注。", **who(world))
    assert "whom" in caught.value.fields
    row = acts.tell_warning(warning_id=warning.pk, to="party", text="请予关注。", whom="县委办公室", **who(world))
    assert (row.whom, row.to) == ("县委办公室", "party")


def test_a_light_one_tells_nobody_by_itself(world) -> None:
    assert not opened(world, level="watch").told.exists()


@pytest.mark.clause("HY-alerts")
@pytest.mark.parametrize(("level", "told"), [("watch", 0), ("serious", 1), ("grave", 2)])
def test_levels_are_those_of_the_rules(world, level, told) -> None:
    assert opened(world, level=level).told.count() == told
    with pytest.raises(Invalid):
        drafted(world, level="none")


def test_nobody_is_named_in_a_warning(world) -> None:
    make_person(world.plant, "马春兰")
    for words in ({"title": "马春兰要停工"}, {"risk": "电话 13900001111"}):
        with pytest.raises(Invalid):
            drafted(world, **words)


def test_going_on_and_ending_say_what_and_why(world) -> None:
    warning = opened(world)
    later = world.now.date() + timedelta(days=5)
    acts.progress_warning(
        warning_id=warning.pk, text="同财务谈了", next_step="发放当天到场", next_on=later, **who(world)
    )
    with pytest.raises(Stale):
        acts.defuse_warning(warning_id=warning.pk, reason="发了", version=1, **who(world))
    with pytest.raises(Invalid):
        acts.defuse_warning(warning_id=warning.pk, reason=" ", **who(world))
    ended = acts.defuse_warning(warning_id=warning.pk, reason="工资补发到位", **who(world))
    assert (ended.status, ended.outcome) == ("defused", "工资补发到位")
    with pytest.raises(Refused):
        acts.progress_warning(warning_id=warning.pk, text="再", next_step="再", next_on=later, **who(world))
    dropped = acts.drop_warning(warning_id=drafted(world).pk, reason="不是苗头", **who(world))
    assert dropped.status == "dropped"


def test_who_knows_of_a_warning(world) -> None:
    warning = drafted(world)
    assert readers(world, warning) == {"officer", "second", "chair"}
    listed(world, warning)
    assert readers(world, warning) == {"officer", "second", "chair", "upper"}
    with pytest.raises(NotYours):
        acts.defuse_warning(warning_id=warning.pk, reason="发了", **who(world, "upper"))


@pytest.mark.clause("BD-4.5")
def test_whom_its_cases_name_learns_nothing(world) -> None:
    """No line, no count, no notice; by way of a screening record neither."""
    by_case = drafted(world, level="grave", cases=[hidden(world).pk])
    listed(world, by_case)
    record = record_at(world, world.shop, kind="screening", cases=(hidden(world),))
    by_record = drafted(world, records=[record.pk])
    for warning in (by_case, by_record):
        assert "chair" not in readers(world, warning)
        assert "officer" in readers(world, warning)
    assert not Notice.objects.filter(recipient=world.posts["chair"].person, kind__startswith="warning").exists()
    assert [one.to for one in by_case.told.all()] == ["above"]
    with pytest.raises(Invalid):
        acts.open_warning(warning_id=by_record.pk, watcher=world.posts["chair"], next_step="看", next_on=world.now.date(),
                          **who(world))  # fmt: skip


def test_the_ledger_leaves_the_union_without_small_numbers(world, client) -> None:
    opened(world, people=3, cases=[make.accepted(world).pk])
    rules = rules_of(world)
    rows = list(reads.warnings_of(world.as_("upper")))
    (line,) = _printed._lines(rows, rules)
    assert (line[5], line[6]) == ("不足5", "不足5")
    with reads.ledger_book(rows, rules) as book:
        assert book.read(2) == b"PK"
    assert reads.ledger_paper(rows, rules, world.plant, world.now.date())[:4] == b"%PDF"


def test_the_ledger_asks_as_often_for_many_as_for_few(world, client) -> None:
    client.force_login(world.posts["officer"].person.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("desk:warnings")).status_code == 200
        return len(seen)

    opened(world, cases=[make.accepted(world).pk])
    asked()
    few = asked()
    for _ in range(6):
        opened(world, cases=[make.accepted(world).pk])
    assert asked() == few


@pytest.mark.clause("QD-4.6a")
def test_enterprises_and_trades_at_risk_are_visited_or_listed(world) -> None:
    plant = world.plant
    type(plant).objects.filter(pk=plant.pk).update(industry="机械")
    watched = {"unit": world.county, "why": "欠薪", "post": world.posts["upper"], "days": 30}
    acts.start_watch(place=plant, **watched, **who(world, "upper", days=-40))
    acts.start_watch(industry="机械", **watched, **who(world, "upper", days=-40))
    upper, today = world.as_("upper"), world.now.date()
    assert [row.late for row in reads.watched(reads.watches_of(upper), today)] == [True, True]
    assert len(reads.visits_overdue(upper, today)) == 2
    for place in (world.shop, plant):
        record_at(world, place, by="officer")  # their own is no visit
    assert len(reads.visits_overdue(upper, today)) == 2
    record_at(world, plant, by="upper", on=today - timedelta(days=5))
    rows = reads.watched(reads.watches_of(upper), today)
    assert {(row.last, row.late) for row in rows} == {(today - timedelta(days=5), False)}


@pytest.mark.clause("QD-4.6a", "HY-alerts")
def test_a_watch_looser_than_the_rules_is_refused(world) -> None:
    watched = {"unit": world.county, "why": "欠薪", "post": world.posts["upper"], "place": world.plant}
    with pytest.raises(Invalid):
        acts.start_watch(days=31, **watched, **who(world, "upper"))
    watch = acts.start_watch(days=30, **watched, **who(world, "upper"))
    with pytest.raises(Refused):
        acts.start_watch(days=7, **watched, **who(world, "upper"))
    with pytest.raises(Invalid):
        acts.start_watch(days=7, industry="机械", **watched, **who(world, "upper"))
    with pytest.raises(NotYours):
        acts.end_watch(watch_id=watch.pk, reason="好了", **who(world, "officer"))
    acts.end_watch(watch_id=watch.pk, reason="改制完成", **who(world, "upper"))
    assert Watch.objects.get().ended_because == "改制完成"
