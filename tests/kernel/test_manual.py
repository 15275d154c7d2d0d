"""Chapters of a manual: cut at their sections, turned to where pictures and chapters stand, nothing foreign let through."""

from __future__ import annotations

from huying.kernel.manual import read

CHAPTER = """# 登记

给接电话的人看。

## 接电话 <!-- call: desk:register desk:case_act/accept -->

点「登记」，<b>照原话</b>记。见[受理](02-accepting.md#take)。

![登记](../static/desk/manual/phone-register.webp)

## 受理 <!-- take: -->

| 键 | 做什么 |
| --- | --- |
| N | 登记 |
"""


def _manual(tmp_path):
    (tmp_path / "01-call.md").write_text(CHAPTER)
    (tmp_path / "notes.txt").write_text("不是一章")
    return read(tmp_path, address=lambda name: f"/help/{name}/")


def test_a_chapter_is_cut_at_its_sections(tmp_path):
    [chapter] = _manual(tmp_path).chapters
    assert (chapter.name, chapter.title) == ("call", "登记")
    assert "给接电话的人看" in chapter.html
    assert [(one.anchor, one.title) for one in chapter.sections] == [("call", "接电话"), ("take", "受理")]
    assert "<table>" in chapter.sections[1].html


def test_pages_lead_to_their_section(tmp_path):
    pages = _manual(tmp_path).by_page
    assert {page: section.anchor for page, (_, section) in pages.items()} == {
        "desk:register": "call",
        "desk:case_act/accept": "call",
    }


def test_pictures_and_links_stand_where_they_stand_here(tmp_path):
    html = _manual(tmp_path).chapters[0].sections[0].html
    assert 'href="/help/accepting/#take"' in html
    assert 'src="/static/desk/manual/phone-register.webp"' in html
    assert 'class="hy-shot is-phone"' in html
    assert 'alt="登记"' in html


def test_markup_of_its_own_is_shown_as_words(tmp_path):
    assert "&lt;b&gt;照原话" in _manual(tmp_path).chapters[0].sections[0].html


def test_search_finds_sections_with_every_word(tmp_path):
    manual = _manual(tmp_path)
    assert [one.section.anchor for one in manual.search("登记")] == ["call", "take"]
    assert [one.section.anchor for one in manual.search("受理")] == ["take", "call"]  # in the title first
    assert [one.section.anchor for one in manual.search("登记 原话")] == ["call"]
    assert manual.search("没有") == []
    assert manual.search("  ") == []
    assert "原话" in manual.search("原话")[0].excerpt
