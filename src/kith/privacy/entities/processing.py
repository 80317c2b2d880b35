"""Processing: why personal data of one kind of record are held, on which ground, for how long, and who receives them."""

from typing import Any, ClassVar

from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entity import Access, Entity, Section
from kith.core.fields import ChoiceField
from kith.core.records import Record
from kith.core.types import TYPES


def kinds() -> tuple[tuple[str, str], ...]:
    """Kinds of records with personal fields."""
    from kith.privacy import register  # which reads these

    return register.kinds()


class Processing(Record):
    class Basis(HueChoices):
        CONSENT = "consent", "green", _("consent")
        CONTRACT = "contract", "blue", _("contract")
        LAW = "law", "grey", _("legal duty")
        INTEREST = "interest", "amber", _("legitimate interest")
        VITAL = "vital", "rose", _("vital interest")
        PUBLIC = "public", "plum", _("public task")

    name = models.CharField(_("name"), max_length=120)
    entity = models.CharField(_("for"), max_length=60)
    purpose = models.TextField(_("purpose"))
    basis = ChoiceField(_("legal basis"), Basis, default=Basis.CONTRACT)
    retention = models.TextField(_("kept for"), blank=True)
    recipients = models.TextField(_("recipients"), blank=True)
    safeguards = models.TextField(_("safeguards"), blank=True)

    class Meta(Record.Meta):
        verbose_name = _("processing of personal data")
        verbose_name_plural = _("processings of personal data")
        ordering: ClassVar[list[str]] = ["entity", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class ProcessingEntity(Entity):
    model = Processing
    example: ClassVar[dict[str, Any]] = {"entity": "parties.person"}
    slug, icon, menu, menu_order = "processings", "scale", "settings", 61
    is_configuration = True
    columns = ("name", "entity", "purpose", "basis", "retention", "recipients", "updated_at")
    filters = ("entity", "basis")
    search = ("name", "purpose")
    sort = ("name",)
    facts: ClassVar[dict[str, dict[str, Any]]] = {"entity": {"type": TYPES["choice"], "choices": lazy(kinds, tuple)()}}
    sections = (Section(_("Basics"), "name", "entity", "purpose", "basis", "retention", "recipients", "safeguards"),)
    access = Access(public=True)
    match = ("external_ids",)
    has_timeline = False

    def prepare(self, batch: Batch) -> None:
        """Only who keeps the register."""
        from kith.privacy import register

        register.check_right(batch)
