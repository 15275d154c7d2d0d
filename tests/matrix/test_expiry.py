"""The session ends while somebody writes: every long form of the desk keeps its text on the server and offers it again.

A page made of a table row is opened by somebody who may; each of its forms with a field for long text has a draft under the
name the page or ``desk-draft.js`` gives it.  The draft is kept, the session ends, the form comes back as a page with what was
typed and the way to sign in, and afterwards the same text is there for the same form, for this person only.
"""

from __future__ import annotations

import json
import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.matrix.scene import Scene
from tests.matrix.table import STAFF, Row
from tests.matrix.test_matrix import ROWS, _address

pytestmark = [pytest.mark.django_db, pytest.mark.page]
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
LONG = re.compile(r"<textarea\b(?![^>]*readonly)[^>]*name=\"([^\"]+)\"")
DRAFT = re.compile(r'data-draft="([^"]+)"')
TEXT = "写到一半的长话：食堂、班车、更衣柜，一共三件。"
DIALOG = re.compile(r"<dialog\b.*?</dialog>", re.DOTALL)  # asks for a sentence


@pytest.fixture
def _django_db_helper(scene: Scene) -> None:
    """Instead of pytest-django's own: all share the world's transaction."""


def signed_in(scene: Scene, name: str) -> Client:
    client = Client()
    client.force_login(scene.world.posts[name].person.user)
    return client


def page_of(row: Row, scene: Scene) -> tuple[str, str, str]:
    """Who may open it, its address, the page; empty when it is no page to write on."""
    for place, readers in row.reads.items():
        for name in sorted((row.acts or row.reads).get(place, readers) & (STAFF - {"posts_ended"})):
            address = _address(row, scene, place)
            answer = signed_in(scene, name).get(address)
            if answer.streaming:
                list(answer.streaming_content)  # read to the end, so that the file is closed
            if answer.status_code == 200 and "text/html" in answer["Content-Type"] and not answer.streaming:
                return name, address, answer.content.decode()
    return "", "", ""


def long_forms(page: str, address: str) -> list[tuple[str, bool, str, str]]:
    """Draft's name, whether the page gives it, where it is sent, a long field, for every form with one.  A form without a name
    gets one by its place (desk-draft.js); the meeting room has its own queue, and an empty name is a form that keeps nothing."""
    found, unnamed = [], 0
    for attributes, inside in FORM.findall(DIALOG.sub("", page.partition('id="main"')[2])):
        fields = LONG.findall(inside)
        if not fields or 'method="post"' not in attributes or "data-queue" in attributes:
            continue
        named, action = DRAFT.search(attributes), re.search(r'action="([^"]*)"', attributes)
        to = action[1] if action and action[1] else address
        if named:
            draft = named[1]
        else:
            place = re.sub(r"[^0-9A-Za-z-]+", ".", to.partition("?")[0]).lower()
            draft, unnamed = f"at{place}{unnamed or ''}"[:120], unnamed + 1
        found.append((draft, bool(named), to, fields[0]))
    return found


PAGES = [row for row in ROWS if row.get == 200 and not row.json and not row.alone]


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.id)
def test_what_is_being_written_outlives_the_session(row: Row, scene: Scene) -> None:
    name, address, page = page_of(row, scene)
    for draft, named, action, field in long_forms(page, address):
        assert draft, f"{field} at {address} keeps nothing"
        keep_lose_and_find(scene, name, draft, action, field)
        if named:
            again = signed_in(scene, name).get(address).content.decode()
            assert f'data-draft="{draft}"' in again, "the same form has another draft now"


def keep_lose_and_find(scene: Scene, name: str, draft: str, action: str, field: str) -> None:
    client, kept = signed_in(scene, name), reverse("desk:draft", args=[draft])
    body = json.dumps({"fields": {field: [TEXT]}})
    assert client.post(kept, body, content_type="application/json").status_code == 200
    Session.objects.all().delete()
    turned_away = client.post(action, {field: TEXT})
    assert turned_away.status_code == 403
    assert TEXT in turned_away.content.decode(), "what was sent is not shown again"
    client = signed_in(scene, name)
    assert client.get(kept).json()["fields"] == {field: [TEXT]}
    other = "chair" if name != "chair" else "officer"
    assert signed_in(scene, other).get(kept).status_code == 204, "somebody else reads the draft"
