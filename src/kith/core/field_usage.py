"""Where a field is used: saved views, conditions and rules of any kind, what apps add; asked before a custom field goes."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import conditions
from .access import SYSTEM, Actor
from .address_fields import PartSpec
from .entity import Entity, registry
from .filters import BadFilter, fields_in, from_json

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Use:
    """A record that names the field; what `needs` it would break without it, the others only show less."""

    kind: str
    title: str
    url: str
    needs: bool = True
    label: str = ""
    key: Any = None


#: What apps know besides: a function of the entity and the name of the field.
sources: list[Callable[[Entity, str], Iterable[Use]]] = []


def uses(entity: Entity, name: str) -> list[Use]:
    """All uses, of an address also those of its parts, those that need the field first."""
    found = list[Use]()
    for each in (
        name,
        *(part.name for part in entity.fields.values() if isinstance(part, PartSpec) and part.whole == name),
    ):
        found += [*views(entity, each), *tiles(entity, each), *rules(entity, each), *in_conditions(entity, each)]
        found += [use for source in sources for use in source(entity, each)]
    return sorted(dict.fromkeys(found), key=lambda use: (not use.needs, use.kind, use.title))


def use(entity: Entity, record: Any, *, needs: bool = True) -> Use:
    """One record as a use."""
    return Use(
        str(capfirst(str(entity.name))), str(record), f"/{entity.slug}/{record.pk}/", needs, entity.label, record.pk
    )


def seen(actor: Actor, found: Iterable[Use]) -> list[Use]:
    """Those of the uses whose records the actor may see; of others nothing but their number is told."""
    found, keys = list(found), dict[str, set[Any]]()
    for one in found:
        keys.setdefault(one.label, set()).add(one.key)
    open_to = {
        label: set(registry.get(label).rows(actor).filter(pk__in=some).values_list("pk", flat=True))
        for label, some in keys.items()
    }
    return [one for one in found if one.key in open_to[one.label]]


def in_words(actor: Actor, found: Collection[Use], most: int = 5) -> str:
    """The uses as the actor may know them: “View “Herons”; and 2 that you may not see”."""
    mine = seen(actor, found)
    named = [_("%(kind)s “%(name)s”") % {"kind": one.kind, "name": one.title} for one in mine[:most]]
    if len(mine) > most:
        named.append(f"(+{len(mine) - most})")
    return "; ".join([*named, *([unseen(len(found) - len(mine), len(mine))] if len(found) > len(mine) else [])])


def unseen(count: int, beside: int = 0) -> str:
    """What is told of those that somebody may not see: how many there are; `beside` others that are named."""
    if beside:
        return ngettext("and %(num)s that you may not see", "and %(num)s that you may not see", count) % {"num": count}
    return ngettext("%(num)s record that you may not see", "%(num)s records that you may not see", count) % {
        "num": count
    }


def first(path: str) -> str:
    """The field of the record itself that a path, an order or a group begins with."""
    return re.split(r"[.:]", path.lstrip("-"))[0]


def asks(condition: Any, name: str) -> bool:
    """Whether a stored condition asks for the field."""
    try:
        return any(first(path) == name for path in fields_in(from_json(condition)))
    except BadFilter:
        return False


def views(entity: Entity, name: str) -> Iterator[Use]:
    """Saved views: a column only goes missing, a condition, an order, a group or a report would not open any more."""
    noun = registry.get("core.view")
    for row in noun.rows(SYSTEM).filter(entity=entity.label).order_by("pk"):
        reported = name in WORD.findall(json.dumps(row.report))
        needed = reported or asks(row.filter, name) or name in map(first, [*row.sort, row.group])
        if needed or name in map(first, row.columns):
            yield use(noun, row, needs=needed)


def tiles(entity: Entity, name: str) -> Iterator[Use]:
    """Dashboards with a tile that counts, groups or dates these records by the field."""
    noun, keys = registry.get("core.dashboard"), registry.get("core.view").rows(SYSTEM).filter(entity=entity.label)
    shown = {str(key) for key in keys.values_list("pk", flat=True)}
    for row in noun.rows(SYSTEM).order_by("pk") if shown else ():
        asked = [one for one in row.tiles if one.get("view") and one["view"]["id"] in shown]
        if any(name in WORD.findall(f"{one.get('measure')} {one.get('by')} {one.get('date')}") for one in asked):
            yield use(noun, row)


def rules(entity: Entity, name: str) -> Iterator[Use]:
    """Rows that name kind of record and field: rules of fields, rights on fields."""
    for noun in registry:
        if {"entity", "field"} <= noun.declared.keys():
            for row in noun.rows(SYSTEM).filter(entity=entity.label, field=name).order_by("pk"):
                yield use(noun, row)


def in_conditions(entity: Entity, name: str) -> Iterator[Use]:
    """Records of any kind with a condition on this field: rights, segments, shares of work, moves."""
    for noun in registry:
        specs = [spec for spec in noun.declared.values() if spec.type.name == "condition" and spec.columns]
        if not specs or noun.access.faces:
            continue
        for row in noun.rows(SYSTEM).order_by("pk"):
            if any(conditions.about(spec, row) == entity.label and asks(spec.get(row), name) for spec in specs):
                yield use(noun, row)
