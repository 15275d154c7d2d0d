"""Promises (办实事): what a union promises its workers for a year, publicly, and what became of it.

Not for: what was agreed for a single matter (handling)."""
