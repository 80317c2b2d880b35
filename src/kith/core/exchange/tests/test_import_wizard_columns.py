"""What one column can do in the wizard: go to several places, be changed first, be kept; and values that no column has."""

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange import runs
from kith.core.testing.people import make_people

from .test_import_wizard import text_of, upload

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_people().clients.eva


def places(run):
    run.refresh_from_db()
    return [(given.column, given.to) for given in runs.mapping_of(run).columns]


def bring_in(client, url, **rules):
    client.post(f"{url}columns", {"remember": "on"})
    client.post(f"{url}duplicates", {"strategy": "add_or_update", **rules})
    return client.post(f"{url}start")


def test_a_column_goes_to_several_places_and_leaves_each_alone(client):
    run, url = upload(client, "Number,Name\n7,Ann Lee\n", slug="people")
    client.post(f"{url}column/0", {"to": "external_ids", "was": ""})
    row = text_of(client.get(f"{url}column/0/also", headers=HTMX))
    key = row.split('name="key" value="')[1].split('"')[0]
    assert key.startswith("0-") and f'id="column-{key}"' in row
    refused = client.post(f"{url}column/0", {"to": "job_title", "was": "", "key": key}, headers=HTMX)
    assert (refused.status_code, "cannot be imported" in refused.headers["HX-Trigger"]) == (422, True)
    part = text_of(client.post(f"{url}column/0", {"to": "description", "was": "", "key": key}, headers=HTMX))
    assert f'id="column-{key}"' in part and "3 matched" in part
    assert places(run) == [("Number", "external_ids"), ("Number", "description"), ("Name", "full_name")]
    client.post(f"{url}column/0/options?to=external_ids", {"prefix": "erp:"})
    again = client.post(f"{url}column/0", {"to": "external_ids", "was": "description", "key": key}, headers=HTMX)
    assert (again.status_code, "goes there already" in again.headers["HX-Trigger"]) == (422, True)
    client.post(f"{url}column/0", {"to": "suffix", "was": "description"})
    assert places(run) == [("Number", "external_ids"), ("Number", "suffix"), ("Name", "full_name")]
    bring_in(client, url)
    person = registry.get("parties.person").rows(SYSTEM).get()
    assert (person.external_ids, person.suffix, person.description) == (["erp:7"], "7", "")
    run, url = upload(client, "Number,Name\n8,Tom Fu\n", slug="people")
    client.post(f"{url}column/0", {"to": "", "was": "suffix"})
    assert places(run) == [("Number", "external_ids"), ("Name", "full_name")]


def test_options_answer_with_the_row_and_close_the_dialog(client):
    _run, url = upload(client, "Name,Mail\nAcme,ann@acme.example\n")
    client.post(f"{url}column/1", {"to": "description", "was": "email"})
    answer = client.post(f"{url}column/1/options?to=description&key=1", {"change": "after", "sign": "@"}, headers=HTMX)
    assert (answer.headers["HX-Retarget"], "close" in answer.headers["HX-Trigger"]) == ("#column-1", True)
    refused = client.post(f"{url}column/1/options", {"change": "before", "sign": ""}, headers=HTMX)
    assert (refused.status_code, "Write the sign" in refused.headers["HX-Trigger"]) == (422, True)
    bring_in(client, url)
    assert registry.get("parties.company").rows(SYSTEM).get().description == "acme.example"


def test_an_empty_cell_can_mean_something_and_other_values_stay(client):
    _run, url = upload(client, "Name,Industry\nA,\nB,Bakery\n")
    client.post(f"{url}column/1/options", {"old-0": "Bakery", "new-0": "Food"})
    client.post(f"{url}column/1/options", {"empty": "Unknown"})
    bring_in(client, url)
    found = registry.get("parties.company").rows(SYSTEM).order_by("name")
    assert list(found.values_list("name", "industry__name")) == [("A", "Unknown"), ("B", "Food")]


def test_all_other_columns_can_be_kept_at_once(client):
    run, url = upload(client, "Name,AnnualSales,annual_sales,Empty\nAcme,1.5,plenty,\n")
    assert "Keep all other columns" in text_of(client.get(url))
    client.post(f"{url}keep")
    assert places(run)[1:] == [("AnnualSales", "x_annual_sales"), ("annual_sales", "x_annual_sales_2")]
    bring_in(client, url)
    assert registry.get("parties.company").rows(SYSTEM).get().custom == {
        "x_annual_sales": "1.5",
        "x_annual_sales_2": "plenty",
    }


def test_every_row_can_have_the_same_value(client):
    run, url = upload(client, "Name\nAcme\nHalden\n")
    refused = client.post(f"{url}constant", {"to": "roles", "value": "no such role"}, headers=HTMX)
    assert (refused.status_code, places(run)) == (422, [("Name", "name")])
    client.post(f"{url}constant", {"to": "roles", "value": "Supplier"})
    client.post(f"{url}constant", {"to": "description", "value": "x"})
    client.post(f"{url}constant", {"to": "description", "value": ""})
    assert "Supplier" in text_of(client.get(f"{url}?step=columns"))
    bring_in(client, url)
    companies = registry.get("parties.company").rows(SYSTEM).order_by("name")
    assert list(companies.values_list("roles", "description")) == [(["supplier"], ""), (["supplier"], "")]


def test_the_rules_are_remembered_with_the_columns(client):
    _run, url = upload(client, "Name,Mail\nAcme,post@acme.example\n")
    bring_in(client, url, by="fields", match="email", missing="create")
    run, _url = upload(client, "Name,Mail\nHalden,post@halden.example\n")
    mapping = runs.mapping_of(run)
    assert (mapping.match, mapping.missing) == ((("email",),), "create")
