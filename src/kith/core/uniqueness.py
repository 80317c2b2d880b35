"""Custom fields of which no two records may hold the same value: looked up under a lock when rows are stored.

An index that the background job builds (`field_indexes`) says the same once more; the lock makes it hold from the first moment.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Lower
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from . import access
from .access import SYSTEM
from .batch import Item
from .changes import running
from .entity import Entity
from .errors import Refused
from .specs import FieldSpec, bag_text

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def key(name: str) -> Any:
    """What is compared: the stored text, without regard to case."""
    return Lower(bag_text(name))


def gate(entity: Entity, items: Sequence[Item]) -> None:
    """Refuse rows, stored already in a transaction that ends then, whose value another record holds."""
    for spec in [spec for spec in entity.fields.values() if spec.unique and spec.is_bag]:
        written = [item for item in items if item.is_new or spec.name in item.after]
        check(entity, spec, [item.record for item in written if spec.name in item.record.custom])


def check(entity: Entity, spec: FieldSpec, records: Sequence[Any]) -> None:
    """One field: writers of its values wait for each other until they commit, so that neither overlooks the other."""
    if not records:
        return
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [f"kith.unique:{entity.label}.{spec.name}"])
    # The database makes letters small in its own way: "İ" and the last letter of "ΟΔΟΣ" are other ones in Python.
    values = [Lower(Value(text, output_field=TextField())) for text in dict.fromkeys(str(record.custom[spec.name]) for record in records)]  # fmt: skip
    mine = {record.pk for record in records}
    rows = entity.rows(SYSTEM).annotate(same_key=key(spec.name)).filter(In(key(spec.name), values)).order_by()
    seen = set[str]()
    for record, value in rows.values_list("pk", "same_key"):
        if record not in mine or value in seen:
            raise Refused({spec.name: [taken(entity, spec, value, records)]})
        seen.add(value)


def taken(entity: Entity, spec: FieldSpec, value: str, records: Sequence[Any]) -> Any:
    """Why a value is refused, as it was written; for who may not read it, only that it is."""
    raw = next(
        (record.custom[spec.name] for record in records if str(record.custom[spec.name]).lower() == value), value
    )
    active = running()
    is_hidden = active is not None and spec.name not in access.readable(active.actor, entity)
    shown = "" if is_hidden or spec.type.names_records else spec.type.text(spec.type.load(raw, spec), spec)
    return _("Another record holds this already: %(value)s.") % {"value": shown or spec.label}


def restored(entity: Entity, records: Sequence[Any]) -> None:
    """The same for records that come back from the trash."""
    gate(entity, [Item(record, {}, is_new=True) for record in records])
