"""Kept figures: what a case adds, whom it counts for, corrected when it moves; who reads which, and what stays hidden."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.feedback import acts as feedback
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours, Refused
from huying.ledger import acts, reads
from huying.ledger.models import CaseFact, Tally
from huying.ledger.rules import months_on
from huying.org.acts import move_unit
from huying.org.models import Level
from tests.factories import world as make
from tests.factories.org import make_person, make_unit

pytestmark = pytest.mark.django_db


def asked(world, who: str = "officer", unit=None, *, at: datetime | None = None, **period) -> reads.Figures:
    at = at or world.now
    acts.sweep_figures(by=SYSTEM, at=at)
    day = at.date()
    given = {"since": day, "until": day, "on": day, **period}
    return reads.figures(by=world.as_(who), unit=unit or world.plant, **given)


def wrong(world) -> int:
    return acts.check_figures(root=world.county.root_id or world.county.pk, by=SYSTEM, at=world.now)


def test_a_case_counts_where_it_belongs_and_above(world) -> None:
    case = make.accepted(world)
    mine, above = asked(world), asked(world, "upper", world.county)
    for found in (mine, above):
        assert (found.n("received"), found.n("state", "accepted"), found.n("category", "rights/living")) == (1, 1, 1)
        assert (found.n("step:accept", "ok"), found.n("channel", "online")) == (1, 1)
    assert mine.values("place") == [(str(case.place_id), 1)]
    assert above.values("place") == [(str(world.plant.pk), 1)], "above: by the unit below"
    assert mine.label("category", "rights/living") == "后勤生活"
    assert asked(world, "foreign", world.other).n("received") == 0


def test_a_case_that_moves_is_corrected(world) -> None:
    item = make.assigned(world)
    assert asked(world).values("state") == [("handling", 1)]
    handling.finish(item_id=item.pk, able=True, text="已恢复。", done_on=None, by=world.as_("handler"), at=world.now)
    found = asked(world)
    assert found.n("step:item", "ok") == 1
    assert found.n("step:report", "running") == 1
    assert wrong(world) == 0


def test_what_runs_past_its_date_is_late_without_an_act(world) -> None:
    item = make.assigned(world, days=5)
    due = item.deadline
    for on, late in ((due, 0), (due + timedelta(days=1), 1)):
        found = asked(world, on=on)
        assert (found.n("step:item", "late"), found.n("step:item", "running")) == (late, 1 - late)
        assert found.n("overdue:item") == late


def test_spam_never_counts_and_a_joined_case_counts_as_that_only(world) -> None:
    spam, first, second = make.said(world), make.said(world), make.said(world)
    cases.mark_spam(case_id=spam.pk, reason="广告", by=world.as_("officer"), at=world.now)
    cases.merge(case_id=second.pk, into_id=first.pk, by=world.as_("officer"), at=world.now)
    found = asked(world)
    assert (found.n("received"), found.n("state", "merged"), found.n("channel")) == (1, 1, 1)
    cases.not_spam(case_id=spam.pk, by=world.as_("officer"), at=world.now)
    assert asked(world).n("received") == 2
    assert wrong(world) == 0


def test_what_was_asked_and_answered(world) -> None:
    voice = make.voice()
    make.told(world, voice)
    make.told(world, make.voice())
    feedback.open_missing(by=SYSTEM, at=world.now)
    feedback.rate(result="basic", process="satisfied", words="还行", by=worker_by_receipt(voice.receipt), at=world.now)
    found = asked(world)
    assert (found.n("asked:asker"), found.n("answered:asker")) == (2, 1)
    assert (found.n("grade:asker", "basic"), found.n("process:asker", "satisfied")) == (1, 1)
    share = found.share("满意", "grade:asker", "satisfied", "basic", of="answered:asker")
    assert share is not None
    assert (share.part, share.of) == (1, 1)


# --- who reads which ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "own", "below", "beside"),
    [
        ("officer", True, False, False),
        ("chair", True, False, False),
        ("manager", True, False, False),
        ("upper", True, True, True),
        ("handler", False, False, False),
        ("delegate", False, False, False),
        ("liaison", False, False, False),
        ("audit", False, False, False),
        ("foreign", False, False, True),
    ],
)
def test_whose_figures_somebody_reads(world, who: str, own: bool, below: bool, beside: bool) -> None:
    def may(unit) -> bool:
        try:
            asked(world, who, unit)
        except NotYours:
            return False
        return True

    assert may(world.plant) is own
    assert may(world.county) is below
    assert may(world.other) is beside


def test_who_is_named_counts_without_the_case(world) -> None:
    make.accepted(world)
    make.said(world, concerns=Concerns(chair=True))
    assert asked(world, "officer").n("received") == 2
    named = asked(world, "chair")
    assert named.n("received") == 1
    assert named.n("state", "registered") == 0
    assert [n for _, n in named.months("received")] == [1]


def test_what_went_past_the_union_shows_to_nobody_there(world) -> None:
    make.said(world, concerns=Concerns(own_union=True))
    for who in ("officer", "chair", "manager"):
        assert asked(world, who).n("received") == 0, who
    assert asked(world, "upper", world.plant).n("received") == 1
    assert asked(world, "upper", world.county).n("received") == 1


# --- small numbers ------------------------------------------------------------------------------------------------------


def rated(world, times: int, result: str = "satisfied") -> None:
    for _ in range(times):
        voice = make.voice()
        make.told(world, voice)
        words = "还没有改好" if result == "unsatisfied" else ""
        feedback.rate(result=result, process="", words=words, by=worker_by_receipt(voice.receipt), at=world.now)


def quarter(world) -> dict[str, date]:
    first = world.now.date().replace(month=10, day=1)
    return {"since": first, "until": months_on(first, 2)}


def test_few_answers_are_the_unions_own_until_enough_came(world) -> None:
    rated(world, 4)
    assert asked(world, **quarter(world)).n("answered:asker") == 4
    for who, unit in (("upper", world.plant), ("upper", world.county), ("manager", world.plant)):
        assert asked(world, who, unit, **quarter(world)).n("answered:asker") == 0, who
    rated(world, 1, "unsatisfied")
    for who, unit in (("upper", world.plant), ("upper", world.county), ("manager", world.plant)):
        found = asked(world, who, unit, **quarter(world))
        assert (found.n("answered:asker"), found.n("grade:asker", "unsatisfied")) == (5, 1), who
    assert wrong(world) == 0


def test_no_part_of_a_quarter_tells_what_people_answered(world) -> None:
    rated(world, 5)
    month = asked(world, "upper", world.county)
    assert month.n("received") == 5
    assert month.n("answered:asker") == 0, "a month of it would show fewer people by the difference"


def test_management_sees_no_small_figure(world) -> None:
    for _ in range(6):
        make.accepted(world)
    for _ in range(2):
        make.said(world, channel="phone")
    found = asked(world, "manager", **quarter(world))
    assert found.n("received") == 8
    assert found.n("channel", "phone") is None
    assert found.n("channel", "online") is None, "the only other figure would give it away"
    assert not found.cases
    assert asked(world, "officer", **quarter(world)).n("channel", "phone") == 2


# --- the command --------------------------------------------------------------------------------------------------------


def test_the_command_finds_a_wrong_figure_and_mends_it(world, capsys) -> None:
    make.accepted(world)
    acts.sweep_figures(by=SYSTEM, at=world.now)
    call_command("figures", "--check")
    Tally.objects.filter(measure="received").update(n=7)
    with pytest.raises(SystemExit):
        call_command("figures", "--check")
    call_command("figures", "--rebuild")
    call_command("figures", "--check")
    assert "一致" in capsys.readouterr().out
    with pytest.raises(Refused):
        call_command("figures")


def test_a_rebuild_that_is_stopped_leaves_the_figures_right(world) -> None:
    make.accepted(world)
    acts.sweep_figures(by=SYSTEM, at=world.now)
    whole = acts.rebuild_figures(root=world.county.pk, by=SYSTEM, at=world.now, progress=lambda done, of: False)
    assert not whole
    assert wrong(world) == 0


def test_a_unit_that_moves_takes_its_figures_along(world) -> None:
    city = make_unit("沂城市总工会", level=Level.COUNTY, short_name="沂城")
    make.accepted(world)
    rated(world, 5)
    acts.sweep_figures(by=SYSTEM, at=world.now)
    move_unit(unit=world.plant, to=city, by=SYSTEM, at=world.now)
    acts.settle_figures(by=SYSTEM, at=world.now)
    assert wrong(world) == 0
    assert not Tally.objects.filter(unit=world.county).exists()
    assert Tally.objects.get(unit=city, measure="received").n == 6


def test_what_was_entered_with_an_earlier_time_is_found_by_night(world) -> None:
    acts.sweep_figures(by=SYSTEM, at=world.now)
    make.said(world, at=world.now - timedelta(days=3))
    acts.sweep_figures(by=SYSTEM, at=world.now)
    assert not CaseFact.objects.exists()
    acts.settle_figures(by=SYSTEM, at=world.now)
    assert CaseFact.objects.count() == 1


# --- random acts --------------------------------------------------------------------------------------------------------


def test_kept_figures_equal_a_recount_whatever_happens(world) -> None:
    chance = random.Random(20261120)
    at = world.now
    for step in range(60):
        at += timedelta(hours=chance.choice((1, 9, 30)))
        _something(world, chance, at)
        if step % 5 == 0:
            acts.sweep_figures(by=SYSTEM, at=at)
    acts.sweep_figures(by=SYSTEM, at=at)
    assert CaseFact.objects.count() == Case.objects.count() > 10
    assert wrong(world) == 0
    before = _kept()
    acts.rebuild_figures(root=world.county.pk, by=SYSTEM, at=at, progress=lambda done, of: True)
    assert _kept() == before


def _kept() -> set[tuple]:
    return set(Tally.objects.values_list("unit", "scope", "month", "measure", "value", "n", "total"))


def _something(world, chance: random.Random, at: datetime) -> None:
    by = world.as_("officer")
    case = chance.choice([None, *Case.objects.order_by("pk")])
    kind = chance.choice(["say", "say", "told", "rate", "spam", "merge", "withdraw", "reopen", "archive", "pass"])
    try:
        if kind == "say" or case is None:
            make.said(
                world,
                at=at,
                channel=chance.choice(("online", "phone")),
                received_at=at - timedelta(days=chance.choice((0, 40))),
            )
        elif kind == "told":
            make.told(world, make.voice(), at=at)
        elif kind == "rate":
            voice = make.voice()
            make.told(world, voice, at=at)
            feedback.rate(result="satisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=at)
        elif kind == "spam":
            cases.mark_spam(case_id=case.pk, reason="广告", by=by, at=at)
        elif kind == "merge":
            cases.merge(case_id=case.pk, into_id=chance.choice(list(Case.objects.exclude(pk=case.pk))).pk, by=by, at=at)
        elif kind == "reopen":
            cases.reopen(case_id=case.pk, reason="没有办好", officer=None, by=world.as_("chair"), at=at)
        elif kind == "archive":
            feedback.sign_and_archive(case_id=case.pk, by=by, at=at)
        elif kind == "pass":
            cases.pass_on(case_id=case.pk, unit=world.other, reason="归他们管", by=by, at=at)
    except Refused:
        return


def test_each_group_that_is_asked_is_counted_apart_and_who_is_not_asked_too(world) -> None:
    """A matter spoken sealed asks nobody but the one who spoke."""
    for _ in range(12):
        make_person(world.shop, "同车间的人")
    make.told(world, make.voice(secrecy="sealed"))
    named = make.told(world, make.voice(secrecy="named"))
    asked(world)
    feedback.open_missing(by=SYSTEM, at=world.now)  # opened after the case was counted
    found, drawn = asked(world), named.surveys.get().invited.filter(group="concerned").count()
    assert drawn >= 5
    assert (found.n("asked:asker"), found.n("asked:concerned")) == (2, drawn)
    assert found.n("unasked:concerned") >= 5
    assert wrong(world) == 0


def test_what_is_hidden_from_management_has_no_line_of_its_own(world) -> None:
    """That a workshop or a channel stands in a list at all would tell that somebody there spoke."""
    at, seen = world.now - timedelta(days=60), {"since": date(2026, 7, 1), "until": date(2026, 9, 30)}
    for channel in (*["online"] * 7, "phone"):
        make.accepted(world, at=at, channel=channel)
    found = {}
    for name in ("manager", "chair"):
        figures = asked(world, name, **seen)
        tables = reads.sheet_of(figures, figures)["tables"]
        found[name] = next([line["label"] for line in one["lines"]] for one in tables if one["code"] == "channel")
    assert found["manager"] == ["其余"]
    assert found["chair"] == ["网络", "电话（热线）"]
