"""The one language of conditions: a typed tree, its JSON and URL forms, and its compilation to SQL (law 4).

JSON: {"all": […]}, {"any": […]}, {"none": […]}, {"field": "company.industry", "op": "any", "value": […]}.
URL: one `f=field:op:value` per condition (all must hold; lists are joined by commas, a comma inside is `\\,`), or the
whole tree as JSON in `filter=`. Paths go over links with dots; every hop re-applies the rights on its target.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from .errors import BadValue, KithError
from .filter_ops import MULTI, compare, condition, value_of
from .specs import ComputedSpec

if TYPE_CHECKING:
    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

MAX_TERMS, MAX_DEPTH, MAX_HOPS = 50, 6, 3


class BadFilter(KithError):
    """The filter cannot be understood or asks for something this reader may not know; `message` says what to change."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on one field."""

    __test__ = False  # not a pytest class
    field: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all, any or none must hold."""

    mode: str
    nodes: tuple["Node", ...] = ()


Node = Test | Group
EVERYTHING = Group("all")


# --- forms ------------------------------------------------------------------------------------------------------------


def from_json(raw: Any, depth: int = 0) -> Node:
    """The tree of a JSON value; raises BadFilter for anything that is not a filter, or one beyond the budget."""
    if depth > MAX_DEPTH:
        raise BadFilter(_("This filter is nested too deeply; at most %(limit)d levels.") % {"limit": MAX_DEPTH})
    if not raw and raw in (None, {}, []):
        return EVERYTHING
    if not isinstance(raw, dict):
        raise BadFilter(_("A filter is an object with all, any, none or field."))
    if isinstance(raw.get("field"), str) and isinstance(raw.get("op"), str) and set(raw) <= {"field", "op", "value"}:
        return Test(raw["field"], raw["op"], raw.get("value"))
    if len(raw) == 1 and (mode := next(iter(raw))) in ("all", "any", "none") and isinstance(raw[mode], list):
        group = Group(mode, tuple(from_json(node, depth + 1) for node in raw[mode]))
        if depth == 0 and count(group) > MAX_TERMS:
            raise BadFilter(_("This filter has too many conditions; at most %(limit)d.") % {"limit": MAX_TERMS})
        return group
    raise BadFilter(_("A filter is an object with all, any, none or field."))


def to_json(node: Node) -> dict[str, Any]:
    """The JSON form; the inverse of from_json."""
    if isinstance(node, Group):
        return {node.mode: [to_json(child) for child in node.nodes]}
    return {"field": node.field, "op": node.op} | ({} if node.value is None else {"value": node.value})


def count(node: Node) -> int:
    """How many conditions the tree holds."""
    return sum(count(child) for child in node.nodes) if isinstance(node, Group) else 1


def lets_through(test: Test, value: Any) -> bool:
    """Whether rows with this value of a closed list may be among those that a condition asks for."""
    if test.op in ("any", "not_any"):
        return (value in test.value) == (test.op == "any")
    return test.op not in ("empty", "is")


def from_url(terms: Sequence[str], tree: str = "") -> Node:
    """The tree of the `f=` parameters and the optional `filter=` JSON."""
    nodes: list[Node] = [term(text) for text in terms]
    if tree:
        try:
            nodes.append(from_json(json.loads(tree)))
        except (ValueError, RecursionError):
            raise BadFilter(_("The filter parameter is not valid JSON.")) from None
    group = nodes[0] if len(nodes) == 1 and isinstance(nodes[0], Group) else Group("all", tuple(nodes))
    if count(group) > MAX_TERMS:
        raise BadFilter(_("This filter has too many conditions; at most %(limit)d.") % {"limit": MAX_TERMS})
    return group


def term(text: str) -> Test:
    """One `field:op:value`."""
    parts = text.split(":", 2)
    if len(parts) < 2:
        raise BadFilter(_("A condition is written field:operator:value."))
    if len(parts) == 2:
        return Test(parts[0], parts[1])
    values = [re.sub(r"\\(.)", r"\1", piece) for piece in re.split(r"(?<!\\),", parts[2])]
    return Test(
        parts[0],
        parts[1],
        values if len(values) > 1 or parts[1] in MULTI else values[0],
    )


def to_term(test: Test) -> str:
    """The URL form of one condition; the inverse of term."""
    if test.value is None:
        return f"{test.field}:{test.op}"
    values = test.value if isinstance(test.value, list | tuple) else [test.value]
    return f"{test.field}:{test.op}:" + ",".join(re.sub(r"([\\,])", r"\\\1", str(value)) for value in values)


# --- compilation ------------------------------------------------------------------------------------------------------


def compile_filter(entity: "Entity", node: Node, actor: "Actor", *, me: "Actor | None" = None) -> Q:
    """The tree as a Q for rows of `entity`, using only fields that `actor` may read; `me` is who "me" means (default: actor).

    Raises BadFilter naming the condition.
    """
    if isinstance(node, Test):
        return compile_test(entity, node, actor, me or actor, node.field.split("."))
    compiled = [compile_filter(entity, child, actor, me=me) for child in node.nodes]
    result = Q()
    if node.mode == "any" and compiled:
        for part in compiled:
            if not part:
                return Q()
            result |= part
    elif node.mode == "all":
        for part in compiled:
            result &= part
    else:
        for part in compiled:
            result &= ~part if part else Q(pk__in=[])
    return result


def compile_test(entity: "Entity", test: Test, actor: "Actor", me: "Actor", path: list[str]) -> Q:
    """One condition; follows the path hop by hop, each hop through the rows its target shows to the actor."""
    from . import asof, in_view  # they compile conditions with this module
    from .access import readable  # access compiles the conditions of rules with this module
    from .entity import registry

    if len(path) > MAX_HOPS + 1:
        raise BadFilter(
            _("“%(field)s” goes over too many links; at most %(limit)d.") % {"field": test.field, "limit": MAX_HOPS}
        )
    name, rest = path[0], path[1:]
    related = next((item for item in entity.relations if item.key == name), None)
    if related is not None:
        other = registry.get(related.entity)
        if related.link not in readable(actor, other):
            raise BadFilter(_("“%(field)s” is no field to filter by.") % {"field": name})
        link = other.fields[related.link].path
        inner = compile_test(other, test, actor, me, rest) if rest else Q()
        exists = Exists(asof.spoken_of(other, actor).filter(inner, **{link: OuterRef("pk")}))
        return ~Q(exists) if test.op == "empty" and not rest else Q(exists)
    if name == in_view.NAME and not rest:
        try:
            return in_view.condition(entity, test, actor, me)
        except BadValue as error:
            raise BadFilter(
                _("%(field)s: %(reason)s") % {"field": in_view.SPEC.label, "reason": error.message}
            ) from None
    spec = entity.fields.get(name)
    if spec is None or name not in readable(actor, entity):
        valid = ", ".join(sorted(field for field in readable(actor, entity) if entity.fields[field].stored))
        raise BadFilter(
            _("“%(field)s” is no field to filter by; there are: %(valid)s.") % {"field": name, "valid": valid}
        )
    if not rest:
        return on_field(entity, spec, test, actor, me)
    if spec.type.name == "money" and rest == ["currency"]:
        return currency_condition(spec, test)
    if spec.type.name != "link" or (isinstance(spec, ComputedSpec) and spec.sql is None):
        raise BadFilter(_("“%(field)s” is no link; nothing can follow its dot.") % {"field": name})
    target = registry.get(spec.target)
    rows = asof.spoken_of(target, actor).filter(compile_test(target, test, actor, me, rest))
    return compare(spec, "in", rows.order_by().values("pk"))


def on_field(entity: "Entity", spec: "FieldSpec", test: Test, actor: "Actor", me: "Actor") -> Q:
    """The condition on a field of the rows themselves."""
    from . import asof
    from .entity import registry

    try:
        value = value_of(spec, test.op, test.value, me)
        if test.op == "within":  # of the past the tree is asked as well
            asof.require_history(registry.get(spec.target), actor)
        if isinstance(spec, ComputedSpec) and spec.where is not None:
            found: Q = spec.where(test.op, value, actor, me)
            return found
        return condition(entity, spec, test.op, value, me)
    except BadValue as error:
        raise BadFilter(_("%(field)s: %(reason)s") % {"field": spec.label, "reason": error.message}) from None


def currency_condition(spec: Any, test: Test) -> Q:
    """The condition on the currency of an amount: `amount.currency:any:EUR`."""
    codes = test.value if isinstance(test.value, list | tuple) else [test.value]
    if test.op not in ("any", "not_any") or not all(isinstance(code, str) and len(code) == 3 for code in codes):
        raise BadFilter(_("A currency is asked for by any or not_any and three-letter codes."))
    found = Q(In(spec.currency(), [code.upper() for code in codes]))
    return found if test.op == "any" else ~found


def fields_in(node: Node) -> Iterable[str]:
    """Every field path the tree uses."""
    if isinstance(node, Test):
        yield node.field
    else:
        for child in node.nodes:
            yield from fields_in(child)
