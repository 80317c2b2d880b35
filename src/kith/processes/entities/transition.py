"""Transition: a rule for the move from one stage to another: allowed or not, what must be known, done, true or approved."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ConditionField, Link, user_link
from kith.core.records import Part


class Transition(Part):
    process = Link("processes.Process", _("process"), back="transitions", part_of=True, blank=True)
    from_stage = Link(
        "processes.Stage", _("from"), optional=True, on_delete=models.CASCADE, help_text=_("Empty: from any stage.")
    )
    to_stage = Link("processes.Stage", _("to"), on_delete=models.CASCADE)
    allowed = models.BooleanField(_("allowed"), default=True)
    required_fields = ArrayField(
        models.CharField(max_length=60), verbose_name=_("fields needed"), default=list, blank=True
    )
    needs_checklist = models.BooleanField(_("the checklist must be done"), default=False)
    condition = ConditionField(_("condition"), about="process.entity", decides=True)
    approver = user_link(_("approved by"))
    approver_group = Link("access.Group", _("approved by one of"), optional=True)
    guidance = models.TextField(_("guidance"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("rule for a move")
        verbose_name_plural = _("rules for moves")
        ordering: ClassVar[list[str]] = ["process", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["process", "from_stage", "to_stage"],
                nulls_distinct=False,
                condition=models.Q(deleted_at=None),
                name="transition_pair",
                violation_error_message=_("There is a rule for this move already; change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or '*'} → {self.to_stage}"


class TransitionEntity(Entity):
    model = Transition
    example: ClassVar[dict[str, Any]] = {
        "process": None, "from_stage": None, "condition": {}, "required_fields": [],
    }  # fmt: skip
    slug, icon, title = "transitions", "arrow-right", "to_stage"
    is_configuration = True
    natural_key = ("from_stage", "to_stage")
    named_by = ("from_stage", "to_stage")
    columns = ("from_stage", "to_stage", "process", "allowed", "required_fields", "needs_checklist", "approver")
    filters = ("process", "allowed")
    hidden = ("org_unit",)
    sort = ("-updated_at",)
    sections = (
        Section(_("Basics"), "process", "from_stage", "to_stage", "allowed", "guidance"),
        Section(_("Needed"), "required_fields", "needs_checklist", "condition", "approver", "approver_group"),
    )
    access = Access(own=(), public=True)
    has_timeline = in_search = False
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """The process is that of the stage."""
        from kith.processes import editions

        editions.name_process(batch)

    def validate(self, record: Transition, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Both stages belong to the process; named fields exist; the condition can be asked."""
        from kith.processes import editions

        return editions.validate_transition(record, values)

    def derive(self, batch: Batch) -> None:
        """A published edition keeps its parts; every process of the machine reads it anew."""
        from kith.processes import book, editions

        editions.keep_shape(batch)
        book.announce()
