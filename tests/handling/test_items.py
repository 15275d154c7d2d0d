"""Items: four things or not settled, the department's side, the union's checks, telling the worker."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huying.cases import acts as cases
from huying.cases.models import Case, Clock, Event
from huying.cases.reads import worker_by_receipt
from huying.files.acts import check
from huying.handling import acts
from huying.handling.models import Item, ItemEvent, Telling
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.mechanism import acts as mechanism
from huying.notices.models import Notice
from tests.factories import world as make
from tests.matrix.scene import picture

DAY = timedelta(days=1)


def assign(world, case, **changes):
    given = {
        "measure": "恢复末班车", "department": world.admin, "handler": world.posts["handler"],
        "deadline": (world.now + 5 * DAY).date(), "brief": "末班车提前，下班赶不上。",
        "by": world.as_("officer"), "at": world.now, **changes,
    }  # fmt: skip
    return acts.assign(case_id=case.pk, **given)


@pytest.mark.clause("MY-3.2.3b")
@pytest.mark.parametrize("missing", [{"measure": " "}, {"department": None}, {"handler": None}, {"deadline": None}])
def test_an_item_lacking_one_of_four_is_not_settled(world, missing):
    case = make.accepted(world)
    with pytest.raises(Invalid) as refused:
        assign(world, case, **missing)
    assert set(refused.value.fields) & set(missing)
    assert not Item.objects.exists()


@pytest.mark.clause("MY-3.2.3b")
def test_an_item_with_all_four_goes_to_the_department_and_its_clock_runs(world):
    case = make.accepted(world)
    item = assign(world, case)
    clock = Clock.objects.get(subject=item.pk)
    assert (clock.code, clock.due_on, clock.start_day) == ("item", item.deadline, world.now.date())
    notice = Notice.objects.get(recipient=world.posts["handler"].person)
    assert item.code in notice.title
    assert case.number not in notice.title


def test_a_handler_of_another_department_or_an_earlier_date_is_refused(world):
    case = make.accepted(world)
    with pytest.raises(Invalid):
        assign(world, case, handler=world.posts["other_handler"])
    with pytest.raises(Invalid):
        assign(world, case, deadline=(world.now - DAY).date())


@pytest.mark.parametrize("name", ["handler", "manager", "upper", "foreign", "liaison", "system"])
def test_only_the_union_that_has_the_case_gives_items(world, name):
    case = make.accepted(world)
    with pytest.raises(NotYours):
        assign(world, case, by=world.as_(name))


@pytest.mark.parametrize("name", ["officer", "manager", "other_handler", "foreign", "liaison"])
def test_only_its_department_works_on_an_item(world, name):
    item = make.assigned(world)
    with pytest.raises(NotYours):
        acts.take_item(item_id=item.pk, by=world.as_(name), at=world.now)


def test_the_clock_runs_from_giving_not_from_taking(world):
    item = make.assigned(world)
    acts.take_item(item_id=item.pk, by=world.as_("handler"), at=world.now + 2 * DAY)
    assert Clock.objects.get(subject=item.pk).start_day == world.now.date()


def test_sending_back_is_counted_limited_and_the_clock_runs_on(world):
    item = make.assigned(world)
    for number in (1, 2):
        acts.send_back(item_id=item.pk, reason="不归我们管", by=world.as_("handler"), at=world.now)
        item.refresh_from_db()
        assert item.returns == number
        assert Clock.objects.get(subject=item.pk, stopped_at__isnull=True)
        acts.give_again(
            item_id=item.pk, department=world.admin, handler=world.posts["handler"], deadline=None,
            by=world.as_("officer"), at=world.now,
        )  # fmt: skip
    with pytest.raises(Refused, match="2 次"):
        acts.send_back(item_id=item.pk, reason="还是不归我们", by=world.as_("handler"), at=world.now)


def test_a_union_may_allow_fewer_returns(world):
    mechanism.set_house_rules(
        unit=world.plant, changes={"counts": {"returns_allowed": 0}}, by=world.as_("chair"), at=world.now
    )
    item = make.assigned(world)
    with pytest.raises(Refused):
        acts.send_back(item_id=item.pk, reason="不归我们管", by=world.as_("handler"), at=world.now)


@pytest.mark.clause("MY-A3")
def test_progress_has_the_three_states_of_form_3(world):
    item = make.assigned(world)
    acts.progress(item_id=item.pk, text="在谈", by=world.as_("handler"), at=world.now)
    acts.finish(item_id=item.pk, able=False, text="没有车", done_on=None, by=world.as_("handler"), at=world.now)
    states = list(
        ItemEvent.objects.filter(item=item).exclude(state="").order_by("at", "version").values_list("state", flat=True)
    )
    assert states == ["doing", "unable"]
    with pytest.raises(Invalid):
        acts.report(item_id=item.pk, text="  ", by=world.as_("handler"), at=world.now)


@pytest.mark.clause("MY-3.2.4a")
def test_the_written_report_is_due_three_days_after_done(world):
    item = make.assigned(world)
    wednesday = world.now - 2 * DAY
    item.given_at = wednesday
    item.save(update_fields=["given_at"])
    acts.finish(
        item_id=item.pk, able=True, text="好了", done_on=wednesday.date(), by=world.as_("handler"), at=world.now
    )
    clock = Clock.objects.get(subject=item.pk, code="report")
    assert (clock.start_day.isoformat(), clock.due_on.isoformat()) == ("2026-11-18", "2026-11-23")
    assert clock.rule["clause"] == "MY-3.2.4a"
    event = ItemEvent.objects.get(item=item, act="done")
    assert "补报" in event.label


@pytest.mark.clause("MY-3.2.4a")
@pytest.mark.parametrize("days", [-1, 1])
def test_done_lies_between_the_last_entry_and_today(world, days):
    item = make.assigned(world)
    with pytest.raises(Invalid) as refused:
        acts.finish(
            item_id=item.pk, able=True, text="好了", done_on=(world.now + days * DAY).date(), by=world.as_("handler"),
            at=world.now,
        )  # fmt: skip
    assert "done_on" in refused.value.fields


@pytest.mark.clause("MY-3.2.4a")
def test_no_report_before_it_is_done(world):
    item = make.assigned(world)
    with pytest.raises(Refused):
        acts.report(item_id=item.pk, text="办好了", by=world.as_("handler"), at=world.now)


def test_the_case_is_reported_only_when_every_item_is(world):
    item = make.assigned(world)
    other = assign(
        world, Case.objects.get(pk=item.case_id), department=world.logistics, handler=world.posts["other_handler"]
    )
    for one, who in ((item, "handler"), (other, "other_handler")):
        assert Case.objects.get(pk=item.case_id).status == "handling"
        acts.finish(item_id=one.pk, able=True, text="好了", done_on=None, by=world.as_(who), at=world.now)
        acts.report(item_id=one.pk, text="好了", by=world.as_(who), at=world.now)
    assert Case.objects.get(pk=item.case_id).status == "reported"
    assert Clock.objects.filter(case=item.case_id, code="tell").count() == 1


@pytest.mark.clause("MY-3.2.4b")
def test_the_union_tells_the_worker_within_three_days_how_when_by_whom(world):
    voice = make.voice()
    case = make.reported(world, voice)
    clock = case.clocks.get(code="tell")
    assert (clock.due_on.isoformat(), clock.rule["clause"]) == ("2026-11-23", "MY-3.2.4b")
    acts.tell(
        case_id=case.pk, how="face", kind="result", text="车恢复了", told_on=world.now.date(), by=world.as_("officer"),
        at=world.now,
    )  # fmt: skip
    telling = Telling.objects.get(case=case)
    assert (telling.how, telling.post) == ("face", world.posts["officer"])
    assert Event.objects.get(case=case, act="tell").worker_text == "车恢复了"
    assert worker_by_receipt(voice.receipt)


@pytest.mark.clause("MY-3.2.4b")
@pytest.mark.parametrize("changes", [{"how": "smoke"}, {"text": ""}, {"days": 1}, {"days": -1}, {"kind": "rumour"}])
def test_telling_without_how_what_or_a_possible_day_is_refused(world, changes):
    case = make.reported(world)
    given = {"how": "phone", "kind": "result", "text": "好了", "days": 0, **changes}
    told_on = (world.now + given.pop("days") * DAY).date()
    with pytest.raises(Invalid):
        acts.tell(case_id=case.pk, told_on=told_on, by=world.as_("officer"), at=world.now, **given)


@pytest.mark.clause("MY-3.2.4c")
def test_what_cannot_be_solved_is_explained(world):
    item = make.assigned(world)
    acts.finish(item_id=item.pk, able=False, text="路不通", done_on=None, by=world.as_("handler"), at=world.now)
    acts.report(item_id=item.pk, text="修路要到明年", by=world.as_("handler"), at=world.now)
    case = acts.tell(
        case_id=item.case_id, how="phone", kind="explain", text="修路要到明年，车暂时开不进来。", told_on=world.now.date(),
        by=world.as_("officer"), at=world.now,
    )  # fmt: skip
    assert Telling.objects.get(case=case).kind == "explain"
    assert Event.objects.get(case=case, act="tell").worker_label == "工会向您说明了情况"


@pytest.mark.clause("MY-3.2.4e")
def test_checks_and_urging_are_logged_and_only_urging_reaches_the_department(world):
    item = make.assigned(world)
    acts.check(item_id=item.pk, text="看过现场", urge=False, by=world.as_("officer"), at=world.now)
    acts.check(item_id=item.pk, text="请抓紧", urge=True, by=world.as_("officer"), at=world.now)
    logged = {e.act: e.union_only for e in ItemEvent.objects.filter(item=item, act__in=["check", "urge"])}
    assert logged == {"check": True, "urge": False}
    assert Notice.objects.filter(recipient=world.posts["handler"].person, kind="item.urged").count() == 1
    with pytest.raises(Invalid):
        acts.check(item_id=item.pk, text="", urge=False, by=world.as_("officer"), at=world.now)
    with pytest.raises(NotYours):
        acts.check(item_id=item.pk, text="x", urge=False, by=world.as_("handler"), at=world.now)


def test_the_union_may_have_it_done_again(world):
    case = make.reported(world)
    item = case.items.get()
    acts.redo(
        item_id=item.pk,
        reason="没有写哪天恢复",
        deadline=(world.now + DAY).date(),
        by=world.as_("officer"),
        at=world.now,
    )
    case.refresh_from_db()
    item.refresh_from_db()
    assert (case.status, item.status) == ("handling", "doing")
    assert not case.clocks.filter(code="tell", stopped_at__isnull=True).exists()


def test_two_editors_of_an_item(world):
    item = make.assigned(world)
    acts.progress(item_id=item.pk, text="在办", by=world.as_("handler"), at=world.now)
    with pytest.raises(Stale) as stale:
        acts.progress(item_id=item.pk, text="也在办", by=world.as_("head"), at=world.now, version=item.version)
    assert "孙立" in stale.value.changes[0]


def test_withdrawing_takes_the_item_off_the_departments_list(world):
    voice = make.voice()
    item = make.assigned(world, voice)
    cases.withdraw(reason="", by=worker_by_receipt(voice.receipt), at=world.now)
    acts.drop_ended(by=world.as_("officer"), at=world.now)
    item.refresh_from_db()
    assert item.status == "dropped"


def test_handing_over_moves_everything_open(world):
    item = make.assigned(world)
    make.accepted(world)
    moved = acts.hand_over(
        from_post=world.posts["officer"], to_post=world.posts["second"], by=world.as_("chair"), at=world.now
    )
    assert moved == 2
    assert not Case.objects.filter(officer=world.posts["officer"]).exists()
    moved = acts.hand_over(
        from_post=world.posts["handler"], to_post=world.posts["head"], by=world.as_("officer"), at=world.now
    )
    item.refresh_from_db()
    assert (moved, item.handler) == (1, world.posts["head"])


def test_a_clear_and_easy_case_is_settled_by_the_union_itself(world):
    case = make.accepted(world)
    with pytest.raises(Invalid):
        cases.settle(case_id=case.pk, result="", by=world.as_("officer"), at=world.now)
    cases.settle(case_id=case.pk, result="当面说清了", by=world.as_("officer"), at=world.now)
    case.refresh_from_db()
    assert case.status == "reported"


# --- a department that works on paper ------------------------------------------------------------------------------------


def on_paper(world, item, **changes):
    day = world.now.date()
    given = {
        "able": True, "text": "末班车已恢复。", "done_on": day, "handed_on": day, "files": (check(upload=picture()),),
        "by": world.as_("officer"), "at": world.now, **changes,
    }  # fmt: skip
    return acts.report_on_paper(item_id=item.pk, **given)


@pytest.mark.clause("MY-3.2.4a")
@pytest.mark.clause("MY-3.2.4b")
def test_a_report_on_paper_stops_and_starts_clocks_on_the_day_it_was_handed_in(world):
    """Entered late: neither the department nor the union wins or loses days by it."""
    item = make.assigned(world, at=world.now - 9 * DAY)
    done, handed = world.now - 7 * DAY, world.now - 2 * DAY
    on_paper(world, item, done_on=done.date(), handed_on=handed.date())
    item.refresh_from_db()
    clocks = {clock.code: clock for clock in Clock.objects.filter(case=item.case)}
    assert (item.status, item.report) == ("reported", "末班车已恢复。")
    assert clocks["report"].start_day == done.date()
    assert clocks["report"].stopped_at.date() == handed.date()
    assert clocks["report"].late
    assert (clocks["tell"].start_day, clocks["tell"].stopped_at) == (handed.date(), None)
    assert item.files.count() == 1


def test_a_report_on_paper_keeps_the_day_the_department_named_itself(world):
    item = make.assigned(world, at=world.now - 3 * DAY)
    acts.finish(
        item_id=item.pk, able=False, text="没有车", done_on=None, by=world.as_("handler"), at=world.now - 2 * DAY
    )
    on_paper(world, item, able=True, done_on=world.now.date())
    item.refresh_from_db()
    assert item.done_on == (world.now - 2 * DAY).date()
    assert item.events.get(act="report_on_paper").state == "unable"


@pytest.mark.clause("MY-3.2.4a")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "长" * 5001}, "text"),
        ({"files": ()}, "files"),
        ({"done_on": None}, "done_on"),
        ({"done_on": date(2026, 11, 1)}, "done_on"),
        ({"handed_on": date(2026, 11, 19)}, "handed_on"),
        ({"handed_on": date(2026, 11, 21)}, "handed_on"),
    ],
)
def test_a_report_on_paper_needs_its_scan_and_days_in_order(world, changes, field):
    item = make.assigned(world)
    with pytest.raises(Invalid) as refused:
        on_paper(world, item, **changes)
    assert field in refused.value.fields
    item.refresh_from_db()
    assert item.status == "given"


@pytest.mark.parametrize("name", ["handler", "manager", "foreign", "liaison", "upper"])
def test_only_the_union_that_gave_it_enters_a_paper(world, name):
    item = make.assigned(world)
    with pytest.raises(NotYours):
        on_paper(world, item, by=world.as_(name))
