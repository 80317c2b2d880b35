"""A change of rights acts at once, in every process; a change that is rolled back leaves no stale rights behind."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access import principals, shipped
from kith.access.epoch import Epoch
from kith.core import writes
from kith.core.access import SYSTEM, has_rule
from kith.core.entity import registry
from kith.core.testing.people import fresh, make_people, make_user

pytestmark = pytest.mark.django_db


def may(user: Any) -> bool:
    return has_rule(fresh(user), registry.get("parties.company"), "view")


def test_every_change_of_rights_acts_at_once() -> None:
    user, reader = make_user("Rita"), shipped.roles()["read_only"]
    assert may(user) is False
    grant = shipped.give(reader, user=user)
    assert may(user) is True
    writes.delete(SYSTEM, registry.get("access.rolegrant"), [grant.pk])
    assert may(user) is False
    writes.restore(SYSTEM, registry.get("access.rolegrant"), [grant.pk])
    assert may(user) is True
    item = registry.get("access.policyrule").rows(SYSTEM).get(role=reader.pk)
    writes.save(SYSTEM, item, {"level": "none"})
    assert may(user) is False
    writes.save(SYSTEM, item, {"level": "all"})
    writes.delete(SYSTEM, registry.get("access.role"), [reader.pk])
    assert may(user) is False


def test_another_process_learns_of_it_with_its_next_request() -> None:
    """The other process is played by a copy of the cache taken before the change."""
    user = make_user("Rita")
    assert may(user) is False
    elsewhere = dict(principals._cache)
    shipped.give(shipped.roles()["read_only"], user=user)
    principals._cache.clear()
    principals._cache.update(elsewhere)
    assert may(user) is True


def test_a_change_that_is_rolled_back_is_forgotten() -> None:
    user = make_user("Rita")
    before = Epoch.objects.get().value
    with pytest.raises(RuntimeError), transaction.atomic():
        shipped.give(shipped.roles()["read_only"], user=user)
        assert may(user) is True
        raise RuntimeError
    assert Epoch.objects.get().value == before and may(user) is False
    writes.save(SYSTEM, user, {"name": "Rita R."})
    assert may(user) is False


def test_rights_are_loaded_once_while_nothing_changes() -> None:
    people = make_people()
    fresh(people.ann)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        fresh(people.ann)
    assert len(queries) == 1


def test_a_request_needs_two_queries_to_know_who_asks() -> None:
    people = make_people()
    client: Client = people.clients.ann
    client.get("/settings/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/settings/").status_code == 200
    about = [query["sql"] for query in queries if "django_session" in query["sql"] or "access_" in query["sql"]]
    assert len(about) == 2, about
