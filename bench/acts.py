"""Acts that are measured: registering, a workbook of everything, papers of a hundred cases; each with its bare counterpart."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from itertools import cycle, islice
from statistics import median
from typing import Any
from uuid import uuid4

import xlsxwriter
from django.db import connection, transaction
from django.utils import timezone

from bench.measure import Cost, once
from bench.pages import Measured
from huying.cases.models import Case
from huying.cases.rules import Concerns, Voice
from huying.intake.acts import register_at_desk
from huying.kernel.crypto import receipt_hash
from huying.ledger import acts as ledger
from huying.ledger import reads
from huying.ledger.form1 import Form1, form1_pdf
from huying.ledger.rules import Selection
from tests.factories.world import World

ROUNDS = 15
PAPERS = 100
SAMPLE = 5_000  # rows whose cells are written again and again by the bare workbook
WRITES = ("INSERT", "UPDATE", "DELETE")
_Statements = list[tuple[str, Any]]


def acts(world: World, now: datetime) -> dict[str, Measured]:
    """Every act that is measured, by its name in the table."""
    registering = Registering(world, now)
    return {
        "登记": (registering.without_receipt, registering.bare),
        "登记，连同回执的 argon2": (lambda: registering.cost, registering.bare),
        "导出全省台账": (lambda: once(lambda: _export(world, now)), lambda: _bare_workbook(world, now)),
        f"打印 {PAPERS} 张记录表": (lambda: once(lambda: _papers(world, now)), _bare_papers),
    }


class Registering:
    """Registers, takes it back, and lets a plain cursor write the same rows in one transaction: both see the same database.

    The act's own time has the commit of the plain cursor added, because what is taken back is never committed.
    """

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now, self.by = world, now, world.as_("officer")
        self.cost, self.plain = Cost(0, 0, 0), 0.0

    def without_receipt(self) -> Cost:
        """The whole act but the hash of the receipt, which is slow on purpose."""
        self._measure()
        began = time.perf_counter()
        for _ in range(ROUNDS):
            receipt_hash("1234567890123456")
        hashed = (time.perf_counter() - began) * 1000 / ROUNDS
        return Cost(self.cost.ms - hashed, self.cost.statements, self.cost.db_ms)

    def bare(self) -> float:
        """The plain cursor's time."""
        return self.plain

    def _measure(self) -> None:
        acted, written, counts, spent = [], [], [], []
        for _ in range(ROUNDS):
            ms, statements, db_ms = self._act()
            bare, commit = _written([one for one in statements if one[0].startswith(WRITES)])
            acted.append(ms + commit)
            written.append(bare)
            counts.append(len(statements))
            spent.append(db_ms + commit)
        self.cost = Cost(median(acted), int(median(counts)), median(spent))
        self.plain = median(written)

    def _act(self) -> tuple[float, _Statements, float]:
        statements: _Statements = []
        spent = 0.0

        def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal spent
            statements.append((sql, params))
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent += time.perf_counter() - began

        began = time.perf_counter()
        with transaction.atomic(), connection.execute_wrapper(watch):
            register_at_desk(
                place=self.world.shop, channel="phone", channel_note="", first=Voice(receipt="", secrecy="sealed", words="浴室热水不热。"),
                concerns=Concerns(), urgent=False, received_at=self.now, title="浴室热水", summary="浴室热水不热。",
                once=uuid4().hex, by=self.by, at=self.now,
            )  # fmt: skip
            ended = time.perf_counter()
            transaction.set_rollback(True)
        return (ended - began) * 1000, statements, spent * 1000


def _written(statements: _Statements) -> tuple[float, float]:
    """Milliseconds for the statements in one transaction, and of these for its commit."""
    began = time.perf_counter()
    with transaction.atomic():
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
        ended = time.perf_counter()
    committed = time.perf_counter()
    return (committed - began) * 1000, (committed - ended) * 1000


def _export(world: World, now: datetime) -> None:
    """The ledger of the whole province, as the background job writes it."""
    by = world.as_("province")
    export = ledger.ask_export(chosen=Selection(), by=by, at=now)
    assert ledger.write_export(export_id=export.pk, by=by, at=now)


def _bare_workbook(world: World, now: datetime) -> float:
    """As many rows with cells of the same kind and length through bare XlsxWriter, in constant memory as well."""
    seen, today = reads.viewer(world.as_("province"), timezone.localdate(now)), timezone.localdate(now)
    ids = list(reads.selected(seen, Selection(), today).values_list("pk", flat=True))
    rows = [row.cells() for row in reads.rows_of(ids[:SAMPLE], seen, today)]
    began = time.perf_counter()
    with xlsxwriter.Workbook(
        "/dev/null", {"constant_memory": True, "default_date_format": "yyyy-mm-dd", "remove_timezone": True}
    ) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(islice(cycle(rows), len(ids))):
            sheet.write_row(number, 0, row)
    return (time.perf_counter() - began) * 1000


def _papers(world: World, now: datetime) -> None:
    """One form for each of many cases of the plant."""
    by = world.as_("officer")
    for pk in Case.objects.filter(holder=world.plant).order_by("-registered_at").values_list("pk", flat=True)[:PAPERS]:
        ledger.print_paper(case_id=pk, what="form1", fmt="pdf", by=by, at=now)


def _bare_papers() -> float:
    """The same number of forms drawn from plain data."""
    began = time.perf_counter()
    for number in range(PAPERS):
        form1_pdf(Form1(number=f"甲〔2026〕{number}号", words=f"第{number}件：夜班末班车提前。" * 5))
    return (time.perf_counter() - began) * 1000
