"""Who acts.  Every act takes ``by=``: a member of staff, a worker holding a receipt, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody who acts.

    ``code`` is what the trail keeps (``post:<uuid>``, ``party:<uuid>``, ``system``); ``label`` is what people read in
    the history; ``keys`` are the recusal keys this actor answers to (see ``cases.models.Recusal``).
    """

    code: str
    label: str
    person_id: UUID | None = None
    post_id: UUID | None = None
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Worker(Actor):
    """A worker who came in with a receipt: speaks for exactly one party of one case."""

    party_id: UUID
    case_id: UUID


SYSTEM = Actor(code="system", label="呼应（自动）")
