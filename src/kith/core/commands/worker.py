"""Run only the worker, which does the background jobs."""

import argparse

from kith.core.serving import starting


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to say: settings come from the environment."""


def run(options: argparse.Namespace) -> int:
    """Do jobs."""
    return starting.start("worker")
