"""Make the database and the static files ready for this version; `serve` does it by itself."""

import argparse

from kith.core import health, migrating
from kith.core.backup import erased
from kith.core.serving import demo, static


def arguments(parser: argparse.ArgumentParser) -> None:
    """Who migrates: the only process there is, or the administrator of several."""
    parser.add_argument("--demo", action="store_true", help="fill an empty database with the demo company")
    parser.add_argument("--migrate", action="store_true", help="apply missing migrations instead of refusing to start")


def run(options: argparse.Namespace) -> int:
    """Ready or not."""
    static.collect()
    if options.migrate:
        migrating.migrate(verbosity=0)
    for name, problem in (found := health.problems()).items():
        print(f"kith: {name}: {problem}")
    for problem in () if found else erased.again():
        print(f"kith: {problem}")
    if options.demo and not found:
        demo.fill()
    return int(bool(found))
