"""DuplicatePair: two parties that may be the same one, as the search for duplicates found them, and what people said to it."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.ids import uuid7

from .party import Party


class DuplicatePair(models.Model):
    """One pair, the older party (by id) first; kept by `parties.doubles`."""

    class State(HueChoices):
        OPEN = "open", "amber", _("to decide")
        DIFFERENT = "different", "grey", _("not a duplicate")
        MERGED = "merged", "green", _("merged")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    one = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10)
    score = models.PositiveSmallIntegerField()
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    signs = ArrayField(models.CharField(max_length=40), default=list)
    state = models.CharField(max_length=10, default=State.OPEN)
    seen_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicatepair_once"),
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="duplicatepair_ordered"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["kind", "state", "-score", "id"], name="duplicatepair_queue")
        ]

    def __str__(self) -> str:
        return f"{self.one_id} {self.other_id}"


class DuplicateScan(models.Model):
    """How far the search for duplicates has come: the last entry of the ledger it has seen; a single row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_change = models.BigIntegerField(default=0)
    at = models.DateTimeField(default=timezone.now)
    whole_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.last_change)
