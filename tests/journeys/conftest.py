"""A real browser (Debian's Chromium or what HUYING_CHROMIUM names) against a live server, with axe at hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from huying.org.models import Post
from tests.factories.world import World, make_world

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def stage(transactional_db: None, live_server: Any, now: Any, browser: Browser) -> Iterator[Stage]:
    """The small world on a live server, with people at phones and desks."""
    found = Stage(make_world(now), live_server.url, browser)
    yield found
    found.close()


class Stage:
    """Where a journey plays: opens pages for people, and looks at each with axe."""

    def __init__(self, world: World, url: str, browser: Browser) -> None:
        self.world, self.url, self.browser = world, url, browser
        self.contexts: list[BrowserContext] = []

    def worker(self) -> Page:
        """A worker with a cheap phone, without an account."""
        return self._page(PHONE)

    def staff(self, name: str, *, phone: bool = False) -> Page:
        """Somebody of the world, signed in."""
        page = self._page(PHONE if phone else DESK)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(self.world.posts[name]), "url": self.url}]
        )
        return page

    def _page(self, size: Any) -> Page:
        context = self.browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", bypass_csp=True)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
        return page

    def go(self, page: Page, path: str) -> Page:
        """Open a path and look at it."""
        page.goto(self.url + path)
        look(page)
        return page

    def close(self) -> None:
        """Everybody goes home."""
        for context in self.contexts:
            context.close()


def session_of(post: Post) -> str:
    """A session cookie of the person in a post."""
    client = Client()
    client.force_login(post.person.user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def look(page: Page) -> None:
    """axe finds nothing, and nothing is wider than the screen."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    said = [f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]
    assert not said, f"{page.url}\n" + "\n".join(said)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, f"{page.url} is {wide} px wider than the screen"


@pytest.fixture
def looked() -> Callable[[Page], None]:
    """``look`` for stories that navigate by clicking."""
    return look
