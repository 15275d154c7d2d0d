"""Trail (留痕): append-only, hash-chained record of who did what; apart from it, the log of who read what.

Refers to everything by code and id, never by foreign key, and never holds personal text.
Not for: what people wrote (the rooms' own history), technical logs."""
