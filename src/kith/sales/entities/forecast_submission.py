"""ForecastSubmission: what a person expects to win in a period, as said on a day, with the superior's adjustment."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField, Link, user_link
from kith.core.records import Record


def amount(label: Any) -> Any:
    """A column of an amount in the base currency that the rules keep."""
    return models.DecimalField(label, max_digits=20, decimal_places=2, default=Decimal("0.00"), editable=False)


class ForecastSubmission(Record):
    class Status(HueChoices):
        SUBMITTED = "submitted", "blue", _("submitted")
        ACCEPTED = "accepted", "green", _("accepted")

    person = Link(settings.AUTH_USER_MODEL, _("person"), blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    status = ChoiceField(_("status"), Status, default=Status.SUBMITTED, editable=False)
    expected = models.DecimalField(_("expected to win"), max_digits=20, decimal_places=2)
    note = models.TextField(_("note"), blank=True)
    closed = amount(_("won by then"))
    commit = amount(_("commit"))
    best = amount(_("best case"))
    pipeline = amount(_("pipeline"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    adjusted = models.DecimalField(
        _("adjusted to"), max_digits=20, decimal_places=2, null=True, blank=True, editable=False
    )
    adjusted_by = user_link(_("adjusted by"), editable=False)
    adjustment_note = models.TextField(_("why adjusted"), blank=True, editable=False)

    class Meta(Record.Meta):
        verbose_name = _("forecast")
        verbose_name_plural = _("forecasts")
        ordering: ClassVar[list[str]] = ["-starts_on", "-submitted_at", "pk"]
        indexes: ClassVar[list[Any]] = [
            *Record.Meta.indexes,
            models.Index(fields=["person", "starts_on", "-submitted_at"], name="forecast_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.starts_on:%Y-%m-%d} – {self.ends_on:%Y-%m-%d}"

    @property
    def counted(self) -> Any:
        """What it counts with: the adjusted amount, else the expected one."""
        return self.expected if self.adjusted is None else self.adjusted


class ForecastSubmissionEntity(Entity):
    model = ForecastSubmission
    example: ClassVar[dict[str, Any]] = {
        "person": None,  # who writes; for Kith itself the owner
        "owner": ...,
        "starts_on": "2026-01-01",
        "ends_on": "2026-03-31",
        "expected": "1{n3}",
    }
    slug, icon, menu, menu_order, title = "forecasts", "chart-line", "sales", 80, "person"
    named_by = ("person",)
    columns = ("person", "starts_on", "ends_on", "expected", "adjusted", "commit", "best", "closed", "status", "submitted_at")  # fmt: skip
    filters = ("person", "starts_on", "status", "submitted_at")
    search = ("note",)
    sort = ("-starts_on",)
    sections = (
        Section(_("Forecast"), "person", "starts_on", "ends_on", "expected", "note", "status", "submitted_at"),
        Section(_("By category"), "closed", "commit", "best", "pipeline"),
        Section(_("Adjustment"), "adjusted", "adjusted_by", "adjustment_note"),
    )
    strip = ("expected", "adjusted", "commit", "closed", "status")
    access = Access(own=("owner", "person"))
    match = ("external_ids",)
    has_timeline = in_search = False

    def prepare(self, batch: Batch) -> None:
        """A submission is the writer's own and keeps the figures of its moment."""
        from kith.sales.steering import forecast

        forecast.prepare(batch)

    def validate(self, record: ForecastSubmission, values: dict[str, Any]) -> dict[str, list[Any]]:
        """What was submitted stays."""
        from kith.sales.steering import forecast

        return forecast.validate(record, values)
