"""Columns of linked records: chosen, shown, sorted, exported; through the rights on the linked record and its fields."""

import csv
import io
import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.core import linked, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant

pytestmark = pytest.mark.django_db
#: The staff of these tests alone: the factory makes more people.
STAFF = "f=family_name:is:Test"
COLUMNS = "name,employer.industry,employer.founded_year,employer.name"


@pytest.fixture
def staff(people):
    """Four people: of a paper mill, of a bank that only Eva may see, of another mill, of no company."""
    wood, money = (factory.make("parties.industry", name=name) for name in ("Wood", "Money"))
    facts = (("Halden", "ann", wood, 1859), ("Secret Bank", "eva", money, 1990), ("Borg", "ann", wood, 1900))
    companies = [
        factory.make("parties.company", name=name, owner=str(getattr(people, who).pk), industry=str(industry.pk), founded_year=year)
        for name, who, industry, year in facts
    ]  # fmt: skip
    found = []
    for name, company in zip(("Ada", "Bo", "Cy", "Di"), (*companies, None), strict=True):
        person = factory.make("parties.person", given_name=name, family_name="Test", owner=str(people.ann.pk))
        if company:
            factory.make("parties.employment", person=str(person.pk), company=str(company.pk), is_primary=True)
        found.append(person)
    return found


def cells(html, name):
    """Texts of one column, row by row."""
    found = re.findall(rf'data-column="{re.escape(name)}"[^>]*>(.*?)</t[dh]>', html.split("<tbody")[1], flags=re.S)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in found]


def called(text):
    """The given name in a first cell, which begins with initials."""
    return next(name for name in ("Ada", "Bo", "Cy", "Di") if name in text)


def get(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:300]
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def test_the_list_shows_fields_of_the_linked_record(people, staff):
    html = get(people.clients.eva, f"/people/?{STAFF}&cols={COLUMNS}&sort=name")
    assert cells(html, "employer.industry") == ["Wood", "Money", "Wood", "—"]
    assert cells(html, "employer.founded_year") == ["1859", "1990", "1900", "—"]
    assert "Company: industry" in html and 'data-edit="' not in html.split('data-column="employer.name"')[-1][:100]


def test_what_may_not_be_seen_of_the_linked_record_is_empty(people, staff):
    html = get(people.clients.ann, f"/people/?{STAFF}&cols={COLUMNS}&sort=name")
    assert cells(html, "employer.industry") == ["Wood", "—", "Wood", "—"]
    assert "Secret" not in html and "1990" not in html


def test_a_field_that_may_not_be_read_is_no_column_and_no_order(people, staff):
    role = grant(people.max, ("parties.person", "view", "all"), ("parties.company", "view", "all"))
    hidden = {"role": str(role.pk), "entity": "parties.company", "field": "founded_year", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), hidden)
    client = client_of(people.max)
    html = get(client, f"/people/?{STAFF}&cols={COLUMNS}&sort=name")
    assert cells(html, "employer.founded_year") == [] and "1859" not in html
    assert cells(html, "employer.name") == ["Halden", "Secret Bank", "Borg", "—"]
    assert client.get("/people/?sort=employer.founded_year").status_code == 400
    assert not linked.is_readable(actor_of(people.max.pk), registry.get("parties.person"), "employer.founded_year")
    assert 'value="employer.founded_year"' not in get(client, "/people/columns")


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("employer.founded_year", ["Ada", "Cy", "Bo", "Di"]),
        ("-employer.founded_year", ["Bo", "Cy", "Ada", "Di"]),
        ("employer.name", ["Cy", "Ada", "Bo", "Di"]),
        ("employer.industry,name", ["Bo", "Ada", "Cy", "Di"]),
    ],
)
def test_the_list_is_sorted_by_it_empty_ones_last(people, staff, sort, names):
    shown = cells(get(people.clients.eva, f"/people/?{STAFF}&cols=name&sort={sort}"), "name")
    assert [called(text) for text in shown] == names


def test_the_order_does_not_tell_what_is_hidden(people, staff):
    shown = cells(get(people.clients.ann, f"/people/?{STAFF}&cols=name&sort=employer.founded_year,name"), "name")
    assert [called(text) for text in shown] == ["Ada", "Cy", "Bo", "Di"]


def test_one_query_for_each_link_however_many_rows(people, staff):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            get(people.clients.eva, f"/people/?cols={COLUMNS}")
        return len(caught)

    queries()
    few = queries()
    company = registry.get("parties.company").rows(SYSTEM).filter(name="Halden").get()
    for number in range(12):
        person = factory.make("parties.person", family_name=f"More {number}")
        factory.make("parties.employment", person=str(person.pk), company=str(company.pk), is_primary=True)
    queries()
    assert queries() == few


def test_it_is_exported_with_the_right_to_export_the_linked_record(people, staff):
    rows = list(
        csv.reader(
            io.StringIO(
                get(people.clients.eva, f"/people/export?format=csv&{STAFF}&cols={COLUMNS}&sort=name").lstrip("\ufeff")
            )
        )
    )
    assert rows[0] == ["id", "Name", "Company: industry", "Company: founded in", "Company: company name"]
    assert [row[2:] for row in rows[1:]] == [
        ["Wood", "1859", "Halden"],
        ["Money", "1990", "Secret Bank"],
        ["Wood", "1900", "Borg"],
        ["", "", ""],
    ]
    grant(
        people.max,
        ("parties.person", "view", "all"),
        ("parties.person", "export", "all"),
        ("parties.company", "view", "all"),
    )
    exported = json.loads(get(client_of(people.max), f"/people/export?format=json&{STAFF}&cols={COLUMNS}"))
    assert {tuple(row) for row in exported} == {("id", "name")}


def test_columns_are_chosen_in_the_dialog_and_kept_in_a_view(people, staff):
    client = people.clients.eva
    dialog = get(client, "/people/columns")
    assert 'value="employer.industry"' in dialog and 'value="employer.no_such"' not in dialog
    sent = client.post(
        "/people/columns", {"column": ["name", "employer.industry", "employer.no_such", "owner.password"]}
    )
    assert sent.headers["Location"] == "/people/?cols=name%2Cemployer.industry"
    view = {"entity": "parties.person", "name": "By industry", "columns": ["name", "employer.industry"]}
    made = writes.create(people.actors.eva, registry.get("core.view"), view)
    assert cells(get(client, f"/people/?view={made.pk}&{STAFF}&sort=name"), "employer.industry") == [
        "Wood",
        "Money",
        "Wood",
        "—",
    ]
    from kith.core.errors import Refused

    with pytest.raises(Refused):
        writes.create(people.actors.eva, registry.get("core.view"), {**view, "columns": ["name", "employer.no_such"]})
