"""Which lists ask the same each time, so that what they ask is built once (docs/decisions/030).

Only what is looked through here is kept: conditions on plain fields by values that stand in the address, and orders by
columns. A condition may follow from the day ("this week", also as text in the bag), from other records (trees, saved
views, what was merged into what is named) or from what Kith keeps of a field at the moment; those are built each time.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import Model, QuerySet

from . import counting, ordering, predicates, prepared
from .filter_ops import BARE
from .filters import Group, Node, Test, to_json
from .specs import ComputedSpec

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .few_values import Spelled
    from .ordering import Key
    from .specs import FieldSpec

#: Operators whose meaning is in their values.
STEADY = frozenset({"any", "not_any", "has", "has_not", "empty", "filled", "is", "is_not", "contains", "starts"})
#: Types of fields whose conditions follow from nothing else; dates do from the running day.
PLAIN = frozenset({"text", "longtext", "mail", "phone", "url", "choice", "choices", "country", "boolean", "link", "tags", "words"})  # fmt: skip
#: Operators of numbers and amounts, and the types of these.
LIMITS, NUMBERS = frozenset({"is", "lt", "le", "gt", "ge", "between", *BARE}), frozenset({"number", "percent", "money"})


def read(actor: "Actor", name: Any, parts: "Callable[[], list[QuerySet[Any]]]", most: int, *, alone: bool) -> list[Any]:
    """The first rows of querysets that follow each other; those of the first one, which may be `alone`, by a statement that is kept, if it has a name."""
    if name is None:
        return ordering.first_of(parts(), most)
    records = prepared.run(actor, name, lambda: parts()[0][:most])
    return records if alone or len(records) >= most else records + ordering.first_of(parts()[1:], most - len(records))


def counted(actor: "Actor", name: Any, found: "Callable[[], list[QuerySet[Any]]]") -> tuple[int, bool]:
    """How many rows are in the union of querysets, which are not built where it is known what to ask."""
    if name is None:
        return counting.count(*found())
    built = cache(found)
    whole = prepared.text(actor, ("whole", name), lambda: counting.whole_of(built()))
    return counting.counted(whole, lambda: prepared.text(actor, ("capped", name), lambda: counting.capped_of(built())))


def of_rows(
    asked: "Spelled", actor: "Actor", keys: "list[Key]", way: tuple[Any, ...], size: int, extra: "Mapping[str, Any] | None", shown: "Iterable[FieldSpec] | None",
) -> Any:  # fmt: skip
    """What tells apart the first rows of lists, found in some way, with further columns that are always the same for the reader; None where they are built each time."""
    name = name_of(asked, actor, keys)
    columns = None if shown is None else tuple(spec.name for spec in shown)
    return name and ("rows", name, way, size, tuple(extra or ()), columns)


def of_count(asked: "Spelled", actor: "Actor", keys: "list[Key]", by_ways: bool) -> Any:
    """The same of how many rows there are."""
    name = name_of(asked, actor, keys)
    return name and ("count", name, by_ways)


def name_of(asked: "Spelled", actor: "Actor", keys: "list[Key]") -> Any:
    """What tells apart the lists of a reader; None for one that is built each time."""
    look = asked.look
    if asked.values or look.as_of or look.q or look.only is not None or predicates.store(actor) is actor.memo:
        return None
    if not is_steady(look.entity, look.filter) or not all(is_column(look.entity, key) for key in keys):
        return None
    condition = json.dumps(to_json(look.filter), default=repr)
    return look.entity.label, look.right, condition, look.sort, tuple(keys)


def is_steady(entity: "Entity", node: Node) -> bool:
    """Whether conditions ask the same until rights or fields change."""
    if isinstance(node, Group):
        return all(is_steady(entity, child) for child in node.nodes)
    spec = entity.fields.get(node.field)
    return spec is not None and is_plain(spec) and is_fixed(spec, node)


def is_fixed(spec: "FieldSpec", test: Test) -> bool:
    """Whether a condition on a plain field follows from its own values; records that can be merged are looked up."""
    from .entity import registry  # conditions are read before there are kinds of records

    if spec.type.name in NUMBERS:
        return test.op in LIMITS
    if test.op not in STEADY or spec.type.name not in PLAIN:
        return False
    if test.op in BARE:
        return True
    target = registry.find(spec.target) if spec.target else None
    return target is None or not any(registry.get(label).duplicates for label in (*target.access.faces, target.label))


def is_column(entity: "Entity", key: "Key") -> bool:
    """Whether an order is that of plain fields of the records themselves, or of what their links are called."""
    if key.column:
        return False
    name = key.link or key.path.removeprefix("sort_")
    spec = entity.fields.get(name)
    return is_plain(spec) if spec is not None else key.path in columns_of(entity.model)


@lru_cache(maxsize=1000)
def columns_of(model: type[Model]) -> frozenset[str]:
    """What columns of a table are called."""
    return frozenset(("pk", *(column.name for column in model._meta.concrete_fields)))


def is_plain(spec: "FieldSpec") -> bool:
    """Whether a field is neither worked out nor kept beside its record."""
    return not isinstance(spec, ComputedSpec) and spec.kept is None
