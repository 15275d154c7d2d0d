"""Writing to a worker from the dossier: words, files, drafts."""

from __future__ import annotations

import re
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from huying.cases import acts as cases
from huying.cases.models import CaseFile
from huying.cases.reads import worker_by_receipt
from tests.desk.browser import address, as_, do
from tests.factories import world as make

ONCE = "a" * 32


def test_a_message_to_the_worker(world):
    case = make.accepted(world)
    do(world, case, "message", case.parties.get().pk, text="请问哪天方便？")
    assert case.messages.count() == 1
    client = as_(world, "second")
    assert client.post(address(case, "message", case.parties.get().pk), {"text": "x", "once": ONCE}).status_code == 422


def test_files_go_along_with_a_message_and_the_worker_reads_them(world):
    voice = make.voice()
    case = make.accepted(world, voice)
    party = case.parties.get()
    photo = SimpleUploadedFile("班车时刻表.png", _png(), "image/png")
    do(world, case, "message", party.pk, text="", files=[photo])
    row = CaseFile.objects.get(case=case)
    assert (row.party, row.sealed, row.message.from_worker) == (party, True, False)
    worker = worker_by_receipt(voice.receipt)
    assert cases.case_file(file_id=row.pk, by=worker, at=world.now) == row
    client = as_(world, "officer")
    opened = client.post(reverse("desk:open", args=[case.pk]), {"reason": "verify", "words": "", "once": "e" * 32})
    assert "工会发给职工的" in opened.content.decode()
    assert address(case, "release_file", row.pk) not in opened.content.decode()
    assert as_(world, "second").get(reverse("desk:file", args=[row.pk])).status_code == 409


def test_a_file_that_may_not_be_sent_is_named_and_the_words_stay(world):
    case = make.accepted(world)
    wrong = SimpleUploadedFile("病毒.exe", b"MZ", "application/octet-stream")
    html = do(world, case, "message", case.parties.get().pk, status=422, text="看附件里的时刻表", files=[wrong])
    html = html.content.decode()
    assert "看附件里的时刻表" in html
    assert "选过的文件没有留住" in html
    assert not case.messages.exists()


def _png() -> bytes:
    body = BytesIO()
    Image.new("RGB", (20, 20), "red").save(body, "PNG")
    return body.getvalue()


def test_a_draft_is_dropped_once_its_act_is_done(world):
    case, fresh, client = make.accepted(world), make.said(world), as_(world, "officer")
    for act, about, typed in (
        ("message", case.parties.get().pk, {"text": "请问哪天方便？"}),
        ("decline", None, {"reason": "归仲裁委管", "other_way": "可以申请仲裁"}),
    ):
        on = case if about else fresh
        parts = [act, about] if about else [act]
        page = client.get(address(on, *parts)).content.decode()
        draft = reverse("desk:draft", args=[re.search(r'data-draft="([^"]+)"', page)[1]])
        assert client.post(draft, {"fields": typed}, content_type="application/json").status_code == 200
        assert client.get(draft).json()["fields"] == typed
        do(world, on, *parts, **typed)
        assert client.get(draft).status_code == 204
