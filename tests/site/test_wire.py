"""The server below the pages: slow senders and readers, requests hidden in requests, what it turns away by itself, its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from huying.site import serving
from huying.site.serving import web_command
from huying.site.web import LARGEST_BODY, THREADS
from tests.site.served import PATIENCE, Visitor, free_port

pytestmark = pytest.mark.page  # nothing here asks the database
MANY = 12 * THREADS
SLOW_PAGE = """
import sys, threading
from huying.site.web import run

def application(environ, start):
    print("begun", flush=True)
    threading.Event().wait(1.5)
    start("200 OK", [("Content-Length", "4")])
    return [b"done"]

run(application, "127.0.0.1", int(sys.argv[1]))
"""

# As large as the largest file somebody may open, in the pieces in which a file is sent.
LARGE_PAGE = """
import os, sys
from huying.site.web import run

def application(environ, start):
    large = environ["PATH_INFO"] == "/large"
    if large:
        os.write(1, b"begun\\n")  # whole, whichever thread
    start("200 OK", [("Content-Length", "20000000" if large else "4")])
    return (b"x" * 4000 for _ in range(5000)) if large else [b"done"]

run(application, "127.0.0.1", int(sys.argv[1]))
"""


@contextmanager
def started(command: list[str], port: int, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A web process that listens; it is gone afterwards."""
    process = subprocess.Popen(command, env={**os.environ, **more}, stdout=subprocess.PIPE, text=True)
    try:
        for _ in range(int(PATIENCE / 0.1)):
            assert process.poll() is None
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                threading.Event().wait(0.1)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def lines_of(process: subprocess.Popen[str], count: int) -> list[str]:
    """So many lines of what it says; it is ended when they do not come."""
    assert process.stdout is not None
    late = threading.Timer(PATIENCE, process.kill)
    late.start()
    try:
        return [process.stdout.readline() for _ in range(count)]
    finally:
        late.cancel()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where uploads lie until they are sealed."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="module")
def port(scratch: Path) -> Iterator[int]:
    """Where the web answers, for all tests of this file."""
    number = free_port()
    with started(web_command("127.0.0.1", number), number, HUYING_SCRATCH=str(scratch)):
        yield number


def held(port: int, said: bytes, stack: ExitStack) -> socket.socket:
    """A connection that said something and waits."""
    line = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
    line.sendall(said)
    return line


def answers(port: int, said: bytes) -> bytes:
    """All the server says to some bytes, until it closes or has nothing more to say."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(said)
        try:
            while part := line.recv(65536):
                heard += part
                line.settimeout(1)  # a second answer would follow the first at once
        except (TimeoutError, ConnectionResetError):
            pass
    return heard


def statuses(heard: bytes) -> list[int]:
    return [int(one) for one in re.findall(rb"HTTP/1\.[01] (\d{3}) ", heard)]


def request(*lines: str, body: bytes = b"", method: str = "POST", path: str = "/my/") -> bytes:
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines])
    return head.encode("latin-1") + b"\r\n\r\n" + body


FORM = b"a=" + b"1" * 998
SLOW = {
    "the body": request("Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000", body=FORM[:1]),
    "the head": b"POST /my/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
}


@pytest.mark.attack(
    "outsider",
    "begins a dozen uploads and sends a byte now and then, so that nobody else is answered",
    found="mended: eight slow senders, or eight phones in a weak network, stopped the site; the server was changed (ADR 12)",
)
@pytest.mark.parametrize("part", SLOW)
def test_slow_senders_keep_nobody_waiting(port: int, part: str) -> None:
    with ExitStack() as stack:
        lines = [held(port, SLOW[part], stack) for _ in range(MANY)]
        assert Visitor(port).get("/help/").status == 200
        if part == "the body":  # and the slow ones are still served when they come to an end
            lines[-1].sendall(FORM[1:])
            assert lines[-1].recv(15) == b"HTTP/1.1 403 Fo"


@pytest.mark.attack(
    "outsider", "asks for large files on many lines and reads nothing, so that nobody else is answered", found="held"
)
def test_slow_readers_keep_nobody_waiting() -> None:
    number = free_port()
    with started([sys.executable, "-c", LARGE_PAGE, str(number)], number) as process, ExitStack() as stack:
        for _ in range(THREADS + 4):
            held(number, request(method="GET", path="/large"), stack)
        assert lines_of(process, THREADS + 4) == ["begun\n"] * (THREADS + 4)
        assert Visitor(number).get("/").page == "done"


SECOND = b"GET /help/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
HIDDEN: dict[str, tuple[bytes, set[int]]] = {
    "two lengths": (request(f"Content-Length: {len(SECOND)}", "Content-Length: 0", body=SECOND), {400}),
    "a length and pieces": (
        request(f"Content-Length: {5 + len(SECOND)}", "Transfer-Encoding: chunked", body=b"0\r\n\r\n" + SECOND),
        {400},
    ),
    "pieces by another name": (request("Transfer-Encoding: xchunked", "Content-Length: 0", body=SECOND), {400, 501}),
    "pieces twice": (request("Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n" + SECOND), {400, 501}),
    "a space before the colon": (
        request("Transfer-Encoding : chunked", f"Content-Length: {len(SECOND)}", body=SECOND),
        {400},
    ),
    "a line that goes on": (
        request("X-One: 1", " Transfer-Encoding: chunked", f"Content-Length: {len(SECOND)}", body=SECOND),
        {400, 403},
    ),
    "a length with a sign": (request("Content-Length: +3", body=b"a=1" + SECOND), {400}),
    "a piece's size in another way": (
        request("Transfer-Encoding: chunked", body=b"0x3\r\na=1\r\n0\r\n\r\n" + SECOND),
        {400},
    ),
    "a return inside a header": (request("X-One: 1\rTransfer-Encoding: chunked", body=SECOND), {400}),
}


@pytest.mark.attack(
    "outsider",
    "hides a second request in the body of a first, so that proxy and server count differently and it runs as somebody else's",
    found="mended: the new server took a length beside chunks, and chunks twice; refused now",
)
@pytest.mark.parametrize("way", HIDDEN)
def test_no_request_hides_in_another(port: int, way: str) -> None:
    said, expected = HIDDEN[way]
    found = statuses(answers(port, said))
    assert len(found) == 1, found
    assert set(found) <= expected


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        (request(f"Content-Length: {LARGEST_BODY + 1}"), 413, "东西太大，没有收下"),
        (request("Content-Length: no number"), 400, "没有读懂，没有收下"),
        (request("X-Long: " + "x" * 300_000), 431, "没有读懂，没有收下"),
    ],
    ids=["too large", "broken", "too long a head"],
)
def test_what_the_server_turns_away_reads_in_chinese(port: int, said: bytes, status: int, words: str) -> None:
    heard = answers(port, said)
    assert statuses(heard) == [status]
    text = heard.decode()
    assert words in text
    assert "default-src 'none'" in text
    assert "waitress" not in text.lower()


@pytest.mark.attack(
    "outsider",
    "sends words along and reads off the length of the compressed page whether they stand in it as well (BREACH)",
    found="held: pages are not compressed, here or by the sample proxies",
)
def test_no_page_is_compressed(port: int) -> None:
    heard = answers(port, request("Accept-Encoding: gzip, br, deflate", method="GET", path="/help/"))
    assert statuses(heard) == [200]
    assert b"content-encoding" not in heard.lower()
    proxies = (Path(__file__).resolve().parents[2] / "deploy" / "proxy").iterdir()
    assert not any(re.search(r"^\s*(gzip|brotli|encode)\b", path.read_text(), re.M) for path in proxies)


@pytest.mark.attack(
    "disk",
    "looks through the free blocks of the disk for temporary files in which uploads lay before they were encrypted",
    found="mended: they lay in the temporary folder of the system; now in memory where there is such a folder",
)
def test_what_arrives_lies_where_the_settings_say(port: int, scratch: Path) -> None:
    body = b"a" * 1_500_000
    with ExitStack() as stack:
        held(port, request("Content-Length: 2000000", body=body), stack)
        found: set[Path] = set()
        for _ in range(int(PATIENCE / 0.1)):
            if found := deleted_files(port):
                break
            threading.Event().wait(0.1)
        assert {path.parent for path in found} == {scratch}


def deleted_files(port: int) -> set[Path]:
    """Files without a name in which the process at this port keeps a megabyte or more."""
    found = set()
    for handle in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            command = (handle.parents[1] / "cmdline").read_bytes().split(b"\0")
            place, size = str(handle.readlink()), handle.stat().st_size
        except OSError:
            continue
        if (
            size > 1_000_000
            and b"huying.site.web" in command
            and str(port).encode() in command
            and place.endswith(" (deleted)")
        ):
            found.add(Path(place.removesuffix(" (deleted)")))
    return found


def test_told_to_end_it_ends_what_is_in_hand() -> None:
    number = free_port()
    with started([sys.executable, "-c", SLOW_PAGE, str(number)], number) as process:
        heard: list[Any] = []
        asking = threading.Thread(
            target=lambda: heard.append(answers(number, request("Connection: close", method="GET")))
        )
        asking.start()
        assert lines_of(process, 1) == ["begun\n"]
        process.send_signal(signal.SIGTERM)
        asking.join()
        assert heard[0].endswith(b"done")
        assert process.wait(PATIENCE) == 0


@pytest.fixture
def own_signals() -> Iterator[None]:
    """What a supervisor does with signals ends with the test."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("began", "code", "words"), [(True, 0, "网站意外停止"), (False, 1, "网站启动不了")])
def test_what_dies_is_started_again_unless_it_could_not_begin(
    own_signals: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, began: bool, code: int, words: str
) -> None:
    begun = tmp_path / "begun"
    said: list[str] = []
    monkeypatch.setattr(serving, "STARTED", 0.0 if began else PATIENCE)
    monkeypatch.setattr(serving, "RESTART_PAUSE", 0.0)
    supervisor = serving.Supervisor("127.0.0.1", 0, said.append)
    for name in ("web", "worker"):
        note = f"open({str(begun)!r}, 'a').write({name!r} + ' ')"
        supervisor.commands[name] = [sys.executable, "-c", note]

    def watch() -> None:
        for _ in range(int(PATIENCE / 0.1)):
            counts = begun.read_text().split() if begun.exists() else []
            if all(counts.count(name) > 1 for name in ("web", "worker")):
                break
            supervisor.stopping.wait(0.1)
        supervisor.stopping.set()

    watching = threading.Thread(target=watch)
    if began:
        watching.start()
    assert supervisor.run() == code
    assert any(words in one for one in said)
    if began:
        watching.join()
        assert any("后台任务意外停止" in one for one in said)
