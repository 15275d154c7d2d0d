"""Drafts: what somebody on the desk is typing, sealed until it is sent; the only thing the desk itself keeps.  And what is
composed of acts of several rooms: one act on many cases at once, an account reset and its owner told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from huying.cases import acts as cases
from huying.cases.models import Case
from huying.kernel import crypto
from huying.kernel.actors import Actor
from huying.kernel.errors import Invalid, NotYours, Refused
from huying.kernel.models import Draft
from huying.notices.acts import send
from huying.org import acts as org
from huying.org.models import Post, User

LONGEST_DRAFT = 200_000  # bytes
FORM = re.compile(r"[a-z][a-z0-9_.-]{0,119}")


@transaction.atomic
def keep_draft(*, form: str, fields: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Keep what a person is typing in a form, in place of what was kept before.  ``Invalid`` when it is too long."""
    person = _owner(by, form)
    typed = json.dumps(dict(fields), ensure_ascii=False).encode()
    if len(typed) > LONGEST_DRAFT:
        raise Invalid({"fields": "写得太长，草稿存不下。"})
    sealed = crypto.wrap(typed, Draft.place_of(person, form))
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


# --- the way in of somebody else ----------------------------------------------------------------------------------------


@transaction.atomic
def reset_password(*, user: User, by: Actor, at: datetime) -> str:
    """A new one-time password for somebody, who is told that it was done.  The password."""
    fresh, password = org.reset_password(user=user, by=by, at=at)
    _tell_owner(fresh, "password", "安全管理员重置了您的密码", by, at)
    return password


@transaction.atomic
def reset_factor(*, user: User, by: Actor, at: datetime) -> None:
    """Take away somebody's second factor, and tell them."""
    fresh = org.reset_factor(user=user, by=by, at=at)
    _tell_owner(fresh, "factor", "安全管理员重置了您的第二道验证", by, at)


def _tell_owner(user: User, what: str, title: str, by: Actor, at: datetime) -> None:
    unit = user.person.unit
    send(
        to=[user.person],
        kind=f"account.{what}",
        title=title,
        url=reverse("mfa_index"),
        root=unit.root or unit,
        subject=None,
        by=by,
        at=at,
        key=at.isoformat(),
    )


# --- the same act on many cases -----------------------------------------------------------------------------------------

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Outcome:
    """What became of each case: the numbers of those it was done for, number and reason of those it was not."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


@transaction.atomic
def urge_many(*, case_ids: Sequence[UUID], text: str, by: Actor, at: datetime) -> Outcome:
    """Urge the unions that have these cases, with the same words."""
    if not text.strip():
        raise Invalid({"text": "请写明要督促什么。"})
    return _each(
        case_ids, lambda pk: cases.urge(case_id=pk, text=text, by=by, at=at), by, "这件事就由您的工会办，不用督促。"
    )


@transaction.atomic
def take_many(*, case_ids: Sequence[UUID], officer: Post, by: Actor, at: datetime) -> Outcome:
    """Make somebody the one who answers for these cases."""
    return _each(
        case_ids, lambda pk: cases.take(case_id=pk, officer=officer, by=by, at=at), by, "这件事不在您的工会办。"
    )


def _each(case_ids: Sequence[UUID], do: Callable[[UUID], object], by: Actor, not_ours: str) -> Outcome:
    """Each case through its own act with its own permission; one that is refused does not hold up the others.  Cases this
    person may not know of are not there."""
    if not case_ids:
        raise Refused("没有勾选事项。", "请在台账里勾选要办的，再试一次。")
    if len(case_ids) > MOST_AT_ONCE:
        raise Refused(f"勾选了 {len(case_ids)} 件，一次最多 {MOST_AT_ONCE} 件。", "请分几次办。")
    known = Case.objects.visible_to(by).filter(pk__in=case_ids).order_by("registered_at", "pk")
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for pk, number in list(known.values_list("pk", "number")):
        try:
            with transaction.atomic():
                do(pk)
        except NotYours:
            refused.append((number, not_ours))
        except Invalid as error:
            refused.append((number, "".join(error.fields.values())))
        except Refused as error:
            refused.append((number, str(error)))
        else:
            done.append(number)
    return Outcome(tuple(done), tuple(refused))
