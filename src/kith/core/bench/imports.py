"""How fast a file of people comes in: validated, compared with what is there, audited, in one change-set that is rolled back."""

# ruff: noqa: S608 - statements written by hand from words of this module

import csv
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection, transaction

from kith.core import machine
from kith.core.access import Actor
from kith.core.entity import registry
from kith.core.exchange.importing import import_file
from kith.core.exchange.mapping import Mapping
from kith.core.store import columns_of

from . import names
from .report import IMPORT, met

ROWS = 20_000
HEAD = ("Given name", "Family name", "E-mail", "Phone", "Language")


@dataclass(frozen=True, slots=True)
class Brought:
    """How many rows came in, and how many in a second: by the import, and by plain SQL into one table; memory in MB at its highest."""

    rows: int
    speed: float
    plain: float
    memory: int

    def __str__(self) -> str:
        return (
            f"Import of a CSV file of {self.rows:,} people with e-mail and phone, checked, compared, audited: {self.speed:,.0f} rows/s "
            f"(budget {IMPORT:,}: {met(self.speed >= IMPORT)}; {3 * self.rows:,} records with their contact points; {self.memory:,} MB of memory at the highest); INSERT … SELECT of as many rows of one table: {self.plain:,.0f} rows/s"
        )


def brought(actor: Actor, rows: int = ROWS) -> Brought:
    """Import a file, and copy as many rows by hand."""
    forget_highest()
    taken, seconds = imported(actor, rows)
    return Brought(taken, taken / seconds, taken / inserted(taken), highest())


def imported(actor: Actor, rows: int) -> tuple[int, float]:
    """How many rows came in, and in how many seconds; nothing stays."""
    with TemporaryDirectory() as folder, rolled_back():
        path = Path(folder) / "people.csv"
        write(path, rows)
        started = time.perf_counter()
        outcome = import_file(actor, registry.get("parties.person"), path, Mapping())
        return outcome.summary.added, time.perf_counter() - started


def write(path: Path, rows: int) -> None:
    """A file of people who are not there yet."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for number, named in enumerate(names.people(rows, seed=99)):
            mail = f"new{number}@import{number % 997}.example"
            writer.writerow((named.given, named.family, mail, named.phone, named.language))


def forget_highest() -> None:
    """Let the highest memory be counted from now on; where the system cannot, it is that of the whole process."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def highest() -> int:
    """The highest memory of this process, in MB: VmHWM of proc(5)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", machine.read("/proc/self/status"))
    return int(found[1]) // 1024 if found else 0


def inserted(rows: int) -> float:
    """Seconds for as many copies of rows that are there, with a ledger row each."""
    columns = ", ".join(
        f'"{column.column}"' for column in columns_of(registry.get("parties.person").model) if column.column != "id"
    )
    with rolled_back(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kith.changeset', 'bench', true)")
        started = time.perf_counter()
        cursor.execute(
            f"INSERT INTO parties_party (id, {columns}) SELECT gen_random_uuid(), {columns} FROM parties_party WHERE kind = 'person' LIMIT %s",
            [rows],
        )
        cursor.execute(
            "INSERT INTO core_change (at, changeset_id, entity, record_id, op, after) SELECT at, changeset_id, entity, record_id, op, after FROM core_change WHERE op = 'create' LIMIT %s",
            [rows],
        )
        return time.perf_counter() - started


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
