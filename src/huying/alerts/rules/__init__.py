"""Pure rules of the room: which levels are weighty, which periods are owed, what is late, the words of a draft."""

from huying.alerts.rules._drafts import GAP, Body, Facts, Named, checked_body, draft, gaps
from huying.alerts.rules._levels import first_level, is_gravest, is_weighty
from huying.alerts.rules._periods import (
    OWED,
    UNSENT,
    Owed,
    Window,
    due_since,
    is_late,
    is_late_at_once,
    month_before,
    owed,
    unsent_mark,
    window_of,
)
from huying.alerts.rules._words import LONGEST, LONGEST_REASON, fits, written

__all__ = [
    "GAP",
    "LONGEST",
    "LONGEST_REASON",
    "OWED",
    "UNSENT",
    "Body",
    "Facts",
    "Named",
    "Owed",
    "Window",
    "checked_body",
    "draft",
    "due_since",
    "first_level",
    "fits",
    "gaps",
    "is_gravest",
    "is_late",
    "is_late_at_once",
    "is_weighty",
    "month_before",
    "owed",
    "unsent_mark",
    "window_of",
    "written",
]
