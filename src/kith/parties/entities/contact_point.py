"""ContactPoint: one e-mail address, phone, messenger or web site of a party, with its quality and time."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part

from ..consents import OPTED_OUT_FOR


class ContactPoint(Part):
    class Kind(HueChoices):
        MAIL = "email", "blue", _("e-mail")
        PHONE = "phone", "teal", _("phone")
        MESSENGER = "messenger", "green", _("messenger")
        SITE = "site", "grey", _("web site")

    party = Link("parties.Party", _("of"), back="contact_points", part_of=True)
    kind = ChoiceField(_("kind"), Kind, default=Kind.MAIL)
    value = models.CharField(_("value"), max_length=500)
    label = models.CharField(_("label"), max_length=40, blank=True, help_text=_("work, home, mobile …"))
    normalized = models.CharField(
        _("normal form"), max_length=500, blank=True, default="", editable=False, db_index=True
    )
    is_primary = models.BooleanField(_("primary"), default=False)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)
    verified_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    invalid_reason = models.CharField(_("invalid because"), max_length=200, blank=True)
    opted_out = models.BooleanField(_("opted out"), default=False)

    class Meta(Part.Meta):
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        ordering: ClassVar[list[str]] = ["kind", "-is_primary", "created_at", "pk"]

    def __str__(self) -> str:
        return self.value


class ContactPointEntity(Entity):
    model = ContactPoint
    example: ClassVar[dict[str, Any]] = {
        "kind": "email",
        "value": "post{n}@example.org",
        "invalid_reason": "",
        "valid_to": None,
    }
    slug, icon, title = "contact-points", "at-sign", "value"
    columns = ("value", "kind", "party", "label", "is_primary", "valid_to", "invalid_reason", "updated_at")
    filters = ("kind", "is_primary", "opted_out", "opted_out_for", "valid_to")
    search = ("value", "label")
    hidden = ("org_unit",)
    personal = ("value", "normalized")
    fresh: ClassVar[dict[str, int]] = {"value": 12}
    sections = (
        Section(_("Basics"), "party", "kind", "value", "label", "is_primary"),
        Section(_("Quality"), "valid_from", "valid_to", "verified_at", "invalid_reason", "opted_out"),
    )
    access = Access(own=(), parent="party")
    computed = (OPTED_OUT_FOR,)
    has_timeline = in_search = False
    match = ("external_ids",)
    natural = ("party", "kind", "normalized")

    def prepare(self, batch: Batch) -> None:
        """The normal form of the value, by its kind (R17, R18, R20)."""
        from kith.parties import contact_points

        contact_points.prepare(batch)

    def validate(self, record: ContactPoint, values: dict[str, Any]) -> dict[str, list[Any]]:
        """An address of its kind; it ends after it began."""
        from kith.parties import contact_points

        return contact_points.validate(record, values)

    def merge_values(self, ranked: Sequence[Any]) -> dict[str, Any]:
        """Opted out once is opted out (R33)."""
        from kith.parties import merging

        return merging.point_values(ranked)

    def derive(self, batch: Batch) -> None:
        """One primary per kind (R15); the party shows it."""
        from kith.parties import contact_points

        contact_points.derive(batch)
