"""The record page: what stands on it, for whom, and in how many queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import AuditEvent
from kith.core.testing import factory
from kith.core.testing.queries import counted

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="Halden Paper AS", owner=str(people.ann.pk), full=True)


def text(answer):
    return answer.content.decode()


def test_the_page_shows_head_sections_timeline_and_lists(people, company):
    page = text(people.clients.ann.get(f"/companies/{company.pk}/"))
    for words in (
        "Halden Paper AS",
        "Basics",
        "Contact details",
        "Finance",
        "Relationship",
        "Save note",
        "Addresses",
        "created this record",
    ):
        assert words in page, words


def test_a_page_is_logged_as_viewed_once(people, company):
    people.clients.ann.get(f"/companies/{company.pk}/")
    assert AuditEvent.objects.filter(kind="view", record_id=company.pk, actor_id=people.ann.pk).count() == 1


def test_hidden_and_missing_look_alike(people, company):
    hidden = people.clients.max.get(f"/companies/{company.pk}/")
    assert hidden.status_code == 404 and "Halden" not in text(hidden)


@pytest.mark.parametrize(
    "label",
    [
        "parties.company",
        "parties.person",
        "parties.territory",
        "parties.employment",
        "activities.task",
        "people.employee",
    ],
)
def test_the_queries_of_a_page_are_known(people, label):
    record = factory.make(label, full=True)
    address = f"/{registry.get(label).slug}/{record.pk}/"
    people.clients.eva.get(address)
    with counted(f"record {registry.get(label).slug}") as queries:
        assert people.clients.eva.get(address).status_code == 200
    assert len(queries) <= MOST_QUERIES


@pytest.mark.parametrize("who", ["ann", "tom", "eva"])
def test_the_number_of_queries_does_not_grow(people, company, who):
    client = getattr(people.clients, who)
    for number in range(3):
        writes.create(
            SYSTEM,
            registry.get("activities.note"),
            {"text": f"note {number}", "subject": f"parties.company/{company.pk}"},
        )
        writes.create(
            SYSTEM,
            registry.get("activities.task"),
            {"name": f"task {number}", "subject": f"parties.company/{company.pk}"},
        )
        writes.save(SYSTEM, company, {"description": f"text {number}"})
    client.get(f"/companies/{company.pk}/")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/companies/{company.pk}/").status_code == 200
    assert len(queries) <= MOST_QUERIES, "\n".join(query["sql"][:300] for query in queries)


PAGES = [
    "",
    "?tab=history",
    "?tab=files",
    "?tab=org-chart",
    "?tab=relationship",
    "?tab=employment-company",
    "timeline",
    "timeline?kind=note",
    "timeline?scope=own",
    "around",
    "around?from=sort%3Dname",
    "head",
    "edit",
    "edit?section=0",
    "related/employment-company",
    "history",
    "history/name",
    "followers",
    "share",
    "why",
]


@pytest.mark.parametrize("part", PAGES)
def test_every_part_answers(people, company, part):
    answer = people.clients.eva.get(f"/companies/{company.pk}/{part}")
    assert answer.status_code == 200, text(answer)[:300]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/palette",
        "/palette?q=halden",
        "/palette?q=%3Edark",
        "/palette?q=%3F%21",
        "/search",
        "/search?q=halden",
        "/notifications",
        "/companies/new",
        "/companies/new?full=1",
        "/people/new",
        "/territories/tree",
        "/departments/tree",
        "/employees/tree",
    ],
)
def test_pages_around_answer(people, company, address):
    answer = people.clients.eva.get(address)
    assert answer.status_code == 200, text(answer)[:300]
