"""Import of a file in one call: what the command line, jobs, the API and tests use.

outcome = import_file(actor, registry.get("parties.company"), path, mapping)
outcome.summary.added, outcome.rejected, outcome.changeset
"""

from collections.abc import Mapping
from pathlib import Path

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import Refused

from . import mapping as maps
from .analysis import analyse, kinds, with_notations
from .engine import Progress, run
from .facts import Facts
from .formats.detect import open_table
from .formats.errors import FormatError
from .formats.messages import explain
from .formats.table import Table
from .guess import guess
from .links import as_uuid
from .mapping import ColumnMap
from .summary import Outcome


def open_file(source: Path | bytes, file: str, mapping: maps.Mapping) -> Table:
    """The table in the file; Refused in words when there is none."""
    try:
        return open_table(source, file, mapping.reading)
    except FormatError as error:
        raise unreadable(error, file) from None


def unreadable(error: FormatError, file: str = "") -> Refused:
    """A file that cannot be read, in words: which, what is wrong with it, what to do."""
    return Refused({"file": [f"{file}: {explain(error)}" if file else str(explain(error))]})


def import_file(
    actor: Actor, entity: Entity, source: Path | bytes, mapping: maps.Mapping, *,
    file: str = "", is_rehearsal: bool = False, progress: Progress | None = None, facts: Mapping[str, Facts] | None = None, notations: tuple[str | None, str | None] = (None, None),
) -> Outcome:  # fmt: skip
    """Import a file, or rehearse it. Columns are matched by their names where the mapping names none.

    `notations` (of dates, the decimal sign) count for columns that fit several.
    Raises Refused for a file that cannot be read, for a wrong mapping, and for a column of dates or numbers that fits several
    notations when the mapping does not say which (R151); Forbidden without the rights. Then nothing is written.
    """
    name = file or (source.name if isinstance(source, Path) else "")
    with open_file(source, name, mapping) as table:
        mapping = mapping if mapping.columns else maps.changed(mapping, columns=guessed(entity, table, actor))
        try:
            known = (
                facts
                if facts is not None
                else analyse(table, asked).columns
                if (asked := undecided(entity, mapping))
                else {}
            )
            decided = with_notations(entity, mapping, known, notations)
            return run(
                actor, entity, decided, table.columns, table, file=name, is_rehearsal=is_rehearsal, progress=progress
            )
        except FormatError as error:
            raise unreadable(error, name) from None


def guessed(entity: Entity, table: Table, actor: Actor) -> tuple[ColumnMap, ...]:
    """Columns matched by their names; whether "id" means ours is told by its first cells."""
    at = table.columns.index("id") if "id" in table.columns else None
    has_ids = at is not None and all(as_uuid(str(row.cells[at] or "")) for row in table.sample(3))
    return guess(entity, table.columns, actor, kind=table.layout.kind, has_ids=has_ids)


def undecided(entity: Entity, mapping: maps.Mapping) -> list[str]:
    """Columns of dates and numbers whose notation the mapping leaves open: only they need a look at the whole file first."""
    said = {given.columns[0] for given in mapping.columns if given.columns and (given.dates or given.numbers)}
    return [name for name in kinds(entity, mapping) if name not in said]
