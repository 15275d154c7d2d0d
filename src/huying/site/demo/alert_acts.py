"""The demo's warnings, incidents and information, as steps that stand in time among those of the stories: a warning drafted from
overdue matters, one incident with its chain, a drill, reports answered, one report that came late and was explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from huying.alerts import acts
from huying.alerts.models import Finding, Incident
from huying.alerts.rules import GAP, Window, month_before
from huying.kernel.actors import SYSTEM
from huying.mechanism import acts as mechanism
from huying.site.demo.county import County, beginning
from huying.site.demo.days import Days

PLAN = """1. 工会主席、工会干部先到现场，请大家到会议室说。
2. 打给总经理、打给上级工会。
3. 有人受伤先打 120。
4. 谈话、讲法律、听到的意见，当场记。"""
SAID = {
    "【请写明职工在想什么、说什么】": "多数职工关心后勤和排班，希望定下来的事按时办。",
    "【请写明要党政协调什么，没有的写“无”】": "请行政盯住后勤的几件，月底前给个准话。",
    "【请写明下一步打算】": "逐件督办，把反映最多的列为下次协商的议题。",
}
OFFICES = {"织棠": "麻建军", "砚岭": "冉慧", "铸造": "游丽娟", "装配": "娄芳", "三院": "靳思源", "禾木": "巩立春",
           "飞檐": "路小满", "柳泊": "汤正华"}  # fmt: skip
MONTHLY = tuple(unit for unit in OFFICES if unit != "柳泊")  # BD-4.8 asks it of enterprises
LEFT_OUT = (("飞檐", 0), ("禾木", 1))  # of which month, counted back: one may still come, one is found missing
QUARTER = timedelta(days=92)
Who = dict[str, Any]
Step = tuple[datetime, Callable[[], Any]]


class Alerts:
    """Who does what when.  ``made`` holds what later steps go on with."""

    def __init__(self, county: County, days: Days) -> None:
        self.county, self.days = county, days
        self.made: dict[str, Any] = {}

    def steps(self) -> list[Step]:
        """All of them."""
        return [
            *self._plans(),
            *self._warning(),
            *self._watches(),
            *self._incident(),
            *self._late(),
            *self._reports(),
            *self._sent_up(),
            *self._today(),
        ]

    def _step(self, name: str, at: datetime, do: Callable[[Who], Any]) -> Step:
        def act() -> None:
            do({"by": self.county.actor(name, timezone.localdate(at)), "at": at})

        return at, act

    def _at(self, day: int, hour: int, minute: int = 0) -> datetime:
        return self.days.moment(day, time(hour, minute))

    def _keep(self, key: str, row: Any) -> Any:
        self.made[key] = row
        return row

    def _post(self, name: str, at: datetime) -> Any:
        return self.county.post(name, timezone.localdate(at))

    def _plans(self) -> Iterator[Step]:
        """Call chains of the group and the mill; numbers that reach nobody."""
        for key, chair, manager in (("砚岭", "孟庆来", "蓝启明"), ("织棠", "顾桂芳", "席振业")):
            calls = [(chair, "工会主席", "0390-2000101"), (manager, "总经理", "0390-2000102"),
                     ("梁素英", "县总工会权益保障部", "0390-2000001")]  # fmt: skip
            plan = _with(acts.keep_plan, unit=self.county.units[key], steps=PLAN, calls=calls, meeting_point="办公楼前")
            yield self._step(chair, self._at(-40, 10), plan)

    def _warning(self) -> Iterator[Step]:
        """One of the mill that goes on."""
        unit, opened, told, went = self.county.units["织棠"], self._at(-7, 9), self._at(-6, 10), self._at(-2, 11)
        next_on = timezone.localdate(told) + timedelta(days=2)

        def enter(who: Who) -> None:
            made = acts.draft_warning(unit=unit, title="订单减少，职工担心放假工资", level="serious", people=120,
                                      risk="细纱车间开工不足，班组里议论放假期间工资怎么发。", **who)  # fmt: skip
            self._keep("warning", made)
            acts.open_warning(warning_id=made.pk, watcher=self._post("麻建军", opened), next_on=next_on,
                              next_step="同人力资源部核对停工期间工资的规定", **who)  # fmt: skip

        def tell(who: Who) -> None:
            words = "细纱车间开工不足，职工担心放假期间的工资。请行政早一点说明安排，按规定发停工工资。"
            acts.tell_warning(warning_id=self.made["warning"].pk, to="management", text=words, **who)

        def progress(who: Who) -> None:
            acts.progress_warning(warning_id=self.made["warning"].pk, text="人力资源部答应出一份说明，工会看过再发。",
                                  next_step="说明发下去，到车间听反应", next_on=self.days.today, **who)  # fmt: skip

        yield self._step("麻建军", opened, enter)
        yield self._step("顾桂芳", told, tell)
        yield self._step("麻建军", went, progress)

    def _watches(self) -> Iterator[Step]:
        county, mill = self.county.units["县总"], self.county.units["织棠"]
        first, second = self._at(-20, 10), self._at(-8, 10)
        yield self._step("崔明远", first, lambda who: acts.start_watch(
            unit=county, place=mill, why="开工不足，有放假的可能", days=20, post=self._post("崔明远", first), **who))  # fmt: skip
        yield self._step("梁素英", second, lambda who: acts.start_watch(
            unit=county, industry="即时配送", why="单价调整多，骑手流动大", days=30, post=self._post("梁素英", second), **who))  # fmt: skip

    # --- incidents ------------------------------------------------------------------------------------------------------

    def _incident(self) -> Iterator[Step]:
        """Workers gather at the mill's gate; level by level somebody takes note; it is over by noon."""
        unit, since = self.county.units["织棠"], self._at(-4, 9)

        def later(name: str, minutes: int, do: Callable[..., Any], **given: Any) -> Step:
            at = since + timedelta(minutes=minutes)
            return self._step(name, at, lambda who: do(incident_id=self.made["gate"].pk, **given, **who))

        yield self._step("麻建军", since + timedelta(minutes=10), lambda who: self._keep("gate", acts.report_incident(
            unit=unit, what="三十多名职工聚在厂门口，问放假工资怎么发", place="厂东门", people=35, since=since, to_management=True,
            known_at=since + timedelta(minutes=6), **who)))  # fmt: skip
        for order, reached in ((1, True), (2, False), (3, True)):
            yield later("麻建军", 12 + order, self._call, order=order, reached=reached)
        yield later("梁素英", 16, acts.note_incident)
        yield later("席振业", 19, acts.note_incident)
        for minutes, kind, text in (
            (22, "talk", "请大家推五位代表到会议室说，其余的人先回车间，都同意。"),
            (40, "law", "讲了停工、停产期间工资支付的规定：一个工资支付周期内按原标准发。"),
            (55, "opinion", "职工要求：什么时候放、放多久、发多少，写出来贴到车间。"),
        ):
            yield later("麻建军", minutes, acts.log_scene, kind=kind, text=text)
        yield later("麻建军", 60, acts.follow_incident, text="职工代表在会议室同行政谈，门口的人都回去了。", people=5)
        ended = "行政当场答应三天内把放假安排和工资办法贴到车间；职工代表同意。工会盯着兑现。"
        yield later("顾桂芳", 150, acts.close_incident, text=ended)

    def _call(self, *, incident_id: Any, order: int, reached: bool, **who: Any) -> None:
        plan = Incident.objects.select_related("plan").get(pk=incident_id).plan
        assert plan is not None
        acts.call_link(incident_id=incident_id, link_id=plan.calls.get(order=order).pk, reached=reached, **who)

    def _late(self) -> Iterator[Step]:
        """A first report that came after hours: compared, asked about, explained; the county has yet to decide."""
        unit, since = self.county.units["飞檐"], self._at(-8, 9)

        def judge(act: Callable[..., Any], **given: Any) -> Callable[[Who], Any]:
            return lambda who: act(finding_id=Finding.objects.get(incident=self.made["power"]).pk, **given, **who)

        yield self._step("蒲海", since + timedelta(hours=7), lambda who: self._keep("power", acts.report_incident(
            unit=unit, what="配送站停电，一百多单没有送出，骑手同站长争执", place="东关配送点", people=12, since=since,
            known_at=since + timedelta(minutes=10), **who)))  # fmt: skip
        yield self._step("蒲海", since + timedelta(hours=8), lambda who: acts.close_incident(
            incident_id=self.made["power"].pk, text="来电以后恢复派单，超时的单不扣骑手的钱。", **who))  # fmt: skip
        compared = self._at(-7, 8, 30)
        yield compared, lambda: acts.compare_reports(by=SYSTEM, at=compared)
        yield self._step(
            "崔明远", self._at(-7, 10), judge(acts.ask_about, question="停电七个小时以后才报，请说明为什么。")
        )
        words = "当天只有我一个人，先跑现场，忘了报。以后请联络员同时报。"
        yield self._step("蒲海", self._at(-5, 11), judge(acts.explain, text=words))

    # --- information ----------------------------------------------------------------------------------------------------

    def _reports(self) -> Iterator[Step]:
        """Two months of the mill to its management, answered and made known; what three units sent up."""
        last = month_before(self.days.today)
        said = ("后勤的几件，后勤部本月办完。", "放假安排三天内贴出来。")
        for window, words in zip((month_before(last.since), last), said, strict=True):
            on, key = self._due(window), f"report-{window.since}"
            yield self._sending("织棠", "顾桂芳", "unit", window, key)
            yield self._step("席振业", self._on(on, 15), self._answering(key, words))
            yield self._step("顾桂芳", self._on(on, 16), self._passing(key, words))

    def _sent_up(self) -> Iterator[Step]:
        """What the units sent to the union above in this year; two have left one out, which a comparison finds by itself."""
        begun, last = timezone.localdate(beginning(self.days)), month_before(self.days.today)
        monthly = [last]
        while (before := month_before(monthly[-1].since)).since > begun:
            monthly.append(before)
        for number, window in enumerate(monthly):
            for unit in MONTHLY:
                if (unit, number) not in LEFT_OUT:
                    yield self._sending(unit, OFFICES[unit], "above", window, f"up-{unit}-{window.since}")
        quarterly = month_before(self.days.today, 3)
        while quarterly.since > begun - QUARTER:
            for unit, name in OFFICES.items():
                yield self._sending(
                    unit, name, "above", quarterly, f"disputes-{unit}-{quarterly.since}", kind="dispute"
                )
            quarterly = month_before(quarterly.since, 3)

    def _answering(self, key: str, words: str) -> Callable[[Who], Any]:
        def answer(who: Who) -> None:
            self._keep(f"{key}-answer", acts.answer_information(information_id=self.made[key].pk, text=words, **who))

        return answer

    def _passing(self, key: str, words: str) -> Callable[[Who], Any]:
        def tell(who: Who) -> None:
            acts.pass_back(answer_id=self.made[f"{key}-answer"].pk, text=f"行政答复：{words}", **who)

        return tell

    def _due(self, window: Window) -> date:
        """The working day on which reports about some months go out."""
        day = window.until + timedelta(days=4)
        while not self.days.calendar.is_work(day):
            day += timedelta(days=1)
        return day

    def _on(self, day: date, hour: int) -> datetime:
        """An hour of a day; of today when it lies ahead."""
        if day >= self.days.zero:
            return self._at(0, hour)
        return datetime.combine(day, time(hour), tzinfo=self.days.now.tzinfo)

    def _sending(self, key: str, name: str, to: str, window: Window, kept: str, *, kind: str = "regular") -> Step:
        def send(who: Who) -> None:
            made = acts.draft_information(unit=self.county.units[key], to=to, kind=kind, period_from=window.since,
                                          period_until=window.until, **who)  # fmt: skip
            body = {"sections": [{**one, "text": _filled(one["text"])} for one in made.body["sections"]]}
            acts.write_information(information_id=made.pk, title=made.title, body=body, **who)
            self._keep(kept, acts.send_information(information_id=made.pk, **who))

        return self._step(name, self._on(self._due(window), 9), send)

    def _today(self) -> Iterator[Step]:
        """What waits now: a draft of the county that sums up, a drill half done, a warning drafted from overdue matters."""
        fitters, group, county = (self.county.units[key] for key in ("装配", "砚岭", "县总"))
        last, tried = month_before(self.days.today), self._at(0, 13)
        changes = {"counts": {"surge_overdue": 3}}
        yield self._step(
            "简卫东", self._at(-20, 10), lambda who: mechanism.set_house_rules(unit=fitters, changes=changes, **who)
        )
        yield self._step("崔明远", self._at(0, 17), lambda who: acts.draft_information(
            unit=county, to="above", kind="regular", period_from=last.since, period_until=last.until, gather=True, **who))  # fmt: skip
        yield self._step("柏志强", tried, lambda who: self._keep("drill", acts.report_incident(
            unit=group, what="假定：浴室漏水，二十名职工滑倒", place="一号浴室", people=20, since=tried, drill=True, **who)))  # fmt: skip
        yield self._step(
            "崔明远", self._at(0, 14), lambda who: acts.note_incident(incident_id=self.made["drill"].pk, **who)
        )
        now = self.days.now  # whatever day that is: what ran over since the last working day counts
        yield now, lambda: acts.draft_surges(by=SYSTEM, at=now)


def _with(act: Callable[..., Any], **given: Any) -> Callable[[Who], Any]:
    """An act of which only by whom and when is still to be said."""
    return lambda who: act(**given, **who)


def _filled(text: str) -> str:
    for gap, said in SAID.items():
        text = text.replace(gap, said)
    return GAP.sub("无。", text)
