"""One engine: fill to each size in turn and measure; prints JSON."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
from django.conf import settings

TOPICS = 12


def main() -> None:
    """Set up, fill, measure."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from huying.kernel.crypto import new_keyring, write_keyring

    write_keyring(new_keyring(), Path(settings.HUYING_KEYS))
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)

    from bench.fill import fill, plants
    from bench.papers import times
    from tests.factories.world import make_world

    now = timezone.now()
    world = make_world(now)
    units = plants(world)
    result: dict[str, Any] = {"version": _version()}
    filled = 0
    for size in map(int, sys.argv[1:]):
        fill(world, units, filled, size - filled, now)
        filled = size
        _settle()
        result[str(size)] = _measure(world, now)
    result["papers"] = times()
    json.dump(result, sys.stdout)


def _version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return f"SQLite {cursor.execute('select sqlite_version()').fetchone()[0]}"
        cursor.execute("show server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


def _settle() -> None:
    """Let the planner know the sizes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _measure(world: Any, now: datetime) -> dict[str, Any]:
    from django.test import Client

    from bench.measure import bare, cost
    from huying.cases.models import Case

    officer, upper = Client(), Client()
    officer.force_login(world.posts["officer"].person.user)
    upper.force_login(world.posts["upper"].person.user)
    case = Case.objects.filter(holder=world.plant, status="told").first()
    plant, county = world.plant.pk, world.county
    opened, written = _meetings(world, now)

    def get(client: Client, path: str) -> Any:
        def do() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return do

    pages = {
        "登记": (_register(world, now), _bare_register()),
        "今日（工会干部）": (get(officer, "/desk/"), lambda: bare(_today(plant, now))),
        "今日（县总工会）": (get(upper, "/desk/"), lambda: bare(_today(county.pk, now))),
        "列表": (get(officer, "/desk/cases/"), lambda: bare(_list(plant))),
        "下级列表（县总工会）": (get(upper, "/desk/cases/?tab=below"), lambda: bare(_list_below(county.path))),
        "卷宗": (get(officer, f"/desk/cases/{case.pk}/"), lambda: bare(_dossier(case.pk))),
        "查找（常用词）": (get(officer, "/desk/search/?q=热水"), lambda: bare(_search("热水"))),
        "查找（少见词）": (get(officer, "/desk/search/?q=虹吸"), lambda: bare(_search("虹吸"))),
        "打印记录表": (get(officer, f"/desk/cases/{case.pk}/form1.pdf"), lambda: bare(_dossier(case.pk))),
        "打印卷宗": (get(officer, f"/desk/cases/{case.pk}/dossier.pdf"), lambda: bare(_dossier(case.pk))),
        "台账": (get(officer, "/desk/ledger/"), lambda: bare(_list(plant))),
        "议题": (get(officer, "/desk/topics/"), lambda: bare(_topics(plant))),
        f"会议和议程（{TOPICS} 个议题）": (get(officer, f"/desk/meetings/{opened}/"), lambda: bare(_agenda(opened))),
        f"会议现场（{TOPICS} 个议题）": (get(officer, f"/desk/meetings/{opened}/room/"), lambda: bare(_agenda(opened))),
        f"会议纪要（{TOPICS} 个议题）": (
            get(officer, f"/desk/meetings/{written}/minutes/"),
            lambda: bare(_agenda(written)),
        ),
        "上报": (get(upper, "/desk/climb/"), lambda: bare(_rungs(county.pk))),
    }
    found = {}
    for name, (page, base) in pages.items():
        spent = cost(page)
        found[name] = {"ms": spent.ms, "statements": spent.statements, "db_ms": spent.db_ms, "bare": base()}
    return found


def _meetings(world: Any, now: datetime) -> tuple[Any, Any]:
    """A meeting that is open and one whose minutes go round, each with a full agenda."""
    from tests.factories import consultation as make
    from tests.factories.world import accepted, voice

    def topics() -> list[Any]:
        return [make.ready(world, accepted(world, voice(), at=now), at=now, title=f"议题 {n}") for n in range(TOPICS)]

    return make.opened(world, *topics(), at=now).pk, make.circulated(world, *topics(), at=now).pk


def _register(world: Any, now: datetime) -> Any:
    from huying.cases.rules import Concerns, Voice
    from huying.intake.acts import register_at_desk

    by = world.as_("officer")

    def do() -> None:
        register_at_desk(
            place=world.shop, channel="phone", channel_note="", first=Voice(receipt="", secrecy="sealed", words="浴室热水不热。"),
            concerns=Concerns(), urgent=False, received_at=now, title="浴室热水", summary="浴室热水不热。", once=uuid4().hex,
            by=by, at=now,
        )  # fmt: skip

    return do


def _bare_register() -> Any:
    """As many rows as an act writes, of like size, in one transaction of a plain cursor."""
    import time
    from statistics import median

    from django.db import connection, transaction

    def base() -> float:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS bench_bare (id varchar(36) PRIMARY KEY, root varchar(36), body text)"
            )
            cursor.execute("CREATE INDEX IF NOT EXISTS bench_bare_root ON bench_bare (root)")
        found = []
        for _ in range(30):
            began = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                for _ in range(16):
                    cursor.execute("INSERT INTO bench_bare VALUES (%s, %s, %s)", (str(uuid4()), "root", "x" * 400))
            found.append((time.perf_counter() - began) * 1000)
        return median(found)

    return base


def _key(value: Any) -> Any:
    """A UUID as this engine stores it."""
    from django.db import connection

    return value.hex if connection.vendor == "sqlite" else value


def _list(plant: Any) -> list[tuple[str, tuple]]:
    return [("SELECT * FROM cases_case WHERE holder_id = %s ORDER BY registered_at DESC LIMIT 51", (_key(plant),))]


def _list_below(path: str) -> list[tuple[str, tuple]]:
    sql = (
        "SELECT c.* FROM cases_case c JOIN org_unit u ON u.id = c.holder_id WHERE u.path >= %s AND u.path < %s "
        "ORDER BY c.registered_at DESC LIMIT 51"
    )
    return [(sql, (path, path + "~"))]


def _today(unit: Any, now: datetime) -> list[tuple[str, tuple]]:
    sql = (
        "SELECT * FROM cases_clock WHERE unit_id = %s AND stopped_at IS NULL AND due_on <= %s ORDER BY due_on LIMIT 21"
    )
    count = "SELECT count(*) FROM cases_clock WHERE unit_id = %s AND stopped_at IS NULL AND due_on <= %s"
    new = "SELECT * FROM cases_case WHERE holder_id = %s AND status = 'registered' ORDER BY registered_at DESC LIMIT 21"
    day = now.date()
    return [(sql, (_key(unit), day)), (count, (_key(unit), day)), (new, (_key(unit),))]


def _dossier(case: Any) -> list[tuple[str, tuple]]:
    tables = ("cases_event", "cases_clock", "cases_party", "handling_item", "cases_station")
    return [("SELECT * FROM cases_case WHERE id = %s", (_key(case),))] + [
        (f"SELECT * FROM {table} WHERE case_id = %s", (_key(case),)) for table in tables
    ]


def _topics(plant: Any) -> list[tuple[str, tuple]]:
    sql = "SELECT * FROM meetings_topic WHERE unit_id = %s ORDER BY moved_at DESC LIMIT 51"
    return [(sql, (_key(plant),))]


def _agenda(meeting: Any) -> list[tuple[str, tuple]]:
    of_place = "JOIN meetings_place p ON p.id = x.place_id WHERE p.meeting_id = %s"
    return [
        ("SELECT * FROM meetings_meeting WHERE id = %s", (_key(meeting),)),
        ("SELECT * FROM meetings_participant WHERE meeting_id = %s", (_key(meeting),)),
        (
            "SELECT * FROM meetings_place p JOIN meetings_topic t ON t.id = p.topic_id WHERE p.meeting_id = %s",
            (_key(meeting),),
        ),
        (f"SELECT x.* FROM meetings_remark x {of_place}", (_key(meeting),)),
        (f"SELECT x.* FROM meetings_agreed x {of_place}", (_key(meeting),)),
    ]


def _rungs(unit: Any) -> list[tuple[str, tuple]]:
    sql = "SELECT * FROM climb_rung r JOIN cases_case c ON c.id = r.case_id WHERE r.unit_id = %s ORDER BY r.sent_at LIMIT 51"
    return [(sql, (_key(unit),))]


def _search(word: str) -> list[tuple[str, tuple]]:
    from django.db import connection

    if connection.vendor == "sqlite":
        sql = (
            "SELECT c.* FROM cases_case c WHERE c.id IN (SELECT e.subject FROM kernel_textentry e JOIN kernel_textentry_fts f "
            "ON f.rowid = e.slot WHERE f.grams MATCH %s) ORDER BY c.registered_at DESC LIMIT 51"
        )
        return [(sql, (f'"{word}"',))]
    sql = (
        "SELECT c.* FROM cases_case c WHERE c.id IN (SELECT subject FROM kernel_textentry WHERE grams_ts @@ %s::tsquery) "
        "ORDER BY c.registered_at DESC LIMIT 51"
    )
    return [(sql, (f"'{word}'",))]


if __name__ == "__main__":
    main()
