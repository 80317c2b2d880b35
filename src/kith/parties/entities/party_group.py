"""PartyGroup: a group of customers, by hand (nested) or by a filter that is evaluated when asked."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Entity, Related, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part, Record
from kith.core.trees import circle


class PartyGroup(Record):
    class Kind(HueChoices):
        MANUAL = "manual", "blue", _("by hand")
        DYNAMIC = "dynamic", "violet", _("by view")

    name = models.CharField(_("name"), max_length=150)
    kind = ChoiceField(_("kind"), Kind, default=Kind.MANUAL)
    parent = Link("parties.PartyGroup", _("part of"), back="children", optional=True)
    view = Link(
        "core.View", _("view"), optional=True, help_text=_("The members of a dynamic group are the rows of this view.")
    )
    description = models.TextField(_("description"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("customer group")
        verbose_name_plural = _("customer groups")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class PartyGroupEntity(Entity):
    model = PartyGroup
    example: ClassVar[dict[str, Any]] = {"kind": "manual", "view": None}
    slug, icon, menu, menu_order = "customer-groups", "circle-dashed", "customers", 30
    columns = ("name", "kind", "parent", "view", "owner", "updated_at")
    filters = ("kind", "parent", "owner")
    search = ("name", "description")
    tree = "parent"
    sections = (Section(_("Basics"), "name", "kind", "parent", "view", "description", "owner"),)
    related = (
        Related("parties.partygroupmember", "group", _("Members"), show=("party",)),
        Related("parties.partygroup", "parent", _("Groups inside")),
    )
    match = ("external_ids", "name")

    def validate(self, record: PartyGroup, values: dict[str, Any]) -> dict[str, list[Any]]:
        """No circle; a dynamic group names a view of companies or people."""
        from kith.parties import segments

        return circle(self, record, values, "parent") or segments.validate(record, values)


class PartyGroupMember(Part):
    group = Link("parties.PartyGroup", _("group"), back="members", part_of=True)
    party = Link("parties.Party", _("customer"), back="groups")

    class Meta(Part.Meta):
        verbose_name = _("group member")
        verbose_name_plural = _("group members")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["group", "party"],
                condition=models.Q(deleted_at=None),
                name="partygroupmember_once",
                violation_error_message=_("This customer is in the group already."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.group)  # the customer may be hidden from who reads this


class PartyGroupMemberEntity(Entity):
    model = PartyGroupMember
    named_by = ("group",)
    slug, icon, title = "customer-group-members", "circle-dashed", "group"
    columns = ("group", "party", "updated_at")
    hidden = ("org_unit",)
    access = Entity.access.__class__(own=(), parent="group")
    has_timeline = in_search = False
