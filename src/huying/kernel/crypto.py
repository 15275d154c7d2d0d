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
from dataclasses import dataclass, field
from datetime import datetime
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
    ``salt`` is the installation salt for receipts and blind indexes.  ``retired`` says since when an older key wraps nothing
    new; it goes once nothing is wrapped by it any more.

    The salt is a root of its own and is never rotated: receipts cannot be hashed anew (the server does not know them), and it
    encrypts nothing."""

    current: str
    keys: dict[str, bytes]
    salt: bytes
    retired: dict[str, str] = field(default_factory=dict)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, from the installation salt (never used to encrypt)."""
        return hmac.new(self.salt, purpose.encode(), hashlib.sha256).digest()


def new_keyring() -> Keyring:
    """Fresh random keys for a new installation."""
    return Keyring(current="k1", keys={"k1": os.urandom(KEY)}, salt=os.urandom(32))


def with_new_key(ring: Keyring, at: datetime) -> Keyring:
    """The ring with a fresh current key; the one before stays, to open what it wrapped."""
    name = f"k{max(int(one[1:]) for one in ring.keys) + 1}"
    keys = {**ring.keys, name: os.urandom(KEY)}
    return Keyring(name, keys, ring.salt, {**ring.retired, ring.current: at.isoformat()})


def without(ring: Keyring, names: set[str]) -> Keyring:
    """The ring without some retired keys."""
    keys = {name: key for name, key in ring.keys.items() if name not in names or name == ring.current}
    return Keyring(ring.current, keys, ring.salt, {name: at for name, at in ring.retired.items() if name in keys})


def write_keyring(ring: Keyring, path: Path, *, replace: bool = False) -> None:
    """Write the key file, readable by its owner only: whole and on the disk, or not at all.

    Refuses to overwrite unless told to ``replace``: a lost key is a lost case.
    """
    body = {
        "current": ring.current,
        "keys": {name: base64.b64encode(key).decode() for name, key in ring.keys.items()},
        "salt": base64.b64encode(ring.salt).decode(),
        "retired": ring.retired,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.with_name(path.name + ".new") if replace else path
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if replace else os.O_EXCL), 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(body, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    if replace:
        target.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def read_keyring(path: Path) -> Keyring:
    """Read the key file.  Raises ``FileNotFoundError`` or ``ValueError`` with what is wrong."""
    body = json.loads(path.read_text())
    try:
        keys = {name: base64.b64decode(value, validate=True) for name, value in body["keys"].items()}
        salt = base64.b64decode(body["salt"], validate=True)
        ring = Keyring(current=body["current"], keys=keys, salt=salt, retired=body.get("retired", {}))
    except (KeyError, AttributeError) as error:
        raise ValueError(f"key file {path} lacks {error}") from error
    if ring.current not in keys or any(len(key) != KEY for key in keys.values()) or len(ring.salt) < 16:
        raise ValueError(f"key file {path} is damaged")
    return ring


@lru_cache(maxsize=2)
def _read_once(path: Path, stamp: tuple[int, int, int]) -> Keyring:
    return read_keyring(path)


def keyring() -> Keyring:
    """The installation's keys, read anew when the file was replaced: a running site follows a rotation at once."""
    path = Path(settings.HUYING_KEYS)
    found = path.stat()
    return _read_once(path, (found.st_mtime_ns, found.st_ino, found.st_size))


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


def wrapped_by(sealed: bytes) -> str:
    """The id of the key that wrapped a value."""
    return bytes(sealed).partition(b":")[0].decode(errors="replace")


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
