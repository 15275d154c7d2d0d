"""Truth tables: who may stand where, which roles exclude each other, how names are found."""

import pytest

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import NotYours
from huying.org.models import Level, Role
from huying.org.rules import ADMINISTRATORS, CASE_ROLES, Can, check_manage, clash, fits, may_manage, may_stand, name_key
from tests.factories.org import make_member, make_unit


@pytest.mark.parametrize(
    ("level", "above", "expected"),
    [
        (Level.NATION, None, True),
        (Level.NATION, Level.PROVINCE, False),
        (Level.PROVINCE, Level.NATION, True),
        (Level.CITY, Level.PROVINCE, True),
        (Level.CITY, Level.COUNTY, False),
        (Level.COUNTY, Level.CITY, True),
        (Level.COUNTY, Level.PROVINCE, True),
        (Level.COUNTY, None, True),
        (Level.COUNTY, Level.ENTERPRISE, False),
        (Level.TOWN, Level.COUNTY, True),
        (Level.TOWN, Level.CITY, True),
        (Level.INDUSTRY, Level.CITY, True),
        (Level.INDUSTRY, Level.GROUP, False),
        (Level.GROUP, Level.COUNTY, True),
        (Level.GROUP, Level.GROUP, True),
        (Level.ENTERPRISE, Level.TOWN, True),
        (Level.ENTERPRISE, Level.INDUSTRY, True),
        (Level.ENTERPRISE, Level.ENTERPRISE, False),
        (Level.ENTERPRISE, None, True),
        (Level.SUBSIDIARY, Level.GROUP, True),
        (Level.SUBSIDIARY, None, False),
        (Level.SUBSIDIARY, Level.TOWN, False),
        (Level.WORKSHOP, Level.ENTERPRISE, True),
        (Level.WORKSHOP, Level.WORKSHOP, True),
        (Level.WORKSHOP, None, False),
        (Level.WORKSHOP, Level.COUNTY, False),
    ],
)
def test_levels_stand_only_where_they_make_sense(level, above, expected):
    assert may_stand(level, above) is expected


@pytest.mark.parametrize("first", ADMINISTRATORS)
@pytest.mark.parametrize("second", list(Role))
@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("here", [False, True])
def test_three_administrators_are_three_people_and_handle_no_cases(first, second, small, here):
    excused = small and here and first == Role.SYSTEM_ADMIN and second in (Role.CHAIR, Role.OFFICER)
    refused = first != second and (second in ADMINISTRATORS or second in CASE_ROLES) and not excused
    assert bool(clash(first, [(second, here)], small_union=small)) is refused
    assert bool(clash(second, [(first, here)], small_union=small)) is refused


@pytest.mark.parametrize("first", [r for r in Role if r not in ADMINISTRATORS])
@pytest.mark.parametrize("second", [r for r in Role if r not in ADMINISTRATORS])
def test_other_roles_may_be_joined(first, second):
    assert clash(first, [(second, True)], small_union=False) == ""


def test_case_roles_are_all_but_workers_delegates_and_administrators():
    assert set(Role) - CASE_ROLES == {Role.WORKER, Role.DELEGATE, *ADMINISTRATORS}


@pytest.mark.parametrize(
    ("role", "level", "exists"),
    [
        (Role.UPPER_OFFICER, Level.COUNTY, True),
        (Role.UPPER_OFFICER, Level.ENTERPRISE, False),
        (Role.MANAGEMENT_HEAD, Level.ENTERPRISE, True),
        (Role.MANAGEMENT_HEAD, Level.COUNTY, False),
        (Role.SECURITY_ADMIN, Level.WORKSHOP, False),
        (Role.CHAIR, Level.WORKSHOP, True),
        (Role.OFFICER, Level.TOWN, True),
    ],
)
def test_roles_exist_only_where_they_make_sense(role, level, exists):
    assert (fits(role, level) == "") is exists


MANAGES = {Role.SYSTEM_ADMIN: {Can.ORG}, Role.SECURITY_ADMIN: {Can.POSTS}}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [r for r in Role if fits(r, Level.COUNTY) == ""])
@pytest.mark.parametrize("can", [Can.ORG, Can.POSTS])
def test_who_may_look_after_which_unit(role, can):
    city = make_unit(level=Level.CITY)
    county = make_unit(under=city, level=Level.COUNTY)
    beside = make_unit(under=city, level=Level.COUNTY)
    below = make_unit(under=county)
    county.refresh_from_db()
    actor = make_member(county, role)
    allowed = can in MANAGES.get(role, set())
    assert [may_manage(actor, can, unit) for unit in (county, below, city, beside, None)] == [
        allowed,
        allowed,
        False,
        False,
        False,
    ]
    with pytest.raises(NotYours):
        check_manage(actor, can, city)
    assert may_manage(SYSTEM, can, None)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("曾小明", "zeng xiao ming zengxiaoming zxm"),
        ("尉迟恭", "yu chi gong yuchigong ycg"),
        ("Ann Li", "ann li annli al"),
        ("买买提·艾力", "mai mai ti ai li maimaitiaili mmtal"),
    ],
)
def test_names_are_found_by_sound_and_first_letters(name, key):
    assert name_key(name) == key


def test_a_very_long_name_still_fits():
    assert len(name_key("庄" * 40)) <= 160
