"""The long fuzz begins as a command, in a process that knows no settings yet."""

import os
import subprocess
import sys

from kith.core.home import CHECKOUT


def test_the_command_says_what_it_takes() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(CHECKOUT / "src")
    words = [sys.executable, "-m", "tests.fuzz.api", "--help"]
    said = subprocess.run(words, cwd=CHECKOUT, env=environment, capture_output=True, text=True)
    assert (said.returncode, "--examples" in said.stdout) == (0, True), said.stderr
