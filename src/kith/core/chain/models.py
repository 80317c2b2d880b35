"""Seals of the ledger, and what was erased from it; their tables are made by a migration and only ever added to."""

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from .formula import link, microseconds
from .sources import BY_NAME, Source


class Seal(models.Model):
    """One link of the chain: so many rows of a source; `hash` follows from the link before, these facts and the rows' leaves."""

    number = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=10)
    lines = models.IntegerField()
    after_xact = models.BigIntegerField()
    after_key = models.CharField(max_length=36)
    until_xact = models.BigIntegerField()
    until_key = models.CharField(max_length=36)
    settled = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    keys = models.BinaryField()
    salts = models.BinaryField()
    commitments = models.BinaryField()
    leaves = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "core_seal"
        ordering: ClassVar[list[str]] = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"

    @property
    def of(self) -> Source:
        """What it seals."""
        return BY_NAME[self.source]

    @property
    def after(self) -> tuple[int, str]:
        """Where its rows begin."""
        return self.after_xact, self.after_key

    @property
    def until(self) -> tuple[int, str]:
        """Its last row."""
        return self.until_xact, self.until_key

    def facts(self) -> list[Any]:
        """What the hash binds beside the rows."""
        return [
            self.number, self.source, self.lines, self.after_xact, self.after_key, self.until_xact, self.until_key, self.settled,
            microseconds(self.sealed_at),
        ]  # fmt: skip

    def computed(self, previous: bytes) -> bytes:
        """The hash that it must have."""
        return link(previous, self.facts(), bytes(self.leaves))


class Erasure(models.Model):
    """Which bodies of the ledger were emptied, for whom and why: places are ids by source and number of the body."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200, default="")
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    reason = models.TextField(default="")
    places = models.JSONField(default=dict)

    class Meta:
        managed = False
        db_table = "core_erasure"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.entity}/{self.record_id}"


class DueErasure(models.Model):
    """A record that was erased after the backup was made of which this database comes."""

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    reason = models.TextField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "core_dueerasure"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.entity}/{self.record_id}"


def day(moment: dt.datetime) -> str:
    """A moment in words of the command line."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"
