"""The feed of changes tells everything once, in order, also when transactions end in another order than they began."""

import psycopg
import pytest
from django.db import connection

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.history import feed
from kith.core.testing import factory
from kith.core.testing.people import grant, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def another():
    """A second connection to the same database."""
    with psycopg.connect(
        **{
            key: value
            for key, value in connection.get_connection_params().items()
            if key in ("host", "port", "user", "dbname", "password")
        }
    ) as other:
        yield other


def titles(after=0):
    found, cursor = feed(SYSTEM, after, 100, "parties.industry")
    return [entry["title"] for entry in found], cursor


def industry(name):
    return writes.create(SYSTEM, registry.get("parties.industry"), {"name": name})


def test_pages_follow_each_other():
    for name in ("A", "B", "C"):
        industry(name)
    first, cursor = feed(SYSTEM, 0, 2, "parties.industry")
    rest, _cursor = feed(SYSTEM, cursor, 2, "parties.industry")
    assert [entry["title"] for entry in first + rest] == ["A", "B", "C"]


def test_an_entry_that_is_committed_late_is_not_skipped(another):
    early = industry("early")
    with another.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_change (at, changeset_id, entity, record_id, op, title) VALUES (now(), gen_random_uuid(), 'parties.industry', %s, 'update', 'slow')",
            [early.pk],
        )
    industry("quick")
    before, place = titles()
    assert before == ["early"]
    another.commit()
    after, _place = titles(place)
    assert after == ["slow", "quick"]


def test_the_feed_gives_no_history_to_who_may_not_read_it():
    people = make_people()
    grant(people.max, ("parties.company", "view", "all"))
    company = factory.make("parties.company", name="Halden")
    writes.save(SYSTEM, company, {"name": "Moss"})
    for_max, _after = feed(actor_of(people.max.pk), 0, 100, "parties.company")
    assert [(entry["op"], entry["before"], entry["after"], entry["by"]) for entry in for_max] == [
        ("create", {}, {}, ""),
        ("update", {}, {}, ""),
    ]
    for_eva, _after = feed(people.actors.eva, 0, 100, "parties.company")
    assert (for_eva[1]["before"]["name"], for_eva[1]["after"]["name"]) == ("Halden", "Moss")
