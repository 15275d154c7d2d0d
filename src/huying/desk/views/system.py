"""Pages of the desk: how the installation runs, for the system administrator; each line says how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from huying.desk.views import calendar
from huying.files.acts import delete_infected as delete_found
from huying.files.reads import held_back, scanner_state
from huying.kernel import jobs, machine, meter
from huying.kernel.errors import NotYours
from huying.kernel.models import Beat, Schedule
from huying.kernel.web import Asked, file_answer, once
from huying.mechanism.reads import warning
from huying.notices.models import Delivery
from huying.notices.reads import mail_is_on, undelivered
from huying.org.reads import managed_units
from huying.org.rules import Can
from huying.papers.reads import font_state

SHOWN = 20
LINES = 100  # of the log on the page; the whole of it can be downloaded
BACKUP_LATE = timedelta(hours=36)
LATE = timedelta(minutes=15)
WEEK = timedelta(days=7)
# What each scheduled job is for, as an administrator reads it.
JOBS = {
    "huying.kernel.jobs.reaper": "收回被中断的任务",
    "huying.kernel.jobs.tidy": "清理过期的草稿、会话和提交记录",
    "huying.org.jobs.forget_tries": "清理登录和公开页面的次数记录",
    "huying.org.jobs.forget_sessions": "清理已经结束的登录",
    "huying.trail.jobs.anchors": "封存前一天的留痕（日锚）",
    "huying.trail.jobs.hand_out": "带出日锚（写文件、发邮件）",
    "huying.files.jobs.rescan": "重新查毒、放行等待的文件",
    "huying.files.jobs.sweep": "清理没有归属的文件",
    "huying.notices.jobs.deliver": "发送提醒邮件",
    "huying.cases.jobs.reminders": "事项到期前后提醒",
    "huying.cases.jobs.infected": "事项附件查出病毒时告知",
    "huying.handling.jobs.infected": "部门附件查出病毒时告知",
    "huying.cases.jobs.recount_clocks": "按日历重算时限",
    "huying.cases.jobs.follow_units": "事项跟着合并的组织走",
    "huying.cases.jobs.retention": "清除保存期满的身份和原话",
    "huying.privacy.jobs.scrub_disk": "清除以后，清理数据库里的残余",
    "huying.alerts.jobs.surges": "从集中的事项起草预警",
    "huying.alerts.jobs.comparing": "比对下级的上报",
    "huying.climb.jobs.end_climbs": "随撤回的事项结束上报",
    "huying.climb.jobs.follow_units": "上报跟着合并的组织走",
    "huying.intake.jobs.sweep": "清理没有确认的导入表格",
    "huying.ledger.jobs.sweep": "清理导出满一天的表格",
    "huying.ledger.jobs.figures": "按新的进展更新数字",
    "huying.ledger.jobs.settle": "每晚核对数字",
    "huying.duties.jobs.follow": "按新的进展更新履职",
    "huying.duties.jobs.count_anew": "每晚重算履职",
    "huying.duties.jobs.unsent": "核对该报没报的信息",
    "huying.duties.jobs.reminders": "履职到期前提醒",
    "huying.oversight.jobs.counting": "算考核表",
    "huying.meetings.jobs.reminders": "开会前一天提醒",
    "huying.fieldwork.jobs.reception_reminders": "接待日前一个工作日提醒",
    "huying.fieldwork.jobs.follow_bookings": "预约跟着事项走",
    "huying.promises.jobs.late_promises": "提醒过了时限的实事",
    "huying.handling.jobs.sweep_ended": "收回已结束事项的交办",
    "huying.handling.jobs.reminders": "部门到期前后提醒",
    "huying.feedback.jobs.open_surveys": "发出满意度测评",
    "huying.feedback.jobs.close_surveys": "到期截止测评",
    "huying.feedback.jobs.remind_of_surveys": "提醒还没有评的人",
}


@dataclass(frozen=True)
class Line:
    """One thing looked at.  ``state``: done (well), soon (worth a look), late (broken); the words say how to mend it."""

    name: str
    state: str
    word: str
    says: str
    mend: str = ""


@require_GET
def system(request: Asked) -> HttpResponse:
    """How the installation runs."""
    if not request.actor.units(Can.SYSTEM):
        raise NotYours
    lines = list(_lines(request.now))
    context = {
        "lines": sorted(lines, key=lambda line: ("late", "soon", "done").index(line.state)),
        "broken": sum(line.state == "late" for line in lines),
        "beats": Beat.objects.filter(at__gte=request.now - jobs.ALIVE).order_by("started_at"),
        "jobs": [_job(row, request.now) for row in Schedule.objects.order_by("name")],
        "given_up": jobs.given_up()[:SHOWN],
        "letters": _letters(request),
        "fonts": font_state(),
        "version": machine.version(),
        "infected": held_back()[1],
    }
    return render(request, "desk/system/system.html", context)


def _lines(at: datetime) -> Iterator[Line]:
    """Everything looked at, one line each."""
    yield _worker(at)
    yield _schedule(at)
    yield _tasks()
    yield _mail(at)
    yield _backup(at)
    yield _scanner()
    yield _fonts()
    said = warning(timezone.localdate(at))
    yield _line(
        "节假日",
        bool(said),
        "该补了",
        said or "今年的放假安排已录入。",
        mend="在“节假日”页面录入国务院办公厅的通知。",
        worst="soon",
    )
    free = machine.free_disk()
    yield _line(
        "磁盘", free < machine.LEAST_FREE, "快满了", f"还剩 {machine.readable(free)}。",
        mend="请清理磁盘，或者把数据搬到更大的磁盘上；满了就不能登记。",
    )  # fmt: skip
    size = machine.readable(machine.database_size())
    yield Line("数据库", "done", "正常", f"{machine.database_name()}，已用 {size}。")


def _line(name: str, wrong: bool, word: str, says: str, *, mend: str, worst: str = "late") -> Line:
    """A line that is well, or says how to mend it."""
    return Line(name, worst, word, says, mend) if wrong else Line(name, "done", "正常", says)


def _worker(at: datetime) -> Line:
    alive = jobs.worker_alive(at)
    says = "在运行。" if alive else "停了：提醒发不出去，测评不会自动发出，时限也不会跟着日历变。"
    mend = "请在服务器上用 huying serve 启动，或另外运行 huying worker；不清楚原因时运行 huying check。"
    return _line("后台程序", not alive, "停了", says, mend=mend)


def _schedule(at: datetime) -> Line:
    wrong = jobs.failing().count()
    late = Schedule.objects.filter(next_at__lt=at - LATE).count()
    says = "各项定时任务都按时完成。"
    if wrong or late:
        says = "".join(
            (f"{wrong} 项出错，会自动再试。" if wrong else "", f"{late} 项过了时间还没有开始。" if late else "")
        )
    mend = "看下面的表。一直出错的，把那一行的错误交给技术支持；没有开始的，先看后台程序是否在运行。"
    return _line("定时任务", bool(wrong or late), "有问题", says, mend=mend)


def _tasks() -> Line:
    count = jobs.given_up().count()
    says = f"有 {count} 个任务试过几次都没有做成。" if count else "没有做不成的任务。"
    return _line("一次性任务", bool(count), "请看一看", says, mend="把下面列出的错误交给技术支持。", worst="soon")


def _mail(at: datetime) -> Line:
    if not mail_is_on():
        mend = "需要邮件提醒时，在服务器上设置 HUYING_MAIL，再重新启动。"
        return Line("提醒邮件", "soon", "没有开通", "提醒只在系统里显示。", mend)
    count = undelivered(at - WEEK).count()
    says = f"最近七天有 {count} 封没有送达。" if count else "最近七天没有送不到的邮件。"
    mend = "看下面的名单，核对收件人的电子邮箱；都送不到时，请检查邮件服务器和 HUYING_MAIL。"
    return _line("提醒邮件", bool(count), "有没送到的", says, mend=mend, worst="soon")


def _backup(at: datetime) -> Line:
    made = machine.last_backup()
    mend = "请在服务器上装 deploy/systemd 里的每天备份，或者运行 huying backup。"
    if made is None:
        return Line("备份", "soon", "还没有", "还没有备份过。", mend)
    when = timezone.localtime(made.at)
    says = f"{when.month}月{when.day}日 {when:%H:%M} 备份到 {made.data}，{machine.readable(made.size)}"
    if not made.verified:
        return Line("备份", "late", "不完整", f"{says}，读回来不完整。", "请换一个磁盘再备份一次。")
    if at - made.at > BACKUP_LATE:
        return Line("备份", "late", "断了", f"{says}，以后没有再备份。", mend)
    if made.same_disk:
        return Line(
            "备份", "soon", "同一个磁盘", f"{says}，和数据在同一个磁盘上。", "请写到别的磁盘，或者每天复制一份出去。"
        )
    return Line("备份", "done", "正常", f"{says}，读回核对过。")


def _scanner() -> Line:
    state = scanner_state()
    waiting, infected = held_back()
    says = state.sentence + (f"有 {waiting} 个文件等着查毒。" if waiting else "")
    if infected:
        mend = "上传的人和承办的人已经知道。确认不用留作证据后，在下面删除。"
        return Line("查毒", "late", "有病毒", f"{says}隔离着 {infected} 个查出病毒的文件，谁也打不开。", mend)
    mend = "请启动查毒程序 clamd，或检查 HUYING_CLAMD 里的地址。"
    return _line("查毒", not state.ok, "没有应答", says, mend=mend)


@require_POST
def delete_infected(request: Asked) -> HttpResponse:
    """Delete what the scanner found something in."""
    if not request.actor.units(Can.SYSTEM):
        raise NotYours

    def deleted() -> str:
        count = delete_found(by=request.actor, at=request.now)
        messages.success(request, f"删除了 {count} 个隔离的文件。")
        return reverse("desk:system")

    return once(request, deleted)


def _fonts() -> Line:
    fonts = font_state()
    if missing := [font for font in fonts if not font.ok]:
        return Line("字体", "late", "缺字体", "".join(font.sentence for font in missing), "请重新安装本软件。")
    stand_in = sum(not font.statutory for font in fonts)
    says = f"{stand_in} 种用自带字体代替，能正常打印。" if stand_in else "法定公文字体齐全。"
    return Line("字体", "done", "正常", says)


@dataclass(frozen=True)
class Job:
    """One scheduled job as it stands."""

    name: str
    state: str
    word: str
    row: Schedule


def _job(row: Schedule, at: datetime) -> Job:
    name = JOBS.get(row.name, row.name)
    if row.last_error:
        return Job(name, "late", f"出错 {row.fails} 次", row)
    if row.worker:
        return Job(name, "ok", "正在做", row)
    if row.next_at < at - LATE:
        return Job(name, "late", "没有开始", row)
    return Job(name, "done", "正常", row) if row.last_finished else Job(name, "none", "等着做", row)


def _letters(request: Asked) -> list[Delivery]:
    """Letters not delivered to people of the units looked after; not what they were about."""
    mine = managed_units(request.actor, Can.SYSTEM).values("pk")
    rows = undelivered(request.now - WEEK).filter(notice__recipient__unit__in=mine)
    found: Any = rows.select_related("notice__recipient")[:SHOWN]
    return list(found)


# --- the log and the figures --------------------------------------------------------------------------------------------

# What our own lines are about, as an administrator reads it; other libraries' stand as they are.
EVENTS = {
    "request_failed": "打开一个页面时出了错",
    "form_refused": "一张表没有收下：页面开得太久，或者浏览器关了 cookie",
    "job_failed": "定时任务出了错，会自动再试",
    "task_failed": "一次性任务出了错，会自动再试",
    "database_unreachable": "连不上数据库，过一会儿再试",
    "heartbeat_failed": "后台程序报不了平安",
}
LEVELS = {"warning": ("soon", "提醒"), "error": ("late", "出错"), "critical": ("late", "严重")}


@dataclass(frozen=True)
class Said:
    """One line of the log, in words: when, how bad, what, where in the program."""

    at: datetime
    state: str
    word: str
    what: str
    error: str
    where: str


@require_GET
def log(request: Asked) -> HttpResponse:
    """The last warnings and errors: kinds and places, nothing anybody typed."""
    if not request.actor.units(Can.SYSTEM):
        raise NotYours
    rows = [_said(line) for line in machine.log_lines(LINES)]
    return render(request, "desk/system/log.html", {"rows": rows, "most": LINES})


def _said(line: dict[str, Any]) -> Said:
    state, word = LEVELS.get(str(line.get("level")), ("none", "记录"))
    event = str(line.get("event", ""))
    about = JOBS.get(str(line.get("job", "")), "") or str(line.get("view") or line.get("task") or "")
    what = EVENTS.get(event, event[:200]) + (f"：{about}" if about else "")
    where = line.get("where") or []
    at = datetime.fromisoformat(str(line["timestamp"]))
    return Said(at, state, word, what, str(line.get("exception", "")), str(where[0]) if where else "")


@require_GET
def log_file(request: Asked) -> HttpResponse:
    """All that is kept, to hand to technical support."""
    if not request.actor.units(Can.SYSTEM):
        raise NotYours
    name = f"huying-log-{timezone.localdate(request.now):%Y%m%d}.txt"
    return file_answer(machine.log_text(), name, media="text/plain; charset=utf-8")


@require_GET
def use(request: Asked) -> HttpResponse:
    """How much the installation is used and how quickly it answers; nothing about who or what."""
    if not request.actor.units(Can.SYSTEM):
        raise NotYours
    rows = Schedule.objects.exclude(last_finished=None).order_by("name")
    context = {
        "since": meter.since(),
        "areas": meter.by_area(),
        "heads": ["页面", *({"label": label, "num": True} for label in ("打开次数", "平均用时", "出错"))],
        "slow": meter.slow_views()[:SHOWN],
        "waiting": meter.waiting(),
        "jobs": [(JOBS.get(row.name, row.name), _took(row)) for row in rows],
        "free": machine.readable(machine.free_disk()),
        "size": machine.readable(machine.database_size()),
        "told": bool(settings.HUYING_METRICS_TOKEN),
    }
    return render(request, "desk/system/use.html", context)


def _took(row: Schedule) -> str:
    """How long the last run took, in words."""
    if not row.last_started or not row.last_finished or row.last_finished < row.last_started:
        return "—"
    seconds = (row.last_finished - row.last_started).total_seconds()
    return "不到 1 秒" if seconds < 1 else f"{seconds:.0f} 秒"


urls = [
    *calendar.urls,
    path("system/", system, name="system"),
    path("system/infected/delete/", delete_infected, name="system-infected-delete"),
    path("system/log/", log, name="system-log"),
    path("system/log/file/", log_file, name="system-log-file"),
    path("system/use/", use, name="system-use"),
]
