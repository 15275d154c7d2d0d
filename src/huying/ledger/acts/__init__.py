"""Acts of the ledger: workbooks and archives of papers for one person, printing the papers of one case, keeping figures."""

from huying.ledger.acts._exports import (
    ask_export,
    export_now,
    export_unit,
    print_now,
    stop_export,
    sweep_exports,
    throw_away,
    write_export,
)
from huying.ledger.acts._figures import (
    check_figures,
    mend_figures,
    rebuild_figures,
    settle_figures,
    sweep_figures,
)
from huying.ledger.acts._forget import forget
from huying.ledger.acts._frozen import freeze_figures
from huying.ledger.acts._papers import print_item_paper, print_paper, print_slips
from huying.ledger.acts._views import delete_view, rename_view, save_view

__all__ = [
    "ask_export",
    "check_figures",
    "delete_view",
    "export_now",
    "export_unit",
    "forget",
    "freeze_figures",
    "mend_figures",
    "print_item_paper",
    "print_now",
    "print_paper",
    "print_slips",
    "rebuild_figures",
    "rename_view",
    "save_view",
    "settle_figures",
    "stop_export",
    "sweep_exports",
    "sweep_figures",
    "throw_away",
    "write_export",
]
