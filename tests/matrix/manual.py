"""The rows of the manual: everybody who is signed in reads all of it."""

from __future__ import annotations

from tests.matrix.table import EVERYBODY, Row

MANUAL = (
    Row("desk:manual", EVERYBODY),
    Row("desk:manual-whole", EVERYBODY),
    Row("desk:manual-chapter", EVERYBODY, lambda scene, place: ["start"]),
)
