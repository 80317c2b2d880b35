"""Territory: a sales region; territories form a tree and take parties by their address."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import Link, user_link
from kith.core.records import Record
from kith.core.trees import circle


class Territory(Record):
    name = models.CharField(_("name"), max_length=150)
    parent = Link("parties.Territory", _("part of"), back="children", optional=True)
    manager = user_link(_("manager"))
    areas = ArrayField(
        models.CharField(max_length=200), verbose_name=_("areas"), default=list, blank=True,
        help_text=_("Addresses that belong here: US, US/Washington, US/Washington/Seattle or US#98 (postcodes that begin with 98)."),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class TerritoryEntity(Entity):
    model = Territory
    example: ClassVar[dict[str, Any]] = {"areas": ["NO/Oslo"]}
    slug, icon, menu, menu_order = "territories", "map", "customers", 40
    is_configuration = True
    natural_key = ("parent", "name")
    columns = ("name", "parent", "manager", "areas", "updated_at")
    filters = ("parent", "manager")
    search = ("name",)
    tree = "parent"
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "name", "parent", "manager", "areas", "owner"),)
    related = (
        Related("parties.company", "territory", _("Companies"), show=("city",)),
        Related("parties.person", "territory", _("People"), show=("city",)),
        Related("parties.territory", "parent", _("Territories inside")),
    )
    access = Access(own=("owner", "manager"), public=True)
    match = ("external_ids", "name")
    sort = ("name",)

    def validate(self, record: Territory, values: dict[str, Any]) -> dict[str, list[Any]]:
        """No circle; areas as the help says."""
        from kith.parties import territories

        return circle(self, record, values, "parent") or territories.validate(values)
