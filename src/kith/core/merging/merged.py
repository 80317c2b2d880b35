"""Merged: a record that became another one, and by which change-set; also parts that two merged records had alike."""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from kith.core.ids import uuid7

#: Longer chains are a mistake.
MOST_STEPS = 100


class Merged(models.Model):
    """While it is not ended the record lies hidden, neither in lists nor in the trash, and its id leads to `survivor_id`.

    Without a survivor the record told something about two others that are one now (a relation to oneself).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    title = models.TextField(default="")
    survivor_id = models.UUIDField(null=True)
    whole = models.BooleanField(default=True)
    changeset_id = models.UUIDField()
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["record_id"], condition=models.Q(ended_at=None), name="merged_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["survivor_id", "-at"], name="merged_survivor"),
            models.Index(fields=["changeset_id"], name="merged_changeset"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} -> {self.survivor_id}"


def current() -> "models.QuerySet[Merged]":
    """What is merged now."""
    return Merged.objects.filter(ended_at=None)


def hidden(keys: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of some records that are merged into another one."""
    return set(current().filter(record_id__in=list(keys)).values_list("record_id", flat=True))


def survivor_of(key: uuid.UUID) -> uuid.UUID | None:
    """The record that a merged one is now, at the end of the chain; None for a record that was not merged."""
    found = None
    for _step in range(MOST_STEPS):
        following = current().filter(record_id=found or key).values_list("survivor_id", flat=True).first()
        if following is None:
            return found
        found = following
    return None


def survivors_of(keys: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """The records that those of some which were merged are now; one query where none was."""
    found, asked = dict[uuid.UUID, None](), list(keys)
    for _step in range(MOST_STEPS):
        if not asked:
            break
        rows = current().filter(record_id__in=asked).exclude(survivor_id=None)
        asked = [key for key in rows.values_list("survivor_id", flat=True) if key is not None and key not in found]
        found |= dict.fromkeys(asked)
    return list(found)


def into(key: uuid.UUID) -> "list[Merged]":
    """The records that were merged into one, the latest first."""
    return list(current().filter(survivor_id=key, whole=True).order_by("-at", "-pk"))


def all_into(key: uuid.UUID) -> list[uuid.UUID]:
    """The ids of all records that are one with this one now, through others as well; one query where there are none."""
    found, asked = dict[uuid.UUID, None](), [key]
    for _step in range(MOST_STEPS):
        rows = current().filter(survivor_id__in=asked, whole=True).values_list("record_id", flat=True)
        asked = [one for one in rows if one not in found]
        if not asked:
            break
        found |= dict.fromkeys(asked)
    return list(found)
