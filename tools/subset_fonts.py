"""Make the fonts in src/huying/papers/fonts from full fonts on this machine.  Needed only to renew them.

    python -m venv /some/place && /some/place/bin/pip install fonttools cffsubr
    /some/place/bin/python tools/subset_fonts.py FOLDER

FOLDER holds NotoSerifCJK-Regular.ttc, NotoSerifCJK-Bold.ttc and NotoSansCJK-Regular.ttc (Debian fonts-noto-cjk),
LXGWWenKai-Regular.ttf (fonts-lxgw-wenkai) and FandolFang-Regular.otf (texlive-lang-chinese).

Kept are GB 2312 and the 8,105 characters of 通用规范汉字表 (its third level is mostly names); the title face keeps the
first level only, its rarer characters come from the text face.  The families get names of our own: the Open Font
License reserves "LXGW" for the unchanged font, and with our own names a subset can never hide a union's full font.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cffsubr
from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
TARGET = HERE.parent / "src/huying/papers/fonts"
LEVEL_ONE = 3500
EXTRA = "〇〔〕【】《》「」『』—–…·×÷±≤≥≠℃℉№㎡㎥①②③④⑤⑥⑦⑧⑨⑩■□☐☑√✓▲△●○★☆→←↑↓￥¥€“”‘’\u3000"

# file, number inside a collection, weight, our family, what it stands for, whole table or first level
FONTS = [
    ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", "Huying Song", "HuyingSong-Regular.otf", None),
    ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", "Huying Title", "HuyingTitle-Bold.otf", LEVEL_ONE),
    ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", "Huying Hei", "HuyingHei-Regular.otf", None),
    ("LXGWWenKai-Regular.ttf", "LXGW WenKai", "Huying Kai", "HuyingKai-Regular.ttf", None),
    ("FandolFang-Regular.otf", "FandolFang", "Huying Fang", "HuyingFang-Regular.otf", None),
]


def characters(first: int | None) -> set[int]:
    """Code points to keep: Latin, signs, and the table or its first ``first`` characters."""
    table = "".join((HERE / "standard-characters.txt").read_text(encoding="utf-8").split())
    kept = {ord(c) for c in EXTRA + table[:first]} | set(range(0x20, 0x7F)) | set(range(0xA0, 0x100))
    kept |= set(range(0x3000, 0x3020)) | set(range(0xFF01, 0xFF5F)) | set(range(0x2010, 0x2027))
    rows = range(1, 88) if first is None else range(1, 10)
    for row in rows:
        for cell in range(1, 95):
            try:
                kept.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return kept


def opened(path: Path, family: str) -> TTFont:
    """The font, or the member of a collection with this family name."""
    if path.suffix != ".ttc":
        return TTFont(path)
    for number in range(20):
        font = TTFont(path, fontNumber=number)
        if font["name"].getDebugName(1).startswith(family) or font["name"].getDebugName(16) == family:
            return font
    raise SystemExit(f"{path}: no {family}")


def rename(font: TTFont, family: str, source: str) -> None:
    """Give the subset our family name; copyright and licence entries stay as they were."""
    style = "Bold" if family == "Huying Title" else "Regular"
    table = font["name"]
    keep = {0, 5, 7, 8, 9, 11, 12, 13, 14}
    table.names = [n for n in table.names if n.nameID in keep and n.platformID == 3 and n.langID == 0x409]
    compact = family.replace(" ", "")
    named = {1: family, 2: style, 3: f"{compact}-{style}", 4: f"{family} {style}", 6: f"{compact}-{style}"}
    for number, text in {**named, 10: f"Subset of {source} made for Huying"}.items():
        table.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [f"{compact}-{style}"]
        cff.topDictIndex[0].FamilyName, cff.topDictIndex[0].FullName = family, f"{family} {style}"


def main(folder: Path) -> None:
    """Write all subsets."""
    options = subset.Options(
        layout_features=["kern", "mark", "ccmp"], hinting=False, notdef_outline=True, name_IDs=["*"], glyph_names=False
    )
    for file, source, family, target, first in FONTS:
        font = opened(folder / file, source)
        worker = subset.Subsetter(options)
        worker.populate(unicodes=characters(first))
        worker.subset(font)
        rename(font, family, source)
        if "CFF " in font:
            cffsubr.subroutinize(font)
        font.save(TARGET / target)
        megabytes = (TARGET / target).stat().st_size / 1e6
        sys.stdout.write(f"{target}: {megabytes:.1f} MB, {len(font.getBestCmap())} characters\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
