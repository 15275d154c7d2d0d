"""Passwords: what is refused, how long a one-time one lives, how often one may be wrong; nothing tells who has an account."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.urls import reverse

from huying.kernel import device
from huying.kernel.errors import Refused
from huying.org import acts, reads
from huying.org.jobs import forget_tries
from huying.org.models import User
from huying.org.rules import login_key, one_time_over
from huying.trail.models import Entry
from tests.accounts.people import LOGIN, PASSWORD, Desk, confirm, is_in, request_from, sign_in
from tests.conftest import NOW
from tests.factories.org import make_person

DAY = 86_400


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short-1x", "10"),
        ("password123", "常见"),
        ("1234567890", "常见"),
        ("98437520918", "数字"),
        ("user-zhang.san", "登录名"),
        ("huying-gonghui-12351", "容易猜到"),
        ("山泉机械有限公司工会1", "容易猜到"),
    ],
)
def test_a_weak_password_is_refused_in_chinese(desk: Desk, browser_of: Any, password: str, said: str) -> None:
    user = desk.user("officer")
    User.objects.filter(pk=user.pk).update(username="zhang.san")
    client = browser_of()
    sign_in(client, "zhang.san")
    answer = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_the_one_time_password_of_an_administrator_is_long_and_random(desk: Desk) -> None:
    made = {acts.reset_password(user=desk.user("officer"), by=desk.as_("security"), at=NOW)[1] for _ in range(5)}
    assert len(made) == 5
    assert all(len(one) == 14 for one in made)


@pytest.mark.parametrize(("days", "over"), [(0, False), (7, False), (7.01, True), (400, True)])
def test_a_one_time_password_lives_some_days(days: float, over: bool) -> None:
    from datetime import timedelta

    assert one_time_over(NOW, NOW + timedelta(days=days), 7) is over
    assert one_time_over(None, NOW, 7) is False


@pytest.mark.attack("clerk", "signs in with a one-time password found on an old slip", found="mended: it was good for ever; it "
                    "now lives seven days")  # fmt: skip
def test_an_old_slip_opens_nothing(desk: Desk, browser_of: Any, clock: Any) -> None:
    user = desk.user("officer")
    _, password = acts.reset_password(user=user, by=desk.as_("security"), at=NOW)
    client = browser_of()
    clock.shift(settings.HUYING_ONE_TIME_DAYS * DAY + 60)
    answer = sign_in(client, user, password)
    assert answer.status_code == 403
    assert "一次性密码过期了" in answer.content.decode()
    assert not is_in(client)


def test_the_first_thing_is_a_password_of_ones_own(desk: Desk, browser_of: Any, clock: Any) -> None:
    user = desk.user("officer")
    _, password = acts.reset_password(user=user, by=desk.as_("security"), at=NOW)
    client = browser_of()
    clock.shift(6 * DAY)
    sign_in(client, user, password)
    assert client.get("/desk/")["Location"] == "/accounts/password/change/"
    new = "a-long-new-word-4711"
    client.post("/accounts/password/change/", {"oldpassword": password, "password1": new, "password2": new})
    assert is_in(client)
    fresh = User.objects.get(pk=user.pk)
    assert not fresh.must_change_password
    assert fresh.password_given_at is None
    clock.shift(300 * DAY)
    assert sign_in(browser_of(), user, new)["Location"] == "/desk/"


# --- lock-out -----------------------------------------------------------------------------------------------------------


def wrong(browser_of: Any, name: str, times: int, *, first: int = 0) -> Any:
    answer = None
    for number in range(first, first + times):
        answer = sign_in(browser_of(f"10.7.{number // 200}.{number % 200}"), name, f"wrong-{number}")
    return answer


@pytest.mark.attack(
    "management",
    "keeps the officer of a case out by typing wrong passwords for that name all day",
    found="mended: five wrong tries locked the account for everybody; a browser its owner came in with has tries of its own now",
)
def test_others_do_not_lock_the_owner_out(desk: Desk, browser_of: Any, clock: Any) -> None:
    user, own, other = desk.user("officer"), browser_of("10.1.1.1"), browser_of("10.2.2.2")
    sign_in(own, user)
    own.post("/accounts/logout/")
    sign_in(other, desk.user("chair"))  # whose browser knows another account
    other.post("/accounts/logout/")
    for number in range(settings.HUYING_LOCK_TRIES):
        sign_in(browser_of(f"10.9.9.{number}"), user, "a-wrong-password")
    assert reads.is_locked_out(user)
    for locked in (other, browser_of("10.3.3.3"), forged(browser_of("10.4.4.4"), own)):
        assert "错的次数太多" in sign_in(locked, user).content.decode()
    assert sign_in(own, user).status_code == 302


def forged(client: Any, own: Any) -> Any:
    """A browser with the owner's cookie, one letter of it changed."""
    value = own.cookies["hy-known"].value
    client.cookies["hy-known"] = value[:-1] + ("A" if value[-1] != "A" else "B")
    return client


def test_a_known_browser_has_no_more_tries_than_any_other(desk: Desk, browser_of: Any, clock: Any) -> None:
    user, own = desk.user("officer"), browser_of()
    sign_in(own, user)
    own.post("/accounts/logout/")
    for _ in range(2 * settings.HUYING_LOCK_TRIES):
        assert "错的次数太多" not in sign_in(own, user, "a-wrong-password").content.decode()
    assert "错的次数太多" in sign_in(own, user).content.decode()
    clock.shift(60 * settings.HUYING_LOCK_MINUTES + 1)
    assert sign_in(own, user).status_code == 302


def test_a_browser_knows_the_last_few_accounts_by_number_only(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = browser_of()
    for name in ("officer", "chair", "security", "system", "audit", "above"):
        sign_in(client, desk.user(name))
        client.post("/accounts/logout/")
    kept = signing.loads(client.cookies["hy-known"].value, salt="huying.known-browser")
    assert list(kept) == [str(desk.user(name).pk) for name in ("chair", "security", "system", "audit", "above")]


@pytest.mark.attack("outsider", "guesses one account's password from many addresses", found="held")
def test_an_account_is_locked_after_some_wrong_tries(desk: Desk, browser_of: Any, clock: Any) -> None:
    user = desk.user("officer")
    assert "登录名或密码不对" in wrong(browser_of, user.username, settings.HUYING_LOCK_TRIES).content.decode()
    client = browser_of()
    assert "错的次数太多" in sign_in(client, user).content.decode()
    assert not is_in(client)
    assert reads.is_locked_out(user)
    clock.shift(settings.HUYING_LOCK_MINUTES * 60 + 1)
    sign_in(client, user)
    assert is_in(client)


@pytest.mark.attack("outsider", "guesses one password for many accounts from one address", found="held")
def test_an_address_is_slowed_down_too(desk: Desk, browser_of: Any) -> None:
    names = [f"person.{number}" for number in range(10 * settings.HUYING_LOCK_TRIES)]
    client = browser_of("198.51.100.7")
    for name in names:
        answer = sign_in(client, name, "spring-2026-x")
    assert answer.status_code == 200
    assert "错的次数太多" in sign_in(client, desk.user("officer")).content.decode()
    assert sign_in(browser_of("198.51.100.8"), desk.user("officer")).status_code == 302


@pytest.mark.attack(
    "outsider",
    "gets more tries by writing the login name or the server's name differently",
    found="mended: tries were counted apart for each host name asked for and for look-alikes of letters (ı, ſ, K)",
)
@pytest.mark.parametrize("variant", ["ZHANG.KIS", "  zhang.kis ", "zhang.kıs", "zhang.kiſ", "zhang.\u212ais"])
def test_a_name_is_one_name_however_written(desk: Desk, browser_of: Any, variant: str) -> None:
    User.objects.filter(pk=desk.user("officer").pk).update(username="zhang.kis")
    assert login_key(variant) == login_key("zhang.kis")
    wrong(browser_of, "zhang.kis", settings.HUYING_LOCK_TRIES)
    assert "错的次数太多" in sign_in(browser_of(), variant).content.decode()
    answer = browser_of().post(LOGIN, {"login": "zhang.kis", "password": PASSWORD}, headers={"host": "127.0.0.1"})
    assert "错的次数太多" in answer.content.decode()


def test_the_security_administrator_unlocks(desk: Desk, browser_of: Any) -> None:
    user, admin = desk.user("officer"), browser_of("10.9.9.9")
    with pytest.raises(Refused, match="没有锁住"):
        acts.unlock_account(user=user, by=desk.as_("security"), at=NOW)
    wrong(browser_of, user.username, settings.HUYING_LOCK_TRIES)
    sign_in(admin, desk.user("security"))
    address = reverse("desk:org-person", args=[user.person_id])
    assert "错的次数太多" in admin.get(address).content.decode()
    admin.post(reverse("desk:org-account-unlock", args=[user.person_id]), {"once": "d" * 32})
    assert Entry.objects.filter(act="account.unlocked").count() == 1
    assert sign_in(browser_of(), user)["Location"] == "/desk/"


@pytest.mark.attack("colleague", "finds out by the sign-in page who has an account", found="held")
def test_unknown_closed_and_known_names_look_alike(desk: Desk, browser_of: Any) -> None:
    closed = make_person(desk.plant, "已停用").user
    User.objects.filter(pk=closed.pk).update(is_active=False)
    pages = []
    for name in (desk.user("officer").username, closed.username, "nobody.here"):
        answer = sign_in(browser_of(), name, "wrong-password-1")
        page = answer.content.decode().replace(name, "")
        pages.append((answer.status_code, _without_token(page)))
    assert pages[0] == pages[1] == pages[2]
    for name in ("nobody.here", desk.user("officer").username):
        wrong(browser_of, name, settings.HUYING_LOCK_TRIES)
    locked = [_without_token(sign_in(browser_of(), name).content.decode().replace(name, ""))
              for name in ("nobody.here", desk.user("officer").username)]  # fmt: skip
    assert locked[0] == locked[1]


def _without_token(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


@pytest.mark.attack("colleague", "finds out by the time an answer takes who has an account", found="held")
@pytest.mark.parametrize("kind", ["known", "unknown", "closed", "without password"])
def test_every_try_costs_one_hash(desk: Desk, browser_of: Any, monkeypatch: Any, kind: str) -> None:
    user = make_person(desk.plant, "某人").user
    if kind == "closed":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if kind == "without password":
        user.set_unusable_password()
        user.save()
    hashed: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda s, *a: hashed.append("encode") or encode(s, *a))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda s, *a: hashed.append("verify") or verify(s, *a))
    sign_in(browser_of(), "nobody.here" if kind == "unknown" else user.username, "wrong-password-1")
    assert len(hashed) == 1


# --- counting for all processes -------------------------------------------------------------------------------------------


def test_tries_are_kept_in_the_database_and_pass(desk: Desk, browser_of: Any) -> None:
    wrong(browser_of, "nobody.here", 3)
    table = connection.ops.quote_name(cache._table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
        forget_tries(at=NOW.replace(day=28))
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == 0


@pytest.mark.attack("disk", "reads addresses of devices out of the counters and the list of sessions", found="held")
def test_no_address_lies_anywhere(desk: Desk, browser_of: Any) -> None:
    sign_in(browser_of("203.0.113.77"), desk.user("officer"), "wrong")
    sign_in(browser_of("203.0.113.77"), desk.user("officer"))
    browser_of("203.0.113.77").post("/my/", {"receipt": "1234567890123456"})
    table = connection.ops.quote_name(cache._table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT cache_key, value FROM {table}")
        rows = cursor.fetchall()
    import base64

    said = " ".join(f"{key} {base64.b64decode(value)!r}" for key, value in rows)
    assert "203.0.113" not in said
    assert device.mark(request_from("203.0.113.77"), NOW) in said


def test_a_device_has_another_mark_tomorrow(db: None) -> None:
    from datetime import timedelta

    asked = request_from("203.0.113.77", headers={"user-agent": "A"})
    today = device.mark(asked, NOW)
    assert device.mark(asked, NOW) == today
    assert device.mark(asked, NOW + timedelta(days=1)) != today
    assert device.mark(request_from("203.0.113.78"), NOW) != today
    assert device.mark(asked, NOW, browser=True) != today


def test_behind_a_proxy_the_last_address_counts(db: None, settings: Any) -> None:
    asked = request_from("127.0.0.1", headers={"x-forwarded-for": "6.6.6.6, 203.0.113.77"})
    assert device.address(asked) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert device.address(asked) == "203.0.113.77"


# --- forms of the account -------------------------------------------------------------------------------------------------


@pytest.mark.attack(
    "outsider", "sends somebody to another site after signing in by the address they came with", found="held"
)
@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "http:evil.example"],
)
def test_after_signing_in_one_stays_inside(desk: Desk, browser_of: Any, target: str) -> None:
    client = browser_of()
    assert (
        client.post(f"{LOGIN}", {"login": desk.user("officer").username, "password": PASSWORD, "next": target})[
            "Location"
        ]
        == "/desk/"
    )
    for address in ("/accounts/logout/",):
        assert client.post(address, {"next": target})["Location"] == "/"
    again = browser_of()
    sign_in(again, desk.user("officer"))
    answer = again.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": target})
    assert "evil" not in answer.get("Location", "")


@pytest.mark.attack(
    "outsider", "makes a signed-in person's browser change their account from another site", found="held"
)
def test_every_account_act_asks_for_the_token(desk: Desk, browser_of: Any) -> None:
    client = browser_of(enforce_csrf_checks=True)
    client.force_login(desk.user("security"))
    person = desk.posts["officer"].person_id
    own = ["password/change/", "second/totp/activate/", "second/totp/deactivate/", "second/recovery-codes/generate/",
           "second/webauthn/add/", "second/reauthenticate/", "reauthenticate/", "sessions/", "sessions/1/end/", "logout/",
           "login/", "second/webauthn/login/", "sso/"]  # fmt: skip
    others = [reverse(f"desk:org-account-{act}", args=[person])
              for act in ("reset", "disable", "enable", "factor", "unlock", "sign-out")]  # fmt: skip
    addresses = [*(f"/accounts/{one}" for one in own), *others, reverse("desk:org-sign-in", args=[desk.plant.pk])]
    said = {address: client.post(address).status_code for address in addresses}
    assert set(said.values()) == {403}, said
    assert not Entry.objects.filter(act__startswith="account.").exists()


@pytest.mark.attack("outsider", "asks for a page under a false host name, to get it into links", found="held")
def test_a_false_host_gets_no_page(desk: Desk, browser_of: Any) -> None:
    for address in (LOGIN, "/", "/accounts/password/reset/"):
        assert browser_of().get(address, headers={"host": "evil.example"}).status_code == 400
        answer = browser_of().get(address, headers={"x-forwarded-host": "evil.example"})
        assert "evil.example" not in answer.content.decode()


@pytest.mark.attack(
    "outsider",
    "signs up, or has a link to a new password sent by mail",
    found="mended: the page said to ask the administrator, but its form still sent the link; such pages take no form now",
)
def test_nobody_signs_up_or_gets_a_password_by_mail(desk: Desk, browser_of: Any, mailoutbox: Any) -> None:
    before = User.objects.count()
    client = browser_of()
    client.post("/accounts/signup/", {"username": "intruder", "password1": "a-long-new-word-4711"})
    client.post("/accounts/password/reset/", {"email": desk.user("officer").email})
    client.post("/accounts/password/reset/key/1-set-password/", {"password1": "a-long-new-word-4711"})
    signed = browser_of()
    sign_in(signed, desk.user("officer"))
    assert signed.post("/accounts/email/", {"email": "me@evil.example", "action_add": ""}).status_code == 405
    assert User.objects.count() == before
    assert mailoutbox == []


def test_being_sure_lasts_five_minutes(desk: Desk, browser_of: Any, clock: Any) -> None:
    client = browser_of()
    sign_in(client, desk.user("officer"))
    confirm(client)
    assert client.get("/accounts/second/totp/activate/").status_code == 200
    clock.shift(301)
    assert client.get("/accounts/second/totp/activate/").status_code == 302
    assert time.time() > 0
