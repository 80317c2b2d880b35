"""Bring the database to the form this version needs."""

import argparse

from kith.core import migrating


def arguments(parser: argparse.ArgumentParser) -> None:
    """Migrations have no options here; `kith manage migrate` has all of Django's."""


def run(options: argparse.Namespace) -> None:
    """Apply what is missing; does nothing the second time."""
    migrating.migrate(verbosity=1)
