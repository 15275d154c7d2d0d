"""Draws the lifecycles into docs/lifecycles.md.  Run from the project's folder: ``python -m tools.draw``."""

from __future__ import annotations

from pathlib import Path

from huying.cases.lifecycle import CASE
from huying.handling.lifecycle import ITEM
from huying.kernel.lifecycle import Lifecycle

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


def drawings() -> dict[str, str]:
    """Path under the project to the text that belongs there."""
    return {"docs/lifecycles.md": HEAD + section("Case 事项", CASE) + section("Item 协商事项", ITEM)}


if __name__ == "__main__":
    for path, text in drawings().items():
        Path(path).write_text(text)
