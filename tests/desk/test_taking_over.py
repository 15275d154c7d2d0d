"""Taking over what nobody has read, answering a department: the way from one page to the next."""

from __future__ import annotations

import re

from django.urls import reverse

from huying.handling import acts as handling
from tests.desk.browser import address, as_, do, post
from tests.factories import world as make


def test_who_takes_over_what_nobody_read_goes_on_to_accepting_it(world):
    case = make.said(world)
    page = as_(world, "officer").get(address(case, "take")).content.decode()
    assert re.search(rf'value="{post(world, "officer")}"[^>]*checked', page)
    shut = as_(world, "officer").get(address(case, "accept")).content.decode()
    assert "原话密封着" in shut
    assert address(case, "take") in shut
    answer = do(world, case, "take", officer=post(world, "officer"))
    assert answer["Location"] == address(case, "accept")
    assert "边看原话边填" in as_(world, "officer").get(address(case, "accept")).content.decode()


def test_who_gives_a_case_to_somebody_else_goes_back_to_it(world):
    case = make.said(world)
    assert do(world, case, "take", officer=post(world, "second"))["Location"] == reverse("desk:case", args=[case.pk])


def test_a_question_of_the_department_is_answered(world):
    item = make.assigned(world)
    case, client = item.case, as_(world, "officer")
    dossier = reverse("desk:case", args=[case.pk])
    assert address(case, "answer", item.pk) not in client.get(dossier).content.decode()
    do(world, case, "answer", item.pk, status=422, text="先说一句")
    handling.ask_union(item_id=item.pk, text="是哪一条线路？", by=world.as_("handler"), at=world.now)
    page = client.get(dossier).content.decode()
    assert "答复行政保障部" in page.split('class="hy-bar"')[1].split("更多")[0]
    assert "是哪一条线路？" in client.get(address(case, "answer", item.pk)).content.decode()
    do(world, case, "answer", item.pk, text="三号线。")
    page = client.get(dossier).content.decode()
    assert "工会答复（行政保障部）" in page
    assert "答复行政保障部" not in page
    read = as_(world, "handler").get(reverse("desk:item", args=[item.pk])).content.decode()
    assert "工会答复" in read
    assert "三号线。" in read


def test_what_the_union_did_about_an_item_is_not_said_as_if_the_department_had(world):
    item = make.assigned(world)
    do(world, item.case, "urge", item.pk, text="请抓紧")
    page = as_(world, "officer").get(reverse("desk:case", args=[item.case.pk])).content.decode()
    assert "催办（行政保障部）" in page
    assert "行政保障部：催办" not in page
