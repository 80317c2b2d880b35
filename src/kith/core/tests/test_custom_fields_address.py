"""Addresses as custom fields: their parts in forms, records, conditions, order, search, files, merges, undo, the past, the register."""

import csv
import io

import pytest
import time_machine

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.filters import compile_filter, term
from kith.core.ledger import Change, ChangeSet
from kith.core.merging.merge import merge
from kith.core.reports.tests.test_figures import ask, figures
from kith.core.tests.test_api import send, token

pytestmark = pytest.mark.django_db
COMPANY, FIELDS = "parties.company", "core.fielddefinition"
OSLO = {"street": "Storgata 1\nOppgang B", "postal_code": "0155", "city": "Oslo", "country": "NO"}


@pytest.fixture
def delivery(people):
    return writes.create(SYSTEM, registry.get(FIELDS), {"entity": COMPANY, "label": "Delivery", "kind": "address"})


def company(name, **values):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": name, **values})


def fresh(record):
    return registry.get(COMPANY).rows(SYSTEM).get(pk=record.pk)


def found(condition):
    companies = registry.get(COMPANY)
    return sorted(
        companies.rows(SYSTEM).filter(compile_filter(companies, term(condition), SYSTEM)).values_list("name", flat=True)
    )


def test_form_and_record_in_the_lines_of_the_country(people, delivery):
    client = people.clients.eva
    form = client.get("/companies/new?full=1").text
    for part in ("street", "postal_code", "city", "region", "country"):
        sent = "x_delivery" if part == "street" else f"x_delivery.{part}"
        assert f'name="{sent}"' in form
    posted = {
        "x_delivery": "Storgata 1\r\nOppgang B",
        "x_delivery.postal_code": " 0155 ",
        "x_delivery.city": "Oslo",
        "x_delivery.region": "",
        "x_delivery.country": "NO",
    }
    assert client.post("/companies/new?full=1", {"name": "Halden", **posted}).status_code in (200, 204, 302)
    record = registry.get(COMPANY).rows(SYSTEM).get()
    assert (
        record.custom["x_delivery"] == OSLO | {"street": "Storgata 1\r\nOppgang B"}
        or record.custom["x_delivery"] == OSLO
    )
    page = client.get(f"/companies/{record.pk}/").text
    assert '<address class="postal">Storgata 1<br>Oppgang B<br>0155 Oslo<br>Norway</address>' in page
    writes.save(
        SYSTEM,
        record,
        {
            "x_delivery": {
                "street": "1 Main St",
                "city": "Austin",
                "region": "TX",
                "postal_code": "73301",
                "country": "US",
            }
        },
    )
    assert "1 Main St<br>Austin, TX 73301<br>United States</address>" in client.get(f"/companies/{record.pk}/").text
    refused = client.post(
        f"/companies/{record.pk}/field/x_delivery",
        {"x_delivery": "S", "x_delivery.country": "Atlantis", "version": fresh(record).version},
        headers={"HX-Request": "true"},
    )
    assert refused.status_code == 422
    assert "Unknown country" in refused.text
    assert fresh(record).custom["x_delivery"]["city"] == "Austin"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"town": "Oslo"}, "An address has no “town”"),
        ("Storgata 1", "an object with some of: street, postal_code"),
        ({"city": 5}, "city: Expected text"),
        ({"city": "x" * 121}, "city: Too long"),
        ({"country": "Atlantis"}, "country: Unknown country"),
        ({"street": "a\x00b"}, "street: This text holds characters"),
    ],
)
def test_nonsense_is_refused_by_part(delivery, value, words):
    with pytest.raises(Refused) as refused:
        company("Halden", x_delivery=value)
    assert words in str(refused.value.errors["x_delivery"])
    assert registry.get(COMPANY).rows(SYSTEM).count() == 0


def test_parts_are_asked_for_sorted_grouped_and_counted(people, delivery):
    company("Oslo AS", x_delivery=OSLO)
    company("Bergen AS", x_delivery={"city": "Bergen", "country": "NO"})
    company("Malmö AB", x_delivery={"city": "Malmö", "country": "SE"})
    company("Nowhere")
    assert found("x_delivery_country:any:NO") == ["Bergen AS", "Oslo AS"]
    assert found("x_delivery_country:not_any:NO") == ["Malmö AB", "Nowhere"]
    assert found("x_delivery_city:is:malmö") == ["Malmö AB"]
    assert found("x_delivery_city:contains:e") == ["Bergen AS"]
    assert found("x_delivery:contains:storgata") == ["Oslo AS"]
    assert found("x_delivery:empty") == found("x_delivery_city:empty") == ["Nowhere"]
    assert found("x_delivery:filled") == ["Bergen AS", "Malmö AB", "Oslo AS"]
    html = people.clients.eva.get("/companies/?cols=name,x_delivery,x_delivery_city&sort=-x_delivery_city").text
    assert [name for name in ("Oslo AS", "Malmö AB", "Bergen AS", "Nowhere") if f">{name}<" in html] == sorted(
        ("Oslo AS", "Malmö AB", "Bergen AS", "Nowhere"), key=lambda name: html.index(f">{name}<")
    )
    assert "Delivery: city" in html
    counts = figures(ask(COMPANY, "x_delivery_country"))
    assert sorted(numbers[0] for numbers in counts.values()) == [1, 1, 2]


def test_found_by_its_words_in_every_language_of_whoever_wrote_it(people, delivery):
    writes.save(SYSTEM, delivery, {"is_searched": True})
    company("Halden", x_delivery=OSLO)
    assert ">Halden<" in people.clients.eva.get("/companies/?q=storgat").text
    assert ">Halden<" not in people.clients.eva.get("/companies/?q=norway").text


def test_the_api_takes_and_gives_an_object_and_describes_it(people, delivery):
    api = token(people.eva)
    made = send(api, "post", "companies", {"name": "By API", "x_delivery": OSLO})
    assert (made.status_code, made.json()["x_delivery"], made.json()["x_delivery_city"]) == (201, OSLO, "Oslo")
    schemas = api.get("/api/v1/openapi.json").json()["components"]["schemas"]
    read, given = (schemas[name]["properties"] for name in ("Company", "CompanyValues"))
    assert set(read["x_delivery"]["anyOf"][0]["properties"]) == {"street", "postal_code", "city", "region", "country"}
    assert read["x_delivery_city"]["readOnly"] is True
    assert "x_delivery" in given
    assert "x_delivery_city" not in given
    key = made.json()["id"]
    assert send(api, "patch", f"companies/{key}", {"x_delivery_city": "Bergen"}).status_code in (403, 422)
    assert api.get(f"/api/v1/companies/{key}").json()["x_delivery"] == OSLO


def test_files_have_a_column_for_each_part_and_are_read_back(people, delivery):
    company("Halden", x_delivery=OSLO)
    answer = people.clients.eva.get("/companies/export?format=csv&cols=name,x_delivery")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    heads, row = list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))[:2]
    assert heads[1:] == [
        "Company name",
        "Delivery: street",
        "Delivery: postal code",
        "Delivery: city",
        "Delivery: region",
        "Delivery: country",
    ]
    assert [cell.replace("\r\n", "\n") for cell in row[1:]] == [
        "Halden",
        "Storgata 1\nOppgang B",
        "0155",
        "Oslo",
        "",
        "Norway",
    ]
    from kith.core.access import actor_of
    from kith.core.exchange.guess import guess

    paths = {given.column: given.to for given in guess(registry.get(COMPANY), heads, actor_of(people.eva.pk))}
    assert [paths[head] for head in heads[2:]] == [
        f"x_delivery.{part}" for part in ("street", "postal_code", "city", "region", "country")
    ]
    done = imported(
        COMPANY,
        "Name,Street,Town,Land\nBy file,Kungsgatan 4,Malmö,Sweden\nBad,X,Y,Atlantis\n",
        columns(Name="name", Street="x_delivery.street", Town="x_delivery.city", Land="x_delivery.country"),
    )
    assert (done.summary.added, len(done.rejected)) == (1, 1)
    record = registry.get(COMPANY).rows(SYSTEM).get(name="By file")
    assert record.custom["x_delivery"] == {"street": "Kungsgatan 4", "city": "Malmö", "country": "SE"}


def test_a_file_with_one_part_leaves_the_others_as_they_are(people, delivery):
    record = company("Halden", x_delivery=OSLO)
    done = imported(COMPANY, f"id,Town\n{record.pk},Bergen\n", columns(id="id", Town="x_delivery.city"))
    assert done.summary.updated == 1
    assert fresh(record).custom["x_delivery"] == OSLO | {"city": "Bergen"}


def test_merge_fills_it_and_undo_takes_it_back(people, delivery):
    one, other = company("Halden"), company("Halden AS", x_delivery=OSLO)
    merge(SYSTEM, registry.get(COMPANY), [one.pk, other.pk], survivor=one.pk)
    assert fresh(one).custom["x_delivery"] == OSLO
    record = fresh(one)
    writes.save(SYSTEM, record, {"x_delivery": {"city": "Bergen"}})
    change = Change.objects.filter(record_id=record.pk).latest("at", "id")
    assert (change.before, change.after) == ({"x_delivery": OSLO}, {"x_delivery": {"city": "Bergen"}})
    undo.undo(SYSTEM, ChangeSet.objects.order_by("-pk")[0].pk)
    assert fresh(one).custom["x_delivery"] == OSLO


def test_as_of_a_day_address_and_parts_are_those_of_then(people, delivery):
    with time_machine.travel("2026-09-01T08:00:00Z", tick=False):
        record = company("Halden", x_delivery=OSLO)
    with time_machine.travel("2026-10-01T08:00:00Z", tick=False):
        writes.save(SYSTEM, fresh(record), {"x_delivery": {"city": "Bergen"}})
    address = "/companies/?cols=name,x_delivery,x_delivery_city&f=x_delivery_city:is:"
    client = people.clients.eva
    assert ">Halden<" in client.get(f"{address}Oslo&as_of=2026-09-15").text
    assert ">Halden<" not in client.get(f"{address}Bergen&as_of=2026-09-15").text
    assert "Storgata" in client.get(f"{address}Oslo&as_of=2026-09-15").text
    assert ">Halden<" in client.get(f"{address}Bergen").text


def test_names_of_parts_are_taken_and_uses_of_parts_hold_the_field(people, delivery):
    fields = registry.get(FIELDS)
    with pytest.raises(Refused, match="x_delivery_city"):
        writes.create(SYSTEM, fields, {"entity": COMPANY, "label": "Town", "name": "x_delivery_city", "kind": "text"})
    writes.create(SYSTEM, fields, {"entity": COMPANY, "label": "Site city", "kind": "text"})
    with pytest.raises(Refused, match="x_site_city"):
        writes.create(SYSTEM, fields, {"entity": COMPANY, "label": "Site", "kind": "address"})
    with pytest.raises(Refused, match="keeps no index"):
        writes.save(SYSTEM, delivery, {"is_indexed": True})
    writes.create(
        SYSTEM,
        registry.get("core.view"),
        {"entity": COMPANY, "name": "In Oslo", "filter": {"field": "x_delivery_city", "op": "is", "value": "Oslo"}},
    )
    with pytest.raises(Refused, match="In Oslo"):
        writes.delete(SYSTEM, fields, [delivery.pk])
    assert "x_delivery" in registry.get(COMPANY).fields


def test_whoever_may_not_read_the_address_reads_no_part(people, delivery):
    company("Halden", x_delivery=OSLO, owner=people.eva.pk)
    policy = {"role": people.roles.all.pk, "entity": COMPANY, "field": "x_delivery", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    assert "x_delivery" not in token(people.eva).get("/api/v1/companies").text
    assert people.clients.eva.get("/companies/?f=x_delivery_city:is:Oslo").status_code == 400
    assert "Storgata" not in people.clients.eva.get("/companies/?cols=name,x_delivery,x_delivery_street").text


def test_personal_data_are_marked_and_told(people, delivery):
    from kith.privacy.register import marked

    company_kind = registry.get(COMPANY)
    assert "x_delivery" not in {spec.name for spec in marked(company_kind)}
    writes.save(SYSTEM, delivery, {"is_personal": True})
    assert {"x_delivery", "x_delivery_street", "x_delivery_country"} <= {spec.name for spec in marked(company_kind)}
