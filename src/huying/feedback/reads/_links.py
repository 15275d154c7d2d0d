"""Links without login: derived from the installation's secret, so that slips can be printed again and the database alone
opens none."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from uuid import UUID

from huying.feedback.models import Invited
from huying.kernel import crypto
from huying.kernel.actors import Actor

PROOF = 14  # bytes behind the 16 of the row's id: 30 make 40 characters without padding


@dataclass(frozen=True, kw_only=True)
class Respondent(Actor):
    """Somebody who came in by the link of one invitation and speaks for nobody else."""

    invited_id: UUID


def _proof(invited_id: UUID) -> bytes:
    return hmac.new(crypto.keyring().derive("rate-link"), invited_id.bytes, hashlib.sha256).digest()[:PROOF]


def link_token(invited_id: UUID) -> str:
    """What stands in the address of one person's link."""
    return urlsafe_b64encode(invited_id.bytes + _proof(invited_id)).decode()


def respondent(invited_id: UUID) -> Respondent:
    """The actor of an invitation."""
    return Respondent(code=f"invited:{invited_id}", label="测评对象本人", invited_id=invited_id)


def respondent_behind(token: str) -> Respondent | None:
    """Who holds a link; nobody for one that was not made here."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (Error, ValueError):
        return None
    if len(raw) != 16 + PROOF:
        return None
    invited_id = UUID(bytes=raw[:16])
    if not hmac.compare_digest(raw[16:], _proof(invited_id)):
        return None
    return respondent(invited_id) if Invited.objects.filter(pk=invited_id).exists() else None
