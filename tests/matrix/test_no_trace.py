"""Whoever must not know of a case finds no trace of it: no page, count, hit, suggestion, notice, export or file changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from huying.cases import acts
from huying.cases.models import Case
from huying.cases.rules import Concerns
from huying.kernel.actors import SYSTEM
from huying.ledger.acts import sweep_figures
from huying.notices.models import Notice
from tests.factories import world as make
from tests.matrix.scene import CANARY, Scene

PHONE = "13977778888"
WORDS = f"浴室的{CANARY}又坏了，热水放不出来"
# What differs between two answers to the same question though nothing happened: form keys and tokens.
KEYS = re.compile(rb'(name="(?:csrfmiddlewaretoken|once)" value="[^"]*"|new_code" value="[^"]*"|own-[0-9a-z]{6})')


@pytest.fixture
def frozen(now) -> Iterator[None]:
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def scene(world, frozen) -> Scene:
    """Some everyday cases, so that lists and counts are not empty."""
    made = Scene(world)
    for place in ("plant", "other"):
        for status in ("registered", "handling", "told"):
            made.case(place, status)
    return made


def questions(world: Any) -> dict[str, tuple[str, dict[str, str], bool]]:
    """Everything in which a case could show up, asked in words that fit the hidden one."""
    register = {"words": WORDS, "place": world.shop.name, "phone": PHONE, "name": "马丽", "secrecy": "named"}
    lists = {f"cases {tab} {state}": ("desk:cases", {"tab": tab, "state": state}, False)
             for tab in ("own", "away", "below") for state in ("open", "closed", "all")}  # fmt: skip
    return lists | {
        "today": ("desk:today", {}, False),
        "search words": ("desk:search", {"q": CANARY}, False),
        "search name": ("desk:search", {"q": "马丽"}, False),
        "ledger": ("desk:ledger", {}, False),
        "ledger words": ("desk:ledger", {"words": CANARY}, False),
        "workbook": ("desk:ledger_xlsx", {}, False),
        "figures": ("desk:figures", {"span": "month"}, False),
        "figures as others see them": ("desk:figures", {"span": "quarter", "for": "outside"}, False),
        "archive": ("desk:archive", {}, False),
        "chosen columns": ("desk:ledger", {"cols": "state"}, False),
        "notices": ("desk:notices", {}, False),
        "alike": ("desk:register-alike", register, True),
        "earlier": ("desk:register-earlier", register, True),
        "items": ("desk:items", {}, False),
        "hand over": ("desk:hand_over", {}, False),
        "duties": ("desk:duties", {}, False),
        "duties below": ("desk:duties_below", {}, False),
        "clauses": ("desk:clauses", {}, False),
    }


def answers(scene: Scene, name: str) -> dict[str, Any]:
    """Every answer one person gets, without what differs each time."""
    client = Client()
    sweep_figures(by=SYSTEM, at=scene.world.now)
    client.force_login(scene.world.posts[name].person.user)
    found: dict[str, Any] = {}
    for what, (view, data, posted) in questions(scene.world).items():
        address = reverse(view)
        answer = client.post(address, {"once": uuid4().hex, **data}) if posted else client.get(address, data)
        if answer.streaming:
            content = b"".join(answer.streaming_content)  # type: ignore[arg-type]
            found[what] = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        else:
            found[what] = (answer.status_code, KEYS.sub(b"", answer.content))
    return found


def voice() -> Any:
    return make.voice(secrecy="named", name="马丽", phone=PHONE, words=WORDS)


CASES = {
    "about the chair": ("hidden", "chair", "officer"),
    "past the own union": ("past", "officer", "upper"),
    "past the own union, for its chair": ("past", "chair", "upper"),
    "at another unit": ("other", "officer", "foreign"),
    "at the unit, for the one beside": ("plant", "foreign", "officer"),
    "about a department, for its handler": ("logistics", "handler", "officer"),
    "about a department, for its head": ("logistics", "head", "officer"),
}


@pytest.mark.clause("MY-3.2.3d")
@pytest.mark.attack(
    "chair",
    "compares every list, count, search, suggestion and workbook before and after a case about them",
    found="held",
)
@pytest.mark.parametrize("which", CASES)
def test_a_hidden_case_leaves_no_trace(which: str, scene: Scene, monkeypatch) -> None:
    place, blind, seeing = CASES[which]
    at = scene.places[place]  # departments and posts of the place are there before the first look
    before, open_before = answers(scene, blind), answers(scene, seeing)
    case = _hidden(scene, place, at)
    after, open_after = answers(scene, blind), answers(scene, seeing)
    changed = [what for what in before if before[what] != after[what]]
    assert not changed, f"{blind} can tell from: {changed}"
    told = {what for what in open_before if open_before[what] != open_after[what]}
    # likely duplicates are looked for at the union of the place, which one above it is not
    shows = {"today", "search words", "ledger", "workbook", "figures", "chosen columns"} | (
        set() if place == "past" else {"alike"}
    )
    assert shows <= told, "the test would see a trace"
    person = scene.world.posts[blind].person
    assert not Notice.objects.filter(recipient=person, subject=case.pk).exists()


def _hidden(scene: Scene, place: str, at: Any) -> Case:
    """The case, accepted, with the canary in what is released of it."""
    concerns = at.concerns if place in ("hidden", "past", "logistics") else Concerns()
    case = make.said(scene.world, voice(), place=at.unit, concerns=concerns, urgent=True)
    scene._to_accepted(place, case)
    acts.release(case_id=case.pk, title=f"浴室{CANARY}坏了", summary=WORDS, **scene.who(place))
    return case


@pytest.mark.clause("MY-A1")
@pytest.mark.attack("chair", "fetches forms and files of the case about them by their addresses", found="held")
@pytest.mark.parametrize("which", CASES)
def test_form_and_files_of_a_hidden_case_are_missing(which: str, scene: Scene) -> None:
    place, blind, seeing = CASES[which]
    case = scene.case(place, "accepted")
    for name, expected in ((blind, 404), (seeing, 200)):
        client = Client()
        client.force_login(scene.world.posts[name].person.user)
        for form in ("pdf", "docx"):
            assert client.get(reverse("desk:case_paper", args=[case.pk, "form1", form])).status_code == expected
        assert client.get(reverse("desk:file", args=[scene.released(place).pk])).status_code == expected
        typed = client.get(reverse("desk:case_act", args=[scene.case(place, "registered").pk, "merge"]))
        assert typed.status_code == expected


@pytest.mark.attack(
    "chair",
    "uses the search for a case to merge into as an oracle, then sends the id of one it did not offer",
    found="held",
)
def test_merging_offers_no_hidden_case(scene: Scene) -> None:
    """The chair looks for a case to merge into and is offered none that names the chair."""
    hidden = scene.case("hidden", "accepted")
    client = Client()
    client.force_login(scene.world.posts["chair"].person.user)
    address = reverse("desk:case_act", args=[scene.case("plant", "accepted").pk, "merge"])
    page = client.post(address, {"once": uuid4().hex, "find": "1", "q": CANARY})
    assert str(hidden.pk) not in page.content.decode()
    refused = client.post(address, {"once": uuid4().hex, "q": "", "into": str(hidden.pk)})
    assert refused.status_code == 422
    hidden.refresh_from_db()
    assert hidden.status == "accepted"


@pytest.mark.attack("worker", "opens another worker's file with a receipt of their own", found="held")
@pytest.mark.parametrize("other", ["wrong digits", "another worker"])
def test_a_receipt_opens_its_own_matter_only(other: str, scene: Scene) -> None:
    """What one worker sent in, another cannot open, and neither can somebody without a receipt."""
    mine, theirs = make.voice(), make.voice()
    make.said(scene.world, mine)
    foreign = scene.original("plant")
    make.said(scene.world, theirs)
    client = Client()
    digits = theirs.receipt if other == "another worker" else "9" * 16
    entered = client.post(reverse("public:my"), {"receipt": digits})
    assert entered.status_code == (302 if other == "another worker" else 422)
    answer = client.get(reverse("public:file", args=[foreign.pk]))
    assert answer.status_code == (404 if other == "another worker" else 302)
