"""The web process: waitress, which takes a request in whole before a thread is given to it (ADR 12)."""

from __future__ import annotations

import logging
import re
import select
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask

if sys.platform != "win32":
    import resource

THREADS = 8
CONNECTIONS = 1000  # phones on slow networks hold one for as long as an upload takes, but no thread
LARGEST_BODY = 220_000_000  # nine files of 20 MB, what was typed, and the way they are packed
# The largest file somebody may open is kept in memory while a slow reader fetches it: no thread waits, nothing goes to a disk in clear.
KEPT_FOR_READER = 24_000_000
PATIENCE = 25.0  # seconds what is in hand is given to end
CHUNKED = re.compile(rb"(?im)^transfer-encoding:[ \t]*(.*?)[ \t]*\r?$")
LOOK = 0.5  # seconds between two looks whether to stop

PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>没有收下</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main id="main" tabindex="-1"><h1>{title}</h1><p>{text}</p><p>按返回键回到上一页，写好的字还在。</p></main></body></html>
"""
TOO_LARGE = ("东西太大，没有收下", "一次最多 9 个文件，每个不超过 20 MB。请去掉几个再交，录像可以先剪短。")
NOT_READ = ("没有读懂，没有收下", "送来的内容不完整，或者被中途的设备改动了。请再试一次；还是不行，换一个网络。")


class Refusal(ErrorTask):
    """What the server itself turns away, in plain Chinese: no page of ours sees it."""

    def execute(self) -> None:
        """A page without style: it may not fetch anything."""
        error = self.request.error
        title, text = TOO_LARGE if error.code == 413 else NOT_READ
        body = PAGE.format(title=title, text=text).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Request(HTTPRequestParser):
    """A request whose length can be read in two ways is refused: a proxy might read it the other way."""

    def parse_header(self, header_plus: bytes) -> None:
        """``ParsingError`` becomes the page of ``Refusal``."""
        super().parse_header(header_plus)
        said = [value.lower() for value in CHUNKED.findall(header_plus)]
        if said and (said != [b"chunked"] or "CONTENT_LENGTH" in self.headers):
            raise ParsingError("more than one length")


def run(application: Callable[..., Iterable[bytes]], host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; then take nothing new, and end what is in hand."""
    _raise_limit_of_files()
    logging.getLogger("waitress").setLevel(logging.ERROR)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    HTTPChannel.error_task_class, HTTPChannel.parser_class = Refusal, Request
    sockets: dict[int, Any] = {}
    create_server(
        _streamed(application),
        map=sockets,
        host=host,
        port=port,
        threads=THREADS,
        connection_limit=CONNECTIONS,
        max_request_body_size=LARGEST_BODY,
        outbuf_high_watermark=KEPT_FOR_READER,
        outbuf_overflow=2 * KEPT_FOR_READER,
        clear_untrusted_proxy_headers=False,  # the settings say whether they are believed (HUYING_BEHIND_PROXY)
        log_socket_errors=False,
        ident="",
    )
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, _: stop.append(signum))
    while not stop:
        _turn(sockets)
    for one in list(sockets.values()):
        if getattr(one, "accepting", False):
            one.accepting = False
    deadline = time.monotonic() + PATIENCE
    while _in_hand(sockets) and time.monotonic() < deadline:
        _turn(sockets)


def _turn(sockets: dict[int, Any]) -> None:
    wasyncore.loop(timeout=LOOK, use_poll=hasattr(select, "poll"), map=sockets, count=1)


def _in_hand(sockets: dict[int, Any]) -> bool:
    """Is a request that came in whole still without its answer, or an answer not yet fetched?"""
    channels = [one for one in sockets.values() if isinstance(one, HTTPChannel)]
    return any(one.requests or one.total_outbufs_len for one in channels)


def _streamed(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Without the server's own way to send files: an answer then ends in the thread that began it, database connection and all."""

    def inner(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ.pop("wsgi.file_wrapper", None)
        return application(environ, start)

    return inner


def _raise_limit_of_files() -> None:
    """Each connection is a file to the system, and up to two more while it is long."""
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(4 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    from django.conf import settings

    from huying.site.wsgi import application

    tempfile.tempdir = settings.FILE_UPLOAD_TEMP_DIR  # for bodies the server keeps while they come in
    run(application, sys.argv[1], int(sys.argv[2]))
