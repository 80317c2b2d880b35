"""Makes seals: in transactions of its own, one sealer at a time, of rows that nothing can come before any more."""

import os
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from .computing import BATCH, Stretch, plain, settled_after
from .formula import SALT, START
from .models import Seal
from .sources import SOURCES, Source

#: The advisory lock of those who make seals or erase what is sealed; `kith_erase` takes the same.
LOCK = 5_170_000_001
HEAD = "SELECT number, hash FROM core_seal ORDER BY number DESC LIMIT 1"
PLACE = "SELECT until_xact, until_key FROM core_seal WHERE source = %(source)s ORDER BY until_xact DESC, until_key DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain."""

    number: int = 0
    hash: bytes = START


def seal() -> int:
    """Seal all that has settled; how many rows that were. 0 also while somebody else seals."""
    return sum(seal_source(source) for source in SOURCES)


def seal_source(source: Source) -> int:
    """Seal what has settled of one source, a batch in each transaction."""
    done = 0
    while lines := seal_batch(source):
        done += lines
        if lines < BATCH:
            break
    return done


def seal_batch(source: Source) -> int:
    """Seal the next rows of a source; how many.

    1. Look without a lock whether there is anything, which costs the database no write.
    2. Take the lock, or leave it to who has it. Each later statement sees all that the last sealer has written.
    3. Rows are read in the order of their index: sorting all that waits for each batch would take ever longer.
    4. One statement reads the horizon and the rows in one snapshot and makes their leaves (`computing.py`).
    5. Write the seal that follows the last one; its number is a primary key, so no two can follow the same.
    """
    if not is_waiting(source):
        return 0
    with transaction.atomic():
        if not plain(f"SELECT pg_try_advisory_xact_lock({LOCK})")[0][0]:
            return 0
        after = place_of(source)
        plain("SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true)")
        salts = os.urandom(SALT * BATCH * len(source.parts))
        stretch = settled_after(source, *after, salts)
        if stretch.lines:
            write(source, after, stretch, salts)
        return stretch.lines


def is_waiting(source: Source) -> bool:
    """Whether a row waits that has settled."""
    after = place_of(source)
    query = (
        f"SELECT EXISTS (SELECT FROM {source.table} WHERE (xact, id) > (%(xact)s, %(key)s::{source.id_type}) "
        "AND xact < (SELECT kith_settled()))"
    )
    return bool(plain(query, {"xact": after[0], "key": after[1] or source.least})[0][0])


def place_of(source: Source) -> tuple[int, str]:
    """The last sealed row of a source."""
    rows = plain(PLACE, {"source": source.name})
    return (rows[0][0], rows[0][1]) if rows else (0, "")


def head() -> Head:
    """The end of the chain now."""
    rows = plain(HEAD)
    return Head(rows[0][0], bytes(rows[0][1])) if rows else Head()


def write(source: Source, after: tuple[int, str], stretch: Stretch, salts: bytes) -> None:
    """Add the next link."""
    last = head()
    made = Seal(
        number=last.number + 1, source=source.name, lines=stretch.lines, after_xact=after[0], after_key=after[1],
        until_xact=stretch.until_xact, until_key=stretch.until_key, settled=stretch.settled, sealed_at=timezone.now(),
        keys=stretch.keys, salts=salts[: SALT * len(source.parts) * stretch.lines], commitments=stretch.commitments, leaves=stretch.leaves,
    )  # fmt: skip
    made.hash = made.computed(last.hash)
    Seal.objects.bulk_create([made])


def waiting() -> tuple[int, float]:
    """How many rows are not sealed yet, at most as many as a batch of each source, and seconds since the oldest of them was written."""
    lines, oldest = 0, 0.0
    for source in SOURCES:
        xact, key = place_of(source)
        query = (
            "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 FROM (SELECT at "
            f"FROM {source.table} WHERE (xact, id) > (%(xact)s, %(key)s::{source.id_type}) ORDER BY xact, id LIMIT {BATCH}) AS next_rows"
        )
        count, age = plain(query, {"xact": xact, "key": key or source.least})[0]
        lines, oldest = lines + count, max(oldest, age)
    return lines, oldest
