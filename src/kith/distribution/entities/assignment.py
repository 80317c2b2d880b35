"""Assignment: one record given to one person by a rule, with the explanation; quotas and turns count these."""

from typing import ClassVar

from django.db import models

from kith.core.ids import uuid7


class Assignment(models.Model):
    """One gift of a rule. No entity: it is seen through its record; undoing the gift takes it back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    entity = models.CharField(max_length=60)
    record_id = models.UUIDField()
    rule_id = models.UUIDField()
    member_id = models.UUIDField()
    user_id = models.UUIDField()
    explanation = models.JSONField(default=dict)
    changeset_id = models.UUIDField()

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["rule_id", "at"], name="assignment_rule"),
            models.Index(fields=["record_id", "changeset_id"], name="assignment_record"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_id} -> {self.user_id}"
