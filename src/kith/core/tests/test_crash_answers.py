"""What a caller gets while the database is away: 503 with the advice to come again, in the form of the door."""

import json

import psycopg
import pytest
from django.db import InternalError, OperationalError, ProgrammingError, connections

from kith.core import access, changes, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change, ChangeSet

pytestmark = pytest.mark.django_db


def lost(*args, **kwargs):
    raise OperationalError("server closed the connection unexpectedly") from psycopg.OperationalError(
        "server closed the connection unexpectedly"
    )


def broken(*args, **kwargs):
    raise OperationalError("could not read block") from psycopg.errors.IoError("could not read block")


def lost_before(*args, **kwargs):
    try:
        lost()
    except OperationalError:
        raise ProgrammingError("Cannot open a new connection in an atomic block.")  # noqa: B904 - as Django raises it


def not_promoted_yet(*args, **kwargs):
    raise InternalError("read-only") from psycopg.errors.ReadOnlySqlTransaction("read-only")


@pytest.fixture
def ann(people):
    people.clients.ann.raise_request_exception = False
    return people.clients.ann


def test_a_page_says_that_it_works_again_in_a_moment(ann, monkeypatch):
    monkeypatch.setattr(access, "allowed", lost)
    answer = ann.get("/companies/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "Kith is not ready" in answer.content.decode()


def test_a_page_that_cannot_even_know_the_reader_says_it_too(ann, monkeypatch):
    monkeypatch.setattr(connections["default"], "cursor", lost)
    answer = ann.get("/companies/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_a_program_gets_a_problem_document(ann, monkeypatch):
    monkeypatch.setattr(access, "allowed", lost)
    answer = ann.get("/api/v1/companies")
    assert (answer.status_code, answer.headers["Retry-After"], answer.headers["Content-Type"]) == (
        503,
        "2",
        "application/problem+json",
    )
    assert json.loads(answer.content)["type"] == "urn:kith:problem:unavailable"


@pytest.mark.parametrize("trouble", [lost_before, not_promoted_yet])
def test_what_comes_of_a_failover_can_be_tried_again_too(ann, monkeypatch, trouble):
    monkeypatch.setattr(access, "allowed", trouble)
    for address in ("/companies/", "/api/v1/companies"):
        answer = ann.get(address)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), address


def test_other_trouble_of_the_database_stays_an_error(ann, monkeypatch):
    monkeypatch.setattr(access, "allowed", broken)
    answer = ann.get("/api/v1/companies")
    assert (answer.status_code, json.loads(answer.content)["type"]) == (500, "urn:kith:problem:broken")
    assert "Retry-After" not in answer.headers
    assert ann.get("/companies/").status_code == 500


def test_a_change_set_that_could_not_begin_leaves_no_trace(people, monkeypatch):
    """Else the thread believed to be inside it, announced nothing any more, and every later write of it was refused."""
    with monkeypatch.context() as broken:
        broken.setattr(changes, "announce", lost)
        with pytest.raises(OperationalError):
            writes.create(SYSTEM, registry.get("parties.company"), {"name": "First"})
    assert changes.running() is None
    made = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Second"})
    assert ChangeSet.objects.filter(pk=Change.objects.get(record_id=made.pk).changeset_id).count() == 1
