"""Editing a value where it is read: cell of a list, row of a record page; errors, clashes and rights stay in place."""

import json
import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/companies/?cols=name,status,annual_revenue"}


@pytest.fixture
def company(people):
    return writes.create(
        SYSTEM, registry.get("parties.company"), {"name": "Halden Paper", "status": "active", "owner": people.ann.pk}
    )


def address(company, name, **query):
    return f"/companies/{company.pk}/field/{name}?" + "&".join(f"{key}={value}" for key, value in query.items())


def fresh(company):
    return registry.get("parties.company").rows(SYSTEM).get(pk=company.pk)


def events(answer):
    return json.loads(answer.headers.get("HX-Trigger", "{}"))


def test_a_cell_turns_into_its_control_and_back(people, company):
    editor = people.clients.ann.get(address(company, "status", edit=1, **{"in": "list"}), headers=HTMX).content.decode()
    assert re.search(r'<td class="editing[^"]*" data-column="status"', editor)
    assert '<option value="active" selected>' in editor
    read = people.clients.ann.get(address(company, "status", **{"in": "list"}), headers=HTMX).content.decode()
    assert read.startswith("<td")
    assert f'data-edit="/companies/{company.pk}/field/status' in read


def test_saving_a_cell_answers_with_the_row_as_it_is_listed_and_offers_undo(people, company):
    answer = people.clients.ann.post(
        address(company, "status", **{"in": "list"}), {"status": "lost", "version": 1}, headers=HTMX
    )
    html = answer.content.decode()
    assert html.startswith(f'<tr id="row-{company.pk}"')
    assert re.findall(r'data-column="(\w+)"', html) == ["name", "status", "annual_revenue"]
    undo = events(answer)["toast"]["undo"]
    people.clients.ann.post(undo, headers={"HX-Request": "true"})
    assert fresh(company).status == "active"


def test_an_equal_value_changes_nothing_and_offers_nothing(people, company):
    before = Change.objects.count()
    answer = people.clients.ann.post(address(company, "name"), {"name": " Halden Paper ", "version": 1}, headers=HTMX)
    assert (answer.status_code, "toast" in events(answer), Change.objects.count()) == (200, False, before)


def test_a_refused_value_stays_in_the_cell_with_the_reason(people, company):
    answer = people.clients.ann.post(
        address(company, "email", **{"in": "list"}), {"email": "no mail", "version": 1}, headers=HTMX
    )
    html = answer.content.decode()
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (422, f"#cell-{company.pk}-email")
    assert 'value="no mail"' in html
    assert "Not an e-mail address" in html
    assert fresh(company).email == ""


def test_a_clash_shows_both_values_and_keeps_what_was_typed(people, company):
    writes.save(SYSTEM, company, {"name": "Halden AS"})
    answer = people.clients.ann.post(address(company, "name"), {"name": "Halden Ltd", "version": 1}, headers=HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Kith changed this meanwhile to:" in html
    assert "Halden AS" in html
    assert 'value="Halden Ltd"' in html
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    assert (
        people.clients.ann.post(
            address(company, "name"), {"name": "Halden Ltd", "version": version}, headers=HTMX
        ).status_code
        == 200
    )
    assert fresh(company).name == "Halden Ltd"


def test_others_fields_are_merged(people, company):
    writes.save(SYSTEM, company, {"name": "Halden AS"})
    assert (
        people.clients.ann.post(address(company, "status"), {"status": "lost", "version": 1}, headers=HTMX).status_code
        == 200
    )
    assert (fresh(company).name, fresh(company).status) == ("Halden AS", "lost")


def test_without_the_right_nothing_is_edited_and_hidden_records_are_missing(people, company):
    others = writes.create(SYSTEM, registry.get("parties.company"), {"name": "Other", "owner": people.eva.pk})
    assert people.clients.ann.post(address(others, "name"), {"name": "x"}, headers=HTMX).status_code == 404
    assert people.clients.max.post(address(company, "name"), {"name": "x"}, headers=HTMX).status_code == 404
    assert people.clients.ann.get(address(company, "city", edit=1), headers=HTMX).status_code == 403
    assert people.clients.ann.get(address(company, "nothing", edit=1), headers=HTMX).status_code == 404
    assert fresh(company).name == "Halden Paper"


@pytest.mark.parametrize(
    ("name", "posted", "stored"),
    [
        ("annual_revenue", {"annual_revenue": "1,250.50", "annual_revenue.currency": "USD"}, "1250.5000 USD"), ("roles", {"roles": ["", "customer", "partner"]}, "['customer', 'partner']"),
        ("phone", {"phone": "030 1234567"}, "+49301234567"), ("founded_year", {"founded_year": "1999"}, "1999"), ("website", {"website": "example.com"}, "https://example.com"),
        ("discount", {"discount": "12.5 %"}, "12.50"), ("description", {"description": "Two\nlines"}, "Two\nlines"), ("tier", {"tier": ""}, "None"),
    ],
)  # fmt: skip
def test_each_type_is_typed_as_people_write_it(people, company, name, posted, stored):
    answer = people.clients.ann.post(address(company, name), posted | {"version": 1}, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()
    spec = registry.get("parties.company").field(name)
    assert str(spec.get(fresh(company))) == stored


def test_every_type_has_a_control(people, company):
    for spec in registry.get("parties.company").fields.values():
        if spec.editable and spec.columns:
            answer = people.clients.eva.get(address(company, spec.name, edit=1), headers=HTMX)
            assert answer.status_code == 200
            assert re.search(rf'name="{spec.name}"', answer.content.decode()), spec.name
