"""Kernel: actors, errors, identifiers, encryption, lifecycle engine, text index, drafts, jobs, base templates.

It holds what every room needs and knows no room.
Not for: anything that has a word in the unions' language (that belongs to a room)."""
