"""Person: a human we deal with, at a company or privately."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.entity import Related, Section
from kith.core.specs import ComputedSpec
from kith.core.types import TYPES

from .party import COMPANY_ONLY, FINANCE, IN_GROUP, Face, Party


class Person(Party):
    class Meta(Party.Meta):
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes: ClassVar[list[Any]] = []


def age_of(person: Person) -> int | None:
    """Whole years since birth."""
    return person.age


class PersonEntity(Face):
    model = Person
    example: ClassVar[dict[str, Any]] = {
        "given_name": "Ingrid{l}",
        "family_name": "Halvorsen{l}",
        "email": "ingrid{n}@example.org",
        "phone": "+47691840{n2}",
        "birth_date": "1980-05-17",
    }
    slug, icon, menu, menu_order = "people", "users", "customers", 20
    face: ClassVar[dict[str, Any]] = {"kind": "person"}
    hidden = tuple(name for name in COMPANY_ONLY if name not in FINANCE)
    columns = ("name", "employer", "job_title", "email", "phone", "city", "status", "owner", "updated_at")
    filters = ("owner", "status", "employer", "territory", "country", "roles", "customer_group", "tags", "birth_date")
    sort_depends = ("name", "given_name", "middle_name", "family_name")
    search = ("name", "native_name", "given_name", "family_name", "middle_name", "email", "phone", "job_title", "city")
    search_body = ("description",)
    sort = ("name",)
    sections = (
        Section(
            _("Basics"),
            "prefix",
            "given_name",
            "middle_name",
            "family_name",
            "suffix",
            "native_name",
            "employer",
            "job_title",
            "status",
            "legal_hold",
            "roles",
            "tier",
            "owner",
            "territory",
            "source",
            "tags",
        ),
        Section(
            _("Contact details"),
            "phone",
            "email",
            "website",
            "country",
            "region",
            "city",
            "language",
            "time_zone",
            "preferred_channel",
        ),
        Section(_("Finance"), *FINANCE, open=False),
        Section(_("Relationship"), "birth_date", "age", "gender", "decision_style", "description"),
    )
    quick = ("given_name", "middle_name", "family_name", "email", "phone", "owner")
    strip = ("employer", "job_title", "phone", "email", "city", "updated_at")
    related = (
        Related("parties.employment", "person", _("Jobs"), show=("title", "valid_to")),
        Related("parties.contactpoint", "party", _("Contact points"), show=("kind", "label")),
        Related("parties.address", "party", _("Addresses"), show=("kind", "city")),
        Related("parties.personalfact", "person", _("Interests and dates"), show=("kind", "date")),
        Related("parties.relationship", "party", _("Family and relations"), show=("type", "note")),
        Related("parties.consent", "party", _("Consents"), show=("state", "channel")),
        Related("parties.partygroupmember", "party", _("Groups")),
        Related("parties.relationshipassessment", "party", _("Assessments"), show=("assessed_on", "total")),
    )
    plain_filter = ("status:not_any:provisional",)
    read_only = ("name", "country", "region", "city", "employer", "job_title")
    personal = (
        "name",
        "given_name",
        "middle_name",
        "family_name",
        "native_name",
        "email",
        "phone",
        "birth_date",
        "gender",
        "photo",
    )
    sensitive = ("birth_date", "gender", "age")
    fresh: ClassVar[dict[str, int]] = {"phone": 12, "email": 12, "job_title": 18, "city": 24}
    limits: ClassVar[dict[str, tuple[str, ...]]] = {"status": ("provisional", "active", "do_not_contact", "deceased")}
    computed = (
        IN_GROUP,
        ComputedSpec(
            name="age",
            label=_("age"),
            type=TYPES["number"],
            editable=False,
            sensitive=True,
            compute=age_of,
        ),
    )
    match = ("external_ids", "email", "phone")
    recognised_by = ("external_ids", "email")

    def prepare(self, batch: Batch) -> None:
        """The display name from its parts; phones in the national form of the person's country."""
        from kith.parties import contact, naming, standing

        standing.prepare(batch)
        contact.prepare(batch)
        naming.prepare(batch)

    def validate(self, record: Person, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A person needs a name; a birth lies in the past."""
        from kith.parties import naming

        return naming.validate(record, values)

    def sort_text(self, record: Person) -> str:
        """By family name, then given name."""
        from kith.parties import naming

        return naming.sort_text(record)

    def timeline_ids(self, actor: Actor, record: Person) -> list[tuple[str, Any]]:
        """The companies where this person works."""
        from kith.parties import nearby

        return nearby.companies_of(actor, record)
