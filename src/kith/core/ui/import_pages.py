"""What the steps of the import wizard show, and what their forms send back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast
from zlib import crc32

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kith.core import access, custom_fields, standing
from kith.core.access import Actor
from kith.core.entity import Entity, registry
from kith.core.exchange import runs, targets
from kith.core.exchange.checking import Remark, remark
from kith.core.exchange.facts import Facts
from kith.core.exchange.formats.columns import Column
from kith.core.exchange.formats.csv_out import csv_chunks
from kith.core.exchange.formats.messages import NOTATION_NAMES
from kith.core.exchange.imports import ImportRow, ImportRun, Step
from kith.core.exchange.mapping import ColumnMap
from kith.core.ledger import ChangeSet

TITLES = {
    "columns": gettext_lazy("Match the columns"), "duplicates": gettext_lazy("What becomes of records that are there"), "check": gettext_lazy("Check before anything is written"),
    "import": gettext_lazy("Import"), "done": gettext_lazy("Imported"),
}  # fmt: skip
#: So many rejected rows are shown at once.
SHOWN = 50
STRATEGIES = (
    ("add_or_update", gettext_lazy("Add new, update known"), gettext_lazy("Empty cells leave the record as it is.")),
    ("add", gettext_lazy("Only add"), gettext_lazy("Every row becomes a new record, even if an equal one is there.")),
    ("update", gettext_lazy("Only update"), gettext_lazy("Rows without a record are left out.")),
    ("replace", gettext_lazy("Replace"), gettext_lazy("The row overwrites the record; empty cells empty it.")),
)
MISSING = (
    ("report", gettext_lazy("leave the link empty and report it")),
    ("create", gettext_lazy("create the record")),
    ("reject", gettext_lazy("reject the row")),
    ("empty", gettext_lazy("leave the link empty")),
)
UNKNOWN = (
    ("add", gettext_lazy("add it to the dictionary")),
    ("empty", gettext_lazy("leave the field empty")),
    ("reject", gettext_lazy("reject the row")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One column on the page of columns, or a further place it goes to; `key` makes the ids of the row."""

    key: str
    at: int
    name: str
    first: str
    path: str
    label: str
    remark: Remark

    @property
    def is_further(self) -> bool:
        """Whether the column stands above already, with its first place."""
        return self.key != str(self.at)


def context(
    entity: Entity, actor: Actor, made: ImportRun, step: str, errors: Mapping[str, list[Any]]
) -> dict[str, Any]:
    """What a step's template needs."""
    steps = ["file", "columns", "duplicates", "check", "import"]
    common = {
        "entity": entity, "run": made, "step": step, "number": steps.index(step) + 1 if step in steps else 6, "title": TITLES[step], "facts": facts_line(made), "job": made.job,
        "errors": [message if not name else f"{name}: {message}" for name, messages in errors.items() for message in messages], "mapping": runs.mapping_of(made),
    }  # fmt: skip
    if made.work:
        return common
    more = {
        "columns": columns_context,
        "duplicates": duplicates_context,
        "check": check_context,
        "import": check_context,
        "done": done_context,
    }[step]
    return common | more(entity, actor, made)


def facts_line(made: ImportRun) -> list[str]:
    """What is known of the file: name, sheet, rows, encoding."""
    reading = made.layout.get("reading", {})
    return [
        made.file_name,
        *([_("sheet “%(name)s”") % {"name": reading["sheet"]}] if reading.get("sheet") else []),
        *([reading["encoding"].upper()] if reading.get("encoding") and made.layout["kind"] == "csv" else []),
    ]


# --- columns ----------------------------------------------------------------------------------------------------------


def columns_context(entity: Entity, actor: Actor, made: ImportRun) -> dict[str, Any]:
    """Every column with its place and what is said about it."""
    lines = lines_of(entity, actor, made)
    constants = [
        (given.to, targets.name_of(entity, given.to), given.constant)
        for given in runs.mapping_of(made).columns
        if not given.columns
    ]
    return {
        "lines": lines,
        "tally": tally(lines),
        "reading": made.layout["reading"],
        "sheets": [(name, name) for name in made.layout["sheets"]],
        "constants": constants,
        "may_share": access.has_system_right(actor, "settings"),
        "rest": sum(not one.path for one in lines) if may_keep(entity, actor) else 0,
    }


def lines_of(entity: Entity, actor: Actor, made: ImportRun) -> list[Line]:
    """All columns, each with all its places."""
    return [
        line(entity, actor, made, at, given, key_of(at, nth, given))
        for at, name in enumerate(made.layout["columns"])
        for nth, given in enumerate(runs.maps_of(made, name) or (None,))
    ]


def key_of(at: int, nth: int, given: ColumnMap | None) -> str:
    """What makes the ids of a row: the position of the column, and for its further places what they are."""
    return f"{at}-{crc32(given.to.encode()):x}" if nth and given else str(at)


def line(entity: Entity, actor: Actor, made: ImportRun, at: int, given: ColumnMap | None, key: str) -> Line:
    """One column with one of its places, or none."""
    name = made.layout["columns"][at]
    facts = runs.facts_of(made).get(name)
    label = "" if given is None else targets.name_of(entity, given.to)
    if given and given.keep and label == given.to:
        label = given.keep.label
    return Line(
        key,
        at,
        name,
        " · ".join(facts.first[:2]) if facts else "",
        given.to if given else "",
        label,
        remark(actor, entity, runs.mapping_of(made), given, facts),
    )


def tally(lines: list[Line]) -> dict[str, int]:
    """How many columns are matched, to be checked, ignored."""
    ignored = sum(not one.path for one in lines)
    warned = sum(one.remark.tone == "warn" for one in lines)
    return {"matched": len(lines) - ignored - warned, "warned": warned, "ignored": ignored}


def may_keep(entity: Entity, actor: Actor) -> bool:
    """Whether the actor may define custom fields for this entity."""
    return custom_fields.takes_fields(entity) and access.allowed(actor, registry.get("core.fielddefinition"), "create")


# --- duplicates -------------------------------------------------------------------------------------------------------


def duplicates_context(entity: Entity, actor: Actor, made: ImportRun) -> dict[str, Any]:
    """The rules, and the fields by which records can be found."""
    mapping = runs.mapping_of(made)
    own = dict.fromkeys(given.to.partition(".")[0] for given in mapping.columns)
    fields = [
        (name, capfirst(str(entity.fields[name].label)))
        for name in own
        if name in entity.fields
        and entity.fields[name].type.flat
        and entity.fields[name].type.name not in ("tags", "longtext", "richtext", "boolean")
    ]
    usual = ", ".join(str(entity.fields[name].label) for name in entity.recognised_by or entity.match)
    return {
        "strategies": STRATEGIES, "missing": MISSING, "unknown": UNKNOWN, "match_fields": fields, "chosen": {name for way in mapping.match for name in way},
        "together": any(len(way) > 1 for way in mapping.match), "usual": usual,
    }  # fmt: skip


# --- check ------------------------------------------------------------------------------------------------------------


def check_context(entity: Entity, actor: Actor, made: ImportRun) -> dict[str, Any]:
    """Open questions, else the summary of the rehearsal with the rejected rows."""
    facts = runs.facts_of(made)
    asked = [question(column, what, facts[column]) for column, what in runs.questions(made).items()]
    return {"questions": asked} | numbers(entity, made) | grid(made)


def question(column: str, what: str, facts: Facts) -> dict[str, Any]:
    """One question about a notation, with the cells that leave it open."""
    if what == "dates":
        options = [(name, f"{NOTATION_NAMES[name]}") for name in facts.dates]
    else:
        options = [(".", _("point: 1,234.50")), (",", _("comma: 1.234,50"))]
    return {"column": column, "what": what, "options": options, "examples": facts.distinct[:5]}


def done_context(entity: Entity, actor: Actor, made: ImportRun) -> dict[str, Any]:
    """What came of it, and whether it was undone since."""
    stands = standing.of(ChangeSet.objects.filter(pk=made.changeset_id)) if made.changeset_id else {}
    return {"undone": any(not one.holds for one in stands.values())} | numbers(entity, made) | grid(made)


def numbers(entity: Entity, made: ImportRun) -> dict[str, Any]:
    """The summary in words."""
    found = made.summary
    if not found:
        return {"summary": None}
    main = (
        ("added", _("added")),
        ("updated", _("updated")),
        ("replaced", _("replaced")),
        ("skipped", _("skipped")),
        ("rejected", _("rejected")),
    )
    notes = [
        (found["unchanged"], _("rows differ in nothing from their record")), (found["unmatched"], _("rows have no record to update")), (found["left_out"], _("rows lack a needed value")),
        (found["equal"], _("rows repeat an earlier one completely")), (found["duplicates"], _("new records equal one that is there")),
    ]  # fmt: skip
    parts = [
        (count, registry.get(label), kind)
        for kind in ("parts_added", "parts_updated", "parts_left_out", "created")
        for label, count in found[kind].items()
    ]
    words = {
        "parts_added": _("added"),
        "parts_updated": _("updated"),
        "parts_left_out": _("left out, something necessary is missing"),
        "created": _("created for links"),
    }
    return {
        "summary": found, "figures": [(found[name], label, "bad" if name == "rejected" and found[name] else "") for name, label in main if found[name] or name in ("added", "rejected")],
        "notes": [(count, text) for count, text in notes if count], "parts": [(count, capfirst(str(part.plural)), words[kind]) for count, part, kind in parts],
        "missing_texts": [(column, list(texts.items())[:20], len(texts)) for column, texts in found["missing"].items()], "late_errors": found["late_errors"][:20],
    }  # fmt: skip


def grid(made: ImportRun) -> dict[str, Any]:
    """Rejected rows as a grid: matched columns and those with errors."""
    found = ImportRow.objects.filter(run=made).exclude(errors={})
    rows = list(found[:SHOWN])
    columns = made.layout["columns"]
    matched = {name for given in runs.mapping_of(made).columns for name in given.columns} | {
        name for row in rows for name in row.errors
    }
    at = [index for index, name in enumerate(columns) if name in matched]
    shown = [
        (
            row,
            [
                (index, row.cells[index] if index < len(row.cells) else "", row.errors.get(columns[index], []))
                for index in at
            ],
            loose(row, columns),
        )
        for row in rows
    ]
    return {
        "rows": shown,
        "grid_columns": [columns[index] for index in at],
        "rejected_count": found.count() if len(rows) == SHOWN else len(rows),
    }


def loose(row: ImportRow, columns: list[str]) -> list[str]:
    """Errors of a row that belong to no single column of the file."""
    return [
        word if not name else f"{name}: {word}"
        for name, words in row.errors.items()
        if name not in columns
        for word in words
    ]


def take_corrections(made: ImportRun, given: Mapping[str, str]) -> None:
    """Keep what was typed into the grid: inputs named c-<row>-<column>."""
    rows: dict[int, dict[int, str]] = {}
    for name, value in given.items():
        head, _dash, rest = name.partition("-")
        number, _dash, index = rest.partition("-")
        if head == "c" and number.isdecimal() and index.isdecimal():
            rows.setdefault(int(number), {})[int(index)] = value
    for row in ImportRow.objects.filter(run=made, number__in=rows):
        cells = [rows[row.number].get(index, cell) for index, cell in enumerate(row.cells)]
        runs.correct(made, row.number, cells)


def take_answers(made: ImportRun, given: Mapping[str, str]) -> None:
    """Keep the answers to questions about notations: dates-<column>, numbers-<column> by position."""
    columns = made.layout["columns"]
    for name, value in given.items():
        what, _dash, index = name.partition("-")
        valid = {"dates": ("ymd", "dmy", "mdy"), "numbers": (".", ",")}.get(what, ())
        if value in valid and index.isdecimal() and int(index) < len(columns):
            answer(made, columns[int(index)], what, value)


def answer(made: ImportRun, column: str, what: str, value: str) -> None:
    """One answer."""
    for given in runs.maps_of(made, column):
        runs.set_column(made, column, msgspec.structs.replace(given, **{what: value}), given.to)


def csv_answer(made: ImportRun, rows: Iterable[ImportRow]) -> HttpResponse:
    """Rejected rows to download, correct and import again."""
    columns = [Column(name, name) for name in (*made.layout["columns"], _("Row"), _("Why"))]

    def lines() -> Iterable[list[Any]]:
        for row in rows:
            why = "; ".join(
                f"{name}: {' '.join(words)}" if name else " ".join(words) for name, words in row.errors.items()
            )
            yield [*row.cells, row.number, why]

    response = StreamingHttpResponse(csv_chunks(columns, lines(), bom=True), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="rejected.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)


__all__ = ["Step", "context", "csv_answer", "line", "lines_of", "may_keep", "take_answers", "take_corrections", "tally"]
