"""Numbers without gaps or twins under sixteen writers at once, on a database file and on a server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from huying.cases.models import Case
from huying.trail.reads import verify
from tests.factories import world as make

WRITERS = 16
EACH = 3


@pytest.mark.django_db(transaction=True)
def test_sixteen_writers_get_numbers_without_gaps_or_twins(now):
    world = make.make_world(now)

    def write(_: int) -> list[str]:
        try:
            return [make.said(world).number for _ in range(EACH)]
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        numbers = [number for some in pool.map(write, range(WRITERS)) for number in some]
    assert len(set(numbers)) == WRITERS * EACH
    assert sorted(Case.objects.values_list("seq", flat=True)) == list(range(1, WRITERS * EACH + 1))
    assert verify() == []
