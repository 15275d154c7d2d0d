"""Forbidden and missing cannot be told apart: not by the page, not by its headers, not by how long it takes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.matrix.scene import CANARY, Scene

pytestmark = pytest.mark.django_db
TRIES, SLACK = 11, 2.5  # medians within one run; generous, because the machine does other things
ROUNDS = 4  # a difference that is there shows every time; one that comes from other work does not
NONCE = re.compile(rb'(name="(?:csrfmiddlewaretoken|once)" value="[^"]*"|own-[0-9a-z]{6})')
# Everything that is opened by an id: what it is, and the id of one that this person may not know of.
KINDS: dict[str, Callable[[Scene], tuple[str, list[Any]]]] = {
    "dossier": lambda s: ("desk:case", [s.case("other", "accepted").pk]),
    "dossier of a hidden case": lambda s: ("desk:case", [s.case("hidden", "accepted").pk]),
    "flow": lambda s: ("desk:case_flow", [s.case("other", "told").pk]),
    "form of a case": lambda s: ("desk:case_paper", [s.case("hidden", "told").pk, "form1", "pdf"]),
    "act on a case": lambda s: ("desk:case_act", [s.case("hidden", "accepted").pk, "assign"]),
    "released file": lambda s: ("desk:file", [s.released("hidden").pk]),
    "original file": lambda s: ("desk:file", [s.original("other").pk]),
    "item": lambda s: ("desk:item", [s.item("other").pk]),
    "form of an item": lambda s: ("desk:item_paper", [s.item("other").pk, "form1", "docx"]),
    "file of an item": lambda s: ("desk:item_file", [s.proof("other").pk]),
    "export": lambda s: ("desk:ledger_export", [s.export().pk]),
    "workbook": lambda s: ("desk:ledger_export_file", [s.export().pk]),
    "sheet brought in": lambda s: ("desk:import_file", [s.sheet().pk]),
    "topic": lambda s: ("desk:topic", [s.topic("other").pk]),
    "meeting": lambda s: ("desk:meeting", [s.meeting("other").pk]),
    "unit": lambda s: ("desk:org-unit", [s.unit("beside").pk]),
    "person": lambda s: ("desk:org-person", [s.member("beside").person_id]),
}
# Who asks: nobody here may know of the thing; ``chair`` is the one a hidden case is about.
ASKS = {"export": "second", "workbook": "second", "sheet brought in": "second", "unit": "system", "person": "system"}


@pytest.fixture
def _django_db_helper(scene: Scene) -> None:
    """Instead of pytest-django's own: all share the world's transaction."""


def browser(scene: Scene, name: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(scene.world.posts[name].person.user)
    return client


def told(answer: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Everything of an answer but its nonces."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "X-Request-ID")
    return answer.status_code, NONCE.sub(b"", answer.content), headers


def spent(client: Client, address: str, method: str) -> tuple[float, int]:
    """The shortest half's middle of some tries, and how many questions the database was asked."""
    times = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        client.generic(method, address)
        times.append(time.perf_counter() - begun)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.generic(method, address)
    return median(sorted(times)[: TRIES // 2 + 1]), len(queries)


def takes_as_long(client: Client, one: str, other: str) -> bool:
    """Whether two addresses take the same time, in one of a few rounds; ``AssertionError`` when the database is asked more."""
    for _ in range(ROUNDS):
        mine, none = spent(client, one, "GET"), spent(client, other, "GET")
        assert abs(mine[1] - none[1]) <= 2, "one is looked at longer than the other"
        if max(mine[0], none[0]) / min(mine[0], none[0]) < SLACK:
            return True
    return False


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.attack(
    "colleague", "opens things of every kind by their ids and compares page, headers and time with those of ids that are not there",
    found="held",
)  # fmt: skip
def test_what_is_not_mine_looks_and_takes_as_what_is_not_there(kind: str, scene: Scene) -> None:
    name, args = KINDS[kind](scene)
    client = browser(scene, ASKS.get(kind, "chair"))
    forbidden, missing = reverse(name, args=args), reverse(name, args=[uuid4(), *args[1:]])
    for method in ("GET", "POST"):
        first, second = client.generic(method, forbidden), client.generic(method, missing)
        assert first.status_code == 404 or (method == "POST" and first.status_code == 405), first.status_code
        assert told(first) == told(second)
    assert takes_as_long(client, forbidden, missing)


@pytest.mark.attack(
    "chair", "searches for words of a hidden case and measures how long the empty answer takes", found="held"
)
def test_search_says_and_takes_the_same_whether_a_hidden_case_has_the_words(scene: Scene) -> None:
    scene.case("hidden", "accepted")
    client = browser(scene, "chair")
    scene.made.pop(("logistics", "accepted"), None)
    hidden, nowhere = (f"{reverse('desk:search')}?q={word}" for word in (CANARY, "鹦鹉螺"))
    one, other = client.get(hidden), client.get(nowhere)
    strip = lambda answer, word: NONCE.sub(b"", answer.content).replace(word.encode(), b"")  # noqa: E731
    assert strip(one, CANARY) == strip(other, "鹦鹉螺")
    assert takes_as_long(client, hidden, nowhere)


@pytest.mark.attack(
    "colleague", "looks up a colleague's phone number while registering and reads off whether that person ever spoke under seal",
    found="held",
)  # fmt: skip
def test_looking_up_a_number_tells_nothing_of_sealed_matters(scene: Scene) -> None:
    from tests.factories import world as make

    make.accepted(scene.world, make.voice(secrecy="sealed", name="田雨", phone="13911110000"))
    client, address = browser(scene, "second"), reverse("desk:register-earlier")
    answers = [client.post(address, {"once": uuid4().hex, "phone": phone}) for phone in ("13911110000", "13911119999")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({NONCE.sub(b"", answer.content) for answer in answers}) == 1


@pytest.mark.attack(
    "outsider", "tries receipts and compares page and time of a nearly right one with a wild guess", found="held"
)
def test_a_wrong_receipt_is_like_any_other(scene: Scene) -> None:
    from tests.factories import world as make

    cache.clear()  # what other tests tried is nothing to these two
    voice = make.voice(
        secrecy="anonymous", receipt="8106550248061234"
    )  # far from the numbers other tests hand out in turn
    make.said(scene.world, voice)
    near = voice.receipt[:-1] + "5"
    pages = []
    for number, digits in enumerate((near, "7" * 16)):
        answer = Client(REMOTE_ADDR=f"10.9.9.{number}").post(reverse("public:my"), {"receipt": digits})
        pages.append((answer.status_code, NONCE.sub(b"", answer.content).replace(digits.encode(), b"")))
    assert pages[0][0] == 422
    strip = [re.sub(rb"value=\"[\d ]*\"", b"", page[1]) for page in pages]
    assert strip[0] == strip[1]
