"""A form sent again, after its act closed the door or took away the choice it was, is led to its first result."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.http import HttpResponse

from huying.kernel.models import Once
from huying.site.middleware import Refusals

KEY = "k" * 32


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 409, 422])
def test_the_first_result_is_shown_to_the_same_form_only(status: int, rf: Any, now: Any) -> None:
    key = hashlib.sha256(f"public:{KEY}".encode()).hexdigest()
    Once.objects.create(key=key, actor="public", at=now, result="/first/")
    again = Refusals(lambda request: HttpResponse(status=status))

    def sent(request: Any) -> HttpResponse:
        request.resolver_match = "a page there is"
        return again(request)

    answer = sent(rf.post("/", {"once": KEY}))
    assert (answer.status_code, answer["Location"]) == (302, "/first/")
    for request in (
        rf.post("/", {"once": KEY[::-1] + "x"}),
        rf.post("/", {"once": "short"}),
        rf.get("/", {"once": KEY}),
    ):
        assert sent(request).status_code == status
    assert again(rf.post("/", {"once": KEY})).status_code == status, "an address that is none"
