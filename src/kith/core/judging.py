"""Whether a condition holds for one record as it would be: the filter language in plain Python, for values that no row holds yet.

Only fields of the record itself can be asked for. A test compares the answers with those of the SQL (`test_judging.py`).
"""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .errors import BadValue
from .filter_ops import branch, date_range, value_of
from .filters import BadFilter, Group, Node, Test
from .money import Money
from .types.address import PARTS
from .types.picks import Ref

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

#: Gives the value of a field by its name.
type Values = Callable[[str], Any]
NEGATED = {"not_any": "any", "has_not": "has", "is_not": "is", "filled": "empty"}


def check(entity: "Entity", node: Node) -> None:
    """Raise BadFilter for a condition that cannot be judged: over links, or on what Kith computes."""
    if isinstance(node, Group):
        for child in node.nodes:
            check(entity, child)
        return
    spec = entity.fields.get(node.field)
    if spec is None or not spec.columns:
        text = _("“%(field)s” cannot be asked here, only fields that the record itself holds.")
        raise BadFilter(text % {"field": spec.label if spec else node.field})


def holds(entity: "Entity", node: Node, values: Values, me: "Actor") -> bool:
    """Whether the condition holds; one that cannot be asked any more, as when a field was taken away, does not."""
    if isinstance(node, Group):
        found = [holds(entity, child, values, me) for child in node.nodes]
        return {"all": all(found), "any": any(found) or not found, "none": not any(found)}[node.mode]
    spec = entity.fields.get(node.field)
    if spec is None or not spec.columns:
        return False
    try:
        asked = value_of(spec, node.op, node.value, me)
    except BadValue:
        return False
    return test(spec, node.op, asked, values(node.field))


def test(spec: "FieldSpec", op: str, asked: Any, value: Any) -> bool:
    """One condition on one value."""
    if op in NEGATED:
        return not test(spec, NEGATED[op], asked, value)
    nothing = spec.type.is_empty(value)
    if op == "empty" or nothing:
        return op == "empty" and nothing
    if op == "within":
        return value in branch(spec.target, asked)
    if op == "any":
        return plain(value) in [plain(one) for one in asked]
    if op == "has":
        return not {plain(one) for one in value}.isdisjoint(plain(one) for one in asked)
    if spec.type.name in ("date", "moment"):
        return in_days(value, *date_range(op, asked))
    return compared(spec, op, asked, plain(value))


def plain(value: Any) -> Any:
    """A value as it is compared: amounts without their currency, references by id."""
    if isinstance(value, Money):
        return value.amount
    if isinstance(value, Ref):
        return value.id
    if isinstance(value, dict) and not value.keys() - PARTS.keys():
        return ", ".join(value[part] for part in PARTS if part in value)
    return str(value) if isinstance(value, uuid.UUID) else value


def compared(spec: "FieldSpec", op: str, asked: Any, value: Any) -> bool:
    """Texts without regard to case, the rest by size."""
    if isinstance(value, str) and spec.type.name != "choice":
        mine, theirs = folded(value), folded(str(asked))
        return {"is": mine == theirs, "contains": theirs in mine, "starts": mine.startswith(theirs)}[op]
    if op == "between":
        return bool(asked[0] <= value <= asked[1])
    if op == "is":
        return bool(value == asked)
    return bool({"lt": value < asked, "le": value <= asked, "gt": value > asked, "ge": value >= asked}[op])


def folded(text: str) -> str:
    """Capitals, letter by letter as the database makes them."""
    return "".join(sign.upper() if len(sign.upper()) == 1 else sign for sign in text)


def in_days(value: dt.date, start: dt.date | None, end: dt.date | None) -> bool:
    """Whether a date, or the day of a moment for the reader, lies in [start, end)."""
    day = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    return (start is None or day >= start) and (end is None or day < end)


def fields_of(node: Node) -> frozenset[str]:
    """The fields that a condition asks for."""
    if isinstance(node, Test):
        return frozenset([node.field])
    return frozenset[str]().union(*(fields_of(child) for child in node.nodes))
