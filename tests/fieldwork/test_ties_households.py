"""Households: sealed, opened by who may and with a look written down, erased for good (secrecy.md)."""

from __future__ import annotations

import pytest

from huying.fieldwork import acts, reads
from huying.fieldwork.models import Household, Tie
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.privacy.models import Erasure
from huying.trail.models import Entry, Reading
from tests.fieldwork.grounds import HOME, household, tie, who


def test_who_they_are_is_nowhere_in_the_open(world):
    row = household(world)
    assert row.code
    assert "贺春苗".encode() not in bytes(Household.objects.get().sealed)
    assert "贺春苗" not in str(list(Entry.objects.values_list("data", "subject")))
    with pytest.raises(Invalid) as error:
        acts.add_household(unit=world.plant, facts={"name": "贺春苗", "needs": "字" * 1001}, **who(world))
    assert set(error.value.fields) == {"needs"}


@pytest.mark.parametrize(("name", "opens"), [("officer", True), ("chair", True), ("upper", False), ("foreign", False),
                                             ("manager", False), ("audit", False)])  # fmt: skip
def test_who_may_open(world, name, opens):
    row = household(world)
    given = {"household_id": row.pk, "reason": "春节前走访", **who(world, name)}
    if not opens:
        with pytest.raises(NotYours):
            acts.open_household(**given)
        assert not Reading.objects.filter(what="household").exists()
        return
    assert acts.open_household(**given) == HOME
    look = Reading.objects.get(what="household")
    assert (look.subject, look.reason, look.person) == (row.pk, "春节前走访", world.posts[name].person_id)
    with pytest.raises(Invalid):
        acts.open_household(**{**given, "reason": " "})


def test_who_stands_by_them_may_open_as_long_as_that_lasts(world):
    row = household(world)
    made = tie(world, "pairing", household=row)
    assert acts.open_household(household_id=row.pk, reason="上门", **who(world, "upper")) == HOME
    acts.end_tie(tie_id=made.pk, until=world.now.date(), reason="轮换", **who(world, "upper"))
    with pytest.raises(NotYours):
        acts.open_household(household_id=row.pk, reason="上门", **who(world, "upper"))


def test_closing_ends_the_ties(world):
    row = household(world)
    tie(world, "pairing", household=row)
    acts.close_household(household_id=row.pk, on=world.now.date(), reason="脱困", **who(world))
    assert Tie.objects.get().end_reason == "脱困"
    with pytest.raises(Refused):
        acts.close_household(household_id=row.pk, on=world.now.date(), reason="再", **who(world))
    with pytest.raises(Invalid):
        tie(world, "contact_household", household=Household.objects.get())


def test_erasing_is_for_good_and_what_was_done_stays(world):
    row = household(world)
    made = tie(world, "pairing", household=row)
    acts.add_result(tie_id=made.pk, kind="thing", on=world.now.date(), text="送医", **who(world, "upper"))
    with pytest.raises(NotYours):
        acts.erase_household(household_id=row.pk, reason="本人要求", **who(world, "upper"))
    acts.erase_household(household_id=row.pk, reason="本人要求", **who(world))
    row = Household.objects.select_related("key").get()
    assert bytes(row.sealed) == b""
    assert row.key.wrapped is None
    assert Erasure.objects.filter(key=row.key_id).exists()
    assert reads.ties(world.as_("upper")).get().n_results == 1
    assert not reads.may_open_household(world.as_("officer"), row)
    with pytest.raises(Refused):
        acts.change_household(household_id=row.pk, facts=HOME, **who(world))


def test_a_correction_replaces_the_whole(world):
    row = household(world)
    acts.change_household(household_id=row.pk, facts={**HOME, "phone": "", "needs": "已低保"}, **who(world))
    assert acts.open_household(household_id=row.pk, reason="核对", **who(world)) == {
        **HOME,
        "phone": "",
        "needs": "已低保",
    }
