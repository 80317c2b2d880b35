"""Operations of migrations that do not stop anybody's work."""

from typing import Any

from django.db.migrations.operations.base import Operation

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
