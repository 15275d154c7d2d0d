"""Browsers and pages, as the tests of the desk use them."""

from __future__ import annotations

import re
from itertools import count

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.factories.world import World
from tests.kernel.rendering import Page

STAFF = (
    "officer", "chair", "upper", "handler", "head", "manager", "liaison", "delegate", "foreign", "system", "security",
    "audit",
)  # fmt: skip
_keys = count(1)


def as_(world: World, name: str) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(world.posts[name].person.user)
    return client


def page(response: HttpResponse, status: int = 200) -> str:
    """A page that was answered, read strictly."""
    html = response.content.decode()
    assert response.status_code == status, html[:2000]
    assert Page(html).faults == [], Page(html).faults
    return html


def address(case, *parts) -> str:
    """The address of an act."""
    return reverse("desk:case_act" if len(parts) == 1 else "desk:case_act_of", args=[case.pk, *parts])


def do(world, case, *parts, by="officer", status=302, **typed):
    """Open the page of an act, fill it in as typed, send it."""
    client = as_(world, by)
    shown = client.get(address(case, *parts))
    assert shown.status_code == 200, shown.content.decode()[-2000:]
    version = re.search(r'name="version" value="(\d+)"', shown.content.decode())
    answer = client.post(
        address(case, *parts), {"once": f"{next(_keys):032d}", "version": version[1] if version else "", **typed}
    )
    assert answer.status_code == status, answer.content.decode()[-3000:]
    case.refresh_from_db()
    return answer


def post(world, name):
    """A post's id as a form sends it."""
    return str(world.posts[name].pk)
