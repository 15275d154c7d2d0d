"""The year's research in the demo county: topics with who leads, their reports, one that is still to come, one given up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from functools import partial
from typing import Any

from django.utils import timezone

from huying.promises import acts
from huying.promises.models import ResearchReport, ResearchTopic
from huying.site.demo.county import County
from huying.site.demo.days import Days

# union, who sets it, who leads, day it was set, day the report is due, title, why
TOPICS: tuple[tuple[str, str, str, int, int, str, str], ...] = (
    ("县总", "崔明远", "季安宁", -205, -70, "夜班职工的吃饭和通勤", "台账里后勤生活类最多，集中在夜班。"),
    ("织棠", "麻建军", "麻建军", -186, -90, "挡车工夏天的降温", "连续两年夏天都有人中暑。"),
    ("县总", "崔明远", "崔明远", -204, -30, "即时配送骑手的单价和申诉", "骑手不坐班，找不到人说。"),
    ("县总", "梁素英", "梁素英", -100, 24, "开工不足的企业怎样发放假工资", "两家企业开工不足，职工问得多。"),
    ("县总", "崔明远", "崔明远", -203, 40, "技能等级津贴兑现情况", "几个单位都说没有兑现。"),
)
# topic, who wrote, day, what it says, day it was made public and by whom
REPORTS: tuple[tuple[str, str, int, str, int, str], ...] = (
    ("夜班职工的吃饭和通勤", "季安宁", -74,
     ("走了四家企业，问了一百二十六名夜班职工。\n一、九成单位夜班食堂二十二点前关门。二、末班车比下班早的有三家。三、愿意多等一刻钟的占八成。\n"
     "建议：夜班超过六十人的单位食堂供应到零点；班车时刻和班次一起定；定了贴到车间。"), -68, "宋怀川"),
    ("挡车工夏天的降温", "麻建军", -96,
     "五十台机台测了两周，西头比东头高四度，下午两点到四点最热。\n建议：先装西头；错峰休息二十分钟；凉茶送到机台。", -92, "顾桂芳"),
    ("即时配送骑手的单价和申诉", "崔明远", -33,
     "同七十名骑手谈过，六成说不清单价怎么变的，申诉大多石沉大海。\n建议：单价调整前听职工代表的意见，申诉三天内答复、写明理由。", 0, ""),
)  # fmt: skip
GIVEN_UP = ("技能等级津贴兑现情况", "崔明远", -150, "并入市里统一的课题。")

Step = tuple[datetime, Callable[[], None]]


def planned(county: County, days: Days) -> Iterator[Step]:
    """Every step with its moment, in no order."""
    for number, row in enumerate(TOPICS):
        at = days.moment(row[3], time(10, 20 + number))
        yield at, partial(_set, county, days, row, at)
    for title, name, day, text, public, leader in REPORTS:
        at = days.moment(day, time(16, 30))
        yield at, partial(_submit, county, title, name, text, at)
        if leader:
            made = days.moment(public, time(9, 40))
            yield made, partial(_publish, county, title, leader, made)
    title, name, day, reason = GIVEN_UP
    at = days.moment(day, time(11, 5))
    yield at, partial(_give_up, county, title, name, reason, at)


def _who(county: County, title: str, name: str, at: datetime) -> dict[str, Any]:
    unit = county.units[next(row[0] for row in TOPICS if row[5] == title)]
    return {"by": county.actor(name, timezone.localdate(at), unit=unit), "at": at}


def _set(county: County, days: Days, row: tuple[str, str, str, int, int, str, str], at: datetime) -> None:
    key, name, lead, _, due, title, why = row
    today: date = timezone.localdate(at)
    acts.add_topic(
        unit=county.units[key], year=today.year, title=title, why=why, due=days.day(due),
        lead=county.post(lead, today, unit=county.units[key]), **_who(county, title, name, at),
    )  # fmt: skip


def _submit(county: County, title: str, name: str, text: str, at: datetime) -> None:
    topic = ResearchTopic.objects.get(title=title)
    acts.submit_report(topic_id=topic.pk, text=text, **_who(county, title, name, at))


def _publish(county: County, title: str, name: str, at: datetime) -> None:
    report = ResearchReport.objects.get(topic__title=title)
    acts.publish_report(report_id=report.pk, **_who(county, title, name, at))


def _give_up(county: County, title: str, name: str, reason: str, at: datetime) -> None:
    topic = ResearchTopic.objects.get(title=title)
    acts.drop_topic(topic_id=topic.pk, reason=reason, **_who(county, title, name, at))
