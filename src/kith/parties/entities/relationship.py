"""Relationship: a typed tie between two parties (spouse, advisor, referred by, partner of), readable from both sides."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link
from kith.core.records import Part


class Relationship(Part):
    party = Link("parties.Party", _("of"), back="relationships", part_of=True)
    other = Link("parties.Party", _("with"), back="relationships_back")
    type = Link("parties.RelationshipType", _("kind"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~models.Q(party=models.F("other")),
                name="relationship_two",
                violation_error_message=_("A relationship needs two different parties."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.type)  # the parties may be hidden from who reads this


class RelationshipEntity(Entity):
    model = Relationship
    named_by = ("type",)
    slug, icon, title = "relationships", "heart-handshake", "type"
    columns = ("party", "type", "other", "note", "valid_from", "valid_to")
    filters = ("type", "other")
    search = ("note",)
    personal = ("note",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "party", "type", "other", "note", "valid_from", "valid_to"),)
    access = Access(own=(), parent="party")
    natural = ("party", "other", "type")
    has_timeline = in_search = False
