"""Party: a company or a person; one table, so that an order or a case may belong to either."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, registry
from kith.core.fields import (
    ChoiceField,
    CountryField,
    Link,
    MailField,
    MoneyField,
    PercentField,
    PhoneField,
    StoredFileField,
    WebField,
)
from kith.core.records import Record
from kith.core.specs import ComputedSpec
from kith.core.types import TYPES
from kith.parties import segments


class Role(HueChoices):
    CUSTOMER = "customer", "green", _("customer")
    PARTNER = "partner", "violet", _("partner")
    SUPPLIER = "supplier", "amber", _("supplier")
    COMPETITOR = "competitor", "rose", _("competitor")
    PROSPECT = "prospect", "blue", _("prospect")


class Status(HueChoices):
    PROVISIONAL = "provisional", "grey", _("provisional")
    PROSPECT = "prospect", "blue", _("prospect")
    ACTIVE = "active", "green", _("active")
    DORMANT = "dormant", "amber", _("dormant")
    LOST = "lost", "rose", _("lost")
    SILENT = "do_not_contact", "orange", _("do not contact")
    DECEASED = "deceased", "grey", _("deceased")


class Tier(HueChoices):
    A = "A", "violet", "A"
    B = "B", "blue", "B"
    C = "C", "grey", "C"


class Gender(HueChoices):
    FEMALE = "female", "grey", _("female")
    MALE = "male", "grey", _("male")
    OTHER = "other", "grey", _("other")


class Channel(HueChoices):
    MAIL = "email", "blue", _("e-mail")
    PHONE = "phone", "teal", _("phone")
    MESSENGER = "messenger", "green", _("messenger")
    POST = "post", "amber", _("post")


class Party(Record):
    kind = models.CharField(max_length=10, editable=False)
    name = models.CharField(_("name"), max_length=300)
    status = ChoiceField(_("status"), Status, default=Status.ACTIVE)
    legal_hold = models.BooleanField(
        _("legal hold"),
        default=False,
        help_text=_("Kept for a dispute or an authority: neither retention rules nor erasure touch it."),
    )
    roles = ArrayField(ChoiceField(_("role"), Role), verbose_name=_("roles"), default=list, blank=True)
    tier = ChoiceField(_("tier"), Tier, blank=True, default="")
    source = Link("parties.Source", _("source"), optional=True)
    territory = Link(
        "parties.Territory", _("territory"), back="parties", optional=True, db_index=False
    )  # indexed below
    language = models.CharField(_("language"), max_length=10, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True)
    description = models.TextField(_("description"), blank=True)
    website = WebField(_("website"), blank=True)
    # What list, search and export show of the contact points and addresses; kept by `parties.contact`.
    email = MailField(_("e-mail"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    country = CountryField(_("country"), blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    # Companies
    legal_name = models.CharField(_("legal name"), max_length=300, blank=True)
    legal_form = models.CharField(_("legal form"), max_length=40, blank=True)
    tax_id = models.CharField(_("tax number"), max_length=40, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    industry = Link("parties.Industry", _("industry"), optional=True)
    employees_count = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("founded in"), null=True, blank=True)
    annual_revenue = MoneyField(_("annual revenue"), null=True, blank=True)
    parent = Link("parties.Company", _("parent company"), back="subsidiaries", optional=True, db_index=False)
    credit_limit = MoneyField(_("credit limit"), null=True, blank=True)
    payment_terms = models.CharField(_("payment terms"), max_length=120, blank=True)
    price_list_name = models.CharField(_("price list"), max_length=120, blank=True)
    discount = PercentField(_("discount"), null=True, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=200, blank=True)
    # People
    prefix = models.CharField(_("title"), max_length=40, blank=True)
    given_name = models.CharField(_("given name"), max_length=120, blank=True)
    middle_name = models.CharField(_("middle name or patronymic"), max_length=120, blank=True)
    family_name = models.CharField(_("family name"), max_length=120, blank=True)
    suffix = models.CharField(_("suffix"), max_length=40, blank=True)
    native_name = models.CharField(_("name in own script"), max_length=200, blank=True)
    gender = ChoiceField(_("gender"), Gender, blank=True, default="")
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    preferred_channel = ChoiceField(_("preferred channel"), Channel, blank=True, default="")
    decision_style = models.CharField(_("how they decide"), max_length=200, blank=True)
    photo = StoredFileField(_("photo"), blank=True)
    employer = Link("parties.Company", _("company"), back="staff", optional=True, db_index=False)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes: ClassVar[list[models.Index]] = [
            *(index for index in Record.Meta.indexes if index.name not in ("%(class)s_search", "%(class)s_trgm")),
            # People and companies are looked for apart; in one index the words of a company gather all people of that name.
            *(
                index
                for kind in ("company", "person")
                for index in (
                    GinIndex(fields=["search_vector"], name=f"party_{kind}_search", condition=models.Q(kind=kind)),
                    GinIndex(
                        OpClass("search_text", name="gin_trgm_ops"),
                        name=f"party_{kind}_trgm",
                        condition=models.Q(kind=kind),
                    ),
                )
            ),
            models.Index(
                fields=["kind", "-updated_at", "-id"], name="party_kind_recent", condition=models.Q(deleted_at=None)
            ),
            models.Index(
                fields=["kind", "sort_key", "id"], name="party_kind_sort", condition=models.Q(deleted_at=None)
            ),
            # The rows of one owner in the order of the list (`core.foremost`); counts them too, without those that the plain list leaves out.
            models.Index(
                fields=["owner", "kind", "sort_key", "id"],
                include=["status"],
                name="party_owner_sort",
                condition=models.Q(deleted_at=None),
            ),
            # The different cities, countries and languages, each with its parties in the order of the list (`core.few_values`):
            # scripts stand apart in the order of names, so that those of one country stand behind hundreds of thousands of others.
            *(
                models.Index(
                    fields=["kind", name, "sort_key", "id"],
                    name=f"party_{name}_sort",
                    condition=models.Q(deleted_at=None),
                )
                for name in ("city", "country", "language")
            ),
            models.Index(
                fields=["kind", "status", "sort_key", "id"], name="party_board", condition=models.Q(deleted_at=None)
            ),
            models.Index(fields=["parent"], name="party_parent", condition=models.Q(parent__isnull=False)),
            models.Index(fields=["employer"], name="party_employer", condition=models.Q(employer__isnull=False)),
            models.Index(fields=["territory"], name="party_territory"),
            GinIndex(fields=["roles"], name="party_roles"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def age(self) -> int | None:
        """Whole years since birth."""
        if self.birth_date is None:
            return None
        today = timezone.localdate()
        return (
            today.year
            - self.birth_date.year
            - ((today.month, today.day) < (self.birth_date.month, self.birth_date.day))
        )


IN_GROUP = ComputedSpec(
    name=segments.FIELD,
    label=_("customer group"),
    type=TYPES["link"],
    target=segments.GROUP,
    editable=False,
    where=segments.where,
    follows=segments.follows,
)


class Face(Entity, abstract=True):
    """What companies and people have in common."""

    duplicates = True
    views: ClassVar[dict[str, Any]] = {"after_import": "parties/after_import.html"}
    shown_of_parts = ("email", "phone", "website")

    def derive(self, batch: Batch) -> None:
        """Contact points follow the primary e-mail and phone; match keys follow names and numbers."""
        from kith.parties import contact, matching

        contact.derive(batch)
        matching.derive(batch)

    def warn(self, actor: Actor, record: Any, values: dict[str, Any]) -> list[Any]:
        """Possible duplicates (R29)."""
        from kith.parties import duplicates

        return duplicates.warn(self, actor, record, values)

    def search_extra(self, records: Sequence[Any]) -> dict[Any, dict[str, list[str]]]:
        """Also found by all contact points."""
        from kith.parties import contact

        return contact.search_extra(records)

    def merge_values(self, ranked: Sequence[Any]) -> dict[str, Any]:
        """Known ones stay known (R11)."""
        from kith.parties import merging

        return merging.values(ranked)

    def merge_parts(self, survivor: Any, others: Sequence[Any]) -> None:
        """The survivor's primaries stay the primary ones (R33)."""
        from kith.parties import merging

        merging.settle_primaries(survivor, others)

    def recognise(self, rows: Sequence[dict[str, Any]]) -> list[tuple[Any, int]]:
        """By the keys that join (R10)."""
        from kith.parties import resolving

        return [(found.party, found.among) if found else (None, 0) for found in resolving.resolve(self, rows)]

    def cards(self, actor: Actor, records: Sequence[Any]) -> Iterable[Any]:
        """Address cards with all contact points and addresses."""
        from kith.parties import cards

        return cards.of(actor, records)


class PartyEntity(Entity):
    """Both faces together: what links to a party choose from; it stands in no menu."""

    model = Party
    slug, icon = "parties", "contact"
    columns = ("name", "status", "email", "phone", "city", "owner", "updated_at")
    search = ("name", "native_name", "legal_name", "email", "phone", "city")
    personal = ("email", "phone", "birth_date", "photo")
    sensitive = ("birth_date", "gender")
    read_only = ("name",)
    access = Access(faces=("parties.company", "parties.person"))
    in_search = False
    computed = (IN_GROUP,)
    plain_filter = ("status:not_any:provisional",)
    sort = ("name",)

    def face_of(self, record: Any) -> Entity:
        """A company or a person."""
        return registry.get(f"parties.{record.kind}")


COMPANY_ONLY = (
    "legal_name", "legal_form", "tax_id", "registration_number", "industry", "employees_count", "founded_year", "annual_revenue",
    "parent", "credit_limit", "payment_terms", "price_list_name", "discount", "bank_account",
)  # fmt: skip
PERSON_ONLY = (
    "prefix", "given_name", "middle_name", "family_name", "suffix", "native_name", "gender", "birth_date", "preferred_channel", "decision_style",
    "photo", "employer", "job_title",
)  # fmt: skip
FINANCE: tuple[Any, ...] = ("credit_limit", "payment_terms", "price_list_name", "discount", "bank_account")
