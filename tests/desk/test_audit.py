"""查阅记录 and 留痕: who may read them, what they never show, and that a broken chain comes to light."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.trail import acts, reads
from huying.trail.models import Reading
from tests.desk.browser import STAFF, page
from tests.factories.org import make_post
from tests.factories.world import accepted

pytestmark = pytest.mark.django_db
OTHERS = [role for role in STAFF if role != "audit"]


@pytest.fixture
def case(world, now):
    """A sealed case that its officer opened."""
    one = Case.objects.get(pk=accepted(world).pk)
    cases.open_sealed(case_id=one.pk, reason="verify", words="", by=world.as_("officer"), at=now)
    acts.note_reading(
        root=one.root_id, by=world.as_("officer"), at=now, what="dossier", subject=one.pk, unit=one.holder_id
    )
    return one


def look(world, role, now, **given):
    acts.note_reading(root=world.county.pk, by=world.as_(role), at=now, **given)


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_audit_administrator_reads_them(sign_in, role):
    client = sign_in(role)
    for name in ("readings", "trail", "anchors"):
        assert client.get(reverse(f"desk:{name}")).status_code == 404
    assert client.post(reverse("desk:trail"), {"act": "verify"}).status_code == 404


def test_who_looked_is_named_and_the_case_is_not(sign_in, world, case):
    html = page(sign_in("audit").get(reverse("desk:readings")))
    for words in ("李慧敏", "山泉机械有限公司工会·工会干部", "查看密封内容", "核实情况", reads.neutral_code(case.pk)):
        assert words in html
    for secret in (str(case.pk), case.number, case.title, "刘春华"):
        assert secret not in html
    assert not Reading.objects.filter(person=world.posts["audit"].person_id).exists()


def test_filters_live_in_the_address(sign_in, world, case, now):
    look(world, "upper", now - timedelta(days=3), what="lookup", unit=world.county.pk)
    look(world, "second", now, what="something_new", unit=world.plant.pk)
    client, address = sign_in("audit"), reverse("desk:readings")
    rows = lambda **given: page(client.get(address, given)).split('id="looks"')[1]  # noqa: E731
    assert "按电话或姓名查找" in rows(what="lookup")
    assert "李慧敏" not in rows(what="lookup")
    assert "其他查阅（something_new）" in rows(what="open")
    assert "周明远" not in rows(person=world.posts["officer"].person_id)
    assert "高敏" in rows(day="2026-11-17")
    assert "李慧敏" not in rows(day="2026-11-17")
    assert "没有查阅记录" in rows(day="2026-01-01")
    for wrong in ({"what": "x"}, {"person": "x"}):
        assert client.get(address, wrong).status_code == 404
    page(client.get(address, {"day": "2026-13-01", "page": "99"}))
    html = page(client.get(address))
    assert "11月17日 周二" in html
    assert "day=2026-11-17" in html


def test_nobody_is_shown_what_was_looked_at_elsewhere(client, sign_in, world, case, now):
    look(world, "foreign", now, what="lookup", unit=world.other.pk)
    post = make_post(world.plant, "audit_admin")
    client.force_login(post.person.user)
    html = page(client.get(reverse("desk:readings")))
    assert "李慧敏" in html
    assert "沈秋" not in html


def test_an_empty_list_says_what_will_stand_there(sign_in):
    assert "没有查阅记录" in page(sign_in("audit").get(reverse("desk:readings")))
    assert "还没有日锚" in page(sign_in("audit").get(reverse("desk:trail")))


def test_a_whole_trail_is_said_to_be_whole(sign_in, case, now):
    acts.anchor_all(day=now.date() - timedelta(days=1))
    client = sign_in("audit")
    html = page(client.get(reverse("desk:trail")))
    assert "沂河县总工会" in html
    assert "全系统共用" in html
    html = page(client.post(reverse("desk:trail"), {"act": "verify"}))
    assert "核对没有问题" in html
    assert "都接得上" in html


def tampered(chain):
    """Somebody with the database in hand changes an entry, past the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'trail_entry'")
            for name, _ in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        key = chain.hex if connection.vendor == "sqlite" else str(chain)
        cursor.execute("UPDATE trail_entry SET act = 'case.other' WHERE chain = %s AND seq = 2", [key])


def test_a_changed_entry_comes_to_light_without_naming_the_case(sign_in, case):
    tampered(case.pk)
    html = page(sign_in("audit").post(reverse("desk:trail"), {"act": "verify"}))
    assert "核对有问题" in html
    assert f"事项 {reads.neutral_code(case.pk)} 第 2 条：记录被改动" in html
    assert case.number not in html
    assert str(case.pk) not in html


def test_a_long_trail_is_verified_as_far_as_it_moved(sign_in, case, monkeypatch):
    from huying.desk.views import audit

    monkeypatch.setattr(audit, "LARGEST", 0)
    tampered(case.pk)
    assert "核对有问题" in page(sign_in("audit").post(reverse("desk:trail"), {"act": "verify"}))


def kept(client, text):
    file = SimpleUploadedFile("anchors.txt", text if isinstance(text, bytes) else text.encode())
    return client.post(reverse("desk:trail"), {"act": "compare", "kept": file})


def test_anchors_kept_outside_are_compared_with_those_here(sign_in, case, now):
    for days in (3, 2, 1):
        acts.anchor_all(day=now.date() - timedelta(days=days))
    client = sign_in("audit")
    answer = client.get(reverse("desk:anchors"))
    assert "attachment" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert text.count("\t") == 3 * 6
    assert "和带出的文件一样" in page(kept(client, text))
    last = text.rstrip().rsplit("\t", 1)
    html = page(kept(client, "\t".join([last[0], "0" * 64])))
    assert "有 1 天不一样" in html
    assert "11月19日 周四" in html
    foreign = "2026-11-19\t01a1f899-5944-7f1f-98b6-e696dfd8ce00\t1\t" + "0" * 64
    assert "不属于您审计的范围" in page(kept(client, foreign))
    assert "没有日锚" in page(kept(client, "什么也不是"), 422)
    assert page(kept(client, b"\xff\xfe\x00"), 422)
    assert page(client.post(reverse("desk:trail"), {"act": "compare"}), 422)


def test_the_list_costs_the_same_however_long(sign_in, world, case, now, django_assert_max_num_queries):
    client, address = sign_in("audit"), reverse("desk:readings")
    client.get(address)
    with django_assert_max_num_queries(18) as few:
        client.get(address)
    for number in range(60):
        look(world, "officer", now - timedelta(hours=number), what="dossier", subject=case.pk, unit=world.plant.pk)
    with django_assert_max_num_queries(len(few)):
        assert "第 1 页" in page(client.get(address))
