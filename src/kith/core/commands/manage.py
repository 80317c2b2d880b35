"""Pass a command on to Django, such as `kith manage shell`."""

import argparse

from django.core.management import execute_from_command_line

PASS_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """All words are Django's."""


def run(options: argparse.Namespace) -> None:
    """Run Django's command."""
    execute_from_command_line(["kith manage", *options.words])
