"""Rows of the trail.  Codes, ids and salted digests, never personal text (rule 16, secrecy.md).

``Keeper`` alone holds an address: that of somebody outside to whom anchors are sent.
"""

from __future__ import annotations

from django.db import models

from huying.kernel.ids import random_id, uuid7


class Chain(models.Model):
    """Head of one hash chain: one per case, and one per unit for what belongs to no case."""

    id = models.UUIDField(primary_key=True, editable=False)
    root = models.UUIDField()
    length = models.PositiveIntegerField(default=0)
    head = models.BinaryField(max_length=32)

    class Meta:
        indexes = [models.Index(fields=["root"], name="chain_root")]


class Entry(models.Model):
    """One act.  Triggers refuse change and deletion on both engines (migration 0001)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.UUIDField()
    root = models.UUIDField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    act = models.CharField(max_length=48)
    subject = models.CharField(max_length=64)
    data = models.JSONField(default=dict)
    algorithm = models.CharField(max_length=8, db_default="sha256", help_text="which digest made this entry")
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="entry_seq_per_chain")]
        indexes = [models.Index(fields=["root", "at"], name="entry_root_at")]


class Anchor(models.Model):
    """The Merkle root over the heads of all chains of one root at the end of a day, and a digest over who looked since the
    last one, chained to the day before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.UUIDField()
    day = models.DateField()
    chains = models.PositiveIntegerField()
    algorithm = models.CharField(max_length=8, db_default="sha256", help_text="which digest made this anchor")
    merkle = models.BinaryField(max_length=32)
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    heads = models.JSONField(help_text="chain id to [length, head] for every chain that moved since the last anchor")
    looks = models.PositiveIntegerField(null=True, help_text="readings since the last anchor; empty before version 0.3")
    looks_digest = models.BinaryField(max_length=32, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["root", "day"], name="anchor_one_per_day")]


class Reading(models.Model):
    """Somebody looked: at a dossier, a sealed identity, a file, or searched a phone or name.  A stream of its own, so that
    looking never waits for acting."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.UUIDField()
    at = models.DateTimeField()
    person = models.UUIDField()
    post = models.UUIDField(null=True)
    unit = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    what = models.CharField(max_length=24)
    reason = models.CharField(
        max_length=24, blank=True, help_text="code of the reason; free words stay sealed in the case"
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject", "at"], name="reading_subject_at"),
            models.Index(fields=["root", "at"], name="reading_root_at"),
            models.Index(fields=["person", "at"], name="reading_person_at"),
        ]


class Keeper(models.Model):
    """Somebody outside (保管人) to whom every new anchor of a root is sent by e-mail.  Ended, the address is gone."""

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    root = models.UUIDField()
    address = models.EmailField("电子邮箱", blank=True)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    sent_through = models.DateField(null=True, help_text="day of the last anchor that was sent")
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True, help_text="why the last letter could not be sent")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["root", "address"], condition=models.Q(ended_at=None), name="keeper_once_per_root"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(address=""), name="keeper_ended_has_no_address"
            ),
        ]
