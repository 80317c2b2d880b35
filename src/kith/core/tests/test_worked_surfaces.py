"""Formula and roll-up fields on every surface: list, record, filter, sort, board of totals, export, API, reports; through rights; never written."""

import csv
import io
import json
import re
from decimal import Decimal

import pytest
from django.utils import translation

from kith.core import access, custom_fields, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.filters import BadFilter, compile_filter, from_url
from kith.core.testing.people import client_of, grant
from kith.core.tests.test_api import send, token

pytestmark = pytest.mark.django_db
OURS = "f=x_letter:any:A,B,C"


@pytest.fixture
def ground(people):
    """Three companies, of Ann, Tom and Eva, with deals of their own; five fields that are worked out."""
    companies, deals = registry.get("parties.company"), registry.get("sales.opportunity")
    formulas, rollups = registry.get("core.formulafield"), registry.get("core.rollupfield")
    for name, text, decimals in (
        ("x_letter", "left(name, 1)", 0), ("x_double", "employees_count * 2", 0), ("x_half", "credit_limit * 50%", 0),
        ("x_due", 'add_days(date("2026-11-01"), employees_count)', 0), ("x_big", "employees_count > 15", 0),
    ):  # fmt: skip
        writes.create(SYSTEM, formulas, {"entity": "parties.company", "label": name.upper(), "name": name, "formula": text, "decimals": decimals, "label_ru": f"Поле {name}"})  # fmt: skip
    for name, how, value in (("x_deals", "count", ""), ("x_budget", "sum", "budget")):
        writes.create(SYSTEM, rollups, {"entity": "parties.company", "label": name.upper(), "name": name, "source": "sales.opportunity", "link": "company", "how": how, "value": value, "decimals": 0})  # fmt: skip
    made = {}
    for at, (name, who) in enumerate((("Alfa", "ann"), ("Beta", "tom"), ("Ceta", "eva")), 1):
        owner = getattr(people, who).pk
        made[name] = writes.create(SYSTEM, companies, {"name": name, "owner": owner, "employees_count": at * 10, "credit_limit": {"amount": str(at * 100), "currency": "EUR"}})  # fmt: skip
        for deal in range(3 - at):
            writes.create(SYSTEM, deals, {"name": f"{name} {deal}", "company": made[name].pk, "owner": owner, "budget": {"amount": "7", "currency": "EUR"}})  # fmt: skip
    yield made
    custom_fields.forget()


def get(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def cells(html, name):
    found = re.findall(rf'data-column="{re.escape(name)}"[^>]*>(.*?)</t[dh]>', html.split("<tbody")[1], flags=re.S)
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in found]


def test_the_list_shows_sorts_filters_and_sums_them(people, ground, django_assert_max_num_queries):
    eva = people.clients.eva
    shown = "cols=name,x_double,x_half,x_due,x_big,x_deals,x_budget"
    html = get(eva, f"/companies/?{OURS}&{shown}&sort=-x_double")
    assert cells(html, "x_double") == ["60", "40", "20"]
    assert (cells(html, "x_deals"), cells(html, "x_big")) == (["0", "1", "2"], ["yes", "yes", "no"])
    assert [text.replace("\xa0", " ") for text in cells(html, "x_half")] == ["€150", "€100", "€50"]
    assert all(cells(html, "x_due"))
    assert "2" in cells(get(eva, f"/companies/?{OURS}&{shown}&sort=-x_deals&group=x_letter"), "x_deals")[0]
    assert cells(get(eva, f"/companies/?{shown}&f=x_deals:ge:1&f=x_half:lt:100"), "x_double") == ["20"]
    assert cells(get(eva, f"/companies/?{shown}&f=x_budget:empty"), "x_double") == ["60"]
    assert cells(get(eva, f"/companies/?{shown}&f=x_big:is:false"), "x_double") == ["20"]
    assert cells(get(eva, f"/companies/?{shown}&f=x_due:on:2026-11-21"), "x_double") == ["40"]
    totals = re.sub(r"<[^>]+>|\s", " ", get(eva, f"/companies/totals?{OURS}&{shown}"))
    assert "120" in totals and "€300" in totals and "€21" in totals
    with django_assert_max_num_queries(12):  # the page of a list, and one query for all formulas, one for each roll-up
        get(eva, f"/companies/?{OURS}&{shown}")


def test_pages_of_a_sorted_list_follow_each_other(people, ground):
    client = token(people.eva)
    for order in ("x_double", "-x_half", "x_budget", "-x_deals", "x_letter", "x_due", "x_big"):
        seen, address = [], f"/api/v1/companies?{OURS}&limit=1&sort={order}&fields=name"
        while address:
            page = client.get(address).json()
            seen += [row["name"] for row in page["results"]]
            address = page["next"]
        assert sorted(seen) == ["Alfa", "Beta", "Ceta"], order
        if order != "x_big":
            assert seen == (["Ceta", "Beta", "Alfa"] if order == "-x_half" else ["Alfa", "Beta", "Ceta"] if order != "x_budget" else ["Beta", "Alfa", "Ceta"]), order  # fmt: skip


def test_the_record_page_shows_them_and_says_that_they_follow(people, ground):
    html = get(people.clients.eva, f"/companies/{ground['Alfa'].pk}/")
    assert "X_HALF" in html and "€50" in html and "X_BUDGET" in html
    assert "X_HALF" not in get(people.clients.eva, f"/companies/{ground['Alfa'].pk}/edit")
    row = get(people.clients.eva, f"/companies/{ground['Alfa'].pk}/field/x_half")
    assert "is kept by Kith itself" in row
    assert people.clients.eva.get(f"/companies/{ground['Alfa'].pk}/field/x_half?edit=1").status_code == 403
    with translation.override("ru"):
        assert str(registry.get("parties.company").fields["x_half"].label) == "Поле x_half"


def test_a_linked_record_shows_and_is_asked_for_by_them(people, ground):
    html = get(people.clients.eva, "/opportunities/?cols=name,company.x_double,company.x_deals&f=company.x_deals:ge:2")
    assert (cells(html, "company.x_double"), cells(html, "company.x_deals")) == (["20", "20"], ["2", "2"])
    html = get(people.clients.eva, "/opportunities/?cols=name,company.x_double&sort=-company.x_double")
    assert cells(html, "company.x_double") == ["40", "20", "20"]


def test_files_have_them(people, ground):
    shown = f"{OURS}&cols=name,x_double,x_half,x_due,x_big,x_deals,x_budget&sort=name"
    rows = list(csv.DictReader(io.StringIO(get(people.clients.eva, f"/companies/export?format=csv&{shown}").lstrip("\ufeff"))))  # fmt: skip
    assert [(row["X_DOUBLE"], row["X_HALF"], row["X_HALF, ISO"], row["X_DUE"], row["X_DEALS"], row["X_BUDGET"]) for row in rows] == [
        ("20", "50.0000", "EUR", "2026-11-11", "2", "14.0000"), ("40", "100.0000", "EUR", "2026-11-21", "1", "7.0000"), ("60", "150.0000", "EUR", "2026-12-01", "0", ""),
    ]  # fmt: skip
    found = json.loads(get(people.clients.eva, f"/companies/export?format=json&{shown}"))
    assert (found[0]["x_double"], found[0]["x_deals"], found[2]["x_budget"]) == (20, 2, None)


def test_the_api_reads_them_and_its_document_says_that_they_are_read_only(people, ground):
    client = token(people.eva)
    found = client.get(f"/api/v1/companies/{ground['Alfa'].pk}").json()
    assert {name: found[name] for name in ("x_letter", "x_double", "x_due", "x_big", "x_deals")} == {"x_letter": "A", "x_double": 20, "x_due": "2026-11-11", "x_big": False, "x_deals": 2}  # fmt: skip
    assert (Decimal(found["x_half"]["amount"]), found["x_half"]["currency"]) == (50, "EUR")
    document = client.get("/api/v1/openapi.json").json()["components"]["schemas"]
    holders = {name for name, schema in document.items() if "x_half" in schema.get("properties", {})}
    assert holders == {"Company"} and all(document[name]["properties"]["x_half"].get("readOnly") for name in holders)
    answer = send(client, "patch", f"companies/{ground['Alfa'].pk}", {"x_double": 5})
    assert answer.status_code == 403 and "X_DOUBLE" not in answer.json().get("title", "")
    assert "x_double" in json.dumps(answer.json())


def test_writing_and_importing_them_is_refused_in_words(people, ground):
    companies = registry.get("parties.company")
    for name in ("x_double", "x_deals"):
        with pytest.raises(Forbidden) as forbidden:
            writes.save(people.actors.eva, ground["Alfa"], {name: 5})
        assert "works out" in str(forbidden.value.message) and name in str(forbidden.value.message)
        with pytest.raises(Forbidden):
            writes.create(people.actors.eva, companies, {"name": "New", name: 5})
        with pytest.raises(Refused) as refused:
            imported("parties.company", "Name,Size\nNew,5\n", columns(Name="name", Size=name))
        assert name in str(refused.value.errors)
    assert companies.rows(SYSTEM).filter(name="New").count() == 0


def test_reports_group_and_measure_by_them(people, ground):
    client = token(people.eva)
    found = client.get(f"/api/v1/companies/report?rows=x_letter&m=sum:x_double&m=sum:x_budget&m=avg:x_half&{OURS}").json()  # fmt: skip
    lines = {line["groups"][0]["value"]: [cell["value"] for cell in line["cells"][0]] for line in found["lines"]}
    assert lines == {"A": [20, "14.00", "50.00"], "B": [40, "7.00", "100.00"], "C": [60, "0.00", "150.00"]}
    opened = [[client.get(cell["records"]).json()["count"] for cell in line["cells"][0]] for line in (*found["lines"], found["total"])]  # fmt: skip
    assert opened == [[1, 0, 1], [1, 1, 1], [1, 1, 1], [3, 2, 3]]
    assert client.get(f"/api/v1/companies/report?rows=x_due:month&columns=x_big&m=max:x_due&m=count&{OURS}").status_code == 200  # fmt: skip
    assert client.get(f"/api/v1/companies/report?rows=x_deals&m=count&{OURS}").status_code == 200
    assert client.get("/api/v1/opportunities/report?rows=company.x_letter&m=sum:company.x_deals").status_code == 200
    assert "X_LETTER" in get(people.clients.eva, f"/companies/report?rows=x_letter&m=sum:x_budget&{OURS}")


def hidden(user, *fields):
    """Give a user all companies and deals but for some fields."""
    role = grant(user, *((label, operation, "all") for label in ("parties.company", "sales.opportunity") for operation in ("view", "export")))  # fmt: skip
    for label, name, level in fields:
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": role.pk, "entity": label, "field": name, "level": level})  # fmt: skip
    return actor_of(user.pk)


@pytest.mark.parametrize(
    ("fields", "gone"),
    [
        ([], set()), ([("parties.company", "credit_limit", "none")], {"x_half"}), ([("parties.company", "employees_count", "none")], {"x_double", "x_due", "x_big"}),
        ([("sales.opportunity", "budget", "none")], {"x_budget"}), ([("sales.opportunity", "company", "none")], {"x_deals", "x_budget"}), ([("parties.company", "x_double", "none")], {"x_double"}),
        ([("parties.company", "x_half", "read"), ("parties.company", "credit_limit", "none")], {"x_half"}),
    ],
)  # fmt: skip
def test_whoever_may_not_read_what_a_value_follows_from_learns_nothing_of_it(people, ground, fields, gone):
    companies, actor = registry.get("parties.company"), hidden(people.max, *fields)
    worked = {"x_letter", "x_double", "x_half", "x_due", "x_big", "x_deals", "x_budget"}
    assert worked - access.readable(actor, companies) == gone
    client, api = client_of(people.max), token(people.max)
    found = api.get(f"/api/v1/companies/{ground['Alfa'].pk}").json()
    html = get(client, f"/companies/{ground['Alfa'].pk}/")
    for name in worked:
        asked = f"/api/v1/companies?f={name}:{'is:true' if name == 'x_big' else 'filled'}"
        assert (name in found, name.upper() in html) == (name not in gone, name not in gone), name
        assert api.get(asked).status_code == (400 if name in gone else 200), name
        assert api.get(f"/api/v1/companies?sort={name}").status_code == (400 if name in gone else 200), name
        assert api.get(f"/api/v1/companies/report?m=distinct:{name}&m=count").status_code == (400 if name in gone or name in ("x_big",) else 200), name  # fmt: skip
        behind = name in gone or ("sales.opportunity", "company", "none") in fields
        assert api.get(f"/api/v1/opportunities?f=company.{name}:{'is:true' if name == 'x_big' else 'filled'}").status_code == (400 if behind else 200)  # fmt: skip
        if name in gone:
            with pytest.raises(BadFilter):
                compile_filter(companies, from_url([f"{name}:filled"]), actor)


def test_a_roll_up_counts_all_records_and_is_for_those_who_may_see_all_of_them_or_are_allowed_it(people, ground):
    companies = registry.get("parties.company")
    assert {"x_deals", "x_budget"} <= access.readable(people.actors.eva, companies)
    assert not {"x_deals", "x_budget"} & access.readable(people.actors.ann, companies)  # she sees her own deals only
    assert "x_double" in access.readable(people.actors.ann, companies)
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), {"role": people.roles.own.pk, "entity": "parties.company", "field": "x_deals", "level": "read"})  # fmt: skip
    ann = actor_of(people.ann.pk)
    assert ("x_deals" in access.readable(ann, companies), "x_budget" in access.readable(ann, companies)) == (True, False)  # fmt: skip
    assert "x_deals" not in access.writable(ann, companies)


def test_a_formula_over_a_link_is_for_those_who_may_see_all_records_behind_it(people, ground):
    deals = registry.get("sales.opportunity")
    writes.create(SYSTEM, registry.get("core.formulafield"), {"entity": deals.label, "label": "Size", "name": "x_size", "formula": "company.employees_count"})  # fmt: skip
    assert ("x_size" in access.readable(people.actors.eva, deals), "x_size" in access.readable(people.actors.ann, deals)) == (True, False)  # fmt: skip


def test_a_view_keeps_the_fields_that_it_shows(people, ground):
    views, formulas = registry.get("core.view"), registry.get("core.formulafield")
    view = writes.create(people.actors.eva, views, {"entity": "parties.company", "name": "Sizes", "columns": ["name", "x_double"], "sort": ["x_half"], "filter": {"field": "x_due", "op": "filled"}})  # fmt: skip
    for name in ("x_double", "x_half", "x_due"):
        row = formulas.rows(SYSTEM).get(name=name)
        with pytest.raises(Refused) as refused:
            writes.delete(SYSTEM, formulas, [row.pk])
        assert "“Sizes”" in str(refused.value.errors[""][0])
        with pytest.raises(Refused) as refused:
            writes.save(SYSTEM, row, {"formula": "name"})
        assert "another kind" in str(refused.value.errors[""][0])
        assert formulas.rows(SYSTEM).filter(pk=row.pk).exists()
    writes.save(SYSTEM, formulas.rows(SYSTEM).get(name="x_double"), {"formula": "employees_count * 3"})
    letter = formulas.rows(SYSTEM).get(name="x_letter")
    grant(
        people.max,
        ("sales.opportunity", "view", "all", False, {"field": "company.x_letter", "op": "any", "value": ["A"]}),
    )
    assert registry.get("sales.opportunity").rows(actor_of(people.max.pk)).count() == 2  # rules of roles may ask for it
    with pytest.raises(Refused):
        writes.delete(SYSTEM, formulas, [letter.pk])
    writes.delete(people.actors.eva, views, [view.pk])
    writes.delete(SYSTEM, formulas, [formulas.rows(SYSTEM).get(name="x_double").pk])


WORKED = ("x_letter", "x_double", "x_half", "x_due", "x_big", "x_deals", "x_budget")


def test_every_other_surface_takes_them_or_refuses_them_in_words(people, ground):
    eva, key = people.clients.eva, ground["Alfa"].pk
    refused = []
    for name in WORKED:
        for address in (
            f"/companies/?group={name}", f"/companies/?group={name}&shape=grouped", f"/companies/board?group={name}", f"/companies/calendar?by={name}", f"/companies/calendar?group={name}", f"/companies/filter?field={name}",
            f"/companies/report?rows={name}&m=count", f"/companies/report?rows=owner&m=max:{name}", f"/companies/report?rows=owner&columns={name}&m=count", f"/companies/report/export?rows=owner&m=distinct:{name}&format=csv",
            f"/companies/{key}/history/{name}", f"/companies/?cols=name,{name}&q=Alfa", f"/companies/counts?f={name}:{'is:true' if name == 'x_big' else 'filled'}", f"/opportunities/?cols=name,company.{name}&sort=company.{name}",
            f"/opportunities/report?rows=company.{name}&m=count", f"/companies/export?format=xlsx&cols=name,{name}&sort={name}",
        ):  # fmt: skip
            answer = eva.get(address)
            if answer.status_code >= 400:
                refused.append((answer.status_code, address))
    assert {status for status, _address in refused} <= {400, 404, 422}, refused
    for address in ("peek", "history", "timeline", "related/opportunity-company", "why"):
        assert eva.get(f"/companies/{key}/{address}").status_code in (200, 404), address
    for address in ("columns", "import", "board", "lookup?q=Alfa", "counts"):
        assert eva.get(f"/companies/{address}").status_code in (200, 302), address
    assert "Beta" in get(eva, "/companies/calendar?group=x_due&on=2026-11-21")
    offered, asked = get(eva, "/companies/columns"), get(eva, "/companies/filter")
    assert all(name.upper() in offered and name.upper() in asked for name in WORKED)
    edited = eva.post("/companies/bulk/edit", {"ids": str(key)}).content.decode()
    assert not any(name.upper() in edited for name in WORKED)
    lists = [address for _status, address in refused if address.startswith(("/companies/?", "/companies/export"))]
    assert lists == [], lists
