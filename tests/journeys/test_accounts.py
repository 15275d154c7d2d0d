"""Accounts in a real browser, under the security policy as it is sent: a passkey, the puzzle of a public form, a session that
ends while somebody writes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page

from huying.kernel.models import Draft
from huying.org import acts
from huying.org.models import Role, User
from tests.journeys.stage import DESK, PATIENCE, PHONE, Stage

PASSWORD = "huying-test-1"


def strict(stage: Stage, size: Any) -> Page:
    """A browser in which the policy holds; whatever it blocks, and whoever else a page asks, fails the story."""
    context = stage.browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    stage.contexts.append(context)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    stage.watch(page)
    page.on("console", lambda line: stage.wrong.append(line.text) if "Content Security Policy" in line.text else None)
    return page


def sign_in(page: Page, stage: Stage, user: User) -> None:
    page.goto(stage.url + "/accounts/login/")
    _password(page, user)


def _password(page: Page, user: User) -> None:
    page.locator("input[name=login]").fill(user.username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state()


def with_key(page: Page) -> Any:
    """A device that knows its owner's finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, made["authenticatorId"]


@pytest.mark.attack("colleague", "signs in as somebody else with the passkey of their own account", found="held")
def test_a_passkey_opens_its_own_account_only(stage: Stage) -> None:
    officer, second = (stage.world.posts[name].person.user for name in ("officer", "second"))
    acts.set_sign_in(unit=stage.world.plant, roles=[Role.OFFICER], provider_asks=False, version=0,
                     by=stage.world.as_("security"), at=stage.world.now)  # fmt: skip
    page = strict(stage, DESK)
    devtools, device = with_key(page)
    sign_in(page, stage, officer)
    page.goto(stage.url + "/desk/cases/")
    assert "您的岗位要求设第二道验证" in page.locator("main").inner_text()
    page.get_by_role("link", name="设通行密钥").click()
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认是我").click()
    page.locator("input[name=name]").fill("办公室电脑")
    page.get_by_role("button", name="设通行密钥").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".hy-codes li").count() == 10
    page.context.clear_cookies()
    page.goto(stage.url + "/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**/desk/")
    assert "李慧敏" in page.locator("#menu").inner_text()

    # the colleague's own key, said to be the officer's
    sign_out = page.get_by_role("button", name="退出")
    sign_out.click()
    credential = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    page.context.clear_cookies()
    sign_in(page, stage, second)
    page.goto(stage.url + "/accounts/second/webauthn/add/")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="确认是我").click()
    page.get_by_role("button", name="设通行密钥").click()
    page.wait_for_url("**/recovery-codes/")
    own = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
    devtools.send("WebAuthn.clearCredentials", {"authenticatorId": device})
    forged = {**own, "userHandle": credential["userHandle"]}
    devtools.send("WebAuthn.addCredential", {"authenticatorId": device, "credential": forged})
    page.context.clear_cookies()
    page.goto(stage.url + "/accounts/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_load_state("networkidle")
    page.goto(stage.url + "/desk/")
    assert "/accounts/login/" in page.url
    assert Authenticator.objects.filter(type="webauthn").count() == 2


def test_a_worker_does_not_notice_the_puzzle(stage: Stage) -> None:
    page = strict(stage, PHONE)
    page.goto(stage.url + "/my/")
    page.locator("input[name=receipt]").fill("1234 5678 1234 5678")
    with page.expect_request(lambda asked: asked.method == "POST") as sent:
        page.get_by_role("button", name="看我的事").click()
    page.wait_for_load_state()
    assert re.search(r"work=[^&]+%7C\d+%2C", sent.value.post_data or "")
    assert "没有找到这个号码" in page.locator("main").inner_text()
    look_at_home = strict(stage, PHONE)
    look_at_home.goto(stage.url + "/")
    assert look_at_home.locator("form[data-work=say]").count() == 1


def test_what_was_written_survives_the_session(stage: Stage) -> None:
    """A form that never said it keeps drafts does, and gives them back after signing in again."""
    page = strict(stage, DESK)
    user = stage.world.posts["system"].person.user
    sign_in(page, stage, user)
    page.goto(stage.url + "/desk/calendar/")
    words = "一、元旦：1月1日至3日放假，共3天。"
    text = page.locator("#main form textarea").first
    text.fill(words)
    page.locator("#main .hy-draft", has_text="已存草稿").first.wait_for()
    text.fill(words + "1月4日上班。")
    stage.later(minutes=31)
    page.locator("#main form:has(textarea) button[type=submit]").first.click()
    page.wait_for_load_state()
    said = page.locator("main")
    assert "登录已经过期" in said.inner_text()
    assert words + "1月4日上班。" in [one.input_value() for one in said.locator("textarea").all()]
    page.get_by_role("link", name="重新登录", exact=True).click()
    _password(page, user)
    assert page.url.endswith("/desk/calendar/")
    page.get_by_role("button", name="接着写").click()
    assert page.locator("#main form textarea").first.input_value() == words + "1月4日上班。"
    assert Draft.objects.filter(person=user.person_id).count() == 1


ELSEWHERE = "http://elsewhere.test/"


@pytest.mark.attack(
    "outsider",
    "has a signed-in officer open a page of another site that frames the desk, opens a search in a window or fetches it, and watches",
    found="held",
)
def test_another_site_sees_nothing_of_the_desk(stage: Stage) -> None:
    context = stage.browser.new_context(viewport=DESK, locale="zh-CN")
    stage.contexts.append(context)
    context.route(
        f"{ELSEWHERE}**", lambda route: route.fulfill(body="<!DOCTYPE html><title>x</title>", content_type="text/html")
    )
    own, other = context.new_page(), context.new_page()
    sign_in(own, stage, stage.world.posts["officer"].person.user)
    own.get_by_role("heading", name="今日").first.wait_for()
    search = f"{stage.url}/desk/search/?q=1"
    other.goto(ELSEWHERE)
    other.evaluate(
        "at => new Promise(done => { const frame = document.createElement('iframe');"
        " frame.onload = done; frame.src = at; document.body.append(frame) })",
        search,
    )
    assert "查找" not in other.frames[1].content()
    assert (
        other.evaluate(
            "at => fetch(at, {mode: 'no-cors', credentials: 'include'}).then(() => 'came', () => 'did not')", search
        )
        == "did not"
    )
    with context.expect_page() as opened:
        other.evaluate("at => { window.seen = window.open(at) }", search)
    opened.value.get_by_role("heading", name="查找").first.wait_for()
    assert other.evaluate("[window.seen.closed, window.seen.length]") == [True, 0]  # nothing of it is left to ask
