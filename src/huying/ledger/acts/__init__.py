"""Acts of the ledger: workbooks and archives of papers for one person, and printing the papers of one case."""

from huying.ledger.acts._exports import (
    ask_export,
    export_now,
    export_unit,
    stop_export,
    sweep_exports,
    throw_away,
    write_export,
)
from huying.ledger.acts._papers import print_item_paper, print_paper, print_slips

__all__ = [
    "ask_export",
    "export_now",
    "export_unit",
    "print_item_paper",
    "print_paper",
    "print_slips",
    "stop_export",
    "sweep_exports",
    "throw_away",
    "write_export",
]
