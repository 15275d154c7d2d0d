"""The rows of duties: the union itself, its head of management (figures only), the unions above; administrators never."""

from __future__ import annotations

from typing import Any

from tests.matrix.scene import Scene
from tests.matrix.table import Roles, Row, of_union

# Whose duties one may read: the own union's, of management the figures, of the unions below.
SEES: Roles = {
    "plant": {"officer", "second", "chair", "manager", "upper"},
    "county": {"upper"},
    "other": {"foreign", "upper"},
}
OPENS: Roles = {place: SEES[place] - {"manager"} for place in SEES}
BELOW: Roles = {"plant": {"upper"}}


def _tell(scene: Scene, place: str) -> list[Any]:
    return ["tell_in_time"]


DUTIES = (
    Row("desk:duties", SEES, query=of_union),
    Row("desk:my_duties", {"plant": {"officer", "second", "chair", "upper", "foreign"}}),
    Row("desk:duties_people_xlsx", OPENS, query=of_union),
    Row("desk:duty", OPENS, _tell, query=of_union),
    Row("desk:duties_below", BELOW),
    Row("desk:duties_below_xlsx", BELOW),
    Row("desk:clauses", SEES, query=of_union),
    Row("desk:clauses_xlsx", SEES, query=of_union),
    Row("desk:clauses_pdf", SEES, query=of_union),
)  # fmt: skip
