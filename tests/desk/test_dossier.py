"""The dossier: what stands on it for whom, and that what is sealed stays sealed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from huying.trail.models import Reading
from tests.factories import world as make

CANARY = "金丝雀原话"
NAME = "刘春华"


@pytest.fixture(autouse=True)
def _moment(time_machine_at_now):
    """Pages read the clock at the edge; here it stands still."""


@pytest.fixture
def time_machine_at_now(now):
    import time_machine

    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def as_(client, world):
    """A browser in which somebody has signed in."""

    def sign_in(name):
        client.force_login(world.posts[name].person.user)
        return client

    return sign_in


def page_of(client, case, **query):
    return client.get(reverse("desk:case", args=[case.pk]), query)


def sealed(world, **given):
    return make.said(world, make.voice(words=f"{CANARY}，电话13800002222"), **given)


def test_states(world, as_):
    case = sealed(world)
    answer = page_of(as_("officer"), case)
    assert answer.status_code == 200
