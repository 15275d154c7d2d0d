"""The virus scanner (clamd), where an installation has one (``HUYING_CLAMD``: socket path or host:port).

Two commands of its protocol are all we need; the published Python client leaks its socket when nobody answers.
"""

from __future__ import annotations

import socket
from contextlib import closing

from django.conf import settings

from huying.files.rules import bad

_SECONDS = 20.0
_CHUNK = 1 << 16


def configured() -> bool:
    """Whether this installation named a scanner."""
    return bool(settings.HUYING_CLAMD)


def clean(name: str, raw: bytes) -> bool:
    """Whether the scanner found nothing; ``False`` if it did not answer.  Raises ``Invalid`` when it found something."""
    chunks = (raw[start : start + _CHUNK] for start in range(0, len(raw), _CHUNK))
    stream = b"".join(len(chunk).to_bytes(4, "big") + chunk for chunk in chunks)
    answer = _ask(b"zINSTREAM\0" + stream + bytes(4)).removeprefix("stream: ")
    if answer.endswith(" FOUND"):
        raise bad(name, f"查出病毒（{answer.removesuffix(' FOUND')}），没有保存。请换一个文件。")
    return answer == "OK"


def version() -> str:
    """The scanner's version line, empty when it does not answer."""
    return _ask(b"zVERSION\0")


def _ask(command: bytes) -> str:
    """What the scanner says, empty when it cannot be reached or breaks off."""
    try:
        with closing(_connected()) as line:
            line.sendall(command)
            answer = b""
            while not answer.endswith(b"\0") and (more := line.recv(4096)):
                answer += more
    except (OSError, ValueError):
        return ""
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")


def _connected() -> socket.socket:
    where = settings.HUYING_CLAMD
    if not where.startswith("/"):
        host, _, port = where.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=_SECONDS)
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_SECONDS)
        line.connect(where)
    except OSError:
        line.close()
        raise
    return line
