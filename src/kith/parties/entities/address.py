"""Address: one postal address of a party, as one block (R16)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, CountryField, Link
from kith.core.identity import addresses
from kith.core.records import Part


class Address(Part):
    class Kind(HueChoices):
        LEGAL = "legal", "violet", _("legal")
        MAIN = "main", "teal", _("main office")
        BILLING = "billing", "amber", _("billing")
        SHIPPING = "shipping", "blue", _("shipping")
        SERVICE = "service", "green", _("service")
        HOME = "home", "grey", _("home")

    party = Link("parties.Party", _("of"), back="addresses", part_of=True)
    kind = ChoiceField(_("kind"), Kind, default=Kind.MAIN)
    country = CountryField(_("country"), blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    street = models.CharField(_("street"), max_length=300, blank=True)
    street2 = models.CharField(_("street, second line"), max_length=300, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    is_primary = models.BooleanField(_("primary"), default=False)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering: ClassVar[list[str]] = ["-is_primary", "created_at", "pk"]

    def __str__(self) -> str:
        street = "\n".join(filter(None, (self.street, self.street2)))
        return addresses.address_line(
            addresses.Address(street, self.city, self.region, self.postcode, self.country), get_language() or "en"
        )


class AddressEntity(Entity):
    model = Address
    example: ClassVar[dict[str, Any]] = {"street": "Main Street {n}", "city": "Oslo", "country": "NO"}
    slug, icon, title = "addresses", "map-pin", "street"
    columns = ("street", "postcode", "city", "region", "country", "kind", "party", "updated_at")
    filters = ("country", "region", "city", "kind")
    search = ("street", "city", "postcode", "region")
    personal = ("street", "postcode")
    sections = (
        Section(
            _("Basics"), "party", "kind", "street", "street2", "postcode", "city", "region", "country", "is_primary"
        ),
        Section(_("Place"), "latitude", "longitude", open=False),
    )
    access = Access(own=(), parent="party")
    natural = ("party", "street", "street2", "city", "region", "postcode", "country")
    has_timeline = in_search = False
    match = ("external_ids",)

    def validate(self, record: Address, values: dict[str, Any]) -> dict[str, list[Any]]:
        """At least one line; coordinates on the globe."""
        from kith.parties import places

        return places.validate(record, values)

    def prepare(self, batch: Batch) -> None:
        """The first address is the primary one (R16)."""
        from kith.parties import places

        places.prepare(batch)

    def derive(self, batch: Batch) -> None:
        """One primary address; the party shows its place and gets its territory."""
        from kith.parties import places

        places.derive(batch)
