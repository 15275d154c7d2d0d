"""The demo's reports and assessment, once everything else has happened: last quarter reported on, one draft waiting, the
county's sheets with one objection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from huying.oversight import acts
from huying.oversight.models import Sheet
from huying.oversight.reads import words_of
from huying.oversight.rules import PLANS_GAP, REASONS_GAP, periods_near
from huying.site.demo.county import County

REASONS = "有的措施要等设备到货，有的要等集团统一安排；工会每周催问一次。"
PLANS = "盯住超过时限的事项；把各车间反映最多的后勤问题列为下季度协商议题。"


def report_and_assess(county: County, *, at: datetime) -> None:
    """Acts of the chair of the group, the officer of the mill and the county's department, all today."""
    today = timezone.localdate(at)
    ended = periods_near(today)[0].code

    def who(name: str) -> dict[str, Any]:
        return {"by": county.actor(name, today), "at": at}

    group, mill = county.units["砚岭"], county.units["织棠"]
    chair = who("孟庆来")
    report = acts.draft_report(unit=group, period=ended, to="both", **chair)
    body = words_of(report).body
    filled = {"sections": [{**one, "text": one["text"].replace(REASONS_GAP, REASONS).replace(PLANS_GAP, PLANS)}
                           for one in body["sections"]]}  # fmt: skip
    acts.write_report(report_id=report.pk, title=report.title, to="both", body=filled, **chair)
    acts.issue_report(report_id=report.pk, **chair)
    acts.send_report(report_id=report.pk, side="party", on=today, whom="集团党委办公室", **chair)
    acts.send_report(report_id=report.pk, side="management", on=today, **chair)
    acts.remark_report(report_id=report.pk, text="后勤的几件抓紧办，下次会上报结果。", **who("蓝启明"))
    acts.draft_report(unit=mill, period=ended, to="party", **who("麻建军"))

    county_officer = who("崔明远")
    held = acts.open_round(unit=county.units["县总"], period=ended, **county_officer)
    acts.confirm_round(round_id=held.pk, remark="请各单位核对。", **county_officer)
    sheets = {sheet.unit_id: sheet for sheet in Sheet.objects.filter(round=held)}
    acts.agree_sheet(sheet_id=sheets[group.pk].pk, **chair)
    acts.object_sheet(sheet_id=sheets[mill.pk].pk, text="有一次协商会议的纪要还在征求意见，请等签字以后再算。",
                      **who("顾桂芳"))  # fmt: skip
