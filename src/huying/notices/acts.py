"""Telling staff: the outbox written inside the caller's transaction, marking as read, sending what is due."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from huying.kernel.actors import Actor
from huying.notices.models import LONGEST_TITLE, Channel, Delivery, DeliveryState, Notice
from huying.notices.reads import mail_is_on, unread
from huying.notices.rules import LEASE, letter, next_try
from huying.org.models import Person, Unit, User

log = structlog.get_logger()

AT_ONCE = 200  # letters a run; the next run comes within a minute


@transaction.atomic(savepoint=False)  # always part of an act, whose own savepoint is enough
def send(
    *,
    to: Iterable[Person],
    kind: str,
    title: str,
    url: str,
    root: Unit,
    subject: UUID | None,
    by: Actor,
    at: datetime,
    key: str = "",
) -> list[Notice]:
    """Tell people something, each once per ``kind``, ``subject`` and ``key``; never the one who acted.

    ``title`` is made of a case number and an act only, ``url`` is a path inside the product.  Returns the notices that
    are new.  Joins the caller's transaction: what is rolled back was never told.
    """
    if not url.startswith("/"):
        raise ValueError(f"not a path inside the product: {url}")
    people = {person.pk for person in to if person.pk != by.person_id and person.erased_at is None}
    notices = [
        Notice(
            root=root,
            recipient_id=person,
            kind=kind,
            subject=subject,
            key=key,
            title=" ".join(title.split())[:LONGEST_TITLE],
            url=url,
            actor_person=by.person_id,
            created_at=at,
        )
        for person in people
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    fresh = list(Notice.objects.filter(pk__in=[notice.pk for notice in notices]).order_by("pk"))
    _post_letters(fresh, at)
    return fresh


def _post_letters(notices: list[Notice], at: datetime) -> None:
    """Put an e-mail on its way for everybody who has an address."""
    if not mail_is_on():
        return
    reachable = set(
        User.objects.filter(person__in=[notice.recipient_id for notice in notices], is_active=True)
        .exclude(email="")
        .values_list("person_id", flat=True)
    )
    Delivery.objects.bulk_create(
        Delivery(root_id=notice.root_id, notice=notice, channel=Channel.EMAIL, next_try_at=at)
        for notice in notices
        if notice.recipient_id in reachable
    )


def mark_read(*, by: Actor, at: datetime, notice: UUID | None = None, subject: UUID | None = None) -> int:
    """Mark this person's unread notices as read: one, those about one case or item, or all.  How many there were."""
    if by.person_id is None:
        return 0
    mine = unread(by.person_id)
    if notice is not None:
        mine = mine.filter(pk=notice)
    if subject is not None:
        mine = mine.filter(subject=subject)
    return mine.update(read_at=at)


def deliver_due(*, at: datetime) -> int:
    """Send the letters that are due.  Returns how many went out.

    The mail server is spoken to outside any transaction, so a slow one never holds up writing.
    """
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_try_at__lte=at).order_by("next_try_at")
    connection = get_connection()
    sent = 0
    try:
        for delivery in list(due.select_related("notice__recipient__user")[:AT_ONCE]):
            if _take(delivery, at):
                sent += _deliver(delivery, connection, at)
    finally:
        connection.close()
    return sent


def _take(delivery: Delivery, at: datetime) -> bool:
    """Reserve a letter for this run; false when another worker was faster."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING, next_try_at=delivery.next_try_at)
    return mine.update(next_try_at=at + LEASE) == 1


def _deliver(delivery: Delivery, connection: BaseEmailBackend, at: datetime) -> bool:
    """Try one letter and write down what came of it."""
    notice = delivery.notice
    delivery.tries += 1
    try:
        _write(delivery, connection).send()
    except (OSError, smtplib.SMTPException) as error:
        connection.close()  # the next letter starts with a fresh one
        log.warning("mail_failed", delivery=str(delivery.pk), tries=delivery.tries, error=_said(error))
        following = next_try(delivery.tries, notice.created_at, at)
        delivery.error = _said(error)
        delivery.state = DeliveryState.GIVEN_UP if following is None else DeliveryState.WAITING
        delivery.next_try_at = following or at
    else:
        delivery.state, delivery.sent_at, delivery.error = DeliveryState.SENT, at, ""
    delivery.save(update_fields=["state", "tries", "next_try_at", "sent_at", "error"])
    return delivery.state == DeliveryState.SENT


def _write(delivery: Delivery, connection: BaseEmailBackend) -> EmailMessage:
    """The letter; its identifier stays the same when it is sent again, so that mail programs show it once."""
    subject, body = letter(delivery.notice.title, settings.HUYING_BASE_URL + delivery.notice.url)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    return EmailMessage(
        subject=subject,
        body=body,
        to=[delivery.notice.recipient.user.email],
        headers={"Message-ID": f"<{delivery.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
        connection=connection,
    )


def _said(error: Exception) -> str:
    """Kind of error and the server's code; its words may repeat an address."""
    code = getattr(error, "smtp_code", "") or getattr(error, "errno", "") or ""
    return f"{type(error).__name__} {code}".strip()
