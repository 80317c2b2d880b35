"""What is known of a file before it is imported: facts of every column, and the notation in which each is read (R151)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from kith.core.entity import Entity
from kith.core.errors import BadValue

from . import mapping as maps
from .convert import DATES, NUMBERS
from .facts import Facts
from .formats.messages import NOTATION_NAMES
from .formats.profile import ColumnProfile
from .formats.table import Row, Table
from .keeping import place
from .mapping import ColumnMap
from .paths import resolve
from .refusals import Refusals

#: So many different values of a column are kept for the wizard.
SHOWN = 200


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """A file as a whole: how many rows, and the facts of each column by name."""

    rows: int
    columns: dict[str, Facts]


def analyse(table: Table, wanted: Iterable[str] | None = None) -> Analysis:
    """Look at every cell of the table, or of the wanted columns only."""
    names = set(table.columns if wanted is None else wanted)
    at = [(index, name) for index, name in enumerate(table.columns) if name in names]
    profiles = {name: ColumnProfile() for _index, name in at}
    first: dict[str, list[str]] = {name: [] for _index, name in at}
    count = 0
    for row in table:
        count += 1
        for index, name in at:
            profiles[name].feed(row.cells[index] if index < len(row.cells) else None, row.number)
        if count <= 3:
            note_first(first, at, row)
    return Analysis(rows=count, columns={name: facts_of(profile, first[name]) for name, profile in profiles.items()})


def note_first(first: dict[str, list[str]], at: Sequence[tuple[int, str]], row: Row) -> None:
    """Keep the first values of each column, shortened."""
    for index, name in at:
        cell = row.cells[index] if index < len(row.cells) else None
        if cell is not None and str(cell).strip():
            first[name].append(" ".join(str(cell).split())[:40])


def facts_of(profile: ColumnProfile, first: Sequence[str]) -> Facts:
    """The facts in the form in which they are kept."""
    found = profile.facts()
    return Facts(
        kind=found.kind, filled=found.filled, empty=found.empty, first=tuple(map(clean, first)), distinct=tuple(map(clean, found.distinct[:SHOWN])), has_more=found.has_more_distinct or len(found.distinct) > SHOWN,
        dates=found.dates, numbers=found.numbers, ask_dates=found.ask_dates, ask_numbers=found.ask_numbers,
        invalid=tuple((example.row, clean(example.text)) for example in found.invalid), invalid_count=found.invalid_count,
    )  # fmt: skip


def clean(text: str) -> str:
    """Text that JSON in the database can hold."""
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def kinds(entity: Entity, mapping: maps.Mapping) -> dict[str, str]:
    """The kind of value that each single column becomes, where its notation matters."""
    found: dict[str, str] = {}
    for given in mapping.columns:
        if len(given.columns) == 1 and (kind := kind_of(entity, given)) in DATES | NUMBERS:
            found[given.columns[0]] = kind
    return found


def kind_of(entity: Entity, given: ColumnMap) -> str:
    """The kind of value of one place; a field still to be defined has the kind it will get."""
    if given.keep and place(entity, given)[1] not in place(entity, given)[0].fields:
        return given.keep.kind
    try:
        return resolve(entity, given.to).spec.type.name
    except BadValue:
        return ""  # the import itself says what is wrong with it


def with_notations(
    entity: Entity,
    mapping: maps.Mapping,
    facts: Mapping[str, Facts],
    said: tuple[str | None, str | None] = (None, None),
) -> maps.Mapping:
    """The mapping with the notation of every date and number column; Refused names columns where a person must choose.

    `said` (of dates, the decimal sign) decides where the file leaves it open.
    """
    refusals = Refusals()
    columns = tuple(decided(given, kind_of(entity, given), facts, said, refusals) for given in mapping.columns)
    refusals.stop()
    return maps.changed(mapping, columns=columns)


def decided(
    given: ColumnMap, kind: str, facts: Mapping[str, Facts], said: tuple[str | None, str | None], refusals: Refusals
) -> ColumnMap:
    """One column with its notation."""
    found = facts.get(given.columns[0]) if len(given.columns) == 1 else None
    if found is None:
        return given
    changes: dict[str, Any] = {}
    if kind in DATES and given.dates is None:
        if found.ask_dates and not said[0]:
            refusals.add(given.columns[0], ask(found.dates))
        changes["dates"] = (said[0] if found.ask_dates else None) or (found.dates[0] if found.dates else "ymd")
    if kind in NUMBERS and given.numbers is None:
        if found.ask_numbers and not said[1]:
            refusals.add(given.columns[0], ask_sign())
        changes["numbers"] = (said[1] if found.ask_numbers else None) or (found.numbers[0] if found.numbers else ".")
    return msgspec.structs.replace(given, **changes) if changes else given


def ask(notations: Sequence[str]) -> str:
    """What to say about a column whose dates fit several notations."""
    names = ", ".join(f"{name} ({NOTATION_NAMES[name]})" for name in notations)
    return _("The dates of this column fit more than one notation; say which it is: %(names)s.") % {"names": names}


def ask_sign() -> str:
    """What to say about a column whose numbers fit both decimal signs."""
    return _("The numbers of this column fit both decimal signs; say whether it is the point or the comma.")


def open_questions(entity: Entity, mapping: maps.Mapping, facts: Mapping[str, Facts]) -> dict[str, str]:
    """Columns for which a person has to choose the notation: "dates" or "numbers"."""
    found: dict[str, str] = {}
    for given in mapping.columns:
        known = facts.get(given.columns[0]) if len(given.columns) == 1 else None
        kind = kind_of(entity, given) if known else ""
        if known and kind in DATES and known.ask_dates:
            found[given.columns[0]] = "dates"
        elif known and kind in NUMBERS and known.ask_numbers:
            found[given.columns[0]] = "numbers"
    return found
