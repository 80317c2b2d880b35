"""R35, N1: a lead that came after a merge, by an address of the merged person alone, goes with that person when the merge is taken apart."""

import pytest

from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.merging import merge
from kith.core.testing.people import make_people
from kith.sales import intake

pytestmark = pytest.mark.django_db


def test_leads_that_came_since_go_to_whose_address_they_named(make):
    make_people()
    one = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example")
    other = make("parties.person", given_name="Eva", family_name="Lindt", email="lind@birch.example")
    person = registry.get("parties.person")
    made = merge.merge(SYSTEM, person, [one.pk, other.pk], survivor=one.pk)
    leads = []
    for mail in ("Lind@birch.example", "eva@arbor.example"):
        who = {"name": "Eva Lind", "email": mail}
        leads.append(intake.take(SYSTEM, who, {}, intake.Request(data=who)))
    rows = registry.get("sales.lead").rows(SYSTEM).order_by("pk")
    assert list(rows.values_list("person", flat=True)) == [one.pk, one.pk]
    undo.undo(SYSTEM, made.changeset)
    assert list(rows.values_list("person", flat=True)) == [other.pk, one.pk]
