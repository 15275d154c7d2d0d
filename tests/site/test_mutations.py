"""Weakening pack rules: what is tried, and that a rule no test misses is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from huying.mechanism.pack_file import PackError, read, shipped
from huying.site import mutating
from huying.site.clauses import PROJECT
from huying.site.mutations import Mutation, mutations, untouched


@pytest.fixture(scope="module")
def document() -> Path:
    return next(path for path in shipped() if path.name == "mengyin-2017-21.yaml")


@pytest.fixture(scope="module")
def every(document: Path) -> list[Mutation]:
    return list(mutations(document))


def test_every_row_of_the_document_is_weakened_in_each_of_its_parts(document: Path, every: list[Mutation]) -> None:
    said = {one.what for one in every}
    assert {
        "clocks/report 3 → 30 days", "clocks/report calendar → working days", "clocks/report roll True → False",
        "clocks/report removed", "duties/meeting_each_quarter who employer_union → union",
        "duties/meeting_each_quarter every quarter → year", "scales/three unsatisfied counts as satisfied",
        "needs/item without person", "roles/union_head@consultation chairs True → False", "options/climb without management_above",
        "forms/record without phone", "texts/explained removed", "categories/notice has_worker False → True",
        "channels/blog on False → True",
    } <= said  # fmt: skip
    body = yaml.safe_load(document.read_text())
    rows = {(section, row["code"]) for section, some in body.items() if isinstance(some, list) and section != "clauses"
            for row in some}  # fmt: skip
    removed = {
        tuple(what.removesuffix(" removed").split("@")[0].split("/")) for what in said if what.endswith("removed")
    }
    assert removed == rows
    assert len({one.key for one in every}) == len(every)


def test_a_weakening_changes_one_thing(document: Path, every: list[Mutation]) -> None:
    whole = read(document.read_text(), document.name)
    assert read(untouched(document), document.name) == whole
    longer = next(one for one in every if one.what == "clocks/report 3 → 30 days")
    changed = read(longer.text, document.name)
    assert (longer.clause, changed["clocks"][0]["days"]) == ("MY-3.2.4a", 30)
    changed["clocks"][0]["days"] = 3
    assert changed == whole
    for one in every[::15]:
        try:
            assert read(one.text, document.name) != whole
        except PackError:
            continue  # no pack any more, which the run leaves out


def test_a_weakened_rule_is_missed_and_one_that_is_not_weakened_passes(tmp_path: Path, document: Path) -> None:
    """One real run of the tests that prove the three days, against thirty days and against a file that says the same."""
    longer = next(one.text for one in mutations(document) if one.what == "clocks/report 3 → 30 days")
    pieces = [
        {"key": key, "clause": "MY-3.2.4a", "file": document.name, "text": text}
        for key, text in (("thirty", longer), ("the same", untouched(document)))
    ]
    work, out = tmp_path / "work.json", tmp_path / "out.jsonl"
    work.write_text(json.dumps({"work": pieces, "files": ["tests/mechanism/test_rules.py"], "out": str(out)}))
    given = {name: value for name, value in os.environ.items() if not name.startswith(mutating.OURS)}
    run = subprocess.run(
        [sys.executable, "-m", "tools.mutate", str(work)], cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**given, "PYTHONPATH": f"{PROJECT / 'src'}{os.pathsep}{PROJECT}"},
    )  # fmt: skip
    assert out.exists(), run.stdout[-3000:]
    said = {row["key"]: row["state"] for row in map(json.loads, out.read_text().splitlines())}
    assert said == {"thirty": "missed", "the same": "survived"}


def test_the_command_names_survivors_and_ends_with_an_error(
    monkeypatch: Any, every: list[Mutation], tmp_path: Path
) -> None:
    from django.core.management import call_command

    some = every[:3]

    def ran(todo: Any, *_: Any) -> dict[str, dict[str, str]]:
        states = ("missed", "survived", "unfit")
        return {
            one.key: {"state": state, "test": "tests/x.py::test_y"} for one, state in zip(todo, states, strict=True)
        }

    monkeypatch.setattr(mutating, "_run", ran)
    monkeypatch.setattr(mutating, "KEPT", tmp_path / "kept.jsonl")
    monkeypatch.setattr("huying.site.management.commands.clauses.chosen", lambda only, *, house: some)
    with pytest.raises(SystemExit) as end, (tmp_path / "said").open("w") as said:
        call_command("clauses", mutate=True, stdout=said)
    assert end.value.code == 1
    assert (tmp_path / "said").read_text().splitlines() == [
        f"没有测试发现：{some[1].key}",
        "削弱 2 处，被测试发现 1 处。",
    ]


def test_the_report_counts_by_clause(every: list[Mutation]) -> None:
    outcomes = [mutating.Outcome(every[0], "missed", "tests/x.py::test_y"), mutating.Outcome(every[1], "survived")]
    text = mutating.report(outcomes, "huying clauses --mutate --write")
    assert f"| {every[0].clause} | 2 | 1 | {every[1].what} |" in text
    assert "1 of 2 weakenings are missed by a test." in text
