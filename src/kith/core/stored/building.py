"""Keeping what the definitions ask for: triggers, values of the rows that are there, and nothing that nobody wants any more.

The SQL of a roll-up is committed first, so that every write from then on keeps what it touches; the job waits until those that
had begun before have ended, and then works out all records in the order of their ids, batch by batch, under the same locks as
writers. Only then are the values read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, ProgrammingError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from kith.core import changes, custom_fields, worked_out
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.store import is_busy

from . import storable
from .models import RollupStore, RollupValue
from .texts import Texts, texts_of

PIECE, TRIES, PATIENCE = 2000, 40, "2s"
OPS = {"INSERT": "NEW TABLE AS fresh", "UPDATE": "OLD TABLE AS gone NEW TABLE AS fresh", "DELETE": "OLD TABLE AS gone"}
TRIGGER = "CREATE TRIGGER {name} AFTER {op} ON {table} REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION kith_rollup_touch()"
THERE = "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname LIKE 'kith\\_rolled\\_%' AND c.relnamespace = current_schema()::regnamespace"
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 5170000032))"
SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 5170000032))"
RENEW = "SELECT kith_rollup_renew(field_id, renew, %s) FROM core_rollupstore WHERE field_id = %s AND print = %s"
DROP = sql.SQL("DROP TRIGGER IF EXISTS {name} ON {table}")


def asked(book: Any) -> list[Any]:
    """The roll-ups that are often filtered."""
    return [row for row in book.rows.values() if worked_out.is_rollup(row) and row.is_indexed]


def wanted() -> dict[UUID, Texts]:
    """What should be kept, by definition: all that are often filtered and can be kept."""
    book = worked_out.book()
    found = {row.pk: kept_by(book, row) for row in asked(book)}
    return {key: texts for key, texts in found.items() if texts is not None}


def why_not(book: Any, row: Any) -> Any:
    """Why the values of a roll-up cannot be kept, in words for its editor; "" where they can."""
    return storable.why_not(book, row) or ("" if texts_of(book, row) else storable.ZONE)


def kept_by(book: Any, row: Any) -> Texts | None:
    """The SQL of a definition; None where it cannot be kept, or is broken."""
    if registry.find(row.entity) is None or storable.why_not(book, row):
        return None
    try:
        return texts_of(book, row)
    except worked_out.BROKEN:
        return None


def ready(book: Any) -> dict[UUID, str]:
    """The definitions whose values are kept now, and are still what the definitions ask for; of these roll-ups the column's print."""
    rows = asked(book)
    stores = dict(RollupStore._base_manager.filter(is_ready=True).values_list("field_id", "print")) if rows else {}
    return {row.pk: stores[row.pk] for row in rows if row.pk in stores and (texts := kept_by(book, row)) and texts.print == stores[row.pk]}  # fmt: skip


def states() -> dict[UUID, str]:
    """For each roll-up that is often filtered: "ready" where its values are kept, else "missing"."""
    book = worked_out.book()
    there = ready(book)
    return {row.pk: "ready" if row.pk in there else "missing" for row in asked(book)}


def is_settled() -> bool:
    """Whether just what should be kept is kept."""
    there = {
        store.field_id: store.print
        for store in RollupStore._base_manager.filter(is_ready=True).only("field_id", "print")
    }
    return (
        there == {key: texts.print for key, texts in wanted().items()}
        and not RollupStore._base_manager.filter(is_ready=False).exists()
    )


def settle() -> dict[str, int]:
    """Build what is missing, drop what nobody wants; raises Refused where the role of the database may not."""
    texts_by = wanted()
    spare = [store.field_id for store in RollupStore._base_manager.all() if store.field_id not in texts_by]
    right = {store.field_id for store in RollupStore._base_manager.filter(is_ready=True) if store.field_id in texts_by and store.print == texts_by[store.field_id].print}  # fmt: skip
    missing = [key for key in texts_by if key not in right]
    try:
        for key in spare:
            drop(key)
        for key in missing:
            build(key, texts_by[key])
        clear_triggers({table for texts in texts_by.values() for table in (texts.child_table, texts.parent_table)})
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":  # insufficient privilege
            raise
        raise Refused(_("The database role of Kith may not build indexes; run “kith fields index” as the owner of the tables.")) from error  # fmt: skip
    return {"built": len(missing), "dropped": len(spare)}


def rest() -> None:
    """After migrations: SQL that may name columns that are there no more is run no longer; the job of the night builds it anew."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [RollupStore._meta.db_table])
        if cursor.fetchone()[0] is None or not RollupStore._base_manager.exclude(child_table="").exists():
            return
    there = wanted()
    with changes.maintenance("maintenance"):
        for store in RollupStore._base_manager.exclude(child_table=""):
            if store.field_id not in there or there[store.field_id].print != store.print:
                RollupStore._base_manager.filter(pk=store.pk).update(child_table="", parent_table="", is_ready=False)


def build(key: UUID, texts: Texts) -> None:
    """Keep the values of one roll-up from now on."""
    with step(ALONE, key):
        RollupStore._base_manager.update_or_create(pk=key, defaults={**{name: getattr(texts, name) for name in texts.__slots__}, "print": texts.print, "is_ready": False})  # fmt: skip
    for table in {texts.child_table, texts.parent_table}:
        watch(table, {"INSERT", "DELETE"} | ({"UPDATE"} if table == texts.child_table else set()))
    wait_for_others()
    for keys in pieces(texts):
        with step(SHARED, key), connection.cursor() as cursor:
            cursor.execute(RENEW, [keys, key, texts.print])
    with step(ALONE, key):
        RollupStore._base_manager.filter(pk=key, print=texts.print).update(is_ready=True, built_at=timezone.now())
        custom_fields.announce()


@contextmanager
def step(lock: str, key: UUID) -> Iterator[None]:
    """A transaction of its own under the lock of a roll-up."""
    with changes.maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute(lock, [str(key)])
        yield


def pieces(texts: Texts) -> Iterator[list[UUID]]:
    """The ids of all records of the parent table, in order."""
    table, last = sql.Identifier(texts.parent_table), UUID(int=0)
    query = sql.SQL("SELECT id FROM {} WHERE id > %s ORDER BY id LIMIT %s").format(table)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last, PIECE])
            keys = [row[0] for row in cursor.fetchall()]
        if not keys:
            return
        yield keys
        last = keys[-1]


def drop(key: UUID) -> None:
    """Keep the values of a roll-up no longer."""
    with step(ALONE, key):
        RollupStore._base_manager.filter(pk=key).delete()
        custom_fields.announce()
    rows = RollupValue._base_manager.filter(field_id=key).order_by("record_id")
    while keys := list(rows.values_list("record_id", flat=True)[:PIECE]):
        with changes.maintenance("maintenance"):
            RollupValue._base_manager.filter(field_id=key, record_id__in=keys).delete()


# --- triggers -----------------------------------------------------------------------------------------------------------


def there() -> set[tuple[str, str]]:
    """Our triggers: table and name."""
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        return set(cursor.fetchall())


def watch(table: str, ops: set[str]) -> None:
    """See that writes of a table are noticed; waits for writers a little at a time, so that nobody queues behind it for long."""
    known = there()
    for op in sorted(ops):
        name = f"kith_rolled_{op.lower()}"
        if (table, name) not in known:
            patiently(
                sql.SQL(TRIGGER).format(
                    name=sql.Identifier(name), op=sql.SQL(op), table=sql.Identifier(table), rows=sql.SQL(OPS[op])
                )
            )


def clear_triggers(tables: set[str]) -> None:
    """Drop the triggers of tables that hold or give no kept value."""
    for table, name in there():
        if table not in tables:
            patiently(DROP.format(name=sql.Identifier(name), table=sql.Identifier(table)))


def patiently(statement: sql.Composed) -> None:
    """Run a statement that needs a table for itself for a moment."""
    for left in reversed(range(TRIES)):
        try:
            with changes.maintenance("maintenance"), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
                cursor.execute(statement)
            return
        except OperationalError as error:
            if not left or not is_busy(error) or connection.in_atomic_block:
                raise
            pause(1)


def wait_for_others() -> None:
    """Until every transaction has ended that may have written before the triggers and the SQL were there."""
    if connection.in_atomic_block:  # a test, which nobody writes beside
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        until = cursor.fetchone()[0]
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [until])
            if cursor.fetchone()[0]:
                return
            pause(0.2)


def pause(seconds: float) -> None:
    """Wait in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [seconds])
