"""Keeping what saved views ask for: triggers, figures of the records that are there, folded lines, and nothing that nobody wants any more.

1. In one transaction a function and its triggers come to the table. PostgreSQL waits for writers before it makes them and lets
   none in between, so from its end on every write adds its differences.
2. One statement counts all records and takes the lines that are there away, as of one moment: whoever was committed by then is
   counted and has lost its lines, whoever was not keeps them.
3. Only then is it ready. Before it is dropped it is ready no more, and readers look at that again after they have read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import ProgrammingError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from kith.core import changes, custom_fields
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.stored.building import patiently

from . import asking
from .cubes import Cube
from .models import KeptLine, KeptReport
from .texts import Texts, name_of, texts_of

#: More groups than this are no quicker to read than rows.
MOST = 50_000
#: Lines are folded when there are so many more than groups.
WAITING = 500
OPS = {"INSERT": "REFERENCING NEW TABLE AS fresh", "UPDATE": "REFERENCING OLD TABLE AS gone NEW TABLE AS fresh", "DELETE": "REFERENCING OLD TABLE AS gone", "TRUNCATE": ""}  # fmt: skip
#: Always: rows that are copied past all other triggers (`bench.press`) are counted as well.
TRIGGER = "CREATE TRIGGER {name} AFTER {op} ON {table} {rows} FOR EACH STATEMENT EXECUTE FUNCTION {function}(); ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"
DROP = "DROP FUNCTION IF EXISTS {name}() CASCADE"
THERE = (
    "SELECT proname FROM pg_proc WHERE proname LIKE 'kith\\_kept\\_%' AND pronamespace = current_schema()::regnamespace"
)
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 5170000037))"
LINES = "SELECT count(*) FROM core_keptline WHERE report = %s"


class TooMany(Exception):
    """There are more groups than it pays to keep."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Figures that are asked for by a saved view."""

    cube: Cube
    texts: Texts
    view: str


def wanted() -> dict[UUID, Kept]:
    """What should be kept, by id; of views that ask for the same the first."""
    found = dict[UUID, Kept]()
    for view in registry.get("core.view").rows(SYSTEM).filter(is_kept=True).order_by("pk"):
        try:
            cube = asking.of_view(view)
        except asking.Unkept:  # its kind of record or its fields are others now
            continue
        texts = texts_of(cube)
        found.setdefault(texts.id, Kept(cube, texts, view.name))
    return found


def ready() -> dict[str, list[tuple[Kept, Any]]]:
    """What can be read now, by kind of record, the smallest first; each with when it was built."""
    built = dict(KeptReport._base_manager.filter(is_ready=True).values_list("id", "built_at"))
    found = dict[str, list[tuple[Kept, Any]]]()
    for key, kept in wanted().items() if built else ():
        if key in built:
            found.setdefault(kept.cube.entity.label, []).append((kept, built[key]))
    for each in found.values():
        each.sort(key=lambda pair: len(pair[0].cube.keys))
    return found


def is_settled() -> bool:
    """Whether just what should be kept is kept, or was found to have too many groups."""
    return set(wanted()) == {row.id for row in KeptReport._base_manager.all() if row.is_ready or row.problem}


def settle() -> dict[str, int]:
    """Build what is missing, drop what nobody wants; raises Refused where the role of the database may not."""
    asked, rows = wanted(), {row.id: row for row in KeptReport._base_manager.all()}
    spare = (set(rows) | functions()) - set(asked)
    missing = [key for key in asked if key not in rows or not (rows[key].is_ready or rows[key].problem)]
    try:
        for key in spare:
            drop(key)
        for key in missing:
            build(asked[key])
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") != "42501":  # insufficient privilege
            raise
        raise Refused(_("The database role of Kith may not keep figures ready; run “kith figures keep” as the owner of the tables.")) from error  # fmt: skip
    return {"built": len(missing), "dropped": len(spare)}


def build(kept: Kept) -> None:
    """Keep the figures of a cube from now on."""
    texts = kept.texts
    drop(texts.id)
    with step(texts.id):
        KeptReport._base_manager.create(id=texts.id, entity=kept.cube.entity.label)
    patiently(made(texts))
    try:
        fill(texts)
    except TooMany:
        give_up(kept)


def give_up(kept: Kept) -> None:
    """Keep no figures with so many groups, and remember that."""
    drop(kept.texts.id)
    with step(kept.texts.id):
        many = KeptReport.Problem.MANY
        KeptReport._base_manager.create(id=kept.texts.id, entity=kept.cube.entity.label, problem=many)


def made(texts: Texts) -> sql.Composed:
    """The function and its triggers."""
    parts: list[sql.Composable] = [sql.SQL(texts.function + ";")]
    for op, named in OPS.items():
        name = sql.Identifier(f"{texts.name}_{op.lower()}")
        parts.append(sql.SQL(TRIGGER).format(name=name, op=sql.SQL(op), table=sql.Identifier(texts.table), rows=sql.SQL(named), function=sql.Identifier(texts.name)))  # fmt: skip
    return sql.Composed(parts)


def fill(texts: Texts) -> None:
    """Count all records anew. Raises TooMany, with nothing changed."""
    with step(texts.id) as cursor:
        cursor.execute(texts.fill)
        groups = cursor.rowcount
        if groups > MOST:
            raise TooMany
        KeptReport._base_manager.filter(pk=texts.id).update(is_ready=True, built_at=timezone.now(), folded=groups)
        custom_fields.announce()


def fold(waiting: int = WAITING) -> int:
    """Put the lines of each group together where many have come; of how many figures those were."""
    asked, count = wanted(), 0
    for row in KeptReport._base_manager.filter(is_ready=True):
        if row.id in asked and lines(row.id) > row.folded + waiting:
            if fold_one(asked[row.id].texts) > 2 * MOST:
                give_up(asked[row.id])
            count += 1
    return count


def fold_one(texts: Texts) -> int:
    """Put the lines of each group together; how many groups there are."""
    with step(texts.id) as cursor:
        cursor.execute(texts.fold)
        groups = int(cursor.rowcount)
        KeptReport._base_manager.filter(pk=texts.id).update(folded=groups)
        return groups


def lines(key: UUID) -> int:
    """How many lines there are."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [key])
        return int(cursor.fetchone()[0])


@contextmanager
def step(key: UUID) -> Iterator[Any]:
    """A transaction of its own in which nobody else builds or folds these figures."""
    with changes.maintenance("maintenance"), connection.cursor() as cursor:
        cursor.execute(ALONE, [str(key)])
        yield cursor


def functions() -> set[UUID]:
    """The ids of all figures for which the database has a function."""
    with connection.cursor() as cursor:
        cursor.execute(THERE)
        return {UUID(hex=name.rpartition("_")[2]) for (name,) in cursor.fetchall()}


def drop(key: UUID) -> None:
    """Keep these figures no longer."""
    with step(key):
        if KeptReport._base_manager.filter(pk=key, is_ready=True).update(is_ready=False):
            custom_fields.announce()
    if key in functions():
        patiently(sql.SQL(DROP).format(name=sql.Identifier(name_of(key))))
    with step(key):
        KeptLine._base_manager.filter(report=key).delete()
        KeptReport._base_manager.filter(pk=key).delete()


def give_way() -> None:
    """Before migrations: functions that name columns which may be gone soon are dropped; the job builds them anew."""
    if not custom_fields.has_table(KeptReport._meta.db_table):
        return
    for key in functions():
        drop(key)
