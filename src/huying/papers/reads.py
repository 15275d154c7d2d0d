"""What other rooms ask of the engine.  It reads nothing and writes nothing: plain data in, a paper out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from huying.papers import docx as word
from huying.papers import pdf as print_form
from huying.papers import xlsx as table
from huying.papers.anchors import anchors_pdf
from huying.papers.xlsx import Cell, Column

__all__ = ["Cell", "Column", "FontUse", "anchors_pdf", "docx", "font_state", "pdf", "picture", "xlsx"]

# What official papers ask for, the names such a font goes by, ours, and how ours differs.
_STATUTORY = (
    ("方正小标宋简体", ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"), "Huying Title", "标题用思源宋体粗体，笔画略粗"),
    (
        "仿宋_GB2312",
        ("FangSong_GB2312", "FangSong", "STFangsong"),
        "Huying Fang",
        "正文用 Fandol 仿宋，少数人名用字用楷体",
    ),
    ("楷体_GB2312", ("KaiTi_GB2312", "KaiTi", "STKaiti"), "Huying Kai", "用霞鹜文楷，字形略圆"),
    ("黑体", ("SimHei", "STHeiti"), "Huying Hei", "用思源黑体，笔画略细"),
    ("宋体", ("SimSun", "STSong"), "Huying Song", "用思源宋体"),
)


@dataclass(frozen=True)
class FontUse:
    """One statutory font and what stands in for it.  ``ok`` is false only when nothing can."""

    wanted: str
    used: str
    statutory: bool
    ok: bool
    sentence: str


def pdf(template: Path, data: dict[str, Any]) -> bytes:
    """A typst template filled with plain data, as PDF/A with all fonts inside."""
    return print_form.render(template, data)


def picture(template: Path, data: dict[str, Any], dots: int) -> bytes:
    """The first page of a typst template as a PNG, to look at before printing."""
    return print_form.picture(template, data, dots)


def docx(template: Path, data: dict[str, Any], pictures: Mapping[str, tuple[bytes, float]] | None = None) -> bytes:
    """A Word template filled with plain data; ``pictures`` by name: a PNG or JPEG and its width in millimetres."""
    return word.render(template, data, pictures or {})


def xlsx(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str) -> BinaryIO:
    """A table as an open .xlsx file; rows may be a generator of any length."""
    return table.write(columns, rows, title=title)


def font_state() -> list[FontUse]:
    """For each statutory font: is it there, and if not, what will look different in the PDFs."""
    there = set(print_form.fonts().families())
    return [_use(wanted, (wanted, *names), ours, difference, there) for wanted, names, ours, difference in _STATUTORY]


def _use(wanted: str, names: tuple[str, ...], ours: str, difference: str, there: set[str]) -> FontUse:
    for name in names:
        if name in there:
            return FontUse(wanted, name, True, True, f"{wanted}：已放入字体文件夹，PDF 使用法定字体。")
    if ours in there:
        remedy = "把正版字体文件放进字体文件夹并重启即可换上"
        return FontUse(wanted, ours, False, True, f"{wanted}：没有这种字体，PDF 里{difference}；{remedy}。")
    return FontUse(wanted, "", False, False, f"{wanted}：没有可用的字体，PDF 里会缺字；请重新安装本软件。")
