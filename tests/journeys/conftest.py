"""A real browser (Debian's Chromium or what HUYING_CHROMIUM names) against a live server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

if TYPE_CHECKING:  # rooms are loaded only after the settings are prepared, later than this file
    from playwright.sync_api import Browser

    from tests.journeys.county import CountyStage
    from tests.journeys.stage import Stage

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# The shell is the same engine without the windows of a desktop, which cost as much as the pages.
YEARS = 10 * 365 * 24 * 3600  # the tests travel in time, the browser does not
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """A browser of this machine."""
    given = os.environ.get("HUYING_CHROMIUM")
    return given or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import expect, sync_playwright

    from tests.journeys.stage import PATIENCE

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[Any]:
    """The site in a thread.  The files of the design come the way they do in an installation, and a browser asks for each
    once: Django's own way looks for every file on every page.  Beside them lies axe, which a browser reads once as well."""
    from django.conf import settings
    from pytest_django.live_server_helper import LiveServer
    from whitenoise import WhiteNoise

    def with_axe(application: Any) -> WhiteNoise:
        return WhiteNoise(application, root=str(Path(__file__).parent / "vendor"), prefix="axe/", max_age=YEARS)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.contrib.staticfiles.handlers.StaticFilesHandler", with_axe)
        patch.setattr(settings, "WHITENOISE_MAX_AGE", YEARS, raising=False)
        server = LiveServer("localhost")
        yield server
        server.stop()


@pytest.fixture
def stage(transactional_db: None, live_server: Any, now: Any, browser: Browser) -> Iterator[Stage]:
    """The small world on a live server, with people at phones and desks.  The story begins at ``now`` and time goes on."""
    from tests.factories.world import make_world

    yield from _staged(make_world, live_server, now, browser)


@pytest.fixture(scope="module")
def walked(
    stand: Any, django_db_setup: Any, django_db_blocker: Any, live_server: Any, browser: Browser
) -> Iterator[Stage]:
    """One small world for all walks of a module: they look at pages and change nothing on them.  Such a module says so with a
    ``_django_db_helper`` of its own; afterwards the fresh database comes back."""
    from tests.conftest import NOW
    from tests.factories.world import make_world

    stand(world=False)
    with django_db_blocker.unblock():
        yield from _staged(make_world, live_server, NOW, browser)
        django_db_setup()


@pytest.fixture
def group_stage(transactional_db: None, live_server: Any, now: Any, browser: Browser) -> Iterator[Stage]:
    """The same with a group enterprise below a city."""
    from tests.factories.group import make_group_world

    yield from _staged(make_group_world, live_server, now, browser)


@pytest.fixture
def empty_stage(transactional_db: None, live_server: Any, now: Any, browser: Browser) -> Iterator[Stage]:
    """A live server before anybody founded a union."""
    from types import SimpleNamespace

    yield from _staged(lambda at: SimpleNamespace(now=at), live_server, now, browser)


def _staged(make: Any, live_server: Any, now: Any, browser: Browser) -> Iterator[Stage]:
    from tests.journeys.stage import Stage

    with time_machine.travel(now, tick=True) as clock:
        found = Stage(make(now), live_server.url, browser, clock)
        yield found
        found.close()


@pytest.fixture
def county(county_kept: Any, transactional_db: None, live_server: Any, browser: Browser) -> Iterator[CountyStage]:
    """The demo county on a live server on a Friday, its worker running, with its people at phones and desks."""
    from huying.kernel.models import Beat
    from tests.journeys.county import MOMENT, CountyStage, Posts

    county_kept()
    Beat.objects.create(worker="county", started_at=MOMENT, at=MOMENT + timedelta(hours=1))
    with time_machine.travel(MOMENT, tick=True) as clock:
        found = CountyStage(Posts(MOMENT), live_server.url, browser, clock)
        yield found
        found.close()
