"""Campaign: what made people come to us; so far its name and time."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Section
from kith.core.records import Record


class Campaign(Record):
    name = models.CharField(_("name"), max_length=150)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_days",
                violation_error_message=_("It cannot end before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class CampaignEntity(Entity):
    model = Campaign
    example: ClassVar[dict[str, Any]] = {"ends_on": "2026-03-04"}
    slug, icon, menu, menu_order = "campaigns", "megaphone", "sales", 60
    columns = ("name", "starts_on", "ends_on", "owner", "updated_at")
    filters = ("starts_on", "owner")
    search = ("name",)
    sections = (Section(_("Basics"), "name", "starts_on", "ends_on", "owner", "tags"),)
    access = Access(public=True)
    match = ("external_ids", "name")
