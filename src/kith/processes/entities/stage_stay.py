"""StageStay: how long a record was in a stage; follows the stage of every staged record, kept by `processes.history`."""

from typing import ClassVar

from django.db import models

from kith.core.ids import uuid7


class StageStay(models.Model):
    """One stay of one record in one stage; `left_at` is empty while it lasts. No entity: it is seen through its record."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    process_id = models.UUIDField()
    stage_id = models.UUIDField()
    state = models.CharField(max_length=10)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    by_id = models.UUIDField(null=True)
    changeset_id = models.UUIDField()

    class Meta:
        ordering: ClassVar[list[str]] = ["entered_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["record_id", "entered_at"], name="stay_record"),
            models.Index(fields=["stage_id", "entered_at"], name="stay_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id}: {self.stage_id}"
