"""WorkItem: a record waiting in a pool, or being worked by one person for a while; one person per record and per customer."""

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.ids import uuid7


class WorkItem(models.Model):
    """One stretch of waiting or of work. No entity: it is seen through its record and its pool; the log tells each step.

    Two constraints of the database keep the promise whatever the code does: a record has at most one open item, and two
    people never hold leases of one party at the same time.
    """

    class State(HueChoices):
        WAITING = "waiting", "blue", _("waiting")
        LEASED = "leased", "green", _("being worked")
        DONE = "done", "grey", _("done")
        RETURNED = "returned", "amber", _("given back")
        EXPIRED = "expired", "rose", _("run out")

    OPEN: ClassVar[tuple[str, ...]] = ("waiting", "leased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_entity = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    party_id = models.UUIDField(null=True)
    pool_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    priority = models.SmallIntegerField(default=0)
    entered_at = models.DateTimeField(default=timezone.now)
    previous_owner_id = models.UUIDField(null=True)
    reason = models.TextField(default="")
    lease_owner_id = models.UUIDField(null=True)
    leased_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    changeset_id = models.UUIDField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-priority", "entered_at", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject_id"], condition=models.Q(state__in=("waiting", "leased")), name="workitem_one_open"
            ),
            ExclusionConstraint(
                name="workitem_one_per_party",
                expressions=[("party_id", RangeOperators.EQUAL), ("lease_owner_id", RangeOperators.NOT_EQUAL)],
                condition=models.Q(state="leased", party_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="leased")
                | models.Q(lease_owner_id__isnull=False, lease_until__isnull=False, leased_at__isnull=False),
                name="workitem_leased_by_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["pool_id", "-priority", "entered_at", "id"], name="workitem_queue", condition=models.Q(state="waiting")),
            models.Index(fields=["lease_until"], name="workitem_leases", condition=models.Q(state="leased")),
            models.Index(fields=["lease_owner_id", "leased_at"], name="workitem_taken"),
            models.Index(fields=["subject_id", "-entered_at"], name="workitem_subject"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.subject_entity} {self.subject_id}: {self.state}"
