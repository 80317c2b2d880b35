"""Tell whether each attached file is there and belongs to a row, or fetch missing ones from the archive."""

import argparse

from kith.core.backup import attached, moments

SHOWN = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("verify", help="compare the files with the rows that name them")
    actions.add_parser(
        "bring", help="fetch files that rows name and that are not there from the archive (KITH_ARCHIVE)"
    )


def run(options: argparse.Namespace) -> int:
    """0: well; 1: something was found."""
    if options.action == "bring":
        count, lost = moments.bring_files()
        print(f"Files fetched: {count}.")
        for key in lost:
            print(f"{moments.LOST}{key}")
        return int(bool(lost))
    found = attached.named()
    missing, strangers = attached.missing(found), attached.strangers(found)
    print(f"Files that rows name: {len(found.now)}; missing: {len(missing)}; that no row names: {len(strangers)}.")
    for word, keys in (("missing", missing), ("nobody's", strangers)):
        for key in keys[:SHOWN]:
            print(f"  - {word}: {key}")
    return int(bool(missing or strangers))
