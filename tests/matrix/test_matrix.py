"""Every address × every role × own, lower, upper, foreign and recused objects, from one table (rule 29)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from huying.cases.models import Case
from huying.handling.models import Item
from huying.notices.models import Notice
from huying.trail.models import Entry
from tests.factories.org import make_person
from tests.matrix.accounts import ACCOUNT_ACTS
from tests.matrix.alerts import ALERTS
from tests.matrix.climb import CLIMB
from tests.matrix.consultation import CONSULTATION
from tests.matrix.duties import DUTIES
from tests.matrix.figures import FIGURES
from tests.matrix.headers import header_fault
from tests.matrix.manual import MANUAL
from tests.matrix.oversight import OVERSIGHT
from tests.matrix.personal import PERSONAL
from tests.matrix.promises import PROMISES
from tests.matrix.reception import RECEPTION
from tests.matrix.records import RECORDS
from tests.matrix.scene import Scene
from tests.matrix.setup import SETUP
from tests.matrix.studios import FIELDWORK_STUDIOS
from tests.matrix.surveys import SURVEYS
from tests.matrix.table import ACCOUNT_ARGS, ACCOUNTS, ELSEWHERE, NEEDS_A_FACTOR, OPEN, ROLES, STAFF, Row
from tests.matrix.table import ROWS as TABLE
from tests.matrix.trail import TRAIL

pytestmark = pytest.mark.django_db
ROWS = (
    *(*TABLE, *CLIMB, *CONSULTATION, *SURVEYS, *DUTIES, *FIGURES, *OVERSIGHT),
    *(*PERSONAL, *SETUP, *MANUAL, *TRAIL, *ACCOUNT_ACTS),
    *(*RECORDS, *FIELDWORK_STUDIOS, *RECEPTION, *PROMISES, *ALERTS),
)


@pytest.fixture
def _django_db_helper(scene: Scene) -> None:
    """Instead of pytest-django's own: no transaction for each test, all share the world's."""


@pytest.fixture(scope="module")
def clients(scene: Scene) -> dict[str, Client]:
    """A browser for each role; ``posts_ended`` has an account and no post, ``nobody`` has not signed in."""
    users = {name: post.person.user for name, post in scene.world.posts.items()}
    users["posts_ended"] = make_person(scene.world.plant, "任期满").user
    found = {"nobody": Client(raise_request_exception=False)}
    for name, user in users.items():
        found[name] = Client(raise_request_exception=False)
        found[name].force_login(user)
    assert set(found) == set(ROLES)
    return found


@pytest.fixture(scope="module")
def missing(clients: dict[str, Client]) -> bytes:
    """The page of a thing that is not there: one and the same for everybody."""
    found = {clients[name].get(reverse("desk:case", args=[uuid4()])).content for name in STAFF}
    found |= {clients[name].get("/desk/nowhere/").content for name in STAFF}
    assert len(found) == 1, "the page of a missing thing differs"
    return found.pop()


def test_every_address_has_its_row() -> None:
    tried = {row.name for row in ROWS} | set(OPEN) | set(ACCOUNTS) | ELSEWHERE
    names = set(_names(get_resolver()))
    assert names - tried == set(), "addresses without a row in the table"
    assert tried - names == set(), "rows without an address"
    assert len({id(row) for row in ROWS}) == len(ROWS), "a row is tried twice"


def test_every_act_has_its_row() -> None:
    from huying.desk.views import case_acts, items, meeting_room

    tried = {(row.name, row.act) for row in ROWS}
    acts = {("desk:case_act_of" if how.of else "desk:case_act", act) for act, how in case_acts.ACTS.items()}
    acts |= {("desk:item_act", act) for act in items.ACTS}
    acts |= {("desk:meeting-room-act", act) for act in meeting_room.ACTS}
    assert acts - tried == set(), "acts without a row in the table"


def _names(resolver: Any, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _names(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}"


def _address(row: Row, scene: Scene, place: str) -> str:
    query = row.query(scene, place)
    tail = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    return reverse(row.name, args=row.args(scene, place)) + tail


def _tried(row: Row, place: str) -> Sequence[str]:
    """Everybody.  On PostgreSQL, which is asked the same questions, the first of each kind: who reads it here, who is told
    why not, who reads it at another place only, who reads it nowhere."""
    if connection.vendor == "sqlite":
        return ROLES
    told, here = set(row.refused.get(place, ())), set(row.reads[place])
    there = set().union(*row.reads.values()) - here - told
    acts = here & (row.acts or row.reads).get(place, set())
    kinds = (acts, here - acts, told, there, set(ROLES) - here - told - there)
    return [next(name for name in ROLES if name in kind) for kind in kinds if kind]


@pytest.mark.attack(
    "former",
    "opens every address with things of every place, in every role, and looks whether anything comes",
    found="held",
)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_who_sees_it(row: Row, scene: Scene, clients: dict[str, Client], missing: bytes) -> None:
    wrong = []
    for place, readers in row.reads.items():
        address = _address(row, scene, place)
        for name in _tried(row, place):
            with transaction.atomic():
                answer = clients[name].get(address)
                transaction.set_rollback(True)
            told_why = name in row.refused.get(place, ()) and row.post is None
            expected = row.alone or (409 if told_why else row.get if name in readers else 404)
            fault = _fault(name, answer, expected, missing)
            if answer.streaming:
                list(answer.streaming_content)  # read to the end, so that the file is closed
            wrong += [f"{place} {name}: {fault}"] if fault else []
    assert not wrong, f"GET {row.id}\n" + "\n".join(wrong)


def _fault(name: str, answer: Any, expected: int, missing: bytes) -> str:
    """What is wrong with an answer, in words; empty when it is right."""
    if said := header_fault(answer):
        return said
    if name == "nobody":
        right = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
        return "" if right else f"not sent to the sign-in page but {answer.status_code}"
    if answer.status_code != expected:
        return f"{answer.status_code} instead of {expected}"
    if expected == 404 and answer.content != missing:
        return "another page than that of a missing thing"
    return ""


@pytest.mark.attack("clerk", "sends every form there is with the ids of things that are not theirs", found="held")
@pytest.mark.parametrize("row", [row for row in ROWS if row.post], ids=lambda row: row.id)
def test_who_may_act(row: Row, scene: Scene, clients: dict[str, Client], missing: bytes) -> None:
    wrong = []
    for place, readers in row.reads.items():
        address = _address(row, scene, place)
        assert row.post
        form = dict(row.post(scene, place))
        may = (row.acts or row.reads).get(place, set())
        before = _state()
        for name in _tried(row, place):
            with transaction.atomic(), Writes() as writes:
                answer = _send(clients[name], address, form, row)
                changed = writes.any and _state() != before
                transaction.set_rollback(True)
            fault = _act_fault(row, (place, name), answer, changed=changed, missing=missing)
            wrong += [f"{place} {name}: {fault}"] if fault else []
        assert readers >= may
    assert not wrong, f"POST {row.id}\n" + "\n".join(wrong)


def _send(client: Client, address: str, form: dict[str, Any], row: Row) -> Any:
    if row.json:
        return client.post(address, json.dumps(form), content_type="application/json")
    for upload in (one for one in form.values() if hasattr(one, "seek")):
        upload.seek(0)  # the one before read it to its end
    return client.post(address, {"once": uuid4().hex, **form})


def _act_fault(row: Row, who: tuple[str, str], answer: Any, *, changed: bool, missing: bytes) -> str:
    """What is wrong with what came of a form; empty when it is right."""
    place, name = who
    may = (row.acts or row.reads).get(place, set())
    if name in row.refused.get(place, ()):
        if changed:
            return "changed something though it is refused"
        return "" if answer.status_code in (302, 409, 422) else f"{answer.status_code} instead of a refusal"
    if name in may:
        said = "" if answer.status_code == row.sent else answer.content.decode(errors="replace")
        return _fault(name, answer, row.sent, missing) and f"{answer.status_code} instead of {row.sent} {_errors(said)}"
    return "changed something" if changed else _fault(name, answer, 404, missing)


def _errors(page: str) -> str:
    """What a page says is wrong, for the report."""
    start = page.find('class="hy-note')
    return page[start : start + 400] if start >= 0 else page[:200]


class Writes:
    """Whether anything was written where ``_state`` looks, which is long to look at."""

    tables = tuple(model._meta.db_table for model in (Entry, Case, Item, Notice))
    any = False

    def __enter__(self) -> Writes:
        self.watching = connection.execute_wrapper(self._watch)
        self.watching.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.watching.__exit__(*error)

    def _watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith("SELECT") and any(table in sql for table in self.tables):
            self.any = True
        return execute(sql, params, many, context)


def _state() -> tuple[Any, ...]:
    """What nobody may change who may not: the trail, where cases and items stand, what people were told."""
    return (
        Entry.objects.count(),
        tuple(Case.objects.order_by("pk").values_list("status", "version", "officer")),
        tuple(Item.objects.order_by("pk").values_list("status", "version")),
        Notice.objects.filter(read_at__isnull=True).count(),
    )


@pytest.mark.parametrize("name", sorted(OPEN))
def test_workers_pages_are_the_same_for_everybody(name: str, clients: dict[str, Client]) -> None:
    args, expected = OPEN[name]
    answers = {role: clients[role].get(reverse(name, args=args)) for role in ROLES}
    assert {role: answer.status_code for role, answer in answers.items()} == dict.fromkeys(ROLES, expected)
    assert [said for answer in answers.values() if (said := header_fault(answer))] == []


@pytest.mark.parametrize("name", sorted(ACCOUNTS))
def test_account_pages_answer(name: str, clients: dict[str, Client]) -> None:
    address = reverse(name, args=ACCOUNT_ARGS.get(name, []))
    before = Client().get(address)
    assert before.status_code == ACCOUNTS[name]
    answer = clients["officer"].get(address)
    assert answer.status_code < 400 or name in NEEDS_A_FACTOR
    assert not header_fault(before)
    assert not header_fault(answer)
    if name != "account_logout":
        assert SESSION_KEY in clients["officer"].session
