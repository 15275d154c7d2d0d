"""What has to be written, and how long it may be."""

from __future__ import annotations

from huying.kernel.errors import Invalid

LONGEST = 2000
LONGEST_REASON = 300
EMPTY = "这一项要填写。"


def written(most: int = LONGEST, **texts: str) -> list[str]:
    """Words that have to be there, stripped; ``Invalid`` by field for those that are not, or are too long."""
    wrong = {}
    for name, text in texts.items():
        if not text.strip():
            wrong[name] = EMPTY
        elif len(text.strip()) > most:
            wrong[name] = f"写了 {len(text.strip())} 字，最多 {most} 字。"
    if wrong:
        raise Invalid(wrong)
    return [text.strip() for text in texts.values()]


def fits(most: int = LONGEST, **texts: str) -> list[str]:
    """Words that need not be there, stripped; ``Invalid`` for those that are too long."""
    long = {name: f"写了 {len(t.strip())} 字，最多 {most} 字。" for name, t in texts.items() if len(t.strip()) > most}
    if long:
        raise Invalid(long)
    return [text.strip() for text in texts.values()]
