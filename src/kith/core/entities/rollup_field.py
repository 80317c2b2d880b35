"""RollupField: a field of a kind of record that counts or sums up the records that link to it, worked out whenever it is read."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kith.core import rollups
from kith.core.access import SYSTEM
from kith.core.batch import Batch
from kith.core.choices import HueChoices
from kith.core.entities.field_definition import name_for
from kith.core.entity import Access, Entity, Section, registry
from kith.core.fields import ChoiceField, ConditionField
from kith.core.fields import FormulaField as FormulaText
from kith.core.filters import BadFilter, compile_filter, from_json
from kith.core.worked_definitions import FIXED, Errors, Worked, announce, as_typed, checked, common_errors


class RollupField(Worked):
    class How(HueChoices):
        COUNT = "count", "grey", _("count")
        SUM = "sum", "blue", _("sum")
        AVG = "avg", "blue", _("average")
        MIN = "min", "teal", _("least")
        MAX = "max", "teal", _("greatest")

    source = models.CharField(_("records that are rolled up"), max_length=60)
    link = models.CharField(_("their link to this record"), max_length=60, blank=True, help_text=_("May be left empty where there is only one."))  # fmt: skip
    how = ChoiceField(_("how"), How, default=How.COUNT)
    value = FormulaText(_("field or formula"), blank=True, help_text=_("What of each record is summed up or compared; a count needs none."))  # fmt: skip
    condition = ConditionField(_("only records for which"), about="source", decides=True)
    in_base = models.BooleanField(_("amounts in the currency of the company"), default=False, help_text=_("Otherwise amounts of several currencies give nothing."))  # fmt: skip

    is_indexed = models.BooleanField(_("often filtered"), default=False, help_text=_("Keeps the values beside the records, so that lists stay fast among many that are sorted or filtered by them."))  # fmt: skip

    class Meta(Worked.Meta):
        verbose_name = _("roll-up field")
        verbose_name_plural = _("roll-up fields")


class RollupFieldEntity(Entity):
    model = RollupField
    example: ClassVar[dict[str, Any]] = {
        "entity": "parties.company", "name": "x_rollup_{l}", "label": "Roll-up {n}", "source": "sales.opportunity", "link": "company", "how": "count", "value": "",
        "condition": {}, "decimals": 0, "in_base": False,
    }  # fmt: skip
    slug, icon, menu, title = "rollup-fields", "layers", "settings", "label"
    is_configuration = True
    natural_key = ("entity", "name")
    columns = ("label", "entity", "name", "how", "source", "value", "updated_at")
    filters = ("entity", "source", "how")
    search = ("label", "name")
    sections = (
        Section(
            _("Basics"),
            "entity",
            "label",
            "source",
            "link",
            "how",
            "value",
            "condition",
            "in_base",
            "decimals",
            "is_indexed",
        ),
        Section(_("More"), "name", "label_ru", "label_zh", "help", "position"),
    )
    access = Access(public=True)
    has_timeline = in_search = False
    sort = ("label",)
    match = ("external_ids",)

    def prepare(self, batch: Batch) -> None:
        """A name made from the label; the link where there is only one."""
        for item in batch.items:
            if item.is_new and not item.values.get("name"):
                item.values["name"] = name_for(str(item.values.get("label") or ""))
            now = as_typed(item.record, item.values)
            found = [link.name for other, link in links_of(str(now.entity)) if other.label == now.source]
            if not now.link and len(found) == 1:
                item.values["link"] = found[0]

    def validate(self, record: RollupField, values: dict[str, Any]) -> Errors:
        """Records that link here, a value where one is needed, a condition that can be asked; nobody who uses it is broken."""
        now = as_typed(record, values)
        errors = common_errors(record, now, values) | source_errors(now)
        for name in ("source", "link"):
            if not now.is_new and name in values and values[name] != getattr(record, name):
                errors[name] = [FIXED]
        if now.how != "count" and not now.value:
            errors["value"] = [_("Say what of each record is summed up or compared.")]
        if now.how == "count" and now.value:
            errors["value"] = [_("A count needs no field; leave it empty, or choose another way.")]
        return errors or checked(record, now, "value") or condition_errors(now) or kept_errors(now)

    def derive(self, batch: Batch) -> None:
        """Every surface knows the field at once."""
        announce()


def links_of(label: str) -> list[tuple[Entity, Any]]:
    """What can be rolled up on a kind of record."""
    entity = registry.find(label)
    return list(rollups.links_here(entity)) if entity is not None else []


def condition_errors(now: Any) -> Errors:
    """What is wrong with the condition."""
    try:
        compile_filter(registry.get(now.source), from_json(now.condition or {}), SYSTEM)
    except BadFilter as error:
        return {"condition": [error.message]}
    return {}


def kept_errors(now: Any) -> Errors:
    """Why its values cannot be kept, where they should be."""
    from kith.core import worked_out
    from kith.core.stored import building

    why = building.why_not(worked_out.book(now), now) if now.is_indexed else ""
    return {"is_indexed": [why]} if why else {}


def source_errors(now: Any) -> Errors:
    """What is wrong with the records that are rolled up."""
    found = links_of(str(now.entity))
    if now.source not in {other.label for other, _link in found}:
        valid = ", ".join(sorted({other.label for other, _link in found})) or "—"
        return {"source": [_("No such records link to this kind; there are: %(valid)s.") % {"valid": valid}]}
    links = [link.name for other, link in found if other.label == now.source]
    if now.link not in links:
        return {"link": [_("They do not link here by this field; there are: %(valid)s.") % {"valid": ", ".join(links)}]}
    return {}
