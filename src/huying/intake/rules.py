"""Pure rules of receiving."""

from __future__ import annotations

from huying.kernel.ids import receipt_from


def receipts_for(once: str, count: int) -> tuple[str, ...]:
    """The receipts of one submission: the same again when it is sent twice."""
    return tuple(receipt_from(once if number == 0 else f"{once}:{number}") for number in range(count))
