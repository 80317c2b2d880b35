"""R16: one primary address, shown by the party; A10: territories take parties by their address."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.testing.content import content
from kith.parties import territories

pytestmark = pytest.mark.django_db


def place(party):
    return party.country, party.region, party.city


def test_the_first_address_is_primary_and_shown(make, fresh):
    company = make("parties.company", name="Arbor")
    address = make(
        "parties.address", party=company.pk, country="PL", region="Mazowieckie", city="Warszawa", street="Prosta 1"
    )
    assert address.is_primary and place(fresh(company)) == ("PL", "Mazowieckie", "Warszawa")
    make("parties.address", party=company.pk, country="DE", city="Berlin")
    assert place(fresh(company)) == ("PL", "Mazowieckie", "Warszawa")


def test_the_last_mark_wins_and_deleting_the_primary_promotes_the_oldest(make, fresh):
    company = make("parties.company", name="Arbor")
    make("parties.address", party=company.pk, country="PL", city="Warszawa")
    make("parties.address", party=company.pk, country="FR", city="Lyon")
    last = make("parties.address", party=company.pk, country="DE", city="Berlin", is_primary=True)
    assert place(fresh(company)) == ("DE", "", "Berlin")
    outcome = writes.delete(SYSTEM, registry.get("parties.address"), [last.pk])
    assert place(fresh(company)) == ("PL", "", "Warszawa")
    undo.undo(SYSTEM, outcome.changeset)
    assert place(fresh(company)) == ("DE", "", "Berlin")
    assert registry.get("parties.address").rows(SYSTEM).filter(is_primary=True).count() == 1


def test_the_party_is_found_by_its_new_city(make, fresh):
    company = make("parties.company", name="Arbor")
    make("parties.address", party=company.pk, country="PL", city="Warszawa")
    assert "warszawa" in fresh(company).search_text


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({}, ["street"]),
        ({"city": "Rio", "latitude": "91", "longitude": "0"}, ["latitude"]),
        ({"city": "Rio", "latitude": "9"}, ["longitude"]),
    ],
)
def test_a_bad_address_is_refused(make, fresh, values, fields):
    company = make("parties.company", name="Arbor")
    count = Change.objects.count()
    with pytest.raises(Refused) as refused:
        make("parties.address", party=company.pk, **values)
    assert list(refused.value.errors) == fields
    assert (registry.get("parties.address").rows(SYSTEM).count(), Change.objects.count(), fresh(company).version) == (
        0,
        count,
        1,
    )


@pytest.fixture
def areas(make):
    """Territories by name."""
    wanted = {
        "America": ["US"],
        "West": ["US/Washington", "US#98"],
        "Seattle": ["US/Washington/Seattle"],
        "Harbour": ["US#98101"],
        "Poland": ["PL"],
    }
    return {name: make("parties.territory", name=name, areas=list_of) for name, list_of in wanted.items()}


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ({"country": "US", "city": "Boston"}, "America"),
        ({"country": "US", "region": "Washington"}, "West"),
        ({"country": "US", "postcode": "98-500"}, "West"),
        ({"country": "US", "postcode": "98101-1234"}, "Harbour"),
        ({"country": "US", "region": "washington", "city": "SEATTLE", "postcode": "98101"}, "Seattle"),
        ({"country": "DE", "city": "Berlin"}, None),
    ],
)
def test_the_area_that_says_most_wins(make, fresh, areas, address, name):
    company = make("parties.company", name="Arbor")
    make("parties.address", party=company.pk, **address)
    assert fresh(company).territory_id == (areas[name].pk if name else None)


def test_an_assigned_territory_follows_the_address_one_by_hand_stays(make, fresh, areas):
    follower, keeper = (
        make("parties.company", name="Arbor"),
        make("parties.company", name="Birch", territory=areas["Poland"].pk),
    )
    moving = [make("parties.address", party=company.pk, country="US", city="Boston") for company in (follower, keeper)]
    assert [fresh(company).territory_id for company in (follower, keeper)] == [areas["America"].pk, areas["Poland"].pk]
    for address in moving:
        writes.save(SYSTEM, address, {"region": "Washington"})
    assert [fresh(company).territory_id for company in (follower, keeper)] == [areas["West"].pk, areas["Poland"].pk]
    writes.save(SYSTEM, moving[0], {"country": "DE"})
    assert fresh(follower).territory_id is None


def test_undo_of_a_move_takes_place_and_territory_back(make, areas):
    company = make("parties.company", name="Arbor")
    address = make("parties.address", party=company.pk, country="US", city="Boston")
    before = content()
    writes.save(SYSTEM, address, {"country": "PL", "city": "Łódź"})
    assert content() != before
    undo.undo(SYSTEM, ChangeSet.objects.order_by("-pk")[0].pk)
    assert content() == before


@pytest.mark.parametrize("area", ["Utopia", "US/", "US//Seattle", "US/a/b/c", "US#", "#98", "XX"])
def test_what_is_no_area_is_refused(make, area):
    with pytest.raises(Refused) as refused:
        make("parties.territory", name="West", areas=["US", area])
    assert list(refused.value.errors) == ["areas"] and area.strip() in str(refused.value.errors["areas"][0])
    assert registry.get("parties.territory").rows(SYSTEM).count() == 0


def test_areas_are_compared_without_case_and_marks():
    assert territories.parse("ru/Тюменская область/Тюмень") == ("RU", "тюменская область", "тюмень")
    assert territories.parse("gb # sw1a") == ("#", "GB", "SW1A")


def test_many_addresses_need_as_many_queries_as_one(make, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (2, 60):
        parties = writes.create_many(
            SYSTEM, registry.get("parties.company"), [{"name": f"Arbor {number} {index}"} for index in range(number)]
        )
        with CaptureQueriesContext(connection) as queries:
            writes.create_many(
                SYSTEM,
                registry.get("parties.address"),
                [{"party": party.pk, "country": "PL", "city": "Kraków"} for party in parties],
            )
        counts.append(len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]))
    assert counts[1] <= counts[0]
