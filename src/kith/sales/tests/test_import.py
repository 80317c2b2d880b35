"""Opportunities from a file: what a constraint refuses is told at its row, and only what stays is announced."""

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.events import OutboxEvent
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.testing import factory
from kith.processes import shipped

pytestmark = pytest.mark.django_db


def test_a_percent_sign_in_the_words_of_a_constraint_is_a_percent_sign():
    shipped.install()
    company = factory.make("parties.company")
    file = f"Name,Company,Probability\nGood,{company.pk},50\nBad,{company.pk},500\n"
    outcome = imported("sales.opportunity", file, columns(Name="name", Company="company", Probability="probability"))
    assert [(row.number, list(row.errors.values())) for row in outcome.rejected] == [(3, [["Between 0 and 100 %."]])]
    assert list(registry.get("sales.opportunity").rows(SYSTEM).values_list("name", flat=True)) == ["Good"]


def test_rows_that_were_taken_back_are_not_announced():
    shipped.install()
    company = factory.make("parties.company")
    file = f"Name,Company,Probability\nA,{company.pk},50\nB,{company.pk},500\nC,{company.pk},20\n"
    outcome = imported("sales.opportunity", file, columns(Name="name", Company="company", Probability="probability"))
    (event,) = OutboxEvent.objects.filter(changeset_id=outcome.changeset, name="sales.opportunity.created")
    kept = registry.get("sales.opportunity").rows(SYSTEM).order_by("pk").values_list("pk", flat=True)
    assert event.record_ids == [str(key) for key in kept] and len(event.record_ids) == 2
