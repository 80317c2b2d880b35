"""Run only the web server (with the embedded database, if no DATABASE_URL is set)."""

import argparse

from kith.core.serving import starting


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to say: settings come from the environment."""


def run(options: argparse.Namespace) -> int:
    """Serve pages."""
    return starting.start("web")
