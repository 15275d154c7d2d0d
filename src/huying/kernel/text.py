"""Chinese text as people search it: normal form and overlapping bigrams (stack.md, Chinese search)."""

from __future__ import annotations

import re
import unicodedata

_RUNS = re.compile(r"[0-9a-z]+|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def normalise(text: str) -> str:
    """NFKC, lower case, every run of white space one blank."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def grams(text: str) -> list[str]:
    """Index terms: overlapping bigrams of each run of Chinese characters plus its last character, Latin runs as words."""
    terms: list[str] = []
    for run in _RUNS.findall(normalise(text)):
        if run.isascii():
            terms.append(run)
        else:
            terms.extend(run[i : i + 2] for i in range(len(run) - 1))
            terms.append(run[-1])
    return terms


def query_grams(text: str) -> list[list[str]]:
    """Phrases of index terms that a hit must contain.  A run of two or more characters asks for its bigrams only."""
    phrases: list[list[str]] = []
    for run in _RUNS.findall(normalise(text)):
        if run.isascii() or len(run) == 1:
            phrases.append([run])
        else:
            phrases.append([run[i : i + 2] for i in range(len(run) - 1)])
    return phrases


def squeeze(text: str) -> str:
    """Only what the index sees, without blanks: the exact check compares these."""
    return "".join(_RUNS.findall(normalise(text)))
