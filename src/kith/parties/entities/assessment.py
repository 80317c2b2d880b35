"""RelationshipAssessment: how we judge a customer on a day, by five criteria of 0 to 10 each."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entity import Access, Entity, Section
from kith.core.fields import Link
from kith.core.records import Part

CRITERIA = ("loyalty", "potential", "solvency", "profitability", "safety")


def score(label: Any) -> Any:
    """One criterion: 0 (worst) to 10 (best)."""
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=[MaxValueValidator(10)])


class RelationshipAssessment(Part):
    party = Link("parties.Party", _("customer"), back="assessments", part_of=True)
    assessed_on = models.DateField(_("date"))
    loyalty = score(_("loyalty"))
    potential = score(_("potential"))
    solvency = score(_("solvency"))
    profitability = score(_("profitability"))
    safety = score(_("safety (10 = no risk)"))
    total = models.DecimalField(
        _("total, of 100"), max_digits=5, decimal_places=1, null=True, blank=True, editable=False
    )
    basis = models.TextField(_("basis"), blank=True)

    class Meta(Part.Meta):
        verbose_name = _("relationship assessment")
        verbose_name_plural = _("relationship assessments")
        ordering: ClassVar[list[str]] = ["-assessed_on", "pk"]

    def __str__(self) -> str:
        return f"{self.party} {self.total if self.total is not None else ''}".strip()


class RelationshipAssessmentEntity(Entity):
    model = RelationshipAssessment
    named_by = ("party",)
    example: ClassVar[dict[str, Any]] = {"loyalty": 7, "potential": 8, "solvency": 5, "profitability": 6, "safety": 9}
    slug, icon, title = "assessments", "gauge", "assessed_on"
    columns = ("party", "assessed_on", "total", *CRITERIA, "created_by")
    filters = ("party", "assessed_on", "total")
    search = ("basis",)
    hidden = ("org_unit",)
    sections = (Section(_("Basics"), "party", "assessed_on", *CRITERIA, "basis"),)
    access = Access(own=(), parent="party")
    has_timeline = in_search = False

    def validate(self, record: RelationshipAssessment, values: dict[str, Any]) -> dict[str, list[Any]]:
        """At least one criterion; each between 0 and 10."""
        errors = {
            name: [_("Give a score from 0 to 10.")]
            for name in CRITERIA
            if values.get(name) is not None and values[name] > 10
        }
        scores = [values.get(name, getattr(record, name)) for name in CRITERIA]
        return errors or (
            {} if any(score is not None for score in scores) else {"loyalty": [_("Score at least one criterion.")]}
        )

    def prepare(self, batch: Batch) -> None:
        """The total is the mean of the criteria given, times ten."""
        for item in batch.items:
            scores = [
                value for name in CRITERIA if (value := item.values.get(name, getattr(item.record, name))) is not None
            ]
            item.values["total"] = (
                (Decimal(sum(scores) * 10) / len(scores)).quantize(Decimal("0.1"), ROUND_HALF_UP) if scores else None
            )
