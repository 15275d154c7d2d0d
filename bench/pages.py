"""What is measured: each page or act with the bare statements it is compared with.

*Bare* is the database alone, through a plain cursor, giving what the page cannot do without: for a list the same rows in the
same scope and order with the dates it shows, for a dossier the case and everything that hangs on it, for a count the same count.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from django.urls import reverse

from bench.measure import Cost, bare, cost
from huying.cases.models import Case
from huying.org.models import path_end
from tests.factories.world import World

Statement = tuple[str, tuple[Any, ...]]
Measured = tuple[Callable[[], Cost], Callable[[], float]]
SHOWN = 51
NAMING = (
    "AND NOT EXISTS (SELECT 1 FROM cases_recusal r WHERE r.case_id = c.id AND r.key IN ({marks}))"  # who must not know
)
NAMES = (
    "JOIN org_unit u ON u.id = c.unit_id JOIN org_unit p ON p.id = c.place_id JOIN org_unit h ON h.id = c.holder_id "
    "LEFT JOIN org_post o ON o.id = c.officer_id LEFT JOIN org_person n ON n.id = o.person_id"
)
COLUMNS = "c.*, u.name, p.name, h.name, n.name"


class Reader:
    """Somebody who reads pages: signed in, with the scope the bare statements use."""

    def __init__(self, world: World, name: str) -> None:
        self.actor, self.unit = world.as_(name), world.posts[name].unit
        self.client = Client()
        self.client.force_login(world.posts[name].person.user)
        self.upper = self.unit.is_upper

    def get(self, path: str) -> Callable[[], Cost]:
        """Time a page."""

        def do() -> None:
            answer = self.client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return lambda: cost(do)

    def scope(self) -> tuple[str, tuple[Any, ...]]:
        """Cases in the hands of this reader's union, for an upper one of those below as well; none that names the reader."""
        keys = sorted(self.actor.keys)
        naming = NAMING.format(marks=", ".join(["%s"] * len(keys)))
        if not self.upper:
            return f"c.holder_id = %s {naming}", (key(self.unit.pk), *keys)
        held = "EXISTS (SELECT 1 FROM org_unit b WHERE b.id = c.holder_id AND b.path >= %s AND b.path < %s)"
        return f"{held} {naming}", (self.unit.path, path_end(self.unit.path), *keys)


def key(value: UUID) -> Any:
    """A UUID as this engine stores it."""
    return value.hex if connection.vendor == "sqlite" else value


def listed(reader: Reader, more: str = "", given: tuple[Any, ...] = ()) -> float:
    """The newest rows of a scope with the names they show, then the clocks and items of these rows."""
    where, params = reader.scope()
    page = (
        f"SELECT {COLUMNS} FROM cases_case c {NAMES} WHERE {where} {more} ORDER BY c.registered_at DESC LIMIT {SHOWN}"
    )
    with connection.cursor() as cursor:
        cursor.execute(page, (*params, *given))
        ids = tuple(row[0] for row in cursor.fetchall())
    return bare([(page, (*params, *given)), *_of_rows(ids)])


def _of_rows(ids: tuple[Any, ...]) -> list[Statement]:
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    return [
        (f"SELECT * FROM cases_clock WHERE case_id IN ({marks}) AND stopped_at IS NULL", ids),
        (f"SELECT * FROM handling_item WHERE case_id IN ({marks})", ids),
    ]


OPEN = "AND c.closed_at IS NULL"


def today(reader: Reader, now: datetime) -> float:
    """The four counts over what is open in the scope, and the rows of the most pressing."""
    where, params = reader.scope()
    late = "EXISTS (SELECT 1 FROM cases_clock k WHERE k.case_id = c.id AND k.stopped_at IS NULL AND k.due_on < %s)"
    counts = (
        f"SELECT c.holder_id, count(*), sum(CASE WHEN {late} THEN 1 ELSE 0 END), min(c.moved_at) FROM cases_case c "
        f"WHERE {where} {OPEN} GROUP BY c.holder_id"
    )
    worst = f"SELECT c.* FROM cases_case c WHERE {where} {OPEN} AND {late} ORDER BY c.registered_at LIMIT 6"
    day = now.date()
    return bare([(counts, (day, *params)), (worst, (*params, day))])


def dossier(case: UUID) -> float:
    """A case and everything that hangs on it."""
    tables = (
        "cases_event", "cases_clock", "cases_party", "cases_station", "cases_message", "cases_casefile", "cases_recusal",
        "handling_item", "climb_rung", "climb_instruction", "meetings_topiccase", "feedback_survey",
    )  # fmt: skip
    whole = f"SELECT {COLUMNS} FROM cases_case c {NAMES} WHERE c.id = %s"
    of_it = [(f"SELECT * FROM {table} WHERE case_id = %s", (key(case),)) for table in tables]
    return bare([(whole, (key(case),)), *of_it])


def found(reader: Reader, word: str) -> float:
    """The newest hits of a word in the scope."""
    if connection.vendor == "sqlite":
        hits = "SELECT e.subject FROM kernel_textentry e JOIN kernel_textentry_fts f ON f.rowid = e.slot WHERE f.grams MATCH %s"
        given = f'"{word}"'
    else:
        hits, given = "SELECT subject FROM kernel_textentry WHERE grams_ts @@ %s::tsquery", f"'{word}'"
    return listed(reader, f"AND c.id IN ({hits})", (given,))


def counted(reader: Reader) -> float:
    """The ledger says how many cases it holds, and shows the newest."""
    where, params = reader.scope()
    count = (f"SELECT count(*) FROM cases_case c WHERE {where} AND c.status <> 'spam'", params)
    page = f"SELECT c.* FROM cases_case c WHERE {where} AND c.status <> 'spam' ORDER BY c.registered_at DESC LIMIT 50"
    return bare([count, (page, params)])


def rungs(reader: Reader) -> float:
    """What waits for this union's answer."""
    sql = (
        "SELECT r.*, c.* FROM climb_rung r JOIN cases_case c ON c.id = r.case_id WHERE r.unit_id = %s "
        "AND r.status IN ('sent', 'taken') ORDER BY r.sent_at LIMIT 51"
    )
    return bare([(sql, (key(reader.unit.pk),))])


def topics(reader: Reader) -> float:
    """The topics of this union."""
    sql = "SELECT * FROM meetings_topic WHERE unit_id = %s ORDER BY moved_at DESC LIMIT 51"
    return bare([(sql, (key(reader.unit.pk),))])


def agenda(meeting: UUID) -> float:
    """A meeting with its agenda and what was said and agreed."""
    of_place = "JOIN meetings_place p ON p.id = x.place_id WHERE p.meeting_id = %s"
    topics = "SELECT * FROM meetings_place p JOIN meetings_topic t ON t.id = p.topic_id WHERE p.meeting_id = %s"
    one = (key(meeting),)
    return bare(
        [
            ("SELECT * FROM meetings_meeting WHERE id = %s", one),
            ("SELECT * FROM meetings_participant WHERE meeting_id = %s", one),
            (topics, one),
            (f"SELECT x.* FROM meetings_remark x {of_place}", one),
            (f"SELECT x.* FROM meetings_agreed x {of_place}", one),
        ]
    )


def grouped(reader: Reader, now: datetime) -> float:
    """The figures of a year counted on request, as a page without kept figures would: by month, state, channel, class and
    category, and each step by whether it was in time."""
    where, params = reader.scope()
    cases = f"FROM cases_case c WHERE {where} AND c.received_at >= %s"
    month = (
        "strftime('%%Y-%%m', c.received_at)" if connection.vendor == "sqlite" else "date_trunc('month', c.received_at)"
    )
    given = (*params, now - timedelta(days=365))
    by = [
        (f"SELECT {month}, {what}, count(*) {cases} GROUP BY 1, 2", given)
        for what in ("c.status", "c.channel", "c.content_class", "c.category")
    ]
    late = "CASE WHEN k.late OR (k.stopped_at IS NULL AND k.due_on < %s) THEN 1 ELSE 0 END"
    joined = cases.replace("cases_case c", "cases_case c JOIN cases_clock k ON k.case_id = c.id")
    steps = f"SELECT {month}, k.code, {late}, count(*) {joined} GROUP BY 1, 2, 3"
    return bare([*by, (steps, (now.date(), *given))])


def pages(world: World, now: datetime, opened: UUID, written: UUID) -> dict[str, Measured]:
    """Every page that is measured, by its name in the table."""
    officer, county, top = (Reader(world, name) for name in ("officer", "upper", "province"))
    case = Case.objects.filter(holder=world.plant, status="told").first()
    assert case is not None
    at = reverse("desk:case", args=[case.pk])
    found_by = {"工会干部": officer, "县": county, "省": top}
    shown: dict[str, Measured] = {}
    year = f"?since={now - timedelta(days=330):%Y-%m}"
    for who, reader in found_by.items():
        mine = "?tab=below" if reader.upper else ""
        shown |= {
            f"今日（{who}）": (reader.get("/desk/"), lambda r=reader: today(r, now)),
            f"列表（{who}）": (reader.get(f"/desk/cases/{mine}"), lambda r=reader: listed(r, OPEN)),
            f"查找常用词（{who}）": (reader.get("/desk/search/?q=热水"), lambda r=reader: found(r, "热水")),
            f"查找少见词（{who}）": (reader.get("/desk/search/?q=虹吸"), lambda r=reader: found(r, "虹吸")),
            f"数字（{who}）": (reader.get(f"/desk/figures/{year}"), lambda r=reader: grouped(r, now)),
            f"台账（{who}）": (reader.get("/desk/ledger/"), lambda r=reader: counted(r)),
        }
    meeting, minutes = reverse("desk:meeting", args=[opened]), reverse("desk:minutes", args=[written])
    return shown | {
        "卷宗": (officer.get(at), lambda: dossier(case.pk)),
        "卷宗（省）": (top.get(at), lambda: dossier(case.pk)),
        "上报（县）": (county.get("/desk/climb/"), lambda: rungs(county)),
        "议题": (officer.get("/desk/topics/"), lambda: topics(officer)),
        "会议和议程": (officer.get(meeting), lambda: agenda(opened)),
        "会议现场": (officer.get(f"{meeting}room/"), lambda: agenda(opened)),
        "会议纪要": (officer.get(minutes), lambda: agenda(written)),
        "打印记录表": (officer.get(f"{at}form1.pdf"), lambda: dossier(case.pk)),
        "打印卷宗": (officer.get(f"{at}dossier.pdf"), lambda: dossier(case.pk)),
    }
