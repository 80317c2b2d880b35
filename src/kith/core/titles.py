"""What links are shown as: titles of records by entity and id, loaded in one query per entity, through the reader's rights."""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import FETCH_PEERS
from django.db.models.base import ModelState

from . import access, asof, conditions, past, past_rows, prepared, title_columns
from .cleaning import references
from .entity import registry

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .access import Actor
    from .entity import Entity
    from .specs import FieldSpec

HEAVY = ("search_text", "search_body", "search_vector", "custom", "sort_key")


@dataclass(frozen=True, slots=True)
class Title:
    """A record as a link: its text, address, hue and icon."""

    id: uuid.UUID
    text: str
    url: str
    hue: str
    entity: str


@dataclass(frozen=True, slots=True)
class Part:
    """Records of one kind that are read together with others: see `prepared.run`."""

    entity: "Entity"
    name: Any
    build: "Callable[..., QuerySet[Any]]"
    given: Any


Titles = dict[tuple[str, uuid.UUID], Title]


def load(actor: "Actor", wanted: Iterable[tuple[str, uuid.UUID]]) -> Titles:
    """Titles of the records that the actor may see; the others are absent. One query, however many entities there are."""
    by_label: dict[str, set[uuid.UUID]] = defaultdict(set)
    for label, key in wanted:
        by_label[label].add(key)
    parts = [
        Part(entity, ("titles", label), partial(named, actor, entity), list(keys))
        for label, keys in by_label.items()
        if (entity := registry.find(label))
    ]
    with past.at(past.played()):  # these are rows of today, whatever the page speaks of
        found = together(actor, parts) if len(parts) > 1 else [pair for part in parts for pair in alone(actor, part)]
    made = {(entity.label, record.pk): title_of(entity, record) for entity, record in found}
    return made if past.current() is None or past.played() else made | then(actor, by_label)


def then(actor: "Actor", wanted: Mapping[str, Collection[uuid.UUID]]) -> Titles:
    """What those of the records that were changed since were called at the moment that is spoken of, where the actor may see their history.

    Those that were deleted or merged into others since are among them: what linked to them then named them.
    """
    when = past.current()
    assert when is not None
    touched = asof.touched([key for keys in wanted.values() for key in keys], when)
    found: Titles = {}
    for label, keys in wanted.items():
        entity, changed = registry.find(label), [key for key in keys if key in touched]
        if entity is not None and changed and access.allowed(actor, entity, asof.HISTORY):
            for record in past_rows.named(entity, asof.rows(entity, actor, when, keys=changed)):
                found[label, record.pk] = title_of(entity, record)
    return found


def alone(actor: "Actor", part: Part) -> "list[tuple[Entity, Any]]":
    """The records of one kind."""
    return [(part.entity, record) for record in prepared.run(actor, part.name, part.build, part.given)]


def named(actor: "Actor", entity: "Entity", keys: list[uuid.UUID]) -> "QuerySet[Any]":
    """Those of these records that the actor may see, with what their titles need; in no order."""
    return slim(entity, entity.rows(actor).filter(pk__in=keys)).order_by()


def slim(entity: "Entity", rows: "QuerySet[Any]") -> "QuerySet[Any]":
    """Rows with the columns that their titles need, and no others where that can be told."""
    names = title_columns.of_entity(entity)
    return rows.only(*names) if names else rows.defer(*HEAVY).fetch_mode(FETCH_PEERS)


def together(actor: "Actor", asked: Sequence[Part]) -> "list[tuple[Entity, Any]]":
    """The records of several kinds, each row travelling as one JSON value."""
    parts = []
    for part in asked:
        entity = part.entity
        try:
            sql = prepared.sql(actor, part.name, part.build, part.given)
        except EmptyResultSet:  # a kind of record of which this actor may see nothing
            continue
        parts.append(f"SELECT '{entity.label}', to_jsonb(t) FROM ({sql}) t")  # noqa: S608 - SQL of the ORM; labels are names
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        found = cursor.fetchall()
    entities = {entity.label: entity for entity in (part.entity for part in asked)}
    return [(entities[label], revived(entities[label].model, row)) for label, row in found]


def revived(model: type[Any], row: Any) -> Any:
    """A record from its row as JSON; columns that were left out stay deferred, annotations stand beside the columns.

    Filled by hand: `from_db` walks over all sixty columns of a model, and a board names two hundred records by two or three.
    """
    values = row if isinstance(row, dict) else json.loads(row, parse_float=Decimal)
    columns = columns_of(model._meta)
    record: Any = object.__new__(model)
    record._state = ModelState()
    record._state.adding, record._state.db = False, connection.alias
    for name, value in values.items():
        column = columns.get(name)
        record.__dict__[column.attname if column else name] = column.to_python(value) if column else value
    return record


@lru_cache(maxsize=500)
def columns_of(facts: Any) -> dict[str, Any]:
    """The columns of a model, given by its `_meta`, by their names in the database."""
    return {column.column: column for column in facts.concrete_fields}


def title_of(entity: "Entity", record: Any) -> Title:
    """The title of one record."""
    face = entity.face_of(record)
    return Title(record.pk, str(record), f"/{face.slug}/{record.pk}/", getattr(record, "hue", ""), face.label)


def for_records(actor: "Actor", specs: Iterable["FieldSpec"], records: Iterable[Any]) -> Titles:
    """Titles of everything that these fields of these records link to."""
    return load(actor, wanted(specs, records))


def wanted(specs: Iterable["FieldSpec"], records: Iterable[Any]) -> set[tuple[str, uuid.UUID]]:
    """Everything that these fields of these records name."""
    linked = [spec for spec in specs if spec.type.names_records or spec.type.name == "condition"]
    return {
        pair
        for record in records
        for spec in linked
        for pair in references(conditions.bound(spec, record), spec.get(record))
    }


def text(spec: "FieldSpec", value: Any, titles: Titles) -> str:
    """A value as plain text, links by their titles; what may not be seen is empty."""
    if spec.type.names_records:
        return ", ".join(titles[pair].text for pair in references(spec, value) if pair in titles)
    return spec.type.text(value, spec)
