"""A unit, a data key, and a way to upload.  Rooms are imported inside: this is read before Django starts."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path, settings):
    settings.HUYING_FILES = tmp_path / "files"
    return settings.HUYING_FILES


@pytest.fixture(autouse=True)
def _fresh_scanner(monkeypatch):
    """What the process last knew of the scanner does not outlive a test."""
    from huying.files import scanner

    monkeypatch.setattr(scanner, "_silent_until", 0.0)


@pytest.fixture
def unit(db, make_unit) -> Any:
    return make_unit(level="city")


@pytest.fixture
def key(db, now) -> Any:
    from huying.kernel.models import DataKey

    return DataKey.fresh(now)


@pytest.fixture
def upload(unit, key, now) -> Any:
    """``upload("名字.jpg", raw)``; the name reaches the act as given (Django cuts path parts from a real request's)."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from huying.files import acts
    from huying.kernel.actors import SYSTEM

    def put(name: str, raw: bytes) -> Any:
        given = SimpleUploadedFile("x", raw)
        given._name = name
        return acts.store(checked=acts.check(upload=given), key=key, root=unit, by=SYSTEM, at=now)

    return put
