"""The daily work log (工作日志): what is added by hand to what records and cases already say (BD-2.2, BD-6.2)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import check_version, root_id, words
from huying.fieldwork.models import DayLog
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours
from huying.org.acts.steps import write
from huying.org.models import Unit
from huying.org.rules import Can, check_may

LONGEST_LOG = 5000


@transaction.atomic
def write_log(
    *, unit: Unit, on: date, own: bool, text: str, version: int | None = None, by: Actor, at: datetime
) -> DayLog:
    """Complete the log of a day: the unit's, or one's ``own`` (for who is stationed).  What stood there before stays in the
    trail as its length only."""
    post = check_may(by, Can.HANDLE_CASES, unit)
    if by.person_id is None:
        raise NotYours
    if on > timezone.localdate(at):
        raise Invalid({"text": "这一天还没有到。"})
    text = words("text", text, "还没有写内容。", LONGEST_LOG)
    mine = by.person_id if own else None
    row = DayLog.objects.select_for_update(no_key=True).filter(unit=unit, on=on, person=mine).first()
    if row is None:
        row = DayLog(root_id=root_id(unit), unit=unit, on=on, person_id=mine, version=0)
    else:
        check_version(row, version)
    row.text, row.by, row.at, row.version = text, post, at, row.version + 1
    row.save()
    write(unit=unit, by=by, at=at, act="daylog.write", subject=row, data={"on": on, "length": len(text), "own": own})
    return row
