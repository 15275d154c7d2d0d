"""Times one page (or act) and counts its statements; times the bare database doing what the page cannot do without."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from django.db import connection

ROUNDS = 15
LONG = 3.0  # seconds after which a slow page is not asked again, once it was asked FEWEST times
FEWEST = 3


@dataclass(frozen=True)
class Cost:
    """Milliseconds for the whole, statements, milliseconds in the database."""

    ms: float
    statements: int
    db_ms: float


def cost(do: Callable[[], object], rounds: int = ROUNDS, warm: int = 2) -> Cost:
    """Median of several rounds, after some that warm up."""
    found: list[tuple[float, int, float]] = []
    began_all = time.perf_counter()
    for number in range(rounds + warm):
        if len(found) >= FEWEST and time.perf_counter() - began_all > LONG:
            break
        spent, count = 0.0, 0

        def watch(execute, sql, params, many, context):
            nonlocal spent, count
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent += time.perf_counter() - began
                count += 1

        began = time.perf_counter()
        with connection.execute_wrapper(watch):
            do()
        if number >= warm:
            found.append(((time.perf_counter() - began) * 1000, count, spent * 1000))
    return Cost(median(f[0] for f in found), int(median(f[1] for f in found)), median(f[2] for f in found))


def once(do: Callable[[], object]) -> Cost:
    """A long act, done once."""
    return cost(do, rounds=1, warm=0)


def bare(statements: list[tuple[str, tuple]], rounds: int = ROUNDS * 2) -> float:
    """Milliseconds for a few statements through a plain cursor, median."""
    found: list[float] = []
    began_all = time.perf_counter()
    for _ in range(rounds + 2):
        if len(found) > 2 + FEWEST and time.perf_counter() - began_all > LONG:
            break
        began = time.perf_counter()
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()
        found.append((time.perf_counter() - began) * 1000)
    return median(found[2:])
