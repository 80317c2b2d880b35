"""SalesTarget: what a person, department, territory or product is to reach in a period; what was reached is computed."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, user_link
from kith.core.records import Record


class SalesTarget(Record):
    class Metric(HueChoices):
        WON_AMOUNT = "won_amount", "green", _("won, amount")
        WON_COUNT = "won_count", "green", _("won, number")
        CREATED_AMOUNT = "created_amount", "blue", _("new opportunities, amount")
        CREATED_COUNT = "created_count", "blue", _("new opportunities, number")
        LEADS_QUALIFIED = "leads_qualified", "violet", _("leads qualified")
        TASKS_DONE = "tasks_done", "teal", _("tasks done")

    metric = ChoiceField(_("figure"), Metric, default=Metric.WON_AMOUNT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=2)
    person = user_link(_("person"))
    unit = Link("people.OrgUnit", _("department or branch"), back="targets", optional=True)
    territory = Link("parties.Territory", _("territory"), back="targets", optional=True)
    product = Link("catalogue.Product", _("product"), back="targets", optional=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering: ClassVar[list[str]] = ["-starts_on", "metric", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="salestarget_days",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(value__gt=0),
                name="salestarget_value",
                violation_error_message=_("A target is above zero."),
            ),
            models.UniqueConstraint(
                fields=["metric", "starts_on", "ends_on", "person", "unit", "territory", "product"],
                nulls_distinct=False,
                condition=models.Q(deleted_at=None),
                name="salestarget_once",
                violation_error_message=_("There is such a target already; change that one."),
            ),
        ]

    def __str__(self) -> str:
        whose = next((str(one) for one in (self.person, self.unit, self.territory, self.product) if one), "")
        figure = str(self.Metric(self.metric).label)
        return f"{figure} · {whose}" if whose else figure


class SalesTargetEntity(Entity):
    model = SalesTarget
    example: ClassVar[dict[str, Any]] = {
        "starts_on": "2{n3}-01-01",
        "ends_on": "2{n3}-12-31",
        "value": "1{n3}",
    }
    slug, icon, menu, menu_order, title = "targets", "target", "sales", 70, "metric"
    named_by = ("person", "unit", "territory", "product")
    columns = ("metric", "starts_on", "ends_on", "value", "person", "unit", "territory", "product")
    filters = ("metric", "starts_on", "ends_on", "person", "unit", "territory", "product")
    search = ("note",)
    sort = ("-starts_on",)
    sections = (
        Section(_("Target"), "metric", "value", "starts_on", "ends_on"),
        Section(_("Whose"), "person", "unit", "territory", "product", "note"),
    )
    strip = ("metric", "value", "starts_on", "ends_on", "person", "unit")
    access = Access(own=("owner", "person"))
    match = ("external_ids",)
    has_timeline = in_search = False
