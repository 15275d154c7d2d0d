"""Acts of intake: one module a channel, all ending in ``receive``."""

from huying.intake.acts._desk import join_at_desk, register_at_desk
from huying.intake.acts._online import receive_online
from huying.intake.acts._posters import print_posters
from huying.intake.acts._receive import Received, receive
from huying.intake.acts._sheet import carry_on, choose_columns, drop_sheet, import_sheet, keep_sheet, sweep_sheets
from huying.intake.acts._trial import end_trial, try_out
from huying.intake.rules import receipts_for

__all__ = [
    "Received",
    "carry_on",
    "choose_columns",
    "drop_sheet",
    "end_trial",
    "import_sheet",
    "join_at_desk",
    "keep_sheet",
    "print_posters",
    "receipts_for",
    "receive",
    "receive_online",
    "register_at_desk",
    "sweep_sheets",
    "try_out",
]
