"""The long fuzz begins as a command, in a process that knows no settings yet."""

import os
import re
import subprocess
import sys

from kith.core.home import CHECKOUT

from .running import addresses


def test_the_command_says_what_it_takes() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(CHECKOUT / "src")
    words = [sys.executable, "-m", "tests.fuzz.api", "--help"]
    said = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert (said.returncode, "--examples" in said.stdout) == (0, True), said.stderr


def test_the_parts_together_are_everything_once() -> None:
    """An address, and all below it, in one part; another one that begins alike is no part of it."""
    kinds = [f"/api/v1/{name}" for name in ("people", "people-lists", "deals", "search", "tasks")]
    paths = [*kinds, *(f"{kind}/{{key}}" for kind in kinds), "/api/v1/people/{key}/notes"]
    assert addresses(paths, 1, 1) == ""
    parts = [[path for path in paths if re.search(addresses(paths, part, 3), path)] for part in (1, 2, 3)]
    assert sorted(path for found in parts for path in found) == sorted(paths) and max(map(len, parts)) < len(paths)
    assert all({"/api/v1/people/{key}/notes"} <= {*found} for found in parts if "/api/v1/people" in found)
