"""The database process of a costly question steps back and comes forward again, or its connection is given up."""

import os
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from kith.core import priority
from kith.core.postgres import cluster, processes
from kith.core.reports import budget

pytestmark = pytest.mark.django_db(transaction=True)


def pid() -> int:
    """The process that answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def nice() -> int:
    """How nice that process is."""
    return os.getpriority(os.PRIO_PROCESS, pid())


@pytest.fixture
def ours(monkeypatch: Any) -> None:
    """The server of the tests counts as the one of the data folder, and every question as costly at once."""
    connection.ensure_connection()
    parent = processes.look(pid())
    assert parent
    monkeypatch.setattr(priority, "embedded", lambda: SimpleNamespace(folder=None))
    monkeypatch.setattr(cluster, "postmaster", lambda _folder: parent.parent)
    monkeypatch.setattr(priority.threading, "Timer", Now)


class Now:
    """A timer whose time has come."""

    def __init__(self, seconds: float, act: Any) -> None:
        self.seconds, self.act = seconds, act

    def start(self) -> None:
        """Act."""
        assert self.seconds == priority.AFTER
        self.act()

    def cancel(self) -> None:
        """Too late."""


def test_a_costly_question_steps_back_as_long_as_it_lasts(ours: None, settings: Any) -> None:
    before = nice()
    with budget.limited():
        process = pid()
        assert nice() == min(priority.LEAST, before + settings.REPORTS_NICE)
    assert nice() == before
    assert pid() == process or os.geteuid() != 0, "root raises it again"


def test_where_it_may_not_be_raised_again_the_connection_is_given_up(ours: None, monkeypatch: Any) -> None:
    set_nice, before = priority.set_nice, nice()

    def only_lower(part: Any, wanted: int) -> None:
        if wanted < priority.nice_of(part):
            raise PermissionError
        set_nice(part, wanted)

    monkeypatch.setattr(priority, "set_nice", only_lower)
    with pytest.raises(ZeroDivisionError), priority.low():
        process = pid()
        raise ZeroDivisionError
    assert pid() != process and nice() == before


def test_a_quick_question_is_left_alone(ours: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(Now, "start", lambda _timer: None)
    monkeypatch.setattr(priority, "set_nice", lambda _part, _nice: pytest.fail("it was quick"))
    with priority.low():
        process = pid()
    assert pid() == process


def test_nothing_is_done_inside_a_transaction_or_to_somebody_elses_process(ours: None, monkeypatch: Any) -> None:
    before = nice()
    with transaction.atomic(), priority.low():
        assert nice() == before
    monkeypatch.setattr(cluster, "postmaster", lambda _folder: os.getpid())
    with priority.low():
        assert nice() == before


def test_nothing_is_done_where_that_is_switched_off(ours: None, settings: Any) -> None:
    settings.REPORTS_NICE, before = 0, nice()
    with priority.low():
        assert nice() == before


def test_an_outside_database_has_no_process_of_ours(monkeypatch: Any) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/kith")
    priority.embedded.cache_clear()
    try:
        assert priority.embedded() is None and priority.own_process() is None
    finally:
        priority.embedded.cache_clear()
