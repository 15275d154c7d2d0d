"""Questions about secrecy that are not about one case."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.conf import settings
from django.db.models import QuerySet

from huying.kernel.actors import Actor
from huying.org.models import Unit
from huying.privacy.models import Assessment, Erasure
from huying.privacy.rules import LOOKUPS_PER_HOUR, SENSITIVE
from huying.trail.models import Reading


def lookups_left(actor: Actor, at: datetime) -> int:
    """How many more exact look-ups this person may make within the hour (nobody can try a colleague's number)."""
    if actor.person_id is None:
        return 0
    made = Reading.objects.filter(person=actor.person_id, what="lookup", at__gt=at - timedelta(hours=1)).count()
    return max(0, LOOKUPS_PER_HOUR - made)


def erased_since(at: datetime) -> bool:
    """Whether somebody was erased since a moment (workbooks thrown away do not count)."""
    return Erasure.objects.filter(at__gte=at, why__in=("asked", "retention")).exists()


ERASED = "erased.jsonl"


def erased_keys() -> set[UUID]:
    """Keys that the list beside the key file names; a line torn by a crash is left out."""
    path = Path(settings.HUYING_KEYS).parent / ERASED
    if not path.exists():
        return set()
    found = set()
    for line in path.read_text().splitlines():
        try:
            found.add(UUID(json.loads(line)["key"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def assessments(unit: Unit) -> QuerySet[Assessment]:
    """A unit's impact assessments, the newest first."""
    return Assessment.objects.filter(unit=unit).select_related("post__person").order_by("-at")


# --- what people are told and agree to ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentText:
    """One version of what people are told before they speak: lines of (what about, words), in force since a day."""

    version: str
    since: date
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asking:
    """What is said before a separate consent (PIPL 29, 30): why it is needed, what may come of it."""

    kind: str
    label: str
    why: str
    how: str


@cache
def _texts() -> dict[str, Any]:
    body: dict[str, Any] = yaml.safe_load((Path(__file__).resolve().parent / "consents.yaml").read_text())
    return body


def consent_texts() -> list[ConsentText]:
    """Every version, the newest first."""
    rows = [
        ConsentText(row["version"], row["since"], tuple((head, words) for head, words in row["lines"]))
        for row in _texts()["general"]
    ]
    return rows[::-1]


def consent_text(version: str) -> ConsentText | None:
    """One version, as people read it when they agreed."""
    return next((one for one in consent_texts() if one.version == version), None)


def separate_consents(kinds: list[str]) -> list[Asking]:
    """What is asked for each sensitive kind that somebody gave."""
    said = _texts()["separate"][-1]["kinds"]
    return [Asking(kind, SENSITIVE[kind], **said[kind]) for kind in kinds]
