"""KeptReport: counts and sums by group that are kept of one kind of record; KeptLine: what a write or a folding added to one group."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kith.core.stored.models import Numeric


class KeptReport(models.Model):
    """What is kept, under an id that follows from its SQL; read only while it is ready."""

    class Problem(models.TextChoices):
        NONE = "", "none"
        MANY = "many", "too many groups"

    id = models.UUIDField(primary_key=True)
    entity = models.CharField(max_length=60)
    is_ready = models.BooleanField(default=False)
    built_at = models.DateTimeField(null=True)
    folded = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=20, choices=Problem, default=Problem.NONE, blank=True)


class KeptLine(models.Model):
    """The figures of a group are those of all its lines; lines are only ever added, and folded into one now and then.

    `figures` are the number of records, then for each sum the sum and how many values there are. No link to the report:
    PostgreSQL would lock its row with every line.
    """

    report = models.UUIDField()
    keys = models.JSONField()
    figures: Any = ArrayField(Numeric())

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["report"], name="keptline_report")]
