"""PDF by typst, with one compiler kept for the life of the process (83 ms cold, 3 to 6 ms a page after)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

import typst
from django.conf import settings

PACKAGE = Path(__file__).resolve().parent.parent
OUR_FONTS = Path(__file__).resolve().parent / "fonts"
# Archives keep what they can still open in thirty years: fonts inside, nothing from outside (GB/T 18894, ISO 19005-2).
STANDARD: Literal["a-2b"] = "a-2b"

_one_at_a_time = Lock()  # the compiler's inputs are its state


def font_folders() -> list[Path]:
    """The installation's own folder first, then ours."""
    return [folder for folder in (Path(settings.HUYING_FONTS), OUR_FONTS) if folder.is_dir()]


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Only fonts of the two folders: a paper looks the same whatever else the machine has installed."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=font_folders())


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler(root=PACKAGE, font_paths=fonts())


def render(template: Path, data: dict[str, Any]) -> bytes:
    """The template filled with plain data (reached as ``json(bytes(sys.inputs.data))``).

    With a date of printing (``printed_on``) it is PDF/A, which demands one; a blank form to fill in by hand has none.
    """
    with _one_at_a_time:
        made = _compiler().compile(
            template,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=STANDARD if data.get("printed_on") else [],
        )
    if not isinstance(made, bytes):
        raise TypeError(f"{template.name} gave no PDF")
    return made


def picture(template: Path, data: dict[str, Any], dots: int) -> bytes:
    """The first page as a PNG with so many dots an inch, to look at before printing."""
    with _one_at_a_time:
        made = _compiler().compile(
            template, format="png", ppi=dots, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}
        )
    first = made[0] if isinstance(made, list) else made
    if not isinstance(first, bytes):
        raise TypeError(f"{template.name} gave no picture")
    return first
