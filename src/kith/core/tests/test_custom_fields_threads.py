"""Fields that a transaction has just defined are known to its own thread only, until it commits; nobody takes them away meanwhile."""

from threading import Thread

import pytest
from django.db import connections, transaction

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(do):
    """What another thread finds."""
    found = []

    def at_work():
        try:
            found.append(do())
        finally:
            connections.close_all()

    thread = Thread(target=at_work)
    thread.start()
    thread.join()
    return found[0]


def knows():
    company = registry.get("parties.company")
    return ("x_colour" in company.fields, "x_colour" in company.filter_names)


def define():
    writes.create(
        SYSTEM,
        registry.get("core.fielddefinition"),
        {"entity": "parties.company", "name": "x_colour", "label": "Colour", "kind": "text"},
    )


def request_elsewhere():
    """Another request begins with its own version of the fields, and reads them."""
    custom_fields.at(-1)
    return knows()


def test_a_definition_is_known_to_others_only_when_it_is_committed():
    custom_fields.forget()
    with transaction.atomic():
        define()
        assert (knows(), elsewhere(request_elsewhere), knows()) == ((True, True), (False, False), (True, True))
    assert (knows(), elsewhere(request_elsewhere)) == ((True, True), (True, True))


def test_a_definition_that_is_rolled_back_is_forgotten():
    custom_fields.forget()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        define()
        raise ZeroDivisionError
    assert (knows(), elsewhere(knows)) == ((False, False), (False, False))
