"""Turns of costly questions: over all connections, given back with the transaction, told in the form of the door."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from kith.core import turns
from kith.core.errors import Busy
from kith.core.reports import budget

pytestmark = pytest.mark.django_db


PLACE = ("host", "port", "user", "dbname", "password")


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A connection of another process."""
    known = {key: value for key, value in connection.get_connection_params().items() if key in PLACE}
    with psycopg.connect(**known) as made:
        yield made


def taken_by(other: psycopg.Connection[Any], number: int) -> bool:
    row = other.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [turns.CLASS, number]).fetchone()
    return bool(row and row[0])


def test_there_are_so_many_turns_and_no_more(settings: Any, other: psycopg.Connection[Any]) -> None:
    settings.REPORTS = 2
    assert taken_by(other, 0)
    turns.take(0)
    assert not taken_by(other, 1)
    turns.take(0)  # one's own turn, again
    settings.REPORTS = 1
    with pytest.raises(Busy):
        turns.take(0)
    other.rollback()
    turns.take(0)


def test_a_report_waits_no_longer_than_its_time(settings: Any, other: psycopg.Connection[Any]) -> None:
    settings.REPORTS = 1
    assert taken_by(other, 0)
    with pytest.raises(Busy), budget.limited(0.01):
        raise AssertionError("worked out without a turn")


def test_the_reader_is_told_to_come_again(
    people: Any, settings: Any, other: psycopg.Connection[Any], monkeypatch: Any
) -> None:
    settings.REPORTS = 1
    assert taken_by(other, 0)
    take = turns.take
    monkeypatch.setattr(turns, "take", lambda _seconds: take(0))
    page = people.clients.eva.get("/companies/report?rows=status")
    assert page.status_code == 503 and "Other reports are being worked out" in page.text
    assert 1 <= int(page.headers["Retry-After"]) <= 4
    answer = people.clients.eva.get("/api/v1/companies/report?rows=status")
    assert (answer.status_code, json.loads(answer.content)["type"]) == (503, "urn:kith:problem:overloaded")
    other.rollback()
    assert people.clients.eva.get("/companies/report?rows=status").status_code == 200
