"""Rules of data: which way keys point, what every row carries, what migrations may know."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from tests.house.source import RANK, imported, modules

OURS = [model for model in apps.get_models() if model._meta.app_config.name.startswith("huying.")]
# Rows that belong to no root: infrastructure, and what is small enough to be copied to every node (stack.md, Databases).
WITHOUT_ROOT = ("kernel", "org", "mechanism")


def _keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        field for field in model._meta.get_fields() if isinstance(field, models.ForeignKey) and field.model is model
    ]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_keys_point_to_earlier_rooms_and_protect(model: type[models.Model]) -> None:
    room = model._meta.app_label
    wrong = []
    for key in _keys(model):
        target = key.related_model._meta.app_label
        if target not in RANK or (target != room and RANK[target] >= RANK[room]):
            wrong.append(f"{key.name} points to {key.related_model._meta.label}")
        if key.remote_field.on_delete is not models.PROTECT:
            wrong.append(f"{key.name} does not protect")
    assert not wrong, "\n".join(wrong)
    assert not model._meta.many_to_many, "a row of its own says since when and by whom"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_case_like_rows_carry_their_root(model: type[models.Model]) -> None:
    if model._meta.app_label in WITHOUT_ROOT:
        return
    root = next((field for field in model._meta.get_fields() if field.name == "root"), None)
    assert root is not None, "lacks root"
    assert not root.null, "root may be empty"
    if model._meta.app_label != "trail":
        assert root.related_model._meta.label == "org.Unit"


def test_the_trail_refers_by_id_only() -> None:
    assert [model._meta.label for model in OURS if model._meta.app_label == "trail" and _keys(model)] == []


def test_keys_are_single_uuids_outside_infrastructure() -> None:
    wrong = [
        model._meta.label
        for model in OURS
        if model._meta.app_label != "kernel"
        and not isinstance(model._meta.pk, models.UUIDField)
        and not (isinstance(model._meta.pk, models.OneToOneField))
        and model._meta.app_label != "mechanism"
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_each_room_has_one_migration_head() -> None:
    loader = MigrationLoader(connection)
    heads = {room: [name for _, name in loader.graph.leaf_nodes(room)] for room in RANK if room in loader.migrated_apps}
    assert {room: names for room, names in heads.items() if len(names) > 1} == {}


def test_migrations_know_no_app_code() -> None:
    wrong = [
        f"{module.place}:{line} imports {name}"
        for module in modules("migrations", migrations=True)
        for name, line in imported(module.tree)
        if name.startswith("huying.") and not name.startswith("huying.kernel.ids")
    ]
    assert not wrong, "\n".join(wrong)
