"""Printing what a studio hangs up; the unit's chain keeps that it was made."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from huying.fieldwork.acts._steps import check_keeps
from huying.fieldwork.reads import PAPERS, paper_of, standings
from huying.fieldwork.reads._papers import FORMATS
from huying.files.rules import clean_name
from huying.kernel.actors import Actor
from huying.kernel.errors import NotYours
from huying.org.acts.steps import write
from huying.org.models import Unit


@transaction.atomic
def print_studio(*, unit: Unit, paper: str, fmt: str, base: str, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Name and body of one paper; ``base`` is the installation's address."""
    check_keeps(by, unit)
    if paper not in PAPERS or fmt not in FORMATS or unit.is_upper:
        raise NotYours
    today = timezone.localdate(at)
    (shown,) = standings([unit], today)
    body = paper_of(paper, fmt, shown, base, today)
    write(unit=unit, by=by, at=at, act="studio.print", subject=unit, data={"paper": paper})
    return clean_name(f"{unit.short_name}{PAPERS[paper].name}.{fmt}"), body
