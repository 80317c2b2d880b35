"""Bring back a backup; what is there now is kept aside until the next restore."""

import argparse
from pathlib import Path

from kith.core import backups


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("folder", type=Path, help="a folder that `kith backup` made")


def run(options: argparse.Namespace) -> int:
    """Check the backup, restore it beside the present database, then exchange the two."""
    try:
        kept = backups.restore(options.folder.absolute())
    except backups.Failed as failure:
        print(f"kith: {failure} Nothing was changed.")
        return 1
    print(f"The backup is restored. The database before it is kept as {kept} until the next restore.")
    return 0
