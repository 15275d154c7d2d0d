"""Who signed in, and who tried to: written down, shown to the account's owner and to the audit administrator, to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.org.models import User
from huying.trail.models import Reading
from tests.accounts.people import PASSWORD, Desk, code_now, codes_for, sign_in, totp_for
from tests.conftest import NOW

PLACES = "/accounts/sessions/"


def rows() -> list[tuple[str, str]]:
    """What is written down, oldest first."""
    return list(Reading.objects.order_by("at", "pk").values_list("what", "reason"))


def inside(desk: Desk, browser_of: Any, name: str) -> Any:
    client = browser_of(address="10.7.7.7")
    assert sign_in(client, desk.user(name)).status_code == 302
    return client


@pytest.mark.attack(
    "outsider",
    "tries passwords of an account at night, so that nobody ever learns of it",
    found="mended: failed tries were counted and forgotten; now the owner is told and the audit administrator sees them",
)
def test_signing_in_and_failing_to_is_written_down(desk: Desk, browser_of: Any, clock: Any) -> None:
    user = desk.user("officer")
    for _ in range(2):
        sign_in(browser_of("10.9.9.9"), user, "a-wrong-password")
        clock.shift(60)
    client = inside(desk, browser_of, "officer")
    assert rows() == [*[("sign_in_refused", "password")] * 2, ("signed_in", "password")]
    assert {(row.person, row.unit) for row in Reading.objects.all()} == {(user.person_id, desk.plant.pk)}
    assert "有 2 次登录没有成功" in client.get("/desk/").content.decode()
    page = client.get(PLACES).content.decode()
    assert page.count("没有登录成：密码不对") == 2
    assert page.count("登录：密码") == 1
    assert "10.9.9.9" not in page + str(list(Reading.objects.values()))


def test_the_next_time_nothing_is_said_of_it_any_more(desk: Desk, browser_of: Any, clock: Any) -> None:
    sign_in(browser_of(), desk.user("officer"), "a-wrong-password")
    for said in (True, False):
        clock.shift(60)
        page = inside(desk, browser_of, "officer").get("/desk/").content.decode()
        assert ("次登录没有成功" in page) is said


def test_somebody_elses_tries_are_not_on_ones_own_page(desk: Desk, browser_of: Any, clock: Any) -> None:
    sign_in(browser_of(), desk.user("chair"), "a-wrong-password")
    client = inside(desk, browser_of, "officer")
    assert "次登录没有成功" not in client.get("/desk/").content.decode()
    assert "没有登录成" not in client.get(PLACES).content.decode()


def test_a_code_that_is_wrong_and_one_that_opens_are_written_down_by_their_kind(
    desk: Desk, browser_of: Any, clock: Any
) -> None:
    user = desk.user("officer")
    secret, codes = totp_for(user), codes_for(user)
    for code in (code_now(secret), codes[0]):
        client = browser_of()
        sign_in(client, user)
        client.post("/accounts/second/authenticate/", {"code": "000000"})
        clock.shift(1)
        assert client.post("/accounts/second/authenticate/", {"code": code}).status_code == 302
        clock.shift(1)
    wrong = ("sign_in_refused", "code")
    assert rows() == [wrong, ("signed_in", "password+code"), wrong, ("signed_in", "password+recovery")]
    page = client.get(PLACES).content.decode()
    assert "登录：密码、备用码" in page
    assert "没有登录成：验证码不对" in page


def test_an_old_slip_is_written_down(desk: Desk, browser_of: Any, clock: Any) -> None:
    user = desk.user("officer")
    given = NOW - timedelta(days=settings.HUYING_ONE_TIME_DAYS + 1)
    User.objects.filter(pk=user.pk).update(must_change_password=True, password_given_at=given)
    assert sign_in(browser_of(), user).status_code == 403
    assert rows() == [("sign_in_refused", "old_slip")]


def test_a_name_nobody_has_costs_the_same_and_leaves_nothing(desk: Desk, browser_of: Any, clock: Any) -> None:
    written = []
    for name in (desk.user("officer").username, "nobody.at.all"):
        with CaptureQueriesContext(connection) as asked:
            sign_in(browser_of(), name, "a-wrong-password")
        written.append(sum('INSERT INTO "trail_reading"' in query["sql"] for query in asked))
    assert written == [1, 1]
    assert len(rows()) == 1


def test_the_audit_administrator_sees_them_and_no_other_unit_does(desk: Desk, browser_of: Any, clock: Any) -> None:
    for _ in range(settings.HUYING_LOCK_TRIES):
        sign_in(browser_of(), desk.user("officer"), "a-wrong-password")
    audit = inside(desk, browser_of, "audit")
    page = audit.get(reverse("desk:readings"), {"what": "sign_in"}).content.decode()
    assert page.count("登录没有成功") == settings.HUYING_LOCK_TRIES
    assert "密码不对" in page
    day = audit.get(reverse("desk:audit_day")).content.decode()
    assert f"登录失败 {settings.HUYING_LOCK_TRIES} 次" in day
    assert "纪明" not in day.partition("<table")[2]  # who only came in has looked at nothing
    assert inside(desk, browser_of, "above").get(reverse("desk:readings")).status_code == 404


def test_the_password_asked_for_again_counts_as_a_try(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = inside(desk, browser_of, "officer")
    clock.shift(600)
    client.post("/accounts/reauthenticate/", {"password": "a-wrong-password", "next": "/accounts/second/"})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/accounts/second/"})
    assert rows() == [("signed_in", "password"), ("sign_in_refused", "password")]
