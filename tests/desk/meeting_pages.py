"""Getting a meeting ready as the tests of its pages do it: addresses, forms, the one red button."""

from __future__ import annotations

import re
from itertools import count

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from huying.cases.rules import Concerns
from tests.desk.browser import as_, page
from tests.factories import consultation as make
from tests.factories.world import accepted, voice

_keys = count(1)


def url(name: str, /, *args, **query) -> str:
    tail = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    return reverse(f"desk:{name}", args=args) + tail


def send(world, name: str, /, *args, by: str = "officer", status: int = 302, query: dict | None = None, **typed):
    """Send a form as its page would."""
    answer = as_(world, by).post(url(name, *args, **(query or {})), {"once": f"{next(_keys):032d}", **typed})
    assert answer.status_code == status, answer.content.decode()[:6000]
    return answer


def hub(world, meeting, by: str = "officer", status: int = 200) -> str:
    return page(as_(world, by).get(url("meeting", meeting.pk)), status)


def new(world, **given):
    """What the form of a new meeting carries."""
    return {
        "kind": "consultation", "starts_at": "2026-11-27T14:30", "place": "三楼会议室", "chair": str(world.posts["chair"].pk),
        **given,
    }  # fmt: skip


def topic_naming_the_chair(world):
    case = accepted(world, voice(), concerns=Concerns(chair=True))
    return make.ready(world, case, title="工会主席的车")


def statements(world, address: str, by: str = "officer") -> int:
    """How often a page asks the database, the second time it is opened."""
    client = as_(world, by)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def version(meeting) -> int:
    meeting.refresh_from_db()
    return meeting.version


def main(html: str) -> str:
    """The one red button of the bar."""
    bar = html[html.index('class="hy-bar"') :]
    found = re.findall(r'class="btn btn-primary"[^>]*>(?:<svg.*?</svg>)?([^<]+)', bar[: bar.index("</div></div>")])
    assert len(found) == 1, found
    return found[0]
