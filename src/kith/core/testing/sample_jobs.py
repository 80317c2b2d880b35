"""Jobs that the tests of the queue ask for."""

import os
import time
from pathlib import Path
from typing import Any

from django.utils import timezone, translation

from kith.core import context
from kith.core.errors import Refused
from kith.core.jobs import job, running
from kith.core.jobs_models import JobRun

NOTES = "KITH_TEST_NOTES"


def _note(line: str) -> str:
    path = Path(os.environ[NOTES])
    with path.open("a") as file:
        file.write(f"{line}\n")
    return path.read_text()


@job("test.add")
def add(a: int, b: int) -> dict[str, Any]:
    """Add two numbers in two steps."""
    running().expect(2)
    running().step()
    running().step()
    return {"sum": a + b}


@job("test.look_around")
def look_around() -> dict[str, Any]:
    """Tell where it runs."""
    actor = running().actor
    return {
        "language": translation.get_language(),
        "zone": timezone.get_current_timezone_name(),
        "actor": str(actor.pk) if actor else "",
        "origin": context.current().origin,
        "request": context.current().request_id,
    }


@job("test.note")
def note() -> None:
    """Leave a line."""
    _note("note")


@job("test.refuse", retry=3)
def refuse() -> None:
    """Be refused."""
    _note("refuse")
    raise Refused("The shelf is full; clear it first.")


@job("test.stumble", retry=1)
def stumble() -> None:
    """Fail with somebody's address in the reason."""
    _note("stumble")
    raise ValueError("ivanov@example.com is wrong")


@job("test.count_slowly")
def count_slowly(to: int) -> None:
    """Take long, inside one transaction."""
    from django.db import transaction

    with transaction.atomic():
        JobRun.objects.create(name="written inside")
        running().expect(to)
        for _ in range(to):
            time.sleep(0.02)
            running().step()


@job("test.alone", lock="alone-{key}")
def alone(key: str) -> None:
    """Stay a moment."""
    _note("in")
    time.sleep(0.05)
    _note("out")


@job("test.outlive")
def outlive() -> dict[str, Any]:
    """Hang the first time, be quick the second."""
    tries = _note("outlive").count("outlive")
    if tries == 1:
        time.sleep(600)
    return {"tries": tries}
