"""OpportunityCompetitor: a competitor we meet in an opportunity, and how dangerous it is."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


class OpportunityCompetitor(Part):
    class Threat(HueChoices):
        LOW = "low", "green", _("low")
        MEDIUM = "medium", "amber", _("medium")
        HIGH = "high", "rose", _("high")

    opportunity = Link("sales.Opportunity", _("opportunity"), back="competitors", part_of=True)
    competitor = Link("sales.Competitor", _("competitor"), back="met")
    product = Link("sales.CompetitorProduct", _("with the product"), optional=True)
    threat = ChoiceField(_("threat"), Threat, default=Threat.MEDIUM)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("competitor of the opportunity")
        verbose_name_plural = _("competition")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["opportunity", "competitor"],
                condition=models.Q(deleted_at=None),
                name="opportunitycompetitor_once",
                violation_error_message=_("This competitor is named already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.competitor)


class OpportunityCompetitorEntity(Entity):
    model = OpportunityCompetitor
    named_by = ("competitor",)
    slug, icon, title = "opportunity-competitors", "swords", "competitor"
    columns = ("competitor", "opportunity", "product", "threat", "note")
    filters = ("competitor", "opportunity", "threat")
    search = ("note",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "opportunity", "competitor", "product", "threat", "note"),)
    access = Access(own=(), parent="opportunity")
    has_timeline = in_search = False
    views: ClassVar[dict[str, Any]] = {"tab_only": True}
    match = ("external_ids",)
