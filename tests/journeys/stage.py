"""Where a journey plays: pages opened for people at phones and desks, each looked at with axe."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from huying.org.models import Post
from tests.databases import run_folder
from tests.factories.world import World
from tests.journeys import pictures

AXE = "/axe/axe.min.js"  # as ``live_server`` has it
# What of a page the width decides: the rest is the same text in the same order with the same roles.
LAYOUT = ("color-contrast", "scrollable-region-focusable", "link-in-text-block", "region")
# All that axe goes by: elements with classes, roles, states and links between them, and whether there is text; not which
# words, and not how many rows of a kind follow each other.  What it has found nothing on in this run it is not asked again.
SHAPE = """() => {
    const said = /^(href|src|action|value|content|name|alt|title|placeholder|aria-label|datetime|max|min)$/;
    const plain = text => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "0").replace(/[0-9]+/g, "0");
    const of = element => {
        const own = [...element.attributes].map(
            a => a.name + "=" + (said.test(a.name) && a.value[0] !== "#" ? a.value !== "" : plain(a.value)));
        const parts = [...element.childNodes].map(
            node => node.nodeType === 1 ? of(node) : node.nodeType === 3 && node.data.trim() ? "t" : "");
        const kept = parts.filter((part, at) => part !== "" && part !== parts[at - 1] && part !== parts[at - 2]);
        return "<" + element.localName + " " + own.sort().join(" ") + ">" + kept.join("") + ">";
    };
    const twice = [...document.querySelectorAll("[id]")].filter((e, at, all) => all.findIndex(o => o.id === e.id) < at);
    return [of(document.documentElement) + twice.map(e => e.id), document.documentElement.scrollWidth - window.innerWidth];
}"""
PATIENCE = 30_000  # milliseconds a browser on a busy machine may take; nobody waits where the page is there
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1440, "height": 900}


class Stage:
    """Where a journey plays: opens pages for people, and looks at each with axe."""

    def __init__(self, world: World, url: str, browser: Browser, clock: Any) -> None:
        self.world, self.url, self.browser, self.clock = world, url, browser, clock
        self.contexts: list[BrowserContext] = []
        self.wrong: list[str] = []

    def worker(self) -> Page:
        """A worker with a cheap phone, without an account."""
        return self._page(PHONE)

    def at_desk(self) -> Page:
        """Somebody at a desk who has not signed in."""
        return self._page(DESK)

    def staff(self, name: str, *, phone: bool = False, scripts: bool = True) -> Page:
        """Somebody of the world, signed in."""
        page = self._page(PHONE if phone else DESK, scripts=scripts)
        page.context.add_cookies(self.signed_in(name))
        return page

    def signed_in(self, name: str) -> Any:
        """The cookie of somebody who signs in now, for a page whose session ended while days passed."""
        return [{"name": settings.SESSION_COOKIE_NAME, "value": session_of(self.world.posts[name]), "url": self.url}]

    def _page(self, size: Any, *, scripts: bool = True) -> Page:
        context = self.browser.new_context(
            viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai", bypass_csp=True, reduced_motion="reduce",
            java_script_enabled=scripts,
        )  # fmt: skip
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        self.watch(page)
        return page

    def watch(self, page: Page) -> None:
        """Write down what must not happen on any page; the story fails at its end.  (Raised here, in the browser's own events,
        it would end the connection to the browser and every story after this one.)"""
        page.on("pageerror", lambda error: self.wrong.append(f"script error at {page.url}: {error}"))
        page.on("request", lambda asked: self._stays_here(asked.url))

    def _stays_here(self, address: str) -> None:
        """No page asks anybody but this server."""
        if not address.startswith((self.url, "data:", "blob:", "about:")):
            self.wrong.append(f"a page asked {address}")

    def later(self, **how_much: int) -> None:
        """Days pass.  Everybody signs in anew afterwards."""
        self.world.now += timedelta(**how_much)
        self.clock.move_to(self.world.now, tick=True)

    def go(self, page: Page, path: str) -> Page:
        """Open a path and look at it."""
        page.goto(self.url + path)
        look(page)
        return page

    def shot(self, page: Page, name: str, **how: Any) -> None:
        """A picture for the manual, when ``make manual`` asks for them; see ``pictures.take``."""
        if pictures.WANTED:
            pictures.take(page, name, **how)

    def close(self) -> None:
        """Everybody goes home."""
        for context in self.contexts:
            context.close()
        assert not self.wrong, "\n".join(self.wrong)


def session_of(post: Post) -> str:
    """A session cookie of the person in a post."""
    client = Client()
    client.force_login(post.person.user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def look(page: Page, rules: Sequence[str] = ()) -> None:
    """Nothing that axe finds by these rules (by all when none is named), and nothing wider than the screen."""
    for left in reversed(range(5)):
        page.wait_for_load_state()
        try:
            said, wide = _found(page, rules)
            break
        except PlaywrightError as error:  # a click, or a link that leads on by itself, was still on its way
            if not left or "context was destroyed" not in str(error):
                raise
    assert not said, f"{page.url}\n" + "\n".join(said)
    assert wide <= 1, f"{page.url} is {wide} px wider than the screen"


def seen(page: Page, path: str, first: Any, second: Any, *, whole: bool) -> list[str]:
    """What is wrong with a page at two sizes: everything axe knows at the first; at the second what the width decides, or
    for the ``whole`` frame, whose parts take turns by width, everything again."""
    wrong = []
    for size, rules in ((first, ()), (second, () if whole else LAYOUT)):
        page.set_viewport_size(size)
        try:
            look(page, rules)
        except AssertionError as error:
            wrong.append(f"{size['width']} px {path}: {error}")
    return wrong


def _found(page: Page, rules: Sequence[str]) -> tuple[list[str], int]:
    """What axe says in a line each, and by how much the page is wider than the screen."""
    shape, wide = page.evaluate(SHAPE)
    asked = f"{page.viewport_size} {rules} {shape}"
    known = run_folder() / "looked" / hashlib.sha256(asked.encode()).hexdigest()
    if known.exists():
        return [], wide
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.add_script_tag(url=AXE)
    options = {"resultTypes": ["violations"], "preload": False, **({"runOnly": list(rules)} if rules else {})}
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    said = [f"{v['id']}: {v['help']} {[n['html'][:120] for n in v['nodes'][:3]]}" for v in found]
    if not said:
        known.parent.mkdir(exist_ok=True)
        known.touch()
    return said, wide
