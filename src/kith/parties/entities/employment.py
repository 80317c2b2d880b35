"""Employment: a person's job at a company, with role, superior and dates; many on both sides."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Part


class Employment(Part):
    class Role(HueChoices):
        DECIDER = "decision_maker", "violet", _("decides")
        INFLUENCER = "influencer", "blue", _("influences")
        CHAMPION = "champion", "green", _("champion")
        USER = "user", "teal", _("uses")
        GATEKEEPER = "gatekeeper", "amber", _("gatekeeper")
        SIGNER = "signer", "plum", _("signs")

    person = Link("parties.Person", _("person"), back="employments", part_of=True)
    company = Link("parties.Company", _("company"), back="employed")
    title = models.CharField(_("job title"), max_length=150, blank=True)
    department = models.CharField(_("department"), max_length=150, blank=True)
    role = ChoiceField(_("role in decisions"), Role, blank=True, default="")
    reports_to = Link("parties.Employment", _("reports to"), back="reports", optional=True)
    is_primary = models.BooleanField(_("main job"), default=False)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)

    class Meta(Part.Meta):
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        ordering: ClassVar[list[str]] = ["-is_primary", "-valid_from", "pk"]

    def __str__(self) -> str:
        return f"{self.person} · {self.title}" if self.title else str(self.person)


class EmploymentEntity(Entity):
    model = Employment
    named_by = ("person",)
    example: ClassVar[dict[str, Any]] = {"valid_to": None}
    slug, icon, title = "employments", "briefcase-business", "title"
    columns = ("person", "company", "title", "department", "role", "reports_to", "valid_from", "valid_to")
    filters = ("company", "person", "role", "department", "valid_to")
    search = ("title", "department")
    tree = "reports_to"
    hidden = ("org_unit",)
    sections = (
        Section(
            _("Basics"),
            "person",
            "company",
            "title",
            "department",
            "role",
            "reports_to",
            "is_primary",
            "valid_from",
            "valid_to",
        ),
    )
    fresh: ClassVar[dict[str, int]] = {"title": 18}
    access = Access(own=(), parent="person")
    has_timeline = in_search = False
    match = ("external_ids",)
    natural = ("person", "company")

    def validate(self, record: Employment, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Dates in order; the superior works at the same company and not below this one."""
        from kith.parties import jobs_of_people

        return jobs_of_people.validate(self, record, values)

    def prepare(self, batch: Batch) -> None:
        """The first current job is the main one."""
        from kith.parties import jobs_of_people

        jobs_of_people.prepare(batch)

    def derive(self, batch: Batch) -> None:
        """One main job; the person shows it."""
        from kith.parties import jobs_of_people

        jobs_of_people.derive(batch)
