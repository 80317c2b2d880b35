"""Numbers of transactions after a move to another server.

The order of sealing is that of the transactions' numbers. Another server counts from the beginning; there `kith_xact` adds
what its count lacks, so that new rows follow those that came with a backup.
"""

from django.db import connection, transaction

from .sources import SOURCES

#: The three functions, with what they add.
FUNCTIONS = """
CREATE OR REPLACE FUNCTION kith_xact() RETURNS bigint LANGUAGE sql STABLE RETURN pg_current_xact_id()::text::bigint + {0};
CREATE OR REPLACE FUNCTION kith_newest() RETURNS bigint LANGUAGE sql STABLE RETURN pg_snapshot_xmax(pg_current_snapshot())::text::bigint + {0};
CREATE OR REPLACE FUNCTION kith_settled() RETURNS bigint LANGUAGE sql STABLE RETURN (
    SELECT least(min(running)::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned()::text::bigint) + {0}
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running
    WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE backend_xid = running::xid AND datname <> current_database()));
"""


def follow_on() -> bool:
    """Make new numbers greater than all there are, if this server's are not; runs after each migration. Whether that was needed."""
    if not is_behind():
        return False
    tables = ", ".join(source.table for source in SOURCES)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        present = cursor.fetchone()[0]
        cursor.execute(FUNCTIONS.format(largest() + 1 - present))
    return True


def is_behind() -> bool:
    """Whether rows bear numbers that this server has not given yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('core_erasure') IS NOT NULL AND to_regproc('kith_newest') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False  # migrations go back
        cursor.execute("SELECT kith_newest()")
        return bool(largest() >= cursor.fetchone()[0])


def largest() -> int:
    """The greatest number there is."""
    every = ", ".join(f"(SELECT coalesce(max(xact), 0) FROM {source.table})" for source in SOURCES)
    last = "(SELECT coalesce(max(settled), 0) - 1 FROM core_seal)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT greatest({every}, {last})")
        return int(cursor.fetchone()[0])
