"""Word documents: a template made in Word (docxtpl) filled with plain data."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage


def render(template: Path, data: dict[str, Any], pictures: Mapping[str, tuple[bytes, float]]) -> bytes:
    """The template filled; text is escaped, so ``<`` and ``&`` come out as typed.  Names no author."""
    document = DocxTemplate(template)
    drawn = {name: InlineImage(document, io.BytesIO(body), width=Mm(width)) for name, (body, width) in pictures.items()}
    document.render({**data, **drawn}, autoescape=True)
    _close_cells(document)
    document.docx.core_properties.author = ""
    document.docx.core_properties.last_modified_by = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _close_cells(document: DocxTemplate) -> None:
    """A cell ends with a paragraph, or Word calls the file damaged; one whose list was empty has lost its own."""
    for cell in document.docx.element.body.iter("{*}tc"):
        paragraph = f"{cell.tag.removesuffix('tc')}p"
        if cell[-1].tag != paragraph:
            cell.append(cell.makeelement(paragraph))
