"""The virus scanner (clamd), where an installation has one (``HUYING_CLAMD``: socket path or host:port).

Two commands of its protocol are all we need; the published Python client leaks its socket when nobody answers.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing

from django.conf import settings

from huying.files.rules import bad

_SECONDS = 6.0  # for one file, while somebody waits for the page; the job that asks again is patient
_PATIENT = 120.0
_QUIET = (
    30.0  # a scanner that did not answer is not asked again by pages for so long: nine files wait once, not nine times
)
_CHUNK = 1 << 16
_silent_until = 0.0


def configured() -> bool:
    """Whether this installation named a scanner."""
    return bool(settings.HUYING_CLAMD)


def clean(name: str, raw: bytes, *, patient: bool = False) -> bool:
    """Whether the scanner found nothing; ``False`` if it did not answer.  Raises ``Invalid`` when it found something."""
    global _silent_until  # noqa: PLW0603 - what this process last knew of the scanner
    if not patient and time.monotonic() < _silent_until:
        return False
    chunks = (raw[start : start + _CHUNK] for start in range(0, len(raw), _CHUNK))
    stream = b"".join(len(chunk).to_bytes(4, "big") + chunk for chunk in chunks)
    answer = _ask(b"zINSTREAM\0" + stream + bytes(4), _PATIENT if patient else _SECONDS).removeprefix("stream: ")
    _silent_until = 0.0 if answer else time.monotonic() + _QUIET
    if answer.endswith(" FOUND"):
        raise bad(name, f"查出病毒（{answer.removesuffix(' FOUND')}），没有保存。请换一个文件。")
    return answer == "OK"


def version() -> str:
    """The scanner's version line, empty when it does not answer."""
    return _ask(b"zVERSION\0", _SECONDS)


def _ask(command: bytes, seconds: float) -> str:
    """What the scanner says within so many seconds; empty when it cannot be reached, breaks off or is too slow."""
    until = time.monotonic() + seconds
    try:
        with closing(_connected(seconds)) as line:
            line.sendall(command)
            answer = b""
            while not answer.endswith(b"\0"):
                line.settimeout(max(until - time.monotonic(), 0.001))
                if not (more := line.recv(4096)):
                    break
                answer += more
    except (OSError, ValueError):
        return ""
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected(seconds: float) -> socket.socket:
    where = settings.HUYING_CLAMD
    if not where.startswith("/"):
        host, _, port = where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(where)
    except OSError:
        line.close()
        raise
    return line
