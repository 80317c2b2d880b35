"""Checks of the ledger: it and the rows tell the same story, field by field and version by version."""

from typing import Any

from django.db import connection
from tests.crash.asking import SHOWN, Facts, as_dict, none, rows

from kith.core.entity import registry
from kith.core.records import Record


def versions(facts: Facts) -> list[str]:
    """The ledger has each version of each record exactly once, from 1 to that of the row."""
    del facts
    wrong = []
    for table, labels in tables().items():
        wrong += none(
            f"SELECT t.id, t.version, coalesce(c.entries, 0), c.first, c.last FROM {table} t LEFT JOIN (SELECT record_id, count(*) AS entries, count(DISTINCT version) AS different, min(version) AS first, max(version) AS last"
            " FROM core_change WHERE entity = ANY(%s) AND op <> 'purge' GROUP BY record_id) c ON c.record_id = t.id"
            " WHERE c.entries IS DISTINCT FROM t.version OR c.different <> t.version OR c.first <> 1 OR c.last <> t.version",
            f"{table}: ledger and version differ",
            labels,
        )
        wrong += none(
            f"SELECT t.id, t.updated_at, c.at FROM {table} t JOIN core_change c ON c.record_id = t.id AND c.version = t.version AND c.entity = ANY(%s) WHERE c.at <> t.updated_at",
            f"{table}: last changed at another time than the ledger says",
            labels,
        )
        wrong += none(
            f"SELECT c.record_id, c.op, c.version FROM core_change c WHERE c.entity = ANY(%s) AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.id = c.record_id)"
            " AND NOT EXISTS (SELECT 1 FROM core_change p WHERE p.record_id = c.record_id AND p.op = 'purge')",
            f"{table}: in the ledger and not in the table",
            labels,
        )
    return wrong


def tables() -> dict[str, list[str]]:
    """The entities of each table."""
    found: dict[str, list[str]] = {}
    for entity in registry:
        if entity.model._meta.managed:
            found.setdefault(connection.ops.quote_name(entity.model._meta.db_table), []).append(entity.label)
    return found


def values(facts: Facts) -> list[str]:
    """Each field of each record written since the last look holds what the ledger last said; a field it never named is empty."""
    wrong: list[str] = []
    changed: dict[str, set[Any]] = {}
    for label, key in rows("SELECT DISTINCT entity, record_id FROM core_change WHERE id > %s", facts.since):
        changed.setdefault(label, set()).add(key)
    for label, keys in changed.items():
        entity, last = registry.get(label), newest(keys)
        for record in entity.model._base_manager.filter(pk__in=keys).iterator(chunk_size=2000):
            wrong += differing(entity, record, last.get(record.pk, {}))
    return [*wrong[:SHOWN], f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else wrong


def newest(keys: set[Any]) -> dict[Any, dict[str, Any]]:
    """What the ledger says last of each field of each record."""
    last: dict[Any, dict[str, Any]] = {}
    for key, after in rows(
        "SELECT record_id, after FROM core_change WHERE record_id = ANY(%s) ORDER BY version, id", list(keys)
    ):
        last.setdefault(key, {}).update(as_dict(after))
    return last


def differing(entity: Any, record: Any, last: dict[str, Any]) -> list[str]:
    """Fields whose value is not the one of the ledger."""
    wrong = []
    for name, spec in entity.fields.items():
        if not spec.stored or not spec.columns or name in Record.BOOKKEEPING:
            continue
        held = spec.get(record)
        now = None if spec.type.is_empty(held) else spec.type.dump(held, spec)
        said = last.get(name)
        if now != (None if said in ("", [], {}) else said):
            wrong.append(f"{entity.label} {record.pk}: {name} is {now!r}, the ledger says {said!r}")
    return wrong


def sets(facts: Facts) -> list[str]:
    """A change-set counts its changes, a change belongs to a change-set, the log tells of as many records."""
    del facts
    return [
        *none(
            "SELECT s.id, s.kind, s.records, count(c.id) FROM core_changeset s LEFT JOIN core_change c ON c.changeset_id = s.id GROUP BY s.id HAVING count(c.id) <> s.records OR s.records = 0",
            "change-sets that miscount their changes",
        ),
        *none(
            "SELECT c.id, c.entity FROM core_change c WHERE NOT EXISTS (SELECT 1 FROM core_changeset s WHERE s.id = c.changeset_id)",
            "changes of no change-set",
        ),
        *none(
            "SELECT s.id, s.records, sum(a.count) FROM core_changeset s LEFT JOIN core_auditevent a ON a.changeset_id = s.id GROUP BY s.id HAVING coalesce(sum(a.count), 0) <> s.records",
            "change-sets of which the log tells something else",
        ),
    ]
