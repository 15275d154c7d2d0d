"""A real ``huying serve`` on the test database, and visitors who fill in its forms as a browser without scripts does."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

PATIENCE = 120.0  # seconds a loaded machine is given to start a process or to answer
_pause = threading.Event()


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(holds: Callable[[], bool], pause: float = 0.1) -> None:
    """Look again until it holds."""
    for _ in range(int(PATIENCE / pause)):
        if holds():
            return
        _pause.wait(pause)
    raise AssertionError("it never came about")


class Served:
    """Starts ``huying serve``, kills it with all its children, starts it again at the same port."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env, self.log = env, log
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; ``ready`` waits until it answers."""
        command = [sys.executable, "-W", "ignore", "-m", "huying.site.cli", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.env, stdout=log, stderr=subprocess.STDOUT)

    def ready(self) -> None:
        """Wait until the site answers."""
        for _ in range(int(PATIENCE / 0.05)):
            try:
                if Visitor(self.port).get("/help/").status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None:
                break
            _pause.wait(0.05)
        raise AssertionError(f"huying serve does not answer\n{self.log.read_text(errors='replace')[-4000:]}")

    def kill(self) -> None:
        """SIGKILL for everything at once: no process is given the time to notice that another has died."""
        family = _family(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP)
        for pid in (*family, self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:  # it ended by itself in this very moment
                continue
        self.process.wait(PATIENCE)
        self.process = None

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process = None
        return code


def _family(parent: int) -> list[int]:
    """Children, grandchildren and so on of a process."""
    if Path("/proc/self/stat").exists():
        pairs = [_parent_of(path) for path in Path("/proc").glob("[0-9]*/stat")]
    else:
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [(int(pid), int(above)) for pid, above in (line.split() for line in listed.splitlines())]
    found = [parent]
    for one in found:  # grows while it is read
        found += [pid for pid, above in pairs if above == one]
    return found[1:]


def _parent_of(stat: Path) -> tuple[int, int]:
    try:
        pid, _, rest = stat.read_text().partition(" ")
        return int(pid), int(rest.rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):  # gone meanwhile
        return 0, 0


@dataclass(frozen=True)
class Answer:
    """What came back: status, where to go on, the page."""

    status: int
    location: str
    page: str


@dataclass
class Visitor:
    """One browser: it keeps cookies and sends forms with everything hidden in them.  ``address``: where it calls from, since
    one address is kept to a pace."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    agent: str = "tests"
    address: str = "127.0.0.1"

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path)

    def post(self, path: str, data: dict[str, Any]) -> Answer:
        """Send a form."""
        for value in data.values():
            if hasattr(value, "seek"):
                value.seek(0)
        body = encode_multipart(BOUNDARY, data)
        return self._ask("POST", path, body, {"Content-Type": MULTIPART_CONTENT})

    def hidden(self, path: str, mark: str = "", key: str = "once") -> dict[str, str]:
        """What is hidden in the page's first form that has such a key; ``mark`` is in the address of the one meant."""
        answer = self.get(path)
        assert answer.status == 200, (path, answer.status, answer.location)
        forms = _Forms()
        forms.feed(answer.page)
        return next(one for one in forms.found if key in one and mark in one["action"])

    def _ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent |= {"User-Agent": self.agent, **(headers or {})}
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            page = response.read().decode()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), page)


class _Forms(HTMLParser):
    """The hidden fields of every form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append({"action": given.get("action") or ""})
        elif tag == "input" and given.get("type") == "hidden" and self.found and given.get("value"):
            self.found[-1][given["name"] or ""] = given["value"] or ""
