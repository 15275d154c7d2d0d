"""Browsers and pages, as the tests of the desk use them."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from tests.factories.world import World
from tests.kernel.rendering import Page


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
