"""FormulaField: a field of a kind of record that a formula gives; its value is worked out whenever it is read."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kith.core.batch import Batch
from kith.core.entities.field_definition import name_for
from kith.core.entity import Access, Entity, Section
from kith.core.fields import FormulaField as FormulaText
from kith.core.worked_definitions import Worked, announce, as_typed, checked, common_errors


class FormulaField(Worked):
    formula = FormulaText(_("formula"))

    class Meta(Worked.Meta):
        verbose_name = _("formula field")
        verbose_name_plural = _("formula fields")


class FormulaFieldEntity(Entity):
    model = FormulaField
    example: ClassVar[dict[str, Any]] = {"entity": "parties.company", "name": "x_formula_{l}", "label": "Formula {n}", "formula": "length(name)", "decimals": 0}  # fmt: skip
    slug, icon, menu, title = "formula-fields", "sigma", "settings", "label"
    is_configuration = True
    natural_key = ("entity", "name")
    columns = ("label", "entity", "name", "formula", "updated_at")
    filters = ("entity",)
    search = ("label", "name")
    sections = (Section(_("Basics"), "entity", "label", "formula", "decimals", "name", "label_ru", "label_zh", "help", "position"),)  # fmt: skip
    access = Access(public=True)
    has_timeline = in_search = False
    sort = ("label",)
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """A name made from the label."""
        for item in batch.items:
            if item.is_new and not item.values.get("name"):
                item.values["name"] = name_for(str(item.values.get("label") or ""))

    def validate(self, record: FormulaField, values: dict[str, Any]) -> dict[str, list[Any]]:
        """A kind of record that exists, a name of its own, a formula that can be computed and does not break others."""
        now = as_typed(record, values)
        errors = common_errors(record, now, values)
        return errors if errors or not now.formula else checked(record, now, "formula")

    def derive(self, batch: Batch) -> None:
        """Every surface knows the field at once."""
        announce()
