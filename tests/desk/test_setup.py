"""开始使用: steps from what is there, whose they are, accounts for many, the matter to try with."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.cases.models import Case
from huying.desk.reads import setup_of
from huying.kernel import machine
from huying.kernel.errors import NotYours
from huying.org.acts import open_accounts
from huying.org.models import Person, Role, User
from huying.org.rules import login_name
from tests.desk.browser import page
from tests.factories.org import make_department, make_person, make_post, make_unit
from tests.factories.world import said

pytestmark = pytest.mark.django_db
KEY = "k" * 32


def step(world, role, code, unit=None):
    """One step as somebody sees it."""
    found = setup_of(world.as_(role), unit or world.plant, world.now)
    return next((one for one in found.steps if one.code == code), None)


# --- steps --------------------------------------------------------------------------------------------------------------


def test_each_is_told_what_is_theirs_and_what_waits_for_whom(world, sign_in):
    make_department(world.plant, "设备科")
    unit = f"?unit={world.plant.pk}"
    html = page(sign_in("security").get(reverse("desk:setup") + unit))
    mine, others = html.split("等别人做的")
    assert "设备科的承办人" in mine
    assert "后勤部的承办人" not in html
    assert "还没有备份过" in others
    html = page(sign_in("system").get(reverse("desk:setup") + unit))
    mine, others = html.split("等别人做的")
    assert "还没有备份过" in mine
    assert "设备科的承办人" in others


def test_a_step_is_done_when_the_thing_is_there_and_open_again_when_it_goes(world, settings, now):
    assert not step(world, "system", "address").done
    settings.HUYING_BASE_URL = "https://gh.example.org"
    assert step(world, "system", "address").done
    assert step(world, "security", "posts").done
    world.posts["manager"].ends_on = now.date().replace(day=1)
    world.posts["manager"].save()
    assert step(world, "security", "posts").missing == ("行政负责人",)
    assert not step(world, "system", "backup").done
    machine.note_backup(machine.LastBackup(now, "/mnt/disk/huying-data.tar.gz", 10, True))
    try:
        assert step(world, "system", "backup").done
    finally:
        (machine.Path(settings.HUYING_HOME) / machine.LAST_BACKUP).unlink()


def test_who_has_not_signed_in_and_who_has_no_account_is_named(world):
    user = world.posts["audit"].person.user
    user.must_change_password = True
    user.save()
    assert step(world, "system", "signed_in").missing == ("审计员（审计管理员）",)
    make_post(world.plant, Role.LIAISON, person=make_person(world.plant, "无号人", account=False))
    found = step(world, "security", "accounts")
    assert (found.done, found.missing, found.mine) == (False, ("无号人",), True)
    assert not step(world, "system", "accounts").mine


def test_the_union_above_sees_which_unions_below_have_nobody(world):
    make_unit("新设学校工会", under=world.county)
    missing = step(world, "security", "posts", world.county).missing
    assert "新设学校工会的工会主席或工会干部" in missing
    assert not any("山泉" in name for name in missing)


def test_whether_a_matter_ever_came_is_not_for_administrators(world):
    said(world)
    assert step(world, "chair", "trial").done
    assert step(world, "system", "trial") is None


def test_asking_costs_the_same_however_large_the_union(world, django_assert_max_num_queries):
    with CaptureQueriesContext(connection) as few:
        setup_of(world.as_("system"), world.county, world.now)
    for number in range(12):
        below = make_unit(f"第{number}厂工会", under=world.county)
        make_post(below, Role.CHAIR, person=make_person(below, account=False))
    with django_assert_max_num_queries(len(few)):
        setup_of(world.as_("system"), world.county, world.now)


def test_today_leads_administrators_there_while_something_lacks(world, sign_in):
    html = page(sign_in("system").get(reverse("desk:today")))
    assert "开始使用：还差" in html
    assert reverse("desk:setup") in html


# --- the matter to try with ---------------------------------------------------------------------------------------------


def test_trying_registers_one_marked_matter_and_takes_it_back(world, sign_in):
    chair = sign_in("chair")
    unit = str(world.plant.pk)
    for _ in range(2):  # a double click
        assert chair.post(reverse("desk:setup-try"), {"once": KEY, "unit": unit}).status_code == 302
    case = Case.objects.get()
    html = page(chair.get(reverse("desk:setup")))
    assert f"试的是 {case.number}" in html
    again = chair.post(reverse("desk:setup-try"), {"once": "a" * 32, "unit": unit})
    assert (again.status_code, "还没有撤回" in again.content.decode()) == (409, True)
    assert chair.post(reverse("desk:setup-try-end"), {"once": "b" * 32, "unit": unit}).status_code == 302
    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert step(world, "chair", "trial").done


# --- accounts for many --------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomers(world):
    """Three people with a post and without an account, two of one name."""
    people = [make_person(world.plant, name, account=False) for name in ("张三", "张三", "欧阳晓月")]
    for person in people:
        make_post(world.plant, Role.LIAISON, person=person)
    return people


def proposed(html):
    """Person's id to login name, as the page proposes."""
    return dict(re.findall(r'name="name-([0-9a-f-]{36})" value="([^"]*)"', html))


def test_thirty_accounts_are_two_pages_and_two_clicks(world, sign_in, newcomers):
    for number in range(27):
        make_post(world.plant, Role.DELEGATE, person=make_person(world.plant, f"代表{number}", account=False))
    security = sign_in("security")
    names = proposed(page(security.get(reverse("desk:accounts"))))
    assert len(names) == 30
    assert {names[str(one.pk)] for one in newcomers} == {"zhang.san", "zhang.san2", "ou.yangxiaoyue"}
    form = {"once": KEY, "who": list(names), **{f"name-{pk}": name for pk, name in names.items()}}
    answer = security.post(reverse("desk:accounts"), form)
    assert answer.status_code == 302, answer.content.decode()[:500]
    html = page(security.get(answer["Location"]))
    assert html.count("初始密码") == 30
    (slip,) = re.findall(r"欧阳晓月</b>.*?hy-slip-p\">([^<]+)<", html, re.S)
    user = User.objects.get(person=newcomers[2])
    assert user.check_password(slip)
    assert user.must_change_password
    assert security.get(reverse("desk:accounts-sheet")).status_code == 302, "it is shown once"
    assert slip not in str(dict(security.session))


def test_one_wrong_line_opens_no_account_and_what_was_typed_stays(world, sign_in, newcomers):
    security = sign_in("security")
    before = User.objects.count()
    first, second, third = (str(one.pk) for one in newcomers)
    names = {f"name-{first}": "zhang.san", f"name-{second}": "ZHANG.SAN", f"name-{third}": "欧阳"}
    answer = security.post(reverse("desk:accounts"), {"once": KEY, "who": [first, second, third], **names})
    html = page(answer, 422)
    for words in ("有 2 行不对", "已经有人用了", "登录名用小写字母", 'value="欧阳"'):
        assert words in html
    assert User.objects.count() == before
    nobody = page(security.post(reverse("desk:accounts"), {"once": "c" * 32}), 422)
    assert "没有选人" in nobody


def test_nobody_opens_accounts_beyond_reach(world, newcomers, now):
    stranger = Person.objects.get(pk=newcomers[0].pk)
    with pytest.raises(NotYours):
        open_accounts(people=[stranger], usernames={stranger.pk: "a.b.c"}, by=world.as_("chair"), at=now)


@pytest.mark.parametrize(
    ("name", "taken", "login"),
    [
        ("张三", set(), "zhang.san"),
        ("张三", {"zhang.san"}, "zhang.san2"),
        ("张三", {"zhang.san", "zhang.san2"}, "zhang.san3"),
        ("曾小丽", set(), "zeng.xiaoli"),
        ("李", set(), "user.li"),
        ("😀", set(), "user"),
    ],
)
def test_a_login_name_is_proposed_from_the_sound(name, taken, login):
    assert login_name(name, taken) == login


def test_a_union_with_nothing_but_its_administrators_has_everything_to_do(db, client):
    county = make_unit("空白县总工会", level="county")
    system = make_post(county, Role.SYSTEM_ADMIN, person=make_person(county, "管甲"))
    client.force_login(system.person.user)
    html = page(client.get(reverse("desk:setup")))
    for words in ("除了管理员，还没有登记人员", "下级工会", "上级工会干部", "还没有采用"):
        assert words in html
