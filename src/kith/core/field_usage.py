"""Where a field is used, also over links: views, tiles of dashboards, conditions, rules, layouts, what apps add; asked before a field goes."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import conditions
from .access import SYSTEM, Actor
from .address_fields import PartSpec
from .entity import Entity, registry
from .filters import BadFilter, fields_in, from_json
from .specs import FieldSpec

#: Paths of fields in a report, an order, a group or a tile: "company.x_tier", "sum:amount".
PATH = re.compile(r"\w[\w-]*(?:\.\w[\w-]*)*")
#: What is read of views, of which there may be thousands.
OF_VIEWS = ("id", "name", "translations", "entity", "filter", "columns", "sort", "group", "report")


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
        found += [*named_by(entity, each), *(use for source in sources for use in source(entity, each))]
    return sorted(dict.fromkeys(found), key=lambda use: (not use.needs, use.kind, use.title))


def named_by(entity: Entity, name: str) -> Iterator[Use]:
    """What is kept in the framework's own records."""
    for source in (views, tiles, rules, in_conditions, layouts):
        yield from source(entity, name)


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


# --- paths --------------------------------------------------------------------------------------------------------------


def on_path(entity: Entity, path: str) -> Iterator[tuple[str, str]]:
    """The fields (kind of record, name) on a path over links and related lists."""
    here: Entity | None = entity
    for name in path.split("."):
        if here is None:
            return
        related = next((item for item in here.relations if item.key == name), None)
        if related is not None:
            here = registry.find(related.entity)
            continue
        yield here.label, name
        spec = here.fields.get(name)
        here = registry.find(spec.target) if spec is not None and spec.type.name == "link" else None


def is_named(entity: Entity, name: str, about: Entity, paths: Iterable[str]) -> bool:
    """Whether one of these paths of another kind of record goes over the field; a whole also names the fields of its faces."""
    paths = [path for path in paths if name in path.split(".")]
    if not paths:
        return False
    labels = {entity.label, *(other.label for other in registry if entity.label in other.access.faces)}
    return any(step == name and label in labels for path in paths for label, step in on_path(about, path))


def asked(condition: Any) -> list[str]:
    """The fields that a stored condition asks for; none of one that cannot be read."""
    try:
        return list(fields_in(from_json(condition)))
    except BadFilter:
        return []


def paths_in(value: Any) -> list[str]:
    """What may be a path of a field in a part of a view or of a tile."""
    return PATH.findall(json.dumps(value))


# --- who names it -------------------------------------------------------------------------------------------------------


def views(entity: Entity, name: str) -> Iterator[Use]:
    """Saved views of any kind of record: a column only goes missing, a condition, an order, a group or a report would not open any more."""
    noun = registry.get("core.view")
    for row in noun.rows(SYSTEM).only(*OF_VIEWS).order_by("pk"):
        about = registry.find(row.entity)
        if about is None:
            continue
        needed = is_named(entity, name, about, [*asked(row.filter), *paths_in([row.sort, row.group, row.report])])
        if needed or is_named(entity, name, about, row.columns):
            yield use(noun, row, needs=needed)


def tiles(entity: Entity, name: str) -> Iterator[Use]:
    """Dashboards with a tile that measures, groups or dates the rows of its view by the field."""
    noun = registry.get("core.dashboard")
    rows = [row for row in noun.rows(SYSTEM).order_by("pk") if name in json.dumps(row.tiles)]
    keys = {tile["view"]["id"] for row in rows for tile in row.tiles if tile.get("view")}
    kinds = dict(registry.get("core.view").rows(SYSTEM).filter(pk__in=keys).values_list("pk", "entity"))
    about = {str(key): registry.find(label) for key, label in kinds.items()}
    for row in rows:
        if any(is_named(entity, name, kind, parts) for kind, parts in tile_paths(row, about)):
            yield use(noun, row)


def tile_paths(row: Any, about: dict[str, Entity | None]) -> Iterator[tuple[Entity, list[str]]]:
    """The kind of record of each tile, and the fields that it names besides those of its view."""
    for tile in row.tiles:
        kind = about.get((tile.get("view") or {}).get("id", ""))
        if kind is not None:
            yield kind, paths_in([tile.get(part) or "" for part in ("measure", "by", "date")])


def rules(entity: Entity, name: str) -> Iterator[Use]:
    """Rows that name kind of record and field: rules of fields, rights on fields."""
    for noun in registry:
        if {"entity", "field"} <= noun.declared.keys():
            for row in noun.rows(SYSTEM).filter(entity=entity.label, field=name).order_by("pk"):
                yield use(noun, row)


def in_conditions(entity: Entity, name: str) -> Iterator[Use]:
    """Records of any kind with a condition on this field: rights, segments, shares of work, moves."""
    for noun, row, about, condition in stored_conditions(name):
        if is_named(entity, name, about, asked(condition)):
            yield use(noun, row)


def with_choices(entity: Entity, name: str, gone: Collection[str]) -> list[Use]:
    """Whose conditions ask for one of these choices, or which rules offer one: they could not be asked any more without it."""
    found = [use(noun, row) for noun, row, about, condition in (*stored_conditions(name), *view_filters()) if asks_for(entity, name, gone, about, condition)]  # fmt: skip
    rules = registry.get("core.fieldrule")
    rows = rules.rows(SYSTEM).filter(entity=entity.label, field=name, options__overlap=list(gone))
    return list(dict.fromkeys([*found, *(use(rules, row) for row in rows)]))


def asks_for(entity: Entity, name: str, values: Collection[str], about: Entity, condition: Any) -> bool:
    """Whether a stored condition asks whether the field has one of these values."""
    try:
        tests = list(conditions.tests(from_json(condition)))
    except BadFilter:
        return False
    return any(is_named(entity, name, about, [test.field]) and not set(values).isdisjoint(texts(test.value)) for test in tests)  # fmt: skip


def texts(value: Any) -> list[str]:
    """The values of a condition as text."""
    return [str(one) for one in (value if isinstance(value, list | tuple) else [value])]


def view_filters() -> Iterator[tuple[Entity, Any, Entity, Any]]:
    """The conditions of all saved views, as `stored_conditions`."""
    noun = registry.get("core.view")
    for row in noun.rows(SYSTEM).only(*OF_VIEWS).order_by("pk"):
        if (about := registry.find(row.entity)) is not None:
            yield noun, row, about, row.filter


def stored_conditions(name: str, *, deciding: bool = False) -> Iterator[tuple[Entity, Any, Entity, Any]]:
    """Stored conditions that mention a name, or those among them that decide for others: kind of the record that holds it, the record, what it is about, the condition."""
    for noun in registry:
        specs = [spec for spec in noun.declared.values() if is_condition(spec) and (spec.decides or not deciding)]
        if not specs or noun.access.faces:
            continue
        mentions = Q()
        for spec in specs:
            mentions |= Q(**{f"{spec.name}__icontains": name})
        for row in noun.rows(SYSTEM).filter(mentions).order_by("pk"):
            for spec in specs:
                about = registry.find(conditions.about(spec, row))
                if about is not None:
                    yield noun, row, about, spec.get(row) or {}


def is_condition(spec: FieldSpec) -> bool:
    """Whether a field holds a condition: one by its type, or that of a permission."""
    return bool(spec.columns) and (spec.type.name == "condition" or (spec.type.name, spec.name) == ("json", "condition"))  # fmt: skip


def layouts(entity: Entity, name: str) -> Iterator[Use]:
    """Layouts that move, add or call it: they pass it over when it is gone."""
    noun = registry.get("core.layout")
    for row in noun.rows(SYSTEM).filter(entity=entity.label, pieces__icontains=f'"{name}"').order_by("pk"):
        yield use(noun, row, needs=False)
