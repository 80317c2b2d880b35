"""kith secrets: change the key that secrets in the database are encrypted with."""

from argparse import ArgumentParser, Namespace

from django.conf import settings

from kith.core import sealing
from kith.core.sealing_keys import FILE

help = "Seal the secrets in the database with a new key, or check that all can be read."


def arguments(parser: ArgumentParser) -> None:
    """What stands after `kith secrets`."""
    parser.add_argument("step", choices=("rotate",), help="rotate: seal all secrets with a new key.")
    parser.add_argument("--dry-run", action="store_true", help="Only tell what would be done, and what cannot be read.")


def run(options: Namespace) -> int:
    """Ends with 1 when a secret cannot be read; then nothing is changed."""
    found = sealing.survey()
    for name, count in found.by_key.items():
        print(f"{count} sealed with key {name}{' (seals now)' if name == sealing.keys().first[0] else ''}")
    for trouble in found.unreadable:
        print(f"kith: cannot read {trouble}")
    if found.unreadable:
        return 1
    if options.dry_run:
        print(f"Secrets that can be read: {found.by_key.total()}. Nothing was changed.")
        return 0
    rotate()
    return 0


def rotate() -> None:
    """A new key, unless the environment names the keys; then all secrets under the first one."""
    made = "" if settings.SEALING_KEYS else sealing.add_key(settings.DATA)
    done = sealing.reseal()
    print(f"Secrets sealed anew with key {sealing.keys().first[0]}: {done}.")
    if made:
        print(
            f"Older keys stay in {settings.DATA / FILE} for backups made before; remove their lines when no backup needs them."
        )
