"""What was asked of the database once is not asked again: while a page is made that only shows, or while figures are counted.

Outside ``remembering`` every question is asked; an act always sees what is there now.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Found = TypeVar("Found")
_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("found", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keep answers until the end; inside another one, that one keeps them."""
    if _found.get() is not None:
        yield
        return
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def remember(key: Hashable, ask: Callable[[], Found]) -> Found:
    """The answer to a question that was asked before, else what ``ask`` finds.  ``key``: everything the answer hangs on."""
    found = _found.get()
    if found is None:
        return ask()
    if key not in found:
        found[key] = ask()
    answer: Found = found[key]
    return answer
