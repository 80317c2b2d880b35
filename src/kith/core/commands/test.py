"""Run the tests; words after it go to pytest."""

import argparse
import os
import subprocess
import sys

from kith.core.home import CHECKOUT

PASS_ON = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """All words are pytest's."""


def run(options: argparse.Namespace) -> int:
    """Run pytest on all cores, or as its own words say."""
    words = options.words or ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile", "--no-loadscope-reorder"]
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=CHECKOUT).returncode
