"""/healthz says that the process lives, /readyz that it can serve; neither tells strangers more."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

import kith
from kith.core import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken() -> Iterator[list[str]]:
    """A further condition that a test can break."""
    problem: list[str] = []
    health.register("of a test", lambda: problem[0] if problem else "")
    yield problem
    del health._checks["of a test"]


def test_it_is_ready_and_counts_the_living_workers(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "workers": 0})
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [timezone.now()])
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")
    assert client.get("/readyz").json() == {"status": "ready", "workers": 1}


def test_a_broken_condition_is_named_without_its_details(client: Client, broken: list[str]) -> None:
    assert client.get("/readyz").status_code == 200
    broken.append("the password of the database is wrong")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "failed": ["of a test"]})
    assert health.problems() == {"of a test": "the password of the database is wrong"}


def test_without_a_database_the_process_still_lives(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise OperationalError("connection refused to /secret/place")

    monkeypatch.setitem(health._checks, "database", fail)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "failed": ["database"]})
    assert client.get("/healthz").json() == {"status": "ok", "version": kith.__version__}


def test_a_waiting_migration_is_noticed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_passed", set())
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'procrastinate' AND name LIKE '0041%%'", [])
    assert client.get("/readyz").json() == {"status": "not ready", "failed": ["migrations"]}
    assert health.problems() == {"migrations": "1 migrations wait; run `kith migrate`"}


def test_a_table_without_its_guard_is_noticed(client: Client) -> None:
    assert client.get("/readyz").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_user DISABLE TRIGGER kith_guard")
    assert client.get("/readyz").json() == {"status": "not ready", "failed": ["guards"]}
    assert health.problems()["guards"].startswith("access_user: no guard")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_they_may_only_be_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200
