"""What the tests of components and frames share: rendering with a real request, sample texts."""

from __future__ import annotations

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path

from django import forms
from django.http import HttpRequest, QueryDict
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

import huying.kernel

HERE = Path(huying.kernel.__file__).parent
TEMPLATES = HERE / "templates"
STATIC = HERE / "static" / "huying"
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "vendor" / "icons.svg").read_text()))
CHINA = dt.timezone(dt.timedelta(hours=8))
NOW = dt.datetime(2026, 11, 20, 14, 5, tzinfo=CHINA)
LONG = "三号车间南侧更衣室柜子不够两个人合用一个而且锁坏了好几个月没有人修反映过三次每次都说下个星期就来" * 4
EVIL = '"><script>alert(1)</script>'
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "use"}


class Page(HTMLParser):
    """Reads a page strictly: every tag closed in order, no id twice, nothing inline, every icon in the sprite."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []
        self.refers: set[str] = set()
        self.feed(html)
        self.faults += [f"not closed: {tag}" for tag in self.open]
        self.faults += [f"id twice: {one}" for one in set(self.ids) if self.ids.count(one) > 1]
        self.faults += [f"refers to nothing: {one}" for one in self.refers - set(self.ids)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.faults += [f"inline: {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and not given.get("src"):
            self.faults.append("inline script")
        if given.get("id"):
            self.ids.append(str(given["id"]))
        for name in ("aria-labelledby", "aria-describedby", "for"):
            self.refers.update((given.get(name) or "").split())
        if tag == "use" and "#" in (given.get("href") or ""):
            name = str(given["href"]).rsplit("#", 1)[1]
            if name not in SPRITE:
                self.faults.append(f"no such icon: {name}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()


def request(query: str = "", post: str = "", large: bool = False) -> HttpRequest:
    factory = RequestFactory()
    asked = factory.post("/x", QueryDict(post).dict()) if post else factory.get(f"/x?{query}")
    asked.now = NOW  # type: ignore[attr-defined]
    asked.actor = None  # type: ignore[attr-defined]
    if large:
        asked.COOKIES["hy-large"] = "1"
    return asked


def render(source: str, asked: HttpRequest | None = None, **context: object) -> str:
    """A piece of page written with components, checked as strictly as a whole page."""
    html = engines["django"].from_string(CottonCompiler().process(source)).render(context, asked or request())  # type: ignore[attr-defined]
    assert Page(html).faults == [], html
    return html


def whole(name: str, asked: HttpRequest | None = None, **context: object) -> str:
    html = get_template(name).render(context, asked or request())
    assert Page(html).faults == [], html
    return html


class Grievance(forms.Form):
    what = forms.CharField(label="什么事？", widget=forms.Textarea, help_text="照原话写")
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), ("rights", "职工权益")])
    secrecy = forms.ChoiceField(
        label="怎么留名", widget=forms.RadioSelect, choices=[("open", "实名"), ("sealed", "保密\n只有承办人知道")]
    )
    ways = forms.MultipleChoiceField(
        label="怎么告知",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("phone", "电话"), ("met", "当面")],
    )
    told = forms.BooleanField(label="念过告知事项", help_text="记下念的是哪一版")
    photo = forms.FileField(label="照片", required=False)
    hidden = forms.CharField(required=False, widget=forms.HiddenInput)
