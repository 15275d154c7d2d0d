"""People who sign in: with a password, a second factor, or through the single sign-on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.test import Client

from tests.conftest import NOW

if TYPE_CHECKING:  # rooms are loaded only after the settings are prepared, later than this file
    from tests.accounts.people import Desk


@pytest.fixture
def clock() -> Iterator[Any]:
    """Time stands still at the tests' moment until it is moved."""
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def desk(db: None, clock: Any) -> Desk:
    """A plant below a county; an officer, a chair and both units' security administrators."""
    from tests.accounts.people import a_desk

    return a_desk()


@pytest.fixture
def browser_of() -> Any:
    """A fresh browser, told apart by the address it comes from."""

    def fresh(
        address: str = "10.1.2.3", agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/130", **more: Any
    ) -> Client:
        return Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent, raise_request_exception=False, **more)

    return fresh
