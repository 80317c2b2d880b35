"""Everything that Kith holds about one person or company: its parts, what is attached to it, what links to it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import batched
from typing import Any

from django.db.models import Q, QuerySet

from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.filters import Test, compile_filter
from kith.core.ledger import Change
from kith.core.merging import merged

KINDS = ("parties.person", "parties.company")
PARTY = "parties.party"
AT_ONCE = 500


@dataclass
class Holding:
    """The records about somebody by kind: those that are about nothing else, and those that only link to it.

    `merged` are records that were merged into this one and lie hidden: the same somebody, as it stood a second time.
    """

    entity: Entity
    record: Any
    own: dict[str, list[Any]] = field(default_factory=dict)
    linked: dict[str, list[Any]] = field(default_factory=dict)
    merged: list[Any] = field(default_factory=list)

    @property
    def itself(self) -> list[Any]:
        """The record with those that were merged into it."""
        return [self.record, *self.merged]

    @property
    def own_keys(self) -> list[uuid.UUID]:
        """Ids of the record, of those merged into it, and of those about nothing else."""
        return [row.pk for rows in (self.itself, *self.own.values()) for row in rows]

    @property
    def linked_keys(self) -> list[uuid.UUID]:
        """Ids of those that link to it."""
        return [row.pk for rows in self.linked.values() for row in rows]


def of(entity: Entity, record: Any) -> Holding:
    """All of it, also what lies in the trash, whoever may see it: the law asks for everything."""
    found = Holding(entity, record, merged=merged_into(entity, record))
    for one in found.itself:
        for other, about, is_own in walk(entity, one):
            if rows := rows_of(other, about):
                (found.own if is_own else found.linked).setdefault(other.label, []).extend(rows)
    second(found)
    itself = {one.pk for one in found.itself}
    for kind in (found.own, found.linked):
        for label, rows in kind.items():
            kind[label] = list({row.pk: row for row in rows if row.pk not in itself}.values())
    return found


def merged_into(entity: Entity, record: Any) -> list[Any]:
    """The records that became this one, also those that had become one of them before; the nearest first."""
    keys = merged.all_into(record.pk)
    found = {row.pk: row for rows in both(entity) for row in rows.filter(pk__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]


def walk(entity: Entity, record: Any) -> Iterator[tuple[Entity, Test, bool]]:
    """Each kind of record with the condition for those of it that are about the party, link by link, and whether they are its own."""
    for other in registry:
        if other.access.faces:
            continue
        for spec in other.fields.values():  # those of run time, too
            if spec.type.name == "link" and spec.columns and spec.target in (entity.label, PARTY):
                yield other, Test(spec.name, "any", [str(record.pk)]), spec.part_of
            elif spec.type.name == "ref" and spec.columns:
                about = {"entity": entity.label, "id": str(record.pk)}
                yield other, Test(spec.name, "any", [about]), other.access.subject and spec.name == "subject"


def second(found: Holding) -> None:
    """Parts of what links to it that were sent by it: requests of web forms of its leads."""
    for label, rows in list(found.linked.items()):
        for part, link in sent_with(registry.get(label)):
            for some in batched(rows, AT_ONCE, strict=False):
                sent = rows_of(part, Test(link, "any", [str(row.pk) for row in some]))
                found.own.setdefault(part.label, []).extend(sent)


def sent_with(entity: Entity) -> list[tuple[Entity, str]]:
    """Parts of a kind of record that hold what somebody sent."""
    return [
        (part, link)
        for part, link in entity.parts
        if any(spec.type.name == "json" and spec.name == "data" for spec in part.declared.values())
    ]


def counts(entity: Entity, record: Any) -> tuple[dict[str, int], dict[str, int]]:
    """How many records of each kind `of` would find, its own and those that link to it, counted by the database."""
    conditions: dict[bool, dict[str, Q]] = {True: {}, False: {}}
    itself = [record, *merged_into(entity, record)]
    for other, about, is_own in (found for one in itself for found in walk(entity, one)):
        kinds = conditions[is_own]
        kinds[other.label] = kinds.get(other.label, Q(pk__in=[])) | compile_filter(other, about, SYSTEM)
    for label, condition in list(conditions[False].items()):
        for part, link in sent_with(registry.get(label)):
            wholes = [rows.filter(condition).values("pk") for rows in both(registry.get(label))]
            sent = reduce(Q.__or__, [Q(**{f"{link}__in": some}) for some in wholes])
            conditions[True][part.label] = conditions[True].get(part.label, Q(pk__in=[])) | sent
    own, linked = (
        {label: counted(label, about, itself) for label, about in kinds.items()} for kinds in conditions.values()
    )
    return {label: count for label, count in own.items() if count}, {
        label: count for label, count in linked.items() if count
    }


def counted(label: str, condition: Q, itself: Sequence[Any]) -> int:
    """How many records, alive and in the trash, fulfil it, but for those it is about."""
    keys = [one.pk for one in itself]
    return sum(rows.filter(condition).exclude(pk__in=keys).count() for rows in both(registry.get(label)))


def both(entity: Entity) -> list[QuerySet[Any]]:
    """All rows alive, and all in the trash."""
    return [entity.rows(SYSTEM, trashed=trashed) for trashed in (False, True)]


def rows_of(entity: Entity, about: Test) -> list[Any]:
    """Rows alive and in the trash."""
    condition = compile_filter(entity, about, SYSTEM)
    return [row for rows in both(entity) for row in rows.filter(condition).order_by("pk")]


def past(found: Holding) -> list[tuple[str, uuid.UUID]]:
    """Records that once were about it and are gone, from the ledger: label and id. Reads all of the ledger."""
    parts: dict[str, set[str]] = {}
    for other in registry:
        for spec in other.declared.values():
            if spec.part_of and spec.target in (found.entity.label, PARTY):
                parts.setdefault(spec.name, set()).add(other.label)
            elif spec.type.name == "ref" and other.access.subject and spec.name == "subject":
                parts.setdefault("subject__id", set()).add(other.label)
    asked = [
        Q(**{f"{side}__{path}": str(one.pk), "entity__in": labels})
        for one in found.itself
        for side in ("before", "after")
        for path, labels in parts.items()
    ]
    rows = Change.objects.filter(reduce(Q.__or__, asked)).values_list("entity", "record_id").distinct()
    return sorted(set(rows))
