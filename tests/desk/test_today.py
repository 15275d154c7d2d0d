"""今日 and the notices: counts are links to what they count, and nobody learns of a case that names them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.reads import worker_by_receipt
from huying.cases.rules import Concerns
from huying.desk import acts as desk
from huying.desk import reads
from huying.duties.acts import recount
from huying.duties.models import Kept
from huying.feedback import acts as feedback
from huying.handling import acts as handling
from huying.kernel.actors import SYSTEM
from huying.kernel.models import Draft
from huying.mechanism.models import Adoption
from huying.notices.models import Notice
from tests.desk.browser import address, as_
from tests.factories import world as make

TODAY = "/desk/"


def page(world, name: str, address: str = TODAY) -> str:
    """A page as somebody sees it."""
    answer = as_(world, name).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def statements(client: Client, address: str) -> int:
    """How many statements a page takes once everything that is read once has been read."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def day(world, name: str):
    """今日 as figures by word."""
    return {f.word: f.n for f in reads.office_day(world.as_(name), reads.days_of(world.now.date())).figures}


@pytest.mark.clause("MY-3.2.1")
def test_every_count_is_a_link_to_exactly_what_it_counts(world):
    before = world.now - timedelta(days=20)
    late = make.said(world, at=before)
    make.accepted(world, at=world.now)
    fresh = make.said(world, at=world.now)
    item = make.assigned(world, at=world.now, days=0)
    assert day(world, "officer") == {"超期": 1, "将到期": 1, "等我办": 1, "新收到": 2}
    shown = reads.office_day(world.as_("officer"), reads.days_of(world.now.date()))
    for figure in shown.figures:
        listed = page(world, "officer", figure.href)
        assert listed.count("data-row>") == figure.n, figure.word
    assert late.number in page(world, "officer", shown.figures[0].href)
    assert fresh.number in page(world, "officer", shown.figures[3].href)
    assert item.case.number in page(world, "officer", shown.figures[1].href)


def test_an_empty_day_says_so(world):
    assert "今天没有要赶的事" in page(world, "officer")
    assert "现在没有交给部门的事项" in page(world, "handler")
    assert "听到职工说事" in page(world, "liaison")
    assert "请您开会、核对纪要的时候" in page(world, "delegate")


@pytest.mark.clause("MY-3.2.1")
def test_whom_a_case_names_finds_no_trace_of_it(world):
    case = make.said(world, concerns=Concerns(chair=True), at=world.now - timedelta(days=20))
    assert case.number in page(world, "officer")
    assert set(day(world, "chair").values()) == {0}
    text = page(world, "chair") + page(world, "chair", reverse("desk:notices"))
    assert case.number not in text
    assert "今天没有要赶的事" in text


def test_an_older_notice_goes_when_its_reader_steps_back(world):
    case = make.said(world, by=world.as_("officer"))
    assert Notice.objects.filter(recipient=world.posts["second"].person, subject=case.pk).exists()
    assert case.number in page(world, "second", reverse("desk:notices"))
    cases.recuse_self(case_id=case.pk, by=world.as_("second"), at=world.now)
    assert case.number not in page(world, "second", reverse("desk:notices"))
    assert reads.unread_of(world.as_("second")).count() == 0


def test_titles_under_seal_stay_out(world):
    make.said(world, make.voice(words="绝密的话不能露出来"))
    named = make.said(world, make.voice(secrecy="named", words="食堂的饭凉了"))
    mine = page(world, "officer")
    assert "绝密的话" not in mine
    assert "（待写公开摘要）" in mine
    assert "食堂的饭凉了" in mine
    above = page(world, "upper", "/desk/cases/?tab=below")
    assert named.number in above
    assert "食堂的饭凉了" not in above


@pytest.mark.clause("MY-3.2.3b")
def test_a_department_sees_codes_and_measures_only(world):
    item = make.assigned(world, make.voice(name="刘春华"), days=0)
    for name in ("handler", "head", "manager"):
        text = page(world, name)
        assert item.code in text
        assert "末班车恢复" in text
        assert item.case.number not in text
        assert "刘春华" not in text
        assert "夜班末班车提前，下班赶不上" not in text
    assert item.code not in page(world, "other_handler")


def test_the_union_above_sees_the_worst_first(world):
    make.said(world, at=world.now - timedelta(days=20))
    make.said(world)
    text = page(world, "upper")
    assert "山泉机械有限公司工会" in text
    assert "超期 1 件" in text
    found = reads.below(world.as_("upper"), reads.days_of(world.now.date()), world.now)
    assert [(one.name, one.n, one.late, one.still) for one in found] == [("山泉机械有限公司工会", 2, 1, 20)]
    assert page(world, "upper", found[0].href).count("data-row>") == 1


def test_another_union_sees_nothing(world):
    case = make.said(world, at=world.now - timedelta(days=20))
    assert case.number not in page(world, "foreign")
    assert set(day(world, "foreign").values()) == {0}


@pytest.mark.parametrize("name", ["system", "security", "audit"])
def test_administrators_see_nothing_of_cases(world, name):
    case = make.assigned(world).case
    text = page(world, name)
    assert case.number not in text
    assert "hy-counts" not in text
    assert "要您看一看" in text


def test_what_a_department_sent_back_is_said_to_the_officer(world):
    item = make.assigned(world)
    handling.take_item(item_id=item.pk, by=world.as_("handler"), at=world.now)
    handling.send_back(item_id=item.pk, reason="不属本部门", by=world.as_("handler"), at=world.now)
    text = page(world, "officer")
    assert "件被部门退回" in text
    assert "重新交办" in text
    assert page(world, "officer", "/desk/cases/?wait=returned").count("data-row>") == 1


@pytest.mark.clause("MY-3.2.5a")
def test_what_waits_for_a_decision_is_said_to_who_decides(world):
    voice = make.voice()
    unhappy = make.told(world, voice)
    feedback.rate(result="unsatisfied", process="", words="没有解决", by=worker_by_receipt(voice.receipt), at=world.now)
    other = make.said(world)
    clock = other.clocks.get(code="accept")
    later = clock.due_on + timedelta(days=5)
    cases.ask_change(
        clock_id=clock.pk, kind="extend", reason="要查账", new_due=later, by=world.as_("officer"), at=world.now
    )
    chair, officer = page(world, "chair"), page(world, "officer")
    assert "件请求重新办理，要您决定" in chair
    assert "件申请延期或暂停，要您批准" in chair
    assert "要您决定" not in officer
    assert unhappy.number in page(world, "chair", "/desk/cases/?wait=reopen&state=all")
    assert other.number in page(world, "chair", "/desk/cases/?wait=asked")


def test_what_a_worker_wrote_is_said_to_the_case_officer_only(world):
    voice = make.voice()
    case = make.accepted(world, voice)
    worker = worker_by_receipt(voice.receipt)
    cases.write_message(case_id=case.pk, party_id=worker.party_id, text="还有一句话", by=worker, at=world.now)
    assert "件有职工来话还没看" in page(world, "officer")
    assert "件有职工来话还没看" not in page(world, "second")
    assert page(world, "officer", "/desk/cases/?wait=talk&state=all").count("data-row>") == 1


@pytest.mark.parametrize("name", ["officer", "chair", "upper", "handler", "system"])
def test_statements_do_not_grow_with_rows(world, name):
    for pack in ("baoding-studio", "pingdingshan-2013", "qingdao-2020", "shaanxi-2012-38"):
        make.works_by(world, pack)
    for _ in range(3):
        make.assigned(world, days=0)
        make.said(world, at=world.now - timedelta(days=20))
    client = as_(world, name)
    few = statements(client, TODAY), statements(client, "/desk/notices/")
    for _ in range(9):
        make.assigned(world, days=0)
        make.said(world, at=world.now - timedelta(days=20))
    assert (statements(client, TODAY), statements(client, "/desk/notices/")) == few
    # cases, climb, consultation, surveys, visits, receptions, promises, alerts, duties, each its own few; session, account,
    # posts, frame
    assert few[0] <= 41


def test_duties_with_little_time_left_stand_beside_for_the_office_only(world):
    make.works_by(world, "baoding-studio")
    Adoption.objects.update(from_day=world.now.date() - timedelta(days=90))
    recount(units=[world.plant], by=SYSTEM, at=world.now)
    asked = Kept.objects.filter(unit=world.plant, since__lte=world.now.date(), until__gt=world.now.date())
    asked.update(remind_on=world.now.date())
    shown = page(world, "officer").split('id="lacking-h"')[1].split("</section>")[0]
    assert "每周领导接访" in shown
    assert "保定群众工作室方案" in shown
    assert "还有 2 天" in shown  # the week ends on Sunday
    assert "协商会议" not in shown  # whether one was held may be what somebody must not know
    for name in ("manager", "handler", "upper", "foreign"):
        assert "履职还差" not in page(world, name), name
    asked.update(done=F("need"))
    assert "履职还差" not in page(world, "officer")


# --- notices and drafts ----------------------------------------------------------------------------------------------


def test_notices_are_read_one_by_one_or_all(world):
    for _ in range(3):
        make.said(world)
    client = as_(world, "officer")
    text = client.get("/desk/notices/").content.decode()
    assert text.count('class="is-new"') == 3
    first = reads.unread_of(world.as_("officer")).first()
    answer = client.post(reverse("desk:notice-read", args=[first.pk]), {"once": "k" * 20})
    assert answer.status_code == 302
    assert reads.unread_of(world.as_("officer")).count() == 2
    client.post(reverse("desk:notices-read"), {"once": "m" * 20})
    assert reads.unread_of(world.as_("officer")).count() == 0
    assert "标为已读" not in client.get("/desk/notices/").content.decode().split("<main")[1].split("hy-said")[0]


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "999"])
def test_a_page_of_notices_that_is_not_there_is_empty(world, number):
    assert "<h1>提醒</h1>" in page(world, "officer", f"/desk/notices/?page={number}")


def test_opening_a_dossier_or_an_item_reads_what_its_reader_was_told_about_it(world):
    item, other = make.assigned(world), make.assigned(world)
    case = item.case
    told = Notice.objects.filter(subject__in=[item.pk, case.pk])
    handling.ask_union(item_id=item.pk, text="哪条线？", by=world.as_("handler"), at=world.now)
    before = reads.unread_of(world.as_("handler")).count()
    page(world, "handler", reverse("desk:item", args=[item.pk]))
    assert not told.filter(recipient=world.posts["handler"].person, read_at__isnull=True).exists()
    assert reads.unread_of(world.as_("handler")).count() == before - 1
    assert Notice.objects.filter(subject=other.pk, read_at__isnull=True).exists()
    page(world, "second", reverse("desk:case", args=[case.pk]))
    assert told.filter(recipient=world.posts["officer"].person, read_at__isnull=True).exists()
    page(world, "officer", reverse("desk:case", args=[case.pk]))
    assert not told.filter(recipient=world.posts["officer"].person, read_at__isnull=True).exists()


def test_nobody_marks_the_notices_of_others(world):
    make.said(world)
    first = reads.unread_of(world.as_("officer")).first()
    as_(world, "chair").post(reverse("desk:notice-read", args=[first.pk]), {"once": "k" * 20})
    first.refresh_from_db()
    assert first.read_at is None


def test_a_draft_is_sealed_and_its_writer_s_own(world):
    client, other = as_(world, "officer"), as_(world, "second")
    address = "/desk/drafts/register"
    assert client.get(address).status_code == 204
    sent = client.post(address, {"fields": {"words": ["食堂的饭凉了"]}}, content_type="application/json")
    assert sent.status_code == 200
    assert client.get(address).json()["fields"] == {"words": ["食堂的饭凉了"]}
    assert other.get(address).status_code == 204
    assert "食堂".encode() not in bytes(Draft.objects.get().sealed)
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 204


def test_a_draft_has_a_limit_and_a_shape(world):
    client = as_(world, "officer")
    long = client.post("/desk/drafts/register", {"fields": {"words": ["字" * 90_000]}}, content_type="application/json")
    assert long.status_code == 413
    for body in ("{", "[]", '{"other": 1}', '{"fields": 3}'):
        broken = client.post("/desk/drafts/register", body, content_type="application/json")
        assert broken.status_code == 400, body
    assert client.get("/desk/drafts/NOT..%20a%20form").status_code in (204, 404)
    assert not Draft.objects.exists()
    desk.keep_draft(form="register", fields={}, by=world.as_("officer"), at=world.now)
    assert reads.draft(world.as_("officer"), "register") == (world.now, {})


def test_who_signs_in_without_a_password_is_not_asked_to_change_it(world):
    change = f'href="{reverse("account_change_password")}"'

    def account() -> str:
        client = Client()
        client.force_login(world.posts["officer"].person.user)
        return client.get(reverse("usersessions_list")).content.decode()

    assert change in account()
    user = world.posts["officer"].person.user
    user.set_unusable_password()
    user.save()
    assert change not in account()


def test_the_menu_shows_what_each_may_do(world):
    def entries(name: str) -> set[str]:
        menu = page(world, name).split('aria-label="目录"')[1].split("</nav>")[0]
        return set(re.findall(r"</svg>([^<]+)<", menu))

    assert {"今日", "事项", "登记", "台账"} <= entries("officer")
    assert entries("liaison") == {"今日", "登记", "突发事件"}
    assert "事项" not in entries("handler")
    assert "事项" not in entries("audit")


# --- the next act of a row --------------------------------------------------------------------------------------------------


def rows(world, name: str, address: str = TODAY) -> dict[str, str]:
    """The next acts offered in the rows of a page, by where they lead."""
    found = re.findall(r'class="hy-row-a"><a class="btn btn-sm" href="([^"]+)">([^<]+)<', page(world, name, address))
    return dict(found)


@pytest.mark.parametrize("where", [TODAY, reverse("desk:cases")])
def test_a_row_leads_straight_to_its_next_act(world, where):
    fresh, accepted, reported = make.said(world), make.accepted(world), make.reported(world)
    read, asked = make.said(world), make.assigned(world)
    cases.take(case_id=read.pk, officer=world.posts["officer"], by=world.as_("officer"), at=world.now)
    handling.ask_union(item_id=asked.pk, text="哪条线？", by=world.as_("handler"), at=world.now)
    late = make.assigned(world, at=world.now - timedelta(days=30))
    sent_back = make.assigned(world, days=0)
    handling.send_back(item_id=sent_back.pk, reason="不归我们", by=world.as_("handler"), at=world.now)
    expected = {
        address(fresh, "take"): "接手",
        address(read, "accept"): "受理",
        address(asked.case, "answer", asked.pk): "答复部门",
        address(accepted, "assign"): "交办",
        address(reported, "tell"): "告知职工",
        address(late.case, "urge", late.pk): "催办",
        address(sent_back.case, "give_again", sent_back.pk): "重新交办",
    }
    offered = rows(world, "officer", where)
    assert {way: offered.get(way) for way in expected} == expected
    for way in expected:
        assert as_(world, "officer").get(way).status_code == 200, way


def test_who_only_reads_is_led_to_the_dossier(world):
    case = make.accepted(world)
    assert rows(world, "upper", f"{reverse('desk:cases')}?tab=below") == {reverse("desk:case", args=[case.pk]): "查看"}


@pytest.mark.clause("MY-3.2.5a")
@pytest.mark.clause("MY-3.2.6")
def test_a_waiting_request_to_reopen_is_decided_before_anything_is_archived(world):
    voice, content = make.voice(), make.voice()
    asking, rated = make.told(world, voice), make.told(world, content)
    feedback.rate(result="unsatisfied", process="", words="", by=worker_by_receipt(voice.receipt), at=world.now)
    feedback.rate(result="satisfied", process="", words="", by=worker_by_receipt(content.receipt), at=world.now)
    dossier = reverse("desk:case", args=[asking.pk])
    officer, chair = rows(world, "officer"), rows(world, "chair", reverse("desk:cases"))
    assert officer[dossier] == "查看"
    assert officer[reverse("desk:case", args=[rated.pk])] == "查看", "whoever handled it does not sign for the file"
    assert chair[address(asking, "decide_reopen")] == "决定是否重新办理"
    assert address(asking, "archive") not in {**officer, **chair}
    assert as_(world, "chair").get(address(asking, "decide_reopen")).status_code == 200
    feedback.decide_reopen(case_id=asking.pk, grant=False, reason="已经恢复", by=world.as_("chair"), at=world.now)
    assert rows(world, "chair", reverse("desk:cases"))[address(asking, "archive")] == "归档"


def test_a_department_s_row_leads_to_the_written_report_only_for_who_writes_it(world):
    item = make.assigned(world)
    assert rows(world, "handler") == {reverse("desk:item", args=[item.pk]): "接收"}
    handling.finish(item_id=item.pk, able=True, text="好了", done_on=None, by=world.as_("handler"), at=world.now)
    assert rows(world, "handler") == {reverse("desk:item_act", args=[item.pk, "report"]): "书面反馈"}
    assert rows(world, "manager") == {reverse("desk:item", args=[item.pk]): "查看"}
