"""By which orders the rows of a table can be walked: those that an index has, so that the first of very many rows are found at once."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models

from . import counting, custom_fields
from .access import SYSTEM
from .entity import registry

if TYPE_CHECKING:
    from .entity import Entity
    from .ordering import Key

#: So many rows that link to one record are read at once, to put them in order.
FEW_EACH = 500


def is_walkable(entity: "Entity", key: "Key") -> bool:
    """Whether an index has the rows in the order of this key; linked titles are walked along the other table, where few rows link to each."""
    if key.link:
        target = registry.get(entity.fields[key.link].target)
        return counting.of_table(entity.model) <= FEW_EACH * counting.of_table(target.model)
    name = key.path.removeprefix("sort_")
    if key.path != "sort_key" and name in entity.fields and entity.fields[name].is_bag:
        return (entity.label, name) in often()
    return key.path in leading(entity.model, frozenset(entity.face))


@lru_cache(maxsize=1000)
def leading(model: type[models.Model], fixed: frozenset[str]) -> frozenset[str]:
    """The columns that an index of a table begins with, those aside that are the same in all rows."""
    facts = (model._meta.concrete_model or model)._meta  # a face has none of its own
    listed = [
        tuple(name.lstrip("-") for name in index.fields) for index in facts.indexes if type(index) is models.Index
    ]
    found = {next((name for name in names if name not in fixed), "") for names in listed}
    columns: list[Any] = list(facts.concrete_fields)
    plain = {column.name for column in columns if column.db_index or column.unique}
    return frozenset(found | plain | {"pk"}) - {""}


def often() -> frozenset[tuple[str, str]]:
    """Custom fields that keep an index, by kind of record and name."""
    return custom_fields.remembered("often", read)


def read() -> frozenset[tuple[str, str]]:
    """See often."""
    rows = registry.get("core.fielddefinition").rows(SYSTEM).filter(is_indexed=True, is_retired=False)
    return frozenset(rows.values_list("entity", "name"))
