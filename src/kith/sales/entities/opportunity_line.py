"""OpportunityLine: a product the customer is interested in, with quantity and price; the lines make the amount (R63)."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link, MoneyField, PercentField
from kith.core.money import Money
from kith.core.records import Part


class OpportunityLine(Part):
    opportunity = Link("sales.Opportunity", _("opportunity"), back="lines", part_of=True)
    product = Link("catalogue.Product", _("product"), back="opportunity_lines", optional=True)
    name = models.CharField(_("description"), max_length=200, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=1)
    price = MoneyField(_("price"), null=True, blank=True)
    discount = PercentField(_("discount"), default=0)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta(Part.Meta):
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")
        ordering: ClassVar[list[str]] = ["position", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0),
                name="opportunityline_quantity",
                violation_error_message=_("A quantity is above zero."),
            ),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=100),
                name="opportunityline_discount",
                violation_error_message=_("Between 0 and 100 %."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.product or "")

    @property
    def total(self) -> Money | None:
        """What the line comes to, unrounded."""
        currency = vars(self)["price_currency"]
        return None if self.price is None else Money(self.quantity * self.price * (100 - self.discount) / 100, currency)


class OpportunityLineEntity(Entity):
    model = OpportunityLine
    named_by = ("product",)
    example: ClassVar[dict[str, Any]] = {
        "product": ...,
        "quantity": "2",
        "discount": "0",
        "price": {"amount": "10", "currency": "EUR"},
    }
    slug, icon = "opportunity-lines", "package"
    columns = ("product", "name", "quantity", "price", "discount", "opportunity")
    filters = ("product", "opportunity")
    search = ("name",)
    sort = ("position", "created_at")
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "opportunity", "product", "name", "quantity", "price", "discount", "position"),)
    access = Access(own=(), parent="opportunity")
    has_timeline = in_search = False
    views: ClassVar[dict[str, Any]] = {"related": "sales/lines.html", "tab_only": True}
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """A product brings its list price and name."""
        from kith.sales import lines

        lines.prepare(batch)

    def validate(self, record: OpportunityLine, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A product or a description; one currency in an opportunity."""
        from kith.sales import lines

        return lines.validate(record, values)

    def derive(self, batch: Batch) -> None:
        """The opportunity's amount is the sum of its lines."""
        from kith.sales import lines

        lines.derive(batch)
