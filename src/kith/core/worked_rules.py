"""A field that a formula, a roll-up or a view uses is not deleted; no two fields of a kind of record have one name."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from . import cleaning, field_facts, field_usage, pipeline
from .access import SYSTEM
from .batch import Batch, Item
from .entity import Entity, registry
from .errors import Refused
from .worked_definitions import conditions_with, using, views_with

FORMULA, ROLLUP, CUSTOM = "core.formulafield", "core.rollupfield", "core.fielddefinition"


def keep_used(batch: Batch) -> None:
    """Refuse to delete fields that formulas or roll-ups are made of, and formulas and roll-ups that views show."""
    if batch.entity.label not in (FORMULA, ROLLUP, CUSTOM) or batch.operation not in ("delete", "purge"):
        return
    from . import worked_out

    gone = {item.record.pk for item in batch.items}
    rows = [row for row in worked_out.definitions() if row.pk not in gone]
    for item in batch.items:
        if batch.operation == "purge" and item.record.is_trashed:  # another one may have its name by now
            continue
        key = (item.record.entity, item.record.name)
        users = using(key, rows)
        if not users and batch.entity.label != CUSTOM and batch.operation == "delete":
            users = conditions_with(key)
        if not users and batch.entity.label != CUSTOM and batch.operation == "delete":
            users = views_with(key)
        if users:
            raise Refused(
                field_facts.used_by(item.record, [field_usage.use(registry.for_model(type(row)), row) for row in users])
            )


def own_name(entity: Entity, item: Item) -> dict[str, list[Any]]:
    """A custom field may not be called as a formula or a roll-up is."""
    if entity.label != CUSTOM or not item.is_new:
        return {}
    about = registry.find(str(item.values.get("entity") or ""))
    spec = about.fields.get(str(item.values.get("name") or "")) if about else None
    if spec is None or not spec.shown:
        return {}
    return {"name": [_("This kind of record has a field of that name already; choose another one.")]}


def one_name(batch: Batch) -> None:
    """Refuse to bring a field back whose name another one has meanwhile."""
    if batch.entity.label not in (FORMULA, ROLLUP, CUSTOM) or batch.operation != "restore":
        return
    others = [registry.get(label) for label in (FORMULA, ROLLUP, CUSTOM) if label != batch.entity.label]
    for item in batch.items:
        asked = {"entity": item.record.entity, "name": item.record.name}
        if any(other.rows(SYSTEM).filter(**asked).exists() for other in others):
            raise Refused(_("“%(field)s” cannot come back: another field has its name now.") % {"field": item.record})


pipeline.following += [keep_used, one_name]
cleaning.rules.append(own_name)
