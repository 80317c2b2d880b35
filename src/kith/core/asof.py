"""Values as they were at a moment, from the ledger: the earliest value "before" of what was changed since, else today's (N5).

    sql, params = asof.was(entity, moment, ("amount_base", "closes_on"))

gives a query with one row for each record that was changed since `moment`: `record_id`; for each name `<name>_was` (JSON of
the value then) and `<name>_set` (whether it was changed since); `trashed_was` (whether it lay in the trash then, null where
that was not changed since). Records that were created later are told apart by their `created_at`, erased ones are gone.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from .entity import Entity


def was(entity: Entity, moment: dt.datetime, names: Sequence[str]) -> tuple[str, list[Any]]:
    """The query described above and its parameters; raises LookupError for a name that is no field."""
    for name in names:
        entity.field(name)
    columns = ", ".join(
        f"(array_agg(before -> '{name}' ORDER BY at, id) FILTER (WHERE before ? '{name}'))[1] AS {name}_was, "
        f"bool_or(before ? '{name}') AS {name}_set"
        for name in names
    )
    sql = (
        f"SELECT record_id, {columns}, "
        "(array_agg(op = 'restore' ORDER BY at, id) FILTER (WHERE op IN ('delete', 'restore')))[1] AS trashed_was "
        "FROM core_change WHERE entity = %s AND at > %s AND op <> 'create' GROUP BY record_id"
    )
    return sql, [entity.label, moment]


def value(alias: str, name: str, kind: str, now: str) -> str:
    """SQL of the value of a field then: `alias` is the joined query above, `now` today's value, `kind` its SQL type."""
    return f"CASE WHEN {alias}.{name}_set THEN ({alias}.{name}_was #>> '{{}}')::{kind} ELSE {now} END"
