"""Copy the database and the files, while Kith is in use, into a folder that `restore` reads."""

import argparse
from pathlib import Path

from django.utils import timezone

from kith.core.backup import Failed, base, full, keeping, sizes


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to, and of which kind."""
    parser.add_argument("folder", nargs="?", type=Path, help="a new folder (default: one named by the time in KITH_BACKUPS, and those not needed any more are removed)")  # fmt: skip
    parser.add_argument("--base", action="store_true", help="copy the pages of the embedded database, from which a restore can go to any moment (KITH_ARCHIVE)")  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Make the backup and say where it is."""
    try:
        if options.base:
            folder = base.make()
            told(folder, f"Its archive begins here. {'' if base.running().archives else 'KITH_ARCHIVE is off: nothing written from now on is kept.'}".strip())  # fmt: skip
            return 0
        return whole(options.folder)
    except Failed as failure:
        print(f"kith: {failure}")
        return 1


def whole(named: Path | None) -> int:
    """A full backup; 1 when files were missing already, which it holds nonetheless."""
    folder = named or keeping.folder() / timezone.now().strftime(keeping.NAME)
    about = full.make(folder.absolute())
    told(folder, "" if about["encrypted"] else "It holds personal data and is not encrypted (KITH_BACKUP_KEYS): keep it as safe as the database.")  # fmt: skip
    if not named and (gone := keeping.thin_out(keeping.folder())):
        print(f"Removed, since newer ones stand for them: {', '.join(path.name for path in gone)}.")
    if absent := about["files missing"]:
        print(f"kith: {len(absent)} files that rows name were missing before; `kith files verify` names them.")
    return int(bool(absent))


def told(folder: Path, more: str) -> None:
    """Where it is and how large."""
    print(f"The backup is in {folder} ({sizes.of(folder) / 1024**2:.1f} MB).{f' {more}' if more else ''}")
