"""Encryption of fields and files.

The installation's key file lies outside the database (``HUYING_KEYS``).  It wraps one data key per case and person;
destroying that data key makes everything sealed under it unreadable, backups of the database included.
AES-256-GCM (SM4-GCM by setting); every sealed value starts with an algorithm tag and is bound to its place
(table, column, row), so a value copied elsewhere does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

AES, SM4 = b"\x01", b"\x02"
NONCE, TAG, KEY = 12, 16, 32


class Unreadable(Exception):
    """Sealed under another key, bound to another place, changed, or its key was destroyed."""


@dataclass(frozen=True)
class Keyring:
    """The installation's keys.  ``keys`` maps key id to 32 bytes, ``current`` names the one that wraps new data keys;
    ``salt`` is the installation salt for receipts and blind indexes."""

    current: str
    keys: dict[str, bytes]
    salt: bytes

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from the installation salt (never used to encrypt)."""
        return hmac.new(self.salt, purpose.encode(), hashlib.sha256).digest()


def new_keyring() -> Keyring:
    """Fresh random keys for a new installation."""
    return Keyring(current="k1", keys={"k1": os.urandom(KEY)}, salt=os.urandom(32))


def write_keyring(ring: Keyring, path: Path) -> None:
    """Write the key file, readable by its owner only.  Refuses to overwrite: a lost key is a lost case."""
    body = {
        "current": ring.current,
        "keys": {name: base64.b64encode(key).decode() for name, key in ring.keys.items()},
        "salt": base64.b64encode(ring.salt).decode(),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(body, out, indent=1)
        out.flush()
        os.fsync(out.fileno())


def read_keyring(path: Path) -> Keyring:
    """Read the key file.  Raises ``FileNotFoundError`` or ``ValueError`` with what is wrong."""
    body = json.loads(path.read_text())
    try:
        keys = {name: base64.b64decode(value, validate=True) for name, value in body["keys"].items()}
        ring = Keyring(current=body["current"], keys=keys, salt=base64.b64decode(body["salt"], validate=True))
    except (KeyError, AttributeError) as error:
        raise ValueError(f"key file {path} lacks {error}") from error
    if ring.current not in keys or any(len(key) != KEY for key in keys.values()) or len(ring.salt) < 16:
        raise ValueError(f"key file {path} is damaged")
    return ring


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The installation's keys, read once per process."""
    return read_keyring(Path(settings.HUYING_KEYS))


def encrypt(key: bytes, plain: bytes, place: str) -> bytes:
    """Seal bytes under a 32-byte key, bound to ``place``."""
    nonce = os.urandom(NONCE)
    if settings.HUYING_CIPHER == "sm4":
        encryptor = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(place.encode())
        return SM4 + nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag
    return AES + nonce + AESGCM(key).encrypt(nonce, plain, place.encode())


def decrypt(key: bytes, sealed: bytes, place: str) -> bytes:
    """Open what ``encrypt`` sealed.  Raises ``Unreadable``."""
    sealed = bytes(sealed)
    tag, nonce, body = sealed[:1], sealed[1 : 1 + NONCE], sealed[1 + NONCE :]
    try:
        if tag == AES:
            return AESGCM(key).decrypt(nonce, body, place.encode())
        if tag == SM4:
            decryptor = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce, body[-TAG:])).decryptor()
            decryptor.authenticate_additional_data(place.encode())
            return decryptor.update(body[:-TAG]) + decryptor.finalize()
    except (InvalidTag, ValueError) as error:
        raise Unreadable(place) from error
    raise Unreadable(place)


def wrap(plain: bytes, place: str) -> bytes:
    """Encrypt under the installation's current key; the key's id stands in front."""
    ring = keyring()
    return ring.current.encode() + b":" + encrypt(ring.keys[ring.current], plain, place)


def unwrap(sealed: bytes, place: str) -> bytes:
    """Open what ``wrap`` sealed.  Raises ``Unreadable``."""
    name, _, body = bytes(sealed).partition(b":")
    key = keyring().keys.get(name.decode(errors="replace"))
    if key is None:
        raise Unreadable(place)
    return decrypt(key, body, place)


def blind_index(kind: str, value: str) -> bytes:
    """A keyed digest for exact look-up of a phone or name without storing it."""
    return hmac.new(keyring().derive(f"index:{kind}"), value.encode(), hashlib.sha256).digest()


def receipt_hash(receipt: str) -> bytes:
    """argon2id of a receipt under the installation salt: one hash, one index read."""
    return hash_secret_raw(
        receipt.encode(),
        keyring().derive("receipt-hash")[:16],
        time_cost=settings.HUYING_ARGON["time"],
        memory_cost=settings.HUYING_ARGON["memory_kib"],
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
