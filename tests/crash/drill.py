"""The crash drill: `python -m tests.crash.drill --rounds 20`.

In each round an import of 1,000 people, a bulk edit of 300 companies, a program that creates and changes companies and one that
moves them, takes changes back, invites users by mail and attaches files are at work when something is killed with SIGKILL, or
frozen for a while, at a random moment. Kith has to become whole by itself, finish its work, and have lost
nothing; what that means is said in `oracle`, and `controls` proves that the oracle would notice.
"""

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.crash.installed import folder, installed

if TYPE_CHECKING:
    from tests.crash.rounds import Result


def drill(rounds: int, seed: int, *, minutes: float = 0, keep: bool = False) -> "Result":
    """The whole drill in a temporary folder."""
    with folder("crash", keep=keep) as base, installed(base) as installation:
        from tests.crash.ground import lay
        from tests.crash.rounds import Drill

        return Drill(installation, lay(), seed).run(rounds, minutes)


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
