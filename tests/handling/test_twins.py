"""One commitment for several cases: the department works on it once, every case keeps its own item, clock and trail."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huying.cases import acts as cases
from huying.cases.models import Case, Clock, Recusal
from huying.cases.reads import worker_by_receipt
from huying.handling import acts
from huying.handling.models import Item
from huying.handling.reads import listed
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.notices.models import Notice
from tests.factories.world import accepted, voice


@pytest.fixture
def twins(world):
    """Two cases, two people, one commitment of 行政保障部."""
    voices = voice(), voice(name="马兰")
    made = [
        acts.assign(
            case_id=accepted(world, one).pk, measure="末班车恢复 22:40。", department=world.admin, brief="末班车提前。",
            handler=world.posts["handler"], deadline=world.now.date() + timedelta(days=5), code="KM7Q-42XH",
            by=world.as_("officer"), at=world.now,
        )
        for one in voices
    ]  # fmt: skip
    return made, voices


def test_the_department_sees_one_and_hears_once(world, twins):
    by = world.as_("handler")
    assert [item.code for item in listed(by)] == ["KM7Q-42XH"]
    assert Notice.objects.filter(kind="item.given", recipient=by.person_id).count() == 1
    assert Clock.objects.filter(code="item", stopped_at__isnull=True).count() == 2


def test_what_it_does_is_written_to_every_case(world, twins):
    (item, other), _ = twins
    by = world.as_("handler")
    acts.take_item(item_id=other.pk, by=by, at=world.now)  # by the address of either
    acts.progress(item_id=item.pk, text="正在谈。", by=by, at=world.now)
    acts.finish(item_id=item.pk, able=True, text="恢复了。", done_on=None, by=by, at=world.now)
    assert set(Item.objects.values_list("status", flat=True)) == {"done"}
    assert Clock.objects.filter(code="report", stopped_at__isnull=True).count() == 2
    acts.report(item_id=item.pk, text="恢复 22:40 发车。", by=by, at=world.now)
    assert set(Case.objects.values_list("status", flat=True)) == {"reported"}
    assert [item.status for item in listed(by, closed=True)] == ["reported"]


def test_sent_back_counts_for_each_and_has_one_limit(world, twins):
    (item, _), _ = twins
    by = world.as_("handler")
    acts.send_back(item_id=item.pk, reason="归后勤部管。", by=by, at=world.now)
    assert set(Item.objects.values_list("returns", flat=True)) == {1}
    Item.objects.update(returns=2, status="given")
    with pytest.raises(Refused, match="已经退回 2 次"):
        acts.send_back(item_id=item.pk, reason="还是不归我们。", by=by, at=world.now)


def test_one_worker_steps_out_and_the_other_is_not_touched(world, twins):
    (item, other), (voice_, _) = twins
    cases.withdraw(reason="不想再提了", by=worker_by_receipt(voice_.receipt), at=world.now)
    acts.drop_ended(by=SYSTEM, at=world.now)
    assert Item.objects.get(pk=item.pk).status == "dropped"
    assert Item.objects.get(pk=other.pk).status == "given"
    assert [one.pk for one in listed(world.as_("handler"))] == [other.pk]


def test_work_asked_again_for_one_case_stands_apart(world, twins):
    (item, other), _ = twins
    by = world.as_("handler")
    acts.finish(item_id=item.pk, able=True, text="恢复了。", done_on=None, by=by, at=world.now)
    acts.report(item_id=item.pk, text="恢复 22:40 发车。", by=by, at=world.now)
    acts.redo(
        item_id=other.pk, reason="周末没有恢复。", deadline=world.now.date(), by=world.as_("officer"), at=world.now
    )
    assert [one.pk for one in listed(by)] == [other.pk]
    acts.progress(item_id=other.pk, text="周末也加。", by=by, at=world.now)
    assert Item.objects.get(pk=item.pk).status == "reported"


def test_who_is_named_in_one_case_works_on_the_other_only(world, twins):
    (item, other), _ = twins
    Recusal.objects.create(
        root_id=item.root_id,
        case=item.case,
        key=f"person:{world.posts['head'].person_id}",
        said="superior",
        at=world.now,
    )
    by = world.as_("head")
    assert [one.pk for one in listed(by)] == [other.pk]
    acts.progress(item_id=other.pk, text="正在谈。", by=by, at=world.now)
    assert Item.objects.get(pk=item.pk).status == "given"
