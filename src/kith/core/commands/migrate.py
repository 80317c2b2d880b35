"""Bring the database to the form this version needs."""

import argparse

from django.core.management import call_command


def arguments(parser: argparse.ArgumentParser) -> None:
    """Migrations have no options here; `kith manage migrate` has all of Django's."""


def run(options: argparse.Namespace) -> None:
    """Apply what is missing; does nothing the second time."""
    call_command("migrate", interactive=False, verbosity=1)
