"""Identifiers.  UUIDv7 for cases and what hangs on them, UUIDv4 for people, files, tokens, ballots (secrecy.md)."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from uuid import UUID, uuid4

from huying.kernel import crypto

# No 0/O, 1/I/L: an item code is read aloud over the phone.
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, 74 random bits."""
    value = (int(time.time() * 1000) & ((1 << 48) - 1)) << 80
    value |= int.from_bytes(os.urandom(10), "big")
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    value |= (0x7000 << 64) | (0x8000 << 48)
    return UUID(int=value)


def random_id() -> UUID:
    """A UUIDv4: says nothing about when or in which order it was made."""
    return uuid4()


def slot() -> int:
    """A random positive 63-bit integer."""
    return secrets.randbits(63)


def readable_code(groups: int = 2, length: int = 4) -> str:
    """A random code for people, such as ``K7MQ-42XH``."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(length)) for _ in range(groups))


def call_sign() -> str:
    """What somebody in a queue is called by: says nothing of the name, the matter, or how many came before."""
    return readable_code(1, 4)


def short_code(length: int = 6) -> str:
    """A short lower-case address for a unit's QR code."""
    return "".join(secrets.choice(READABLE.lower()) for _ in range(length))


def receipt_from(once: str) -> str:
    """The 16-digit receipt that belongs to one submission.

    It is derived from the form's idempotency key under the installation's secret, so that a double click shows the
    same receipt and the server stores neither (the database holds only hashes of both).
    """
    digest = hmac.new(crypto.keyring().derive("receipt"), once.encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:16], 'big') % 10**16:016d}"


def spaced(receipt: str) -> str:
    """``1234567890123456`` as people read it: ``1234 5678 9012 3456``."""
    return " ".join(receipt[i : i + 4] for i in range(0, len(receipt), 4))
