"""A2, A7, A8: the age follows the day, an assessment tells its author and day, a permission may reach the members of a group."""

import datetime as dt

import pytest

from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("today", "age"), [("2026-05-16", 45), ("2026-05-17", 46)])
def test_the_age_follows_the_day(make, time_machine_at, today, age):
    person = make("parties.person", family_name="Lind", birth_date="1980-05-17")
    with time_machine_at(dt.date.fromisoformat(today)):
        assert registry.get("parties.person").fields["age"].compute(person) == age


def test_an_assessment_tells_its_criteria_author_and_day(people):
    eva = people.clients.eva
    company = factory.make("parties.company", name="Halden Paper")
    values = {"party": str(company.pk), "assessed_on": "2026-03-04", "loyalty": 8}
    answer = eva.post("/api/v1/assessments", values, content_type="application/json")
    assert answer.status_code == 201, answer.content
    page = eva.get(f"/companies/{company.pk}/?tab=relationship").content.decode()
    block = page.split('id="relationship"')[1]
    assert all(words in block for words in ("Loyalty", "loyalty: 8 / 10", "Eva All", "4 March 2026"))


def test_a_permission_reaches_the_members_of_a_group():
    user = make_user("Una")
    top = factory.make("parties.partygroup", name="Key customers")
    inner = factory.make("parties.partygroup", name="North", parent=top.pk)
    inside, _outside = (factory.make("parties.company", name=name) for name in ("Arbor", "Birch"))
    factory.make("parties.partygroupmember", group=inner.pk, party=inside.pk)
    condition = {"field": "customer_group", "op": "any", "value": [str(top.pk)]}
    grant(user, ("parties.company", "view", "all", False, condition))
    assert list(registry.get("parties.company").rows(fresh(user))) == [inside]
