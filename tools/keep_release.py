"""Keep the data of a release, so that later releases prove that they can take it over (tests/site/test_upgrade.py).

    git archive RELEASE | tar -x -C DIR; cd DIR; PYTHONPATH=src:. python .../tools/keep_release.py 0.1 OUT.json.gz

Run with the code of that release: it builds the small world of its tests through its own acts, in a home of its own, and
writes every row with the keys that open it.  The keys are of this file only.
"""

from __future__ import annotations

import gzip
import importlib
import json
import os
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from huying.kernel.crypto import new_keyring, write_keyring

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
STATES = (
    "registered",
    "supplement",
    "spam",
    "accepted",
    "handling",
    "reported",
    "told",
    "rated",
    "unhappy",
    "archived",
)
PASSING = {"sessions", "contenttypes", "auth"}  # what the framework makes anew


def main(release: str, out: Path) -> None:
    """Build, read every row, write."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ.update({"HUYING_HOME": name, "HUYING_ARGON_TIME": "1", "HUYING_ARGON_KIB": "64"})
        os.environ.update({"HUYING_SECRET": "only-for-this", "DJANGO_SETTINGS_MODULE": "huying.site.settings"})
        _start(home)
        told = _build()
        body = {
            "release": release,
            "now": NOW.isoformat(),
            "keys": json.loads((home / "keys" / "huying-keys.json").read_text()),
            "migrations": _leaves(),
            "told": told,
            "tables": _tables(),
        }
        with gzip.GzipFile(out, "wb", compresslevel=9, mtime=0) as file:
            file.write(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


def _start(home: Path) -> None:
    write_keyring(new_keyring(), home / "keys" / "huying-keys.json")
    django.setup()
    call_command("migrate", verbosity=0)


def _build() -> dict[str, Any]:
    """The small world with a case in every state, an open survey among them, consultation and the climb."""
    world_of = importlib.import_module("tests.factories.world")
    scene_of = importlib.import_module("tests.matrix.scene")
    world = world_of.make_world(NOW)
    scene = scene_of.Scene(world)
    for status in STATES:
        scene.case("plant", status)
    scene.case("hidden", "accepted")
    scene.meeting("plant", "circulated")
    scene.meeting("plant", "published")
    scene.rung("plant", "taken")
    scene.lead("plant")
    scene.instruction("plant")
    words = "夜班的末班车提前了，下班赶不上。"
    spoken = world_of.voice(receipt="4444333322221111", words=words)
    told = world_of.told(world, spoken, at=NOW - timedelta(days=3))
    importlib.import_module("huying.feedback.acts").open_missing(
        by=importlib.import_module("huying.kernel.actors").SYSTEM, at=NOW
    )
    return {"case": str(told.pk), "receipt": spoken.receipt, "words": words, "name": spoken.name}


def _leaves() -> list[list[str]]:
    return sorted(list(leaf) for leaf in MigrationLoader(connection).graph.leaf_nodes())


def _tables() -> dict[str, list[dict[str, Any]]]:
    """Every row as its fields write themselves, by model, without what has no rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label in PASSING or not model._meta.managed:
            continue
        rows = [
            {field.attname: _plain(field, row) for field in model._meta.concrete_fields}
            for row in model._base_manager.order_by("pk").iterator()
        ]
        if rows:
            found[model._meta.label_lower] = rows
    return found


def _plain(field: Any, row: Any) -> Any:
    value = field.value_from_object(row)
    return value if value is None or isinstance(value, bool | int | float | dict | list) else field.value_to_string(row)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
