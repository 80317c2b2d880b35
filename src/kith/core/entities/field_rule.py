"""FieldRule: when a field of a form is shown, required, read-only or offers fewer choices, by a condition on the same record."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, ConditionField
from kith.core.records import Record


class FieldRule(Record):
    class Effect(HueChoices):
        SHOWN = "shown", "blue", _("shown only if")
        REQUIRED = "required", "amber", _("required if")
        LOCKED = "locked", "grey", _("read-only if")
        CHOICES = "choices", "violet", _("offers only some choices if")

    entity = models.CharField(_("kind of record"), max_length=60)
    field = models.CharField(_("field"), max_length=60)
    effect = ChoiceField(_("effect"), Effect, default=Effect.SHOWN)
    options = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("choices"),
        default=list,
        blank=True,
        help_text=_("Those that are offered while the condition holds, by their names for files and API."),
    )
    condition = ConditionField(_("condition"))
    message = models.CharField(
        _("words of the refusal"),
        max_length=200,
        blank=True,
        help_text=_("Told to whoever breaks the rule; without it Kith says it in its own words."),
    )
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta(Record.Meta):
        verbose_name = _("field rule")
        verbose_name_plural = _("field rules")
        ordering: ClassVar[list[str]] = ["entity", "field", "effect", "pk"]

    def __str__(self) -> str:
        return f"{self.field}: {self.Effect(self.effect).label}"


class FieldRuleEntity(Entity):
    model = FieldRule
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company",
        "field": "website",
        "effect": "required",
        "options": [],
        "condition": {"field": "name", "op": "contains", "value": "{n} never"},
        "message": "",
        "is_active": True,
    }
    slug, icon, menu, title = "field-rules", "list-checks", "settings", "field"
    is_configuration = True
    natural_key = ("entity", "field", "effect", "condition")
    columns = ("field", "entity", "effect", "condition", "is_active", "updated_at")
    filters = ("entity", "effect", "is_active")
    search = ("field", "entity")
    sections = (Section(_("Basics"), "entity", "field", "effect", "condition", "options", "message", "is_active"),)
    quick = ("entity", "field", "effect", "condition", "options", "message", "is_active")
    access = Access(public=True)
    has_timeline = in_search = False
    sort = ("field",)
    match = ("external_ids",)

    def validate(self, record: FieldRule, values: dict[str, Any]) -> dict[str, list[Any]]:
        """What `core.field_rules` says against it."""
        from kith.core import field_rules

        return field_rules.problems(record, values)

    def derive(self, batch: Batch) -> None:
        """Every form and every write knows the rule at once."""
        from kith.core import custom_fields

        custom_fields.announce()
