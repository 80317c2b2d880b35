"""A field that a formula, a roll-up or a view uses is not deleted; no two fields of a kind of record have one name."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from . import cleaning, custom_fields, field_facts, field_usage, pipeline
from .access import SYSTEM
from .batch import Batch, Item
from .entity import Entity, registry
from .errors import Refused
from .worked_definitions import counting_on, using

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
TAKEN = _("This kind of record has a field of that name already; choose another one.")
FORMULA, ROLLUP, CUSTOM = "core.formulafield", "core.rollupfield", "core.fielddefinition"


def keep_used(batch: Batch) -> None:
    """Refuse to delete fields that formulas or roll-ups are made of, and formulas and roll-ups that something shows or asks for."""
    if batch.entity.label not in (FORMULA, ROLLUP, CUSTOM) or batch.operation not in ("delete", "purge"):
        return
    from . import worked_out

    gone = {item.record.pk for item in batch.items}
    rows = [row for row in worked_out.definitions() if row.pk not in gone]
    for item in batch.items:
        if batch.operation == "purge" and item.record.is_trashed:  # another one may have its name by now
            continue
        users = using((item.record.entity, item.record.name), rows)
        found = [field_usage.use(registry.for_model(type(row)), row) for row in users]
        if not found and batch.entity.label != CUSTOM and batch.operation == "delete":
            about = registry.find(item.record.entity)
            found = list(dict.fromkeys(counting_on(about, item.record.name))) if about else []
        if found:
            words = field_facts.used_by(item.record, found)
            custom_fields.forget()  # what was looked up for it is without the field that stays
            raise Refused(words)


def own_name(entity: Entity, item: Item) -> dict[str, list[Any]]:
    """A custom field may not be called as a formula or a roll-up is."""
    if entity.label != CUSTOM or not item.is_new:
        return {}
    about = registry.find(str(item.values.get("entity") or ""))
    spec = about.fields.get(str(item.values.get("name") or "")) if about else None
    if spec is None or not spec.shown:
        return {}
    return {"name": [TAKEN]}


def one_name(batch: Batch) -> None:
    """Refuse a field whose name another one has: one that comes back, or one that somebody defines at the same moment."""
    if batch.entity.label not in (FORMULA, ROLLUP, CUSTOM):
        return
    others = [registry.get(label) for label in (FORMULA, ROLLUP, CUSTOM) if label != batch.entity.label]
    for item in sorted(batch.items, key=lambda item: str(item.record.name)):
        if batch.operation != "restore" and not item.is_new:
            continue
        asked = {"entity": item.record.entity, "name": item.record.name}
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [f"kith.field:{item.record.entity}.{item.record.name}"])
        if any(other.rows(SYSTEM).filter(**asked).exists() for other in others):
            custom_fields.forget()  # as in `keep_used`
            raise Refused(_("“%(field)s” cannot come back: another field has its name now.") % {"field": item.record} if batch.operation == "restore" else {"name": [TAKEN]})  # fmt: skip


pipeline.following += [keep_used, one_name]
cleaning.rules.append(own_name)
