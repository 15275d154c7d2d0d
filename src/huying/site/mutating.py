"""``huying clauses --mutate``: hands every weakening to ``tools/mutate.py`` and gathers what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from huying.kernel.errors import Refused
from huying.mechanism.reads import shipped_files
from huying.site.clauses import PROJECT, clauses
from huying.site.mutations import Mutation, mutations, untouched

KEPT = PROJECT / ".cache" / "mutations.jsonl"
HOUSE = "house.yaml"


@dataclass(frozen=True)
class Outcome:
    """What came of a weakening: ``missed`` by a test, ``survived``, ``untested`` (no test has its clause), ``broken``,
    or ``unfit``: no pack any more, so that nobody could work by it."""

    mutation: Mutation
    state: str
    test: str = ""


def chosen(only: Sequence[str], *, house: bool) -> list[Mutation]:
    """The weakenings asked for: of the shipped documents, of clauses that begin so, with the starting values or without."""
    paths = [path for path in shipped_files() if house or path.name != HOUSE]
    every = (one for path in paths for one in mutations(path))
    return [one for one in every if not only or one.clause in only]


def tried(
    work: Sequence[Mutation], *, jobs: int, resume: bool, said: Callable[[int, int], None] = lambda done, of: None
) -> list[Outcome]:
    """Run the marked tests against each; with ``resume`` what some test has missed before is not tried again."""
    tests = clauses()
    before = _kept() if resume else {}
    if not resume:
        KEPT.unlink(missing_ok=True)
    todo = [
        one for one in work if one.clause in tests and before.get(one.key, {}).get("state") not in ("missed", "unfit")
    ]
    found = {**before, **_run(todo, tests, jobs, said)}
    outcomes = (_outcome(one, tests, found) for one in work)
    return [one for one in outcomes if one.state != "unfit"]


def _outcome(one: Mutation, tests: dict[str, list[str]], found: dict[str, dict[str, str]]) -> Outcome:
    if one.clause not in tests:
        return Outcome(one, "untested")
    row = found.get(one.key, {"state": "broken", "test": ""})
    return Outcome(one, row["state"], row.get("test", ""))


def _kept() -> dict[str, dict[str, str]]:
    """Results of earlier runs, the last of each."""
    if not KEPT.exists():
        return {}
    rows = (json.loads(line) for line in KEPT.read_text(encoding="utf-8").splitlines())
    return {row["key"]: row for row in rows}


def _run(
    todo: Sequence[Mutation], tests: dict[str, list[str]], jobs: int, said: Callable[[int, int], None]
) -> dict[str, dict[str, str]]:
    """Start the runners and wait for them; each first runs its clauses' tests against packs that are not weakened."""
    if not todo:
        return {}
    KEPT.parent.mkdir(exist_ok=True)
    # Clauses that share test files stay together, so that a runner loads few of them.
    by_clause = sorted(todo, key=lambda one: one.clause)
    size = -(-len(by_clause) // jobs)
    with tempfile.TemporaryDirectory(prefix="huying-mutate-") as folder:
        running = [
            _start(by_clause[start : start + size], tests, Path(folder) / str(number))
            for number, start in enumerate(range(0, len(by_clause), size))
        ]
        try:
            while any(process.poll() is None for process, _ in running):
                said(sum(_lines(out) for _, out in running), len(todo))
                time.sleep(1)
        finally:  # however it ends, what is known is kept for --resume
            for process, _ in running:
                process.terminate()
                process.wait()
            rows = _results(out for _, out in running)
            found = [row for row in rows if not row["key"].startswith(BASELINE)]
            with KEPT.open("a", encoding="utf-8") as kept:
                kept.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in found)
        faulty = [row for row in rows if row["key"].startswith(BASELINE) and row["state"] != "survived"]
        if faulty or any(process.returncode for process, _ in running):
            where = "、".join(f"{row['key']}（{row['test']}）" for row in faulty)
            raise Refused(f"没有削弱规则时测试就不通过：{where or '测试没有跑起来'}。", "请先让测试全部通过。")
    return {row["key"]: row for row in found}


# The tests prepare their own settings, home and database; nothing of this command may reach them.
OURS = ("DJANGO_", "HUYING_", "DATABASE_")
BASELINE = "untouched "


def _start(work: Sequence[Mutation], tests: dict[str, list[str]], folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
    """One runner with its share of the work."""
    folder.mkdir()
    out = folder / "out.jsonl"
    pieces = [
        *_baselines(work),
        *({"key": one.key, "clause": one.clause, "file": one.file, "text": one.text} for one in work),
    ]
    files = sorted({test.partition("::")[0] for one in work for test in tests[one.clause]})
    (folder / "work.json").write_text(json.dumps({"work": pieces, "files": files, "out": str(out)}), encoding="utf-8")
    given = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment = {**given, "PYTHONPATH": os.pathsep.join([str(PROJECT / "src"), str(PROJECT)])}
    with (PROJECT / ".cache" / f"mutate-{folder.name}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.mutate", str(folder / "work.json")],
            cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    return process, out


def _baselines(work: Iterable[Mutation]) -> list[dict[str, str]]:
    """The same files not weakened, once a clause."""
    texts = {path.name: untouched(path) for path in shipped_files()}
    once = {(one.clause, one.file) for one in work}
    return [
        {"key": f"{BASELINE}{clause}", "clause": clause, "file": file, "text": texts[file], "must_pass": "yes"}
        for clause, file in sorted(once)
    ]


def _results(paths: Iterable[Path]) -> list[dict[str, str]]:
    """The lines of the runners; one cut off in the middle is none."""
    lines = (line for path in paths if path.exists() for line in path.read_text("utf-8").split("\n")[:-1])
    return [json.loads(line) for line in lines]


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def report(outcomes: Sequence[Outcome], command: str) -> str:
    """``docs/mutations.md``: a line for each clause, and the rules no test misses."""
    lines = [
        "# Weakened rules and the tests that miss them\n",
        f"Written by `{command}`: every rule of the shipped packs weakened in turn, the tests marked with its clause run.\n",
        "| clause | weakened | missed by a test | survived |",
        "|---|---|---|---|",
    ]
    by_clause: dict[str, list[Outcome]] = {}
    for one in outcomes:
        by_clause.setdefault(one.mutation.clause, []).append(one)
    for clause, rows in by_clause.items():
        left = [row.mutation.what for row in rows if row.state != "missed"]
        lines.append(f"| {clause} | {len(rows)} | {len(rows) - len(left)} | {'<br>'.join(left) or '–'} |")
    total = sum(one.state == "missed" for one in outcomes)
    lines += ["", f"{total} of {len(outcomes)} weakenings are missed by a test."]
    return "\n".join(lines) + "\n"
