"""Bring back a backup or a moment, or try whether that would work; what is there now is kept aside."""

import argparse
from pathlib import Path

from kith.core.backup import Failed, keeping, moments, restoring, trial, wal
from kith.core.postgres.exchanging import FOLDERS, KEPT


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which one."""
    parser.add_argument("folder", nargs="?", type=Path, help="a folder that `kith backup` made; with --verify the newest in KITH_BACKUPS")  # fmt: skip
    parser.add_argument("--to", metavar="MOMENT", help="go back to a moment of the archive, such as '2026-11-29 12:00' (in TIME_ZONE), or latest")  # fmt: skip
    parser.add_argument("--verify", action="store_true", help="restore in a scratch place only, and compare everything")
    parser.add_argument("--last", type=int, default=1, metavar="N", help="with --verify: the last N backups")
    parser.add_argument("--trust", action="store_true", help="take a backup that this installation did not sign")


def run(options: argparse.Namespace) -> int:
    """0: done, or well; 1: it could not be done, or something was found."""
    try:
        return verify(options) if options.verify else bring_back(options)
    except Failed as failure:
        print(f"kith: {failure}{'' if options.verify else ' Nothing was changed.'}")
        return 1


def verify(options: argparse.Namespace) -> int:
    """Try one or several."""
    if options.to:
        lost = moments.verify(moments.parse(options.to), say)
        if lost:
            return tell_lost(lost)
    else:
        for folder in [options.folder] if options.folder else keeping.newest(keeping.folder(), options.last):
            print(f"{folder}:")
            trial.full(folder.absolute(), say, trust=options.trust)
    print("The backup is good.")
    return 0


def bring_back(options: argparse.Namespace) -> int:
    """Restore."""
    if bool(options.to) == bool(options.folder):
        raise Failed("Name a folder, or a moment with --to.")
    if options.to:
        lost = moments.restore(moments.parse(options.to), say)
        print(f"Restored. What was there before is kept as {' and '.join(name + KEPT for name in FOLDERS)} in the data folder until the next restore. Make a new base now: kith backup --base")  # fmt: skip
        return tell_lost(lost)
    if restoring.finish():
        print("A restore that was interrupted is finished now. Restore again if you want another backup.")
        return 0
    kept = restoring.restore(options.folder.absolute(), say, trust=options.trust)
    print(f"The backup is restored. The database before it is kept as {kept} until the next restore.")
    return 0


def tell_lost(lost: list[str]) -> int:
    """Which files that rows name could not be brought back; 1 when there are any."""
    if lost:
        print(f"kith: {len(lost)} files that rows name are not in {wal.files_place()}, or damaged there:")
    for key in lost:
        print(f"{moments.LOST}{key}")
    return int(bool(lost))


def say(line: str) -> None:
    """One thing that was proved."""
    print(f"  + {line}", flush=True)
