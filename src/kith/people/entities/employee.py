"""Employee: somebody who works for the own company, with or without a user account."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import ChoiceField, Link, MailField, PhoneField
from kith.core.identity.naming import parse_name
from kith.core.identity.sortkeys import person_key
from kith.core.records import Record
from kith.core.trees import circle


class Employee(Record):
    class Status(HueChoices):
        ACTIVE = "active", "green", _("active")
        ABSENT = "absent", "amber", _("absent")
        LEFT = "left", "grey", _("left")

    name = models.CharField(_("name"), max_length=200)
    user = Link("access.User", _("user account"), back="employees", optional=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    manager = Link("people.Employee", _("manager"), back="reports", optional=True)
    status = ChoiceField(_("status"), Status, default=Status.ACTIVE)
    email = MailField(_("e-mail"), blank=True)
    phone = PhoneField(_("phone"), blank=True)
    substitute = Link("people.Employee", _("substitute"), back="substitutes", optional=True)
    absent_from = models.DateField(_("absent from"), null=True, blank=True)
    absent_to = models.DateField(_("absent until"), null=True, blank=True)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=80), verbose_name=_("skills"), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=40), verbose_name=_("languages"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("capacity, items at once"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        ordering: ClassVar[list[str]] = ["sort_key", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                "user",
                condition=models.Q(deleted_at=None, user__isnull=False),
                name="employee_user",
                violation_error_message=_("This user account already belongs to another employee."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EmployeeEntity(Entity):
    model = Employee
    example: ClassVar[dict[str, Any]] = {"absent_from": "2026-01-02", "absent_to": "2026-01-09", "user": None}
    slug, icon, menu = "employees", "id-card", "company"
    columns = ("name", "position", "org_unit", "manager", "status", "email", "phone")
    filters = ("status", "org_unit", "manager", "skills", "languages")
    search, sort_depends = ("name", "email", "phone", "position"), ("name",)
    tree = "manager"
    sections = (
        Section(_("Basics"), "name", "position", "org_unit", "manager", "status", "user"),
        Section(_("Contact details"), "email", "phone"),
        Section(_("Work"), "skills", "languages", "capacity", "hired_on", "substitute", "absent_from", "absent_to"),
        Section(_("Personal"), "birth_date", open=False),
    )
    sensitive = personal = ("birth_date",)
    related = (Related("people.employee", "manager", _("Reports"), show=("position",)),)
    access = Access(own=("user",), public=True)
    match = ("external_ids", "email", "name")
    sort = ("name",)

    def validate(self, record: Employee, values: dict[str, Any]) -> dict[str, list[Any]]:
        """Nobody reports to himself; an absence ends after it began."""
        errors = circle(self, record, values, "manager")
        start, end = values.get("absent_from", record.absent_from), values.get("absent_to", record.absent_to)
        if start and end and end < start:
            errors["absent_to"] = [_("The last day lies before the first one.")]
        return errors

    def derive(self, batch: Batch) -> None:
        """The level “own and reports” depends on managers."""
        from kith.access.epoch import bump

        bump()

    def sort_text(self, record: Employee) -> str:
        """By family name where it can be told."""
        return person_key(parse_name(record.name))
