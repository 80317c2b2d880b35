"""An import by a person, step by step: file, columns, duplicates, check, import. All of its state lies in ImportRun, so pages may be reloaded."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kith.core import access, files
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.errors import BadValue, Missing, Refused

from . import mapping as maps
from .analysis import analyse, open_questions, with_notations
from .engine import Progress, run
from .facts import Facts
from .formats.errors import FormatError
from .formats.table import Reading, Row, Table
from .guess import guess, squashed
from .importing import open_file, unreadable
from .imports import ColumnMemory, ImportRow, ImportRun, Step
from .links import as_uuid
from .mapping import ColumnMap, Mapping
from .summary import Outcome, Rejected

#: So many rows are read, rehearsed and imported while the page waits; more go to a job.
AT_ONCE = 1_000
#: A larger file is read by a job.
SMALL_FILE = 4 << 20


def begin(actor: Actor, entity: Entity, chunks: Iterable[bytes], name: str) -> ImportRun:
    """Keep the file and see what is in it; Refused when it holds no table."""
    access.require(actor, entity, "import")
    try:
        key = files.store(chunks)
    except BadValue as error:
        raise Refused({"file": [error.message]}) from None
    made = ImportRun(actor_id=actor.id, entity=entity.label, file_key=key, file_name=clean_name(name))
    try:
        look_at(made, actor, Reading())
    except Refused:
        files.remove(key)
        raise
    made.save()
    return made


def clean_name(name: str) -> str:
    """A file's name as text, without folders and signs no database takes."""
    return name.replace("\\", "/").rpartition("/")[2].replace("\0", "").encode("utf-8", "replace").decode()[:300] or _(
        "pasted rows"
    )


def find(actor: Actor, entity: Entity, key: UUID) -> ImportRun:
    """A run of one's own; anything else is missing."""
    access.require(actor, entity, "import")
    found = ImportRun.objects.filter(pk=key, entity=entity.label, actor_id=actor.id).select_related("job").first()
    if found is None:
        raise Missing("core.import", str(key))
    return found


# --- the file ---------------------------------------------------------------------------------------------------------


def open_table(made: ImportRun, reading: Reading | None = None) -> Table:
    """The run's file as a table."""
    if not files.path_of(made.file_key).exists():
        raise Refused({"file": [_("The file is no longer kept; choose it again.")]})
    return open_file(
        files.path_of(made.file_key),
        made.file_name,
        maps.changed(Mapping(), reading=reading or mapping_of(made).reading),
    )


def look_at(made: ImportRun, actor: Actor, reading: Reading) -> None:
    """Read the file's layout and match its columns; the cells themselves are looked at when it is small, else by a job."""
    entity = registry.get(made.entity)
    with open_table(made, reading) as table:
        layout = table.layout
        made.signature = layout.signature
        made.layout = {
            "kind": layout.kind, "columns": list(table.columns), "sheets": list(layout.sheets), "reading": msgspec.to_builtins(layout.reading), "rows": None, "facts": {},
        }  # fmt: skip
        if files.path_of(made.file_key).stat().st_size <= SMALL_FILE:
            take_facts(made, table)
        made.mapping = maps.to_json(
            maps.changed(
                remembered(made, actor) or first_mapping(made, actor, entity, table),
                entity=made.entity,
                reading=reading,
            )
        )
    made.step = Step.COLUMNS


def take_facts(made: ImportRun, table: Table) -> None:
    """Look at every cell."""
    try:
        found = analyse(table)
    except FormatError as error:
        raise unreadable(error, made.file_name) from None
    made.layout |= {"rows": found.rows, "facts": msgspec.to_builtins(found.columns)}


def read_all(made: ImportRun) -> None:
    """Look at every cell of a large file (a job does)."""
    with open_table(made) as table:
        take_facts(made, table)
    made.save(update_fields=["layout"])


def first_mapping(made: ImportRun, actor: Actor, entity: Entity, table: Table) -> Mapping:
    """Columns matched by their names."""
    facts = facts_of(made)
    ids = facts.get("id")
    has_ids = bool(ids and ids.distinct and all(as_uuid(text) for text in ids.distinct))
    columns = guess(entity, table.columns, actor, kind=table.layout.kind, has_ids=has_ids)
    return maps.changed(maps.standard(), columns=columns)


def facts_of(made: ImportRun) -> dict[str, Facts]:
    """What is known of each column."""
    return msgspec.convert(made.layout.get("facts", {}), dict[str, Facts])


def mapping_of(made: ImportRun) -> Mapping:
    """The run's mapping."""
    return maps.from_json(made.mapping) if made.mapping else Mapping()


# --- mappings for the next file ---------------------------------------------------------------------------------------


def remembered(made: ImportRun, actor: Actor) -> Mapping | None:
    """How a file with this header was matched last time: by this person, else by whoever shared it."""
    rows = ColumnMemory.objects.filter(
        Q(actor_id=actor.id) | Q(actor_id=None), entity=made.entity, signature=made.signature
    )
    for row in sorted(rows, key=lambda row: row.actor_id is None):
        try:
            return renamed(maps.from_json(row.mapping), made.layout["columns"])
        except Refused:  # of an older version; the columns are matched anew
            continue
    return None


def renamed(mapping: Mapping, columns: Sequence[str]) -> Mapping:
    """The mapping with columns called as in this file: headers that differ in case only are the same."""
    names = {squashed(name): name for name in columns}
    given = (
        msgspec.structs.replace(one, column=called if len(called) > 1 else called[0] if called else "")
        for one in mapping.columns
        if all(squashed(name) in names for name in one.columns)
        and (called := tuple(names[squashed(name)] for name in one.columns)) is not None
    )
    return maps.changed(mapping, columns=tuple(given))


def remember(made: ImportRun, actor: Actor, *, is_shared: bool = False) -> None:
    """Keep the mapping for the next file with this header."""
    kept = maps.to_json(maps.changed(mapping_of(made), reading=Reading()))
    whose = None if is_shared else actor.id
    ColumnMemory.objects.update_or_create(
        entity=made.entity, signature=made.signature, actor_id=whose, defaults={"mapping": kept, "at": timezone.now()}
    )


# --- changing the mapping ---------------------------------------------------------------------------------------------


def set_mapping(made: ImportRun, **changes: Any) -> None:
    """Change parts of the mapping; what was rehearsed no longer counts."""
    made.mapping = maps.to_json(maps.changed(mapping_of(made), **changes))
    made.summary = {}
    made.save(update_fields=["mapping", "summary"])


def set_column(made: ImportRun, column: str, given: ColumnMap | None, was: str | None = None) -> None:
    """Let a column go to another place, or nowhere: instead of where it `was`, beside its other places when that is "".

    None stands for its first place, for people who look at columns and not at places.
    """
    mapping = mapping_of(made)
    mine = [one for one in mapping.columns if column in one.columns]
    before = next((one for one in mine if was is None or one.to == was), None)
    if given is not None and any(one.to == given.to for one in mine if one is not before):
        raise Refused({column: [_("This column goes there already.")]})
    others = [one for one in mapping.columns if one is not before]
    at = mapping.columns.index(before) if before else len(others)
    order = {name: place for place, name in enumerate(made.layout["columns"])}
    columns = [*others[:at], *([given] if given else []), *others[at:]]
    set_mapping(
        made,
        columns=tuple(sorted(columns, key=lambda one: order.get(one.columns[0], -1) if one.columns else len(order))),
    )


def maps_of(made: ImportRun, column: str) -> list[ColumnMap]:
    """Everywhere a column goes."""
    return [given for given in mapping_of(made).columns if column in given.columns]


def map_of(made: ImportRun, column: str, to: str | None = None) -> ColumnMap | None:
    """Where a column goes: first, or the map to one place."""
    return next((given for given in maps_of(made, column) if to is None or given.to == to), None)


def set_constant(made: ImportRun, to: str, value: str) -> None:
    """Let every row have a value; an empty one takes it away again."""
    others = tuple(one for one in mapping_of(made).columns if one.columns or one.to != to)
    set_mapping(made, columns=(*others, *([ColumnMap(to=to, constant=value)] if value else [])))


def questions(made: ImportRun) -> dict[str, str]:
    """Columns whose notation is open: "dates" or "numbers"."""
    mapping = mapping_of(made)
    said = {given.columns[0] for given in mapping.columns if given.columns and (given.dates or given.numbers)}
    return {
        column: what
        for column, what in open_questions(registry.get(made.entity), mapping, facts_of(made)).items()
        if column not in said
    }


# --- rehearsal and import -----------------------------------------------------------------------------------------------


def rehearse(made: ImportRun, actor: Actor, progress: Progress | None = None) -> None:
    """Do everything but writing; keep the summary and the rejected rows."""
    outcome = perform(made, actor, progress, is_rehearsal=True)
    with transaction.atomic():
        store(made, outcome, Step.CHECK)


def carry_out(made: ImportRun, actor: Actor, progress: Progress | None = None) -> None:
    """Import; the run is marked as done in the transaction that writes the records, so that it never happens twice."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=made.pk)
        if locked.step == Step.DONE:
            return
        outcome = perform(made, actor, progress, is_rehearsal=False)
        made.changeset_id = outcome.changeset
        store(made, outcome, Step.DONE)


def perform(made: ImportRun, actor: Actor, progress: Progress | None, *, is_rehearsal: bool) -> Outcome:
    """One run of the engine over the file, corrections included."""
    entity = registry.get(made.entity)
    mapping = with_notations(entity, mapping_of(made), facts_of(made))
    with open_table(made) as table:
        try:
            return run(
                actor,
                entity,
                mapping,
                table.columns,
                rows_of(made, table),
                file=made.file_name,
                is_rehearsal=is_rehearsal,
                progress=progress,
            )
        except FormatError as error:
            raise unreadable(error, made.file_name) from None


def rows_of(made: ImportRun, table: Table) -> Iterator[Row]:
    """The rows of the file with what was corrected by hand; of a run of rejected rows only those."""
    corrected = {
        row.number: Row(row.number, [cell or None for cell in row.cells])
        for row in ImportRow.objects.filter(run=made, is_corrected=True)
    }
    if made.parent_id:
        yield from (corrected[number] for number in sorted(corrected))
        return
    for row in table:
        yield corrected.get(row.number, row)


def store(made: ImportRun, outcome: Outcome, step: str) -> None:
    """Keep what came of it: numbers, and rejected rows; corrections stay until the import is done."""
    corrected = dict(ImportRow.objects.filter(run=made, is_corrected=True).values_list("number", "cells"))
    ImportRow.objects.filter(run=made).delete()
    rows = [as_row(made, rejected, rejected.number in corrected) for rejected in outcome.rejected]
    if step != Step.DONE:
        taken = {rejected.number for rejected in outcome.rejected}
        rows += [
            ImportRow(run=made, number=number, cells=cells, errors={}, is_corrected=True)
            for number, cells in corrected.items()
            if number not in taken
        ]
    ImportRow.objects.bulk_create(rows, batch_size=2_000)
    made.summary, made.step, made.work, made.message = outcome.summary.as_json(), step, "", ""
    made.save(update_fields=["summary", "step", "work", "message", "changeset_id"])


def as_row(made: ImportRun, rejected: Rejected, is_corrected: bool) -> ImportRow:
    """A rejected row as it is kept; signs that no database takes are shown as such."""
    return ImportRow(
        run=made,
        number=rejected.number,
        cells=[storable(cell) for cell in rejected.cells],
        errors={storable(name): [storable(word) for word in words] for name, words in rejected.errors.items()},
        is_corrected=is_corrected,
    )


def storable(text: str) -> str:
    """Text that JSON in the database can hold, shortened where nobody would read on."""
    return text[:100_000].replace("\0", "�").encode("utf-8", "replace").decode()


def correct(made: ImportRun, number: int, cells: Sequence[str]) -> None:
    """Keep what somebody corrected in a rejected row."""
    row = ImportRow.objects.filter(run=made, number=number).first()
    if row is None or len(cells) != len(row.cells):
        raise Refused(_("This row is no longer among the rejected ones; check the file again."))
    if list(cells) != row.cells:
        row.cells, row.is_corrected = [storable(cell) for cell in cells], True
        row.save(update_fields=["cells", "is_corrected"])


def again(made: ImportRun) -> ImportRun:
    """A new run of the rejected rows of a finished one, as they are now corrected."""
    rows = list(ImportRow.objects.filter(run=made))
    if made.step != Step.DONE or not rows:
        raise Refused(_("There are no rejected rows to import."))
    with transaction.atomic():
        child = ImportRun.objects.create(
            actor_id=made.actor_id, entity=made.entity, file_key=made.file_key, file_name=made.file_name, step=Step.CHECK, layout=made.layout | {"rows": len(rows)},
            signature=made.signature, mapping=made.mapping, parent=made,
        )  # fmt: skip
        ImportRow.objects.bulk_create(
            [
                ImportRow(run=child, number=row.number, cells=row.cells, errors=row.errors, is_corrected=True)
                for row in rows
            ],
            batch_size=2_000,
        )
    return child
