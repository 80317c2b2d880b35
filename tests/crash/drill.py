"""The crash drill: `python -m tests.crash.drill --rounds 20`.

In each round an import of 1,000 people, a bulk edit of 300 companies, a program that creates and changes companies and one that
moves them, takes changes back, invites users by mail and attaches files are at work when something is killed with SIGKILL, or
frozen for a while, at a random moment. Kith has to become whole by itself, finish its work, and have lost
nothing; what that means is said in `oracle`, and `controls` proves that the oracle would notice.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crash.installation import Installation, environment, free_port, wait_until

if TYPE_CHECKING:
    from tests.crash.rounds import Result


def prepare(data: Path, port: int) -> None:
    """This process belongs to the installation, too: it asks for jobs and looks into the database."""
    for name in ("DATABASE_URL", "BASE_URL"):
        os.environ.pop(name, None)
    os.environ.update(environment(data, port) | {"KITH_PROCESS": "command", "DJANGO_SETTINGS_MODULE": "kith.settings"})
    import django

    django.setup()


def drill(rounds: int, seed: int, *, minutes: float = 0, keep: bool = False) -> "Result":
    """The whole drill in a temporary folder."""
    base = Path(tempfile.mkdtemp(prefix="kith-crash-"))
    base.chmod(0o711)
    installation = Installation(base / "data", free_port())
    try:
        installation.start()
        wait_until(installation.is_whole, "the first start")
        prepare(installation.data, installation.port)
        from tests.crash.ground import lay
        from tests.crash.rounds import Drill

        from kith.core import database

        try:
            return Drill(installation, lay(), seed).run(rounds, minutes)
        finally:
            database.close()
    finally:
        installation.stop()
        if not keep:
            shutil.rmtree(base, ignore_errors=True)


def main() -> int:
    """0 when nothing was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.drill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="how often something is killed (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="for the moments and the order (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=0, help="begin no further round after so many minutes")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    options = parser.parse_args()
    result = drill(options.rounds, options.seed, minutes=options.minutes, keep=options.keep)
    print(
        json.dumps(
            asdict(result) | {"kills": result.kills, "recoveries": result.recoveries, "is_clean": result.is_clean},
            indent=1,
        )
    )
    return 0 if result.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
