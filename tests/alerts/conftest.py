"""What the tests of the room share: a clock that stands still, and a county that adopted the documents behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine


@pytest.fixture(autouse=True)
def frozen(now: Any) -> Iterator[None]:
    """Pages read the clock at the edge; here it stands still."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def adopted(world: Any) -> Any:
    """The small world under the documents of Baoding, Qingdao, Shaanxi and Pingdingshan."""
    from tests.alerts.made import adopt_all

    return adopt_all(world)
