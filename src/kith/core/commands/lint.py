"""Check style, types and the one-way imports."""

import argparse
import subprocess
import sys
from pathlib import Path

from kith.core.home import CHECKOUT

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy", "src/kith"),
    ("lint-imports",),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to say."""


def run(options: argparse.Namespace) -> int:
    """Run every check; fails when one fails."""
    programs = Path(sys.executable).parent
    codes = [subprocess.run([programs / name, *words], cwd=CHECKOUT).returncode for name, *words in CHECKS]
    return int(any(codes))
