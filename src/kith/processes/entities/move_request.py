"""MoveRequest: somebody asks that a record may move to a stage whose rule wants another one to allow it (B6, F12)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section
from kith.core.fields import ChoiceField, Link, user_link
from kith.core.records import Attached
from kith.core.specs import FieldSpec
from kith.core.types import TYPES
from kith.processes import samples


class MoveRequest(Attached):
    class Answer(HueChoices):
        PENDING = "pending", "amber", _("waits")
        APPROVED = "approved", "green", _("approved")
        DECLINED = "declined", "rose", _("declined")
        WITHDRAWN = "withdrawn", "grey", _("withdrawn")

    from_stage = Link("processes.Stage", _("from"), on_delete=models.CASCADE, editable=False)
    to_stage = Link("processes.Stage", _("to"), on_delete=models.CASCADE)
    entered = models.JSONField(_("values entered"), default=dict, blank=True, editable=False)
    note = models.TextField(_("why"), blank=True)
    approver = user_link(_("approved by"), editable=False)
    approver_group = Link("access.Group", _("approved by one of"), optional=True, editable=False)
    answer = ChoiceField(_("answer"), Answer, default=Answer.PENDING, editable=False)
    decided_by = user_link(_("answered by"), editable=False)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    remark = models.TextField(_("remark"), blank=True, editable=False)

    class Meta(Attached.Meta):
        verbose_name = _("request to move")
        verbose_name_plural = _("requests to move")
        ordering: ClassVar[list[str]] = ["-created_at", "-pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["subject_id"],
                condition=models.Q(answer="pending", deleted_at=None),
                name="moverequest_one_pending",
                violation_error_message=_("Somebody has asked for this already; wait for the answer."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


REMARK = FieldSpec(name="remark", label=_("remark"), type=TYPES["longtext"], max_length=2000)


class MoveRequestEntity(Entity):
    """A new one asks, its actions answer; whoever may see the record sees what was asked about it."""

    model = MoveRequest
    example: ClassVar[dict[str, Any]] = {"subject": samples.subject, "to_stage": "won"}
    slug, icon, title = "move-requests", "badge-check", "to_stage"
    named_by = ("from_stage", "to_stage")
    columns = (
        "to_stage",
        "subject",
        "from_stage",
        "created_by",
        "answer",
        "approver",
        "decided_by",
        "decided_at",
        "created_at",
    )
    filters = ("answer", "approver", "created_by", "decided_at")
    sort = ("-created_at",)
    hidden = ("org_unit", "tags")
    read_only = ("owner",)
    sensitive = ("entered",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"subject": {"required": True}}
    sections = (
        Section(_("Basics"), "subject", "from_stage", "to_stage", "note", "created_by", "created_at"),
        Section(_("Answer"), "answer", "approver", "approver_group", "decided_by", "decided_at", "remark"),
    )
    access = Access(own=(), subject=True)
    has_timeline = in_search = False
    match = ("external_ids",)
    actions = (
        Action(
            "approve", _("Approve"), "kith.processes.approval.approve", icon="check", right="view", fields=(REMARK,)
        ),
        Action("decline", _("Decline"), "kith.processes.approval.decline", icon="x", right="view", fields=(REMARK,)),
        Action("withdraw", _("Withdraw"), "kith.processes.approval.withdraw", icon="undo-2", right="view"),
    )

    def prepare(self, batch: Batch) -> None:
        """The present stage and the people of the rule."""
        from kith.processes import approval

        approval.prepare(batch)

    def validate(self, record: MoveRequest, values: dict[str, Any]) -> dict[str, list[Any]]:
        """What was asked for stays as it was asked."""
        from kith.processes import approval

        return approval.validate(record, values)

    def derive(self, batch: Batch) -> None:
        """Those who may allow it hear of it."""
        from kith.processes import approval

        approval.told(batch)
