"""Each day's looks with what stands out, who did what, what expires: for administrators, leading to no case."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.cases.reads import same_person
from huying.cases.rules import Concerns
from huying.desk.reads import is_night
from huying.kernel.actors import SYSTEM
from huying.kernel.errors import Refused
from huying.mechanism import acts as mechanism
from huying.trail.acts import note_reading
from huying.trail.models import Reading
from huying.trail.reads import neutral_code
from tests.desk.browser import STAFF, page
from tests.factories.org import make_person, make_post
from tests.factories.world import accepted, said, voice

pytestmark = pytest.mark.django_db
PAGES = ("audit_day", "audit_day_print", "audit_day_table", "audit_acts")


def look(world, who, at, what="dossier", **given):
    note_reading(root=world.county.pk, by=world.as_(who), at=at, what=what, unit=world.plant.pk, **given)


def shown(client, name="audit_day", **query):
    return page(client.get(reverse(f"desk:{name}"), query))


@pytest.mark.attack("system", "reads the audit pages with another administrator's office", found="held")
@pytest.mark.parametrize("role", [role for role in STAFF if role != "audit"])
def test_only_the_audit_administrator_reads_them(sign_in, role):
    client = sign_in(role)
    for name in PAGES:
        assert client.get(reverse(f"desk:{name}")).status_code == 404
    assert client.get(reverse("desk:expires")).status_code == (200 if role == "system" else 404)


@pytest.mark.clause("HY-audit")
def test_what_is_unusual_is_marked(sign_in, world, now):
    night = datetime.combine(now.date(), datetime.min.time(), now.tzinfo).replace(hour=5)
    for _ in range(11):
        look(world, "officer", now, "lookup")
    look(world, "second", night)
    for _ in range(21):
        look(world, "chair", now, "sealed")
    look(world, "upper", now)
    html = shown(sign_in("audit"))
    for words in ("查找人超过 10 次", "打开密封内容超过 20 次", "夜里查看", "3 人有提示"):
        assert words in html
    assert html.index("李慧敏") < html.index("高敏")  # who stands out comes first


@pytest.mark.parametrize(("hour", "night"), [(21, False), (22, True), (0, True), (5, True), (6, False)])
def test_what_is_night(hour, night):
    assert is_night(hour, 22, 6) is night


@pytest.mark.attack(
    "colleague",
    "tries a colleague's number again and again, and is not seen doing it",
    found="mended: look-ups over the limit were refused but not written down",
)
def test_a_look_up_over_the_limit_is_refused_and_written_down(sign_in, world, now):
    accepted(world, voice(secrecy="named", name="刘春华", phone="13800001111"))
    for number in range(20):
        same_person(world.as_("second"), name="", phone=f"138000011{number:02d}", at=now)
    with pytest.raises(Refused):
        same_person(world.as_("second"), name="", phone="13800001111", at=now)
    assert Reading.objects.filter(what="lookup_refused").count() == 1
    assert "有被拒绝的" in shown(sign_in("audit"))


@pytest.mark.attack(
    "colleague",
    "tries to open what is sealed for somebody else's case, hoping a refusal leaves no trace",
    found="mended: refused openings were taken back with their transaction and left no line",
)
def test_a_refused_opening_is_written_down(sign_in, world, now):
    case = accepted(world)
    with pytest.raises(Refused):
        cases.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("second"), at=now)
    row = Reading.objects.get(what="refused")
    assert (row.person, row.subject) == (world.posts["second"].person_id, case.pk)
    assert "想打开密封内容，被拒绝" in page(sign_in("audit").get(reverse("desk:readings"), {"what": "sealed"}))


@pytest.mark.attack(
    "audit", "finds the way from the list of looks and acts to a case, its number or its people", found="held"
)
def test_nothing_on_these_pages_leads_to_a_case(sign_in, world, now):
    case = Case.objects.get(pk=accepted(world).pk)
    cases.open_sealed(case_id=case.pk, reason="verify", words="", by=world.as_("officer"), at=now)
    client = sign_in("audit")
    acts = shown(client, "audit_acts")
    assert "查看密封内容" in acts
    assert neutral_code(case.pk) in acts
    for html in (acts, shown(client), client.get(reverse("desk:audit_day_print")).content.decode("latin-1")):
        for secret in (str(case.pk), case.number, case.title, "刘春华", "/desk/cases/"):
            assert secret not in html


@pytest.mark.attack(
    "audit",
    "sees in the audit list that somebody opened the matter that names the administrator",
    found="mended: the list of looks showed when and by whom a case about its reader was opened",
)
def test_an_administrator_whom_a_case_names_gets_no_trace_of_it(client, world, now):
    person = make_person(world.plant, "甘审")
    make_post(world.plant, "audit_admin", person=person)
    case = said(world, voice(), concerns=Concerns(superior="甘审"))
    other = accepted(world)
    look(world, "officer", now, "sealed", subject=case.pk)
    look(world, "officer", now, "sealed", subject=other.pk)
    client.force_login(person.user)
    assert neutral_code(case.pk) not in page(client.get(reverse("desk:readings")))
    assert neutral_code(other.pk) in page(client.get(reverse("desk:readings")))
    acts = shown(client, "audit_acts")
    assert neutral_code(case.pk) not in acts
    assert neutral_code(other.pk) in acts
    html = shown(client)
    assert html.count('data-l="打开密封和身份" class="n">1<') == 1


def test_the_day_prints_and_exports(sign_in, world, now):
    look(world, "officer", now, "lookup")
    client = sign_in("audit")
    assert client.get(reverse("desk:audit_day_print")).content.startswith(b"%PDF")
    answer = client.get(reverse("desk:audit_day_table"), {"day": f"{now:%Y-%m-%d}"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("姓名", "任职", "查找人")
    assert rows[1][:3] == ("李慧敏", "山泉机械有限公司工会·工会干部", 1)


@pytest.mark.parametrize("day", ["", "2026-13-40", "x", "2999-01-01", "2020-01-01"])
def test_strange_days_show_a_page(sign_in, day):
    assert "每日查阅清单" in shown(sign_in("audit"), day=day)


@pytest.mark.parametrize("person", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_person_out_of_reach_is_a_missing_page(sign_in, person):
    assert sign_in("audit").get(reverse("desk:audit_acts"), {"person": person}).status_code == 404


def test_one_persons_acts_only(sign_in, world):
    accepted(world)
    client = sign_in("audit")
    rows = lambda person: shown(client, "audit_acts", person=person).split("<tbody")[-1]  # noqa: E731
    assert "受理" in rows(world.posts["officer"].person_id)
    assert "还没有记录" in shown(client, "audit_acts", person=world.posts["upper"].person_id)


@pytest.mark.clause("HY-personal")
def test_what_expires_is_counted_by_union_and_only_shown_until_turned_on(sign_in, world, now):
    case = accepted(world)
    Case.objects.filter(pk=case.pk).update(closed_at=now - timedelta(days=366 * 11), status="archived")
    html = shown(sign_in("system"), "expires")
    assert "山泉机械有限公司工会" in html
    assert "只列出，不自动清除" in html
    assert case.number not in html
    assert cases.expire_due(by=SYSTEM, at=now) == 0
    changes = {"counts": {"personal_auto": 1}}
    mechanism.set_house_rules(unit=world.plant, changes=changes, by=SYSTEM, at=now)
    assert "每天夜里自动清除" in shown(sign_in("audit"), "expires")
    cases.set_hold(case_id=case.pk, why="law", until=None, by=world.as_("officer"), at=now)
    assert cases.expire_due(by=SYSTEM, at=now) == 0
    cases.lift_hold(hold_id=case.holds.get().pk, by=world.as_("officer"), at=now)
    assert cases.expire_due(by=SYSTEM, at=now) == 1
    assert case.parties.get().erased_at == now
    assert "没有到期的" in shown(sign_in("audit"), "expires")


def test_queries_do_not_grow(sign_in, world, now, django_assert_max_num_queries):
    client = sign_in("audit")
    for _ in range(3):
        look(world, "officer", now, "lookup")
        accepted(world)
    shown(client)
    for _ in range(20):
        look(world, "second", now, "file")
        look(world, "chair", now, "sealed")
    with django_assert_max_num_queries(14):
        shown(client)
    with django_assert_max_num_queries(14):
        shown(client, "audit_acts")
