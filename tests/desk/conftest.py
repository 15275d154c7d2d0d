"""What the tests of the desk's pages share: a clock that stands still, and signing in by role."""

from __future__ import annotations

import pytest
import time_machine


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    """The pages read the clock at the edge; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def sign_in(client, world, now):
    """Signs the test's one browser in under a role."""
    with time_machine.travel(now, tick=False):

        def enter(role):
            client.force_login(world.posts[role].person.user)
            return client

        yield enter
