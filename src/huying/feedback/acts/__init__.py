"""Acts of a survey: opening and drawing, answering, reminding and closing, signing, deciding about taking up again."""

from huying.feedback.acts._answer import answer, rate, take_answer
from huying.feedback.acts._close import close_due, note_slips, remind, sign_and_archive
from huying.feedback.acts._decide import decide_reopen
from huying.feedback.acts._forget import forget
from huying.feedback.acts._open import agree_wider, open_missing, open_survey, report_unreached

__all__ = [
    "agree_wider",
    "answer",
    "close_due",
    "decide_reopen",
    "forget",
    "note_slips",
    "open_missing",
    "open_survey",
    "rate",
    "remind",
    "report_unreached",
    "sign_and_archive",
    "take_answer",
]
