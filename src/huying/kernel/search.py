"""The text index: put, take out, find.  Same hits on SQLite (FTS5) and PostgreSQL (tsvector)."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from huying.kernel.models import TextEntry
from huying.kernel.text import grams, normalise, query_grams, squeeze

LONGEST = 16_000  # PostgreSQL keeps positions up to 16,383


def put(*, kind: str, subject: UUID, root: UUID, text: str) -> None:
    """Index released text of one object, replacing what was there."""
    text = normalise(text)[:LONGEST]
    TextEntry.objects.bulk_create(
        [TextEntry(root=root, kind=kind, subject=subject, text=text, grams=" ".join(grams(text)))],
        update_conflicts=True,
        unique_fields=["root", "kind", "subject"],
        update_fields=["text", "grams"],
    )


def hits(kind: str, query: str) -> Q | None:
    """A filter on ``pk`` for objects whose text has every word of the query; ``None`` if the query has no words."""
    phrases = query_grams(query)
    if not phrases:
        return None
    if connection.vendor == "postgresql":
        ts = " & ".join("(" + " <-> ".join(_pg_term(term) for term in phrase) + ")" for phrase in phrases)
        sql = "SELECT subject FROM kernel_textentry WHERE kind = %s AND grams_ts @@ %s::tsquery"
        return Q(pk__in=RawSQL(sql, (kind, ts)))
    match = " AND ".join(_fts_phrase(phrase) for phrase in phrases)
    sql = (
        "SELECT e.subject FROM kernel_textentry e JOIN kernel_textentry_fts ON kernel_textentry_fts.rowid = e.slot "
        "WHERE kernel_textentry_fts MATCH %s AND e.kind = %s"
    )
    return Q(pk__in=RawSQL(sql, (match, kind)))


def any_hits(kind: str, terms: list[str]) -> Q:
    """A filter on ``pk`` for objects whose text has at least one of these index terms."""
    if connection.vendor == "postgresql":
        sql = "SELECT subject FROM kernel_textentry WHERE kind = %s AND grams_ts @@ %s::tsquery"
        return Q(pk__in=RawSQL(sql, (kind, " | ".join(_pg_term(term) for term in terms))))
    sql = (
        "SELECT e.subject FROM kernel_textentry e JOIN kernel_textentry_fts ON kernel_textentry_fts.rowid = e.slot "
        "WHERE kernel_textentry_fts MATCH %s AND e.kind = %s"
    )
    return Q(pk__in=RawSQL(sql, (" OR ".join(_fts_phrase([term]) for term in terms), kind)))


def _lone(term: str) -> bool:
    """A single Chinese character: it opens a bigram or closes a run, so a prefix finds it everywhere."""
    return len(term) == 1 and not term.isascii()


def _pg_term(term: str) -> str:
    return f"'{term}':*" if _lone(term) else f"'{term}'"


def _fts_phrase(phrase: list[str]) -> str:
    quoted = '"' + " ".join(phrase) + '"'
    return quoted + "*" if _lone(phrase[0]) else quoted


def holds(text: str, query: str) -> bool:
    """Exact check on stored text: every word of the query stands in it, letter by letter."""
    body = squeeze(text)
    return all(squeeze(word) in body for word in query.split() if squeeze(word))


def likeness(text: str, entries: list[tuple[UUID, str]]) -> list[tuple[UUID, float]]:
    """Rank candidates by shared bigrams (Jaccard on bigram sets), best first: likely duplicates."""
    mine = {term for term in grams(text) if len(term) > 1}
    if not mine:
        return []
    ranked = []
    for subject, other in entries:
        theirs = {term for term in other.split() if len(term) > 1}
        if shared := len(mine & theirs):
            ranked.append((subject, shared / len(mine | theirs)))
    return sorted(ranked, key=lambda pair: -pair[1])
