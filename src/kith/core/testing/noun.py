"""Measuring device: a noun of the tests, complete in this one file, to show that one file is all a noun takes."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, MoneyField
from kith.core.records import Record


class Gauge(Record):
    class State(HueChoices):
        NEW = "new", "blue", _("new")
        USED = "used", "grey", _("used")

    name = models.CharField(_("name"), max_length=120)
    company = Link("parties.Company", _("company"), back="+", optional=True)
    state = ChoiceField(_("status"), State, default=State.NEW)
    price = MoneyField(_("price"), null=True, blank=True)
    tested_on = models.DateField(_("date"), null=True, blank=True)

    class Meta(Record.Meta):
        app_label = "core"
        db_table = "test_gauge"
        verbose_name = _("gauge")
        verbose_name_plural = _("gauges")
        indexes: ClassVar[list[Any]] = []

    def __str__(self) -> str:
        return self.name


class GaugeEntity(Entity):
    model = Gauge
    slug, icon, menu = "gauges", "gauge", "customers"
    columns = ("name", "company", "state", "price", "tested_on", "owner")
    filters = ("state", "company", "owner")
    search = ("name",)
    sections = (Section(_("Basics"), "name", "company", "state"), Section(_("Details"), "price", "tested_on"))
    access = Access()
    measures, dimensions = ("count", "sum:price"), ("state", "company")
