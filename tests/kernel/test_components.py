"""Components and tags: each says what it should with full, empty and overlong data, and passes the page's CSP."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template.loader import get_template

from huying.kernel.clock import DayStep, StepKind
from huying.kernel.errors import Stale
from huying.kernel.templatetags import huying as tags
from tests.kernel.rendering import EVIL, HERE, LONG, NOW, SPRITE, STATIC, TEMPLATES, Grievance, render, request

FIELDS = "{% for one in form %}<c-field :field='one' />{% endfor %}"


def test_every_icon_named_in_the_templates_is_in_the_sprite():
    named = set()
    for path in HERE.parent.rglob("templates/**/*.html"):
        named |= set(re.findall(r"""{% icon ["']([\w-]+)["']""", path.read_text()))
    for path in STATIC.glob("*.js"):
        named |= set(re.findall(r"""(?:icon|label)\("([\w-]+)\"""", path.read_text()))
    assert named - SPRITE == set()
    assert set(tags.CLOCK_ICONS.values()) <= SPRITE


def test_every_template_compiles_and_every_component_says_what_it_takes():
    for path in sorted(TEMPLATES.rglob("*.html")):
        get_template(str(path.relative_to(TEMPLATES)))
    for path in sorted((TEMPLATES / "cotton").glob("*.html")):
        assert path.read_text().startswith("{# c-" + path.stem.replace("_", "-") + ":"), path.name


@pytest.mark.parametrize("state", sorted(tags.CLOCK_ICONS))
def test_a_clock_is_told_by_fill_drawing_and_word(state):
    html = render('<c-clock :of="of" />', of={"state": state, "words": ""})
    assert f"is-{state}" in html
    assert f"#{tags.CLOCK_ICONS[state]}" in html
    assert tags.CLOCK_WORDS[state] in html


def test_a_clock_without_data_says_not_started():
    assert "未开始" in render("<c-clock />")
    assert "超期 4 天" in render('<c-clock state="late" words="超期 4 天" prefix="书面反馈" />')


def test_a_clause_is_a_link_and_nothing_without_a_label():
    of = {"label": "蒙会发〔2017〕21号 三(二)4", "url": "/clauses/1", "summary": EVIL}
    html = render('<c-clause :of="of" /><c-clauses :of="many" />', of=of, many=[of, of])
    assert html.count('href="/clauses/1"') == 3
    assert "<script>" not in html
    assert render("<c-clause /><c-clauses />").strip() == ""


def test_the_day_ruler_shows_every_day_and_names_holidays():
    kinds = [StepKind.START, StepKind.COUNTED, StepKind.REST, StepKind.SKIPPED, StepKind.ROLLED, StepKind.LAST]
    steps = [
        DayStep(
            day=dt.date(2026, 9, 28) + dt.timedelta(n),
            kind=kind,
            label="说明",
            work=True,
            name="国庆节" if n == 3 else "",
        )
        for n, kind in enumerate(kinds)
    ]
    html = render('<c-days :steps="steps" note="自然日" open />', steps=steps)
    assert all(f"is-{kind.value}" in html for kind in kinds)
    assert "10月1" in html
    assert "国庆节" in html
    assert "自然日" in html
    assert "is-many" in render('<c-days :steps="steps" />', steps=steps * 4)
    assert render("<c-days />").strip() == ""


def test_counts_stay_links_at_nought_and_lose_their_alarm():
    html = render(
        '<c-counts label="今日"><c-count :n="n" word="超期" href="/a" state="late" context="最久 4 天" />'
        '<c-count :n="0" word="新" href="/b" state="late" /></c-counts>',
        n=12061,
    )
    assert "12\u202f061" in html
    assert "is-late" in html
    assert html.count("is-zero") == 1
    assert 'href="/b"' in html


def test_a_row_takes_a_long_title_and_none_at_all():
    html = render(
        '<c-rows label="事项"><c-row :title="title" href="/c" :clock="clock" :facts="facts" :who="who" act="催办" is_new />'
        '<c-row href="/d" /></c-rows>',
        title=LONG + EVIL,
        clock={"state": "late", "words": "超期"},
        facts=["118号", "", None],
        who=["人力资源部"],
    )
    assert LONG in html
    assert "（没有标题）" in html
    assert "<script>" not in html
    assert html.count("data-row>") == 2
    assert "未读：" in html


def test_the_act_bar_has_one_red_button_and_says_why_not():
    acts = [
        {"label": "登记书面反馈", "url": "/r", "icon": "file-check"},
        {"label": "延期", "dialog": "extend"},
        {"label": "归档", "why_not": "还没有告知职工"},
    ]
    html = render(
        '<c-bar :acts="acts">打印</c-bar><c-dialog name="extend" title="延期" action="/e" verb="写明理由并申请" />',
        acts=acts,
    )
    bar = html[: html.index("<dialog")]
    assert bar.count("btn-primary") == 1
    assert 'href="#extend"' in bar
    assert "disabled" in bar
    assert "还没有告知职工" in bar
    assert "btn-primary" not in render('<c-bar :acts="acts" />', acts=[{"label": "看", "url": "/", "main": False}])
    assert render("<c-bar />").strip() == ""


def test_the_flow_marks_the_present_step():
    steps = [{"name": "登记", "note": "10月29日", "state": "done"}, {"name": "协商", "state": "skipped"}]
    steps += [{"name": "办理", "state": "now"}, {"name": "归档"}]
    html = render('<c-flow :steps="steps" />', steps=steps)
    assert html.count('aria-current="step"') == 1
    assert "（已过）" in html
    assert "（略过）" in html
    assert render("<c-flow />").strip() == ""


def test_sealed_fields_are_struck_out_for_eyes_and_ears():
    html = render(
        '<c-sealed :fields="fields" :seen="2" seen_href="/seen" dialog="unseal" />'
        '<c-dialog name="unseal" title="查看" action="/u" verb="写明理由并查看" :reasons="reasons" :version="3">要记的话</c-dialog>',
        fields=[{"label": "诉求人"}, {"label": "手机", "long": True}, {"label": "可见", "value": "铸造车间"}],
        reasons=["核实情况", EVIL],
    )
    assert html.count("已遮住") == 2
    assert "看过 2 次" in html
    assert "铸造车间" in html
    assert 'name="version" value="3"' in html
    assert 'name="once"' in html
    assert 'name="csrfmiddlewaretoken"' in html
    assert "还没有人看过" in render('<c-sealed :seen="0" />')


def test_timelines_quote_date_and_escape():
    entries = [
        {"at": dt.date(2026, 11, 23), "title": "告知", "next": True},
        {
            "at": NOW,
            "title": "催办",
            "body": LONG,
            "who": "李慧敏",
            "key": True,
            "files": [{"name": "表.xlsx", "url": "/f"}],
        },
        {
            "at": dt.datetime(2025, 12, 30, 23, 30, tzinfo=dt.UTC),
            "title": EVIL,
            "quote": "末班车\n赶不上",
            "clauses": [{"label": "条", "url": "/c"}],
        },
    ]
    staff = render('<c-timeline :entries="entries" />', entries=entries)
    assert "预计" in staff
    assert "14:05" in staff
    assert "2025年12月31日" in staff
    assert "07:30" in staff
    assert "末班车<br>赶不上" in staff
    assert "<script>" not in staff
    worker = render(
        '<c-worker-timeline :entries="entries" />', entries=[{"title": "等您评价", "now": True}, *entries[1:]]
    )
    assert "现在" in worker
    assert 'aria-current="step"' in worker
    assert "还没有经过" in render("<c-timeline />")
    assert render("<c-worker-timeline />").strip() == ""


def test_fields_tie_label_help_and_error_to_the_control():
    form = Grievance(QueryDict("what=&kind=&secrecy=nonsense"))
    html = render("<c-errors :form='form' />" + FIELDS, form=form)
    assert 'aria-describedby="id_what_helptext id_what_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#id_secrecy"' in html
    assert '<fieldset class="hy-field" id="id_secrecy"' in html
    assert html.count('role="alert"') == 1
    assert 'class="form-select' in html
    assert 'class="form-control' in html
    assert "<b>保密</b><span>只有承办人知道</span>" in html


def test_fields_without_mistakes_are_quiet_and_escape_what_was_typed():
    html = render("<c-errors :form='form' />" + FIELDS, form=Grievance(initial={"what": "</textarea><script>"}))
    assert "hy-err" not in html
    assert 'role="alert"' not in html
    assert "<script>" not in html
    assert html.count("可不填") == 2


def test_a_placeholder_that_repeats_the_label_goes():
    form = Grievance()
    form.fields["what"].widget.attrs["placeholder"] = "什么事？"
    assert "placeholder" not in render("<c-field :field='form.what' />", form=form)


def test_somebody_elses_changes_come_instead_of_mistakes():
    form = Grievance(QueryDict("what=x&kind=rights&secrecy=open&told=on"))
    form.stale = ["孙立 14:03 登记了进展"]  # type: ignore[attr-defined]
    form.add_error(None, str(Stale(form.stale)))  # type: ignore[attr-defined]
    html = render("<c-errors :form='form' />", form=form)
    assert "孙立 14:03" in html
    assert html.count('role="alert"') == 1


def test_the_pager_keeps_filters():
    asked = request("state=open&page=2&kind=a&kind=b")
    html = render('<c-pager :page="page" unit="件" />', asked, page=Paginator(range(60), 20).page(2))
    assert "state=open&amp;page=3&amp;kind=a&amp;kind=b" in html
    assert "共 60 件" in html
    one = render('<c-pager :page="page" />', page=Paginator(range(3), 20).page(1))
    assert "下一页" not in one
    assert render("<c-pager />").strip() == ""


def test_the_address_changes_one_filter_and_returns_to_page_one():
    asked = request("state=open&page=2")
    assert render('{% qs kind="a" %}', asked) == "?state=open&amp;kind=a"
    assert render('{% qs state="" %}', asked) == "?"
    assert render("{% qs page=3 %}", asked) == "?state=open&amp;page=3"
    assert render('{% qs_fields "kind" %}', asked) == '<input type="hidden" name="state" value="open">'


def test_filters_lists_tables_and_the_rest_with_and_without_data():
    groups = [
        {
            "label": "状态",
            "options": [{"label": "全部", "url": "?", "current": True, "count": 0}, {"label": LONG, "url": "?a"}],
        }
    ]
    html = render('<c-filters :groups="groups" reset="?"><input name="q" aria-label="词"></c-filters>', groups=groups)
    assert 'aria-current="true"' in html
    assert 'method="get"' in html
    heads = ["单位", {"label": "在办", "num": True}, {"label": "日期", "url": "?o", "sorted": "desc"}]
    html = render('<c-table caption="表" :heads="heads"><tr><td>1</td></tr></c-table>', heads=heads)
    assert 'aria-sort="descending"' in html
    assert html.count('scope="col"') == 3
    assert "<thead>" not in render("<c-table />")
    html = render('<c-kv :pairs="pairs" inline />', pairs=[("编号", "118号"), ("空", ""), ("零", 0)])
    assert html.count("<dt>") == 2
    files = [
        {"name": LONG, "url": "/a", "kind": "photo"},
        {"name": "音", "url": "/b", "state": "checking"},
        {"name": "宏", "state": "refused"},
    ]
    html = render('<c-attach :files="files" />', files=files)
    assert 'href="/a"' in html
    assert 'href="/b"' not in html
    assert "没有通过检查" in html
    assert "没有附件" in render('<c-attach empty="没有附件" />')


@pytest.mark.parametrize(
    "source",
    [
        '<c-note title="记" kind="soon">话</c-note>',
        '<c-note kind="late" alert>话</c-note>',
        '<c-empty title="今天没有到期的">下一件</c-empty>',
        '<c-section name="a" title="甲" note="乙"><c-slot name="end">丙</c-slot>丁</c-section>',
        '<c-head title="甲" note="乙" :crumbs="crumbs"><c-slot name="end">丙</c-slot></c-head>',
        '<c-words :text="long" />',
        '<c-limits><c-limit name="受理" :clock="clock" text="应" :clause="clock" /></c-limits>',
        '<c-ask title="在哪儿" say="问"><i></i></c-ask>',
        '<c-ask title="说了什么" single="w"><textarea id="w"></textarea></c-ask>',
        '<c-talk :messages="talk" />',
        '<c-receipt code="2607441809325516" number="118号" />',
        '<c-now title="办好了">请评</c-now>',
        '<c-icon name="phone" label="电话" />',
        "<c-stale />",
        "<c-once />",
    ],
)
def test_pieces_stand_on_their_own(source):
    render(
        source,
        long=LONG,
        clock={"state": "ok", "words": "3 天"},
        crumbs=[("事项", "/"), ("118号", "")],
        talk=[{"who": "您", "at": NOW, "text": "甲\n乙" + EVIL, "mine": True}],
    )


def test_components_do_not_take_the_pages_own_words():
    html = render("<c-note>话</c-note><c-clock />", title="页面的标题", words="别的", state="late", kind="late")
    assert "页面的标题" not in html
    assert "is-late" not in html


def test_once_is_fresh_and_survives_being_shown_again():
    first, second = render("{% once %}"), render("{% once %}")
    assert first != second
    assert re.search(r'value="[\w-]{32}"', first)
    assert 'value="abcdefghijklmnop1234"' in render("{% once %}", request(post="once=abcdefghijklmnop1234"))
    assert "short" not in render("{% once %}", request(post="once=short"))


def test_dates_times_receipts_figures_and_telephones():
    assert tags.daycn(dt.date(2026, 11, 20), NOW) == "11月20日 周五"
    assert tags.daycn(dt.date(2027, 1, 4), NOW) == "2027年1月4日 周一"
    assert tags.daycn(dt.datetime(2026, 11, 19, 16, 30, tzinfo=dt.UTC), NOW) == "11月20日 周五"
    assert tags.daycn(None) == ""
    assert tags.timecn(dt.date(2026, 1, 1)) == ""
    assert tags.timecn(dt.datetime(2026, 11, 19, 16, 30, tzinfo=dt.UTC)) == "00:30"
    assert tags.spaced("2607441809325516") == "2607 4418 0932 5516"
    assert tags.spaced(None) == ""
    assert tags.num(1234567) == "1\u202f234\u202f567"
    assert tags.num(None) == "—"
    assert tags.num(0) == "0"
    assert 'href="tel:05390002351"' in tags.phone_link("0539-000-2351")
    assert tags.phone_link("找李师傅") == "找李师傅"
    assert "<script>" not in render("{{ phone|phone_link }}", phone=EVIL)
