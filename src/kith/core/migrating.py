"""Applying migrations, and operations of theirs: an index that stops nobody's work, tables that are made at once."""

from collections.abc import Sequence
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from kith import env

#: Partitions of a table: name, their index of a given name, whether it is whole, whether they have one that is attached.
CHILDREN = """
SELECT child.relname, coalesce(own.relname, ''), coalesce(facts.indisvalid, false), EXISTS (
    SELECT FROM pg_inherits tie JOIN pg_index leaf ON leaf.indexrelid = tie.inhrelid
    WHERE tie.inhparent = to_regclass(%(index)s) AND leaf.indrelid = child.oid)
FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
LEFT JOIN pg_class own ON own.relname = left(child.relname, 40) || '_' || %(suffix)s AND own.relnamespace = child.relnamespace
LEFT JOIN pg_index facts ON facts.indexrelid = own.oid
WHERE inhparent = %(table)s::regclass ORDER BY child.relname
"""


class PartitionedIndex(Operation):
    """An index of a partitioned table, built on one partition after the other while people go on writing.

    PostgreSQL builds no index of a partitioned table concurrently, so:
    1. declare it on the parent alone; partitions made from now on have it;
    2. build it concurrently on each partition that has none, a broken remainder of an earlier try removed first;
    3. attach them; with the last one the index of the parent becomes valid.
    The migration must not be atomic; it may be run again after it was cut off.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, name: str, columns: str, condition: str = "") -> None:
        self.table, self.name = table, name
        self.columns = f"({columns}) WHERE {condition}" if condition else f"({columns})"

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The state of models knows nothing of these tables' indexes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Build it."""
        quote = schema_editor.quote_name
        schema_editor.execute(
            f"CREATE INDEX IF NOT EXISTS {quote(self.name)} ON ONLY {quote(self.table)} {self.columns}"
        )
        for child, index, is_valid, is_attached in self.children(schema_editor):
            if is_attached:
                continue
            if index and not is_valid:
                schema_editor.execute(f"DROP INDEX CONCURRENTLY {quote(index)}")
            if not is_valid:
                index = f"{child[:40]}_{self.suffix}"
                schema_editor.execute(f"CREATE INDEX CONCURRENTLY {quote(index)} ON {quote(child)} {self.columns}")
            schema_editor.execute(f"ALTER INDEX {quote(self.name)} ATTACH PARTITION {quote(index)}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Drop it, with those of the partitions."""
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}")

    @property
    def suffix(self) -> str:
        """What the index is called after the name of a partition."""
        return self.name.removeprefix(f"{self.table}_")

    def children(self, schema_editor: Any) -> list[tuple[str, str, bool, bool]]:
        """Partitions with the index they have: its name, whether it is whole, whether it is attached."""
        if schema_editor.collect_sql:
            return []
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(CHILDREN, {"index": self.name, "suffix": self.suffix, "table": self.table})
            return list(cursor.fetchall())

    def describe(self) -> str:
        """For the list of operations."""
        return f"Index {self.name} on {self.table} {self.columns}"


class AtOnce(Operation):
    """Operations for which Django renders the models once, instead of anew after each of them.

    Users are linked to all, and all to users: a CreateModel of its own costs as much time as there are models so far.
    Foreign keys are made when the migration ends, so tables may point at each other in any order. What must see in the
    database, or in the models, what an earlier operation did, stands outside.
    """

    reduces_to_sql = True
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    @property
    def reversible(self) -> bool:  # type: ignore[override]  # Django's is a class attribute
        """When all are."""
        return all(operation.reversible for operation in self.operations)

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Change the state; its models are thrown away first, and rendered when one is asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Run them in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Take them back, the last one first."""
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """For the list of operations."""
        return "At once: " + "; ".join(operation.describe() for operation in self.operations)


def migrate(verbosity: int) -> None:
    """Apply what is missing; refused where Django would leave something out without a word."""
    if problem := unreachable(MigrationLoader(connection)):
        raise env.BadSetting(problem)
    call_command("migrate", interactive=False, verbosity=verbosity)


def unreachable(loader: MigrationLoader) -> str:
    """What keeps a database from being brought further: of migrations that were replaced and are gone it has had some."""
    disk, graph = loader.disk_migrations or {}, loader.graph.nodes
    halves = [
        f"{app}.{name}"
        for (app, name), migration in sorted(disk.items())
        if migration.replaces and (app, name) not in graph and not disk.keys() & set(migration.replaces)
    ]
    if not halves:
        return ""
    return (
        f"The database has had only some of the migrations that {', '.join(halves)} stands for. Run `kith migrate` "
        "of the last version that has all of them, then of this one (docs/decisions/011)."
    )
