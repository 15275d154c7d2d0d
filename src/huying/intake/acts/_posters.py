"""Making what hangs on the wall.  The unit's chain keeps that it was made: a code on a wall is a promise to answer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huying.files.rules import clean_name
from huying.intake.posters import KINDS, Sheet, drawn, plain
from huying.intake.reads import POSTERS, check_posters, sheets_for
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours, Refused
from huying.org.models import Unit
from huying.trail.acts import append

MOST = 100  # units at once: more would make one wait


@transaction.atomic
def print_posters(
    *, units: Sequence[Unit], kind: str, fmt: str, base: str, by: Actor, at: datetime
) -> tuple[str, bytes]:
    """Name and body of a file with one sheet for each unit: one PDF, or Word files (of several units in an archive).

    ``base`` is the installation's address.  ``NotYours``; ``Refused`` for none or too many.
    """
    check_posters(by, units)
    if not units:
        raise Refused("没有选单位。", "请勾选要印的单位或车间。")
    if len(units) > MOST:
        raise Refused(f"选了 {len(units)} 个，一次最多印 {MOST} 个。", "请分几次印。")
    if kind not in KINDS or fmt not in ("pdf", "docx"):
        raise NotYours
    today = timezone.localdate(at)
    sheets, unions = sheets_for(units, base, today)
    for union in unions:
        root = union.root_id or union.pk
        data = {"kind": kind, "units": len(units)}
        append(chain=union.pk, root=root, by=by, at=at, act=POSTERS, subject=f"unit:{union.pk}", data=data)
    name = f"{KINDS[kind].name} {plain(units[0])}" + (f"等 {len(units)} 个单位" if len(units) > 1 else "")
    if fmt == "pdf" or len(units) == 1:
        return clean_name(f"{name}.{fmt}"), drawn(kind, fmt, sheets, today)
    return clean_name(f"{name}.zip"), _archive(kind, sheets, at)


def _archive(kind: str, sheets: Sequence[Sheet], at: datetime) -> bytes:
    out = io.BytesIO()
    moment = timezone.localtime(at)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(sheets, start=1):
            inside = zipfile.ZipInfo(clean_name(f"{number:03d} {sheet.name}.docx"), moment.timetuple()[:6])
            archive.writestr(inside, drawn(kind, "docx", [sheet], moment.date()), zipfile.ZIP_DEFLATED)
    return out.getvalue()
