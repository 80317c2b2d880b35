"""ExchangeRate: what one unit of a currency is worth in the base currency from a day on; older ones stay for older days."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.records import Record


class ExchangeRate(Record):
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO code, such as USD."))
    rate = models.DecimalField(_("worth in the base currency"), max_digits=18, decimal_places=8)
    valid_on = models.DateField(_("from the day"))

    class Meta(Record.Meta):
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering: ClassVar[list[str]] = ["currency", "-valid_on", "pk"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["currency", "valid_on"],
                condition=models.Q(deleted_at=None),
                name="exchangerate_day",
                violation_error_message=_("There is a rate of this day already; change that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gt=0),
                name="exchangerate_positive",
                violation_error_message=_("A rate is above zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.valid_on:%Y-%m-%d}"


class ExchangeRateEntity(Entity):
    model = ExchangeRate
    natural_key = ("currency", "valid_on")
    example: ClassVar[dict[str, Any]] = {"currency": "USD", "rate": "0.92", "valid_on": "2{n3}-01-01"}
    slug, icon, menu, title = "exchange-rates", "arrow-left-right", "settings", "currency"
    columns = ("currency", "valid_on", "rate", "updated_at")
    filters = ("currency", "valid_on")
    search = ("currency",)
    sort = ("-valid_on",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "currency", "valid_on", "rate"),)
    access = Access(public=True)
    match = ("external_ids",)
    has_timeline = in_search = False

    def validate(self, record: ExchangeRate, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A currency that exists and is not the base itself."""
        from kith.core import rates

        return rates.validate(values)

    def derive(self, batch: Batch) -> None:
        """Amounts are converted with what is known now."""
        from kith.core import rates

        rates.announce()
