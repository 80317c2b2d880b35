"""In which field a record names the region or country that it lies in."""

from typing import TYPE_CHECKING

from kith.core.entity import registry

from . import places

if TYPE_CHECKING:
    from kith.core.entity import Entity
    from kith.core.specs import FieldSpec


def place_of(entity: "Entity", readable: frozenset[str]) -> str:
    """The field that says in which region a record lies, its own or that of what it links to; empty without one."""
    if (own := located(entity)) is not None:
        return own.name if own.name in readable else ""
    for spec in entity.fields.values():
        is_link = spec.type.name == "link" and spec.columns and spec.name in readable
        target = registry.find(spec.target) if is_link else None
        if target is not None and target is not entity and (found := located(target)) is not None:
            return f"{spec.name}.{found.name}"
    return ""


def located(entity: "Entity") -> "FieldSpec | None":
    """A link of a kind of record to regions."""
    return next(
        (spec for spec in entity.fields.values() if spec.target in places.located and "within" in spec.ops), None
    )


def country_of(entity: "Entity", readable: frozenset[str]) -> str:
    """The field with the country of a record; empty without one."""
    return next(
        (
            spec.name
            for spec in entity.fields.values()
            if spec.type.name == "country" and spec.columns and spec.name in readable
        ),
        "",
    )


def field_of(entity: "Entity", readable: frozenset[str]) -> str:
    """What records are grouped by on the map: their own region, else their country, else the region of what they belong to."""
    own = located(entity)
    return own.name if own is not None and own.name in readable else country_of(entity, readable)


def region_kind() -> "Entity | None":
    """The kind of record that regions are."""
    return next(
        (entity for label in places.located if (entity := registry.find(label)) is not None and entity.tree), None
    )
