"""The world these tests act in, and what people do at the sign-in page."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.test.client import RequestFactory

from huying.org.models import Level, Post, Role, Unit, User
from huying.org.reads import acting_as
from huying.org.rules import Member
from tests.factories.org import TODAY, make_person, make_post, make_unit

PASSWORD = "huying-test-1"
LOGIN = "/accounts/login/"


@dataclass
class Desk:
    """Units and posts; ``user("officer")`` is the account, ``as_("security")`` the actor."""

    county: Unit
    plant: Unit
    posts: dict[str, Post]

    def user(self, name: str) -> User:
        return User.objects.select_related("person__unit").get(person=self.posts[name].person)

    def as_(self, name: str) -> Member:
        return acting_as(self.posts[name], TODAY)


def a_desk(since: date = date(2026, 1, 1)) -> Desk:
    county = make_unit("沂河县总工会", level=Level.COUNTY)
    plant = make_unit("山泉机械有限公司工会", under=county)
    posts = {
        "officer": make_post(plant, Role.OFFICER, person=make_person(plant, "李慧敏"), starts_on=since),
        "chair": make_post(plant, Role.CHAIR, person=make_person(plant, "郑卫国"), starts_on=since),
        "security": make_post(plant, Role.SECURITY_ADMIN, person=make_person(plant, "田静"), starts_on=since),
        "system": make_post(plant, Role.SYSTEM_ADMIN, person=make_person(plant, "沈浩"), starts_on=since),
        "audit": make_post(plant, Role.AUDIT_ADMIN, person=make_person(plant, "纪明"), starts_on=since),
        "above": make_post(county, Role.SECURITY_ADMIN, person=make_person(county, "孔立"), starts_on=since),
    }
    return Desk(Unit.objects.get(pk=county.pk), Unit.objects.get(pk=plant.pk), posts)


def sign_in(client: Client, user: User | str, password: str = PASSWORD, **more: Any) -> Any:
    """What the sign-in page answers."""
    name = user if isinstance(user, str) else user.username
    return client.post(LOGIN, {"login": name, "password": password, **more})


def is_in(client: Client) -> bool:
    """Does the desk open?"""
    return bool(client.get("/desk/").status_code == 200)


def confirm(client: Client, password: str = PASSWORD) -> None:
    """Be sure once more, before touching a second factor."""
    answer = client.post("/accounts/reauthenticate/", {"password": password, "next": "/accounts/second/"})
    assert answer.status_code == 302, answer.content.decode()


def totp_for(user: User, secret: str = "") -> str:
    """Give an account an authenticator; its secret."""
    secret = secret or generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def codes_for(user: User) -> list[str]:
    """Give an account recovery codes; the codes."""
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def code_now(secret: str, steps: int = 0) -> str:
    """The six digits an authenticator shows now, or some steps of thirty seconds away."""
    shown: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
    return shown


def secret_on(page: bytes) -> str:
    """The secret an enrolment page shows."""
    found = re.search(r'id="secret">([A-Z2-7]+)<', page.decode())
    assert found
    return found[1]


def factors(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def request_from(address: str, **more: Any) -> Any:
    return RequestFactory().post("/", REMOTE_ADDR=address, **more)
