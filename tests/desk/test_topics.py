"""Topics through their pages: raised, worded, reviewed, talked over; every refusal beside what was typed."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.meetings import acts
from huying.meetings.models import Review, Talk, Topic
from huying.meetings.reads import missing_for
from tests.desk.browser import as_, page
from tests.factories import consultation as make
from tests.factories.world import accepted, voice

_keys = count(1)
LIST, NEW = "/desk/topics/", "/desk/topics/new/"
WORDS = {"title": "夜班末班车时间", "body": "末班车提前以后，夜班职工赶不上车。", "ask": "建议恢复 22:40 发车。"}
LAWFUL = dict.fromkeys(("content", "form", "procedure"), "yes") | {
    f"{name}_reason": "符合规定。" for name in ("content", "form", "procedure")
}


def where(topic, act=""):
    """The address of a topic, or of an act on it."""
    return reverse(f"desk:topic-{act}" if act else "desk:topic", args=[topic.pk])


def raised(world, *, by="officer", status=302, query="", **typed):
    """Send the form of a new topic."""
    sent = {"once": f"{next(_keys):032d}", **WORDS, **typed}
    answer = as_(world, by).post(NEW + query, sent)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return Topic.objects.latest("raised_at") if status == 302 else answer.content.decode()


def do(world, topic, act, *, by="officer", status=302, **typed):
    """Open the page of an act, fill it in as typed, send it."""
    client = as_(world, by)
    shown = page(client.get(where(topic, act)))
    version = re.search(r'name="version" value="(\d+)"', shown)
    answer = client.post(where(topic, act), {"once": f"{next(_keys):032d}", "version": version[1], **typed})
    assert answer.status_code == status, answer.content.decode()[-3000:]
    topic.refresh_from_db()
    return answer.content.decode()


# --- raising ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.1")
def test_accepted_cases_are_offered_and_become_one_topic(world):
    one, two = accepted(world), accepted(world, voice(name="马兰"))
    html = page(as_(world, "officer").get(LIST))
    assert one.number in html
    assert "提成一个议题" in html
    html = page(as_(world, "officer").get(NEW))
    assert "用选上的诉求起草" in html
    assert 'name="body"' not in html
    shown = page(as_(world, "officer").get(NEW, {"cases": [one.pk, two.pk]}))
    assert shown.count("checked") >= 2
    assert one.summary in shown
    topic = raised(world, cases=[one.pk, two.pk], departments=[world.admin.pk])
    assert {case.status for case in Case.objects.all()} == {"consulting"}
    html = page(as_(world, "officer").get(where(topic)))
    assert one.number in html
    assert "还没有审查" in html
    assert "行政保障部" in html
    assert one.number not in page(as_(world, "officer").get(LIST))


@pytest.mark.clause("MY-3.1")
def test_what_management_has_to_tell_needs_a_class_and_no_worker(world):
    html = raised(world, status=422, query="?origin=management", source_note="总经理办公室")
    assert "请选" in html
    topic = raised(
        world, query="?origin=management", source_note="总经理办公室", content_class="notice", category="operations"
    )
    assert (topic.origin, topic.gathered.count()) == ("management", 1)
    assert "总经理办公室" in page(as_(world, "officer").get(where(topic)))


def test_a_topic_without_a_case_is_refused_and_what_was_typed_stays(world):
    html = raised(world, status=422)
    assert "请选这个议题是从哪些诉求来的" in html
    assert WORDS["body"] in html


@pytest.mark.clause("MY-3.2.3d")
def test_a_workers_name_is_refused_and_the_field_for_consent_appears(world):
    named = accepted(world, voice(secrecy="named", name="刘春华"))
    assert "谁在哪天同意" not in page(as_(world, "officer").get(NEW, {"cases": [named.pk]}))
    html = raised(world, status=422, cases=[named.pk], body="刘春华赶不上车。")
    assert "不写职工姓名" in html
    assert 'name="named_because"' in html
    topic = raised(world, cases=[named.pk], body="刘春华赶不上车。", named_because="本人 11 月 19 日当面同意")
    assert topic.named_because


def test_a_case_of_another_union_cannot_be_ticked(world):
    case = accepted(world)
    assert case.number not in page(as_(world, "foreign").get(NEW, {"cases": [case.pk]}))
    html = raised(world, by="foreign", status=422, cases=[case.pk])
    assert case.number not in html
    assert not Topic.objects.exists()


# --- review and talk --------------------------------------------------------------------------------------------------


@pytest.mark.clause("MY-2.1")
@pytest.mark.clause("MY-2.2")
def test_reviewed_and_talked_over_it_may_go_to_a_meeting(world):
    topic = make.raised(world)
    assert "合法性审查" in page(as_(world, "officer").get(where(topic))).split('class="hy-bar"')[1].split("</a>")[0]
    do(world, topic, "review", reviewer="县总工会法律顾问", reviewed_on="2026-11-19", **LAWFUL)
    assert "记会前沟通" in page(as_(world, "officer").get(where(topic))).split('class="hy-lacks"')[1]
    assert "冯国庆" in page(as_(world, "officer").get(where(topic, "talk")))
    do(world, topic, "talk", whom="冯国庆（总经理）", on="2026-11-20", said="同意上会商量。", agreed="yes")
    assert (topic.status, missing_for(topic)) == ("ready", [])
    html = page(as_(world, "officer").get(where(topic)))
    assert f"/desk/meetings/new/?topics={topic.pk}" in html
    assert "都齐了，可以上会" in html


@pytest.mark.clause("MY-2.1")
@pytest.mark.parametrize("left_out", ["content", "procedure_reason", "reviewer"])
def test_a_review_without_all_three_reasons_or_the_reviewer_is_refused(world, left_out):
    topic = make.raised(world)
    typed = {"reviewer": "法律顾问", "reviewed_on": "2026-11-19", **LAWFUL, left_out: ""}
    html = do(world, topic, "review", status=422, **typed)
    assert "hy-err" in html
    assert "符合规定。" in html
    assert not Review.objects.exists()


@pytest.mark.clause("MY-2.1")
def test_what_is_not_lawful_stops_until_worded_anew(world):
    topic = make.raised(world)
    typed = {**LAWFUL, "procedure": "no", "procedure_reason": "要先经职代会讨论。"}
    do(world, topic, "review", reviewer="法律顾问", reviewed_on="2026-11-19", **typed)
    html = page(as_(world, "officer").get(where(topic)))
    assert topic.status == "failed"
    assert "审查没有通过，不能上会" in html
    assert "要先经职代会讨论。" in html
    do(world, topic, "word", title="夜班末班车", body="职代会讨论后再商量。", ask="")
    assert topic.status == "draft"
    assert "文字改过，要重新审查" in page(as_(world, "officer").get(where(topic)))


def test_a_review_or_talk_of_tomorrow_is_refused(world):
    topic = make.raised(world)
    html = do(world, topic, "review", status=422, reviewer="法律顾问", reviewed_on="2026-11-21", **LAWFUL)
    assert "日期不能晚于今天" in html
    html = do(world, topic, "talk", status=422, whom="冯国庆", on="2026-11-21", said="谈了。", agreed="yet")
    assert "日期不能晚于今天" in html
    assert not Talk.objects.exists()


@pytest.mark.clause("MY-3.2.1")
def test_managements_refusal_says_its_consequence_and_leaves_ways_on(world):
    topic = make.raised(world)
    assert "职工会看到单位的说法" in page(as_(world, "officer").get(where(topic, "talk")))
    do(world, topic, "talk", whom="冯国庆（总经理）", on="2026-11-20", said="今年没有预算。", agreed="no")
    case = Case.objects.get()
    assert (topic.status, case.status) == ("refused", "accepted")
    html = page(as_(world, "officer").get(where(topic)))
    assert "行政不同意上会。" in html
    assert reverse("desk:case_act", args=[case.pk, "send_up"]) in html
    do(world, topic, "again", reason="明年预算已经列了。")
    assert (topic.status, Case.objects.get().status) == ("draft", "consulting")


def test_management_may_change_its_mind_before_the_meeting(world):
    topic = make.ready(world)
    html = page(as_(world, "officer").get(where(topic, "talk")))
    assert 'value="yes"' not in html
    do(world, topic, "talk", whom="冯国庆（总经理）", on="2026-11-20", said="预算被砍了。", agreed="no")
    assert topic.status == "refused"


# --- gathering, merging, dropping -------------------------------------------------------------------------------------


@pytest.mark.clause("MY-3.2.1")
def test_more_cases_join_and_alike_topics_become_one(world):
    topic, more = make.raised(world), accepted(world, voice(name="马兰"))
    do(world, topic, "gather", cases=[more.pk])
    assert topic.gathered.count() == 2
    other = make.raised(world, title="末班车提前")
    html = page(as_(world, "officer").get(where(other, "merge")))
    assert topic.title in html
    do(world, other, "merge", into=topic.pk)
    assert (other.status, topic.gathered.count()) == ("merged", 3)
    assert "已经并入" in page(as_(world, "officer").get(where(other)))


@pytest.mark.clause("MY-3.2.1")
def test_topics_that_say_the_like_are_pointed_out(world):
    topic = make.raised(world)
    other = make.raised(world, title="夜班末班车", body="夜班末班车提前，职工赶不上车。")
    third = make.raised(world, title="食堂热水", body="食堂没有热水。")
    html = page(as_(world, "officer").get(where(topic))).split("看着像同一件事")[1].split("</div>")[0]
    assert other.title in html
    assert third.title not in html
    offered = page(as_(world, "officer").get(where(topic, "merge")))
    assert offered.index(f'value="{other.pk}"') < offered.index(f'value="{third.pk}"')
    assert "看着像同一件事" not in page(as_(world, "upper").get(where(topic)))


def test_finding_in_a_form_keeps_what_was_ticked(world):
    topic, more = make.raised(world), accepted(world, voice(name="马兰"))
    sent = {"once": "x" * 20, "version": topic.version, "find": "1", "q": "没有这样的", "cases": [more.pk]}
    html = page(as_(world, "officer").post(where(topic, "gather"), sent))
    assert more.number in html
    assert "hy-err" not in html


def test_dropped_with_a_reason_its_cases_go_on_otherwise(world):
    topic = make.raised(world)
    assert "这一项要填写" in do(world, topic, "drop", status=422, reason="")
    do(world, topic, "drop", reason="单位已经自己改了。")
    assert (topic.status, Case.objects.get().status) == ("dropped", "accepted")


def test_who_was_slower_sees_what_changed_and_keeps_the_words(world):
    topic = make.raised(world)
    client = as_(world, "officer")
    acts.word(
        topic_id=topic.pk, title="末班车", body=topic.body, ask="", departments=[], by=world.as_("second"), at=world.now
    )
    sent = {"once": "y" * 20, "version": topic.version, **WORDS, "body": "我写了很久。"}
    html = page(client.post(where(topic, "word"), sent), 422)
    assert "周明远" in html
    assert "我写了很久。" in html


def test_a_form_sent_twice_counts_once(world):
    topic = make.raised(world)
    client = as_(world, "officer")
    sent = {
        "once": "z" * 20,
        "version": topic.version,
        "whom": "冯国庆",
        "on": "2026-11-20",
        "said": "谈了。",
        "agreed": "yet",
    }
    assert client.post(where(topic, "talk"), sent).status_code == 302
    assert client.post(where(topic, "talk"), sent).status_code == 302
    assert Talk.objects.count() == 1


# --- the list ---------------------------------------------------------------------------------------------------------


def test_tabs_say_what_is_to_be_done(world):
    make.raised(world, title="食堂热水")
    ready = make.ready(world, title="浴室改造")
    failed = make.raised(world, title="加班安排")
    typed = {**LAWFUL, "form": "no", "form_reason": "不合程序。"}
    do(world, failed, "review", reviewer="法律顾问", reviewed_on="2026-11-19", **typed)
    client = as_(world, "officer")
    assert "还没有合法性审查" in page(client.get(LIST))
    html = page(client.get(LIST, {"tab": "ready"}))
    assert f'name="topics" value="{ready.pk}"' in html
    assert "食堂热水" not in html
    assert "形式不合法" in page(client.get(LIST, {"tab": "stopped"}))
    assert "没有列入议程的议题" in page(client.get(LIST, {"tab": "agenda"}))
    assert "没有找到这样的议题" in page(client.get(LIST, {"q": "没有的词"}))
    assert "食堂热水" in page(client.get(LIST, {"q": "热水"}))


def test_an_empty_list_says_how_to_begin(world):
    assert "还没有议题" in page(as_(world, "officer").get(LIST))


def test_the_union_above_reads_and_does_nothing(world):
    topic = make.raised(world)
    client = as_(world, "upper")
    assert topic.title in page(client.get(LIST, {"scope": "below"}))
    html = page(client.get(where(topic)))
    assert "只看，不办" in html
    assert 'class="hy-bar"' not in html
    assert client.get(where(topic, "review")).status_code == 404


def test_whom_a_case_names_finds_no_trace_of_its_topic(world):
    waiting = accepted(world, concerns=Concerns(chair=True))
    assert waiting.number in page(as_(world, "officer").get(LIST))
    chair = as_(world, "chair")
    assert waiting.number not in page(chair.get(LIST)) + page(chair.get(NEW, {"cases": [waiting.pk]}))
    topic = make.raised(world, waiting, title="金丝雀")
    other = make.raised(world, title="食堂热水")
    assert topic.title in page(as_(world, "officer").get(LIST))
    seen = [LIST, f"{LIST}?q=金丝雀", "/desk/", where(other), where(other, "merge")]
    assert not [address for address in seen if "金丝雀</" in page(chair.get(address))]
    assert chair.get(where(topic)).status_code == 404
    assert chair.post(where(topic, "drop"), {"once": "w" * 20, "reason": "撤下"}).status_code == 404


@pytest.mark.parametrize("who", ["foreign", "manager", "head", "handler", "delegate", "liaison", "system", "audit"])
def test_strangers_find_nothing(world, who):
    topic = make.raised(world)
    client = as_(world, who)
    for address in (where(topic), where(topic, "review"), where(topic, "merge")):
        assert client.get(address).status_code == 404
    assert client.get(LIST).status_code == (200 if who == "foreign" else 404)


def test_an_act_whose_time_is_over_says_so(world):
    topic = make.raised(world)
    acts.drop(topic_id=topic.pk, reason="不用商量了。", by=world.as_("officer"), at=world.now)
    answer = as_(world, "officer").get(where(topic, "review"))
    assert "已撤下" in answer.content.decode()
    assert answer.status_code == 409


def test_statements_do_not_grow_with_topics(world):
    client = as_(world, "officer")

    def statements(address) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        return len(caught)

    for n in range(3):
        make.raised(world, title=f"议题{n}", at=world.now + timedelta(minutes=n))
    accepted(world)
    few = statements(LIST)
    for n in range(27):
        make.raised(world, title=f"又一个议题{n}", at=world.now + timedelta(minutes=n))
    assert statements(LIST) == few
    assert few <= 8 + 6
    topic = make.raised(world, *[accepted(world) for _ in range(2)])
    small = statements(where(topic))
    for n in range(12):
        make.reviewed(world, topic) if n == 0 else make.talked(world, topic, agreed=None)
        acts.gather(topic_id=topic.pk, case_id=accepted(world).pk, by=world.as_("officer"), at=world.now)
    assert statements(where(topic)) == small
    assert small <= 16 + 6


# --- on the dossier ---------------------------------------------------------------------------------------------------


def test_an_accepted_case_leads_to_a_topic_with_it_ticked(world):
    case = accepted(world)
    html = page(as_(world, "officer").get(f"/desk/cases/{case.pk}/"))
    link = re.search(r'href="(/desk/topics/new/\?[^"]+)"', html)[1].replace("&amp;", "&")
    assert "checked" in page(as_(world, "officer").get(link))
    assert "/desk/topics/new/" not in page(as_(world, "upper").get(f"/desk/cases/{case.pk}/"))


def test_the_dossier_says_how_far_its_topic_is(world):
    topic = make.raised(world)
    case = Case.objects.get()
    html = page(as_(world, "officer").get(f"/desk/cases/{case.pk}/"))
    assert "还没有合法性审查；还没有会前同行政沟通。" in html
    bar = html.split('class="hy-bar"')[1]
    assert where(topic, "review") in bar.split("</a>")[0]
    meeting = make.signed(world, make.ready(world, accepted(world, voice(name="马兰"))))
    case = Case.objects.get(status="handling")
    html = page(as_(world, "officer").get(f"/desk/cases/{case.pk}/"))
    assert f"/desk/meetings/{meeting.pk}/" in html
    assert "定下事项" in html


def test_the_dossier_asks_no_more_for_a_case_in_many_topics(world):
    def statements(case) -> int:
        client = as_(world, "officer")
        client.get(f"/desk/cases/{case.pk}/")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/desk/cases/{case.pk}/").status_code == 200
        return len(caught)

    case = accepted(world)
    topic = make.raised(world, case)
    few = statements(case)
    for _ in range(6):
        acts.drop(topic_id=topic.pk, reason="另提一个。", by=world.as_("officer"), at=world.now)
        topic = make.raised(world, case)
    assert statements(case) == few


def test_a_topic_on_an_agenda_leads_to_its_meeting(world):
    topic = make.ready(world)
    meeting = make.planned(world, topic)
    html = page(as_(world, "officer").get(where(topic)))
    assert "在哪个会上商量" in html
    assert f"/desk/meetings/{meeting.pk}/" in html.split('class="hy-bar"')[1].split("</a>")[0]
