"""A primary is killed and its standby promoted: nothing acknowledged is lost, and two careless ways lose something.

One kill, without the application; `python -m tests.replica.failover` has twenty with it.
"""

import json
import subprocess
import sys
from typing import Any

import pytest
from tests.crash.installation import ROOT


@pytest.fixture(scope="module")
def drill() -> dict[str, Any]:
    """The drill in a process of its own."""
    words = [sys.executable, "-m", "tests.replica.failover", "--rounds", "1", "--writes", "500", "--no-application"]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.strip(), answer.stderr[-4000:]
    result: dict[str, Any] = json.loads(answer.stdout)
    return result


def test_no_acknowledged_write_is_lost(drill: dict[str, Any]) -> None:
    assert drill["acknowledged"] >= 500
    assert drill["lost"] == 0
    assert [each["lost"] for each in drill["rounds"]] == [0]


def test_loss_would_have_been_seen(drill: dict[str, Any]) -> None:
    assert all(control["lost"] > 0 for control in drill["controls"].values())
    assert len(drill["controls"]) == 2
