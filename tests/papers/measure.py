"""Measuring a printed page by reading the PDF back: where each line stands, in which font and size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf._text_extraction import mult

MM = 72 / 25.4


@dataclass
class Line:
    """A line of a page: text without spaces, its baseline from the upper edge and its left edge in mm, fonts and sizes in it."""

    text: str
    top: float
    left: float
    fonts: set[str]
    sizes: set[float]


def pages_of(raw: bytes) -> list[PageObject]:
    """The pages of a PDF."""
    return list(PdfReader(io.BytesIO(raw)).pages)


def texts(raw: bytes) -> list[str]:
    """The text of each page without any space."""
    return ["".join(page.extract_text().split()) for page in pages_of(raw)]


def lines_of(page: PageObject) -> list[Line]:
    """The lines of a page from top to bottom."""
    found: dict[float, Line] = {}
    height = float(page.mediabox.height)

    def seen(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        words = "".join(text.split())
        if not words:
            return
        at = mult(tm, cm)
        top = round((height - at[5]) / MM, 1)
        left = at[4] / MM
        line = found.setdefault(top, Line("", (height - at[5]) / MM, left, set(), set()))
        line.text += words
        line.left = min(line.left, left)
        line.fonts.add(str((font or {}).get("/BaseFont", "")).split("+")[-1])
        line.sizes.add(round(abs(at[3]) * size, 2))

    page.extract_text(visitor_text=seen)
    return [found[top] for top in sorted(found)]
