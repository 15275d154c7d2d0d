"""Files (附件): uploads checked, re-encoded, encrypted on disk, served through one door.

A file belongs to a data key; the room that attaches it decides who may see it.
Not for: generated documents (papers)."""
