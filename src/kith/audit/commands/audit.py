"""Verify, seal and anchor the ledger and the log, or erase what they say about a record."""

import argparse
import datetime as dt
import sys
import time
import uuid
from pathlib import Path

from kith.core.access import SYSTEM
from kith.core.chain import anchors, erasing, sealer, verifying
from kith.core.chain.sources import BY_NAME
from kith.core.entity import registry
from kith.core.errors import KithError
from kith.core.terminal import actor_named, entity_named, refused

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="compare all that was sealed with what the tables hold now")
    verify.add_argument("--anchor", type=Path, action="append", default=[], metavar="FILE", help="a file with anchors kept elsewhere (the one of the data folder is always used)")  # fmt: skip
    verify.add_argument("--since", type=dt.date.fromisoformat, metavar="DAY", help="only what was sealed from this day (UTC) on")  # fmt: skip
    verify.add_argument(
        "--until", type=dt.date.fromisoformat, metavar="DAY", help="only what was sealed up to this day"
    )
    verify.add_argument("--jobs", type=int, default=2, metavar="N", choices=range(1, 5), help="connections that compare side by side (default: %(default)s)")  # fmt: skip
    actions.add_parser("anchor", help="print the end of the chain, to be kept or mailed elsewhere")
    actions.add_parser("seal", help="seal now what waits; a running worker does it every few seconds")
    erase = actions.add_parser("erase", help="empty for good what ledger and log say about a record")
    erase.add_argument("record", help="kind and id of the record, such as people/0197…")
    erase.add_argument("--reason", required=True, help="why; it is kept")
    erase.add_argument("--as", dest="who", metavar="E-MAIL", help="with the rights of this user")


def run(options: argparse.Namespace) -> int:
    """0: well; 1: something was found; 2: it could not be done."""
    actions = {"verify": verify, "anchor": anchor, "seal": seal, "erase": erase}
    return actions[options.action](options)


def verify(options: argparse.Namespace) -> int:
    """Compare, and tell what was found, the first broken place first."""
    try:
        kept = [*anchors.kept(), *elsewhere(options.anchor)]
    except anchors.Unreadable as error:
        print(f"kith: {error}", file=sys.stderr)
        return 2
    began = time.monotonic()
    report = verifying.verify(kept, since=options.since, until=options.until, at_once=options.jobs)
    told(report, time.monotonic() - began)
    for finding in report.findings[:SHOWN]:
        print(f"  - {finding}")
    if len(report.findings) > SHOWN:
        print("  - and more.")
    return int(bool(report.findings))


def elsewhere(files: list[Path]) -> list[anchors.Anchor]:
    """The anchors of files that were kept elsewhere."""
    return [one for file in files for one in anchors.read_file(file)]


def told(report: verifying.Report, seconds: float) -> None:
    """What was compared, and the verdict."""
    rows = ", ".join(f"{BY_NAME[name].plural} {count:,}" for name, count in sorted(report.lines.items()))
    print(
        f"{report.seals:,} seals with {report.total:,} rows{f' ({rows})' if rows else ''} compared in {seconds:.1f} s."
    )
    if report.anchors:
        print(f"{report.anchors} anchors compared.")
    else:
        print("There was no anchor: a chain that was made anew as a whole could not be told from the true one.")
    for number, back in report.set_back.items():
        print(f"The clock was set back by {back} before seal {number}; the order is that of writing.")
    if report.erased:
        print(f"{report.erased:,} bodies were erased.")
    if report.waiting:
        print(f"{report.waiting:,} rows wait to be sealed.")
    print("Not as it was sealed:" if report.findings else "All is as it was sealed.")


def anchor(options: argparse.Namespace) -> int:
    """Print it."""
    made = anchors.latest()
    print(made or "Nothing is sealed yet.")
    return 0 if made else 1


def seal(options: argparse.Namespace) -> int:
    """Seal, and write an anchor if one is due."""
    began = time.monotonic()
    rows = sealer.seal()
    print(f"{rows:,} rows sealed in {time.monotonic() - began:.1f} s.")
    if made := anchors.drop():
        print(f"Anchor of seal {made.number} written to {anchors.path()}.")
    return 0


def erase(options: argparse.Namespace) -> int:
    """Erase, but not what would still stand in the record itself."""
    try:
        kind, _slash, ident = options.record.rpartition("/")
        entity, key, actor = entity_named(kind), uuid.UUID(ident), actor_named(options.who)
    except ValueError:
        print(f"kith: {options.record} names no record; write it like people/0197…", file=sys.stderr)
        return 2
    except KithError as error:
        return refused(error)
    if exists(entity.label, key):
        print(
            "kith: the record is still there, so its values are, too; erase it from the trash first.", file=sys.stderr
        )
        return 2
    try:
        print(f"{erasing.erase(actor, [(entity.label, key)], reason=options.reason):,} bodies erased.")
    except KithError as error:
        return refused(error)
    return 0


def exists(label: str, key: uuid.UUID) -> bool:
    """Whether the record is there, or in the trash."""
    rows = registry.get(label).rows
    return any(rows(SYSTEM, trashed=trashed).filter(pk=key).exists() for trashed in (False, True))
