"""Related lists of a record: rows of other entities that point here, with what stands at their other end."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.text import capfirst
from markupsafe import Markup

from kith.core import access, layouts, prepared, tally, titles, wholes
from kith.core.access import Actor
from kith.core.entity import Entity, Related, registry
from kith.core.errors import Missing
from kith.core.listing import whole
from kith.core.ordering import order, ordered
from kith.core.specs import FieldSpec
from kith.core.titles import Titles
from kith.core.ui.record_parts import ROUND
from kith.core.ui.values import show
from kith.core.views import readable_sort

SIDE, PAGE, MOST = 5, 50, 1000
#: Links of every record; none of them is the other end of a link table.
COMMON = frozenset({"owner", "org_unit", "created_by"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a related list."""

    record: Any
    title: str
    href: str
    sub: list[Markup]
    right: Markup | None
    edit: str
    icon: str
    round: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """A related list as it is offered: what it is called, how many rows, and where a new one is made."""

    related: Related
    entity: Entity
    title: str
    count: int = 0
    new: str = ""

    @property
    def count_text(self) -> str:
        """The number of rows; "1000+" beyond."""
        return f"{MOST}+" if self.count > MOST else str(self.count) if self.count else ""


def offered(entity: Entity, actor: Actor) -> list[tuple[Related, Entity]]:
    """The related lists that the actor may see at all."""
    pairs = [(related, registry.get(related.entity)) for related in entity.relations]
    return [
        (related, other)
        for related, other in pairs
        if access.predicate(other, actor, "view") != access.NOTHING and related.link in access.readable(actor, other)
    ]


def laid(entity: Entity, actor: Actor) -> list[tuple[Related, Entity]]:
    """Those of them that the reader's layout shows, in its order."""
    pairs = {pair[0].key: pair for pair in offered(entity, actor)}
    return [pairs[key] for key in layouts.of(entity, actor).keyed("related", pairs)]


def tabs(entity: Entity, actor: Actor, record: Any) -> list[Tab]:
    """All related lists with their numbers, counted in one query."""
    pairs = laid(entity, actor)
    numbers = counts(entity, actor, record, pairs)
    return [tab_of(entity, actor, record, related, other, numbers.get(related.key, 0)) for related, other in pairs]


def tab_of(entity: Entity, actor: Actor, record: Any, related: Related, other: Entity, count: int = 0) -> Tab:
    """One of them."""
    return Tab(
        related,
        other,
        str(related.title or capfirst(str(other.plural))),
        count,
        new_one(entity, actor, record, related, other),
    )


def new_one(entity: Entity, actor: Actor, record: Any, related: Related, other: Entity) -> str:
    """The address of a form for one more row, "" for who may not make any."""
    if not (access.allowed(actor, other, "create") and related.link in access.writable(actor, other)):
        return ""
    value = f"{entity.label}/{record.pk}" if other.fields[related.link].type.name == "ref" else record.pk
    return f"/{other.slug}/new?{urlencode({related.link: value})}"


def rows(entity: Entity, actor: Actor, key: uuid.UUID, related: Related, other: Entity) -> QuerySet[Any]:
    """The rows of a related list of the record with this id, which the reader sees, unordered."""
    spec = other.fields[related.link]
    found = wholes.rows(other, actor, entity, related.link).filter(**{spec.path: key})
    return found.filter(**{f"{related.link}_entity": entity.label}) if spec.type.name == "ref" else found


def counts(entity: Entity, actor: Actor, record: Any, pairs: Sequence[tuple[Related, Entity]]) -> dict[str, int]:
    """How many rows each list has, up to a limit."""
    parts = {}
    for related, other in pairs:

        def some(key: uuid.UUID, related: Related = related, other: Entity = other) -> QuerySet[Any, Any]:
            return tally.limited(rows(entity, actor, key, related, other), MOST + 1)

        parts[related.key] = partial(prepared.sql, actor, ("related", entity.label, related.key), some, record.pk)
    return tally.counted(parts)


def find(entity: Entity, actor: Actor, name: str) -> tuple[Related, Entity]:
    """The related list of an address; Missing when there is none or it may not be seen."""
    for related, other in offered(entity, actor):
        if related.key == name:
            return related, other
    raise Missing(entity.label, name)


def page(
    entity: Entity, actor: Actor, record: Any, related: Related, other: Entity, *, limit: int = SIDE, start: int = 0
) -> tuple[list[Any], bool]:
    """Rows of a related list in the order of their own list, and whether there are more."""
    keys = order(other, readable_sort(other, actor, other.sort), actor)
    found = ordered(whole(rows(entity, actor, record.pk, related, other), other), other, keys, actor)
    records = list(found[start : start + limit + 1])
    return records[:limit], len(records) > limit


def lines(actor: Actor, related: Related, other: Entity, records: Sequence[Any]) -> list[Line]:
    """The rows as they are drawn: for a link table its other end, else the record itself."""
    allowed = access.readable(actor, other)
    ends, facts = other_ends(related, other, actor), [other.fields[name] for name in related.show if name in allowed]
    found = titles.for_records(actor, [*facts, *ends], records)
    editable = access.allowed(actor, other, "edit")
    return [line(other, record, ends, facts, found, editable=editable) for record in records]


def other_ends(related: Related, other: Entity, actor: Actor) -> list[FieldSpec]:
    """The links of a link table that lead away from here; a record with a life of its own has none."""
    if not other.access.parent:
        return []
    allowed = access.readable(actor, other)
    links = [spec for spec in other.declared.values() if spec.type.name == "link" and spec.name in allowed]
    return [
        spec
        for spec in links
        if spec.name not in COMMON and spec.name != related.link and spec.name not in related.show
    ]


def line(
    other: Entity, record: Any, ends: Sequence[FieldSpec], facts: Sequence[FieldSpec], found: Titles, *, editable: bool
) -> Line:
    """One row."""
    end = next(
        (found[spec.target, key] for spec in ends if (key := spec.get(record)) and (spec.target, key) in found), None
    )
    here = f"/{other.face_of(record).slug}/{record.pk}/"
    pieces = [
        (spec, show(spec, value, record, found, cell=True))
        for spec in facts
        if (value := spec.get(record)) not in (None, "", [])
    ]
    marks = [html for spec, html in pieces if spec.type.name in ("choice", "money", "number", "percent")]
    sub = [html for spec, html in pieces if spec.type.name not in ("choice", "money", "number", "percent")]
    title = end.text if end else own_title(other, record)
    shown = registry.get(end.entity) if end else other.face_of(record)
    pictured = shown.has_timeline  # records with a life of their own have a picture, parts an icon
    return Line(
        record,
        title,
        end.url if end else here,
        sub,
        marks[0] if marks else None,
        f"{here}edit" if editable else "",
        "" if pictured else shown.icon,
        shown.icon in ROUND,
    )


def own_title(other: Entity, record: Any) -> str:
    """What a record that is no link is called here: its title field, or for texts the record as a whole."""
    spec = other.fields.get(other.title)
    if spec is None or spec.type.name in ("text", "longtext", "link"):
        return str(record)
    return spec.type.text(spec.get(record), spec) or str(record)
