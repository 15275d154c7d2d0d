"""The demo's warnings, incidents and information, once the stories have been told: a surge, a chain, a drill, reports answered,
one report that came late and was explained."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from huying.alerts import acts
from huying.alerts.models import Finding, Incident, Information, Warning
from huying.alerts.rules import GAP, Window, month_before
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.notices import acts as notices
from huying.site.demo.county import County

PLAN = """1. 工会主席、工会干部先到现场，请大家到会议室说。
2. 打给总经理、打给上级工会。
3. 有人受伤先打 120。
4. 谈话、讲法律、听到的意见，当场记。"""
SAID = {
    "【请写明职工在想什么、说什么】": "多数职工关心后勤和排班，希望定下来的事按时办。",
    "【请写明要党政协调什么，没有的写“无”】": "请行政盯住后勤的几件，月底前给个准话。",
    "【请写明下一步打算】": "逐件督办，把反映最多的列为下次协商的议题。",
}


def warn_and_report(county: County, *, at: datetime) -> None:
    """Everything in the order it happened; what is about now lies in the last hours."""
    Alerts(county, at).play()


class Alerts:
    """Who acts when."""

    def __init__(self, county: County, at: datetime) -> None:
        self.county, self.now, self.today = county, at, timezone.localdate(at)

    def who(self, name: str, **earlier: float) -> dict[str, Any]:
        """By whom, and when: so long before now."""
        at = self.now - timedelta(**earlier)
        if "days" in earlier:
            at = self._morning(timezone.localdate(at), 10)
        return {"by": self.county.actor(name, timezone.localdate(at)), "at": at}

    def play(self) -> None:
        """All of it."""
        self._plans()
        self._warnings()
        self._incident()
        self._drill()
        self._reports()
        self._late()
        self._read()

    def _plans(self) -> None:
        """Call chains of the group and the mill; numbers that reach nobody."""
        for key, chair, manager in (("砚岭", "孟庆来", "蓝启明"), ("织棠", "顾桂芳", "席振业")):
            calls = [(chair, "工会主席", "0390-2000101"), (manager, "总经理", "0390-2000102"),
                     ("梁素英", "县总工会权益保障部", "0390-2000001")]  # fmt: skip
            acts.keep_plan(unit=self.county.units[key], steps=PLAN, calls=calls, meeting_point="办公楼前",
                           **self.who(chair, days=40))  # fmt: skip

    def _warnings(self) -> None:
        """What draft themselves from the stories' cases, one by hand, one that is over, a mill that is watched."""
        fitters, chair = self.county.units["装配"], self.county.actor("简卫东", self.today)
        mechanism.set_house_rules(
            unit=fitters, changes={"counts": {"surge_overdue": 3}}, by=chair, at=self.now - timedelta(days=20)
        )
        acts.draft_surges(by=SYSTEM, at=self.now - timedelta(hours=1))
        unit, post = self.county.units["织棠"], self.county.post("麻建军", self.today)
        made = acts.draft_warning(unit=unit, title="订单减少，职工担心放假工资", level="serious", people=120,
                                  risk="细纱车间开工不足，班组里议论放假期间工资怎么发。", **self.who("麻建军", days=9))  # fmt: skip
        acts.open_warning(warning_id=made.pk, watcher=post, next_step="同人力资源部核对停工期间工资的规定",
                          next_on=self.today - timedelta(days=3), **self.who("麻建军", days=9))  # fmt: skip
        acts.tell_warning(warning_id=made.pk, to="management", **self.who("顾桂芳", days=8),
                          text="细纱车间开工不足，职工担心放假期间的工资。请行政早一点说明安排，按规定发停工工资。")  # fmt: skip
        acts.progress_warning(warning_id=made.pk, text="人力资源部答应出一份说明，工会看过再发。", next_step="说明发下去，到车间听反应",
                              next_on=self.today, **self.who("麻建军", days=3))  # fmt: skip
        done = acts.draft_warning(
            unit=unit, title="夜班班车改线，骑车下班不安全", level="watch", people=60, **self.who("岑静", days=30)
        )
        acts.open_warning(warning_id=done.pk, watcher=self.county.post("岑静", self.today), next_step="请后勤恢复原线路",
                          next_on=self.today - timedelta(days=20), **self.who("岑静", days=30))  # fmt: skip
        acts.defuse_warning(
            warning_id=done.pk, reason="班车恢复了原线路，工会跟车看了两天。", **self.who("岑静", days=18)
        )
        acts.start_watch(unit=self.county.units["县总"], place=unit, why="开工不足，有放假的可能", days=20,
                         post=self.county.post("崔明远", self.today), **self.who("崔明远", days=26))  # fmt: skip
        acts.start_watch(unit=self.county.units["县总"], industry="即时配送", why="计件单价调整多，骑手流动大", days=30,
                         post=self.county.post("梁素英", self.today), **self.who("梁素英", days=12))  # fmt: skip

    def _incident(self) -> None:
        """Workers gather at the mill's gate; level by level somebody takes note; it is over the same afternoon."""
        unit, begun = self.county.units["织棠"], self._morning(self.today - timedelta(days=6))
        made = acts.report_incident(
            unit=unit, what="三十多名职工聚在厂门口，问放假工资怎么发", place="厂东门", people=35, since=begun, to_management=True,
            known_at=begun + timedelta(minutes=6), by=self.county.actor("麻建军", self.today), at=begun + timedelta(minutes=10),
        )  # fmt: skip

        def later(name: str, minutes: int) -> dict[str, Any]:
            return {
                "by": self.county.actor(name, self.today),
                "at": begun + timedelta(minutes=minutes),
                "incident_id": made.pk,
            }

        acts.note_incident(**later("梁素英", 16))
        acts.note_incident(**later("席振业", 19))
        if made.plan is not None:
            for link, reached in zip(made.plan.calls.order_by("order"), (True, False, True), strict=True):
                acts.call_link(link_id=link.pk, reached=reached, **later("麻建军", 14))
        for minutes, kind, text in (
            (22, "talk", "请大家推五位代表到会议室说，其余的人先回车间，都同意。"),
            (40, "law", "讲了停工、停产期间工资支付的规定：一个工资支付周期内按原标准发。"),
            (55, "opinion", "职工要求：什么时候放、放多久、发多少，写出来贴到车间。"),
        ):
            acts.log_scene(kind=kind, text=text, **later("麻建军", minutes))
        acts.follow_incident(text="职工代表在会议室同行政谈，门口的人都回去了。", people=5, **later("麻建军", 60))
        acts.close_incident(
            text="行政当场答应三天内把放假安排和工资办法贴到车间；职工代表同意。工会盯着兑现。", **later("顾桂芳", 150)
        )

    def _drill(self) -> None:
        """The group tries its call chain; half of it is done."""
        begun = self.now - timedelta(hours=3)
        made = acts.report_incident(
            unit=self.county.units["砚岭"], what="假定：浴室漏水，二十名职工滑倒", place="一号浴室", people=20, since=begun, drill=True,
            known_at=begun, by=self.county.actor("柏志强", self.today), at=begun + timedelta(minutes=2),
        )  # fmt: skip
        acts.note_incident(
            incident_id=made.pk, by=self.county.actor("崔明远", self.today), at=begun + timedelta(minutes=9)
        )

    # --- information ----------------------------------------------------------------------------------------------------

    def _reports(self) -> None:
        """Two months of the mill to its Party and management, the last answered and made known; what went up, summed up."""
        last = month_before(self.today)
        before = month_before(last.since)
        for number, window in enumerate((before, last)):
            sent_on = window.until + timedelta(days=4)
            made = self._sent("织棠", "顾桂芳", "unit", window, on=sent_on)
            answered: dict[str, Any] = {"by": self.county.actor("席振业", self.today), "at": self._morning(sent_on, 15)}
            row = acts.answer_information(information_id=made.pk, text=("后勤的几件，后勤部本月办完。", "放假安排三天内贴出来。")[number],
                                          **answered)  # fmt: skip
            acts.pass_back(answer_id=row.pk, text=f"行政答复：{row.text}", by=self.county.actor("顾桂芳", self.today),
                           at=self._morning(sent_on, 16))  # fmt: skip
        for key, name in (("织棠", "顾桂芳"), ("砚岭", "冉慧"), ("三院", "靳思源")):
            self._sent(key, name, "above", last, on=last.until + timedelta(days=5))
        acts.draft_information(unit=self.county.units["县总"], to="above", kind="regular", period_from=last.since,
                               period_until=last.until, gather=True, **self.who("崔明远", hours=5))  # fmt: skip

    def _morning(self, day: date, hour: int = 9) -> datetime:
        at = timezone.localtime(self.now).replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=0)
        return min(at, self.now - timedelta(minutes=30 - hour))

    def _sent(self, key: str, name: str, to: str, window: Window, *, on: date) -> Information:
        at = self._morning(on)
        by: dict[str, Any] = {"by": self.county.actor(name, timezone.localdate(at)), "at": at}
        made = acts.draft_information(unit=self.county.units[key], to=to, kind="regular", period_from=window.since,
                                      period_until=window.until, **by)  # fmt: skip
        body = {"sections": [{**one, "text": _filled(one["text"])} for one in made.body["sections"]]}
        acts.write_information(information_id=made.pk, title=made.title, body=body, **by)
        return acts.send_information(information_id=made.pk, **by)

    def _late(self) -> None:
        """A first report that came after hours: compared, asked about, explained; the county has yet to decide."""
        begun = self._morning(self.today - timedelta(days=11), 8)
        made = acts.report_incident(
            unit=self.county.units["飞檐"], what="配送站停电，一百多单没有送出，骑手同站长争执", place="东关配送点", people=12, since=begun,
            known_at=begun + timedelta(minutes=10), by=self.county.actor("蒲海", self.today), at=begun + timedelta(hours=7),
        )  # fmt: skip
        acts.close_incident(incident_id=made.pk, text="来电以后恢复派单，超时的单不扣骑手的钱。", by=self.county.actor("蒲海", self.today),
                            at=begun + timedelta(hours=9))  # fmt: skip
        acts.compare_reports(by=SYSTEM, at=self._morning(self.today - timedelta(days=10), 9))
        finding = Finding.objects.filter(incident=made, kind="late").first()
        if finding is not None:
            acts.ask_about(
                finding_id=finding.pk, question="停电七个小时以后才报，请说明为什么。", **self.who("崔明远", days=9)
            )
            acts.explain(
                finding_id=finding.pk,
                text="当天只有我一个人，先跑现场，忘了报。以后请联络员同时报。",
                **self.who("蒲海", days=7),
            )

    def _read(self) -> None:
        """What is older than two days has been read by everybody it was sent to."""
        old = self.now - timedelta(days=2)
        rows = (Warning.objects.filter(made_at__lt=old), Incident.objects.filter(reported_at__lt=old),
                Information.objects.filter(made_at__lt=old), Finding.objects.filter(found_at__lt=old))  # fmt: skip
        subjects = [pk for found in rows for pk in found.values_list("pk", flat=True)]
        for name, held in self.county.posts.items():
            if any(post.ends_on is None or post.ends_on >= self.today for post in held):
                by = self.county.actor(name, self.today)
                for subject in subjects:
                    notices.mark_read(by=by, at=self.now, subject=subject)


def _filled(text: str) -> str:
    for gap, said in SAID.items():
        text = text.replace(gap, said)
    return GAP.sub("无。", text)
