"""The log is found along its indexes, and one more is built without stopping anybody, also when a try was cut off."""

import pytest
from django.db import connection

from kith.core.ledger import AuditEvent
from kith.core.migrating import PartitionedIndex

LINES = """
INSERT INTO core_auditevent (at, kind, origin, actor_id, entity, title)
SELECT now() - n * interval '1 second', (ARRAY['view', 'list', 'update', 'rights'])[CASE WHEN n % 500 = 0 THEN 4 ELSE 1 + n % 3 END],
    'ui', ('00000000-0000-0000-0000-' || lpad((n % 300)::text, 12, '0'))::uuid, CASE WHEN n % 700 = 0 THEN 'parties.territory' ELSE 'parties.person' END, 'x'
FROM generate_series(1, 20000) n
"""


def sql(text: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"entity": "parties.territory"}, "entity"),
        ({"actor_id": "00000000-0000-0000-0000-000000000007"}, "actor_id_at"),
        ({"kind": "rights"}, "kind_at"),
        ({}, "at_id"),
    ],
)
def test_the_log_walks_an_index_whatever_alone_is_asked_for(asked, index):
    sql(LINES)
    sql("ANALYZE core_auditevent")
    plan = AuditEvent.objects.filter(**asked).order_by("-at", "-id")[:51].explain()
    assert f"_{index}" in plan and "Index" in plan, plan


@pytest.mark.django_db(transaction=True)
def test_an_index_of_a_partitioned_table_is_built_partition_by_partition():
    sql("CREATE TABLE parted (at date NOT NULL, word text) PARTITION BY RANGE (at)")
    try:
        for year in (2025, 2026):
            sql(
                f"CREATE TABLE parted_{year} PARTITION OF parted FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
            )
        operation = PartitionedIndex("parted", "parted_word", "word, at DESC")
        # What a try leaves that was cut off: declared, one partition built but not attached, a new partition that has it.
        sql("CREATE INDEX parted_word ON ONLY parted (word, at DESC)")
        sql("CREATE INDEX parted_2025_word ON parted_2025 (word, at DESC)")
        sql("CREATE TABLE parted_2027 PARTITION OF parted FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')")
        for _again in range(2):
            with connection.schema_editor(atomic=False) as editor:
                operation.database_forwards("core", editor, None, None)
        assert sql("SELECT indisvalid FROM pg_index WHERE indexrelid = 'parted_word'::regclass") == [(True,)]
        count = "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'parted_%' AND indexdef LIKE '%word%'"
        assert sql(count) == [(3,)]
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("core", editor, None, None)
        assert sql(count) == [(0,)]
    finally:
        sql("DROP TABLE parted")
