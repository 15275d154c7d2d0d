"""The rows of accounts: who resets, unlocks, signs out; who says what a unit asks of those who sign in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from huying.kernel.ids import random_id
from huying.org.models import User
from tests.conftest import NOW
from tests.factories.org import make_person
from tests.matrix.scene import Scene
from tests.matrix.table import Roles, Row

SECURITY: Roles = {"plant": {"security"}, "beside": set()}
MADE: dict[str, Any] = {}


def _person(scene: Scene, place: str) -> list[Any]:
    """Somebody who has a second factor and is signed in somewhere."""
    if place not in MADE or not User.objects.filter(person=MADE[place]).exists():
        person = MADE[place] = make_person(scene.unit(place), "有密钥")
        Authenticator.objects.create(user=person.user, type=Authenticator.Type.TOTP, data={"secret": ""})
        key = random_id().hex
        Session.objects.create(session_key=key, session_data="", expire_date=NOW.replace(hour=23))
        UserSession.objects.create(user=person.user, session_key=key, ip="fd00::1", user_agent="")
    return [MADE[place].pk]


def _unit(scene: Scene, place: str) -> list[Any]:
    return [scene.unit(place).pk]


ACCOUNT_ACTS = (
    Row("desk:org-account-factor", SECURITY, _person, alone=405, post=lambda s, p: {}),
    Row("desk:org-account-sign-out", SECURITY, _person, alone=405, post=lambda s, p: {}),
    Row("desk:org-account-unlock", SECURITY, _person, alone=405, post=lambda s, p: {}, refused=SECURITY),
    Row("desk:org-sign-in", SECURITY, _unit, post=lambda s, p: {"roles": ["officer"], "version": "0"}),
)
