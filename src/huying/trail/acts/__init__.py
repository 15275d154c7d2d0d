"""Writing the trail: one entry per act, one reading per look, one anchor per root and day; anchors leave the house."""

from huying.trail.acts._keep import add_keeper, end_keeper, send_anchors, write_anchors
from huying.trail.acts._line import append_line, check_version
from huying.trail.acts._write import anchor_all, anchor_day, append, note_reading

__all__ = [
    "add_keeper",
    "anchor_all",
    "anchor_day",
    "append",
    "append_line",
    "check_version",
    "end_keeper",
    "note_reading",
    "send_anchors",
    "write_anchors",
]
