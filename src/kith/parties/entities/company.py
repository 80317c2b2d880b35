"""Company: an organization we know, sell to, buy from or compete with."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.entity import Related, Section
from kith.core.identity.sortkeys import company_sort_key
from kith.core.trees import circle

from .party import IN_GROUP, PERSON_ONLY, Face, Party


class Company(Party):
    class Meta(Party.Meta):
        proxy = True
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        indexes: ClassVar[list[Any]] = []


class CompanyEntity(Face):
    model = Company
    example: ClassVar[dict[str, Any]] = {
        "email": "post@halden{n}.example",
        "website": "https://halden{n}.example",
        "phone": "+47691841{n2}",
    }
    slug, icon, menu, menu_order = "companies", "building-2", "customers", 10
    face: ClassVar[dict[str, Any]] = {"kind": "company"}
    hidden = PERSON_ONLY
    columns = ("name", "status", "industry", "city", "country", "territory", "phone", "owner", "updated_at")
    filters = ("owner", "status", "roles", "industry", "territory", "country", "tier", "customer_group", "tags")
    sort_depends = ("name",)
    search = ("name", "legal_name", "tax_id", "registration_number", "website", "email", "phone", "city")
    search_body = ("description",)
    sort = ("name",)
    board = "status"
    closed = ("lost",)
    card = ("city", "annual_revenue", "tier", "industry", "owner")
    measures = ("count", "sum:annual_revenue")
    sections = (
        Section(
            _("Basics"),
            "name",
            "status",
            "legal_hold",
            "roles",
            "industry",
            "tier",
            "parent",
            "owner",
            "territory",
            "source",
            "tags",
        ),
        Section(
            _("Contact details"), "phone", "email", "website", "country", "region", "city", "language", "time_zone"
        ),
        Section(
            _("Finance"),
            "credit_limit",
            "payment_terms",
            "price_list_name",
            "discount",
            "annual_revenue",
            "bank_account",
            "tax_id",
            "legal_name",
            "legal_form",
            "registration_number",
        ),
        Section(_("Relationship"), "employees_count", "founded_year", "description"),
    )
    quick = ("name", "phone", "email", "website", "industry", "status", "owner")
    strip = ("status", "industry", "annual_revenue", "credit_limit", "city", "updated_at")
    related = (
        Related("parties.employment", "company", _("People"), show=("title", "role")),
        Related("parties.contactpoint", "party", _("Contact points"), show=("kind", "label")),
        Related("parties.address", "party", _("Addresses"), show=("kind", "city")),
        Related("parties.company", "parent", _("Subsidiaries"), show=("city",)),
        Related("parties.relationship", "party", _("Relationships"), show=("type", "note")),
        Related("parties.consent", "party", _("Consents"), show=("state", "channel")),
        Related("parties.partygroupmember", "party", _("Groups")),
        Related("parties.relationshipassessment", "party", _("Assessments"), show=("assessed_on", "total")),
    )
    plain_filter = ("status:not_any:provisional",)
    read_only = ("country", "region", "city")
    personal = ()
    fresh: ClassVar[dict[str, int]] = {"phone": 12, "email": 12, "website": 24, "city": 24}
    limits: ClassVar[dict[str, tuple[str, ...]]] = {"status": ("provisional", "prospect", "active", "dormant", "lost")}
    facts: ClassVar[dict[str, dict[str, Any]]] = {"name": {"label": _("company name")}}
    computed = (IN_GROUP,)
    match = ("external_ids", "tax_id", "email", "name")
    recognised_by = ("external_ids", "tax_id", "registration_number", "name")

    def prepare(self, batch: Batch) -> None:
        """Phones in the national form of the company's country; the web domain is no free-mail domain."""
        from kith.parties import contact, standing

        standing.prepare(batch)
        contact.prepare(batch)

    def validate(self, record: Company, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A company is not its own parent."""
        return circle(self, record, values, "parent")

    def sort_text(self, record: Company) -> str:
        """By name without legal form."""
        return company_sort_key(record.name)

    def timeline_ids(self, actor: Actor, record: Company) -> list[tuple[str, Any]]:
        """The people who work here."""
        from kith.parties import nearby

        return nearby.people_of(actor, record)
