"""RetentionRule: how long records of a kind are kept, and what becomes of them then."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Action, Entity, Section, registry
from kith.core.fields import ChoiceField, ConditionField
from kith.core.records import Record
from kith.core.types import TYPES


def kinds() -> tuple[tuple[str, str], ...]:
    """Kinds of records, by their names."""
    found = [
        (entity.label, str(capfirst(entity.plural)))
        for entity in registry
        if not entity.access.faces and not entity.access.public
    ]
    return tuple(sorted(found, key=lambda pair: pair[1]))


class RetentionRule(Record):
    class Act(HueChoices):
        NOTIFY = "notify", "blue", _("tell the owner of the rule")
        ANONYMISE = "anonymise", "amber", _("take personal values away")
        ERASE = "erase", "rose", _("erase for good")

    name = models.CharField(_("name"), max_length=120)
    entity = models.CharField(_("for"), max_length=60)
    condition = ConditionField(_("condition"), decides=True, help_text=_("Which records; empty takes all."))
    age_field = models.CharField(
        _("counted from"), max_length=60, default="updated_at", help_text=_("A date or moment of the record.")
    )
    months = models.PositiveSmallIntegerField(_("kept for months"), default=24)
    act = ChoiceField(_("then"), Act, default=Act.NOTIFY)
    is_active = models.BooleanField(pgettext_lazy("rule", "on"), default=False)
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True, editable=False)
    last_count = models.PositiveIntegerField(_("records in the last run"), default=0, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")
        ordering: ClassVar[list[str]] = ["entity", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class RetentionRuleEntity(Entity):
    model = RetentionRule
    example: ClassVar[dict[str, Any]] = {
        "entity": "sales.lead", "condition": {}, "age_field": "updated_at", "months": 24, "act": "notify", "is_active": False,
    }  # fmt: skip
    slug, icon, menu, menu_order = "retention-rules", "hourglass", "settings", 60
    is_configuration = True
    columns = ("name", "entity", "condition", "age_field", "months", "act", "is_active", "last_run_at", "last_count")
    filters = ("entity", "act", "is_active")
    search = ("name",)
    sort = ("name",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"entity": {"type": TYPES["choice"], "choices": lazy(kinds, tuple)()}}
    sections = (
        Section(_("Basics"), "name", "entity", "condition", "age_field", "months", "act", "is_active", "owner"),
        Section(_("Last run"), "last_run_at", "last_count"),
    )
    access = Access(public=True)
    sensitive = ("last_count",)  # it counts records that few may see
    match = ("external_ids",)
    has_timeline = False
    actions = (Action("run", _("Run now"), "kith.privacy.retention.by_hand", icon="play", right="edit"),)

    def prepare(self, batch: Batch) -> None:
        """Who makes rules that erase must be allowed to erase."""
        from kith.privacy import retention

        retention.check_right(batch)

    def derive(self, batch: Batch) -> None:
        """Who switches a rule on must be allowed to delete what it acts on."""
        from kith.privacy import retention

        retention.check_kind(batch)

    def validate(self, record: RetentionRule, values: dict[str, Any]) -> dict[str, list[Any]]:
        """The condition can be asked; the age is counted from a date of the record; the act fits the kind."""
        from kith.privacy import retention

        return retention.validate(record, values)
