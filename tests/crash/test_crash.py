"""kill -9 of every part during an import, a bulk edit and API writes: nothing half done, nothing acknowledged lost.

Three rounds by default; KITH_CRASH_ROUNDS=100 for the whole drill.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from tests.crash.installation import ROOT, VICTIMS

ROUNDS = int(os.environ.get("KITH_CRASH_ROUNDS", "3"))


@pytest.fixture(scope="module")
def drill() -> dict[str, Any]:
    """The drill in a process of its own, which belongs to the installation it kills."""
    words = [sys.executable, "-m", "tests.crash.drill", "--rounds", str(ROUNDS)]
    answer = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert answer.stdout.strip(), answer.stderr[-4000:]
    result: dict[str, Any] = json.loads(answer.stdout)
    return result | {"code": answer.returncode}


def test_no_crash_loses_or_halves_anything(drill: dict[str, Any]) -> None:
    assert drill["violations"] == []
    assert drill["code"] == 0


def test_every_kill_hit_work_in_progress(drill: dict[str, Any]) -> None:
    assert [each["victim"] for each in drill["rounds"]][: len(VICTIMS)] == list(VICTIMS[:ROUNDS])
    assert len(drill["rounds"]) == ROUNDS
    assert {each["during"] for each in drill["rounds"][:2]} == {"import", "bulk"}
    assert all(each["killed"] and each["acknowledged"] for each in drill["rounds"])


def test_the_checks_would_have_seen_each_kind_of_loss(drill: dict[str, Any]) -> None:
    """The negative controls: the drill tampers with its own database and must notice."""
    assert [name for name, is_found in drill["controls"].items() if not is_found] == []
    assert len(drill["controls"]) >= 29
