"""Which products a process is for, and which products a record is about; the nearest process is where it begins (B5).

A process may be kept for products, for product categories (with all below them) and for departments. A new record begins
on the process that says most about it:

1. one for its product, before one for the category of the product, before one for a category further up;
2. among those that are equally near, one for the department of whoever makes it, before one for all departments;
3. then the one that is used where nothing else is said, then by name.

So: product and department > product > category and department > category > department > default. A process for products
is never begun by a record that names none of them, but may be chosen for one that names no product yet. A record with
several products counts by the nearest of them. Once begun, a record stays, whatever products it names later: only people
move it, by the wizard or by choosing a process, and a process for other products is refused then.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kith.core.access import SYSTEM
from kith.core.batch import Batch, Item
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Refused

from .entities.process import Process

#: Steps from the products of a record to them (0), their categories (1) and those above (2 …).
type Nearness = Mapping[UUID, int]
NOTHING: Nearness = MappingProxyType({})
#: Further away than any category: a process for all products.
FAR = 1_000
PRODUCT, CATEGORY = "catalogue.product", "catalogue.productcategory"
#: So many names stand in a message.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Source:
    """How records of a kind name products: in `fields` of their own, and in `lines` (entity, link to the record, link to the product)."""

    fields: tuple[str, ...] = ()
    lines: tuple[str, str, str] | None = None


#: Kinds of records that name products, by label; the app that owns the kind registers it.
sources: dict[str, Source] = {}


# --- what a record is about --------------------------------------------------------------------------------------------


def named(entity: Entity, values: Mapping[str, Any]) -> set[UUID]:
    """The products in values of a new record; what cannot be read is told at its field."""
    source = sources.get(entity.label, Source())
    found: set[UUID] = set()
    for name in source.fields:
        spec, value = entity.fields[name], values.get(name)
        try:
            read = spec.type.parse(value, spec) if isinstance(value, str) else spec.type.clean(value, spec)
        except BadValue:
            continue
        found |= set(as_list(read))
    return found


def stored(entity: Entity, records: Iterable[Any]) -> dict[UUID, set[UUID]]:
    """The products of stored records by id: those of their fields and of their lines."""
    source, kept = sources.get(entity.label, Source()), list(records)
    found = {
        record.pk: {key for name in source.fields for key in as_list(entity.fields[name].get(record))}
        for record in kept
    }
    if source.lines and found:
        label, whole, product = source.lines
        rows = registry.get(label).rows(SYSTEM).filter(**{f"{whole}__in": list(found)}).exclude(**{product: None})
        for key, one in rows.values_list(f"{whole}_id", f"{product}_id"):
            found[key].add(one)
    return found


def as_list(value: Any) -> list[UUID]:
    """The ids in the value of a link or of a list of links."""
    return list(value) if isinstance(value, list | tuple) else [value] if value else []


@dataclass(frozen=True, slots=True)
class Categories:
    """The categories of products, from their own one upwards."""

    chains: Mapping[UUID, tuple[UUID, ...]]

    def near(self, products: Iterable[UUID]) -> Nearness:
        """How near products, categories and what is above them are to a record that names these products."""
        found: dict[UUID, int] = {}
        for product in products:
            for steps, key in enumerate((product, *self.chains.get(product, ()))):
                found[key] = min(steps, found.get(key, steps))
        return found


def categories_of(products: Iterable[UUID]) -> Categories:
    """Read the categories of these products, with two queries."""
    wanted = set(products)
    if not wanted:
        return Categories({})
    above = dict(registry.get(CATEGORY).rows(SYSTEM).values_list("pk", "parent_id"))
    own = registry.get(PRODUCT).rows(SYSTEM).filter(pk__in=wanted).values_list("pk", "category_id")
    return Categories({product: chain(category, above) for product, category in own})


def chain(category: UUID | None, above: Mapping[UUID, UUID | None]) -> tuple[UUID, ...]:
    """A category and all above it, the nearest first."""
    found: list[UUID] = []
    while category is not None and category in above and category not in found:
        found.append(category)
        category = above[category]
    return tuple(found)


def near(entity: Entity, record: Any) -> Nearness:
    """What a stored record is near to."""
    products = stored(entity, [record])[record.pk]
    return categories_of(products).near(products)


def near_new(entity: Entity, values: Mapping[str, Any]) -> Nearness:
    """What a new record with these values is near to."""
    products = named(entity, values)
    return categories_of(products).near(products)


def of_batch(batch: Batch) -> Callable[[Item], Nearness]:
    """Tells what each new record of a batch is near to, reading the categories of all of them at once."""
    products = {id(item): named(batch.entity, item.values) for item in batch.items if item.is_new}
    known = categories_of({key for found in products.values() for key in found})
    return lambda item: known.near(products.get(id(item), ()))


# --- and what a process is for ------------------------------------------------------------------------------------------


def is_narrow(process: Process) -> bool:
    """Whether a process is only for some products."""
    return bool(process.products or process.categories)


def steps(process: Process, around: Nearness) -> int | None:
    """How far what a process is for is from a record; None when it is for other products."""
    if not is_narrow(process):
        return FAR
    return min((around[key] for key in (*process.products, *process.categories) if key in around), default=None)


def check(entity: Entity, chosen: Iterable[tuple[Any, Process]]) -> None:
    """Refuse processes that are for other products than those that a record names; raises Refused at the process."""
    narrow = [(record, process) for record, process in chosen if is_narrow(process)]
    if not narrow:
        return
    products = stored(entity, [record for record, _process in narrow])
    known = categories_of({key for found in products.values() for key in found})
    for record, process in narrow:
        mine = products[record.pk]
        if mine and steps(process, known.near(mine)) is None:
            raise Refused(
                {
                    "process": [
                        _("“%(process)s” is only for other products than those of this record; choose another process.")
                        % {"process": process}
                    ]
                }
            )


def names(keys: Mapping[str, Iterable[UUID]]) -> str:
    """Products and categories by name; beyond a few of them only that there are more."""
    found = [
        str(record)
        for label, mine in keys.items()
        for record in registry.get(label).rows(SYSTEM).filter(pk__in=list(mine)).order_by("name", "pk")[: SHOWN + 1]
    ]
    return ", ".join(found[:SHOWN]) + (" …" if len(found) > SHOWN else "")


def problems(record: Process, values: Mapping[str, Any], label: str) -> dict[str, list[Any]]:
    """What is wrong with what a process is for."""
    said = {name: values.get(name, getattr(record, name)) for name in ("products", "categories", "is_default")}
    limited = [name for name in ("products", "categories") if said[name]]
    if limited and label not in sources:
        return {name: [_("Records of this kind name no products; leave it empty.")] for name in limited}
    if limited and said["is_default"]:
        text = _("A process for some products cannot be the one that is used where nothing else is said.")
        return {"is_default": [text]}
    return {}
