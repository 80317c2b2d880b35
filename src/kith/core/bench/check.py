"""Whether the rows of the data set are what the write path would have stored: a sample is made anew and compared."""

# ruff: noqa: S608 - names of PostgreSQL's own catalogue

import random
import uuid
from collections.abc import Iterator
from copy import copy
from typing import Any

from django.db import connection, transaction

from kith.core import pipeline, writes
from kith.core.access import SYSTEM
from kith.core.entity import Entity, registry
from kith.core.ledger import Change, ChangeSet

SAMPLE = 40
SEARCHED = ("parties.company", "parties.person", "parties.contactpoint", "parties.address", "parties.employment", "activities.note", "activities.task", "sales.opportunity")  # fmt: skip
GIVEN = {
    "parties.person": ("given_name", "family_name", "language", "email", "phone", "status", "birth_date"),
    "parties.company": ("name", "language", "status", "tier", "phone", "email", "website", "tax_id", "employees_count"),
}  # fmt: skip
LINKS = """
SELECT conrelid::regclass::text, attname, confrelid::regclass::text FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] JOIN pg_class ON pg_class.oid = conrelid
WHERE contype = 'f' AND array_length(conkey, 1) = 1 AND relname !~ '^(procrastinate|django|auth)_' ORDER BY 1, 2
"""


def check() -> None:
    """Refuse a data set that the write path would not have made."""
    found = [*searched(), *created(), *recorded(), *dangling()]
    if found:
        raise RuntimeError("the data set is not what the write path stores:\n" + "\n".join(found[:20]))


def sample(entity: Entity) -> list[Any]:
    """Some of the oldest and the newest rows and of those between: ids are looked for from chosen places on."""
    rows, source = entity.rows(SYSTEM).order_by("pk"), random.Random(3)  # noqa: S311 - for variety, not for secrets
    ends = [row for row in (rows.first(), rows.last()) if row is not None]
    if not ends:
        return []
    low, high = (end.pk.int for end in ends)
    places = [uuid.UUID(int=source.randint(low, high)) for _number in range(SAMPLE // 4)]
    keys = {key for place in places for key in rows.filter(pk__gte=place).values_list("pk", flat=True)[:4]}
    return list(rows.filter(pk__in=keys | {end.pk for end in ends}))


def searched() -> Iterator[str]:
    """Search words, body and sort key, computed anew."""
    for label in SEARCHED:
        entity = registry.get(label)
        rows = sample(entity)
        fresh = [copy(row) for row in rows]
        pipeline.index(entity, fresh, with_parts=True)
        for old, new in zip(rows, fresh, strict=True):
            for name in pipeline.SEARCH:
                if words(getattr(old, name)) != words(getattr(new, name)):
                    yield f"{label} {old.pk} {name}: {getattr(old, name)!r}, it would be {getattr(new, name)!r}"


def words(text: str) -> set[str]:
    """The words of a search text: their order does not count."""
    return set(text.split())


def created() -> Iterator[str]:
    """Parties created once more by the same values: match keys and contact points."""
    for label, given in GIVEN.items():
        entity = registry.get(label)
        for row in sample(entity)[: SAMPLE // 2]:
            with transaction.atomic():
                values = {name: getattr(row, name) for name in given}
                made = writes.create(SYSTEM, entity, values, confirm=("duplicate",))
                ours, theirs = about(row), about(entity.rows(SYSTEM).get(pk=made.pk))
                transaction.set_rollback(True)
            for name, value in ours.items():
                if value != theirs[name]:
                    yield f"{label} {row.pk} {name}: {value!r}, created it has {theirs[name]!r}"


def about(row: Any) -> dict[str, Any]:
    """What follows from a party's values."""
    points = registry.get("parties.contactpoint").rows(SYSTEM).filter(party=row.pk)
    return {
        "name": row.name, "sort_key": row.sort_key, "phone": row.phone, "email": row.email, "match keys": set(row.match_keys.values_list("kind", "key")),
        "contact points": {(point.kind, point.value, point.normalized, point.is_primary) for point in points},
    }  # fmt: skip


def recorded() -> Iterator[str]:
    """Each row has its entry in the ledger, with its values, of a change-set at its moment."""
    for label in SEARCHED:
        entity = registry.get(label)
        for row in sample(entity):
            entries = list(Change.objects.filter(record_id=row.pk, op="create"))
            sets = ChangeSet.objects.filter(pk__in=[entry.changeset_id for entry in entries], at=row.created_at).count()
            if len(entries) != 1 or sets != 1:
                yield f"{label} {row.pk}: {len(entries)} entries, {sets} change-sets at its moment"
                continue
            for name, value in entries[0].after.items():
                if isinstance(value, str) and isinstance(stored := getattr(row, name), str) and stored != value:
                    yield f"{label} {row.pk} {name}: {stored!r}, the ledger has {value!r}"
                if (
                    isinstance(value, str)
                    and name in entity.fields
                    and hasattr(row, f"{name}_id")
                    and str(getattr(row, f"{name}_id")) != value
                ):
                    yield f"{label} {row.pk} {name}: another link than the ledger has, {value}"


def dangling() -> Iterator[str]:
    """Links of some rows of every table that lead nowhere: copies are brought without that check."""
    with connection.cursor() as cursor:
        cursor.execute(LINKS)
        for table, column, target in cursor.fetchall():
            cursor.execute(
                f"SELECT count(*) FROM (SELECT {column} AS link FROM {table} WHERE {column} IS NOT NULL LIMIT 3000 OFFSET (SELECT greatest(0, reltuples / 2)::bigint FROM pg_class WHERE oid = '{table}'::regclass)) part "
                f"WHERE NOT EXISTS (SELECT FROM {target} WHERE {target}.id = part.link)"
            )
            if missing := cursor.fetchone()[0]:
                yield f"{table}.{column}: {missing} of some rows lead to no row of {target}"
