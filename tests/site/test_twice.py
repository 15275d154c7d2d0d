"""The same form sent twice at the very same time, and two people who act on one case at once."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from huying.cases.models import Case, Event, Party
from huying.cases.reads import worker_by_receipt
from huying.files.models import File
from huying.handling import acts as handling
from huying.handling.models import ItemEvent
from huying.intake.acts import receipts_for
from huying.kernel.models import Once
from huying.notices.models import Notice
from huying.privacy.rules import CONSENT_VERSION
from huying.trail.reads import verify
from tests.factories import world as make
from tests.factories.world import World
from tests.site.test_kill import photo

KEY = "twice-twice-twice-twice"
TIMES = 4


@pytest.fixture(autouse=True)
def _files(tmp_path: Any, settings: Any) -> None:
    settings.HUYING_FILES = tmp_path


@pytest.fixture
def lived(transactional_db: None) -> World:
    """The small world, now: threads and frozen clocks do not go together."""
    return make.make_world(timezone.now())


def at_once(sends: list[Callable[[], HttpResponse]]) -> list[HttpResponse]:
    """Everything begins at the same moment, each in a thread and with a connection of its own."""
    start = threading.Barrier(len(sends))

    def run(send: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            start.wait(30)
            return send()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(run, sends))


def browser(world: World, name: str) -> Client:
    client = Client()
    if name:
        client.force_login(world.posts[name].person.user)
    return client


def pressed_often(world: World, name: str, path: str, data: dict[str, Any], *, files: bool = False) -> str:
    """The address all answers lead to, after the same form was sent several times at the very same time."""
    clients = [browser(world, name) for _ in range(TIMES)]
    filled = [{**data, "once": KEY, **({"files": photo()} if files else {})} for _ in clients]
    answers = at_once(
        [lambda client=client, sent=sent: client.post(path, sent) for client, sent in zip(clients, filled, strict=True)]
    )
    assert [answer.status_code for answer in answers] == [302] * TIMES, [said(answer) for answer in answers]
    (address,) = {answer["Location"] for answer in answers}
    assert Once.objects.get().result == address
    assert verify() == []
    return address


def said(answer: HttpResponse) -> str:
    """The refusals on a page."""
    return " ".join(re.findall(r'role="alert".*?</div>', answer.content.decode(), re.DOTALL))


def test_saying_it_twice_at_once_makes_one_case_with_one_receipt(lived: World) -> None:
    data = {"words": "食堂晚班没有热饭。", "secrecy": "anonymous", "agreed": "on", "consent": CONSENT_VERSION}
    pressed_often(lived, "", f"/u/{lived.shop.code}/", data, files=True)
    case = Case.objects.get()
    assert (case.seq, Party.objects.count(), File.objects.count()) == (1, 1, 1)
    assert worker_by_receipt(receipts_for(KEY, 1)[0]).case_id == case.pk
    told = list(Notice.objects.values_list("recipient", flat=True))
    assert len(told) == len(set(told))


def test_registering_twice_at_once_makes_one_case(lived: World) -> None:
    data = {"words": "宿舍漏水没人修。", "place": lived.plant.name, "secrecy": "sealed", "name": "罗小川",
            "phone": "13900003333", "channel": "phone"}  # fmt: skip
    address = pressed_often(lived, "officer", "/desk/cases/new/", data, files=True)
    case = Case.objects.get()
    assert str(case.pk) in address
    assert (case.seq, Party.objects.count(), File.objects.count()) == (1, 1, 1)


def accepting(world: World, case: Case) -> dict[str, Any]:
    """The form of accepting, filled in."""
    return {
        "content_class": "rights", "category": "living", "difficulty": "easy", "title": "末班车提前",
        "officer": str(world.posts["officer"].pk), "summary": "末班车提前，晚班职工赶不上。", "version": str(case.version),
    }  # fmt: skip


def test_accepting_twice_at_once_accepts_once(lived: World) -> None:
    case = make.said(lived)
    pressed_often(lived, "officer", f"/desk/cases/{case.pk}/accept/", accepting(lived, case))
    assert Event.objects.filter(case=case, act="accept").count() == 1
    assert Case.objects.get().version == case.version + 1


def test_reporting_twice_at_once_reports_once_and_starts_one_clock(lived: World) -> None:
    item = make.assigned(lived)
    handling.finish(item_id=item.pk, able=True, text="恢复了。", done_on=None, by=lived.as_("handler"), at=lived.now)
    item.refresh_from_db()
    data = {"text": "末班车恢复了。", "version": str(item.version)}
    pressed_often(lived, "handler", f"/desk/items/{item.pk}/report/", data, files=True)
    assert ItemEvent.objects.filter(item=item, act="report").count() == 1
    assert Event.objects.filter(case=item.case_id, act="all_reported").count() == 1
    case = Case.objects.get()
    assert list(case.clocks.filter(stopped_at__isnull=True).values_list("code", flat=True)) == ["tell"]


@pytest.mark.attack("colleague", "decides the same case at the very same moment as another officer", found="held")
def test_of_two_officers_who_accept_at_once_one_does_and_the_other_reads_who_was_faster(lived: World) -> None:
    case = make.said(lived)
    path, names = f"/desk/cases/{case.pk}/accept/", ("officer", "second")
    clients = [browser(lived, name) for name in names]
    sent = [{**accepting(lived, case), "title": f"{name}写的标题", "once": f"{name}-{KEY}"} for name in ("李", "周")]
    answers = at_once(
        [lambda client=client, data=data: client.post(path, data) for client, data in zip(clients, sent, strict=True)]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 422]
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 302)
    page = answers[1 - winner].content.decode()
    assert re.search(rf"{lived.posts[names[winner]].person.name}[^<]*受理", page)
    assert sent[1 - winner]["title"] in page  # what the slower one typed is still there
    case.refresh_from_db()
    assert (case.title, case.status) == (sent[winner]["title"], "accepted")
    assert Event.objects.filter(case=case, act="accept").count() == 1
    assert Once.objects.count() == 1


def test_a_form_sent_again_is_answered_even_when_its_act_closed_the_door(lived: World) -> None:
    case = make.said(lived)
    data = {"unit": str(lived.county.pk), "reason": "本级解决不了。", "version": str(case.version), "once": KEY}
    path, officer = f"/desk/cases/{case.pk}/pass_on/", browser(lived, "officer")
    first = officer.post(path, data)
    assert first.status_code == 302
    again = officer.post(path, data)
    assert (again.status_code, again["Location"]) == (302, first["Location"])
    assert officer.post(path, {**data, "once": KEY[::-1]}).status_code == 404
    assert browser(lived, "foreign").post(path, data).status_code == 404
    assert Event.objects.filter(case=case, act="pass_on").count() == 1


def test_who_steps_back_twice_is_led_away_twice(lived: World) -> None:
    case = make.said(lived)
    path, officer = f"/desk/cases/{case.pk}/recuse_self/", browser(lived, "officer")
    for _ in range(2):
        answer = officer.post(path, {"version": str(case.version), "once": KEY})
        assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert case.recusals.filter(said="self").count() == 1
    assert officer.post(path, {"once": "short"}).status_code == 404
