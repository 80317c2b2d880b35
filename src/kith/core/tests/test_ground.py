"""The databases of several test processes are copies of one that is migrated once."""

import os
from contextlib import suppress

import psycopg
import pytest

from kith.core.database import embedded
from kith.core.testing import ground

SCHEMA = f"trial_{os.getpid()}"
COPY = f"test_kith_copy_{os.getpid()}"


@pytest.fixture
def server():
    """The server of the tests, with a small ground in the place of one with all tables."""
    if not (server := embedded()):
        pytest.skip("an outside server: each process migrates its own database")
    with psycopg.connect(host=str(server.socket), dbname="postgres", user="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {ground.name_of(SCHEMA)} OWNER kith")
        with server.connect(ground.name_of(SCHEMA)) as inside:
            inside.execute("CREATE TABLE tried (n int); INSERT INTO tried VALUES (7)")
        yield server
        for name in (COPY, ground.name_of(SCHEMA)):
            with suppress(psycopg.Error):
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_a_database_that_is_not_there_is_copied_once(server):
    assert ground.copy(server, SCHEMA, COPY)
    with server.connect(COPY) as connection:
        assert connection.execute("SELECT n FROM tried").fetchall() == [(7,)]
        connection.execute("DELETE FROM tried")
    assert not ground.copy(server, SCHEMA, COPY)
    with server.connect(COPY) as connection:
        assert connection.execute("SELECT n FROM tried").fetchall() == []


def test_of_another_state_of_the_migrations_there_is_nothing_to_copy(server):
    assert not ground.copy(server, "of_others", COPY)
    with pytest.raises(psycopg.OperationalError, match=COPY):
        server.connect(COPY)


def test_what_is_there_is_not_made_again(server):
    assert ground.begin(server, SCHEMA) is None
