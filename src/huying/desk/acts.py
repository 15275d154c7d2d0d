"""Drafts: what somebody on the desk is typing, sealed until it is sent.  The only thing the desk itself keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huying.desk.reads import draft_place
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours
from huying.kernel.models import Draft

LONGEST_DRAFT = 200_000  # bytes
FORM = re.compile(r"[a-z][a-z0-9_.-]{0,119}")


@transaction.atomic
def keep_draft(*, form: str, fields: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Keep what a person is typing in a form, in place of what was kept before.  ``Invalid`` when it is too long."""
    person = _owner(by, form)
    typed = json.dumps(dict(fields), ensure_ascii=False).encode()
    if len(typed) > LONGEST_DRAFT:
        raise Invalid({"fields": "写得太长，草稿存不下。"})
    sealed = crypto.wrap(typed, draft_place(person, form))
    Draft.objects.update_or_create(person=person, form=form, defaults={"sealed": sealed, "at": at})


@transaction.atomic
def drop_draft(*, form: str, by: Actor, at: datetime) -> None:
    """Forget a draft: it was sent, or is not wanted any more."""
    Draft.objects.filter(person=_owner(by, form), form=form, at__lte=at).delete()


def _owner(by: Actor, form: str) -> UUID:
    """The person whose draft it is; nobody else has one."""
    if by.person_id is None or not FORM.fullmatch(form):
        raise NotYours
    return by.person_id
