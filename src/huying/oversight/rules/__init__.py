"""Pure rules: periods, what a report says of the figures, how points are given, who may be proposed for honours."""

from huying.oversight.rules._honours import Standing, standing_of
from huying.oversight.rules._period import Period, period_called, periods_near
from huying.oversight.rules._picture import DutyFact, Group, Named, Picture, Promise, Step
from huying.oversight.rules._score import ITEMS, TENTH, Item, Measured, measured, points_of, total
from huying.oversight.rules._table import Block, Row, table
from huying.oversight.rules._words import (
    GAP,
    LONGEST_BODY,
    PLANS_GAP,
    REASONS_GAP,
    Body,
    Sections,
    checked_body,
    draft,
    gaps,
    words_of_mending,
)

__all__ = [
    "GAP",
    "ITEMS",
    "LONGEST_BODY",
    "PLANS_GAP",
    "REASONS_GAP",
    "TENTH",
    "Block",
    "Body",
    "DutyFact",
    "Group",
    "Item",
    "Measured",
    "Named",
    "Period",
    "Picture",
    "Promise",
    "Row",
    "Sections",
    "Standing",
    "Step",
    "checked_body",
    "draft",
    "gaps",
    "measured",
    "period_called",
    "periods_near",
    "points_of",
    "standing_of",
    "table",
    "total",
    "words_of_mending",
]
