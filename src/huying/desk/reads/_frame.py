"""What every page of the desk shows around its content: menu by role, who I am, posts, notices, whether work goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from huying.desk.reads._manual import help_url
from huying.desk.reads._notices import unread_of
from huying.kernel.jobs import worker_alive
from huying.org.rules import ROLES, Can, Member


@dataclass(frozen=True)
class Entry:
    """One line of the menu; shown to whoever holds one of ``needs``."""

    name: str
    label: str
    icon: str
    needs: tuple[Can, ...]
    tab: bool = False


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (
        "",
        (
            Entry("today", "今日", "sun", (), tab=True),
            Entry("cases", "事项", "inbox", (Can.READ_CASES,), tab=True),
            Entry("items", "部门事项", "checklist", (Can.ITEMS, Can.ITEMS_OF_UNIT), tab=True),
            Entry("register", "登记", "phone-plus", (Can.REGISTER,), tab=True),
        ),
    ),
    (
        "协商",
        (
            Entry("topics", "协商议题", "messages", (Can.HANDLE_CASES,)),
            Entry("meetings", "会议", "calendar-event", (Can.READ_CASES, Can.ATTEND), tab=True),
            Entry("climb", "上报", "arrow-up", (Can.HANDLE_CASES,)),
            Entry("sent_up", "上报来的", "arrow-up", (Can.ITEMS_OF_UNIT,)),
            Entry("leads", "我包的案", "flag", (Can.INSTRUCT,)),
        ),
    ),
    (
        "基层工作",
        (
            Entry("records", "工作记录", "walk", (Can.HANDLE_CASES,)),
            Entry("visits", "来访确认", "user-check", (Can.HANDLE_CASES,)),
            Entry("studios", "群众工作室", "home-heart", (Can.READ_CASES,)),
            Entry("ties", "联系", "heart-handshake", (Can.READ_CASES,)),
            Entry("guidance", "指导和小组", "users-group", (Can.READ_BELOW,)),
        ),
    ),
    (
        "接待和承诺",
        (
            Entry("reception", "接待日", "calendar-time", (Can.READ_CASES, Can.INSTRUCT)),
            Entry("talks", "约访", "message-plus", (Can.READ_CASES, Can.INSTRUCT)),
            Entry("promises", "办实事", "heart-handshake", (Can.READ_CASES, Can.INSTRUCT, Can.ITEMS)),
            Entry("research", "调研课题", "report", (Can.READ_CASES,)),
            Entry("plans", "年度规划", "flag", (Can.READ_CASES,)),
        ),
    ),
    (
        "台账",
        (
            Entry("surveys", "测评", "mood-smile", (Can.HANDLE_CASES,)),
            Entry("ledger", "台账", "table", (Can.READ_CASES,), tab=True),
            Entry("archive", "档案", "archive", (Can.READ_CASES,)),
            Entry("import", "导入来件", "upload", (Can.HANDLE_CASES,)),
            Entry("requests", "个人信息", "id", (Can.HANDLE_CASES,)),
            Entry("hand_over", "移交", "transfer", (Can.HANDLE_CASES,)),
            Entry("posters", "海报和联系卡", "qrcode", (Can.HANDLE_CASES, Can.ORG)),
        ),
    ),
    (
        "预警和信息",
        (
            Entry("warnings", "预警", "alert-triangle", (Can.READ_CASES,)),
            Entry("watches", "重点走访", "walk", (Can.READ_CASES,)),
            Entry("warnings_told", "工会的提请", "alert-triangle", (Can.ITEMS_OF_UNIT,)),
            Entry("incidents", "突发事件", "alarm", (Can.REGISTER, Can.ITEMS_OF_UNIT)),
            Entry("information", "信息上报", "send", (Can.HANDLE_CASES, Can.ITEMS_OF_UNIT)),
        ),
    ),
    (
        "汇报和履职",
        (
            Entry("figures", "数字", "chart-bar", (Can.READ_FIGURES, Can.READ_BELOW), tab=True),
            Entry("reports", "情况报告", "report", (Can.HANDLE_CASES, Can.ITEMS_OF_UNIT)),
            Entry("assessment", "考核", "award", (Can.HANDLE_CASES,)),
            Entry("my_duties", "我的履职", "user-check", (Can.READ_CASES,)),
            Entry("duties", "履职", "calendar-check", (Can.READ_FIGURES,)),
            Entry("duties_below", "下级履职", "sitemap", (Can.READ_BELOW,)),
            Entry("clauses", "条款对照", "list-check", (Can.READ_FIGURES,)),
        ),
    ),
    (
        "规则",
        (
            Entry("packs", "机制和细则", "book", (Can.PACKS, Can.HANDLE_CASES)),
            Entry("calendar", "节假日", "calendar", (Can.SYSTEM,)),
        ),
    ),
    (
        "管理",
        (
            Entry("setup", "开始使用", "flag", (Can.ORG, Can.POSTS, Can.SYSTEM, Can.AUDIT, Can.PACKS)),
            Entry("org", "组织", "sitemap", (Can.ORG, Can.POSTS)),
            Entry("org-people", "人员和账号", "users", (Can.ORG, Can.POSTS)),
            Entry("system", "运行状况", "activity", (Can.SYSTEM,)),
            Entry("audit_day", "每日查阅清单", "clipboard-list", (Can.AUDIT,)),
            Entry("readings", "查阅记录", "eye", (Can.AUDIT,)),
            Entry("audit_acts", "谁做了什么", "history", (Can.AUDIT,)),
            Entry("expires", "到期清除", "trash", (Can.AUDIT, Can.SYSTEM)),
            Entry("trail", "留痕", "link", (Can.AUDIT,)),
        ),
    ),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of ``desk.html`` for a signed-in member of staff."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Member):
        return {}
    can: set[Can] = set().union(*(ROLES[post.role].can for post in actor.posts)) if actor.posts else set()
    here = _here(request.path)
    groups: list[dict[str, Any]] = []
    for label, entries in GROUPS:
        shown = [_item(entry, here) for entry in entries if not entry.needs or can & set(entry.needs)]
        if shown:
            groups.append({"label": label, "items": shown})
    first = actor.posts[0] if actor.posts else None
    return {
        "menu": groups,
        "tabs": [item for group in groups for item in group["items"] if item["tab"]][:4],
        "my_posts": _working_in(actor),
        "me": {"name": first.person.name, "role": first.title or first.get_role_display()} if first else None,
        "register_url": reverse("desk:register") if Can.REGISTER in can else "",
        "search_url": reverse("desk:search") if Can.READ_CASES in can else "",
        "manual_url": reverse("desk:manual"),
        "help_url": SimpleLazyObject(lambda: help_url(request.resolver_match)),
        "notices_url": reverse("desk:notices"),
        "notice_count": SimpleLazyObject(lambda: unread_of(actor).count()),
        "worker_stopped": SimpleLazyObject(lambda: not worker_alive(request.now)),  # type: ignore[attr-defined]
        "now": request.now,  # type: ignore[attr-defined]
    }


def _here(address: str) -> str:
    """The menu's entry a page belongs to: the one whose address is the longest beginning of its own."""
    urls = _addresses()
    inside = [name for name, url in urls.items() if address == url or (name != "today" and address.startswith(url))]
    return max(inside, key=lambda name: len(urls[name]), default="")


@cache
def _addresses() -> dict[str, str]:
    """Where every entry leads; addresses do not change while a process lives."""
    return {entry.name: reverse(f"desk:{entry.name}") for _, entries in GROUPS for entry in entries}


def _item(entry: Entry, here: str) -> dict[str, Any]:
    return {
        "label": entry.label,
        "url": _addresses()[entry.name],
        "icon": entry.icon,
        "current": entry.name == here,
        "tab": entry.tab,
        "count": 0,
    }


def _working_in(actor: Member) -> list[dict[str, Any]]:
    """Where the person works: all posts count at once, so there is nothing to switch."""
    if not actor.posts:
        return []
    names = list(dict.fromkeys(post.unit.name for post in actor.posts))
    roles = list(dict.fromkeys(post.title or post.get_role_display() for post in actor.posts))
    unit = names[0] if len(names) == 1 else f"{names[0]}等 {len(names)} 个单位"
    return [{"unit": unit, "role": "、".join(roles), "value": "", "current": True}]
