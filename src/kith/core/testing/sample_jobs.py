"""Jobs that the tests of the queue ask for."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connection
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


meanwhile: list[Callable[[], Any]] = []


@job("test.count_once", once=True)
def count_once() -> dict[str, Any]:
    """Write a row; in a test something happens meanwhile, outside its transaction."""
    made = JobRun.objects.create(name="counted")
    while meanwhile:
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_and_close, meanwhile.pop()).result()
    return {"counted": JobRun.objects.filter(pk=made.pk).count()}


def _and_close(act: Callable[[], Any]) -> None:
    act()
    connection.close()


@job("test.lose_the_database")
def lose_the_database() -> None:
    """Be cut off in the middle."""
    _note("lost")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


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
