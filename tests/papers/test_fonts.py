"""Fonts: ours are complete, a union's own come first, and what differs is said."""

from __future__ import annotations

import shutil

import pytest

from huying.papers import pdf, reads


@pytest.fixture
def fresh():
    for cache in (pdf.fonts, pdf._compiler):
        cache.cache_clear()
    yield
    for cache in (pdf.fonts, pdf._compiler):
        cache.cache_clear()


def test_without_licensed_fonts_it_says_what_looks_different(settings, tmp_path, fresh):
    settings.HUYING_FONTS = tmp_path / "none"
    state = {use.wanted: use for use in reads.font_state()}
    assert list(state) == ["方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"]
    assert all(use.ok and not use.statutory for use in state.values())
    assert state["仿宋_GB2312"].used == "Huying Fang"
    assert "Fandol" in state["仿宋_GB2312"].sentence


def test_a_font_put_into_the_folder_is_found(settings, tmp_path, fresh):
    settings.HUYING_FONTS = tmp_path
    shutil.copy(pdf.OUR_FONTS / "HuyingHei-Regular.otf", tmp_path / "unions-own.otf")
    assert pdf.font_folders()[0] == tmp_path
    assert "Huying Hei" in pdf.fonts().families()


def test_a_statutory_font_is_used_when_there(monkeypatch):
    class Licensed:
        def families(self):
            return ["FangSong_GB2312", "黑体", "Huying Kai", "Huying Song"]

    monkeypatch.setattr(pdf, "fonts", Licensed)
    state = {use.wanted: use for use in reads.font_state()}
    assert state["仿宋_GB2312"].statutory
    assert state["黑体"].used == "黑体"
    assert not state["楷体_GB2312"].statutory
    assert not state["方正小标宋简体"].ok


def test_every_font_says_its_licence():
    text = (pdf.OUR_FONTS / "LICENCES.txt").read_text(encoding="utf-8")
    for font in pdf.OUR_FONTS.glob("*.?tf"):
        assert font.name in text
    assert (pdf.OUR_FONTS / "OFL.txt").exists()
    assert (pdf.OUR_FONTS / "GPL-3.txt").exists()
