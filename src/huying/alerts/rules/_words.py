"""What has to be written, and how long it may be."""

from __future__ import annotations

from huying.climb.rules import written as words_given
from huying.kernel.errors import Invalid

LONGEST = 2000
LONGEST_REASON = 300
EMPTY = "这一项要填写。"


def written(most: int = LONGEST, **texts: str) -> list[str]:
    """Words that have to be there, stripped; ``Invalid`` by field for those that are not, or are too long."""
    return words_given(most, **{name: (text, EMPTY) for name, text in texts.items()})


def fits(most: int = LONGEST, **texts: str) -> list[str]:
    """Words that need not be there, stripped; ``Invalid`` for those that are too long."""
    long = {name: f"写了 {len(t.strip())} 字，最多 {most} 字。" for name, t in texts.items() if len(t.strip()) > most}
    if long:
        raise Invalid(long)
    return [text.strip() for text in texts.values()]
