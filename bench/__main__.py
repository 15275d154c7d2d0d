"""``python -m bench``: both engines, 10,000 against 100,000 cases, into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.papers import table
from tests.postgres import Cluster

PROJECT = Path(__file__).resolve().parent.parent
SIZES = (10_000, 100_000)
AIMS = {"登记": 8, "列表": 40, "卷宗": 60, "查找": 60, "数字": 1, "导出": 2}  # times bare, by how a name begins
FREE = ("登记，连同",)


def main() -> None:
    """Measure each engine in a process of its own and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--engines", default="sqlite,postgres")
    parser.add_argument("--dry", action="store_true", help="print, do not write docs/performance.md")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",")]
    found = {engine: _measure(engine, sizes) for engine in given.engines.split(",")}
    page = _page(found, sizes)
    if given.dry:
        sys.stdout.write(page)
    else:
        (PROJECT / "docs" / "performance.md").write_text(page)


def _measure(engine: str, sizes: list[int]) -> dict:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HUYING_HOME": home, "HUYING_SECRET": "bench", "HUYING_MAIL": "dummy://"}
        for name in ("DATABASE_URL", "HUYING_KEYS", "HUYING_FILES"):
            environment.pop(name, None)
        command = [sys.executable, "-m", "bench.run", *map(str, sizes)]
        if engine == "sqlite":
            return _run(command, environment)
        with Cluster() as cluster:
            return _run(command, {**environment, "DATABASE_URL": cluster.url})


def _run(command: list[str], environment: dict[str, str]) -> dict:
    done = subprocess.run(command, env=environment, cwd=PROJECT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def _page(found: dict, sizes: list[int]) -> str:
    small, large = str(sizes[0]), str(sizes[-1])
    lines = [
        "# Performance\n",
        "Measured by `make bench` (`python -m bench`), which writes this page. Times are medians of one run on the machine",
        "named below and are only meant as multiples: *bare* is the database alone, through a plain cursor, doing what the page",
        "cannot do without (each bare query stands in `bench/pages.py` and `bench/acts.py`); *×* is the page over bare, at the",
        "larger size; *growth* is the larger size over the smaller.  The cases lie in a province of 3 cities, 12 counties and",
        "301 units: a tenth at the officer's plant, three tenths in the county, all in the province; seven in a hundred are open.\n",
        f"Machine of this run: {os.cpu_count()} cores, Python {platform.python_version()}.\n",
    ]
    for result in found.values():
        lines += [
            f"\n## {result['version']}\n",
            f"| what | statements | bare ms | page ms ({int(small):,}) | page ms ({int(large):,}) | of it database ms | × | aim | growth |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for name, big in result[large].items():
            little = result[small][name]
            lines.append(
                f"| {name} | {big['statements']} | {big['bare']:.2f} | {little['ms']:.1f} | {big['ms']:.1f} | {big['db_ms']:.1f} "
                f"| {big['ms'] / big['bare']:.1f} | {_aim(name)} | {big['ms'] / little['ms']:.2f} |"
            )
    lines += table(next(iter(found.values()))["papers"])
    notes = PROJECT / "bench" / "notes.md"
    return "\n".join(lines) + "\n" + (("\n" + notes.read_text()) if notes.exists() else "")


def _aim(name: str) -> str:
    found = next((most for begins, most in AIMS.items() if name.startswith(begins) and not name.startswith(FREE)), None)
    return f"≤ {found}" if found else ""


if __name__ == "__main__":
    main()
