"""CloseOutcome: how an opportunity ended, when and why; written at every closing and kept when it is opened again (R57-R60)."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, MoneyField
from kith.core.records import Part


class CloseOutcome(Part):
    class Result(HueChoices):
        WON = "won", "green", _("won")
        LOST = "lost", "rose", _("lost")

    opportunity = Link("sales.Opportunity", _("opportunity"), back="outcomes", part_of=True)
    result = ChoiceField(_("result"), Result)
    closed_on = models.DateField(_("on"))
    actual_amount = MoneyField(_("actual amount"), null=True, blank=True)
    reasons = ArrayField(models.UUIDField(), verbose_name=_("reasons"), default=list, blank=True)
    reason_text = models.TextField(_("reason in words"), blank=True)
    competitor = Link("sales.Competitor", _("competitor"), back="outcomes", optional=True)
    lesson = models.TextField(_("lesson"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        ordering: ClassVar[list[str]] = ["-closed_on", "-pk"]

    def __str__(self) -> str:
        return str(self.Result(self.result).label)


class CloseOutcomeEntity(Entity):
    model = CloseOutcome
    example: ClassVar[dict[str, Any]] = {"reasons": []}
    slug, icon, title = "outcomes", "flag", "result"
    columns = ("opportunity", "result", "closed_on", "actual_amount", "reasons", "competitor", "lesson")
    filters = ("result", "closed_on", "competitor", "reasons")
    search = ("reason_text", "lesson")
    hidden = ("org_unit",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"reasons": {"target": "sales.reason"}}
    sections = (
        Section(_("Basics"), "opportunity", "result", "closed_on", "actual_amount", "reasons", "reason_text", "competitor", "lesson"),
    )  # fmt: skip
    access = Access(own=(), parent="opportunity")
    has_timeline = in_search = False
    match = ("external_ids",)
