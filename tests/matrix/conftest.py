"""The world all cells of the matrix stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def scene(stand: Any, django_db_blocker: Any) -> Iterator[Any]:
    """One world for all tests of a module, in a transaction that is never kept."""
    import time_machine
    from django.db import transaction

    from tests.conftest import NOW
    from tests.factories.world import make_world
    from tests.matrix.scene import Scene

    stand(world=False)
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield Scene(make_world(NOW))
        transaction.set_rollback(True)
