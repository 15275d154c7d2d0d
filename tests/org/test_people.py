"""Stories of people, posts and accounts."""

from datetime import date, timedelta

import pytest

from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Invalid, NotYours, Refused, Stale
from huying.org import acts, reads
from huying.org.models import Level, Person, Post, Role, User
from huying.trail.models import Entry
from tests.conftest import NOW
from tests.factories.org import make_department, make_member, make_person, make_post, make_unit

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def county():
    return make_unit("乙县总工会", level=Level.COUNTY)


@pytest.fixture
def works(county):
    unit = make_unit("丙厂工会", under=county)
    county.refresh_from_db()
    return unit


@pytest.fixture
def security(county):
    return make_member(county, Role.SECURITY_ADMIN)


@pytest.fixture
def system(county, works):
    return make_member(county, Role.SYSTEM_ADMIN)


def appoint(person, unit, role, by, **more):
    return acts.appoint(person=person, unit=unit, role=role, by=by, at=NOW, **more)


def test_a_person_is_entered_changed_and_found_by_sound(works, system):
    person = acts.add_person(unit=works, name=" 曾 小明 ", staff_no="00 12", phone="139 0000 0000", by=system, at=NOW)
    assert (person.name, person.staff_no, person.phone) == ("曾 小明", "0012", "13900000000")
    for q in ("曾", "zeng", "zxm", "0012", "xiaoming"):
        found = list(reads.people(system, q=q))
        assert (person in found) is (q != "xiaoming"), q
    acts.change_person(person=person, version=1, name="曾晓明", by=system, at=NOW)
    with pytest.raises(Stale, match="新的变化"):
        acts.change_person(person=person, version=1, phone="", by=system, at=NOW)
    assert "曾" not in str(list(Entry.objects.filter(chain=works.pk).values_list("data", flat=True)))


def test_a_staff_number_is_one_persons(works, system):
    make_person(works, "甲某", staff_no="7")
    with pytest.raises(Invalid) as refused:
        acts.add_person(unit=works, name="乙某", staff_no="7", by=system, at=NOW)
    assert refused.value.fields == {"staff_no": "工号“7”已经是“甲某”的。"}


def test_who_leaves_loses_posts_and_account(works, system):
    person = make_person(works)
    now, later = (
        make_post(works, person=person),
        make_post(works, Role.LIAISON, person=person, starts_on=date(2027, 1, 1)),
    )
    acts.person_left(person=person, on=date(2026, 11, 18), by=system, at=NOW)
    now.refresh_from_db()
    assert now.ends_on == date(2026, 11, 18)
    later.refresh_from_db()
    assert later.taken_back
    assert not User.objects.get(person=person).is_active
    with pytest.raises(Refused, match="已经在2026年11月18日登记离开"):
        acts.person_left(person=person, by=system, at=NOW)
    with pytest.raises(Invalid):
        acts.person_left(person=make_person(works), on=TODAY + timedelta(1), by=system, at=NOW)


def test_departments_open_rename_close_and_open_again(works, system):
    office = acts.open_department(unit=works, name="办公室", by=system, at=NOW)
    with pytest.raises(Invalid):
        acts.open_department(unit=works, name="办公室", by=system, at=NOW)
    acts.rename_department(department=office, name="综合办", version=1, by=system, at=NOW)
    post = make_post(works, Role.HANDLER, department=office)
    acts.close_department(department=office, by=system, at=NOW)
    post.refresh_from_db()
    assert post.ends_on == TODAY
    assert acts.open_department(unit=works, name="综合办", by=system, at=NOW).pk == office.pk


def test_appointing_and_ending(works, security):
    person = make_person(works)
    post = appoint(person, works, Role.OFFICER, security, title="干事")
    assert (post.starts_on, post.ends_on, post.title) == (TODAY, None, "干事")
    with pytest.raises(Refused, match="已经有这个任职"):
        appoint(person, works, Role.OFFICER, security)
    ended = acts.end_post(post=post, by=security, at=NOW)
    assert ended.ends_on == TODAY
    with pytest.raises(Refused, match="已经在"):
        acts.end_post(post=post, by=security, at=NOW)
    later = appoint(person, works, Role.LIAISON, security, starts_on=date(2027, 1, 1))
    assert acts.end_post(post=later, by=security, at=NOW).taken_back
    appoint(person, works, Role.LIAISON, security)
    assert [e.act for e in Entry.objects.filter(chain=works.pk).order_by("seq")] == [
        "post.appointed",
        "post.ended",
        "post.appointed",
        "post.ended",
        "post.appointed",
    ]


@pytest.mark.parametrize("role", [r for r in Role if r != Role.SECURITY_ADMIN])
def test_only_the_security_administrator_appoints_and_opens_accounts(county, works, role):
    actor = make_member(county, role)
    person = make_person(works)
    for do in (
        lambda: appoint(person, works, Role.OFFICER, actor),
        lambda: acts.end_post(post=make_post(works), by=actor, at=NOW),
        lambda: acts.open_account(person=make_person(works, account=False), username="abc", by=actor, at=NOW),
        lambda: acts.reset_password(user=person.user, by=actor, at=NOW),
        lambda: acts.disable_account(user=person.user, by=actor, at=NOW),
    ):
        with pytest.raises(NotYours):
            do()


def test_nobody_appoints_ends_or_resets_themselves(county, security):
    me = Person.objects.get(pk=security.person_id)
    with pytest.raises(Refused, match="自己"):
        appoint(me, county, Role.DELEGATE, security)
    with pytest.raises(Refused, match="自己"):
        acts.end_post(post=Post.objects.get(pk=security.post_id), by=security, at=NOW)
    with pytest.raises(Refused, match="自己"):
        acts.reset_password(user=me.user, by=security, at=NOW)


def test_an_upper_administrator_does_not_see_strangers(works, security):
    stranger = make_person(make_unit("别处", level=Level.COUNTY))
    with pytest.raises(NotYours):
        appoint(stranger, works, Role.OFFICER, security)


def test_a_department_role_needs_a_department_of_the_unit(county, works, security):
    person = make_person(works)
    for department in (None, make_department(county)):
        with pytest.raises(Invalid) as refused:
            appoint(person, works, Role.HANDLER, security, department=department)
        assert list(refused.value.fields) == ["department"]
    with pytest.raises(Invalid):
        appoint(person, works, Role.OFFICER, security, department=make_department(works))


def test_one_chair_at_a_time_unless_acting(works, security):
    chair = make_post(works, Role.CHAIR)
    deputy = make_person(works)
    with pytest.raises(Invalid, match="补正"):
        appoint(deputy, works, Role.CHAIR, security)
    with pytest.raises(Invalid):  # an acting officer needs an end
        appoint(deputy, works, Role.CHAIR, security, acting_for=chair)
    acting = appoint(deputy, works, Role.CHAIR, security, acting_for=chair, ends_on=date(2026, 12, 20))
    assert acting.acting_for == chair
    with pytest.raises(Invalid):  # nor may somebody act for who acts
        appoint(make_person(works), works, Role.CHAIR, security, acting_for=acting, ends_on=date(2026, 12, 20))
    with pytest.raises(Invalid):
        appoint(make_person(works), works, Role.OFFICER, security, acting_for=chair, ends_on=date(2026, 12, 20))


def test_three_administrators_in_one_union(works, security):
    person = make_person(works)
    appoint(person, works, Role.SYSTEM_ADMIN, security)
    for role in (Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.OFFICER, Role.CHAIR, Role.LIAISON):
        with pytest.raises(Invalid) as refused:
            appoint(person, works, role, security)
        assert list(refused.value.fields) == ["role"]
    appoint(person, works, Role.DELEGATE, security)


def test_a_one_person_union_may_join_offices_when_the_union_above_watches(county, works, security):
    alone = make_person(works)
    appoint(alone, works, Role.CHAIR, security)
    with pytest.raises(Invalid):  # nobody above audits yet
        appoint(alone, works, Role.SYSTEM_ADMIN, security)
    make_post(county, Role.AUDIT_ADMIN)
    appoint(alone, works, Role.SYSTEM_ADMIN, security)
    with pytest.raises(Invalid):
        appoint(alone, works, Role.AUDIT_ADMIN, security)
    with pytest.raises(Refused, match="一人兼任"):
        appoint(make_person(works), works, Role.OFFICER, security)


def test_who_can_take_over(county, works):
    chair, officer, gone = make_post(works, Role.CHAIR), make_post(works), make_post(works, ends_on=date(2026, 11, 19))
    acting = make_post(works, Role.OFFICER, acting_for=officer, ends_on=date(2026, 12, 31))
    upper = make_post(county, Role.UPPER_OFFICER)
    assert reads.successors(officer, TODAY) == [acting, chair, upper]
    assert gone not in reads.successors(chair, TODAY)
    first = make_post(works, Role.HANDLER)
    head = make_post(works, Role.DEPARTMENT_HEAD, department=first.department)
    assert reads.successors(first, TODAY) == [head]


def test_an_account_gets_a_password_for_once(works, security):
    person = make_person(works, account=False)
    user, password = acts.open_account(person=person, username=" Works.01 ", by=security, at=NOW)
    assert user.username == "works.01"
    assert user.must_change_password
    assert user.check_password(password)
    assert password not in str(list(Entry.objects.values_list("data", flat=True)))
    with pytest.raises(Refused, match="已经有账号"):
        acts.open_account(person=person, username="other", by=security, at=NOW)
    for name in ("works.01", "坏名", "ab", "-abc"):
        with pytest.raises(Invalid):
            acts.open_account(person=make_person(works, account=False), username=name, by=security, at=NOW)
    again, fresh = acts.reset_password(user=user, by=security, at=NOW)
    assert fresh != password
    assert not again.check_password(password)


def test_an_account_is_switched_off_and_on(works, security):
    user = make_person(works).user
    assert not acts.disable_account(user=user, by=security, at=NOW).is_active
    with pytest.raises(Refused):
        acts.disable_account(user=user, by=security, at=NOW)
    with pytest.raises(Refused, match="停用"):
        acts.reset_password(user=user, by=security, at=NOW)
    assert acts.enable_account(user=user, by=security, at=NOW).is_active


def test_the_installation_itself_may(works):
    person = acts.add_person(unit=works, name="首位", by=SYSTEM, at=NOW)
    appoint(person, works, Role.SYSTEM_ADMIN, SYSTEM)
    acts.open_account(person=person, username="first", by=SYSTEM, at=NOW)
