"""Periods of reports and assessments: quarters, half-years, years."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from huying.kernel.errors import Invalid

_CODE = re.compile(r"(20\d\d)(?:Q([1-4])|H([12]))?")
_QUARTERS, _HALVES = "一二三四", ("上", "下")


@dataclass(frozen=True)
class Period:
    """A quarter, half-year or year.  ``code``: ``2026Q3``, ``2026H1``, ``2026``; both days belong to it."""

    code: str
    label: str
    since: date
    until: date

    @property
    def days(self) -> str:
        """``7月1日至9月30日``."""
        return f"{self.since.month}月{self.since.day}日至{self.until.month}月{self.until.day}日"


def period_called(code: str) -> Period:
    """The period of a code; ``Invalid`` for anything else."""
    found = _CODE.fullmatch(code or "")
    if found is None:
        raise Invalid({"period": "请选一个期间。"})
    year, quarter, half = int(found[1]), found[2], found[3]
    if quarter:
        return _quarter(year, int(quarter))
    return _half(year, int(half)) if half else Period(str(year), f"{year}年度", date(year, 1, 1), date(year, 12, 31))


def _quarter(year: int, number: int) -> Period:
    label = f"{year}年第{_QUARTERS[number - 1]}季度"
    return Period(f"{year}Q{number}", label, *_span(year, 3 * number - 2, 3 * number))


def _half(year: int, number: int) -> Period:
    return Period(f"{year}H{number}", f"{year}年{_HALVES[number - 1]}半年", *_span(year, 6 * number - 5, 6 * number))


def _span(year: int, first: int, last: int) -> tuple[date, date]:
    after = date(year + last // 12, last % 12 + 1, 1)
    return date(year, first, 1), after - timedelta(days=1)


def periods_near(today: date) -> list[Period]:
    """What one may report on or assess: the running quarter, half-year and year, and the ones before; the latest ended
    first, then those still running."""
    year, quarter, half = today.year, (today.month - 1) // 3 + 1, (today.month + 5) // 6
    running = [_quarter(year, quarter), _half(year, half), period_called(str(year))]
    before_quarter = _quarter(year, quarter - 1) if quarter > 1 else _quarter(year - 1, 4)
    before_half = _half(year, 1) if half == 2 else _half(year - 1, 2)
    return [before_quarter, *running[:1], before_half, *running[1:2], period_called(str(year - 1)), running[2]]
