"""Counting several queries in one: exact up to a limit, nothing for what nobody may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core.entity import registry
from kith.core.tally import tally
from kith.core.testing import factory

pytestmark = pytest.mark.django_db


def test_parts_are_counted_in_one_query_each_up_to_the_limit(people):
    for _number in range(3):
        factory.make("parties.company", owner=str(people.ann.pk))
    companies = registry.get("parties.company")
    parts = {
        "ann": companies.rows(people.actors.ann), "max": companies.rows(people.actors.max),
        "none": companies.rows(people.actors.eva).none(), "%": companies.rows(people.actors.eva).filter(name__contains="100%"),
    }  # fmt: skip
    with CaptureQueriesContext(connection) as caught:
        assert tally(parts) == {"ann": 3, "max": 0, "none": 0, "%": 0}
    assert len(caught) == 1
    assert tally(parts, 2)["ann"] == 2 and tally({}) == {}
