"""The list of cases and finding one: one scope for both, filters in the address, numbers before titles before the rest."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huying.cases import acts as cases
from huying.cases.rules import Concerns
from huying.desk.views import cases as views
from tests.desk.browser import as_
from tests.factories import consultation
from tests.factories import world as make

LIST, FIND = "/desk/cases/", "/desk/search/?q="


def page(world, name: str, address: str) -> str:
    """The main part of a page as somebody sees it."""
    answer = as_(world, name).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().split("<main")[1]


def find(world, name: str, words: str) -> str:
    """What somebody finds."""
    return page(world, name, FIND + quote(words))


def released(world, title: str, summary: str = "", **more) -> cases.Matter:
    """An accepted case with a title of its own."""
    case = make.said(world, **more)
    return cases.accept(
        case_id=case.pk, content_class="rights", category="living", difficulty="easy", officer=world.posts["officer"],
        title=title, summary=summary or title, by=world.as_("officer"), at=world.now,
    )  # fmt: skip


@pytest.mark.clause("MY-3.2.1")
@pytest.mark.parametrize(
    "address", [LIST, LIST + "?state=all", LIST + "?wait=late", LIST + "?wait=new", LIST + "?tab=away"]
)
def test_whom_a_case_names_sees_no_trace_in_any_list(world, address):
    past = world.now - timedelta(days=20)
    chair = make.said(world, concerns=Concerns(chair=True), at=past)
    superior = make.said(world, concerns=Concerns(superior="周明远"), at=past)
    assert chair.number not in page(world, "chair", address)
    assert superior.number not in page(world, "second", address)


@pytest.mark.clause("MY-3.2.1")
def test_whom_a_case_names_cannot_find_it(world):
    case = released(world, "车间主任扣发高温津贴", concerns=Concerns(chair=True))
    assert "车间主任扣发高温津贴" in find(world, "officer", "高温津贴")
    for words in ("高温津贴", case.number, case.number[-8:], "主任"):
        assert "没有找到事项" in find(world, "chair", words)
        assert case.number not in find(world, "chair", words).replace(words, "")


def test_other_unions_departments_and_administrators_get_nothing(world):
    case = released(world, "食堂夜宵饭凉")
    assert case.number not in page(world, "foreign", LIST + "?state=all")
    assert "没有找到事项" in find(world, "foreign", "夜宵")
    for name in ("handler", "manager", "liaison", "delegate", "system", "security", "audit"):
        assert as_(world, name).get(LIST).status_code == 404
        assert as_(world, name).get(FIND + "x").status_code == 404


def test_a_tab_that_is_not_yours_falls_back(world):
    case = make.said(world)
    assert case.number in page(world, "officer", LIST + "?tab=below")
    assert case.number in page(world, "upper", LIST + "?tab=below")
    assert case.number not in page(world, "upper", LIST)


def test_what_was_handed_on_stays_readable(world):
    case = make.said(world)
    cases.pass_on(case_id=case.pk, unit=world.county, reason="超出本单位", by=world.as_("officer"), at=world.now)
    assert case.number not in page(world, "officer", LIST)
    away = page(world, "officer", LIST + "?tab=away")
    assert case.number in away
    assert "沂河县总工会" in away
    assert case.number in page(world, "upper", LIST)


@pytest.mark.clause("MY-3.1")
def test_what_waits_for_the_table_is_not_handed_out_from_the_list(world):
    """Its topic's next step comes first; giving it to a department past the table is behind the dossier."""
    case = make.accepted(world)
    assert "/assign/" in page(world, "officer", LIST)
    consultation.raised(world, case)
    html = page(world, "officer", LIST)
    assert case.number in html
    assert "/assign/" not in html
    assert case.number not in page(world, "officer", f"{LIST}?wait=mine")


def test_filters_narrow_and_stay_in_the_address(world):
    first = released(world, "食堂夜宵饭凉", channel="phone")
    second = make.said(world, make.voice(secrecy="anonymous"))
    for query, has, lacks in (
        ("channel=phone", first, second),
        ("category=living", first, second),
        ("category=rights", first, second),
        ("secrecy=anonymous", second, first),
        ("officer=me", first, second),
        ("officer=none", second, first),
        ("q=夜宵", first, second),
        (f"q={quote(second.number)}", second, first),
        ("state=registered", second, first),
        ("state=accepted", first, second),
    ):
        text = page(world, "officer", f"{LIST}?{query}")
        assert has.number in text, query
        assert lacks.number not in text.replace(second.number if "q=" in query else "", "") or has is second, query
    kept = page(world, "officer", LIST + "?channel=phone&tab=own")
    assert 'href="?channel=phone&amp;tab=own&amp;state=registered"' in kept or "channel=phone" in kept
    assert "没有符合的事项" in page(world, "officer", LIST + "?since=2027-01-01")
    assert first.number in page(world, "officer", LIST + "?since=2026-11-20&until=2026-11-20")


@pytest.mark.parametrize(
    "query",
    ["state=nonsense", "wait=x", "tab=%00", "since=tomorrow", "unit=1", "tab=below&unit=zz", "after=9-9", "after=x",
     "after=99999999999999999999-0", "category=none", "q=%27%22%3B--", "q=" + "%E5%AD%97" * 300, "page=-1"],
)  # fmt: skip
def test_an_address_typed_wrong_does_not_break(world, query):
    make.said(world)
    assert "<h1>事项</h1>" in page(world, "upper", f"{LIST}?{query}")


def test_pages_follow_each_other_without_gap_or_twin(world, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 3)
    made = {make.said(world, at=world.now - timedelta(minutes=n // 2)).number for n in range(8)}
    client, address, seen = as_(world, "officer"), LIST, []
    for _ in range(3):
        text = client.get(address).content.decode()
        seen += [number for number in made if f">{number}<" in text]
        if 'rel="next"' not in text:
            break
        address = LIST + text.split('rel="next" href="')[1].split('"')[0]
    assert sorted(seen) == sorted(made)


def test_statements_do_not_grow_with_rows(world):
    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as caught:
            client.get(address)
        return len(caught)

    client = as_(world, "upper")
    addresses = (LIST, LIST + "?tab=below", FIND + quote("夜班"))
    for _ in range(10):
        make.assigned(world)
    few = [count(address) for address in addresses]
    for number in range(60):
        make.said(world, place=world.shop if number % 2 else world.other)
    assert [count(address) for address in addresses] == few
    assert max(few) <= 14


# --- finding ---------------------------------------------------------------------------------------------------------


def test_number_comes_before_title_before_summary(world):
    summary = released(world, "夜里没有热水", summary="宿舍楼夜里没有热水，食堂也没有。")
    title = released(world, "食堂夜宵饭凉")
    numbered = make.said(world)
    text = find(world, "officer", "食堂")
    assert text.index(title.number) < text.index(summary.number)
    assert numbered.number in find(world, "officer", f"{numbered.seq}号")
    assert numbered.number in find(world, "officer", numbered.number)


def test_every_word_must_stand_there_letter_by_letter(world):
    released(world, "食堂夜宵饭凉")
    assert "没有找到事项" in find(world, "officer", "食堂 宿舍")
    assert "没有找到事项" in find(world, "officer", "夜饭")
    assert "食堂夜宵饭凉" in find(world, "officer", "饭凉 食堂")


@pytest.mark.clause("MY-3.2.1")
def test_what_is_sealed_cannot_be_found(world):
    make.said(world, make.voice(name="高秀梅", phone="13855550000", words="绝密的话不能露出来"))
    for words in ("高秀梅", "13855550000", "绝密"):
        text = find(world, "officer", words)
        assert "没有找到事项" in text
        assert "查了本单位事项的编号" in text


def test_a_named_first_line_is_not_found_by_the_union_above(world):
    make.said(world, make.voice(secrecy="named", words="食堂的饭凉了没人管"))
    assert "没有找到事项" in find(world, "upper", "食堂")


@pytest.mark.parametrize(
    "words", ["%00", "a%00b", "%27%22%28%29*", "AND", "NEAR(", "%F0%9F%98%80", "x" * 500, "1" * 40]
)
def test_strange_words_find_nothing_and_break_nothing(world, words):
    make.accepted(world)
    assert "没有找到事项" in page(world, "officer", FIND + words) or "要找什么" in page(world, "officer", FIND + words)


def test_clauses_are_found_by_place_and_words(world):
    text = find(world, "officer", "蒙会发〔2017〕21号")
    assert 'class="hy-clause"' in text
    assert "要找什么" in page(world, "officer", "/desk/search/")
