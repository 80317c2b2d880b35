"""OrgUnit: a department of the own company; departments form a tree."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.access import Actor
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Related, Section
from kith.core.fields import ChoiceField, Link
from kith.core.records import Record
from kith.core.trees import circle


class OrgUnit(Record):
    class Kind(HueChoices):
        COMPANY = "company", "plum", _("company")
        DIVISION = "division", "violet", _("division")
        DEPARTMENT = "department", "blue", _("department")
        BRANCH = "branch", "teal", _("branch")

    name = models.CharField(_("name"), max_length=150)
    kind = ChoiceField(_("kind"), Kind, default=Kind.DEPARTMENT)
    parent = Link("people.OrgUnit", _("part of"), back="children", optional=True)
    head = Link("people.Employee", _("head"), back="heads", optional=True)

    class Meta(Record.Meta):
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering: ClassVar[list[str]] = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class OrgUnitEntity(Entity):
    model = OrgUnit
    slug, icon, menu = "departments", "network", "company"
    is_configuration = True
    natural_key = ("parent", "name")
    columns = ("name", "kind", "parent", "head", "updated_at")
    filters = ("kind", "parent")
    search = ("name",)
    tree = "parent"
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "name", "kind", "parent", "head"),)
    related = (
        Related("people.employee", "org_unit", _("Employees"), show=("position",)),
        Related("people.orgunit", "parent", _("Departments below")),
    )
    access = Access(own=("owner",), public=True)
    match = ("external_ids", "name")
    sort = ("name",)

    def validate(self, record: OrgUnit, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A department cannot be inside itself."""
        return circle(self, record, values, "parent")

    def warn(self, actor: Actor, record: OrgUnit, values: dict[str, Any]) -> list[Any]:
        """Another place in the tree may bring or take roles."""
        from kith.access import looking  # the apps register with each other

        moves = not record._state.adding and values.get("parent", record.parent_id) != record.parent_id
        return looking.warnings(actor, record, values) if moves else []

    def derive(self, batch: Batch) -> None:
        """The level “department” depends on the tree; into the trash and out of it, roles of departments go along."""
        from kith.access import role_changes
        from kith.access.epoch import bump

        bump()
        if batch.operation in ("delete", "restore"):
            role_changes.by_trash([item.record.pk for item in batch.items])
