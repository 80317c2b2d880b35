"""Turns of costly questions: over all connections, given back with the transaction, told in the form of the door."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.http import QueryDict

from kith.core import counting, listing, turns
from kith.core.entity import registry
from kith.core.errors import Busy
from kith.core.reports import budget
from kith.core.views import from_address

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


def test_who_waits_sleeps_in_the_database_until_a_turn_is_given_back(
    settings: Any, other: psycopg.Connection[Any]
) -> None:
    def setting() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            return str(cursor.fetchone()[0])

    settings.REPORTS = 1
    before = setting()
    assert taken_by(other, 0) and not turns.waited_for(0, 0.01), "it is not free"
    assert setting() == before
    back = threading.Timer(0.3, other.rollback)
    back.start()
    turns.take(60)
    back.join()
    assert not taken_by(other, 0) and setting() == before


def test_whichever_turn_is_given_back_is_taken(settings: Any, other: psycopg.Connection[Any], monkeypatch: Any) -> None:
    settings.REPORTS = 8
    monkeypatch.setattr(turns, "LOOK", 0.08)
    assert all(taken_by(other, number) for number in range(8))
    tried: list[int] = []
    waited_for = turns.waited_for

    def one_after_the_other(number: int, seconds: float) -> bool:
        if not tried:  # the fifth is given back while he waits for the first
            other.rollback()
            assert all(taken_by(other, held) for held in range(8) if held != 5)
        tried.append(number)
        return waited_for(number, seconds)

    monkeypatch.setattr(turns, "waited_for", one_after_the_other)
    turns.take(60)
    assert tried == [0], "he looks at all of them before he waits for the next"
    assert not taken_by(other, 5)


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


def test_a_turn_is_one_processor_until_the_transaction_ends() -> None:
    def workers() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('max_parallel_workers_per_gather')")
            return str(cursor.fetchone()[0])

    with transaction.atomic():
        before = workers()
        turns.take(0)
        assert workers() == "0"
        transaction.set_rollback(True)
    assert workers() == before != "0"


@pytest.mark.parametrize("path", ["/companies/?f=&group=status", "/companies/totals?f=&cols=name,annual_revenue"])
def test_sums_of_very_many_rows_take_turns_and_those_of_few_do_not(
    people: Any, make: Any, settings: Any, other: psycopg.Connection[Any], monkeypatch: Any, path: str
) -> None:
    for number in range(4):
        make("parties.company", name=f"Firm {number}")
    settings.REPORTS = 1
    monkeypatch.setattr(turns, "SECONDS", 0)
    assert taken_by(other, 0)
    assert people.clients.eva.get(path).status_code == 200
    monkeypatch.setattr(counting, "EXACT", 3)
    counting.forget()
    answer = people.clients.eva.get(path)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    other.rollback()
    assert people.clients.eva.get(path).status_code == 200


def test_a_sum_that_the_database_stops_is_told_to_come_again() -> None:
    with pytest.raises(Busy, match="Other reports"), turns.turn(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(5)")


def test_an_export_waits_before_each_further_part_and_never_breaks_off(
    people: Any, make: Any, settings: Any, other: psycopg.Connection[Any], monkeypatch: Any
) -> None:
    made = {make("parties.company", name=f"Firm {number}").pk for number in range(5)}
    settings.REPORTS = 1
    monkeypatch.setattr(turns, "PATIENCE", 0)
    asked: list[float] = []
    take = turns.take
    monkeypatch.setattr(turns, "take", lambda seconds: (asked.append(seconds), take(seconds)))
    entity = registry.get("parties.company")
    look = from_address(entity, people.actors.eva, QueryDict("f="), [])
    assert taken_by(other, 0)
    parts = list(listing.stream(look, people.actors.eva, chunk=2))
    assert ([len(part) for part in parts], {row.pk for part in parts for row in part}) == ([2, 2, 1], made)
    assert asked == [0, 0]
