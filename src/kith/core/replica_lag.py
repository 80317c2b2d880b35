"""How far replicas are behind, for `kith doctor`: each has five seconds to replay what is written when it looks."""

import time
from collections.abc import Iterator

import psycopg
from django.db import connection

from kith.core.database import replica_url
from kith.core.database_safety import Fact
from kith.core.replica import LATE

WRITTEN = "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, current_setting('synchronous_standby_names'), current_setting('synchronous_commit')"
#: Who may not read pg_stat_replication sees that a standby is there, and nothing of how far it is.
HIDDEN = "not shown to this role (grant it pg_read_all_stats)"
STANDBYS = "SELECT coalesce(application_name, ''), coalesce(sync_state, %s), sync_state IS NULL OR coalesce(replay_lsn - '0/0', 0) >= %s FROM pg_stat_replication ORDER BY 1, 2"
REPLAYED = "SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() - '0/0', 0) >= %s"
EVERY = 0.1
#: A standby that has nothing to receive says only so often how far it has replayed (wal_receiver_status_interval).
TOLD_EVERY = 10.0


def facts() -> Iterator[Fact]:
    """Every standby of the database, and the replica that pages are read from; nothing without any."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN)
        written, names, commit = cursor.fetchone()
    standbys = in_time(written, time.monotonic() + LATE + TOLD_EVERY)
    if names:
        yield waits(names, commit, any(kind in ("sync", "quorum", HIDDEN) for _name, kind, _near in standbys))
    for name, kind, is_near in standbys:
        yield Fact(f"standby {name}", kind, "" if is_near else late(f"the standby {name}"))
    if replica_url():
        yield read_from(written, time.monotonic() + LATE)


def in_time(written: int, until: float) -> list[tuple[str, str, bool]]:
    """Name, kind and whether it has replayed, of each standby, once all have or the time is over."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(STANDBYS, [HIDDEN, written])
            found = list(cursor.fetchall())
        if all(is_near for *_names, is_near in found) or time.monotonic() > until:
            return found
        time.sleep(EVERY)


def waits(names: str, commit: str, is_there: bool) -> Fact:
    """The standbys that a write waits for."""
    lacks = (
        ""
        if is_there
        else "no synchronous standby is connected, so writes wait; start it, or take its name out of synchronous_standby_names."
    )
    return Fact("synchronous_standby_names", f"{names}, synchronous_commit {commit}", lacks)


def read_from(written: int, until: float) -> Fact:
    """The replica of KITH_REPLICA_URL."""
    try:
        with psycopg.connect(replica_url(), connect_timeout=3, autocommit=True) as other:
            while True:
                is_replica, is_near = other.execute(REPLAYED, [written]).fetchone() or (False, False)
                if is_near or not is_replica or time.monotonic() > until:
                    break
                time.sleep(EVERY)
    except psycopg.Error as error:
        return Fact(
            "KITH_REPLICA_URL",
            "no answer",
            f"the replica does not answer, so pages are read where they are written: {str(error).strip()}",
        )
    if not is_replica:
        return Fact("KITH_REPLICA_URL", "no replica", "KITH_REPLICA_URL names a server that is no replica.")
    return Fact("KITH_REPLICA_URL", "near" if is_near else "behind", "" if is_near else late("the replica"))


def late(who: str) -> str:
    """The alarm."""
    return f"{who} is more than {LATE:.0f} s behind; look for what it waits for in its log and on its disk."
