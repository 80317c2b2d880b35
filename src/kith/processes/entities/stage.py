"""Stage: one step of a process, with its probability, time limit, guidance, checklist and what must be known to enter it."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, PercentField, TranslationsField
from kith.core.records import Part
from kith.core.staged import State


class Stage(Part):
    class Category(HueChoices):
        PIPELINE = "pipeline", "grey", _("pipeline")
        BEST = "best", "blue", _("best case")
        COMMIT = "commit", "violet", _("commit")
        OMITTED = "omitted", "grey", _("left out")
        CLOSED = "closed", "green", _("closed")

    process = Link("processes.Process", _("process"), back="stages", part_of=True)
    key = models.SlugField(
        _("key"), max_length=40, help_text=_("Stays the same in every edition; moves and reports go by it.")
    )
    name = models.CharField(_("name"), max_length=80)
    translations = TranslationsField(_("translations"), default=dict, blank=True)
    hue = models.CharField(_("colour"), max_length=10, default="blue")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = ChoiceField(_("kind"), State, default=State.OPEN)
    is_default = models.BooleanField(_("new records begin here"), default=False)
    probability = PercentField(_("probability"), default=0)
    max_days = models.PositiveSmallIntegerField(_("at most, days"), null=True, blank=True)
    forecast_category = ChoiceField(_("forecast category"), Category, default=Category.PIPELINE)
    guidance = models.TextField(_("guidance"), blank=True)
    checklist = ArrayField(models.CharField(max_length=200), verbose_name=_("checklist"), default=list, blank=True)
    required_fields = ArrayField(
        models.CharField(max_length=60), verbose_name=_("fields needed to enter"), default=list, blank=True
    )

    class Meta(Part.Meta):
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering: ClassVar[list[str]] = ["process", "position", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["process", "key"],
                condition=models.Q(deleted_at=None),
                name="stage_key",
                violation_error_message=_("This process has a stage with this key; choose another one."),
            ),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=100),
                name="stage_probability",
                violation_error_message=_("Between 0 and 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.translations.get(get_language() or "") or self.name)


class StageEntity(Entity):
    model = Stage
    example: ClassVar[dict[str, Any]] = {"key": "step-{n}", "required_fields": [], "probability": "10"}
    slug, icon = "stages", "columns-3"
    is_configuration = True
    natural_key = ("key",)
    columns = ("name", "process", "position", "kind", "probability", "max_days", "forecast_category")
    filters = ("process", "kind")
    search = ("name",)
    search_depends = ("position",)
    sort = ("position",)
    hidden = ("org_unit",)
    sections = (
        Section(_("Basics"), "process", "name", "translations", "key", "hue", "position", "kind", "is_default"),
        Section(_("Figures"), "probability", "max_days", "forecast_category"),
        Section(_("Work in this stage"), "guidance", "checklist", "required_fields"),
    )
    access = Access(own=(), public=True)
    has_timeline = in_search = False
    match = ("external_ids",)

    def sort_text(self, record: Stage) -> str:
        """Whatever is sorted or grouped by stage goes as a process goes, not by the alphabet."""
        return f"{record.position:05d} {record.name}"

    def validate(self, record: Stage, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A published edition keeps its shape; named fields exist."""
        from kith.processes import editions

        return editions.validate_stage(record, values)

    def derive(self, batch: Batch) -> None:
        """A published edition keeps its parts; every process of the machine reads it anew."""
        from kith.processes import book, editions

        editions.keep_shape(batch)
        book.announce()
