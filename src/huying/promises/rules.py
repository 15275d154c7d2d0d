"""What a promise still lacks, when it is late, what of ratings may be shown.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huying.mechanism.rules import Choices
from huying.promises.lifecycle import RUNNING

LONGEST_TITLE = 60
LONGEST_MEASURE = 300
LONGEST_PROGRESS = 500
LONGEST_RESULT = 1000
LONGEST_COMMENT = 300
LONGEST_REPORT = 20_000


def lacking(needs: Choices, given: Mapping[str, object]) -> list[str]:
    """Labels of what the adopted document wants said of each promise and is not said yet (SX-12)."""
    return [one.label for one in needs.choices if not given.get(one.code)]


def is_late(status: str, deadline: date | None, today: date) -> bool:
    """Whether the day has passed and it is neither done nor explained."""
    return status in RUNNING and deadline is not None and deadline < today


@dataclass(frozen=True)
class Shown:
    """Ratings as everybody may read them: how many, and each grade's number where none can be worked out that is too
    small; ``None`` stands for a number that is not shown."""

    total: int
    grades: tuple[tuple[str, int | None], ...]

    @property
    def hides(self) -> bool:
        """Whether some number is kept back."""
        return any(n is None for _, n in self.grades)


def shown(grades: Sequence[tuple[str, str]], counts: Mapping[str, int], smallest: int) -> Shown | None:
    """What may be shown of ratings: nothing under the smallest cell; of small numbers never only one is left out, or the
    total would give it away."""
    total = sum(counts.values())
    if total < smallest:
        return None
    numbers = {code: counts.get(code, 0) for code, _ in grades}
    small = {code for code, n in numbers.items() if 0 < n < smallest}
    if small:
        small |= {code for code, n in numbers.items() if n == 0}
        left = sorted((code for code in numbers if code not in small), key=lambda code: numbers[code])
        while left and (len(small) < 2 or sum(numbers[code] for code in small) < smallest):
            small.add(left.pop(0))
    return Shown(total, tuple((label, None if code in small else numbers[code]) for code, label in grades))
