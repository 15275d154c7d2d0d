"""A day's anchors on a sheet that two people can compare by reading, and a telephone by its code."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from uuid import UUID

import segno

from huying.papers import pdf
from huying.trail.rules import Kept, grouped

_SHEET = Path(__file__).resolve().parent / "typ" / "anchors.typ"


def anchors_pdf(anchors: Iterable[Kept], names: Mapping[UUID, str], on: date) -> bytes:
    """One sheet of anchors: what for, the digest in groups of four, a code with the same line as the file has."""
    rows = [
        {
            "name": names.get(one.root, str(one.root)),
            "day": one.day.isoformat(),
            "chains": one.chains,
            "groups": grouped(one.digest),
            "root": str(one.root),
            "qr": _code(f"{one.day:%Y-%m-%d}\t{one.root}\t{one.chains}\t{one.digest}"),
        }
        for one in anchors
    ]
    return pdf.render(_SHEET, {"title": "日锚", "printed_on": on.isoformat(), "rows": rows})


def _code(line: str) -> str:
    drawn = io.BytesIO()
    segno.make(line, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
