"""The fire drills in their short forms, each in a process of its own; the whole ones: `python -m tests.drills.backup`, `move`, `disk`."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection
from tests.drills.house import ROOT

from kith.core import database
from kith.core.backup import programs

LONG = pytest.mark.skipif(os.environ.get("KITH_LONG") != "1", reason="KITH_LONG=1: half a minute each")


@pytest.fixture
def drill(db: None) -> Any:
    """Runs a drill in a house with the tables of the tests' database."""
    template, _password = programs.apart(database.address(), str(connection.settings_dict["NAME"]))

    def run(name: str, *words: str) -> dict[str, Any]:
        command = [sys.executable, "-m", f"tests.drills.{name}", *words]
        if name != "disk":
            command += ["--template", template]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert answer.stdout.strip(), answer.stderr[-4000:]
        report: dict[str, Any] = json.loads(answer.stdout)
        assert report["violations"] == [], report
        return report

    return run


def test_an_encrypted_backup_is_whole_and_every_changed_byte_is_found(drill: Any) -> None:
    report = drill("backup", "--people", "1", "--flips", "3", "--only", "encrypted")
    assert report["flips"] == report["found"]
    assert len(report["flips"]) == 9, "six kinds of files, three of them encrypted"


@LONG
@pytest.mark.parametrize("part", ["plain", "moments", "encrypted moments"])
def test_backups_and_moments(drill: Any, part: str) -> None:
    report = drill("backup", "--people", "2", "--flips", "3", "--only", part)
    assert report["flips"] == report["found"]


@LONG
def test_moving_to_an_outside_server(drill: Any) -> None:
    drill("move", "--people", "2")


@LONG
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, for which it must be root")
def test_a_full_disk(drill: Any) -> None:
    report = drill("disk")
    assert report["found"]["control: other answers than 201"] > 0
