"""One engine: fill to each size in turn and measure; prints JSON, and on stderr how far it is."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import django
from django.conf import settings

TOPICS = 12
_began = time.perf_counter()


def main() -> None:
    """Set up, fill, measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import transaction
    from django.utils import timezone

    from huying.kernel.crypto import new_keyring, write_keyring

    write_keyring(new_keyring(), Path(settings.HUYING_KEYS))
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)

    from bench.copies import copy, keep_up, remember
    from bench.fill import FIRST, fill, province
    from bench.papers import times
    from huying.kernel.actors import SYSTEM
    from huying.ledger.acts import sweep_figures

    now = timezone.now()
    with transaction.atomic():
        world, units = province(now)
        fill(world, units, now)
        sweep_figures(by=SYSTEM, at=now)
        remember()
    meetings = _meetings(world, now)
    result: dict[str, Any] = {"version": _version()}
    copies = 1
    for size in map(int, sys.argv[1:]):
        with transaction.atomic():
            for number in range(copies, size // FIRST):
                copy(number)
            keep_up(copies, size // FIRST)
        copies = size // FIRST
        _settle()
        _say(f"{size:,} cases are there")
        result[str(size)] = _measure(world, now, meetings)
    result["papers"] = times()
    json.dump(result, sys.stdout)


def _say(words: str) -> None:
    sys.stderr.write(f"{time.perf_counter() - _began:6.0f} s  {words}\n")


def _version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return f"SQLite {cursor.execute('select sqlite_version()').fetchone()[0]}"
        cursor.execute("show server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _settle() -> None:
    """Let the planner know the sizes; PostgreSQL also marks what every reader may see, as its own service would by then."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


def _meetings(world: Any, now: datetime) -> tuple[Any, Any]:
    """A meeting that is open and one whose minutes go round, each with a full agenda."""
    from tests.factories import consultation as make
    from tests.factories.world import accepted, voice

    def topics() -> list[Any]:
        return [make.ready(world, accepted(world, voice(), at=now), at=now, title=f"议题 {n}") for n in range(TOPICS)]

    return make.opened(world, *topics(), at=now).pk, make.circulated(world, *topics(), at=now).pk


def _measure(world: Any, now: datetime, meetings: tuple[Any, Any]) -> dict[str, Any]:
    from bench.acts import acts
    from bench.pages import pages

    found = {}
    for name, (page, base) in {**acts(world, now), **pages(world, now, *meetings)}.items():
        spent = page()
        found[name] = {**asdict(spent), "bare": base()}
        _say(f"{name}: {spent.ms:.1f} ms, bare {found[name]['bare']:.2f} ms")
    return found


if __name__ == "__main__":
    main()
