"""开始使用: what a union still lacks before the first worker can speak.  Computed from what is there, never ticked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from huying.cases.models import Case
from huying.intake.reads import POSTERS, trial_of
from huying.kernel import machine
from huying.kernel.errors import NotYours
from huying.mechanism.reads import adopted, rules_for, warning
from huying.notices.reads import mail_is_on
from huying.org.models import IN_DEPARTMENT, Level, Person, Post, Role, Unit
from huying.org.reads import looked_after
from huying.org.rules import ADMINISTRATORS, ROLES, UNION_OFFICE, Can, Member, may
from huying.trail.models import Entry

NAMED = 8  # names shown of what is missing; the rest is a number
TAKES_PART = (Can.ORG, Can.POSTS, Can.SYSTEM, Can.AUDIT, Can.PACKS)
# Posts whose holders sign in to work; a delegate may, a worker need not.
WORKS_HERE = tuple(role for role in Role if role not in (Role.WORKER, Role.DELEGATE))
OFFICE = tuple(role for role, bundle in ROLES.items() if Can.HANDLE_CASES in bundle.can)
_WHO = {
    Can.ORG: "系统管理员", Can.SYSTEM: "系统管理员", Can.POSTS: "安全管理员", Can.PACKS: "工会主席",
    Can.HANDLE_CASES: "工会主席或工会干部", Can.AUDIT: "三员各自",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing to do: whose it is, why, how long it takes, what is missing by name, where it is done."""

    code: str
    title: str
    can: Can
    why: str
    minutes: int
    done: bool
    says: str
    act: str
    href: str
    missing: tuple[str, ...] = ()
    needed: bool = True
    mine: bool = False

    @property
    def who(self) -> str:
        """Who does it."""
        return _WHO[self.can]

    @property
    def named(self) -> tuple[str, ...]:
        """The first few that are missing."""
        return self.missing[:NAMED]

    @property
    def more(self) -> int:
        """How many more."""
        return max(0, len(self.missing) - NAMED)


@dataclass(frozen=True)
class Setup:
    """A unit's steps, in the order in which they need each other."""

    unit: Unit
    steps: tuple[Step, ...] = field(default=())

    def of(self, *, mine: bool) -> list[Step]:
        """What is still to do, mine or other people's."""
        return [step for step in self.steps if step.needed and not step.done and step.mine == mine]

    @property
    def mine(self) -> list[Step]:
        """What waits for the reader."""
        return self.of(mine=True)

    @property
    def others(self) -> list[Step]:
        """What waits for somebody else."""
        return self.of(mine=False)

    @property
    def better(self) -> list[Step]:
        """What may be done later."""
        return [step for step in self.steps if not step.needed and not step.done]

    @property
    def done(self) -> list[Step]:
        """What is there."""
        return [step for step in self.steps if step.done]

    @property
    def left(self) -> int:
        """How many steps are needed still."""
        return len(self.mine) + len(self.others)

    @property
    def minutes(self) -> int:
        """About how long all that is left takes."""
        return sum(step.minutes for step in (*self.mine, *self.others))


def setup_units(actor: Member) -> list[Unit]:
    """Units at which this person takes part in setting up; ``NotYours`` without any."""
    found = list({unit.pk: unit for can in TAKES_PART for unit in actor.units(can)}.values())
    if not found:
        raise NotYours
    return found


def setup_of(actor: Member, unit: Unit, at: datetime) -> Setup:
    """The steps of one unit (a fixed number of queries)."""
    today = timezone.localdate(at)
    posts = list(Post.objects.on(today).filter(unit=unit).select_related("person__user", "department").order_by("id"))
    steps = [
        _signed_in(unit, today),
        _address(),
        _organisation(unit),
        _people(unit),
        _posts(unit, posts, today),
        accounts_step(actor, unit, today),
        _rules(unit, today),
        _channels(unit, today),
        _calendar(today),
        _posters(unit),
        _backup(),
        _mail(),
        _trial(actor, unit),
    ]
    return Setup(unit, tuple(_mine(step, actor, unit) for step in steps if step is not None))


def _mine(step: Step, actor: Member, unit: Unit) -> Step:
    given = {name: getattr(step, name) for name in step.__dataclass_fields__}
    return Step(**{**given, "mine": may(actor, step.can, unit)})


# --- the three administrators' own --------------------------------------------------------------------------------------


def _signed_in(unit: Unit, today: date) -> Step:
    chain = [unit.path[:end] for end in range(Unit.steplen, len(unit.path) + 1, Unit.steplen)]
    held = Post.objects.on(today).filter(unit__path__in=chain, role__in=ADMINISTRATORS).select_related("person__user")
    waiting = [
        f"{post.person.name}（{post.get_role_display()}）"
        for post in held.order_by("role")
        if not (user := getattr(post.person, "user", None)) or user.must_change_password
    ]
    return Step(
        code="signed_in", title="三位管理员登录，改好密码", can=Can.AUDIT, minutes=1, done=not waiting,
        why="初始密码别人见过，改了才只有本人知道。", missing=tuple(waiting),
        says="都改好了。" if not waiting else "还没有登录改密码：", act="", href="",  # whoever reads this has done it
    )  # fmt: skip


def _address() -> Step:
    public = settings.HUYING_BASE_URL.startswith("https://")
    says = settings.HUYING_BASE_URL if public else f"现在是 {settings.HUYING_BASE_URL}，手机扫码打不开。"
    return Step(
        code="address", title="网址和加密（HTTPS）", can=Can.SYSTEM, minutes=3, done=public, says=says,
        why="二维码里印的是这个网址，定了再印海报。在服务器上设 HUYING_BASE_URL，前面放 deploy/proxy 里的代理。",
        act="看运行状况", href=reverse("desk:system"),
    )  # fmt: skip


def _organisation(unit: Unit) -> Step:
    below = Unit.objects.within(unit).open().exclude(pk=unit.pk).count()
    departments = unit.departments.filter(closed_on__isnull=True).count()
    wanted, there = ("下级工会", below) if unit.is_upper else ("部门（至少一个）", departments)
    lacks = () if there else (wanted,)
    kind = "个下级单位" if unit.is_upper else "个车间和下属单位"
    return Step(
        code="organisation", title="组织：下级、车间和部门", can=Can.ORG, minutes=2, done=not lacks, missing=lacks,
        says=f"{departments} 个部门，{below} {kind}。" if not lacks else "还缺：",
        why="事项按单位和车间记，交给部门办。下载模板，组织、部门、人员、任职一次填好，两位管理员各上传一次。",
        act="用表格导入", href=reverse("desk:org-import"),
    )  # fmt: skip


def _people(unit: Unit) -> Step:
    there = Person.objects.filter(unit=OuterRef("pk"), left_on__isnull=True)
    nobody = Unit.objects.within(unit).open().filter(~Exists(there), numchild=0).exclude(level=Level.WORKSHOP)
    known = Person.objects.filter(unit__in=Unit.objects.within(unit), left_on__isnull=True)
    others = known.exclude(posts__role__in=ADMINISTRATORS).count()
    missing = tuple(nobody.order_by("path").values_list("name", flat=True)) if unit.is_upper else ()
    return Step(
        code="people", title="人员花名册", can=Can.ORG, minutes=2, done=bool(others), missing=missing,
        says=f"{others} 人在册。" + ("还没有人员的单位：" if missing else "") if others else "除了管理员，还没有登记人员。",
        why="先有人，才能任命；测评也从花名册里抽人。", act="用表格导入", href=reverse("desk:org-import"),
    )  # fmt: skip


# --- posts and accounts -------------------------------------------------------------------------------------------------


def _posts(unit: Unit, posts: list[Post], today: date) -> Step:
    missing = list(_lacking(unit, posts))
    if unit.is_upper:
        holding = Post.objects.on(today).filter(unit=OuterRef("pk"), role__in=OFFICE)
        children = Unit.objects.within(unit).open().filter(depth=unit.depth + 1, has_union=True)
        below = children.filter(~Exists(holding))
        missing += [f"{name}的工会主席或工会干部" for name in below.order_by("path").values_list("name", flat=True)]
    held = len({post.person_id for post in posts if post.role in WORKS_HERE})
    return Step(
        code="posts", title="任职", can=Can.POSTS, minutes=2, done=not missing, missing=tuple(missing),
        says=f"{held} 人有任职，该有的都有了。" if not missing else "还缺：",
        why="谁受理、谁承办、谁批准，都看任职。表格里“任职”那一页由安全管理员上传。",
        act="用表格导入", href=reverse("desk:org-import"),
    )  # fmt: skip


def _lacking(unit: Unit, posts: list[Post]) -> Iterable[str]:
    """Posts without which no matter gets through."""
    roles = {post.role for post in posts}
    if not roles & set(OFFICE):
        yield "上级工会干部" if unit.is_upper else "工会主席或工会干部"
    elif not unit.is_upper and not roles & {Role.CHAIR}:
        yield "工会主席（批准延期、定细则）"
    if unit.is_upper:
        return
    if Role.MANAGEMENT_HEAD not in roles:
        yield "行政负责人"
    if Role.DELEGATE not in roles:
        yield "职工代表"
    served = {post.department_id for post in posts if post.role in IN_DEPARTMENT}
    for department in unit.departments.filter(closed_on__isnull=True).order_by("name"):
        if department.pk not in served:
            yield f"{department.name}的承办人"


def without_account(actor: Member, today: date, unit: Unit | None = None, *, delegates: bool = False) -> list[Person]:
    """People with a post who cannot sign in, at the units whose accounts the actor looks after (or at one of them)."""
    roles = (*WORKS_HERE, Role.DELEGATE) if delegates else WORKS_HERE
    within = looked_after(actor, Can.POSTS) if unit is None else Unit.objects.within(unit)
    held = Post.objects.on(today).filter(person=OuterRef("pk"), role__in=roles)
    rows = Person.objects.filter(Exists(held), unit__in=within, user__isnull=True, left_on__isnull=True)
    return list(rows.select_related("unit").order_by("unit__path", "name_sort", "id"))


def accounts_step(actor: Member, unit: Unit, today: date) -> Step:
    """Whoever holds a post can sign in."""
    people = without_account(actor, today, unit)
    any_post = Post.objects.on(today).filter(
        Q(role__in=UNION_OFFICE) | Q(role=Role.UPPER_OFFICER), unit=unit, person__user__isnull=False
    )
    done = not people and any_post.exists()
    return Step(
        code="accounts", title="账号", can=Can.POSTS, minutes=1, done=done, missing=tuple(p.name for p in people),
        says="有任职的人都有账号。" if done else "有任职、还没有账号：" if people else "还没有工会干部，先任职。",
        why="一次给所有人开好，密码条打印出来当面发，第一次登录都要改。", act="一次开好", href=reverse("desk:accounts"),
    )  # fmt: skip


# --- rules, channels, calendar ------------------------------------------------------------------------------------------


def _rules(unit: Unit, today: date) -> Step:
    packs = [one.pack.title for one in adopted(unit, today)]
    return Step(
        code="packs", title="采用机制包", can=Can.PACKS, minutes=1, done=bool(packs),
        says=f"采用了：{'、'.join(packs)}" if packs else "还没有采用，时限照本软件的起始值。",
        why="文件怎么规定，时限、次数和表格就照着来；上级采用的，下级自动照办。", act="采用机制包", href=reverse("desk:packs"),
    )  # fmt: skip


def _channels(unit: Unit, today: date) -> Step:
    open_now = [channel.label for channel in rules_for(unit, today).channels()]
    return Step(
        code="channels", title="开通受理渠道", can=Can.PACKS, minutes=1, done=bool(open_now),
        says=f"开着：{'、'.join(open_now)}。" if open_now else "一个渠道也没有开，登记不了。",
        why="职工能从哪里说、怎么说。用不着的可以在细则里关上。", act="看细则", href=reverse("desk:packs"),
    )  # fmt: skip


def _calendar(today: date) -> Step:
    said = warning(today)
    return Step(
        code="calendar", title="放假和调休", can=Can.SYSTEM, minutes=1, done=not said,
        says=said or "今年的放假安排已录入。", why="“3 个工作日”怎么数，要看放假和调休。", act="录入放假安排",
        href=reverse("desk:calendar"),
    )  # fmt: skip


# --- the wall, safety, the first matter ---------------------------------------------------------------------------------


def _posters(unit: Unit) -> Step:
    made = Entry.objects.filter(chain=unit.pk, act=POSTERS).exists()
    return Step(
        code="posters", title="印海报、桌牌和联系卡", can=Can.HANDLE_CASES, minutes=2, done=made,
        says="已经生成过。" if made else "还没有生成过。", why="职工扫墙上的码就能说。每个车间有自己的码，一看就知道是哪里的事。",
        act="去印", href=reverse("desk:posters"),
    )  # fmt: skip


def _backup() -> Step:
    made = machine.last_backup()
    when = timezone.localtime(made.at) if made else None
    return Step(
        code="backup", title="每天备份", can=Can.SYSTEM, minutes=2, done=made is not None,
        says=f"最近一次：{when:%-m月%-d日 %H:%M}。" if when else "还没有备份过。",
        why="机器坏了也不丢。装上 deploy/systemd 里的定时任务，或者在服务器上运行 huying backup。",
        act="看运行状况", href=reverse("desk:system"),
    )  # fmt: skip


def _mail() -> Step:
    on = mail_is_on()
    return Step(
        code="mail", title="提醒邮件", can=Can.SYSTEM, minutes=3, done=on, needed=False,
        says="已开通。" if on else "没有开通，提醒只在系统里显示。", why="不常开电脑的人，也能收到到期提醒。在服务器上设 HUYING_MAIL。",
        act="看运行状况", href=reverse("desk:system"),
    )  # fmt: skip


def _trial(actor: Member, unit: Unit) -> Step | None:
    """Whether a matter ever came is for those only who may read matters."""
    if not may(actor, Can.HANDLE_CASES, unit):
        return None
    case = trial_of(actor, unit)
    tried = case is not None and case.closed_at is not None
    real = Case.objects.visible_to(actor).filter(unit=unit)
    if case is not None:
        real = real.exclude(pk=case.pk)
    says = "登记一件试试，看完就撤回。"
    if tried or (case is None and real.exists()):
        says = "试过了。" if case else "已经有职工说过事。"
        done = True
    else:
        done = False
        says = f"试的是 {case.number}，看完请撤回。" if case else says
    return Step(
        code="trial", title="试一件", can=Can.HANDLE_CASES, minutes=2, done=done, says=says,
        why="走一遍职工走的路：收到、今日里出现、职工自己撤回。会占一个编号，标着“试一件”。", act="试一件", href="",
    )  # fmt: skip
