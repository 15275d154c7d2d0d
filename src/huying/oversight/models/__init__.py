"""Reports on how the mechanism runs, assessment rounds with a sheet for each unit, opinions, and their history."""

from huying.oversight.models._assessment import Line, Opinion, Round, Sheet
from huying.oversight.models._history import Event
from huying.oversight.models._reports import Remark, Report, ReportText, Sending

__all__ = ["Event", "Line", "Opinion", "Remark", "Report", "ReportText", "Round", "Sending", "Sheet"]
