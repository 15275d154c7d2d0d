"""Information: drafted from the figures, sent, answered, made known to workers, summed up, corrected, taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.alerts import acts, reads
from huying.alerts.models import Information, Watch
from huying.alerts.rules import gaps, owed
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.mechanism.reads import rules_for
from huying.notices.models import Notice
from tests.alerts.made import drafted, filled, found, hidden, information, listed, reported, sent, who
from tests.factories import world as make
from tests.factories.org import make_person

pytestmark = pytest.mark.django_db
IN_OCTOBER = datetime(2026, 10, 12, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def text(one: Information) -> str:
    return "\n".join(part["text"] for part in one.body["sections"])


def readers(world, one) -> set[str]:
    return {name for name in world.posts if Information.objects.visible_to(world.as_(name)).filter(pk=one.pk).exists()}


def some(world, number: int, **matter) -> None:
    for _ in range(number):
        make.accepted(world, at=IN_OCTOBER, **matter)


# --- to the unit's Party and management ---------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.3b")
def test_the_monthly_report_is_drafted_from_the_data(world) -> None:
    some(world, 6, title="末班车提前")
    one = information(world)
    said = text(one)
    assert "共收到职工诉求和建议6件" in said
    assert "后勤生活6件" in said
    assert "后勤生活：末班车提前。" in said
    assert "还没有办结的6件" in said
    assert gaps(one.body)
    with pytest.raises(Refused, match="没有写"):
        acts.send_information(information_id=one.pk, **who(world))


@pytest.mark.clause("BD-4.3b")
def test_few_and_kept_cases_are_not_in_it(world) -> None:
    """Four cases are few; two more that name the chair do not count, not even to lift the number."""
    some(world, 4, title="末班车提前")
    for _ in range(2):
        hidden(world, at=IN_OCTOBER, title="金丝雀")
    said = text(information(world))
    assert "件数少，不列出" in said
    assert "末班车提前" not in said
    assert "金丝雀" not in said
    some(world, 1)
    said = text(information(world))
    assert "共收到职工诉求和建议5件" in said
    assert "金丝雀" not in said


@pytest.mark.clause("BD-4.3b")
def test_sent_to_management_answered_there_and_made_known_to_the_workers(world) -> None:
    one = sent(world)
    assert (one.status, one.number) == ("sent", "信息〔2026〕1号")
    assert Notice.objects.get(recipient=world.posts["manager"].person).title == "请阅山机信息〔2026〕1号"
    assert readers(world, one) == {"officer", "second", "chair", "manager"}
    row = acts.answer_information(information_id=one.pk, text="月底前补发工资。", **who(world, "manager"))
    assert (row.name, row.side, row.on_paper) == ("冯国庆", "management", False)
    assert Notice.objects.filter(recipient=world.posts["officer"].person, kind="information").exists()
    assert not reads.answers_for_workers(world.plant).exists()
    acts.pass_back(answer_id=row.pk, text="行政答复：月底前补发工资。", **who(world))
    assert [one.public_text for one in reads.answers_for_workers(world.plant)] == ["行政答复：月底前补发工资。"]
    with pytest.raises(Refused):
        acts.pass_back(answer_id=row.pk, text="再说一遍", **who(world))


@pytest.mark.clause("BD-4.3b")
def test_an_answer_on_paper_is_noted_and_nobody_else_answers(world) -> None:
    one = sent(world)
    paper = {"side": "party", "name": "吕书记", "text": "同意。"}
    with pytest.raises(Invalid):
        acts.answer_information(information_id=one.pk, on=world.now.date() - timedelta(days=1), **paper, **who(world))
    row = acts.answer_information(information_id=one.pk, on=world.now.date(), **paper, **who(world))
    assert row.on_paper
    for name in ("handler", "foreign", "upper"):
        with pytest.raises(NotYours):
            acts.answer_information(information_id=one.pk, text="好", **who(world, name))


def test_workers_are_named_in_none(world) -> None:
    make_person(world.plant, "马春兰")
    one = information(world)
    body = filled(one.body)
    body["sections"][0]["text"] = "马春兰反映末班车。"
    with pytest.raises(Invalid):
        acts.write_information(information_id=one.pk, title=one.title, body=body, **who(world))
    row = acts.answer_information(information_id=sent(world).pk, text="好", **who(world, "manager"))
    with pytest.raises(Invalid):
        acts.pass_back(answer_id=row.pk, text="马春兰的事办了", **who(world))


# --- upwards ------------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.8")
def test_sent_up_the_union_above_reads_and_answers(world) -> None:
    one = sent(world, to="above")
    assert readers(world, one) == {"officer", "second", "chair", "upper"}
    assert Notice.objects.filter(recipient=world.posts["upper"].person, kind="information").exists()
    assert (
        acts.answer_information(information_id=one.pk, text="知道了，请续报。", **who(world, "upper")).side == "above"
    )
    draft = information(world, to="above")
    assert "upper" not in readers(world, draft)


@pytest.mark.clause("BD-4.8")
def test_what_is_sent_at_once_says_since_when_it_was_known(world) -> None:
    with pytest.raises(Invalid) as caught:
        information(world, to="above", kind="at_once")
    assert "known_at" in caught.value.fields
    one = sent(world, to="above", kind="at_once", known_at=world.now, incident_id=reported(world).pk)
    assert (one.kind, one.status) == ("at_once", "sent")


@pytest.mark.clause("BD-4.8")
def test_the_level_above_sums_up_what_came_from_below_with_its_sources(world) -> None:
    below = [sent(world, to="above"), sent(world, by="foreign", to="above")]
    summed = information(world, by="upper", to="above", gather=True)
    assert {row.source for row in summed.sources.all()} == set(below)
    assert "山泉机械有限公司工会：" in text(summed)
    assert not information(world, by="upper", to="above", gather=True).sources.exists()  # each is summed up once
    acts.drop_information(information_id=summed.pk, reason="重新起草", **who(world, "upper"))
    assert information(world, by="upper", to="above", gather=True).sources.count() == 2


@pytest.mark.clause("SX-6b")
def test_tendencies_go_to_party_and_government_on_paper_and_to_the_union_above(world) -> None:
    some(world, 6, title="末班车提前")
    with pytest.raises(Invalid) as caught:
        sent(world, by="foreign", to="party", kind="tendency")
    assert "whom" in caught.value.fields
    one = sent(world, by="foreign", to="party", kind="tendency", whom="县委办公室")
    assert (one.whom, one.status) == ("县委办公室", "sent")
    assert "末班车提前" in text(information(world, to="party", kind="tendency"))
    assert sent(world, to="above", kind="tendency").status == "sent"
    with pytest.raises(Invalid):
        information(world, to="unit", kind="tendency")


@pytest.mark.clause("SX-14b")
def test_where_there_is_no_dispute_none_is_reported(world) -> None:
    one = information(world, to="above", kind="dispute", nothing=True)
    assert text(one) == "本期没有劳动争议，报“无”。"
    assert acts.send_information(information_id=one.pk, **who(world)).nothing
    with pytest.raises(Invalid):
        information(world, to="party", kind="tendency", nothing=True)
    with pytest.raises(Refused):
        acts.send_information(information_id=information(world, to="above", kind="dispute").pk, **who(world))


# --- what is owed -------------------------------------------------------------------------------------------------------


def wanted(world, unit) -> dict[str, int]:
    rules = rules_for(unit, world.now.date())
    return {f"{one.to}-{one.kind}": one.months for one in owed(rules, unit)}


@pytest.mark.clause("BD-4.3b", "BD-4.8", "SX-14b", "HY-alerts")
def test_the_packs_say_who_owes_what_how_often(adopted) -> None:
    world = adopted
    assert wanted(world, world.plant) == {"unit-regular": 1, "above-regular": 1, "above-dispute": 3}
    assert wanted(world, world.county) == {"above-dispute": 3}


def test_without_these_packs_nothing_is_owed(world) -> None:
    assert wanted(world, world.plant) == {}


@pytest.mark.clause("BD-4.3b", "BD-4.8")
def test_what_is_owed_is_pointed_out_until_it_is_sent(adopted) -> None:
    world = adopted
    officer, today = world.as_("officer"), world.now.date()
    due = {f"{one.owed.to}-{one.owed.kind}" for one in reads.due_of(officer, today)}
    assert due == {"unit-regular", "above-regular", "above-dispute"}
    sent(world)
    taken_back = sent(world, to="above")
    acts.withdraw_information(information_id=taken_back.pk, reason="数字错了", **who(world))
    due = {f"{one.owed.to}-{one.owed.kind}" for one in reads.due_of(officer, today)}
    assert due == {"above-regular", "above-dispute"}
    about = {one.owed.kind: one.about.label for one in reads.due_of(officer, today)}
    assert about == {"regular": "2026年10月", "dispute": "2026年7月至9月"}


# --- put right ----------------------------------------------------------------------------------------------------------


@pytest.mark.clause("BD-4.8")
def test_a_correction_stands_in_its_place_and_says_why(world) -> None:
    old = sent(world, to="above")
    fresh = acts.mend_information(information_id=old.pk, reason="少算了两个车间", **who(world))
    assert Information.objects.get(pk=old.pk).status == "sent"
    with pytest.raises(Refused):
        acts.mend_information(information_id=old.pk, reason="再改", **who(world))
    acts.send_information(information_id=fresh.pk, **who(world))
    old.refresh_from_db()
    assert (old.status, old.because) == ("corrected", "少算了两个车间")
    assert "少算了两个车间" in text(fresh)
    assert fresh.mends == old


@pytest.mark.clause("BD-4.8")
def test_taken_back_it_says_why_and_the_reader_hears_it(world) -> None:
    one = sent(world, to="above")
    with pytest.raises(Invalid):
        acts.withdraw_information(information_id=one.pk, reason="", **who(world))
    acts.withdraw_information(information_id=one.pk, reason="没有这件事", **who(world))
    heard = Notice.objects.filter(recipient=world.posts["upper"].person, kind="information")
    assert any("已撤回" in one.title for one in heard)
    with pytest.raises(Refused):
        acts.mend_information(information_id=one.pk, reason="再改", **who(world))


def test_what_speaks_of_a_hidden_warning_is_hidden_too(world) -> None:
    warning = listed(world, drafted(world, cases=[hidden(world).pk]))
    one = sent(world, to="above", kind="at_once", known_at=world.now, warning_id=warning.pk)
    assert "chair" not in readers(world, one)
    assert "second" in readers(world, one)


def test_it_is_printed_on_the_official_page_the_same_every_time(world) -> None:
    one = sent(world)
    printed = reads.information_paper(one, "pdf")
    assert printed == reads.information_paper(Information.objects.select_related("unit").get(pk=one.pk), "pdf")
    assert reads.information_paper(one, "docx")[:2] == b"PK"


@pytest.mark.parametrize("page", ["information", "incidents", "findings", "watches"])
def test_lists_ask_as_often_for_many_as_for_few(adopted, client, page) -> None:
    world = adopted
    client.force_login(world.posts["upper"].person.user)

    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(f"desk:{page}"), {"tab": "below"}).status_code == 200
        return len(seen)

    def more(number: int) -> None:
        for _ in range(number):
            sent(world, to="above")
            reported(world)
            found(world)
        for industry in (f"行业{n}" for n in range(number)):
            watched = {"unit": world.county, "why": "欠薪", "post": world.posts["upper"], "days": 30}
            if not Watch.objects.filter(industry=industry).exists():
                acts.start_watch(industry=industry, **watched, **who(world, "upper"))

    more(2)
    asked()
    few = asked()
    more(5)
    assert asked() == few
