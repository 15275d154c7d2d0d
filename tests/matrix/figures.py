"""The rows of figures, views of the ledger saved by name, and the archive."""

from __future__ import annotations

from typing import Any

from huying.ledger.acts import freeze_figures, save_view
from huying.ledger.models import Frozen, SavedView
from tests.matrix.scene import Scene
from tests.matrix.table import OFFICES, Row

READERS = OFFICES | {"manager"}


def _frozen(scene: Scene, place: str) -> list[Any]:
    """Figures the officer kept."""
    today = scene.world.now.date()
    if ("frozen", "") not in scene.made:
        scene.made["frozen", ""] = freeze_figures(
            unit_id=scene.world.plant.pk, since=today, until=today, title="三季度", by=scene.world.as_("officer"),
            at=scene.world.now,
        )  # fmt: skip
    kept: Frozen = scene.made["frozen", ""]
    return [kept.pk]


def _view(scene: Scene, place: str) -> list[Any]:
    """A view the officer saved and shares; only the officer may change it."""
    if ("view", "") not in scene.made:
        scene.made["view", ""] = save_view(
            name="超期的", query="timing=late", shared=True, by=scene.world.as_("officer"), at=scene.world.now
        )
    view: SavedView = scene.made["view", ""]
    return [view.pk]


FIGURES = (
    Row("desk:figures", {"plant": READERS}),
    Row("desk:figures", {"plant": {"officer", "second", "chair", "manager", "upper"}},
        query=lambda s, p: {"unit": s.world.plant.pk}, act="of-a-unit"),
    Row("desk:figures_xlsx", {"plant": READERS}),
    Row("desk:figures_pdf", {"plant": READERS}),
    Row("desk:figures_freeze", {"plant": READERS}, post=lambda s, p: {"title": "三季度"}),
    Row("desk:figures_kept", {"plant": READERS}),
    Row("desk:frozen", {"plant": {"officer"}}, _frozen),
    Row("desk:frozen_pdf", {"plant": {"officer"}}, _frozen),
    Row("desk:archive", {"plant": OFFICES}),
    Row("desk:ledger_pdf", {"plant": OFFICES}),
    Row("desk:ledger_bulk", {"plant": OFFICES}, alone=405,
        post=lambda s, p: {"what": "urge", "text": "请抓紧办", "only": [s.case("plant", "handling").pk]}),
    Row("desk:ledger_views", {"plant": OFFICES}, post=lambda s, p: {"name": "本季的", "query": "since=2026-10-01"}),
    Row("desk:ledger_view", {"plant": {"officer"}}, _view, post=lambda s, p: {"name": "超期未办", "shared": "on"}),
    Row("desk:ledger_view_delete", {"plant": {"officer"}}, _view, alone=405, post=lambda s, p: {}),
)  # fmt: skip
