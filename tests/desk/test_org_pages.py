"""The organisation pages: what each shows, refuses, keeps; and that lists cost the same however long they are."""

import re
from datetime import date
from io import BytesIO

import pytest
import xlsxwriter
from django.urls import reverse

from huying.kernel.models import Draft, Once
from huying.org.models import Department, Level, Person, Post, Role, Unit, User
from tests.factories.org import make_department, make_person, make_post, make_unit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
LONG = "很长的名称" * 16


@pytest.fixture
def frozen():
    import time_machine

    from tests.conftest import NOW

    with time_machine.travel(NOW, tick=False):
        yield NOW


@pytest.fixture
def county():
    return make_unit("乙县总工会", level=Level.COUNTY)


@pytest.fixture
def works(county):
    unit = make_unit("丙厂工会", under=county)
    county.refresh_from_db()
    return unit


def sign_in(client, unit, role):
    post = make_post(unit, role)
    client.force_login(post.person.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return post


@pytest.fixture
def system(client, county, works):
    return sign_in(client, county, Role.SYSTEM_ADMIN)


@pytest.fixture
def security(client, county, works):
    return sign_in(client, county, Role.SECURITY_ADMIN)


def url(name, *args, **query):
    address = reverse(f"desk:org{name}", args=[getattr(a, "pk", a) for a in args])
    return address + ("?" + "&".join(f"{k}={getattr(v, 'pk', v)}" for k, v in query.items()) if query else "")


def post(client, where, /, **data):
    data.setdefault("once", "k" * 20)
    return client.post(where, data)


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def found(pattern, page):
    hit = re.search(pattern, page)
    assert hit, pattern
    return hit[1]


UNIT = {"level": "workshop", "name": "一车间", "short_name": "", "version": ""}


def test_the_tree_opens_level_by_level(client, system, county, works):
    shop = make_unit("一车间", under=works, level=Level.WORKSHOP)
    page = text(client.get(url("")))
    assert "乙县总工会" in page
    assert "丙厂工会" not in page
    assert "丙厂工会" in text(client.get(url("-branch", county) + "?open=1"))
    assert "丙厂工会" not in text(client.get(url("-branch", county)))
    assert shop.name in text(client.get(url("", open=works)))


def test_units_are_found_by_name(client, system, works):
    page = text(client.get(url("", q="丙厂")))
    assert "丙厂工会" in page
    assert "乙县总工会" in page  # the place it stands in
    assert "没有找到" in text(client.get(url("", q="没有")))


def test_a_unit_page_shows_everything_and_its_code(client, system, works):
    make_department(works, "保障部")
    make_post(works, Role.CHAIR, person=make_person(works, "甲某"))
    page = text(client.get(url("-unit", works)))
    assert all(word in page for word in ("保障部", "甲某", "工会主席", f"/u/{works.code}", "移动", "合并", "撤销"))
    code = client.get(url("-unit-qr", works, save=1))
    assert code["Content-Type"] == "image/svg+xml"
    assert works.code in code["Content-Disposition"]
    assert b"style=" not in code.content


def test_one_does_not_move_or_close_the_unit_one_stands_in(client, system, county):
    page = text(client.get(url("-unit", county)))
    assert "修改" in page
    assert "撤销“" not in page
    assert client.get(url("-unit-move", county)).status_code == 404
    assert post(client, url("-unit-close", county)).status_code == 404


def test_a_unit_is_set_up_once_however_often_it_is_sent(client, system, works):
    address = url("-unit-new", works)
    assert "车间（科室）" in text(client.get(address))
    first, second = post(client, address, **UNIT), post(client, address, **UNIT)
    assert first["Location"] == second["Location"]
    assert Unit.objects.filter(name="一车间").count() == 1
    assert "已设立“一车间”" in text(client.get(first["Location"]))


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(client, system, works):
    page = text(post(client, url("-unit-new", works), **{**UNIT, "workers": 1, "women": 2, "address": "东路"}))
    assert "女职工人数不能多于职工人数" in page
    assert "东路" in page
    assert "一车间" in page
    assert not Once.objects.exists()
    assert "80" in text(post(client, url("-unit-new", works), **{**UNIT, "name": LONG + "长"}))


def test_somebody_was_faster(client, system, works):
    data = {**UNIT, "level": "enterprise", "name": "丙厂工会", "short_name": "丙", "version": 1, "has_union": "on"}
    assert post(client, url("-unit-edit", works), **data, phone="12351").status_code == 302
    page = text(post(client, url("-unit-edit", works), **data, address="西路", once="m" * 20))
    assert "新的变化" in page
    assert "改了" in page
    assert "西路" in page
    assert 'name="version" value="2"' in page


def test_moving_shows_what_changes_first(client, system, county, works):
    other = make_unit("丁镇总工会", under=county, level=Level.TOWN)
    assert "丁镇总工会" in text(client.get(url("-unit-move", works, q="丁镇")))
    page = text(client.get(url("-unit-move", works, to=other)))
    assert "1 个组织（连同它自己）" in page
    assert Unit.objects.get_parent(Unit.objects.get(pk=works.pk)) == county
    assert post(client, url("-unit-move", works, to=other)).status_code == 302
    assert Unit.objects.get_parent(Unit.objects.get(pk=works.pk)) == other
    assert "不用再移" in text(client.get(url("-unit-move", works, to=other)))


def test_merging_shows_what_ends_first(client, system, county, works):
    into = make_unit("戊厂工会", under=county)
    make_post(works, Role.CHAIR, person=make_person(works, "主席某"))
    make_post(works, Role.DELEGATE, person=make_person(works, "代表某"))
    page = text(client.get(url("-unit-merge", works, to=into)))
    assert page.index("跟着过去的任职") < page.index("代表某") < page.index("今天结束的任职") < page.index("主席某")
    assert post(client, url("-unit-merge", works, to=into)).status_code == 302
    page = text(client.get(url("-unit", works)))
    assert "并入“戊厂工会”" in page
    assert "设立下级" not in page


def test_closing_is_refused_in_words(client, system, county, works):
    make_unit("一车间", under=works, level=Level.WORKSHOP)
    response = post(client, url("-unit-close", works))
    assert response.status_code == 409
    assert "下面还有 1 个组织" in response.content.decode()


def test_departments(client, system, works):
    assert post(client, url("-department-new", works), name="保障部").status_code == 302
    row = Department.objects.get()
    assert "已经有了" in text(post(client, url("-department-new", works), name="保障部", once="m" * 20))
    assert post(client, url("-department", row), name="综合部", version=1, once="n" * 20).status_code == 302
    assert post(client, url("-department-close", row), once="o" * 20).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.closed_on) == ("综合部", date(2026, 11, 20))
    assert "已经撤销" in text(client.get(url("-department", row)))


def test_people_are_listed_found_and_paged(client, system, county, works):
    assert "还没有人员" in text(client.get(url("-people", unit=works)))
    make_person(works, "曾某", staff_no="0007")
    Person.objects.filter(name="曾某").update(name_sort="zeng mou zengmou zm")
    for q in ("曾", "zeng", "zm", "0007"):
        assert "曾某" in text(client.get(url("-people", q=q)))
    assert "没有找到“李”" in text(client.get(url("-people", q="李")))
    for _ in range(60):
        make_person(works, account=False)
    assert "第 1 页，共 2 页" in text(client.get(url("-people", unit=works)))
    assert text(client.get(url("-people", unit=works, page=99)))


def test_a_person_is_entered_changed_and_leaves(client, system, works):
    made = post(client, url("-person-new", works), name="甲某", staff_no="1", is_member="on")
    person = Person.objects.get(name="甲某")
    assert made["Location"] == url("-person", person)
    assert "工号“1”已经是" in text(post(client, url("-person-new", works), name="乙某", staff_no="1", once="m" * 20))
    changed = post(client, url("-person-edit", person), name="甲某某", version=1, once="n" * 20)
    assert changed.status_code == 302
    assert "新的变化" in text(post(client, url("-person-edit", person), name="甲", version=1, once="o" * 20))
    assert "不能在今天以后" in text(post(client, url("-person-left", person), left_on="2027-01-01", once="p" * 20))
    assert post(client, url("-person-left", person), left_on="2026-11-20", once="q" * 20).status_code == 302
    assert "已经离开" in text(client.get(url("-person", person)))
    assert "甲某某" in text(client.get(url("-people", left=1)))


def test_appointing_acting_and_ending(client, security, county, works):
    person = make_person(works, "甲某")
    chair = make_post(works, Role.CHAIR)
    address = url("-post-new", person)
    data = {"unit": works.pk, "role": "officer", "starts_on": "2026-11-20"}
    assert "登记、受理、交办" in text(client.get(address))
    assert post(client, address, **data).status_code == 302
    assert "已经有这个任职" in text(post(client, address, **data, once="m" * 20))
    assert "工会主席现在是" in text(post(client, address, **{**data, "role": "chair"}, once="n" * 20))
    acting = {**data, "role": "chair", "acting_for": chair.pk, "ends_on": "2026-12-01"}
    assert post(client, address, **acting, once="o" * 20).status_code == 302
    assert f"代理 {chair.person.name}" in text(client.get(url("-person", person)))
    row = Post.objects.get(person=person, role="officer")
    assert "谁可以接办" in text(client.get(url("-post-end", row)))
    assert post(client, url("-post-end", row), ends_on="2026-11-20", once="p" * 20).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == date(2026, 11, 20)


def test_three_administrators_beside_the_field(client, security, works):
    person = make_person(works)
    make_post(works, Role.OFFICER, person=person)
    data = {"unit": works.pk, "role": "system_admin", "starts_on": "2026-11-20"}
    assert "管理员不经手事项" in text(post(client, url("-post-new", person), **data))


def test_the_one_time_password_is_shown_once(client, security, works):
    person = make_person(works, account=False)
    assert "开账号" in text(client.get(url("-person", person)))
    assert "小写字母" in text(post(client, url("-account-new", person), username="坏"))
    made = post(client, url("-account-new", person), username="jia.mou")
    again = post(client, url("-account-new", person), username="jia.mou")
    assert made["Location"] == again["Location"]
    page = text(client.get(made["Location"]))
    password = found(r'class="hy-once">([^<]+)<', page)
    user = User.objects.get(person=person)
    assert user.check_password(password)
    assert password not in str(dict(client.session))
    assert "hy-once" not in text(client.get(made["Location"]))
    assert post(client, url("-account-reset", person), once="m" * 20).status_code == 302
    assert "hy-once" in text(client.get(url("-person", person)))
    assert post(client, url("-account-disable", person), once="n" * 20).status_code == 302
    assert "已停用" in text(client.get(url("-person", person)))
    assert post(client, url("-account-enable", person), once="o" * 20).status_code == 302


def workbook(rows, name="人员"):
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    out.seek(0)
    out.name = "roster.xlsx"
    return out


PEOPLE = [["组织", "姓名", "工号"], ["丙厂工会", "甲某", "1"], ["丙厂工会", "乙某", "2"]]


def test_import_is_previewed_confirmed_and_reported(client, system, works):
    assert client.get(url("-import-template"))["Content-Type"].endswith("sheet")
    assert "下载模板" in text(client.get(url("-import")))
    assert post(client, url("-import"), workbook=workbook(PEOPLE))["Location"] == url("-import-preview")
    page = text(client.get(url("-import-preview")))
    assert "甲某" in page
    assert not Person.objects.filter(name="甲某").exists()
    assert "接着看预览" in text(client.get(url("-import")))
    seen = found(r'name="seen" value="(\w+)"', page)
    for _ in range(2):
        done = post(client, url("-import-preview"), seen=seen, once="m" * 20)
        assert done["Location"] == url("-import-result")
    assert Person.objects.filter(unit=works).count() == 2
    assert "导入完成" in text(client.get(done["Location"]))
    assert not Draft.objects.exists()
    assert client.get(url("-import-preview"))["Location"] == url("-import")


def test_import_errors_are_listed_and_nothing_is_offered(client, system, works):
    rows = [*PEOPLE, ["没有的厂", "丙某", "3"]]
    post(client, url("-import"), workbook=workbook(rows))
    page = text(client.get(url("-import-preview")))
    assert "有 1 处错误" in page
    assert "没有找到“没有的厂”" in page
    assert "全部导入" not in page
    assert "没有导入" in text(post(client, url("-import-preview"), seen="x", once="m" * 20))
    assert not Person.objects.filter(unit=works).exists()
    assert post(client, url("-import-drop"), once="n" * 20).status_code == 302
    assert not Draft.objects.exists()


def test_import_says_when_the_file_is_none(client, system):
    other = BytesIO(b"hello")
    other.name = "a.xlsx"
    assert "打不开这个文件" in text(post(client, url("-import"), workbook=other))
    assert "请选择要上传的表格" in text(post(client, url("-import")))


def test_import_stops_when_things_changed_after_the_preview(client, system, works):
    post(client, url("-import"), workbook=workbook(PEOPLE))
    seen = found(r'name="seen" value="(\w+)"', text(client.get(url("-import-preview"))))
    make_person(works, "甲某", staff_no="1")
    page = text(post(client, url("-import-preview"), seen=seen, once="m" * 20))
    assert "预览之后" in page
    assert "全部导入" in page


GETS = [
    ("-unit", "unit"), ("-branch", "unit"), ("-unit-qr", "unit"), ("-unit-new", "unit"), ("-unit-edit", "unit"),
    ("-unit-move", "unit"), ("-unit-merge", "unit"), ("-department-new", "unit"), ("-department", "department"),
    ("-person-new", "unit"), ("-person", "person"), ("-person-edit", "person"), ("-person-left", "person"),
    ("-post-new", "person"), ("-post-end", "post"), ("-account-new", "person"),
    ("", None), ("-people", None), ("-import", None), ("-import-template", None), ("-import-preview", None),
    ("-import-result", None),
]  # fmt: skip
ORG_ONLY = {
    "-unit-new",
    "-unit-edit",
    "-unit-move",
    "-unit-merge",
    "-department-new",
    "-department",
    "-person-new",
    "-person-edit",
    "-person-left",
}
POSTS_ONLY = {"-post-new", "-post-end", "-account-new"}


@pytest.mark.parametrize("role", list(Role))
def test_every_page_for_every_role_own_and_foreign(client, county, works, role):
    if role == Role.MANAGEMENT_HEAD:
        sign_in(client, works, role)
    else:
        sign_in(client, county, role)
    foreign = make_unit("别县总工会", level=Level.COUNTY)
    for unit, own in ((make_unit("己厂工会", under=county), True), (make_unit("庚厂工会", under=foreign), False)):
        rows = {"unit": unit, "department": make_department(unit), "person": make_person(unit), "post": make_post(unit)}
        for name, kind in GETS:
            if kind is None and not own:
                continue
            allowed = own and (
                (role == Role.SYSTEM_ADMIN and name not in POSTS_ONLY)
                or (role == Role.SECURITY_ADMIN and name not in ORG_ONLY)
            )
            status = client.get(url(name, *([rows[kind]] if kind else []))).status_code
            assert (status in (200, 302)) is allowed, (name, own, status)
            assert allowed or status == 404, (name, own, status)


@pytest.mark.parametrize("name", ["", "-people", "-import"])
def test_strangers_are_sent_to_sign_in(client, county, name):
    assert "login" in client.get(url(name))["Location"]


def test_very_long_names_are_shown_whole(client, system, county):
    unit = make_unit(LONG, under=county)
    person = make_person(unit, "长" * 40, staff_no="9" * 30)
    make_department(unit, "部" * 60)
    make_post(unit, Role.CHAIR, person=person, title="职" * 40)
    assert LONG in text(client.get(url("-unit", unit)))
    assert "长" * 40 in text(client.get(url("-people", unit=unit)))
    assert "职" * 40 in text(client.get(url("-person", person)))


@pytest.mark.parametrize("name", ["", "-people", "-unit"])
def test_lists_ask_the_database_the_same_however_long(client, system, county, django_assert_num_queries, name):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def fill(rows):
        for _ in range(rows):
            unit = make_unit(under=county)
            make_post(county, Role.DELEGATE, person=make_person(county, account=False))
            make_department(county)
            make_person(unit, account=False)

    address = {"": url("", open=county), "-people": url("-people"), "-unit": url("-unit", county)}[name]
    fill(10)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as few:
        text(client.get(address))
    fill(190)
    with django_assert_num_queries(len(few)):
        text(client.get(address))
    assert len(few) <= 20
