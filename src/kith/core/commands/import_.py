"""Import a CSV, Excel, ODS or vCard file into one kind of record; everything is one change that `kith undo` takes back."""

import argparse
import csv
import json
import sys
import time
from pathlib import Path
from typing import Any

import msgspec

from kith.core.access import Actor
from kith.core.entity import Entity
from kith.core.errors import KithError
from kith.core.exchange import mapping as maps
from kith.core.exchange.importing import import_file
from kith.core.exchange.mapping import ColumnMap, Mapping
from kith.core.exchange.summary import Outcome
from kith.core.terminal import actor_named, entity_named, refused

help = "Import a file; --dry-run tells what would happen."


def arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what it becomes, and the rules."""
    parser.add_argument("file", type=Path, help="CSV, XLSX, XLS, ODS, JSON or vCard")
    parser.add_argument("--entity", help="kind of record, such as companies or parties.company")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=PATH",
        help="a column and its field, such as 'Name=name' or 'City=address.city'; all others are matched by name unless one is given",
    )
    parser.add_argument("--mapping", type=Path, help="JSON file with a mapping (see docs)")
    parser.add_argument("--strategy", choices=("add", "update", "add_or_update", "replace"))
    parser.add_argument(
        "--match",
        action="append",
        default=[],
        metavar="FIELD[,FIELD]",
        help="fields by which records are found; may be repeated",
    )
    parser.add_argument("--source", default="", metavar="NAME", help="prefix of external ids: 'aw' makes aw:123")
    parser.add_argument(
        "--missing", choices=("report", "create", "reject", "empty"), help="what to do with links that are not found"
    )
    parser.add_argument(
        "--unknown", choices=("add", "empty", "reject"), help="what to do with unknown words of dictionaries"
    )
    parser.add_argument(
        "--dates", choices=("ymd", "dmy", "mdy"), help="notation of dates where the file leaves it open"
    )
    parser.add_argument("--decimal", choices=(".", ","), help="decimal sign where the file leaves it open")
    parser.add_argument(
        "--skip-equal", action="store_true", help="leave out rows that repeat an earlier one completely"
    )
    parser.add_argument("--sheet", help="sheet of a workbook")
    parser.add_argument("--encoding", help="text encoding, when it is not recognised")
    parser.add_argument("--delimiter", help="delimiter, when it is not recognised")
    parser.add_argument("--as", dest="who", metavar="E-MAIL", help="import with the rights of this user")
    parser.add_argument(
        "--rejected", type=Path, metavar="FILE", help="write rejected rows with their reasons to this CSV file"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what would happen and write nothing")


def run(options: argparse.Namespace) -> int:
    """0 when all rows were taken, 1 when some were rejected, 2 when nothing could be done."""
    try:
        mapping = mapping_of(options)
        entity = entity_named(options.entity or mapping.entity)
        outcome = take(actor_named(options.who), entity, mapping, options)
    except KithError as error:
        return refused(error)
    report(entity, outcome)
    if options.rejected and outcome.rejected:
        write_rejected(options.rejected, outcome)
    return 1 if outcome.rejected else 0


def take(actor: Actor, entity: Entity, mapping: Mapping, options: argparse.Namespace) -> Outcome:
    """Import the file, telling how far it is."""
    started, done = time.monotonic(), 0

    def progress(count: int) -> None:
        nonlocal done
        done += count
        if sys.stderr.isatty():
            print(f"\r{done} rows, {done / (time.monotonic() - started):.0f} a second", end="", file=sys.stderr)

    outcome = import_file(
        actor, entity, options.file, mapping, is_rehearsal=options.dry_run, progress=progress, notations=(options.dates, options.decimal)
    )  # fmt: skip
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return outcome


def mapping_of(options: argparse.Namespace) -> Mapping:
    """The mapping of the file named, changed by the options."""
    if not options.file.is_file():
        raise SystemExit(f"kith: there is no file {options.file}")
    raw: Any = json.loads(options.mapping.read_text(encoding="utf-8")) if options.mapping else {}
    mapping = maps.from_json(raw.get("mapping", raw))
    if options.map:
        mapping = maps.changed(mapping, columns=tuple(column(text, options.source) for text in options.map))
    elif options.source:
        mapping = maps.changed(mapping, columns=tuple(sourced(given, options.source) for given in mapping.columns))
    changes = {name: value for name in ("strategy", "missing", "unknown") if (value := getattr(options, name))}
    if options.match:
        changes["match"] = tuple(tuple(way.split(",")) for way in options.match)
    reading = {name: value for name in ("sheet", "encoding", "delimiter") if (value := getattr(options, name))}
    return maps.changed(
        mapping,
        **changes,
        skip_equal=options.skip_equal or mapping.skip_equal,
        reading=msgspec.structs.replace(mapping.reading, **reading),
    )


def column(text: str, source: str) -> ColumnMap:
    """One --map."""
    name, sign, path = text.rpartition("=")
    if not sign or not name or not path:
        raise SystemExit(f"kith: write --map COLUMN=PATH, not {text}")
    return sourced(ColumnMap(column=name, to=path.strip()), source)


def sourced(given: ColumnMap, source: str) -> ColumnMap:
    """A column of external ids with the prefix of their source."""
    is_external = given.to.rpartition(".")[2] == "external_ids"
    return msgspec.structs.replace(given, prefix=f"{source}:") if source and is_external and not given.prefix else given


def report(entity: Entity, outcome: Outcome) -> None:
    """The numbers, and what was not found or not taken."""
    found = outcome.summary.as_json()
    print(f"{entity.plural}: {found['read']} rows read in {found['seconds']} s")
    for name in (
        "processed",
        "added",
        "updated",
        "replaced",
        "skipped",
        "unchanged",
        "unmatched",
        "left_out",
        "rejected",
        "equal",
        "duplicates",
    ):
        if found[name]:
            print(f"  {name.replace('_', ' '):12} {found[name]}")
    for name in ("parts_added", "parts_updated", "parts_left_out", "created"):
        for label, count in found[name].items():
            print(f"  {name.replace('_', ' ')}: {count} {label}")
    for where, texts in found["missing"].items():
        print(
            f"  not found in “{where}”: " + ", ".join(f"{text} ({count})" for text, count in list(texts.items())[:10])
        )
    for number, words in found["late_errors"][:10]:
        print(f"  row {number}: {words}")
    for row in outcome.rejected[:20]:
        print(
            f"  row {row.number} rejected: "
            + "; ".join(f"{where or 'row'}: {' '.join(words)}" for where, words in row.errors.items())
        )
    print(f"change-set {outcome.changeset}" if outcome.changeset else "nothing was written")


def write_rejected(path: Path, outcome: Outcome) -> None:
    """Rejected rows as a file to correct and import again."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*outcome.columns, "Row", "Why"])
        for row in outcome.rejected:
            writer.writerow(
                [
                    *row.cells,
                    row.number,
                    "; ".join(
                        f"{where}: {' '.join(words)}" if where else " ".join(words)
                        for where, words in row.errors.items()
                    ),
                ]
            )
