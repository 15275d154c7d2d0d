"""Second factors lie in the library's own JSON, wrapped by the installation's key: what a rotation of that key asks of them."""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from huying.kernel import crypto
from huying.kernel.rotation import OTHERS, Elsewhere

PLACE = "mfa:authenticator:data"
SECRETS = ("secret", "seed")  # of an authenticator, of recovery codes; a passkey has none


def wrapped(text: str) -> str:
    """Sealed under the installation's key, which lies outside the database."""
    return base64.b64encode(crypto.wrap(text.encode(), PLACE)).decode()


def unwrapped(sealed: str) -> str:
    """The other way round.  ``crypto.Unreadable``."""
    return crypto.unwrap(base64.b64decode(sealed), PLACE).decode()


def count(name: str) -> int:
    """How many secrets a key wraps."""
    return sum(_of_key(one, name) for row in Authenticator.objects.all() for one in _secrets(row.data))


def rewrap(old: list[str]) -> int:
    """Wrap anew what retired keys wrap; how many values."""
    changed = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update(no_key=True).filter(pk=pk).first()
            mine = [one for one in _secrets(row.data) if any(_of_key(one, name) for name in old)] if row else []
            if row is not None and mine:
                row.data = {name: _anew(value, mine) for name, value in row.data.items()}
                row.save(update_fields=["data"])
                changed += len(mine)
    return changed


def _secrets(data: dict[str, Any]) -> list[str]:
    return [data[name] for name in SECRETS if isinstance(data.get(name), str)]


def _anew(value: Any, mine: list[str]) -> Any:
    return wrapped(unwrapped(value)) if value in mine else value


def _of_key(sealed: str, name: str) -> bool:
    return crypto.wrapped_by(base64.b64decode(sealed)) == name


OTHERS.append(Elsewhere(count, rewrap))
