"""The tall world of these tests."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def tall(db: None, now: Any) -> Any:
    """City, county, group with a head of management, plant; an industry union beside the way up."""
    from tests.climb.tall import make_tall

    return make_tall(now)
