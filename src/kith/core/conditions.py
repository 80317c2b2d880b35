"""Fields that hold a condition: on which kind of record it is, the conditions it is made of, how people write them down.

A `ConditionField` says with `about` where the kind of record is named: in a field of its own record ("entity") or of the
record that a link leads to ("rule.entity").
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import in_view
from .access import Actor
from .entity import Entity, registry
from .errors import BadValue
from .filter_ops import BARE
from .filters import MAX_TERMS, BadFilter, Group, Node, Test, count, from_json, term, to_json
from .specs import ComputedSpec, FieldSpec, renamed
from .types.picks import as_uuid

#: How the conditions of a field are joined.
MODES = ("all", "any", "none")


# --- on which records ---------------------------------------------------------------------------------------------------


def about(spec: FieldSpec, record: Any) -> str:
    """The label of the kind of record that a condition of this record is on; empty while nothing says it."""
    here = record
    for name in (spec.about or "entity").split("."):
        here = getattr(here, name, None)
    return str(here) if here and registry.find(str(here)) else ""


def asked(actor: Actor, entity: Entity, spec: FieldSpec, values: Mapping[str, Any], otherwise: str = "") -> str:
    """The same for values that are being typed; `otherwise` where they do not tell."""
    first, _dot, rest = spec.about.partition(".")
    given = values.get(first)
    if not given:
        return otherwise
    if not rest:
        return str(given) if registry.find(str(given)) else ""
    try:
        rows = registry.get(entity.fields[first].target).rows(actor).filter(pk=as_uuid(given))
    except BadValue:
        return ""
    return str(getattr(rows.first(), rest, ""))


def bound(spec: FieldSpec, record: Any) -> FieldSpec:
    """A field of a record; a condition knows then on which kind of record it is (`target`)."""
    return renamed(spec, target=about(spec, record)) if spec.type.name == "condition" else spec


def links(spec: FieldSpec, value: Any) -> list[tuple[str, UUID]]:
    """The records that a condition names, where it is known on which kind it is."""
    entity = registry.find(spec.target)
    try:
        return list(links_in(entity, from_json(value))) if entity else []
    except BadFilter:
        return []


def spec_at(entity: Entity, path: str) -> tuple[str, FieldSpec | None]:
    """The words of a field path ("Company › Industry") and the field at its end, None if there is none."""
    words, spec, here = list[str](), None, entity
    for name in path.split("."):
        related = next((item for item in here.relations if item.key == name), None)
        spec = None if related else here.fields.get(name) or in_view.find(name)
        words.append(capfirst(str((related.title if related else None) or (spec.label if spec else name))))
        target = related.entity if related else spec.target if spec else ""
        if not target or (here := registry.find(target) or here) is None:
            break
    return " › ".join(words), spec


def links_in(entity: Entity, node: Node) -> Iterable[tuple[str, UUID]]:
    """Records that the conditions name."""
    if isinstance(node, Group):
        for child in node.nodes:
            yield from links_in(entity, child)
        return
    _words, spec = spec_at(entity, node.field)
    if spec is None or spec.type.name not in ("link", "tags"):
        return
    for key in ids(node.value):
        yield spec.target, key


def asks_for_view(entity: Entity, node: Node) -> bool:
    """Whether a condition asks for a saved view, which its owner may change."""
    return any(label == in_view.VIEW for label, _key in links_in(entity, node))


def hangs_on_view(entity: Entity, node: Node) -> Any:
    """Why a condition hangs on a saved view, which its owner may change, in words; None if it does not.

    It asks for a view itself, or for what follows one (`ComputedSpec.follows`).
    """
    if asks_for_view(entity, node):
        return _("This cannot ask for a view: its owner could change it.")
    for test in tests(node):
        _words, spec = spec_at(entity, test.field)
        if isinstance(spec, ComputedSpec) and spec.follows and (why := spec.follows(named(test))):
            return why
    return None


def named(test: Test) -> set[UUID] | None:
    """The records that one condition names; None for an operator without values."""
    return None if test.op in BARE else set(ids(test.value))


def ids(value: Any) -> Iterable[UUID]:
    """The ids among the values of a condition."""
    for raw in value if isinstance(value, list | tuple) else [value]:
        try:
            yield UUID(str(raw))
        except ValueError:
            continue


# --- what it is made of -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parts:
    """A condition taken apart: how its conditions are joined, and each of them."""

    mode: str = "all"
    nodes: tuple[Node, ...] = ()

    @property
    def tree(self) -> dict[str, Any]:
        """The whole as JSON; empty for no condition."""
        if self.mode != "none" and len(self.nodes) == 1:
            return to_json(self.nodes[0])
        return {self.mode: [to_json(node) for node in self.nodes]} if self.nodes else {}


def apart(value: Any) -> Parts:
    """A stored condition in parts; raises BadFilter for what is none."""
    node = from_json(value)
    return Parts(node.mode, node.nodes) if isinstance(node, Group) else Parts("all", (node,))


def read(text: str) -> Node:
    """One condition as JSON or in its short form `field:operator:value`; raises BadFilter."""
    if not text.lstrip().startswith("{"):
        return term(text)
    try:
        return limited(from_json(json.loads(text), 1))
    except (ValueError, RecursionError):
        raise BadFilter(_("Not valid JSON.")) from None


def limited(node: Node) -> Node:
    """The same condition, unless it holds too many; raises BadFilter."""
    if count(node) > MAX_TERMS:
        raise BadFilter(_("This filter has too many conditions; at most %(limit)d.") % {"limit": MAX_TERMS})
    return node


def check(node: Node) -> None:
    """Refuse conditions that lack their value; raises BadFilter."""
    for test in tests(node):
        if test.op not in BARE and test.value in (None, "", []):
            raise BadFilter(_("%(field)s: %(reason)s") % {"field": test.field, "reason": _("A value is missing.")})


def tests(node: Node) -> Iterable[Test]:
    """All conditions of a tree."""
    if isinstance(node, Test):
        yield node
    else:
        for child in node.nodes:
            yield from tests(child)
