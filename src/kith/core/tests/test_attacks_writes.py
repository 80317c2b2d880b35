"""Attacks on the write path: parts that fail inside a greater change-set, rows held by others, records that vanish meanwhile."""

import json

import psycopg
import pytest
from django.db import connection
from django.test import Client

from kith.core import access, events, outbox, tokens, writes
from kith.core.access import SYSTEM
from kith.core.changes import FLUSH_AT, change_set
from kith.core.entity import registry
from kith.core.errors import Missing, Refused
from kith.core.ledger import AuditEvent, Change, ChangeSet

pytestmark = pytest.mark.django_db


@pytest.fixture
def units():
    return registry.get("people.orgunit")


def test_a_part_that_fails_leaves_nothing_behind_in_the_greater_change_set(units, monkeypatch):
    def refuse(batch):
        raise Refused("no")

    with change_set(SYSTEM) as changes:
        writes.create(SYSTEM, units, {"name": "North"})
        with monkeypatch.context() as patched:
            patched.setattr(type(units), "derive", lambda self, batch: refuse(batch))
            with pytest.raises(Refused):
                writes.create(SYSTEM, units, {"name": "South"})
        writes.create(SYSTEM, units, {"name": "West"})
    assert sorted(units.rows(SYSTEM).values_list("name", flat=True)) == ["North", "West"]
    assert (
        Change.objects.filter(changeset_id=changes.id).count(),
        ChangeSet.objects.get(pk=changes.id).records,
        AuditEvent.objects.get(changeset_id=changes.id).count,
    ) == (2, 2, 2)


def test_the_ledger_keeps_what_stood_before_a_large_part_that_fails(units):
    with change_set(SYSTEM) as changes:
        writes.create(SYSTEM, units, {"name": "North"})
        with pytest.raises(Refused), changes.attempt():
            changes.add([changes.pending[0]] * FLUSH_AT)
            raise Refused("no")
    assert list(Change.objects.filter(changeset_id=changes.id).values_list("title", flat=True)) == ["North"]


def test_events_of_a_part_that_failed_are_not_told(units, monkeypatch):
    monkeypatch.setattr(events, "wanted", lambda entity, op: True)
    with change_set(SYSTEM) as changes:
        kept = writes.create(SYSTEM, units, {"name": "North"})
        with pytest.raises(ZeroDivisionError), changes.attempt():
            writes.create(SYSTEM, units, {"name": "South"})
            raise ZeroDivisionError
    assert events.OutboxEvent.objects.get(changeset_id=changes.id).record_ids == [str(kept.pk)]


def test_a_record_that_went_to_the_trash_meanwhile_is_missing(units):
    """Meanwhile is before it is saved: from when its rights are asked nobody else can write it."""
    unit = access.fetch(units, SYSTEM, writes.create(SYSTEM, units, {"name": "North"}).pk)
    writes.delete(SYSTEM, units, [unit.pk])
    with pytest.raises(Missing):
        writes.save(SYSTEM, unit, {"name": "South"})
    assert units.rows(SYSTEM, trashed=True).get().name == "North"


def test_what_is_brought_back_meanwhile_is_not_erased(units):
    unit = writes.create(SYSTEM, units, {"name": "North"})
    writes.delete(SYSTEM, units, [unit.pk])
    old = list(units.rows(SYSTEM, trashed=True))
    writes.restore(SYSTEM, units, [unit.pk])
    writes.purge(SYSTEM, units, old)
    assert units.rows(SYSTEM).count() == 1


def test_an_event_that_cannot_be_delivered_holds_up_no_other(units, monkeypatch):
    seen = []

    def listen(event):
        seen.append(event.record_ids)
        if len(seen) == 1:
            raise ValueError("poison")

    monkeypatch.setattr(events, "subscribers", lambda name: [listen])
    monkeypatch.setattr(events, "wanted", lambda entity, op: True)
    events.OutboxEvent.objects.all().delete()
    for name in ("North", "South", "West"):
        writes.create(SYSTEM, units, {"name": name})
    with pytest.raises(ValueError, match="poison"):
        outbox.deliver_waiting()
    assert (len(seen), events.OutboxEvent.objects.filter(delivered_at=None).count()) == (3, 1)


def test_a_key_whose_request_broke_can_be_used_again(units, monkeypatch):
    from kith.core.api.idempotency import IdempotencyKey
    from kith.core.testing.people import make_people

    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user=make_people().eva, name="test", shown=secret[:8], digest=tokens.digest(secret), scopes=["*"]
    )
    client = Client(
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "k1"}, raise_request_exception=False
    )
    with monkeypatch.context() as broken:
        broken.setattr(writes, "create", lambda *args, **kwargs: 1 / 0)
        assert (
            client.post(
                "/api/v1/departments", json.dumps({"name": "North"}), content_type="application/json"
            ).status_code
            == 500
        )
    assert IdempotencyKey.objects.count() == 0
    made = [
        client.post("/api/v1/departments", json.dumps({"name": "North"}), content_type="application/json")
        for _try in range(2)
    ]
    assert [answer.status_code for answer in made] == [201, 201] and made[0].json() == made[1].json()
    assert units.rows(SYSTEM).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_row_held_by_somebody_else_is_told_as_busy(units):
    from kith.core.testing.people import make_user

    unit = writes.create(SYSTEM, units, {"name": "North"})
    user = make_user("Eva All")
    from kith.access import shipped

    shipped.give(shipped.roles()["administrator"], user=user)
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(user=user, name="test", shown=secret[:8], digest=tokens.digest(secret), scopes=["*"])
    params = {
        key: value
        for key, value in connection.get_connection_params().items()
        if key in ("dbname", "user", "password", "host", "port")
    }
    with psycopg.connect(**params) as other, connection.cursor() as cursor:
        other.execute("SELECT 1 FROM people_orgunit WHERE id = %s FOR UPDATE", [unit.pk])
        cursor.execute("SET lock_timeout = '50ms'")
        answer = Client(headers={"Authorization": f"Bearer {secret}"}).patch(
            f"/api/v1/departments/{unit.pk}", json.dumps({"name": "South"}), content_type="application/json"
        )
        cursor.execute("RESET lock_timeout")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:kith:problem:busy")
    assert units.rows(SYSTEM).get(pk=unit.pk).name == "North"
