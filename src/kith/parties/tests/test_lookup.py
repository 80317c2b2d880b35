"""A mail of any year lands on the person, and on the employer of that time (N6)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db
POINTS, JOBS = registry.get("parties.contactpoint"), registry.get("parties.employment")


@pytest.fixture
def moved(people):
    """Ida worked at North until the end of June 2024, from June on also at South, each with an address and a number."""
    person = factory.make("parties.person", given_name="Ida", family_name="Lind", email=None, phone=None, owner=str(people.ann.pk))  # fmt: skip
    spans = (("North", None, "2024-06-30", "+4769184001"), ("South", "2024-06-01", None, "+4769184002"))
    for name, since, until, phone in spans:
        company = factory.make("parties.company", name=name, website=f"https://{name.lower()}.example", email=None, phone=None, owner=str(people.ann.pk))  # fmt: skip
        factory.make("parties.employment", person=person.pk, company=company.pk, reports_to=None, valid_from=since, valid_to=until)  # fmt: skip
        for kind, value in (("email", f"ida@{name.lower()}.example"), ("phone", phone)):
            writes.create(SYSTEM, POINTS, {"party": person.pk, "kind": kind, "value": value, "valid_from": since, "valid_to": until})  # fmt: skip
    return person


def ask(client, **query):
    answer = client.get("/api/v1/parties/resolve", query)
    assert answer.status_code == 200
    return [(one["party"]["title"], one["employer"]["title"] if one["employer"] else None) for one in answer.json()["results"]]  # fmt: skip


def test_three_mails_are_each_attached_to_the_right_employer(people, moved):
    ann = people.clients.ann
    assert ask(ann, email="ida@north.example", on="2023-02-01") == [("Ida Lind", "North")]
    assert ask(ann, email="IDA@north.example", on="2024-06-15") == [("Ida Lind", "North")]
    assert ask(ann, email="ida@south.example", on="2024-06-15") == [("Ida Lind", "South")]
    assert ask(ann, email="ida@south.example", on="2025-01-01") == [("Ida Lind", "South")]
    assert ask(ann, email="ida@north.example", on="2024-07-01") == []
    assert ask(ann, email="ida@south.example", on="2024-05-31") == []


def test_a_number_is_asked_for_alike(people, moved):
    ann = people.clients.ann
    assert ask(ann, phone="+47 691 84 001", on="2023-02-01") == [("Ida Lind", "North")]
    assert ask(ann, phone="+4769184001", on="2025-01-01") == []
    assert ask(ann, phone="+4769184002") == [("Ida Lind", "South")]


def test_what_the_caller_may_not_see_is_not_told(people, moved):
    assert people.clients.max.get("/api/v1/parties/resolve", {"email": "ida@south.example"}).status_code == 404
    company = registry.get("parties.company").rows(SYSTEM).get(name="South")
    writes.save(SYSTEM, company, {"owner": str(people.eva.pk)})
    assert ask(people.clients.ann, email="ida@south.example") == [("Ida Lind", None)]
    writes.save(SYSTEM, moved, {"owner": str(people.eva.pk)})
    assert ask(people.clients.ann, email="ida@south.example") == []


def test_a_bad_question_is_told(people):
    for query in ({}, {"email": "a@b.example", "phone": "+47"}, {"email": "a@b.example", "on": "May"}, {"email": "a@b.example", "on": "2024-13-01"}, {"email": "no"}):  # fmt: skip
        assert people.clients.eva.get("/api/v1/parties/resolve", query).status_code in (400, 422)


def policy(user, entity, field):
    role = grant(user)
    values = {"role": role.pk, "entity": entity, "field": field, "level": "none", "deny": True}
    return writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)


@pytest.mark.parametrize("field", ["value", "valid_from", "party"])
def test_who_may_not_read_contact_points_gets_no_answer_from_them(people, moved, field):
    policy(people.ann, "parties.contactpoint", field)
    assert ask(people.clients.ann, email="ida@south.example") == []
    assert ask(people.clients.eva, email="ida@south.example") == [("Ida Lind", "South")]


@pytest.mark.parametrize("field", ["company", "valid_to"])
def test_who_may_not_read_employments_is_not_told_the_employer(people, moved, field):
    policy(people.ann, "parties.employment", field)
    assert ask(people.clients.ann, email="ida@south.example") == [("Ida Lind", None)]


def test_kinds_of_parts_that_are_denied_are_not_told(people, moved):
    grant(people.ann, ("parties.employment", "view", "none", True))
    assert ask(people.clients.ann, email="ida@south.example") == [("Ida Lind", None)]
    grant(people.tom, ("parties.contactpoint", "view", "none", True))
    assert ask(people.clients.tom, email="ida@south.example") == []
    assert ask(people.clients.eva, email="ida@south.example") == [("Ida Lind", "South")]


def test_who_shares_an_address_costs_no_query_of_their_own(people, moved):
    """Twelve more people behind one address are asked for in as many queries as one."""
    ann, counts = people.clients.ann, []
    south = registry.get("parties.company").rows(SYSTEM).get(name="South")
    for more in (1, 12):
        for _number in range(more):
            person = factory.make("parties.person", email=None, phone=None, owner=str(people.ann.pk))
            factory.make("parties.employment", person=person.pk, company=south.pk, reports_to=None, valid_from=None, valid_to=None)  # fmt: skip
            writes.create(SYSTEM, POINTS, {"party": person.pk, "kind": "email", "value": "info@south.example"})
        ask(ann, email="info@south.example")
        with CaptureQueriesContext(connection) as queries:
            assert {employer for _name, employer in ask(ann, email="info@south.example")} == {"South"}
        counts.append(len(queries))
    assert counts[0] == counts[1], counts
