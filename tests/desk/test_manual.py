"""The manual beside each page, its search, and the worker's own help."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.desk.browser import as_
from tests.factories import world as make

pytestmark = pytest.mark.django_db


def _help(html: str) -> set[str]:
    return set(re.findall(r'href="([^"]+)" aria-label="这一页怎么用"', html))


def _section(chapter: str, anchor: str) -> set[str]:
    return {f"{reverse('desk:manual-chapter', args=[chapter])}#{anchor}"}


def test_each_page_leads_to_its_own_section(world):
    case = make.said(world)
    officer = as_(world, "officer")
    assert _help(officer.get(reverse("desk:today")).content.decode()) == _section("start", "today")
    accept = officer.get(reverse("desk:case_act", args=[case.pk, "accept"])).content.decode()
    assert _help(accept) == _section("intake", "accept")
    decline = officer.get(reverse("desk:case_act", args=[case.pk, "decline"])).content.decode()
    assert _help(decline) == _section("intake", "decline")


def test_a_missing_page_leads_to_the_contents(world):
    answer = as_(world, "officer").get("/desk/nowhere/")
    assert answer.status_code == 404
    assert _help(answer.content.decode()) <= {reverse("desk:manual")}


def test_contents_search_chapter_and_the_whole(world):
    officer = as_(world, "officer")
    contents = officer.get(reverse("desk:manual")).content.decode()
    assert reverse("desk:manual-chapter", args=["intake"]) in contents
    found = officer.get(reverse("desk:manual"), {"q": "公开摘要"}).content.decode()
    assert "写公开摘要" in found
    nothing = officer.get(reverse("desk:manual"), {"q": "<没有这样的>"}).content.decode()
    assert "没有找到" in nothing
    assert "&lt;没有这样的&gt;" in nothing
    assert officer.get(reverse("desk:manual"), {"q": "长" * 500}).status_code == 200
    chapter = officer.get(reverse("desk:manual-chapter", args=["intake"])).content.decode()
    assert 'id="accept"' in chapter
    assert officer.get(reverse("desk:manual-chapter", args=["nowhere"])).status_code == 404
    whole = officer.get(reverse("desk:manual-whole")).content.decode()
    assert whole.count("<article") > 10


def test_a_worker_reads_the_help_without_an_account():
    page = Client().get(reverse("public:help")).content.decode()
    assert "16 位号码" in page
    assert "/static/public/manual/phone-worker-say.webp" in page
    assert 'href="tel:120"' in page
