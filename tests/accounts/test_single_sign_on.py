"""Single sign-on against a real provider, in a process of its own: it opens accounts that are there, and nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from huying.org import acts
from huying.org.models import Role, User
from huying.org.reads import needs_factor
from huying.site.sso import Checking
from tests.accounts.people import LOGIN, Desk, a_desk, code_now, is_in, totp_for
from tests.conftest import NOW

BUTTON, BACK = "/accounts/sso/", "/accounts/sso/back/"
CLIENT = "huying"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The provider's address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--host", "127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"}, **quiet)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                requests.get(f"{address}/.well-known/openid-configuration", timeout=5).raise_for_status()
                break
            except requests.RequestException:
                time.sleep(0.1)  # another process starts
        yield address
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def desk(db: None) -> Desk:
    """The same people on the real day: the provider's clock is the machine's."""
    return a_desk(since=date(2020, 1, 1))


@pytest.fixture
def sso(provider: str, settings: Any) -> str:
    """The operator named the provider."""
    settings.HUYING_OIDC = {
        "issuer": provider, "client": CLIENT, "secret": "not-so-secret", "claim": "preferred_username", "name": "县里统一登录",
    }  # fmt: skip
    settings.HUYING_BASE_URL = "http://testserver"
    return provider


def knows(provider: str, sub: str, **claims: Any) -> str:
    """The provider has somebody with these claims."""
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=5).raise_for_status()
    return sub


def begun(client: Client, **query: str) -> str:
    """Press the button; where the browser is sent."""
    answer = client.post(BUTTON, query)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def agreed(there: str, sub: str) -> dict[str, str]:
    """Say yes at the provider; what the browser comes back with."""
    answer = requests.post(there, data={"sub": sub}, allow_redirects=False, timeout=5)
    back = urlsplit(answer.headers["Location"])
    assert back.path == BACK
    return {key: values[0] for key, values in parse_qs(back.query).items()}


def through(client: Client, provider: str, sub: str, **query: str) -> Any:
    return client.get(BACK, agreed(begun(client, **query), sub))


def officer_at(provider: str, desk: Desk, name: str = "officer") -> str:
    return knows(provider, f"sub-{name}", preferred_username=desk.user(name).username, email="x@example.invalid")


def test_somebody_with_an_account_is_let_in(desk: Desk, sso: str, browser_of: Any) -> None:
    client = browser_of()
    assert "用“县里统一登录”登录" in client.get(LOGIN).content.decode()
    answer = through(client, sso, officer_at(sso, desk), next="/desk/cases/")
    assert answer["Location"] == "/desk/cases/"
    assert is_in(client)
    assert client.session["_auth_user_id"] == str(desk.user("officer").pk)
    assert not SocialAccount.objects.exists()


def test_without_a_provider_there_is_no_button_and_no_address(desk: Desk, browser_of: Any) -> None:
    client = browser_of()
    assert "统一登录" not in client.get(LOGIN).content.decode()
    assert client.post(BUTTON).status_code == 404
    assert client.get(BACK, {"code": "x", "state": "y"}).status_code == 404


@pytest.mark.parametrize("issuer", ["http://sso.example", "ftp://x", "sso.example", "http://127.0.0.1.evil.example"])
def test_a_provider_spoken_to_in_the_clear_is_none(
    desk: Desk, sso: str, settings: Any, browser_of: Any, issuer: str
) -> None:
    settings.HUYING_OIDC = {**settings.HUYING_OIDC, "issuer": issuer}
    assert browser_of().post(BUTTON).status_code == 404


@pytest.mark.attack("outsider", "comes from the provider without an account here", found="held")
@pytest.mark.parametrize("name", ["nobody.here", None, ["user1"], ""])
def test_nobody_signs_up_by_the_provider(desk: Desk, sso: str, browser_of: Any, name: Any) -> None:
    before = User.objects.count()
    client = browser_of()
    answer = through(client, sso, knows(sso, "stranger", **({} if name is None else {"preferred_username": name})))
    assert answer.status_code == 403
    assert "没有对应的账号" in answer.content.decode()
    assert not is_in(client)
    assert User.objects.count() == before


@pytest.mark.attack("former", "comes in by the provider after the account here was closed", found="held")
def test_a_closed_account_stays_closed(desk: Desk, sso: str, browser_of: Any) -> None:
    User.objects.filter(pk=desk.user("officer").pk).update(is_active=False)
    client = browser_of()
    assert through(client, sso, officer_at(sso, desk))["Location"] == "/accounts/inactive/"
    assert not is_in(client)


@pytest.mark.attack("outsider", "brings a victim's browser the answer of their own sign-in (login CSRF)", found="held")
def test_an_answer_belongs_to_the_browser_that_asked(desk: Desk, sso: str, browser_of: Any) -> None:
    attacker, victim = browser_of(), browser_of()
    answer = agreed(begun(attacker), officer_at(sso, desk))
    for given in (answer, {**answer, "state": "guessed"}, {"code": answer["code"]}):
        assert victim.get(BACK, given).status_code in (401, 403)
        assert not is_in(victim)
    begun(victim)
    assert victim.get(BACK, answer).status_code in (401, 403)
    assert not is_in(victim)


@pytest.mark.attack("outsider", "sends an answer of the provider a second time", found="held")
def test_an_answer_opens_once(desk: Desk, sso: str, browser_of: Any) -> None:
    client = browser_of()
    answer = agreed(begun(client), officer_at(sso, desk))
    assert client.get(BACK, answer).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(BACK, answer).status_code in (401, 403)
    assert not is_in(client)


@pytest.mark.attack("outsider", "answers in the name of another provider (mix-up)", found="mended: the library does not look at "
                    "the issuer named in the answer; one that is not the configured one is refused")  # fmt: skip
def test_an_answer_of_another_provider_is_refused(desk: Desk, sso: str, browser_of: Any) -> None:
    client = browser_of()
    answer = agreed(begun(client), officer_at(sso, desk))
    assert client.get(BACK, {**answer, "iss": "https://evil.example"}).status_code == 403
    assert not is_in(client)


def test_a_provider_that_names_itself_otherwise_is_refused(
    desk: Desk, sso: str, browser_of: Any, monkeypatch: Any
) -> None:
    said = {"issuer": "https://evil.example", "authorization_endpoint": f"{sso}/oauth2/authorize"}
    monkeypatch.setattr(OpenIDConnectOAuth2Adapter, "openid_config", property(lambda self: dict(said)))
    assert browser_of().post(BUTTON).status_code == 403
    said["issuer"] = sso
    said["token_endpoint"] = f"{sso}/oauth2/token"
    assert browser_of().post(BUTTON).status_code == 302


FORGED = ["no nonce", "other nonce", "other key", "no signature", "symmetric", "other key name", "other audience", "other issuer",
          "expired", "no token", "garbage"]  # fmt: skip


@pytest.mark.attack(
    "outsider",
    "forges the identity token: nonce, key, algorithm, audience, issuer, time",
    found="mended: the library neither sends a nonce nor checks the signature of a token fetched over TLS; both are checked now",
)
@pytest.mark.parametrize("how", FORGED)
def test_a_forged_token_opens_nothing(desk: Desk, sso: str, browser_of: Any, monkeypatch: Any, how: str) -> None:
    original = OAuth2Client.get_access_token

    def forged(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = original(self, *args, **kwargs)
        return _forge(given, how, monkeypatch)

    monkeypatch.setattr(OAuth2Client, "get_access_token", forged)
    client = browser_of()
    assert through(client, sso, officer_at(sso, desk)).status_code in (401, 403)
    assert not is_in(client)


def _forge(given: dict[str, Any], how: str, monkeypatch: Any) -> dict[str, Any]:
    token = given["id_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    if how == "no token":
        return {key: value for key, value in given.items() if key != "id_token"}
    if how == "garbage":
        return {**given, "id_token": "a.b.c"}
    if how == "no signature":
        return {**given, "id_token": jwt.encode(claims, None, algorithm="none")}
    if how == "symmetric":
        return {**given, "id_token": jwt.encode(claims, "x" * 40, algorithm="HS256")}
    changed = {"other audience": {"aud": "else"}, "other issuer": {"iss": "https://evil.example"}, "expired": {"exp": 1},
               "other nonce": {"nonce": "mine"}}  # fmt: skip
    claims |= changed.get(how, {})
    if how == "no nonce":
        claims.pop("nonce")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if how in ("no nonce", "other nonce", "other audience", "other issuer", "expired"):
        _signs(monkeypatch, key)
    headers = {"kid": "unknown"} if how == "other key name" else None
    return {**given, "id_token": jwt.encode(claims, key, algorithm="RS256", headers=headers)}


def _signs(monkeypatch: Any, key: Any) -> None:
    """Let the provider's published key be this one, so that only what was changed is wrong."""
    monkeypatch.setattr(Checking, "signing_key", lambda *_: key.public_key())


def test_a_token_signed_by_the_published_key_would_open(
    desk: Desk, sso: str, browser_of: Any, monkeypatch: Any
) -> None:
    """The forgeries above fail for what was changed in them: unchanged and signed the same way, the token opens."""
    original = OAuth2Client.get_access_token

    def same(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = original(self, *args, **kwargs)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        claims = jwt.decode(given["id_token"], options={"verify_signature": False})
        _signs(monkeypatch, key)
        return {**given, "id_token": jwt.encode(claims, key, algorithm="RS256")}

    monkeypatch.setattr(OAuth2Client, "get_access_token", same)
    client = browser_of()
    through(client, sso, officer_at(sso, desk))
    assert is_in(client)


@pytest.mark.attack("outsider", "asks the button for more than signing in: another process, scope, nonce or page", found="mended: "
                    "the library takes scope and parameters from the address line; only a page inside is taken now")  # fmt: skip
def test_the_address_line_says_nothing_to_the_provider(desk: Desk, sso: str, browser_of: Any) -> None:
    client = browser_of()
    asked = "?process=connect&scope=admin&auth_params=nonce%3Dmine%26prompt%3Dnone&next=https://evil.example/"
    there = parse_qs(urlsplit(client.post(BUTTON + asked)["Location"]).query)
    assert sorted(there["scope"][0].split()) == ["openid", "profile"]
    assert there["nonce"] != ["mine"]
    assert "prompt" not in there
    assert there["redirect_uri"] == ["http://testserver/accounts/sso/back/"]
    assert there["code_challenge_method"] == ["S256"]
    answer = client.get(BACK, agreed(str(client.post(BUTTON + asked)["Location"]), officer_at(sso, desk)))
    assert answer["Location"] == "/desk/"


def test_ones_own_factor_is_asked_after_the_provider_too(desk: Desk, sso: str, browser_of: Any) -> None:
    secret = totp_for(desk.user("officer"))
    client = browser_of()
    assert through(client, sso, officer_at(sso, desk))["Location"] == "/accounts/second/authenticate/"
    assert not is_in(client)
    client.post("/accounts/second/authenticate/", {"code": code_now(secret)})
    assert is_in(client)


@pytest.mark.attack("colleague", "comes by the provider past the second factor the unit asks for", found="held")
@pytest.mark.parametrize(
    ("provider_asks", "amr", "opens"),
    [(False, None, False), (False, ["pwd", "otp"], False), (True, None, True), (True, ["pwd", "otp"], True),
     (True, ["pwd"], False)],
)  # fmt: skip
def test_the_provider_counts_only_where_the_unit_says_so(
    desk: Desk, sso: str, browser_of: Any, provider_asks: bool, amr: Any, opens: bool
) -> None:
    acts.set_sign_in(
        unit=desk.plant, roles=[Role.OFFICER], provider_asks=provider_asks, version=0, by=desk.as_("security"), at=NOW
    )
    assert needs_factor(desk.as_("officer"), by_provider=False)
    client = browser_of()
    known = knows(sso, "sub-asked", preferred_username=desk.user("officer").username, **({"amr": amr} if amr else {}))
    through(client, sso, known)
    assert is_in(client) is opens
    by_password = browser_of()
    by_password.post(LOGIN, {"login": desk.user("officer").username, "password": "huying-test-1"})
    assert not is_in(by_password)


def test_somebody_who_says_no_is_told_so(desk: Desk, sso: str, browser_of: Any) -> None:
    client = browser_of()
    there = begun(client)
    answer = requests.post(there, data={"action": "deny"}, allow_redirects=False, timeout=5)
    query = {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}
    state = parse_qs(urlsplit(there).query)["state"][0]
    said = client.get(BACK, {"state": state, **query})
    assert "所以没有登录" in said.content.decode()


def test_a_provider_that_cannot_be_reached_says_so(desk: Desk, sso: str, settings: Any, browser_of: Any) -> None:
    settings.HUYING_OIDC = {**settings.HUYING_OIDC, "issuer": "http://127.0.0.1:9"}
    answer = browser_of().post(BUTTON)
    assert "现在连不上" in answer.content.decode()
