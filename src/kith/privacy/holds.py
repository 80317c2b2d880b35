"""What a legal hold keeps: the party, every record that names it, and what belongs to those (parts of a deal, notes on it)."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from kith.core.entity import Entity, registry
from kith.core.filter_ops import compare
from kith.core.specs import FieldSpec

from . import subjects

PARTIES = (*subjects.KINDS, subjects.PARTY)
#: How far up is looked: a line of a deal of a party, a note on a deal.
DEEP = 2


def held(entity: Entity, deep: int = DEEP, parties: list[uuid.UUID] | None = None) -> Q:
    """Records under legal hold, about a party that is, or belonging to such a record."""
    keys = under_hold() if parties is None else parties
    found = Q(legal_hold=True) if "legal_hold" in entity.fields else Q(pk__in=[])
    if not keys:  # as nearly always
        return found
    for spec in naming(entity):
        found |= Q(**{f"{spec.path}__in": keys}) if spec.type.name == "ref" else compare(spec, "in", keys)
    for spec, whole, further in wholes(entity, deep) if deep else ():
        found |= Q(**{f"{spec.path}__in": kept(whole, further, keys)})
    return found


def under_hold() -> list[uuid.UUID]:
    """The parties that are, alive or in the trash; those that were merged handed it on."""
    rows = subjects.both(registry.get(subjects.PARTY))
    return [key for some in rows for key in some.filter(legal_hold=True).values_list("pk", flat=True)]


def kept(entity: Entity, deep: int, parties: list[uuid.UUID]) -> list[uuid.UUID]:
    """Ids of the records that a hold keeps."""
    condition = held(entity, deep, parties)
    return [key for rows in subjects.both(entity) for key in rows.filter(condition).values_list("pk", flat=True)]


def naming(entity: Entity) -> list[FieldSpec]:
    """Fields by which a record names a party."""
    return [spec for spec in entity.fields.values() if spec.columns and (spec.type.name == "ref" or is_link(spec))]


def is_link(spec: FieldSpec) -> bool:
    """Whether a field links to a party."""
    return spec.type.name == "link" and spec.target in PARTIES


def wholes(entity: Entity, deep: int) -> Iterator[tuple[FieldSpec, Entity, int]]:
    """What a record belongs to: the record that it is a part of, or is about, and how far to look up from there."""
    for spec in entity.fields.values():
        if spec.columns and spec.type.name == "link" and spec.part_of and spec.target not in PARTIES:
            yield spec, registry.get(spec.target), deep - 1
        elif spec.columns and spec.type.name == "ref":
            yield from ((spec, kind, 0) for kind in about_parties())


def about_parties() -> list[Entity]:
    """Kinds of records that link to parties."""
    return [
        kind
        for kind in registry
        if not kind.access.faces
        and kind.label not in PARTIES
        and any(spec.columns and is_link(spec) for spec in kind.fields.values())
    ]


def is_held(entity: Entity, keys: Sequence[Any]) -> bool:
    """Whether one of these is a party under legal hold, which leaves no trash for good."""
    return entity.label in subjects.KINDS and any(
        rows.filter(pk__in=keys, legal_hold=True).exists() for rows in subjects.both(entity)
    )


def parties_of(entity: Entity, rows: Sequence[Any], deep: int = DEEP) -> set[uuid.UUID]:
    """Ids of those whose hold keeps these rows, and of other records that they refer to."""
    found, above = set[uuid.UUID](), defaultdict[str, set[uuid.UUID]](set)
    for spec in entity.fields.values():
        if not spec.columns or spec.type.name not in ("link", "ref"):
            continue
        for value in (one for row in rows if (one := spec.get(row))):
            if spec.type.name == "ref":
                found.add(value.id)
                above[value.entity].add(value.id)
            elif is_link(spec):
                found.add(value)
            elif spec.part_of:
                above[spec.target].add(value)
    for label, keys in above.items() if deep else ():
        whole = registry.find(label)
        if whole is not None and label not in PARTIES:
            some = [row for of in subjects.both(whole) for row in of.filter(pk__in=keys)]
            found |= parties_of(whole, some, deep - 1)
    return found
