"""A browser on a phone, and the few things every story of a worker needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huying.privacy.rules import CONSENT_VERSION

ONCE = "form-key-of-one-submission-0001"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch, now: Any) -> Iterator[Any]:
    """The moment at the edge: ``clock(later)`` moves it."""
    moment = [now]
    monkeypatch.setattr(timezone, "now", lambda: moment[0])

    def move(at: Any) -> None:
        moment[0] = at

    return move


@pytest.fixture
def phone() -> Client:
    """A browser that checks the guard against forged forms as little as the test client does."""
    return Client()


class Worker:
    """Somebody with a phone."""

    def __init__(self, client: Client, world: Any) -> None:
        self.client = client
        self.world = world

    def say(self, *, place: Any = None, once: str = ONCE, **given: Any) -> Any:
        """Send the page; returns the answer."""
        body = {
            "words": "夜班的末班车提前了，下班赶不上。",
            "secrecy": "sealed",
            "agreed": "on",
            "consent": CONSENT_VERSION,
            "once": once,
            **given,
        }
        body = {name: value for name, value in body.items() if value is not None}
        code = (place or self.world.shop).code
        return self.client.post(f"/u/{code}/", body)

    def receipts(self) -> list[str]:
        """The digits on the receipt page."""
        page = self.client.get("/receipt/").content.decode()
        return [found.replace(" ", "") for found in re.findall(r"(?:\d{4} ){3}\d{4}", page)]

    def come_back(self, receipt: str) -> Any:
        """Enter sixteen digits and read."""
        return self.client.post("/my/", {"receipt": receipt}, follow=True)

    def page(self) -> str:
        """The own page."""
        return self.client.get("/my/case/").content.decode()

    def send(self, what: str, *, once: str = ONCE + "-b", **given: Any) -> Any:
        """A form of the own page about the first case."""
        case = re.search(r'name="case" value="([0-9a-f-]{36})"', self.page())
        return self.client.post(f"/my/{what}/", {"case": case.group(1) if case else "", "once": once, **given})


@pytest.fixture
def worker(phone: Client, world: Any) -> Worker:
    """Somebody of the foundry with a phone."""
    return Worker(phone, world)


@pytest.fixture
def another(world: Any) -> Worker:
    """Somebody else with another phone."""
    return Worker(Client(), world)
