"""Infrastructure rows: data keys, submissions already done, drafts, the text index.  No domain models."""

from __future__ import annotations

import os
from datetime import datetime
from uuid import UUID

from django.db import models

from huying.kernel import crypto
from huying.kernel.ids import random_id, slot, uuid7


class DataKey(models.Model):
    """A key for one case and person (or one file's owner), wrapped by the installation's key.

    ``wrapped`` empty means destroyed: everything sealed under it is gone for good (secrecy.md, Erasure).
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="datakey_destroyed_is_empty",
                condition=models.Q(destroyed_at__isnull=True, wrapped__isnull=False)
                | models.Q(destroyed_at__isnull=False, wrapped__isnull=True),
            )
        ]

    @classmethod
    def fresh(cls, at: datetime) -> DataKey:
        """Make and store a new key."""
        row = cls(created_at=at)
        row.wrapped = crypto.wrap(os.urandom(crypto.KEY), f"datakey:{row.id}")
        row.save(force_insert=True)
        return row

    def secret(self) -> bytes:
        """The 32 bytes.  Raises ``crypto.Unreadable`` once destroyed."""
        if self.wrapped is None:
            raise crypto.Unreadable(f"datakey:{self.id} destroyed")
        return crypto.unwrap(bytes(self.wrapped), f"datakey:{self.id}")

    def seal(self, text: str, place: str) -> bytes:
        """Seal text for one place, named ``table:column:row``."""
        return crypto.encrypt(self.secret(), text.encode(), place)

    def open(self, sealed: bytes | memoryview, place: str) -> str:
        """Open what ``seal`` sealed at the same place.  Raises ``crypto.Unreadable``."""
        return crypto.decrypt(self.secret(), bytes(sealed), place).decode()


class Once(models.Model):
    """A submitted form, known by the hash of its idempotency key; a second copy is answered with the first result."""

    key = models.CharField(primary_key=True, max_length=64)
    actor = models.CharField(max_length=64)
    result = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_index=True)


class Draft(models.Model):
    """What somebody on the desk was typing, encrypted, until it is sent or thirty days old."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    person = models.UUIDField()
    form = models.CharField(max_length=120)
    sealed = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="draft_one_per_form")]

    @staticmethod
    def place_of(person: UUID, form: str) -> str:
        """Where a draft belongs; one copied to another person or form does not open."""
        return f"draft:{person}:{form}"


class TextEntry(models.Model):
    """Normalised released text of one object, found through bigrams.

    The full-text table (SQLite FTS5) or column (PostgreSQL tsvector) hangs on ``grams`` by database triggers made in
    the migration, so index and text cannot drift apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=16)
    subject = models.UUIDField()
    root = models.UUIDField()
    text = models.TextField()
    grams = models.TextField()
    slot = models.BigIntegerField(default=slot, editable=False, help_text="row of the SQLite full-text table")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "kind", "subject"], name="textentry_one_per_subject")]
        indexes = [
            models.Index(fields=["subject"], name="textentry_subject"),
            models.Index(fields=["slot"], name="textentry_slot"),
        ]


class Schedule(models.Model):
    """When a scheduled job ran and runs next (``kernel.jobs``).  ``worker`` names who has it in hand."""

    name = models.CharField(primary_key=True, max_length=120)
    next_at = models.DateTimeField(db_index=True)
    worker = models.CharField(max_length=64, blank=True)
    last_started = models.DateTimeField(null=True)
    last_finished = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, blank=True)
    fails = models.PositiveIntegerField(default=0)


class Beat(models.Model):
    """The last sign of life of a worker process; a clean stop removes it."""

    worker = models.CharField(primary_key=True, max_length=64)
    started_at = models.DateTimeField()
    at = models.DateTimeField(db_index=True)
