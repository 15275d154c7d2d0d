"""Pages of reception days: as many statements for many days as for few; what a worker sends twice counts once."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from huying.cases.models import Case
from huying.fieldwork import acts
from huying.fieldwork.models import Booking
from huying.kernel.actors import Worker
from huying.privacy.rules import CONSENT_VERSION
from tests.desk.browser import as_, page
from tests.factories import reception as days
from tests.factories import world as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    """The pages read the clock at the edge; here it stands still."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def statements(world, where, *args):
    client = as_(world, "officer")
    client.get(reverse(where, args=args))
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse(where, args=args))
    return len(seen)


def test_lists_ask_as_often_for_many_as_for_few(world):
    first = days.announced(world, date(2026, 11, 25))
    days.booked(world, first)
    few = statements(world, "desk:reception"), statements(world, "desk:reception-day", first.pk)
    for number in range(1, 8):
        day = days.announced(world, date(2026, 11, 25) + timedelta(days=7 * number))
        days.booked(world, day)
    for hour in (1, 2, 3):
        slot = first.begins.replace(hour=9 + hour // 2, minute=30 * (hour % 2))
        days.booked(world, first, slot=slot)
    assert (statements(world, "desk:reception"), statements(world, "desk:reception-day", first.pk)) == few


def test_the_queue_of_a_day_asks_as_often_for_twenty_as_for_five(world):
    day = days.announced(world, date(2026, 11, 25), minutes=30, each=15)
    hours = [time(9), time(9, 30), time(10), time(10, 30)]

    def come(numbers):
        for number in numbers:
            days.booked(world, day, slot=hours[number % 4], once=f"one-of-many-{number}", phone=f"138{number:08}")

    come(range(5))
    few = statements(world, "desk:reception-day", day.pk)
    come(range(5, 20))
    assert len(queue_of(world, day)) == 20
    assert statements(world, "desk:reception-day", day.pk) == few


def queue_of(world, day):
    return as_(world, "officer").get(reverse("desk:reception-day", args=[day.pk])).context["queue"]


@pytest.mark.parametrize("tab", ["", "talks"])
def test_lists_of_talks_ask_as_often_for_twenty_as_for_five(world, tab):
    def more(number):
        for _ in range(number):
            case = make.accepted(world)
            if tab:
                talk = days.invited(world, case=case)
                worker = Worker(code="worker", label="职工本人", case_id=case.pk, party_id=case.parties.get().pk)
                acts.answer_talk(talk_id=talk.pk, comes=True, by=worker, at=world.now)
            else:
                Case.objects.filter(pk=case.pk).update(difficulty="hard")

    def asked():
        client = as_(world, "officer")
        client.get(reverse("desk:talks"), {"tab": tab})
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(reverse("desk:talks"), {"tab": tab})
        return len(seen), answer.context["page"].paginator.count

    more(5)
    few = asked()
    assert few[1] == 5
    more(15)
    assert asked() == (few[0], 20)


def test_a_booking_sent_twice_is_one(world):
    day = days.announced(world, date(2026, 11, 25))
    phone, address = Client(), f"/u/{world.shop.code}/reception/{day.pk}/"
    form = {"hour": "09:00", "words": "炉前没有水喝。", "secrecy": "anonymous", "agreed": "on", "consent": CONSENT_VERSION,
            "once": "one-form-key-of-a-phone-1"}  # fmt: skip
    for _ in range(2):
        assert phone.post(address, form).url == "/receipt/"
    assert Booking.objects.count() == 1
    full = phone.post(address, {**form, "once": "another-form-key-of-a-phone"})
    assert full.status_code == 422
    assert "这个时间刚刚约满了" in full.content.decode()
    assert "炉前没有水喝。" in full.content.decode()


def test_a_head_of_management_reads_no_number(world):
    day = days.announced(world, date(2026, 11, 25), world.posts["manager"])
    booking = days.booked(world, day)
    html = page(as_(world, "manager").get(reverse("desk:reception-day", args=[day.pk])))
    assert booking.code in html
    assert booking.case.number not in html
    assert not re.search(r"/desk/cases/", html)


@pytest.mark.clause("PD-5.2.1")
def test_the_managers_day_goes_by_its_own_name_for_workers_and_on_the_wall(world):
    days.adopt(world, "pingdingshan-2013")
    day = days.announced(world, date(2026, 11, 25), world.posts["manager"], kind="manager")
    phone = Client()
    for address in (f"/u/{world.shop.code}/reception/", f"/u/{world.shop.code}/reception/{day.pk}/"):
        assert "经理接待日" in phone.get(address).content.decode()
    officer = as_(world, "officer")
    assert "经理接待日" in page(officer.get(reverse("desk:reception-rota")))
    for address in (reverse("desk:reception"), reverse("desk:reception-day", args=[day.pk])):
        assert "25日 周三 经理接待日" in re.sub(r"<[^>]*>", "", page(officer.get(address))).replace("\xa0", " ")
    paper = officer.get(reverse("desk:reception-notice", args=["pdf"])).content
    assert "经理接待日" in "".join(one.extract_text() for one in PdfReader(BytesIO(paper)).pages).replace("\n", "")
    days.adopt(world, "shaanxi-2012-38")  # says nothing of kinds: they stay as they were
    assert "经理接待日" in page(officer.get(reverse("desk:reception-rota")))


def test_where_no_document_has_it_there_is_no_managers_day(world):
    assert "经理接待日" not in page(as_(world, "officer").get(reverse("desk:reception-rota")))
    assert "经理接待日" not in page(as_(world, "officer").get(reverse("desk:reception")))


def test_the_notice_prints_both_ways(world):
    days.announced(world, date(2026, 11, 25))
    for fmt, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        answer = as_(world, "officer").get(reverse("desk:reception-notice", args=[fmt]))
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
