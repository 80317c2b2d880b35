"""Whose pages are read from a replica, and when not: one's own last write is always seen, and nothing is written there.

The replica of these tests is a second, read-only connection to the same database; `python -m tests.replica.reading` has a real one.
"""

import time
import uuid

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, connections
from django.http import HttpResponse
from django.test import Client, RequestFactory

from kith.core import jobs, replica
from kith.core.ledger import AuditEvent
from kith.core.testing import sample_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    """The five people, committed: two connections see them."""
    from kith.core.testing.people import make_people

    return make_people()


@pytest.fixture
def replayed(monkeypatch):
    """How far the replica is, as a test says; None: as far as the primary."""
    made = connections["default"].settings_dict
    reader = made | {"OPTIONS": made["OPTIONS"] | {"options": "-c default_transaction_read_only=on"}}
    monkeypatch.setitem(connections.settings, replica.REPLICA, reader)
    other = connections[replica.REPLICA]
    # Both Django and its plugin forbid every database that they do not know from the start.
    monkeypatch.setattr(other, "ensure_connection", lambda: other.connection or other.connect())
    monkeypatch.setattr(replica, "is_used", lambda: True)
    monkeypatch.setattr(replica, "watch", replica.Watch())
    replica.watch.level = time.monotonic()  # it had everything a moment ago
    monkeypatch.setattr(settings, "MIDDLEWARE", [*settings.MIDDLEWARE, "kith.core.replica.Reading"])
    state = {"at": None, "is_replica": True, "known": None}
    ask = replica.ask

    def asked(database, query, values=None):
        if query is not replica.REPLAYED:
            return ask(database, query, values)
        row = database.cursor().execute("SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").fetchone()
        known = ask(database, "SELECT ({state})")[0] if state["known"] is None else state["known"]
        return state["is_replica"], row[0] if state["at"] is None else state["at"], known

    monkeypatch.setattr(replica, "ask", asked)
    yield state
    connections[replica.REPLICA].close()
    connections[replica.REPLICA].close_pool()
    del connections[replica.REPLICA]


@pytest.fixture
def elsewhere(monkeypatch):
    """How many pages were read from the replica."""
    pages, enter = [], replica.elsewhere
    monkeypatch.setattr(replica, "elsewhere", lambda: pages.append(1) or enter())
    return pages


def test_a_page_is_read_from_the_replica_and_logged_where_one_writes(people, replayed, elsewhere):
    client = Client()
    client.force_login(people.eva)
    before = AuditEvent.objects.filter(kind="list").count()
    assert client.get("/companies/").status_code == 200
    assert len(elsewhere) == 1
    assert AuditEvent.objects.filter(kind="list").count() == before + 1


def test_who_has_written_reads_where_that_is_known_and_others_go_on(people, replayed, elsewhere):
    client, other = Client(), Client()
    client.force_login(people.eva)
    other.force_login(people.tom)
    replayed["at"] = now()
    assert client.get("/companies/").status_code == 200
    assert len(elsewhere) == 1
    answer = client.post("/companies/new", {"name": "Own"})
    assert answer.status_code in (200, 302), answer.content
    assert "Own" in client.get("/companies/").text
    assert len(elsewhere) == 1, "the replica does not know of the write"
    other.get("/companies/")
    assert len(elsewhere) == 2, "somebody else has written nothing"
    replayed["at"] = now()
    assert "Own" in client.get("/companies/").text
    assert len(elsewhere) == 3, "now it knows"


def test_a_program_has_its_own_writes_too(people, replayed, elsewhere):
    from kith.core import tokens

    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(user_id=people.eva.pk, name="t", shown=secret[:12], digest=tokens.digest(secret), scopes=["*"])  # fmt: skip
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    replayed["at"] = now()
    assert client.get("/api/v1/companies").status_code == 200
    assert len(elsewhere) == 1
    made = client.post("/api/v1/companies", {"name": "Own"}, content_type="application/json")
    assert made.status_code == 201
    assert client.get(f"/api/v1/companies/{made.json()['id']}").json()["name"] == "Own"
    assert len(elsewhere) == 1


@pytest.mark.parametrize("why", ["rights have changed", "it is no replica", "it is late"])
def test_a_replica_that_cannot_be_trusted_is_not_read(why, people, replayed, elsewhere):
    client = Client()
    client.force_login(people.eva)
    if why == "it is late":
        replayed["at"] = 0
        replica.watch.level = time.monotonic() - 6
    else:
        replayed |= {"rights have changed": {"known": -1}, "it is no replica": {"is_replica": False}}[why]
    assert client.get("/companies/").status_code == 200
    assert elsewhere == []


def test_a_replica_that_does_not_answer_is_left_alone_for_a_while(people, replayed, elsewhere, monkeypatch):
    client, asked, ask = Client(), [], replica.ask

    def away(database, query, values=None):
        if query is not replica.REPLAYED:
            return ask(database, query, values)
        asked.append(1)
        raise OperationalError("away")

    monkeypatch.setattr(replica, "ask", away)
    client.force_login(people.eva)
    assert [client.get("/companies/").status_code for _number in range(3)] == [200] * 3
    assert (len(asked), elsewhere) == (1, [])
    replica.watch.away_until = 0.0
    client.get("/companies/")
    assert len(asked) == 2


def test_nobody_in_particular_is_answered_where_one_writes(replayed, elsewhere):
    assert Client().get("/login").status_code == 200
    assert Client().get("/readyz").json()["status"] == "ready"
    assert elsewhere == []


def test_a_page_that_writes_after_all_is_made_again(people, replayed, elsewhere):
    """On the replica it could not; where one writes it can."""
    tries = []

    def view():
        tries.append(replica.is_elsewhere())
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE drill_page (id int)")
            cursor.execute("DROP TABLE drill_page")
        return HttpResponse("well")

    answer = replica.answered(RequestFactory().get("/"), lambda: people.eva.pk, view)
    assert (answer.content, tries, len(elsewhere)) == (b"well", [True, False], 1)
    assert not replica.is_elsewhere() and connections["default"].alias == "default"


def test_an_error_of_a_page_itself_is_not_tried_again(people, replayed):
    tries = []

    def view():
        tries.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing")

    with pytest.raises(DatabaseError):
        replica.answered(RequestFactory().get("/"), lambda: people.eva.pk, view)
    assert len(tries) == 1 and connections["default"].alias == "default"


def test_seconds_behind_lie_between_what_is_missing_and_what_is_there():
    watch = replica.Watch()
    assert watch.behind(100, 100, 1.0) == (0, 0)
    assert watch.behind(200, 100, 2.0) == (0, 1.0)
    assert watch.behind(300, 100, 7.5) == (5.5, 6.5)
    assert watch.behind(300, 250, 8.0) == (0.5, 6.0)
    assert watch.behind(300, 300, 9.0) == (0, 0)


def test_a_process_that_never_saw_the_replica_level_does_not_read_from_it():
    """It may have stood still for an hour while nobody looked."""
    watch = replica.Watch()
    assert watch.behind(500, 100, 1.0) == (0, float("inf"))
    assert watch.behind(600, 499, 3.0) == (2.0, float("inf"))
    assert watch.behind(700, 550, 4.0) == (1.0, 3.0)


def test_readyz_warns_of_a_replica_that_is_late(people, replayed):
    client = Client()
    assert "warnings" not in client.get("/readyz").json()
    replayed["at"] = 0
    replica.watch.behind(1, 0, time.monotonic() - 6)
    assert client.get("/readyz").json() | {"workers": 0} == {"status": "ready", "workers": 0, "warnings": ["replica"]}


def test_what_a_page_writes_is_noted_where_it_is_made(people, replayed):
    """As an export that becomes a job: its own page is the next that is opened."""

    def page(*, asks):
        if asks:
            jobs.defer(sample_jobs.add, people.eva, a=1, b=2)

    replica.noted(lambda: people.eva.pk, lambda: page(asks=False))
    assert not replica.LastWrite.objects.exists()
    before = now()
    replica.noted(lambda: people.eva.pk, lambda: page(asks=True))
    assert replica.LastWrite.objects.get(user_id=people.eva.pk).position > before


def test_nothing_is_noted_without_a_replica(people):
    replica.note(people.eva.pk)
    replica.note(None)
    assert not replica.LastWrite.objects.exists()


def test_a_later_note_is_never_put_back(people, replayed):
    user = uuid.uuid4()
    replica.LastWrite.objects.create(user_id=user, position=2**60)
    replica.note(user)
    assert replica.LastWrite.objects.get(pk=user).position == 2**60


def now():
    """Where the log of the server is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")
        return cursor.fetchone()[0]
