"""Headers and cookies of an installation behind https, and of pages that are not in the matrix."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.accounts.people import Desk
from tests.matrix.headers import POLICY, header_fault

ASKS = """
import json
from huying.site import settings as s
print(json.dumps({name: getattr(s, name, None) for name in (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "CONTENT_SECURITY_POLICY", "SOCIALACCOUNT_STORE_TOKENS")}))
"""


def read(**environment: str) -> dict[str, Any]:
    """The settings as an installation with these variables reads them."""
    given = {key: value for key, value in os.environ.items() if not key.startswith("HUYING_OIDC")}
    done = subprocess.run(
        [sys.executable, "-c", ASKS], env={**given, **environment}, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.attack("outsider", "plants a cookie from another host of the same domain", found="mended: cookies had plain names; "
                    "behind https they are bound to the host by their name now")  # fmt: skip
def test_cookies_behind_https_are_bound_to_the_host() -> None:
    said = read(HUYING_BASE_URL="https://gonghui.example", HUYING_OIDC_ISSUER="https://sso.example")
    assert (said["SESSION_COOKIE_NAME"], said["CSRF_COOKIE_NAME"]) == ("__Host-huying", "__Host-csrf")
    assert said["SESSION_COOKIE_SECURE"]
    assert said["CSRF_COOKIE_SECURE"]
    assert said["SESSION_COOKIE_HTTPONLY"]
    assert said["SECURE_HSTS_SECONDS"] >= 31_536_000
    directives = said["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives["form-action"] == ["'self'", "https://sso.example"]
    assert not any("unsafe" in value or value == "*" for values in directives.values() for value in values)


def test_without_https_no_cookie_promises_it() -> None:
    said = read(HUYING_BASE_URL="http://127.0.0.1:8000")
    assert said["SESSION_COOKIE_NAME"] is None
    assert said["SECURE_HSTS_SECONDS"] == 0
    assert said["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"] == ["'self'"]


@pytest.mark.parametrize(
    "address", ["/accounts/nowhere/", "/desk/nowhere/", "/metrics", "/puzzle/?form=say", "/u/nowhere/"]
)
def test_pages_that_are_not_there_carry_the_headers_too(desk: Desk, browser_of: Any, address: str) -> None:
    assert header_fault(browser_of().get(address)) == ""
    assert "'unsafe" not in str(POLICY)
