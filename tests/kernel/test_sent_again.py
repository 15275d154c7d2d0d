"""A form sent again, after its act closed the door or took away the choice it was, is led to its first result."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.http import HttpResponse

from huying.kernel.errors import NotYours
from huying.kernel.models import Once
from huying.kernel.web import answers_again

KEY = "k" * 32


def refuses(request: Any) -> HttpResponse:
    return HttpResponse(status=422)


def is_gone(request: Any) -> HttpResponse:
    raise NotYours


@pytest.mark.django_db
@pytest.mark.parametrize("view", [refuses, is_gone])
def test_the_first_result_is_shown_to_the_same_form_only(view: Any, rf: Any, now: Any) -> None:
    key = hashlib.sha256(f"public:{KEY}".encode()).hexdigest()
    Once.objects.create(key=key, actor="public", at=now, result="/first/")
    again = answers_again(view)
    answer = again(rf.post("/", {"once": KEY}))
    assert (answer.status_code, answer["Location"]) == (302, "/first/")
    for request in (
        rf.post("/", {"once": KEY[::-1] + "x"}),
        rf.post("/", {"once": "short"}),
        rf.get("/", {"once": KEY}),
    ):
        if view is refuses:
            assert again(request).status_code == 422
        else:
            with pytest.raises(NotYours):
                again(request)
