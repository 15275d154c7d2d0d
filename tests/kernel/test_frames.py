"""Frames, error and account pages, vendored files, the stylesheet."""

from __future__ import annotations

import re

import pytest
from django.http import QueryDict
from django.utils.functional import SimpleLazyObject

from huying.kernel.errors import Stale
from huying.kernel.templatetags import huying as tags
from tests.kernel.rendering import EVIL, LONG, STATIC, TEMPLATES, Grievance, request, whole

FRAME = {
    "menu": [{"label": "", "items": [{"label": "今日", "url": "/desk/", "icon": "sun", "count": 15, "current": True}]}],
    "tabs": [{"label": "今日", "url": "/desk/", "icon": "sun", "current": True, "count": 2}],
    "my_posts": [
        {"unit": "甲工会", "role": "干事", "value": "1", "current": True},
        {"unit": LONG, "role": "主席", "value": "2"},
    ],
    "me": {"name": "某人", "role": "干事"},
    "register_url": "/desk/register",
    "search_url": "/desk/search",
    "notices_url": "/desk/notices",
    "notice_count": 3,
}


def test_the_desk_frame_shows_menu_posts_notices_and_a_stopped_worker():
    html = whole("desk.html", worker_stopped=SimpleLazyObject(lambda: True), **FRAME)
    assert "请告诉系统管理员" in html
    assert html.count('aria-current="page"') == 2
    assert "后台程序停了" in html
    assert 'aria-label="提醒 3 条未读"' in html
    assert '"allowEval":false' in html
    bare = whole("desk.html")
    assert "后台程序停了" not in bare
    assert 'role="search"' not in bare


def test_large_text_is_rendered_by_the_server():
    assert 'class="hy-large"' in whole("desk.html", request(large=True))
    assert "hy-large" not in whole("desk.html").split("<head>")[0]


def test_the_workers_frame_loads_no_desk_styles_and_names_the_hotline():
    html = whole("worker.html", union_name="甲工会", union_phone="0539-000-2351")
    assert "tabler" not in html
    assert 'href="tel:12351"' in html
    assert "0539-000-2351" in html
    assert "工会电话" not in whole("worker.html")


def test_what_was_typed_is_given_back_when_the_page_was_too_old():
    typed = QueryDict(
        f"csrfmiddlewaretoken=t0ken&once=k&version=1&password=geheim&secrecy=sealed&what=末班车{EVIL}&name=某人"
    )
    html = whole("csrf.html", typed=typed)
    assert "末班车" in html
    assert "某人" in html
    assert "readonly" in html
    assert not any(word in html for word in ("t0ken", "geheim", "sealed", "<script>alert"))
    assert "您刚才写的" not in whole("csrf.html", typed=QueryDict(""))


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "offline.html"])
def test_error_pages_need_nothing(name):
    assert "<h1>" in whole(name)


def test_a_refusal_shows_message_changes_and_remedy():
    html = whole("refused.html", refusal=Stale(["孙立 14:03 登记了进展"]))
    assert "有了新的变化" in html
    assert "孙立" in html
    assert "请看一下变化" in html


@pytest.mark.parametrize("path", sorted((TEMPLATES / "account").glob("[a-z]*.html")), ids=lambda path: path.stem)
def test_account_pages_are_chinese_and_ours(path):
    html = whole(
        f"account/{path.name}",
        form=Grievance(),
        demo_posts=[{"value": "1", "name": "某人", "unit": "甲", "role": "干事"}],
    )
    assert "hy-w" in html
    assert not re.search(r">[^<]*\b(sign|password|email|please)\b[^<]*<", html, flags=re.IGNORECASE)


def test_vendored_files_name_their_licence_and_no_source_map():
    vendor = STATIC / "vendor"
    for name, licence in [("tabler.min.css", "tabler"), ("htmx.min.js", "htmx"), ("icons.svg", "tabler-icons")]:
        assert "sourceMappingURL" not in (vendor / name).read_text()
        assert len((vendor / f"{licence}.LICENSE.txt").read_text()) > 400


def test_the_stylesheet_tells_states_apart_and_loads_nothing_from_elsewhere():
    css = (STATIC / "huying.css").read_text()
    assert "http" not in css
    assert "@import" not in css
    assert "oklch" not in re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    for state in tags.CLOCK_ICONS:
        assert f"is-{state}" in css
