"""Tags and filters every page may use: icons, Chinese dates, receipts, telephone links, form controls.

A built-in library: no page needs to load it.  Dates follow the Gregorian calendar in the installation's time zone.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField, CheckboxSelectMultiple, RadioSelect
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from huying.kernel.web import OURS

register = template.Library()

WEEKDAYS = "一二三四五六日"
CLOCK_ICONS = {
    "ok": "clock",
    "soon": "hourglass-low",
    "late": "alert-octagon",
    "paused": "player-pause",
    "done": "check",
    "none": "circle-dashed",
}
CLOCK_WORDS = {"ok": "期内", "soon": "将到期", "late": "超期", "paused": "暂停", "done": "已办", "none": "未开始"}
CODE = re.compile(r"[a-z_]{1,24}|[0-9a-f-]{32,36}")
PHONE = re.compile(r"^\+?[0-9][0-9\- ]{1,18}[0-9]$")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One drawing of the sprite.  Decoration unless ``label`` says in words what it stands for."""
    if label:
        link = f"{static('huying/vendor/icons.svg')}#{name}"
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}"/></svg>', label, link)
    return _decoration(name)


@lru_cache(maxsize=512)
def _decoration(name: str) -> SafeString:
    """Drawn once a process: a list of fifty rows has a hundred of them."""
    link = f"{static('huying/vendor/icons.svg')}#{name}"
    return format_html('<svg class="i" aria-hidden="true"><use href="{}"/></svg>', link)


@register.filter
def clock_icon(state: str) -> str:
    """The drawing that goes with a clock's state (``ok soon late paused done none``)."""
    return CLOCK_ICONS.get(str(state), "circle-dashed")


@register.filter
def clock_word(state: str) -> str:
    """The word that goes with a clock's state when the clock brings none of its own."""
    return CLOCK_WORDS.get(str(state), "未开始")


def _local(value: dt.date | dt.datetime) -> dt.date:
    """The day in the installation's time zone."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def daycn(value: Any, now: Any = None) -> str:
    """``11月20日 周五``; with the year when it is not this year's.  ``now`` (a moment or a day) decides which year that is."""
    if not isinstance(value, dt.date):
        return ""
    day = _local(value)
    this_year = (_local(now) if isinstance(now, dt.date) else timezone.localdate()).year
    year = "" if day.year == this_year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


@register.filter
def timecn(value: Any) -> str:
    """``14:05`` in the installation's time zone; a plain day has no time and gives nothing."""
    if isinstance(value, dt.datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%H:%M}"
    return f"{value:%H:%M}" if isinstance(value, dt.time) else ""


@register.filter
def spaced(value: Any) -> str:
    """A receipt in groups of four: ``2607 4418 0932 5516``."""
    digits = re.sub(r"\s", "", str(value or ""))
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


@register.filter
def num(value: Any) -> str:
    """A figure as figures are set here: thousands apart by a narrow blank, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}".replace(",", "\u202f")


@register.filter
def phone_link(value: Any) -> str:
    """A telephone number that can be tapped; anything else is shown as it stands."""
    text = str(value or "").strip()
    if not PHONE.match(text):
        return text
    return format_html('<a class="hy-tel" href="tel:{}">{}</a>', re.sub(r"[ -]", "", text), text)


@register.simple_tag(takes_context=True)
def once(context: Context) -> SafeString:
    """The form's idempotency key, hidden.  A form shown again keeps the key it was sent with."""
    request: HttpRequest | None = context.get("request")
    sent = request.POST.get("once", "") if request is not None else ""
    key = sent if re.fullmatch(r"[\w-]{16,64}", sent) else secrets.token_urlsafe(24)
    return format_html('<input type="hidden" name="once" value="{}" autocomplete="off">', key)


@register.simple_tag(takes_context=True)
def qs(context: Context, **changes: Any) -> str:
    """This page's address with some filters changed (``None`` or empty removes one); going elsewhere starts at page one."""
    query = context["request"].GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value is None or value == "":
            query.pop(key, None)
        elif isinstance(value, list | tuple):
            query.setlist(key, [str(item) for item in value])
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag(takes_context=True)
def qs_fields(context: Context, *but: str) -> SafeString:
    """The address's filters as hidden inputs, so a form with ``method="get"`` keeps them.  ``but`` names those it sets itself."""
    pairs = [
        format_html('<input type="hidden" name="{}" value="{}">', key, value)
        for key, values in context["request"].GET.lists()
        if key not in but and key != "page"
        for value in values
    ]
    return mark_safe("".join(pairs))  # noqa: S308  (every pair is escaped by format_html)


@register.filter
def typed_texts(typed: QueryDict) -> list[str]:
    """What a person wrote in a form that could not be taken: not the hidden things, not passwords, not codes of choices."""
    texts = []
    for name, values in typed.lists():
        if name in OURS or "password" in name:
            continue
        texts += [text for text in values if text.strip() and not CODE.fullmatch(text)]
    return texts


# What a browser calls itself says more than one name; the first of these that stands in it is meant.
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("QQBrowser", "QQ 浏览器"), ("UCBrowser", "UC 浏览器"),
    ("HuaweiBrowser", "华为浏览器"), ("Firefox", "火狐"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "鸿蒙"), ("OpenHarmony", "鸿蒙"), ("Android", "安卓手机"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Windows", "Windows 电脑"), ("Mac OS", "苹果电脑"), ("Linux", "Linux 电脑"),
)  # fmt: skip


@register.filter
def browser(said: str) -> str:
    """What a browser says of itself, as people would: ``Windows 电脑上的 Edge``."""
    name = next((words for mark, words in BROWSERS if mark in said), "浏览器")
    system = next((words for mark, words in SYSTEMS if mark in said), "")
    return f"{system}上的 {name}" if system else name


@register.filter
def picks(field: BoundField) -> bool:
    """Whether the field is a choice shown as radio buttons or ticks, so that it needs a legend and not a label."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def ticks(field: BoundField) -> bool:
    """Whether the field is one tick, whose label stands behind it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not picks(field)


@register.filter
def headline(label: Any) -> str:
    """The first line of a choice's label: the choice itself."""
    return str(label).split("\n", 1)[0]


@register.filter
def explanation(label: Any) -> str:
    """What stands below the first line of a choice's label: what it means for the person who chooses."""
    return str(label).partition("\n")[2]


@register.simple_tag
def control(field: BoundField, rows: Any = "", css: str = "", describes: str = "") -> SafeString:
    """The field's own control in the house style, tied to its help and its error for those who listen to the page."""
    described = [f"{field.auto_id}_helptext"] if field.help_text or describes else []
    described += [f"{field.auto_id}_error"] if field.errors else []
    attrs: dict[str, Any] = {"aria-describedby": " ".join(described)} if described else {}
    if ticks(field):
        return field.as_widget(attrs=attrs)
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = False  # a placeholder that repeats the label vanishes when it is needed
    kind = "form-select" if getattr(field.field.widget, "input_type", "") == "select" else "form-control"
    own = field.field.widget.attrs.get("class", "")
    attrs["class"] = " ".join(part for part in (kind, own, css, "is-wrong" if field.errors else "") if part)
    if rows:
        attrs["rows"] = rows
    return field.as_widget(attrs=attrs)
