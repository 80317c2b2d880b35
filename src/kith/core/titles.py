"""What links are shown as: titles of records by entity and id, loaded in one query per entity, through the reader's rights."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .cleaning import references
from .entity import registry

if TYPE_CHECKING:
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


Titles = dict[tuple[str, uuid.UUID], Title]


def load(actor: "Actor", wanted: Iterable[tuple[str, uuid.UUID]]) -> Titles:
    """Titles of the records that the actor may see; the others are absent."""
    by_label: dict[str, set[uuid.UUID]] = defaultdict(set)
    for label, key in wanted:
        by_label[label].add(key)
    found: Titles = {}
    for label, keys in by_label.items():
        entity = registry.find(label)
        if entity is None:
            continue
        for record in entity.rows(actor).filter(pk__in=keys).defer(*HEAVY):
            found[label, record.pk] = title_of(entity, record)
    return found


def title_of(entity: "Entity", record: Any) -> Title:
    """The title of one record."""
    face = entity.face_of(record)
    return Title(record.pk, str(record), f"/{face.slug}/{record.pk}/", getattr(record, "hue", ""), face.label)


def for_records(actor: "Actor", specs: Iterable["FieldSpec"], records: Iterable[Any]) -> Titles:
    """Titles of everything that these fields of these records link to."""
    specs = [spec for spec in specs if spec.type.name in ("link", "tags", "ref")]
    return load(actor, {pair for record in records for spec in specs for pair in references(spec, spec.get(record))})


def text(spec: "FieldSpec", value: Any, titles: Titles) -> str:
    """A value as plain text, links by their titles; what may not be seen is empty."""
    if spec.type.name in ("link", "tags", "ref"):
        return ", ".join(titles[pair].text for pair in references(spec, value) if pair in titles)
    return spec.type.text(value, spec)
