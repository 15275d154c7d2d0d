"""运行状况 and 节假日: who sees, what is broken and how to mend it, and that announced holidays move running clocks."""

from __future__ import annotations

import importlib
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from huying.cases.models import Case, Clock, ClockChange
from huying.handling import acts as handling
from huying.kernel import jobs
from huying.kernel.models import Beat, Schedule
from huying.mechanism import reads
from huying.mechanism.models import CalendarYear, Day
from huying.org.models import Unit
from tests.desk.browser import STAFF, page
from tests.factories.world import assigned, reported

pytestmark = pytest.mark.django_db
OTHERS = [role for role in STAFF if role != "system"]
WORDING = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。2月14日（周日）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。"""


# --- 运行状况 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_system_administrator_sees_how_it_runs(sign_in, role):
    assert sign_in(role).get(reverse("desk:system")).status_code == 404


def test_what_is_broken_stands_first_with_its_remedy(sign_in, now):
    html = page(sign_in("system").get(reverse("desk:system")))
    assert html.index("后台程序") < html.index("数据库")
    for words in ("停了", "huying serve", "还没有登记过定时任务", "没有接入查毒程序", "还剩", "呼应 0."):
        assert words in html
    Beat.objects.create(worker="w", started_at=now, at=now)
    Schedule.objects.create(
        name="huying.cases.jobs.reminders", next_at=now, last_error="ValueError: 没有这一行", fails=3
    )
    Schedule.objects.create(name="huying.trail.jobs.anchors", next_at=now - timedelta(hours=1))
    html = page(sign_in("system").get(reverse("desk:system")))
    for words in ("事项到期前后提醒", "出错 3 次", "没有这一行", "没有开始", "1 个后台程序在运行"):
        assert words in html


def test_letters_that_did_not_arrive_name_the_person_and_not_the_matter(sign_in, world, now, settings):
    from huying.notices.models import Delivery, Notice

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    notice = Notice.objects.create(root=world.county, recipient=world.posts["officer"].person, kind="late", title="蒙机〔2026〕7号 超期",
                                   url="/desk/", created_at=now)  # fmt: skip
    Delivery.objects.create(
        root=world.county,
        notice=notice,
        channel="email",
        state="given_up",
        tries=6,
        next_try_at=now,
        error="地址不存在",
    )
    html = page(sign_in("system").get(reverse("desk:system")))
    assert "李慧敏" in html
    assert "地址不存在" in html
    assert "〔2026〕7号" not in html


def test_every_scheduled_job_is_named_in_words(settings):
    from huying.desk.views.system import JOBS

    for app in settings.INSTALLED_APPS:
        if app.startswith("huying."):
            try:
                importlib.import_module(f"{app}.jobs")
            except ModuleNotFoundError:
                continue
    ours = {name for name in jobs.PLANS if name.startswith("huying.")}
    assert ours == set(JOBS)


# --- 节假日 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", STAFF)
def test_everybody_reads_the_calendar_and_only_its_keeper_enters(sign_in, role):
    html = page(sign_in(role).get(reverse("desk:calendar")))
    assert "国庆节，放假" in html
    assert "国庆节调休上班" in html
    assert ("录入放假安排" in html) == (role == "system")
    page(sign_in(role).get(reverse("desk:calendar"), {"year": 2027}))
    if role != "system":
        for name in ("read", "announce", "day"):
            assert sign_in(role).post(reverse(f"desk:calendar-{name}"), {"once": "a" * 20}).status_code == 404


def test_a_system_administrator_further_down_reads_only(client, sign_in, world):
    from tests.factories.org import make_post

    post = make_post(world.plant, "system_admin")
    client.force_login(post.person.user)
    assert "录入放假安排" not in page(client.get(reverse("desk:calendar")))
    assert client.post(reverse("desk:calendar-day"), {"once": "a" * 20}).status_code == 404


def test_a_year_not_announced_says_that_it_is_provisional(sign_in):
    assert "暂定" in page(sign_in("officer").get(reverse("desk:calendar"), {"year": 2027}))
    assert "还没有放假安排" in page(sign_in("officer").get(reverse("desk:calendar"), {"year": 2050}))
    assert sign_in("officer").get(reverse("desk:calendar"), {"year": "9999"}).status_code == 404
    page(sign_in("officer").get(reverse("desk:calendar"), {"year": "x"}))


def proposal(client, wording=WORDING, year=2027):
    html = page(client.post(reverse("desk:calendar-read"), {"once": "r" * 20, "year": year, "wording": wording}))
    days = re.findall(r'name="days" value="([^"]+)" checked', html)
    return html, {"once": "r" * 20, "days": days, "source": "通知", "year": year, "wording": wording}


def test_the_wording_is_read_into_a_proposal_and_nothing_is_kept_yet(sign_in):
    client = sign_in("system")
    html, sent = proposal(client)
    assert len(sent["days"]) == 31
    assert 'id="id_known" checked' in html or re.search(r'name="known"[^>]*checked', html)
    assert "有几处请核对" not in html
    assert not CalendarYear.objects.get(year=2027).known
    assert not Day.objects.filter(name="春节", day__year=2027).exists()
    html, _ = proposal(client, "春节：2月5日至11日放假调休，共8天。")
    assert "读出来是 7 天" in html
    html = page(client.post(reverse("desk:calendar-read"), {"once": "r" * 20, "year": 2027, "wording": "不知道"}), 422)
    assert "没有读出放假的日子" in html
    assert "不知道" in html


@pytest.mark.clause("MY-3.2.4a", "MY-3.2.4b")
def test_a_holiday_announced_later_moves_running_clocks_with_their_trace(sign_in, world, now):
    told = Case.objects.get(pk=reported(world).pk)
    item = assigned(world)
    handling.finish(item_id=item.pk, able=True, text="已恢复。", done_on=None, by=world.as_("handler"), at=now)
    waiting = [told.clocks.get(code="tell", stopped_at=None), Clock.objects.get(code="report", stopped_at=None)]
    assert {clock.due_on for clock in waiting} == {date(2026, 11, 23)}  # Friday and three days, a Monday
    client = sign_in("system")
    sent = {"one-day": "2026-11-23", "one-kind": "rest", "one-name": "临时放假", "once": "h" * 20}
    answer = client.post(reverse("desk:calendar-day"), sent)
    assert answer.status_code == 302
    html = page(client.get(answer.url))
    assert "1 天和原来不一样了；2 个正在走的时限改了到期日" in html
    for clock in waiting:
        clock.refresh_from_db()
        change = ClockChange.objects.get(clock=clock)
        assert (clock.due_on, change.kind, change.due_before, change.due_after) == (
            date(2026, 11, 24), "recount", date(2026, 11, 23), date(2026, 11, 24),
        )  # fmt: skip
    assert client.post(reverse("desk:calendar-day"), sent).url == answer.url  # a double click
    assert ClockChange.objects.filter(kind="recount").count() == 2
    back = {**sent, "one-kind": "usual", "one-name": "", "once": "i" * 20}
    assert client.post(reverse("desk:calendar-day"), back).status_code == 302
    assert {Clock.objects.get(pk=clock.pk).due_on for clock in waiting} == {date(2026, 11, 23)}


def test_a_whole_year_confirmed_is_known_and_provisional_dates_become_firm(sign_in, world, now):
    late = now.replace(month=12, day=30)
    case = reported(world, at=late)
    clock = case.clocks.get(code="tell", stopped_at=None)
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 4), True)
    client = sign_in("system")
    _, sent = proposal(client)
    answer = client.post(reverse("desk:calendar-announce"), {**sent, "known": "on"})
    assert answer.status_code == 302
    assert answer.url.endswith("?year=2027")
    assert CalendarYear.objects.get(year=2027).known
    clock.refresh_from_db()
    assert (clock.due_on, clock.provisional) == (date(2027, 1, 4), False)
    html = page(client.get(answer.url))
    assert "不再是暂定的" in html
    assert "2月5日至2月11日" in html
    assert reads.calendar().name(date(2027, 2, 6)) == "春节"  # a Saturday keeps its holiday's name


def test_years_follow_one_another_and_what_was_ticked_stays(sign_in):
    client = sign_in("system")
    html, sent = proposal(client, WORDING.replace("2027", "2029").replace("（", "(x"), 2029)
    sent["days"] = sent["days"][:2]
    html = page(client.post(reverse("desk:calendar-announce"), {**sent, "known": "on"}), 422)
    assert "请先录入 2028 年的放假安排" in html
    assert len(re.findall(r'name="days" value="[^"]+" checked', html)) == 2
    assert not CalendarYear.objects.filter(year=2029).exists()
    html = page(client.post(reverse("desk:calendar-announce"), {**sent, "days": ["2027-99-99 rest 春节"]}), 422)
    assert "请返回上一步" in html


def test_a_day_needs_its_name(sign_in):
    sent = {"one-day": "2026-12-01", "one-kind": "rest", "one-name": "", "once": "n" * 20}
    html = page(sign_in("system").post(reverse("desk:calendar-day"), sent), 422)
    assert "请写明 2026-12-01 是什么日子" in html
    assert page(sign_in("system").post(reverse("desk:calendar-day"), {**sent, "one-day": "x"}), 422)


def test_pages_cost_the_same_however_much_there_is(sign_in, world, now, django_assert_max_num_queries):
    client = sign_in("system")
    for name in ("system", "calendar"):
        client.get(reverse(f"desk:{name}"))
        with django_assert_max_num_queries(20):
            client.get(reverse(f"desk:{name}"))
    assert Unit.objects.count() == 4
