"""What the tests of reports and assessment share: a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine


@pytest.fixture(autouse=True)
def frozen(now) -> Iterator[None]:
    """Pages read the clock at the edge; here it stands still."""
    with time_machine.travel(now, tick=False):
        yield
