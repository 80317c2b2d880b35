"""Custom fields for columns that have no field: the import defines them, in its own change-set, so that undo takes them away."""

import re

from django.utils.translation import gettext as _

from kith.core import custom_fields, writes
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import Refused

from .facts import Facts
from .mapping import ColumnMap, Keep, Mapping
from .paths import parts_of

#: Longer texts are no labels but prose.
LONG = 120
#: Between the words of programmers.
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: Everything of a number up to its decimal sign.
FRACTION = re.compile(r"^.*[.,](?=\d{1,6}$)")


def define(actor: Actor, entity: Entity, mapping: Mapping) -> None:
    """Define the fields that the mapping keeps and that do not exist yet."""
    new: dict[tuple[str, str], ColumnMap] = {}
    for given in mapping.columns:
        if given.keep:
            whose, name = place(entity, given)
            if name not in whose.fields:
                new.setdefault((whose.label, name), given)
    if new:
        definitions = registry.get("core.fielddefinition")
        rows = [row(label, name, given) for (label, name), given in new.items()]
        writes.create_many(actor, definitions, rows)


def place(entity: Entity, given: ColumnMap) -> tuple[Entity, str]:
    """The entity and the name of a kept field: x_… of the record, or of one of its parts."""
    head, _dot, rest = given.to.rpartition(".")
    part = parts_of(entity).get(head.split("[")[0]) if head else None
    whose = part.entity if part else entity
    if not rest.startswith("x_") or (head and part is None) or not custom_fields.takes_fields(whose):
        raise Refused(
            {
                ", ".join(given.columns) or given.to: [
                    _("“%(path)s” cannot be a custom field; write x_ and a name.") % {"path": given.to}
                ]
            }
        )
    return whose, rest


def row(label: str, name: str, given: ColumnMap) -> dict[str, object]:
    """The definition of one kept field."""
    keep = given.keep
    assert keep is not None
    return {
        "entity": label,
        "name": name,
        "label": keep.label,
        "kind": keep.kind,
        "options": list(keep.options),
        "decimals": keep.decimals,
    }


def in_words(column: str) -> str:
    """A header as a label: "AnnualSales" is "Annual Sales"."""
    spaced = CAMEL.sub(" ", column).replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def suggested(column: str, facts: Facts) -> Keep:
    """The custom field that fits a column by what its cells look like."""
    kind = {
        "number": "number",
        "percent": "percent",
        "boolean": "boolean",
        "date": "date",
        "moment": "moment",
        "money": "number",
    }.get(facts.kind, "text")
    if kind == "text" and facts.filled and (not facts.distinct or any(len(text) > LONG for text in facts.distinct)):
        kind = "longtext"
    decimals = (
        max((len(FRACTION.sub("", text)) for text in facts.distinct if FRACTION.search(text)), default=0)
        if kind in ("number", "percent")
        else 0
    )
    return Keep(label=in_words(column)[:120], kind=kind, decimals=min(decimals, 6))
