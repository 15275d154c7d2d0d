"""The outbox: told once, never to the one who acted, gone with the act that is rolled back, delivered in the end."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from huying.kernel.actors import SYSTEM
from huying.kernel.ids import uuid7
from huying.notices import acts, reads
from huying.notices.models import Delivery, DeliveryState, Notice
from huying.notices.rules import next_try
from huying.org.models import Person
from tests.factories.org import make_member, make_person, make_unit

pytestmark = pytest.mark.django_db
CASE = uuid7()


class Postbox:
    """A real SMTP server on this machine that keeps letters, or refuses them while ``answer`` says so."""

    def __init__(self) -> None:
        self.letters: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content))
        return self.answer


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def postbox(settings: Any) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.HUYING_BASE_URL = "https://huying.example"
    yield box
    controller.stop()


@pytest.fixture
def people() -> list[Person]:
    unit = make_unit()
    return [make_person(unit), make_person(unit)]


def tell(people: list[Person], now: datetime, **given: Any) -> list[Notice]:
    said = {
        "kind": "case.assigned",
        "title": "蒙工诉〔2026〕12号 交您办理",
        "url": "/desk/cases/1/",
        "root": people[0].unit,
        "subject": CASE,
        "by": SYSTEM,
        "at": now,
        **given,
    }
    return acts.send(to=people, **said)


def test_everybody_is_told_once(people, now) -> None:
    assert len(tell(people, now)) == 2
    assert tell(people, now) == []
    assert len(tell(people, now, key="second")) == 2
    assert reads.count(people[0].pk) == 2


def test_without_a_subject_the_key_still_counts_once(people, now) -> None:
    tell(people, now, subject=None, key="2026-11")
    assert tell(people, now, subject=None, key="2026-11") == []


def test_never_the_one_who_acted(now) -> None:
    unit = make_unit()
    officer = make_member(unit)
    other = make_person(unit)
    told = tell([Person.objects.get(pk=officer.person_id), other], now, by=officer)
    assert [notice.recipient for notice in told] == [other]


def test_nobody_whose_data_was_erased(people, now) -> None:
    people[0].erased_at = now
    people[0].save()
    assert [notice.recipient for notice in tell(people, now)] == [people[1]]


def test_what_is_rolled_back_was_never_told(people, now, postbox) -> None:
    with transaction.atomic():
        tell(people, now)
        transaction.set_rollback(True)
    assert acts.deliver_due(at=now) == 0
    assert not Notice.objects.exists()


def test_only_paths_inside_the_product(people, now) -> None:
    with pytest.raises(ValueError, match="not a path"):
        tell(people, now, url="https://elsewhere.example/")


def test_reading_marks_only_ones_own(people, now) -> None:
    unit = people[0].unit
    member = make_member(unit, person=people[0])
    tell(people, now)
    tell(people, now, subject=uuid7())
    assert acts.mark_read(by=member, at=now, subject=CASE) == 1
    assert acts.mark_read(by=member, at=now, notice=reads.unread(people[1].pk).first().pk) == 0
    assert acts.mark_read(by=member, at=now) == 1
    assert (reads.count(people[0].pk), reads.count(people[1].pk)) == (0, 2)
    assert reads.history(people[0].pk).count() == 2
    assert acts.mark_read(by=SYSTEM, at=now) == 0


def test_without_a_mail_server_nothing_waits(people, now, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    tell(people, now)
    assert not Delivery.objects.exists()


def test_people_without_address_or_account_are_told_in_the_product_only(people, now, postbox) -> None:
    people[0].user.is_active = False
    people[0].user.save()
    without = make_person(people[0].unit, account=False)
    tell([*people, without], now)
    assert Delivery.objects.get().notice.recipient == people[1]
    assert reads.count(without.pk) == 1


def test_a_letter_says_number_and_act_and_where_to_look(people, now, postbox) -> None:
    tell(people[:1], now)
    assert acts.deliver_due(at=now) == 1
    (letter,) = postbox.letters
    assert str(make_header(decode_header(letter["Subject"]))) == "【呼应】蒙工诉〔2026〕12号 交您办理"
    assert letter["To"] == people[0].user.email
    body = letter.get_payload(decode=True).decode()
    assert "https://huying.example/desk/cases/1/" in body
    delivery = Delivery.objects.get()
    assert str(delivery.pk) in letter["Message-ID"]
    assert (delivery.state, delivery.sent_at, delivery.tries) == (DeliveryState.SENT, now, 1)
    assert acts.deliver_due(at=now + timedelta(days=1)) == 0


def test_a_refused_letter_goes_again_later(people, now, postbox) -> None:
    tell(people[:1], now)
    postbox.answer = "451 try later"
    assert acts.deliver_due(at=now) == 0
    delivery = Delivery.objects.get()
    assert (delivery.tries, delivery.next_try_at) == (1, now + timedelta(minutes=1))
    assert delivery.error == "SMTPDataError 451"
    postbox.answer = "250 OK"
    assert acts.deliver_due(at=now) == 0
    assert acts.deliver_due(at=now + timedelta(minutes=1)) == 1
    assert len(postbox.letters) == 1


def test_after_a_day_a_letter_is_given_up_and_shown(people, now, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()  # nobody answers there
    tell(people[:1], now)
    at, tries = now, 0
    while Delivery.objects.get().state == DeliveryState.WAITING:
        at = Delivery.objects.get().next_try_at
        acts.deliver_due(at=at)
        tries += 1
    delivery = reads.undelivered(now).get()
    assert now + timedelta(hours=20) < at < now + timedelta(hours=24)
    assert delivery.tries == tries
    assert delivery.error.startswith("ConnectionRefusedError")


def test_a_letter_in_another_workers_hand_is_left_alone_until_that_one_must_be_dead(people, now, postbox) -> None:
    tell(people[:1], now)
    delivery = Delivery.objects.get()
    assert acts._take(delivery, now)
    assert not acts._take(delivery, now)
    assert acts.deliver_due(at=now + timedelta(minutes=9)) == 0
    assert acts.deliver_due(at=now + timedelta(minutes=10)) == 1


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 30), (4, 120), (9, 120)])
def test_waits_grow(now, tries: int, minutes: int) -> None:
    assert next_try(tries, now, now) == now + timedelta(minutes=minutes)


def test_the_last_try_is_within_a_day(now) -> None:
    assert next_try(9, now, now + timedelta(hours=22)) == now + timedelta(hours=24)
    assert next_try(9, now, now + timedelta(hours=22, seconds=1)) is None
