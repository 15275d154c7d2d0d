"""The puzzle of public forms: solved it lets one come more often, unsolved everything works at the slower pace."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import Any

import pytest
from django.core import signing

from huying.public.views import _pace, _work
from tests.accounts.people import Desk
from tests.conftest import NOW

WRONG = "1234567890123456"


@pytest.fixture(autouse=True)
def _easy(settings: Any) -> None:
    """Puzzles a test can solve at once."""
    settings.HUYING_WORK_BITS = 3


def puzzle(client: Any, form: str = "receipt") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/puzzle/?form={form}").json()
    return found


def solution(given: dict[str, Any]) -> str:
    """What the browser's worker finds."""
    seed = hashlib.sha256(given["puzzle"].encode()).digest()
    numbers = [next(n for n in count() if _work.solves(seed, part, n, given["bits"])) for part in range(given["parts"])]
    return given["puzzle"] + "|" + ",".join(str(number) for number in numbers)


def tried(client: Any, work: str = "") -> int:
    status: int = client.post("/my/", {"receipt": WRONG, "work": work}).status_code
    return status


def test_a_solved_puzzle_lets_one_try_more_often(desk: Desk, browser_of: Any) -> None:
    client = browser_of()
    for _ in range(_pace.TRYING.most):
        assert tried(client) == 422
    assert tried(client) == 429
    assert tried(client, solution(puzzle(client))) == 422
    for _ in range(_pace.TRYING.proven - _pace.TRYING.most - 1):
        assert tried(client, solution(puzzle(client))) == 422
    assert tried(client, solution(puzzle(client))) == 429


@pytest.mark.attack("outsider", "guesses receipts under ever other names of the browser", found="mended: tries were counted by "
                    "address and browser name only; who solves no puzzle is counted by the address as well")  # fmt: skip
def test_another_browser_name_gives_no_new_tries(desk: Desk, browser_of: Any) -> None:
    said = [tried(browser_of(agent=f"Agent {number}")) for number in range(_pace.TRYING.address + 1)]
    assert said == [422] * _pace.TRYING.address + [429]
    assert tried(browser_of("10.8.8.8", agent="Agent 1")) == 422


BAD = ["", "x", "other form", "stale", "changed", "too few", "wrong numbers", "huge numbers"]


@pytest.mark.attack("outsider", "sends a proof made for another form, an old, changed or invented one", found="held")
@pytest.mark.parametrize("how", BAD)
def test_what_proves_nothing(desk: Desk, browser_of: Any, clock: Any, how: str) -> None:
    client = browser_of()
    given = puzzle(client, "say" if how == "other form" else "receipt")
    work = solution(given)
    made, _, numbers = work.partition("|")
    if how == "stale":
        clock.shift(_work.LIVES + 1)
    sent = {
        "": "",
        "x": "x|" + numbers,
        "changed": signing.dumps({"form": "receipt", "bits": 0, "no": "1"}, key="mine", salt=_work.SALT)
        + "|"
        + numbers,
        "too few": made + "|0",
        "wrong numbers": made + "|" + ",".join("123456789" for _ in range(_work.PARTS)),
        "huge numbers": made + "|" + ",".join(str(2**70) for _ in range(_work.PARTS)),
    }.get(how, work)
    asked = _asked(sent)
    assert not _work.proven(asked, "receipt")
    assert _work.proven(_asked(solution(puzzle(client))), "receipt")


def _asked(work: str) -> Any:
    from tests.accounts.people import request_from

    asked = request_from("10.1.2.3")
    asked.POST = {"work": work}
    asked.now = NOW
    return asked


@pytest.mark.attack("outsider", "sends one solved puzzle again and again", found="held")
def test_a_puzzle_opens_once(desk: Desk, browser_of: Any) -> None:
    work = solution(puzzle(browser_of()))
    assert [_work.proven(_asked(work), "receipt") for _ in range(3)] == [True, False, False]


def test_puzzles_grow_with_how_many_are_asked_for(desk: Desk, browser_of: Any, clock: Any, settings: Any) -> None:
    client = browser_of()
    bits = [puzzle(client)["bits"] - 3 for _ in range(600)]
    assert bits[: _work.CALM - 1] == [0] * (_work.CALM - 1)
    assert sorted(bits) == bits
    assert bits[-1] == _work.HARDEST
    assert puzzle(browser_of("10.8.8.8"))["bits"] == 3
    clock.shift(_work.SPAN)
    assert puzzle(client)["bits"] == 3


def test_there_are_puzzles_for_the_public_forms_only(db: None, browser_of: Any) -> None:
    assert browser_of().get("/puzzle/?form=desk").status_code == 404
    assert browser_of().post("/puzzle/?form=say").status_code == 405


def test_the_forms_ask_for_their_puzzle(db: None, browser_of: Any) -> None:
    for address, form in (("/", "say"), ("/my/", "receipt")):
        page = browser_of().get(address).content.decode()
        assert f'data-work="{form}"' in page
        assert "public/work.js" in page
