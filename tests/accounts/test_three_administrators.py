"""三员: none holds another's role, none appoints itself, none reads cases by office, none clears a trace."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huying.cases.models import Case
from huying.cases.reads import get_for
from huying.handling.models import Item
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.org import acts
from huying.org.models import Level, Post, Role, User
from huying.org.rules import ADMINISTRATORS, CASE_ROLES, ROLES, Can
from huying.trail.models import Entry
from tests.accounts.people import Desk
from tests.conftest import NOW
from tests.factories.org import make_member, make_person, make_post, make_unit

CASEWORK = {
    Can.REGISTER, Can.READ_CASES, Can.READ_BELOW, Can.HANDLE_CASES, Can.OPEN_SEALED, Can.LOOK_UP, Can.APPROVE, Can.RETURN_CALL,
    Can.ITEMS, Can.ITEMS_OF_UNIT, Can.ATTEND, Can.INSTRUCT, Can.EXPORT, Can.READ_FIGURES, Can.PACKS,
}  # fmt: skip


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_what_an_administrator_may(role: str) -> None:
    assert ROLES[role].can & CASEWORK == set()
    assert set(Can) - CASEWORK == {Can.ORG, Can.POSTS, Can.SYSTEM, Can.AUDIT}


@pytest.mark.parametrize(("first", "second"), list(combinations(ADMINISTRATORS, 2)))
def test_no_power_is_shared(first: str, second: str) -> None:
    assert ROLES[first].can & ROLES[second].can == set()


@pytest.mark.django_db
@pytest.mark.parametrize("held", ADMINISTRATORS)
@pytest.mark.parametrize("given", [*ADMINISTRATORS, *sorted(CASE_ROLES)])
@pytest.mark.parametrize("where", ["same unit", "unit below", "unit beside"])
def test_nobody_holds_two_of_them(held: str, given: str, where: str) -> None:
    if held == given or given in (Role.HANDLER, Role.DEPARTMENT_HEAD):
        return
    county = make_unit(level=Level.COUNTY)
    plant = make_unit(under=county)
    place = {"same unit": county, "unit below": plant, "unit beside": make_unit(under=county)}[where]
    person = make_post(county, held).person
    make_post(place, Role.OFFICER)
    by = make_member(county, Role.SECURITY_ADMIN)
    with pytest.raises(Invalid):
        acts.appoint(person=person, unit=place, role=given, by=by, at=NOW)
    assert set(Post.objects.filter(person=person).values_list("role", flat=True)) == {held}


@pytest.mark.django_db
@pytest.mark.attack("system", "becomes the only officer of a small union while administering the county", found="mended: the "
                    "one-person exception asked only whether the union was small, not whether both posts are there")  # fmt: skip
@pytest.mark.parametrize("first", ["system", "officer"])
def test_the_small_union_joins_offices_only_in_itself(first: str) -> None:
    county = make_unit(level=Level.COUNTY)
    small, other = make_unit(under=county), make_unit(under=county)
    for role in (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN):
        make_post(county, role)
    by = make_member(county, Role.SECURITY_ADMIN)
    person = make_person(small)
    make_post(
        county if first == "system" else other, Role.SYSTEM_ADMIN if first == "system" else Role.OFFICER, person=person
    )
    second = Role.OFFICER if first == "system" else Role.SYSTEM_ADMIN
    with pytest.raises(Invalid):
        acts.appoint(person=person, unit=small, role=second, by=by, at=NOW)
    alone = make_person(small)
    for role in (Role.CHAIR, Role.SYSTEM_ADMIN):
        acts.appoint(person=alone, unit=small, role=role, by=by, at=NOW)
    with pytest.raises(Invalid):
        acts.appoint(person=alone, unit=small, role=Role.SECURITY_ADMIN, by=by, at=NOW)


@pytest.mark.django_db
@pytest.mark.attack("security", "appoints themselves, or takes back their own limits", found="held")
@pytest.mark.parametrize("role", list(Role))
def test_nobody_appoints_themselves(role: str) -> None:
    county = make_unit(level=Level.COUNTY)
    for office in Role:
        if office in (Role.HANDLER, Role.DEPARTMENT_HEAD, Role.MANAGEMENT_HEAD):
            continue
        me = make_member(county, office)
        person = User.objects.get(person=me.person_id).person
        with pytest.raises((NotYours, Refused)):
            acts.appoint(person=person, unit=county, role=role, by=me, at=NOW)
        with pytest.raises((NotYours, Refused)):
            acts.end_post(post=Post.objects.get(person=person), by=me, at=NOW)
        assert Post.objects.filter(person=person).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ADMINISTRATORS if role != Role.SECURITY_ADMIN])
def test_only_one_of_them_appoints(role: str) -> None:
    county = make_unit(level=Level.COUNTY)
    with pytest.raises(NotYours):
        acts.appoint(person=make_person(county), unit=county, role=Role.DELEGATE, by=make_member(county, role), at=NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ADMINISTRATORS)
@pytest.mark.attack(
    "system", "reads cases by office: through the scopes every list, count, search and export goes by", found="held"
)
def test_no_administrator_has_a_case_in_reach(world: Any, role: str) -> None:
    """The pages, one by one and for each role, are tried by the matrix; here the two doors they all go through."""
    from tests.factories.world import said

    case = said(world)
    for unit in (world.plant, world.county):
        who = make_member(unit, role, on=world.now.date())
        assert not Case.objects.visible_to(who).exists()
        assert not Item.objects.visible_to(who).exists()
        with pytest.raises(NotYours):
            get_for(who, case.pk)


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["DELETE FROM trail_entry", "UPDATE trail_entry SET actor = 'post:nobody'"])
@pytest.mark.attack("audit", "clears a trace, with the powers of the program itself", found="held")
def test_nobody_clears_a_trace(desk: Desk, how: str) -> None:
    acts.disable_account(user=desk.user("officer"), by=desk.as_("security"), at=NOW)
    before = Entry.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(how)
    assert Entry.objects.count() == before


@pytest.mark.django_db
@pytest.mark.attack("outsider", "signs in with an account the product came with", found="held")
def test_there_is_no_default_account(browser_of: Any) -> None:
    """A database fresh from its migrations knows nobody but whom the tests' own factories made."""
    assert not User.objects.exclude(username__regex=r"^user[0-9]+$").exists()
    for name in ("admin", "root", "huying", "administrator", "sysadmin", "secadmin", "auditadmin"):
        for password in ("admin", "123456", "huying", "Admin@123", ""):
            assert (
                browser_of(f"10.4.{len(name)}.{len(password)}")
                .post("/accounts/login/", {"login": name, "password": password})
                .status_code
                == 200
            )
