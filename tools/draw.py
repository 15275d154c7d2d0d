"""Draws docs/lifecycles.md from the tables, docs/clauses.md and docs/attacks.md from the tests' marks.  Run from the project's folder:
``python -m tools.draw``."""

from __future__ import annotations

from pathlib import Path

from huying.alerts.lifecycle import FINDING, INCIDENT, INFORMATION, WARNING
from huying.cases.lifecycle import CASE
from huying.climb.lifecycle import RUNG
from huying.fieldwork.lifecycle import DAY, TALK, VISIT
from huying.handling.lifecycle import ITEM
from huying.kernel.lifecycle import Lifecycle
from huying.mechanism.pack_file import SHIPPED, read
from huying.meetings.lifecycle import MEETING, TOPIC
from huying.oversight.lifecycle import REPORT, SHEET
from huying.promises.lifecycle import PROMISE
from huying.site.clauses import clauses
from tools import attacks

HOUSE = "house"
HEAD = "# Lifecycles\n\nGenerated from the tables by `python -m tools.draw`; a test fails when this page is stale.\n"


def section(title: str, table: Lifecycle) -> str:
    """One lifecycle: drawing, states, steps."""
    lines = [f"\n## {title}\n", "```mermaid", table.mermaid().rstrip(), "```\n"]
    lines += ["| state | staff | worker | whose turn |", "|---|---|---|---|"]
    lines += [f"| {s.code} | {s.staff} | {s.worker} | {s.turn or '–'} |" for s in table.states]
    lines += ["", "| act | label | from | to | needs | clocks | clause |", "|---|---|---|---|---|---|---|"]
    for step in table.steps:
        clocks = " ".join([f"+{code}" for code in step.starts] + [f"−{code}" for code in step.stops])
        cells = [
            step.act,
            step.label,
            ", ".join(step.sources),
            step.target or "–",
            ", ".join(step.needs),
            clocks,
            step.clause,
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def proofs() -> str:
    """Every clause of the shipped packs with the tests that prove it; what has none is said so."""
    found = clauses()
    lines = [
        "# Clauses and their proof\n",
        "Generated from the tests' `clause` marks by `python -m tools.draw`; a test fails when this page is stale.",
    ]
    for path in sorted(SHIPPED.glob("*.yaml")):
        body = read(path.read_text(), path.name)
        if body["pack"] == HOUSE:  # starting values of our own, not a document
            continue
        proven = sum(clause["id"] in found for clause in body["clauses"])
        lines += [
            "",
            f"## {body['number']} {body['title']}",
            "",
            f"{proven} of {len(body['clauses'])} clauses have a test.",
            "",
        ]
        lines += ["| clause | place | what it asks | tests |", "|---|---|---|---|"]
        for clause in body["clauses"]:
            tests = found.get(clause["id"], [])
            places = sorted({test.partition("::")[0].removeprefix("tests/") for test in tests})
            said = f"{len(tests)}: {', '.join(places)}" if tests else "none yet"
            lines.append(f"| {clause['id']} | {clause['at']} | {clause['summary']} | {said} |")
            found.pop(clause["id"], None)
    lines += [
        "",
        "## Ahead of their packs",
        "",
        "Clauses of further documents that the product carries out already.",
        "",
    ]
    lines += ["| clause | tests |", "|---|---|"]
    for clause, tests in found.items():
        places = sorted({test.partition("::")[0].removeprefix("tests/") for test in tests})
        lines.append(f"| {clause} | {len(tests)}: {', '.join(places)} |")
    return "\n".join(lines) + "\n"


def drawings() -> dict[str, str]:
    """Path under the project to the text that belongs there."""
    return {
        "docs/lifecycles.md": HEAD
        + section("Case 事项", CASE)
        + section("Topic 协商议题", TOPIC)
        + section("Meeting 会议", MEETING)
        + section("Item 协商事项", ITEM)
        + section("Rung 上报", RUNG)
        + section("Report 情况报告", REPORT)
        + section("Sheet 考核表", SHEET)
        + section("ReceptionDay 接待日", DAY)
        + section("Booking 来访", VISIT)
        + section("InvitedTalk 约访", TALK)
        + section("Promise 实事", PROMISE)
        + section("Warning 预警", WARNING)
        + section("Incident 突发事件", INCIDENT)
        + section("Information 信息", INFORMATION)
        + section("Finding 上报核查", FINDING),
        "docs/clauses.md": proofs(),
        "docs/attacks.md": attacks.page(),
    }


if __name__ == "__main__":
    for path, text in drawings().items():
        Path(path).write_text(text)
