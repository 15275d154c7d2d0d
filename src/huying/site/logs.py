"""Structured logs.  Never the text of a matter, never a device address (secrecy.md).

Two readers: standard error (the machine's journal) and files in the home, of which the desk shows the end.  What is
kept has holes where values stood: an error's kind and place, never its message, which may quote what somebody typed.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.urls import Resolver404, resolve

from huying.kernel.machine import LOGS

_DROP = ("ip", "user_agent", "request", "user_id")
_KEPT = ("job", "task", "id")  # what our own events carry that names no person
_OURS = "huying"
LARGEST, OLDER = 2_000_000, 3  # bytes of one file, and how many before it stay
# Loggers of the framework and the server that name an address last, and what happened there: "Internal Server Error: /address/",
# "Forbidden (CSRF cookie not set.): /address/", "Exception while serving /address/".
PAGES = {"django.request": "request_failed", "django.security.csrf": "form_refused", "waitress": "request_failed"}


def _quiet(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop what could give a person away."""
    for name in _DROP:
        event.pop(name, None)
    return event


def _error_of(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    return info[1] if isinstance(info, tuple) else None


def kind_and_place(error: BaseException) -> tuple[str, list[str]]:
    """``ValueError`` and ``["huying/cases/acts/_register.py:120", …]``: our own lines, the last one first."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno}" for frame in reversed(frames)]
    own = [place[place.rindex(f"/{_OURS}/") + 1 :] for place in places if f"/{_OURS}/" in place]
    return type(error).__name__, own[:5] or places[:1]


_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    _quiet,
]

structlog.configure(
    processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)


def formatter() -> logging.Formatter:
    """One JSON object a line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            _by_page,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(lambda info: "；".join(_told(info))),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _by_page(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """A page that failed or refused a form is told by its name."""
    logger = event["_record"].name
    view = _page_of(logger, str(event["event"]))
    return {**event, "event": PAGES[logger], "view": view} if view is not None else event


def _told(info: Any) -> list[str]:
    error = _error_of(info)
    if error is None:
        return []
    kind, places = kind_and_place(error)
    return [kind, *places]


class Kept(logging.Formatter):
    """A line for the file: a fixed set of fields.  Words of other libraries stand with their holes unfilled."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object."""
        said = record.msg if isinstance(record.msg, dict) else {"event": str(record.msg)}
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"timestamp": moment, "level": record.levelname.lower(), "logger": record.name}
        line["event"] = str(said.get("event", ""))
        line |= {name: str(said[name]) for name in _KEPT if name in said}
        if (view := _page_of(record.name, record.getMessage())) is not None:
            line |= {"event": PAGES[record.name], "view": view}
        if error := _error_of(record.exc_info):
            line["exception"], line["where"] = kind_and_place(error)
        return json.dumps(line, ensure_ascii=False)


def _page_of(logger: str, said: str) -> str | None:
    """The name of the page meant: its address may hold a case, or the way to one.  ``None`` for other records."""
    if logger not in PAGES:
        return None
    try:
        return resolve(said.rpartition(" ")[2]).view_name
    except Resolver404:
        return ""


class Keeper(RotatingFileHandler):
    """Keeps warnings and errors in the home, a file for each kind of process, none of them growing without end."""

    def __init__(self) -> None:
        self.folder = Path(settings.HUYING_HOME) / LOGS
        name = os.environ.get("HUYING_PROCESS", "command")
        super().__init__(self.folder / f"{name}.log", "a", LARGEST, OLDER, encoding="utf-8", delay=True)
        self.setFormatter(Kept())
        self.setLevel(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Write, if there is a home: a command that only looks makes none.  A page that failed is told by the framework."""
        if self.folder.parent.is_dir() and not record.name.startswith("django_structlog"):
            try:
                self.folder.mkdir(mode=0o700, exist_ok=True)
            except OSError:  # no room, or nothing can be written: the page goes on without its line
                return
            super().emit(record)


def keeper() -> logging.Handler:
    """The handler, for the settings."""
    return Keeper()
