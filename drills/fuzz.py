"""Every address × method × role with anything a browser, a script or an enemy could send.

Addresses, valid ids and well-filled forms come from the table of ``tests/matrix``; hypothesis changes them.  What is held:
no answer of 5xx, nothing changes without right, no canary (a worker's name, phone or words, or the words of a hidden case)
where it may not be: answers, headers, file names, log, counters.  Each request is rolled back, so all meet the same world.
"""

from __future__ import annotations

import json
import logging
import random
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

import time_machine
from django.apps import apps
from django.core import signals
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils.http import urlencode
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from drills.values import HEADERS, NAMES, TYPES, WEIRD
from huying.kernel import meter
from huying.site import logs
from tests.factories import world as make
from tests.factories.org import make_person
from tests.matrix.scene import CANARY, Scene
from tests.matrix.table import ACCOUNT_ARGS, ACCOUNTS, OPEN, ROLES, Row
from tests.matrix.test_matrix import ROWS

OTHER_METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE", "BREW"}
TURNED_AWAY = {302, 400, 401, 403, 404, 405, 411, 413, 414, 415, 429, 431}
# Written though nothing was done: who signed in, who looked (the reading log), what is being typed.
# allauth notes an account's address when its page is opened.
BESIDE = {"django_session", "usersessions_usersession", "trail_reading", "kernel_draft", "account_emailaddress"}
# Looking leaves traces: a notice counts as read, and who takes a list away is written down.
LOOKING = {"notices_notice", "trail_chain", "trail_entry"}
WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', re.IGNORECASE)
# Who a worker is and what a worker said, sealed; nobody reads them off any page of these requests but the case's own officer.
IDENTITY = ("欧阳金雀", "13955557777", "浴池第三个喷头")
MAY_KNOW_IDENTITY = {"officer", "upper"}
# Not the union of another unit, not an administrator by office, not who has no post: nobody asks them to a meeting either.
MAY_NOT_KNOW_HIDDEN = {"foreign", "system", "security", "audit", "posts_ended", "nobody", "liaison"}
Fault = tuple[str, str, str]


@dataclass(frozen=True)
class Target:
    """An address with valid ids, what a well-filled form of it holds, who may see and who may act (``None``: open to all)."""

    name: str
    path: str
    form: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    sees: frozenset[str] | None = None
    acts: frozenset[str] | None = None


@dataclass
class Sent:
    """One request as it will go out."""

    target: Target
    role: str
    method: str
    path: str
    query: str
    body: bytes | str
    kind: str
    headers: dict[str, str]
    cookie: str
    exact: bool

    @property
    def keyless(self) -> bool:
        """A form without its key is told so before anything is asked about, with the same words for every id."""
        return b"once" not in (self.body if isinstance(self.body, bytes) else self.body.encode(errors="replace"))

    def __str__(self) -> str:
        body = self.body if isinstance(self.body, str) else self.body[:400]
        asked = f"{self.role}: {self.method} {self.path}?{self.query[:200]} {self.kind} {self.headers}"
        return f"{asked} {self.cookie[:80]!r}\n    {body!r:.600}"


def targets(scene: Scene, places: frozenset[str], rng: random.Random, most: int) -> list[Target]:
    """Addresses from the table, at some of the places a thing can stand; then the open ones and the accounts'."""
    pairs = [(row, place) for row in ROWS for place in row.reads if place in places]
    rng.shuffle(pairs)
    found = [_target(row, scene, place) for row, place in pairs[:most]]
    for name, (args, _) in OPEN.items():
        found.append(Target(name, reverse(name, args=args)))
    for name in ACCOUNTS:
        found.append(Target(name, reverse(name, args=ACCOUNT_ARGS.get(name, []))))
    code = scene.world.shop.code
    said = {
        "words": "食堂没有热饭",
        "secrecy": "sealed",
        "name": "田一",
        "phone": "13900001111",
        "agreed": "on",
        "consent": "1",
    }
    found.append(Target("public:unit", reverse("public:unit", args=[code]), said))
    found.append(Target("public:meetings", reverse("public:meetings", args=[code])))
    found += [
        Target("nowhere", path)
        for path in ("/nowhere/", "/desk/nowhere/", "/static/../settings.py", "/metrics", "/%00/")
    ]
    return found


def _target(row: Row, scene: Scene, place: str) -> Target:
    path = reverse(row.name, args=row.args(scene, place))  # first: it makes what the form is about
    form = dict(row.post(scene, place)) if row.post else {}
    sees, acts = frozenset(row.reads[place]), frozenset((row.acts or row.reads).get(place, set()) if row.post else ())
    told = frozenset(row.refused.get(place, ()))
    return Target(row.id, path, form, row.query(scene, place), sees | told, acts)


# --- making requests ----------------------------------------------------------------------------------------------------


def requests(all_targets: list[Target], sessions: dict[str, str]) -> st.SearchStrategy[Sent]:
    """Any request: mostly near a valid one, sometimes far from it."""
    paths = [target.path for target in all_targets]
    few = st.integers(0, 9)

    @st.composite
    def one(draw: Callable[[Any], Any]) -> Sent:
        target = draw(st.sampled_from(all_targets))
        role = draw(st.sampled_from(sorted(target.sees) if target.sees and draw(few) < 6 else ROLES))
        usual = ("POST", "POST", "POST", "GET") if target.form else ("GET", "GET", "POST")
        method = draw(st.sampled_from(usual if draw(few) < 8 else OTHER_METHODS))
        exact = draw(few) < 8
        path = target.path if exact else draw(_path(target.path, paths))
        query = draw(_pairs(target.query, 3))
        body, kind = draw(_body(target.form))
        if method in SAFE:
            body, kind = b"", ""
        headers = dict(draw(st.lists(st.sampled_from(HEADERS), max_size=3)))
        cookie = draw(
            st.sampled_from(
                ("", "", "", "", "sessionid=\x01", "sessionid=" + "x" * 5000, "a=b; =; ;;", "hy-large=2; csrftoken=é")
            )
        )
        if sessions.get(role) and not cookie.startswith("sessionid"):
            cookie = f"sessionid={sessions[role]}" + (f"; {cookie}" if cookie else "")
        return Sent(target, role, method, path, _encoded(query), body, kind, headers, cookie, exact)

    return one()


def _path(valid: str, every: list[str]) -> st.SearchStrategy[str]:
    """Another's address, one with another id, one that is none."""
    parts = valid.strip("/").split("/")

    def with_part(given: tuple[int, str]) -> str:
        place, value = given
        changed = [*parts]
        value = value.replace("/", "%2F").replace(
            "\ud800", "%ED%A0%80"
        )  # as bytes, which is all a line of HTTP can hold
        changed[place % len(parts)] = value or "-"
        return "/" + "/".join(changed) + "/"

    other = st.tuples(st.integers(0, 9), st.sampled_from([*WEIRD, str(uuid4())])).map(with_part)
    return st.one_of(other, st.sampled_from(every), st.just(valid.rstrip("/")), st.just(valid + "/x/"))


def _pairs(base: dict[str, Any], most: int) -> st.SearchStrategy[list[tuple[str, Any]]]:
    """The form's own pairs, some changed, some doubled, some left out, some added."""
    own = list(base.items())
    values: st.SearchStrategy[str] = st.one_of(st.sampled_from(WEIRD), st.text(max_size=12))
    names = st.sampled_from([*(name for name, _ in own), *NAMES, *(f"{name}[x]" for name, _ in own[:3])])

    @st.composite
    def some(draw: Callable[[Any], Any]) -> list[tuple[str, Any]]:
        pairs = [*own]
        for _ in range(draw(st.integers(0, most))):
            name, value = draw(names), draw(values)
            how = draw(st.integers(0, 3))
            if how == 0:
                pairs = [pair for pair in pairs if pair[0] != name]
            elif how == 1:
                pairs.append((name, value))
            else:
                pairs = [pair for pair in pairs if pair[0] != name] + [(name, value)]
        return pairs

    return some()


def _body(form: dict[str, Any]) -> st.SearchStrategy[tuple[bytes | str, str]]:
    """As a browser sends it, or as none does."""
    pairs = _pairs(form, 4)
    return st.one_of(
        pairs.map(_multipart), pairs.map(_multipart), pairs.map(_plain), pairs.map(_json), st.sampled_from(BROKEN)
    )


def _multipart(pairs: list[tuple[str, Any]]) -> tuple[bytes | str, str]:
    data: dict[str, Any] = {"once": uuid4().hex}
    for name, value in pairs:
        if hasattr(value, "seek"):
            value.seek(0)
        together = name in data and name != "once"
        data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), value] if together else value
    try:
        return encode_multipart(BOUNDARY, {name: _sendable(value) for name, value in data.items()}), MULTIPART_CONTENT
    except (UnicodeEncodeError, TypeError):
        return _plain(pairs)


def _sendable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_sendable(one) for one in value]
    return "" if value is None else value


def _plain(pairs: list[tuple[str, Any]]) -> tuple[bytes | str, str]:
    return _encoded([("once", uuid4().hex), *pairs]).encode(), "application/x-www-form-urlencoded"


def _json(pairs: list[tuple[str, Any]]) -> tuple[bytes | str, str]:
    return json.dumps({name: str(value) for name, value in pairs}), "application/json"


def _encoded(pairs: list[tuple[str, Any]]) -> str:
    flat = [(name, one) for name, value in pairs for one in (value if isinstance(value, list | tuple) else [value])]
    return urlencode(
        [(name, str(value).encode("utf-8", "surrogatepass")) for name, value in flat if not hasattr(value, "seek")]
    )


BROKEN: list[tuple[bytes | str, str]] = [
    (b"", ""), (b"\xff\xfe\x00", "application/x-www-form-urlencoded"), (b"a=%ED%A0%80&words=%00&once=" + b"k" * 32, TYPES[0]),
    (b"--x\r\nContent-Disposition: form-data; name=\"words\"\r\n\r\nabc", "multipart/form-data; boundary=x"),
    (b"--x", "multipart/form-data"), (b"--x\r\n\r\n", "multipart/form-data; boundary="), (b"{", "application/json"),
    (b"[1,2", "application/json"), (b"[" * 3000, "application/json"), (b"null", "application/json"),
    (b'{"fields": {"words": ["\\ud800", 1, null, {"a": []}]}}', "application/json"),
    (b'{"fields": "x"}', "application/json"), (b'{"fields": {"\\u0000": ["a"]}}', "application/json"),
    (b"&".join(b"f%d=1" % number for number in range(2500)), TYPES[0]), (b"words=" + b"x" * 2_100_000, TYPES[0]),
    (b"once=" + b"k" * 32 + b"&version=99999999999999999999", TYPES[0]), (b"<x/>", "text/xml"),
    (b"words=%C3%28&name=%FF", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"words=a", "application/x-www-form-urlencoded; charset=nonsense"),
]  # fmt: skip


# --- sending and judging ------------------------------------------------------------------------------------------------


class Fuzz:
    """Sends requests into one world, each taken back, and notes what was wrong with the answers."""

    def __init__(self, number: int, places: frozenset[str], most: int) -> None:
        self.rng = random.Random(number)
        self.number = number
        self.scene = Scene(make.make_world(make_now()))
        plant(self.scene)
        self.targets = targets(self.scene, places, self.rng, most)
        self.sessions: dict[str, str] = {}
        self.clients = {name: self._client(name) for name in ROLES}
        self.faults: dict[Fault, str] = {}
        self.answers: dict[int, int] = {}
        self.errors: list[str] = []
        self.before = {model._meta.db_table: _digest(model._meta.db_table)
                       for model in apps.get_models(include_auto_created=True)}  # fmt: skip
        self.sent = 0

    def _client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name != "nobody":
            posts = self.scene.world.posts
            user = posts[name].person.user if name in posts else make_person(self.scene.world.plant, "任期满").user
            client.force_login(user)
            self.sessions[name] = client.cookies["sessionid"].value
        return client

    def run(self, count: int) -> None:
        """Send so many."""

        @seed(self.number)
        @settings(max_examples=count, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(requests(self.targets, self.sessions))
        def each(sent: Sent) -> None:
            self.try_one(sent)

        with self._listening():
            each()

    @contextmanager
    def _listening(self) -> Iterator[None]:
        """Whatever is logged is kept as it would be written; what broke is kept with its place."""
        handler = _Lines()
        root = logging.getLogger()
        self.lines = handler.lines
        root.addHandler(handler)
        signals.got_request_exception.connect(self._broke)
        try:
            yield
        finally:
            root.removeHandler(handler)
            signals.got_request_exception.disconnect(self._broke)

    def _broke(self, **given: Any) -> None:
        self.errors.append("".join(traceback.format_exc().splitlines(keepends=True)[-14:]))

    def try_one(self, sent: Sent) -> None:
        """Send one, judge the answer, take everything back."""
        self.errors.clear()
        self.lines.clear()
        cache.clear()
        self.sent += 1
        client = self.clients[sent.role]
        client.cookies.clear()
        with transaction.atomic():
            written: set[str] = set()
            device = {"REMOTE_ADDR": f"10.{self.sent >> 16 & 255}.{self.sent >> 8 & 255}.{self.sent & 255}"}
            extra = {**device, **sent.headers, **({"HTTP_COOKIE": sent.cookie} if sent.cookie else {})}
            with connection.execute_wrapper(_noting(written)):
                answer = client.generic(sent.method, sent.path, sent.body, sent.kind or "application/octet-stream",
                                        QUERY_STRING=sent.query, **extra)  # fmt: skip
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
            changed = self._changed(self._not_allowed(sent, answer, written))
            transaction.set_rollback(True)
        for kind, detail in self._judge(sent, answer, content, changed):
            self.faults.setdefault((kind, sent.target.name, detail.splitlines()[-1][:160]), f"{detail}\n  {sent}")

    def _not_allowed(self, sent: Sent, answer: Any, written: set[str]) -> set[str]:
        """Which of the tables written to may not have changed."""
        if not self._may_not(sent, answer):
            return set()
        return written - BESIDE - (LOOKING if sent.method in SAFE and answer.status_code == 200 else set())

    def _may_not(self, sent: Sent, answer: Any) -> bool:
        """Whether this request may change nothing: by its method, by who sends it, or because it was turned away."""
        if sent.method in SAFE or answer.status_code in (400, 401, 403, 404, 405, 409, 413, 422):
            return True
        known = sent.exact and sent.target.acts is not None
        return (
            known
            and "sessionid=" + self.sessions.get(sent.role, "-") in sent.cookie
            and sent.role not in sent.target.acts
        )

    def _changed(self, written: set[str]) -> list[str]:
        """Of the tables written to, those that differ from before."""
        return sorted(table for table in written if table in self.before and _digest(table) != self.before[table])

    def _judge(self, sent: Sent, answer: Any, content: bytes, changed: list[str]) -> Iterator[tuple[str, str]]:
        status = answer.status_code
        if status >= 500:
            yield "5xx", f"{status}\n{self.errors[-1] if self.errors else '-'}"
        if changed:
            yield "changed", f"{status} changed {changed}"
        known = sent.exact and sent.target.sees is not None
        if (
            known
            and sent.role not in sent.target.sees
            and status not in TURNED_AWAY
            and not (status == 409 and sent.keyless)
            and sent.method not in ("OPTIONS", "TRACE")
        ):
            yield "let in", f"{sent.role} got {status}"
        for place, text in self._places(answer, content):
            yield from ((f"canary in {place}", word) for word in self._forbidden(sent, place) if word in text)

    def _places(self, answer: Any, content: bytes) -> Iterator[tuple[str, str]]:
        yield "answer", content.decode(errors="replace")
        yield "headers", "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        yield "log", "\n".join(self.lines)
        if self.sent % 50 == 0:
            yield "metrics", meter.exposition(self.scene.world.now).decode()

    def _forbidden(self, sent: Sent, place: str) -> Iterator[str]:
        """What may not be told there to this role."""
        everywhere = place in ("log", "metrics", "headers")
        if everywhere or sent.role not in MAY_KNOW_IDENTITY:
            yield from IDENTITY
        if everywhere or sent.role in MAY_NOT_KNOW_HIDDEN:
            yield CANARY


class _Lines(logging.Handler):
    """Log lines as they would be written, on the console and in the file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []
        self.forms = (logs.formatter(), logs.Kept())

    def emit(self, record: logging.LogRecord) -> None:
        """Both forms."""
        self.lines += [form.format(record) for form in self.forms]


def make_now() -> Any:
    """The moment of the drill."""
    from drills.home import NOW

    return NOW


def plant(scene: Scene) -> None:
    """A sealed and an anonymous worker whose words and name must stay where they are."""
    name, phone, words = IDENTITY
    for secrecy in ("sealed", "anonymous"):
        voice = make.voice(secrecy=secrecy, name=name, phone=phone, words=f"{words}坏了，我是{name}，打{phone}")
        make.said(scene.world, voice)
        accepted = make.voice(secrecy=secrecy, name=name, phone=phone, words=f"{words}坏了")
        make.accepted(scene.world, accepted, title="浴室坏了", summary="浴室坏了，没有热水。")


def _noting(written: set[str]) -> Callable[..., Any]:
    """Notes which tables are written to."""

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := WRITES.match(sql):
            written.add(found[1])
        return execute(sql, params, many, context)

    return wrapper


def _digest(table: str) -> bytes:
    """Of all rows of a table."""
    digest = sha256()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        for row in cursor.fetchall():
            digest.update(repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]).encode())
    return digest.digest()


def fuzz(number: int, count: int, places: frozenset[str], most: int) -> Fuzz:
    """Send so many requests into a fresh world that is never kept."""
    with time_machine.travel(make_now(), tick=False), transaction.atomic():
        drill = Fuzz(number, places, most)
        drill.run(count)
        transaction.set_rollback(True)
    return drill
