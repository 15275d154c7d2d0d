"""How long printing takes: papers of many pages, made from plain data without the database."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable
from datetime import date
from statistics import median

ROUNDS = 5
DAY = date(2026, 11, 20)


def times() -> dict[str, tuple[int, float]]:
    """Pages and milliseconds of each paper, median of a few rounds after one that warms the compiler up.

    Every round prints other words: the compiler remembers what it has laid out before.
    """
    from pypdf import PdfReader

    found = {}
    for name, make in _papers().items():
        pages, spent = len(PdfReader(io.BytesIO(make(0))).pages), []
        for number in range(1, ROUNDS + 1):
            began = time.perf_counter()
            make(number)
            spent.append((time.perf_counter() - began) * 1000)
        found[name] = (pages, median(spent))
    return found


def _papers() -> dict[str, Callable[[int], bytes]]:
    from huying.ledger.form1 import Form1, form1_pdf
    from huying.ledger.form3 import Form3, Track, form3_pdf
    from huying.meetings.paper import Matter, Minutes, minutes_pdf

    def words(number: int, place: int = 0) -> str:
        return f"第{number}轮第{place}处：参会各方就夜班职工下班乘车问题充分讨论，同意与承运公司重新商定发车时间。"

    def sheet(number: int, place: int) -> Form3:
        track = Track(DAY, "doing", words(number, place))
        return Form3(number=f"甲〔2026〕{place}号", department="后勤部", tracks=(track,), printed_on=DAY)

    def matter(number: int, place: int) -> Matter:
        said = "\n".join(words(number, place * 10 + line) * 3 for line in range(8))
        return Matter(title=f"第{place}项议题", said=said)

    def minutes(number: int) -> Minutes:
        matters = tuple(matter(number, place) for place in range(53))
        return Minutes(organ="沟通协商会议", title="会议纪要", matters=matters, printed_on=DAY)

    return {
        "记录表": lambda n: form1_pdf(Form1(number="甲〔2026〕1号", words=words(n), printed_on=DAY)),
        "跟踪表 100 张": lambda n: form3_pdf([sheet(n, place) for place in range(100)]),
        "会议纪要": lambda n: minutes_pdf(minutes(n)),
    }


def table(found: dict[str, tuple[int, float]]) -> list[str]:
    """The rows for docs/performance.md."""
    rows = [f"| {name} | {pages} | {ms:.0f} | {ms / pages:.1f} |" for name, (pages, ms) in found.items()]
    return ["\n## Papers\n", "| what | pages | ms | ms a page |", "|---|---|---|---|", *rows]


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    django.setup()
    sys.stdout.write("\n".join(table(times())) + "\n")
