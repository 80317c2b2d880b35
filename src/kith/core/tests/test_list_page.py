"""The list of an entity: rows, order, pages, words; the same for every entity of the registry."""

import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return make_people()


def companies(count, **values):
    entity = registry.get("parties.company")
    return writes.create_many(SYSTEM, entity, [{"name": f"Company {n:03}", **values} for n in range(count)])


def names(html):
    return re.findall(r'class="who">.*?<a href="[^"]+">([^<]+)</a>', html)


@pytest.mark.parametrize("slug", [entity.slug for entity in registry])
def test_every_entity_has_a_list(people, slug):
    answer = people.clients.eva.get(f"/{slug}/")
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1


def test_rows_come_in_order_and_pages_meet_without_gap_or_overlap(people):
    companies(120)
    client, seen, url = people.clients.eva, [], "/companies/"
    while url:
        html = client.get(url).content.decode()
        seen += names(html)
        following = re.search(r'id="page-after" href="([^"]+)"', html)
        url = following[1].replace("&amp;", "&") if following else ""
    assert seen == [f"Company {n:03}" for n in range(120)]
    assert "101–120 / 120" in html
