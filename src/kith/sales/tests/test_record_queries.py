"""The page of an opportunity takes few queries, however much stands on it."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.queries import counted

#: With all rights, and with rights by row.
MOST = {"eva": 15, "ann": 15}


def make(label, actor=SYSTEM, **values):
    return writes.create(actor, registry.get(label), values)


@pytest.fixture
def deal(people):
    """Ann's opportunity with two of everything in its side column."""
    ann = people.actors.ann
    company = make("parties.company", ann, name="Halden Paper AS")
    person, second = (make("parties.person", ann, family_name=name) for name in ("Berg", "Dahl"))
    found = make("sales.opportunity", ann, name="Gauges", company=company.pk, person=person.pk)
    for one, influence in ((person, 2), (second, 5)):
        make("sales.opportunityrole", opportunity=found.pk, person=one.pk, influence=influence)
    for position, name in ((2, "Frame"), (1, "Gauge")):
        product = make("catalogue.product", name=name)
        make("sales.opportunityline", opportunity=found.pk, product=product.pk, quantity="1", position=position)
    for name in ("Valtek", "Siemens"):
        rival = make("sales.competitor", name=name)
        sold = make("sales.competitorproduct", competitor=rival.pk, name=f"{name} V-90")
        make("sales.opportunitycompetitor", opportunity=found.pk, competitor=rival.pk, product=sold.pk)
    return found


@pytest.mark.django_db
def test_the_queries_of_the_page_are_known(people, deal):
    for who, most in MOST.items():
        client = getattr(people.clients, who)
        client.get(f"/opportunities/{deal.pk}/")
        with counted(f"record opportunities, {who}") as queries:
            page = client.get(f"/opportunities/{deal.pk}/")
        assert page.status_code == 200
        asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        assert len(asked) <= most, "\n".join(sql[:200] + " … " + sql[-300:] for sql in asked)


@pytest.mark.django_db
def test_parts_stand_in_their_order_with_what_they_name(people, deal):
    page = people.clients.ann.get(f"/opportunities/{deal.pk}/").content.decode()
    for before, after in (("Dahl</a>", "Berg</a>"), ("Gauge</a>", "Frame</a>"), ("Siemens</a>", "Valtek</a>")):
        side = page[page.index('id="side-committee"') :]
        assert 0 <= side.index(before) < side.index(after)
    assert "Valtek V-90" in page and "Siemens V-90" in page


@pytest.mark.django_db
def test_a_person_that_the_reader_may_not_see_is_not_in_the_buying_team(people, deal):
    hidden = make("parties.person", people.actors.eva, family_name="Secret")
    make("sales.opportunityrole", opportunity=deal.pk, person=hidden.pk)
    address = f"/opportunities/{deal.pk}/"
    assert "Secret</a>" not in people.clients.ann.get(address).content.decode()
    assert "Secret</a>" in people.clients.eva.get(address).content.decode()
