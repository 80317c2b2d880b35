"""Objects that share one table as they were: what links to another object is told with that one's values of then (N2)."""

import datetime as dt

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory

from .making import make_object

pytestmark = pytest.mark.django_db


def at(month):
    return time_machine.travel(dt.datetime(2026, month, 5, 9, tzinfo=dt.UTC), tick=False)


def test_a_report_over_a_linked_object_has_its_values_of_then(people):
    machine = make_object()
    contract = make_object(name="contract", plural="contracts", links=[{"target": machine.label}])
    machine = registry.get(machine.label)
    with at(8):
        lathe = factory.make(machine, name="Lathe", day="2026-12-01")
        writes.create(SYSTEM, contract, {"name": "R-1", "machine": lathe.pk})
    with at(10):
        writes.save(SYSTEM, machine.rows(SYSTEM).get(pk=lathe.pk), {"day": "2027-03-01"})
    with at(11):
        eva = people.clients.eva
        labels = {}
        for when in ("", "&as_of=2026-09-30", "&as_of=2026-10-31"):
            body = eva.get(f"/api/v1/contracts/report?rows=machine.day:month&m=count{when}").json()
            labels[when] = [line["groups"][0]["value"] for line in body["lines"] if line["cells"][0][0]["value"]]
        assert labels == {"": ["2027-03-01"], "&as_of=2026-09-30": ["2026-12-01"], "&as_of=2026-10-31": ["2027-03-01"]}
