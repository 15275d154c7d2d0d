"""The demo county as a stage: its people by their names, and days whose main jobs are counted in clicks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from playwright.sync_api import Locator, Page, expect

from huying.org.models import Post, Unit
from huying.site.demo.entrance import receipts
from tests.conftest import AFTERNOON
from tests.journeys.stage import Stage, look

MOMENT = AFTERNOON  # a Friday: what comes today has come
MOST = 3  # clicks from 今日, or from the link of a notice or a code, to the end of a main job


class Posts:
    """Who works in the county, found by name; stands where other stages have their world."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.posts = self

    def __getitem__(self, name: str) -> Post:
        return Post.objects.on(self.now.date()).select_related("person__user").filter(person__name=name)[0]


class CountyStage(Stage):
    """The same, with days to live."""

    def day(self, name: str, *, phone: bool = False) -> Day:
        """Somebody begins with 今日."""
        found = Day(self, self.staff(name, phone=phone))
        found.home()
        return found

    def workers_day(self, path: str) -> Day:
        """A worker without an account opens a link or scans a code."""
        return Day(self, self.go(self.worker(), path))

    @staticmethod
    def code(name: str) -> str:
        """Where the code on a unit's wall leads."""
        return f"/u/{Unit.objects.get(name=name).code}/"

    @staticmethod
    def receipt(what: str) -> str:
        """The link of a matter the demo offers to try, by a word of what is seen there."""
        digits = next(digits for said, digits, _ in receipts() if what in said)
        return "/my/#" + digits.replace(" ", "")

    def on(self, days: int) -> str:
        """A day from now, as a date field takes it."""
        return (self.world.now + timedelta(days=days)).date().isoformat()


class Day:
    """A person at a screen whose clicks are counted."""

    def __init__(self, stage: CountyStage, page: Page) -> None:
        self.stage, self.page = stage, page
        self.clicks = 0

    @property
    def main(self) -> Locator:
        """The page without its frame."""
        return self.page.locator("main")

    def home(self) -> None:
        """Back to 今日."""
        self.stage.go(self.page, "/desk/")

    def click(self, what: str | Locator) -> None:
        """One click on a button or link, by the words it begins with; the page that comes is looked at."""
        self.clicks += 1
        found = self._named(what) if isinstance(what, str) else what
        found.locator("visible=true").first.click()
        look(self.page)

    def _named(self, words: str) -> Locator:
        begins = re.compile("^" + re.escape(words))
        return self.page.get_by_role("button", name=begins).or_(self.page.get_by_role("link", name=begins))

    def row(self, words: str) -> Locator:
        """The button at the end of a row of a list."""
        return self.main.get_by_role("listitem").filter(has_text=words).locator(".hy-row-a").locator("a, button")

    def fill(self, **fields: str) -> None:
        """Write into fields by their names; a choice is made by its value."""
        for name, value in fields.items():
            field = self.main.locator(f"[name={name}]").locator("visible=true")
            kind = field.first.evaluate("field => field.type || field.tagName")
            if kind in ("radio", "checkbox"):
                self.main.locator(f"[name={name}][value='{value}']").check()
            elif kind == "select-one":
                field.first.select_option(value) if value.islower() else field.first.select_option(label=value)
            else:
                field.first.fill(value)

    def shot(self, name: str, **how: int) -> None:
        """A picture for the manual."""
        self.stage.shot(self.page, name, **how)

    def look_at(self, menu: str, name: str, words: str, *, row: str = "") -> None:
        """From 今日 by a line of the menu, then by a link in the list, to a page that says this; with its picture."""
        self.home()
        with self.job(name, within=2 if row else 1):
            self.click(menu)
            if row:
                self.click(self.main.get_by_role("link", name=re.compile(row)))
        expect(self.main).to_contain_text(words)
        self.shot(name)

    @contextmanager
    def job(self, what: str, *, within: int = MOST) -> Iterator[None]:
        """A main job: no more clicks than that, filling in not counted."""
        before = self.clicks
        yield
        taken = self.clicks - before
        assert taken <= within, f"{what} takes {taken} clicks"
