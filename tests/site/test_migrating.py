"""The quick way through the migrations ends where the models are: columns, indexes, constraints."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import CheckConstraint, Index, IntegerField, Q

from huying.site.migrating import quickly


@pytest.mark.django_db
def test_the_database_has_what_every_model_says() -> None:
    wrong = []
    with connection.cursor() as cursor:
        for model in (one for one in apps.get_models(include_auto_created=True) if one._meta.managed):
            table = model._meta.db_table
            columns = {column.name for column in connection.introspection.get_table_description(cursor, table)}
            named = set(connection.introspection.get_constraints(cursor, table))
            wrong += [
                f"{table}: column {one.column}" for one in model._meta.concrete_fields if one.column not in columns
            ]
            said = (*model._meta.indexes, *model._meta.constraints)
            wrong += [f"{table}: {one.name}" for one in said if one.name not in named]
    assert not wrong, "\n".join(wrong)


def test_what_a_step_with_data_of_its_own_sees_is_rendered_afresh() -> None:
    """An index or a constraint changes the options of the one model; a new model is there; afterwards all is drawn anew."""
    state = ProjectState()
    state.add_model(_model("First"))
    assert state.apps.get_model("kernel", "First")
    with quickly():
        state.add_model(_model("Second"))
        state.add_index("kernel", "first", Index(fields=["size"], name="by_size"))
        state.add_constraint("kernel", "first", CheckConstraint(condition=Q(size__gte=0), name="not_less"))
        assert _names(state, "First") == ["by_size", "not_less"]
        state.remove_constraint("kernel", "first", "not_less")
        state.remove_index("kernel", "first", "by_size")
        assert _names(state, "First") == _names(state, "Second") == []
    drawn = state.apps
    state.clear_delayed_apps_cache()  # what Django does before it lets such a step look
    assert state.apps is not drawn
    assert _names(state, "First") == []


def _model(name: str) -> ModelState:
    return ModelState("kernel", name, [("id", IntegerField(primary_key=True)), ("size", IntegerField())],
                      {"indexes": [], "constraints": []})  # fmt: skip


def _names(state: Any, name: str) -> list[str]:
    meta = state.apps.get_model("kernel", name)._meta
    return [one.name for one in (*meta.indexes, *meta.constraints)]
