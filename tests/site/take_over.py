"""Put the kept rows of a release into an empty home: ``python -m tests.site.take_over RELEASE.json.gz`` in its environment.

The database is brought to that release's own structure first, found by the names of its last migrations; the rows go in
through the models as they were then.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor


def kept(path: Path) -> dict[str, Any]:
    """What ``tools/keep_release.py`` wrote."""
    body: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return body


def main(path: Path) -> None:
    """Keys, old structure, rows."""
    body = kept(path)
    home = Path(os.environ["HUYING_HOME"])
    keys = home / "keys" / "huying-keys.json"
    keys.parent.mkdir(parents=True, mode=0o700)
    keys.write_text(json.dumps(body["keys"]))
    keys.chmod(0o600)
    (keys.parent / "secret").write_text("only-for-tests")
    (keys.parent / "secret").chmod(0o600)
    django.setup()
    leaves = [(app, name) for app, name in body["migrations"]]
    from huying.site.migrating import quickly

    with quickly():
        MigrationExecutor(connection).migrate(leaves)
    executor = MigrationExecutor(connection)  # it knows now what is applied
    apps = executor.loader.project_state(leaves).apps
    models = [apps.get_model(label) for label in body["tables"]]
    with transaction.atomic():
        for model in models:
            model._base_manager.all().delete()  # what migrations filled in stands among the kept rows
        for model in models:
            _fill(model, body["tables"][model._meta.label_lower])
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _fill(model: Any, rows: list[dict[str, Any]]) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    made = [model(**{name: fields[name].to_python(value) for name, value in row.items()}) for row in rows]
    model._base_manager.bulk_create(made, batch_size=200)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huying.site.settings")
    main(Path(sys.argv[1]))
