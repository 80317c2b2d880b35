"""Copy the database and the files into one folder that `restore` reads."""

import argparse
from pathlib import Path

from django.utils import timezone

from kith.core import backups
from kith.core.home import data_folder


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument(
        "folder", nargs="?", type=Path, help="a new folder (default: backups/<time> in the data folder)"
    )


def run(options: argparse.Namespace) -> int:
    """Make the backup and say where it is."""
    folder = options.folder or data_folder() / "backups" / timezone.now().strftime("%Y-%m-%d_%H%M%S")
    try:
        size = backups.make(folder.absolute())
    except backups.Failed as failure:
        print(f"kith: {failure}")
        return 1
    print(
        f"The backup is in {folder} ({size / 1024**2:.1f} MB). It holds personal data: keep it as safe as the database."
    )
    return 0
