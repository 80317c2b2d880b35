"""What of a look can be asked of the past: fields that the ledger tells, of the records and of those they link to (N2).

Linked records are those of then, in conditions, columns and names; processes and choices are called as today. What the
ledger does not tell is refused by name, and columns that show it are left out and told.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import linked
from .address_fields import PartSpec
from .entity import registry
from .filters import BadFilter, Group, Node, Test

if TYPE_CHECKING:
    from .entity import Entity
    from .specs import FieldSpec
    from .views import Look

NO_WORDS = _("Words cannot be looked for in the past: the index of words is that of today. Use a condition on a field instead, such as “contains”.")  # fmt: skip


def is_told(entity: "Entity", name: str) -> bool:
    """Whether the ledger tells what a field was."""
    head, dot, tail = name.partition(linked.SEPARATOR)
    spec = entity.fields.get(head)
    if isinstance(spec, PartSpec) and not dot:
        return is_told(entity, spec.whole)
    if spec is None or not spec.columns or head in entity.untold:
        return False
    target = registry.find(spec.target) if dot and spec.type.name == "link" else None
    return not dot or (target is not None and is_told(target, tail))


def kept_in(entity: "Entity", name: str) -> str:
    """The field whose value in the ledger holds this one: the address of its parts, else itself."""
    spec = entity.fields.get(name)
    return spec.whole if isinstance(spec, PartSpec) else name


def told(entity: "Entity", names: Iterable[str]) -> tuple[str, ...]:
    """Those of the fields that can be shown of the past."""
    return tuple(name for name in names if is_told(entity, name))


def columns(look: "Look") -> tuple[str, ...]:
    """The columns of a look, of the past those that can be shown."""
    return told(look.entity, look.columns) or (look.entity.title,) if look.as_of else look.columns


def left_out(look: "Look") -> "list[FieldSpec]":
    """The columns that cannot."""
    specs = (linked.find(look.entity, name) for name in look.columns if not is_told(look.entity, name))
    return [spec for spec in specs if spec is not None] if look.as_of else []


def checked(look: "Look") -> "Look":
    """The look, or BadFilter that names what cannot be asked of the past."""
    if look.q:
        raise BadFilter(NO_WORDS)
    tests(look.entity, look.filter)
    for name in (*(look.sort if look.shape != "report" else ()), *((look.axis,) if look.group else ())):
        bare = name.lstrip("-").partition(":")[0]
        if not is_told(look.entity, bare):
            raise refusal(look.entity, bare)
    return look


def tests(entity: "Entity", node: Node) -> None:
    """Refuse conditions that the past cannot answer."""
    if isinstance(node, Group):
        for child in node.nodes:
            tests(entity, child)
    else:
        test(entity, node)


def test(entity: "Entity", node: Test) -> None:
    """Refuse a condition on what has no line in the ledger, here, behind links or in the tree whose branch is asked for."""
    path = node.field.split(linked.SEPARATOR)
    if not follows(entity, path) or (node.op == "within" and not branches(entity, path)):
        raise refusal(entity, node.field)


def branches(entity: "Entity", path: list[str]) -> bool:
    """Whether the ledger tells the tree in which the records at the end of a path lie."""
    name, rest = path[0], path[1:]
    related = next((item for item in entity.relations if item.key == name), None)
    target = registry.find(related.entity if related else entity.fields[name].target)
    if rest and target is not None:
        return branches(target, rest)
    return target is not None and bool(target.tree) and is_told(target, target.tree)


def follows(entity: "Entity", path: list[str]) -> bool:
    """Whether the ledger tells every step of a path: links, lists of related records, the field at its end."""
    name, rest = path[0], path[1:]
    related = next((item for item in entity.relations if item.key == name), None)
    if related is not None:
        other = registry.get(related.entity)
        return is_told(other, related.link) and (not rest or follows(other, rest))
    if not is_told(entity, name):
        return False
    spec = entity.fields[name]
    if not rest or (spec.type.name == "money" and rest == ["currency"]):
        return True
    return spec.type.name != "link" or follows(registry.get(spec.target), rest)  # no link: `filters` says so


def refusal(entity: "Entity", name: str) -> BadFilter:
    """What is said of it."""
    spec = linked.find(entity, name)
    label = capfirst(str(spec.label)) if spec else name
    return BadFilter(
        _("“%(field)s” cannot be asked of the past: the history of the records does not tell it. Leave it out.")
        % {"field": label}
    )
