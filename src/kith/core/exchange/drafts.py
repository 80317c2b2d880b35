"""Drafts: what one row of the file wants to become, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kith.core.entity import Entity
from kith.core.errors import BadValue
from kith.core.identity.naming import parse_name
from kith.core.specs import FieldSpec
from kith.core.types.address import Pieces

from .convert import Reader, reader, text_of
from .formats.messages import explain
from .formats.table import Cell, Row
from .mapping import ColumnMap, Mapping
from .paths import FULL_NAME, ID, Part, Target, resolve
from .refusals import Refusals

#: Fields of a person for the parts of a whole name.
NAME_PARTS = {
    "given_name": "given",
    "middle_name": "middle",
    "family_name": "family",
    "prefix": "prefix",
    "suffix": "suffix",
}


@dataclass(slots=True)
class Want:
    """A link to be found: by which texts, in which field of which values, under which rule of the mapping."""

    spec: FieldSpec
    by: str
    texts: list[str]
    values: dict[str, Any]
    column: str
    map: ColumnMap
    part: "PartDraft | None" = None


@dataclass(slots=True)
class PartDraft:
    """A part that the row wants to have; `given` when the row itself says something about it."""

    part: Part
    values: dict[str, Any] = field(default_factory=dict)
    given: bool = False
    lacks: str = ""


@dataclass(slots=True)
class Draft:
    """One row on its way: values of the record, links to find, parts, and how it ends."""

    number: int
    cells: Sequence[Cell]
    values: dict[str, Any] = field(default_factory=dict)
    wants: list[Want] = field(default_factory=list)
    parts: dict[tuple[str, str], PartDraft] = field(default_factory=dict)
    errors: dict[str, list[Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    id: UUID | None = None
    match: UUID | None = None
    record: Any = None
    is_new: bool = False
    is_left_out: bool = False
    has_changed_parts: bool = False
    version: int = 0

    def fail(self, column: str, *messages: Any) -> None:
        """Reject the row because of a column ("" is the row as a whole)."""
        self.errors.setdefault(column, []).extend(messages)


class Compiled:
    """A mapping made ready for the columns of one file."""

    def __init__(self, entity: Entity, mapping: Mapping, columns: Sequence[str]) -> None:
        self.entity, self.mapping, self.columns = entity, mapping, list(columns)
        refusals = Refusals()
        self.readers: list[Reader] = []
        for given in mapping.columns:
            with refusals.at(", ".join(given.columns) or given.to):
                self.readers.append(reader(resolve(entity, given.to), given, self.columns))
        self.readers.sort(
            key=lambda one: one.target.spec is FULL_NAME
        )  # a whole name counts only where its parts are empty
        refusals.stop()
        if not self.readers:
            refusals.add("", _("No column goes anywhere; match at least one."))
        refusals.stop()

    @property
    def given(self) -> set[str]:
        """Names of the record's own fields that the file fills."""
        own = {reader.target.spec.name for reader in self.readers if reader.target.part is None}
        return own | (NAME_PARTS.keys() & self.entity.fields.keys() if FULL_NAME.name in own else set())

    def column_of(self, name: str, part: Part | None = None) -> str:
        """The column a field came from, else the field's label: where an error is shown."""
        for one in self.readers:
            target = one.target
            same = (
                target.part == part
                if part is None
                else target.part is not None
                and (target.part.entity, target.part.selector) == (part.entity, part.selector)
            )
            if same and one.column and (target.spec.name == name or (target.spec is FULL_NAME and name in NAME_PARTS)):
                return one.column
        spec = (part.entity if part else self.entity).fields.get(name)
        return str(spec.label) if spec else ""

    def draft(self, row: Row) -> Draft:
        """What a row wants."""
        draft = Draft(row.number, row.cells)
        for problem in row.problems:
            draft.fail("" if problem.column is None else self.columns[problem.column], str(explain(problem)))
        if not draft.errors:
            for one in self.readers:
                self.take(draft, one)
        return draft

    def take(self, draft: Draft, one: Reader) -> None:
        """Put the value of one place into the draft."""
        try:
            value = one.value(draft.cells)
            self.put(draft, one, one.target, value)
        except BadValue as error:
            draft.fail(one.column or str(one.target.spec.label), str(error.message))

    def put(self, draft: Draft, one: Reader, target: Target, value: Any) -> None:
        """Put a value where it belongs."""
        if value is None and one.map.needed:
            draft.is_left_out = True
        part = part_of(draft, target.part) if target.part else None
        values = part.values if part else draft.values
        if part and value is not None and one.at:
            part.given = True
        if target.spec is ID:
            draft.id = as_id(value)
        elif target.spec is FULL_NAME:
            if not (values.get("given_name") or values.get("family_name")):
                values.update(divided(value))
        elif target.is_link and value is not None:
            texts = list(value) if isinstance(value, list) else [value]
            draft.wants.append(
                Want(target.spec, target.by, texts, values, one.column or str(target.spec.label), one.map, part)
            )
        elif target.piece:
            put_piece(values, target, value)
        else:
            put_value(values, target.spec, value)


def put_value(values: dict[str, Any], spec: FieldSpec, value: Any) -> None:
    """Set a value; lists of several columns are joined, and an empty cell never hides a value of another column."""
    present = values.get(spec.name)
    if isinstance(value, list) and isinstance(present, list):
        values[spec.name] = [*present, *(item for item in value if item not in present)]
    elif value is not None or present is None:
        values[spec.name] = value


def put_piece(values: dict[str, Any], target: Target, value: Any) -> None:
    """Set one part of an address; the others come from their own columns, or stay as they are."""
    present = values.get(target.spec.name)
    values[target.spec.name] = Pieces({**(present or {}), target.piece: value})


def part_of(draft: Draft, part: Part) -> PartDraft:
    """The draft's part of this kind and selector."""
    key = (part.entity.label, part.selector)
    if key not in draft.parts:
        draft.parts[key] = PartDraft(part, {"kind": part.kind} if part.kind else {})
    return draft.parts[key]


def as_id(value: Any) -> UUID | None:
    """The id in a cell."""
    try:
        return None if value is None else UUID(text_of(value))
    except ValueError:
        raise BadValue(_("Not the id of a record; leave it empty for a new one.")) from None


def divided(value: Any) -> dict[str, Any]:
    """The parts of a whole name by field."""
    name = parse_name(value) if value else None
    return {field: text for field, part in NAME_PARTS.items() if (text := getattr(name, part, ""))}
