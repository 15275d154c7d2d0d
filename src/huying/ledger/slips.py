"""Slips that ask people to rate: one each, with the own link as a code, to be cut and handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from io import BytesIO
from typing import Any

import segno

from huying.ledger.form1 import PAPERS, chinese, iso
from huying.papers import reads as papers


@dataclass(frozen=True)
class Slip:
    """For whom, where it leads, and why this person is asked."""

    name: str
    why: str
    address: str


def slips_pdf(slips: Sequence[Slip], *, issuer: str, until: date, on: date) -> bytes:
    """All slips of one survey, six to a page.  Nothing on them says what the matter is."""
    data: dict[str, Any] = {
        "title": "满意度测评条",
        "issuer": issuer,
        "until": chinese(until),
        "printed_on": iso(on),
        "slips": [{**asdict(one), "code": _code(one.address)} for one in slips],
    }
    return papers.pdf(PAPERS / "slips.typ", data)


def _code(address: str) -> str:
    """The address as a QR code, an SVG drawing."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
