"""Run Kith: web server, worker and the embedded database, until Ctrl-C or SIGTERM."""

import argparse

from kith.core.serving import starting


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to say: settings come from the environment."""


def run(options: argparse.Namespace) -> int:
    """Bring the database up to date, then serve."""
    return starting.start("web", "worker")
