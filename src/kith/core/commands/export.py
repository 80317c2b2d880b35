"""Export records of one kind as CSV, Excel, JSON or vCard, to a file or to standard output."""

import argparse
import sys
from pathlib import Path
from urllib.parse import urlencode

from django.http import QueryDict

from kith.core import ledger, listing
from kith.core.errors import BadValue, KithError, Refused
from kith.core.exchange import exporting
from kith.core.terminal import actor_named, entity_named, refused
from kith.core.views import from_address, saved_views

help = "Export records to a file; --filter 'status:any:active' picks some."


def arguments(parser: argparse.ArgumentParser) -> None:
    """What, which of it, and how."""
    parser.add_argument("entity", help="kind of record, such as companies or parties.company")
    parser.add_argument("--format", default="csv", choices=tuple(exporting.WRITERS))
    parser.add_argument("--output", "-o", type=Path, help="file to write; standard output without it")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FIELD:OPERATOR:VALUE",
        help="a condition; all given ones must hold",
    )
    parser.add_argument("--view", default="", help="id of a saved view")
    parser.add_argument("--search", default="", metavar="WORDS", help="records that hold these words")
    parser.add_argument(
        "--columns", default="", metavar="FIELD,FIELD", help="fields to write; all readable ones without it"
    )
    parser.add_argument("--sort", default="", metavar="FIELD", help="order; -field for the last first")
    parser.add_argument("--as", dest="who", metavar="E-MAIL", help="export with the rights of this user")


def run(options: argparse.Namespace) -> int:
    """Write the file; 2 when it cannot be."""
    try:
        made, count = export_of(options)
        chunks = exporting.WRITERS[options.format](made)
        with options.output.open("wb") if options.output else sys.stdout.buffer as file:
            for chunk in chunks:
                file.write(chunk)
    except KithError as error:
        return refused(error)
    ledger.log(
        made.actor, "export", entity=made.entity.label, count=count, format=options.format, fields=list(made.names)
    )
    print(f"{count} {made.entity.plural}", file=sys.stderr)
    return 0


def export_of(options: argparse.Namespace) -> tuple[exporting.Export, int]:
    """The export that the options describe, and how many records it has."""
    actor, entity = actor_named(options.who), entity_named(options.entity)
    if options.format not in exporting.formats(entity):
        raise Refused(
            {
                "--format": [
                    f"{entity.slug} cannot be written as {options.format}; there are: {', '.join(exporting.formats(entity))}"
                ]
            }
        )
    asked = [("f", term) for term in options.filter] + [
        (name, value)
        for name, value in (
            ("view", options.view),
            ("q", options.search),
            ("cols", options.columns),
            ("sort", options.sort),
        )
        if value
    ]
    try:
        look = from_address(
            entity,
            actor,
            QueryDict(urlencode(asked)),
            saved_views(entity, actor) if options.view else (),
            everything=not options.view,
        )
    except BadValue as error:
        raise Refused({"--filter": [error.message]}) from None
    made = exporting.of(look, actor, every_field=not options.columns)
    return made, listing.rows(look, actor, "export").count()
