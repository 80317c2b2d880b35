"""Two who give the same unique value at the same time: one of them is told, whichever comes second; and an index is built beside people's work."""

from threading import Event, Thread

import pytest
from django.db import connections, transaction

from kith.core import field_indexes, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.field_jobs import index_fields

pytestmark = pytest.mark.django_db(transaction=True)


def define():
    values = {"entity": "parties.company", "label": "Code", "name": "x_code", "kind": "text", "is_unique": True}
    return writes.create(SYSTEM, registry.get("core.fielddefinition"), values)


def company(name):
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": name, "x_code": "AB"})


@pytest.mark.parametrize("commits", [True, False])
def test_the_second_of_two_waits_and_is_told_if_the_first_stays(commits):
    define()
    begun, found = Event(), []

    def second():
        begun.set()
        try:
            found.append(company("Second").name)
        except Refused as refused:
            found.append(list(refused.errors))
        finally:
            connections.close_all()

    other = Thread(target=second)
    try:
        with transaction.atomic():
            company("First")
            other.start()
            begun.wait(10)
            assert not found
            if not commits:
                raise InterruptedError
    except InterruptedError:
        pass
    other.join(20)
    names = sorted(registry.get("parties.company").rows(SYSTEM).values_list("name", flat=True))
    assert (found, names) == ([["x_code"]], ["First"]) if commits else (["Second"], ["Second"])


def test_a_unique_index_is_built_outside_of_a_transaction_and_dropped():
    field = define()
    assert index_fields() == {"built": 1, "dropped": 0}
    assert [valid for _table, valid in field_indexes.there().values()] == [True]
    writes.delete(SYSTEM, registry.get("core.fielddefinition"), [field.pk])
    assert (index_fields(), field_indexes.there()) == ({"built": 0, "dropped": 1}, {})
