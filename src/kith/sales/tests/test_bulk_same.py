"""Many rows at once, as an import writes them, and the same rows one after the other give the same: columns, ledger, keys, events, errors."""

import datetime as dt
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from kith.core import courier, store, writes
from kith.core.access import SYSTEM
from kith.core.changes import Running, change_set
from kith.core.entity import Entity, registry
from kith.core.errors import Refused
from kith.core.pipeline import dump
from kith.core.testing import factory
from kith.processes import shipped

pytestmark = pytest.mark.django_db
LABELS = (
    "parties.person",
    "parties.company",
    "sales.opportunity",
    "sales.lead",
    "catalogue.product",
    "activities.task",
)
ROWS = 12
MOMENT = dt.datetime(2026, 11, 28, 10, 0, 0, 123456, dt.UTC)
#: What may stand in a field instead of its valid value, by kind: other notations, nought, nothing, nonsense.
OTHERS: dict[str, tuple[Any, ...]] = {
    "mail": ("Bö <x@München.example>", "no mail", "o@gmail.com", ""),
    "phone": ("+7 (916) 555-12-34 доб. 5", "call me", "0171 2345678", ""),
    "url": ("firm.example/x", "javascript:1", ""),
    "percent": ("0", "500", None),
    "number": (0, 3, None, "x"),
    "money": ({"amount": "0", "currency": "EUR"}, {"amount": "7", "currency": "RUB"}, None),
    "boolean": (False, True),
    "date": ("1999-12-31", "2090-01-01", None, "soon"),
    "words": (["a"], [], ["b", 'c "d"']),
    "choice": ("", "nonsense"),
    "text": ("Ёжик \\N \t in tab", "张伟", "", "a\x00b", "x" * 400),
    "longtext": ("first\nsecond \\. ", "上海光学仪器", None),
}
#: The automatic score is stored without a line in the ledger.
SILENT = frozenset({"score"})
LEFT_ALONE = frozenset({"link", "ref", "tags"})


def rows_of(entity: Entity, chance: random.Random) -> list[dict[str, Any]]:
    """Rows in which each optional field may be given, left out, or hold something else."""
    found = []
    for _row in range(ROWS):
        row = factory.values(entity, full=True)
        for name in sorted(row):
            spec, dice = entity.fields[name], chance.random()
            if dice < 0.3 and not spec.required:
                del row[name]
            elif dice < 0.45 and spec.type.name not in LEFT_ALONE:
                row[name] = chance.choice(OTHERS.get(spec.type.name, (row[name],)))
        found.append(row)
    return found


def at_once(entity: Entity, rows: list[dict[str, Any]]) -> dict[int, Any]:
    """Written as an import does; the errors by row."""
    errors: dict[int, Any] = {}
    with courier.behind():
        writes.create_many(SYSTEM, entity, rows, on_errors=lambda at, found: errors.setdefault(at, in_words(found)))
    return errors


def one_by_one(entity: Entity, rows: list[dict[str, Any]]) -> dict[int, Any]:
    """Written as a form does; the errors by row."""
    errors: dict[int, Any] = {}
    for at, row in enumerate(rows):
        try:
            writes.create(SYSTEM, entity, row, confirm=("duplicate",))
        except Refused as refused:
            errors[at] = in_words(refused.errors)
    return errors


def in_words(errors: dict[str, list[Any]]) -> dict[str, list[str]]:
    """Errors as they are read."""
    return {name: [str(message) for message in messages] for name, messages in errors.items()}


def written(write: Callable[..., dict[int, Any]], entity: Entity, rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    """The errors and all that was stored, taken back again; ids of this run under names."""
    with transaction.atomic():
        with change_set(SYSTEM, kind="import", entity=entity.label) as changes:
            changes.at = MOMENT
            errors = write(entity, rows)
        stored = everything(changes)
        transaction.set_rollback(True)
    return errors, *stored


def everything(changes: Running) -> tuple[Any, ...]:
    """Rows, ledger, match keys, stays in stages, log and events of a change-set."""
    mine = [changes.id]
    ledger = asked(
        "SELECT entity, record_id::text, op, title, version, before::text, after::text FROM core_change WHERE changeset_id = %s",
        mine,
    )
    names = {key: f"{label} {title}" for label, key, _op, title, *_rest in ledger}
    tables = {registry.get(label).model._meta.db_table for label, *_rest in ledger}
    found = [
        ledger,
        *(asked(f"SELECT to_jsonb(t) - 'search_vector' FROM {table} t WHERE id IN (SELECT record_id FROM core_change WHERE changeset_id = %s)", mine) for table in sorted(tables)),
        asked("SELECT party_id, kind, key FROM parties_matchkey WHERE party_id IN (SELECT record_id FROM core_change WHERE changeset_id = %s)", mine),
        asked("SELECT record_id, stage_id, state, entered_at FROM processes_stagestay WHERE changeset_id = %s", mine),
        asked("SELECT kind, entity, count, record_id, title FROM core_auditevent WHERE changeset_id = %s", mine),
        asked("SELECT name, entity, key FROM core_outboxevent, jsonb_array_elements_text(record_ids) AS key WHERE changeset_id = %s", mine),
    ]  # fmt: skip
    check_ledger(changes, ledger)
    return tuple(sorted(called(repr(row), names, changes) for row in part) for part in found)


def asked(query: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """The answer of the database."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def called(text: str, names: dict[str, str], changes: Running) -> str:
    """A row with names in place of what differs between two runs."""
    for key, name in names.items():
        text = text.replace(key, name)
    return text.replace(str(changes.id), "SET")


def check_ledger(changes: Running, ledger: list[tuple[Any, ...]]) -> None:
    """The ledger holds of a new record exactly what is stored of it, asked field by field."""
    changed = {key for _label, key, op, *_rest in ledger if op != "create"}
    for label, key, _op, _title, _version, _before, after in ledger:
        if key not in changed:
            entity = registry.get(label)
            record = entity.rows(SYSTEM).get(pk=key)
            values = {
                spec.name: spec.get(record)
                for spec in entity.fields.values()
                if spec.columns and spec.name not in SILENT
            }
            held = {
                name: dump(entity.fields[name], value)
                for name, value in values.items()
                if value not in (None, "", [], {})
            }
            assert {name: value for name, value in json.loads(after).items() if name not in SILENT} == json.loads(
                json.dumps(held, default=str)
            ), (label, key)


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("seed", [1, 2])
def test_rows_at_once_are_rows_one_by_one(label, seed, monkeypatch):
    shipped.install()
    entity = registry.get(label)
    rows = rows_of(entity, random.Random(seed))
    monkeypatch.setattr(store, "COPY_FROM", 2)
    together, singly = written(at_once, entity, rows), written(one_by_one, entity, rows)
    assert len(together[0]) < ROWS, "no row was good"
    assert together == singly
