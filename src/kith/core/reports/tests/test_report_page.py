"""The report page of any entity: question, chart, table, files, saved views, rights."""

import csv
import io
import re

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import client_of, grant
from kith.core.testing.queries import counted

pytestmark = pytest.mark.django_db


@pytest.fixture
def companies(people):
    """Three active ones of Ann's (1,000; 3,000; nothing) and two lost ones of Tom's (500 each)."""
    rows = [
        ("Alder", "active", 1000, people.ann), ("Birch", "active", 3000, people.ann), ("Cedar", "active", None, people.ann),
        ("Elm", "lost", 500, people.tom), ("Fir", "lost", 500, people.tom),
    ]  # fmt: skip
    made = [
        {
            "name": name,
            "status": status,
            "owner": owner.pk,
            **({"annual_revenue": {"amount": str(amount), "currency": "EUR"}} if amount else {}),
        }
        for name, status, amount, owner in rows
    ]
    return writes.create_many(SYSTEM, registry.get("parties.company"), made)


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.content[:800]
    return answer.content.decode()


def table(html):
    """The rows of the pivot table as texts."""
    body = re.search(r'<table class="tbl lite pivot">(.*?)</table>', html, re.S)[1]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
    ]


URL = "/companies/report?rows=status&m=count&m=sum:annual_revenue&m=avg:annual_revenue&m=median:annual_revenue"


def test_a_closed_list_shows_every_value_and_nothing_has_no_average(people, companies):
    plain, all_of_them = (table(page(people.clients.eva, f"{URL}{more}")) for more in ("", "&f="))
    assert [row for row in all_of_them if row not in plain] == [["Provisional", "0", "€0", "–", "–"]]
    assert plain == [  # which leaves provisional ones out, so that it cannot say there are none
        ["Status", "Number", "Annual revenue, sum", "Annual revenue, average", "Annual revenue, median"],
        ["Prospect", "0", "€0", "–", "–"],
        ["Active", "3", "€4,000", "€2,000", "€2,000"],
        ["Dormant", "0", "€0", "–", "–"],
        ["Lost", "2", "€1,000", "€500", "€500"],
        ["Total", "5", "€5,000", "€1,250", "€750"],
    ]


def test_a_long_table_shows_its_first_lines_until_all_are_asked_for(people, companies, monkeypatch):
    whole = table(page(people.clients.eva, URL))
    monkeypatch.setattr("kith.core.ui.report_page.LINES", 2)
    html = page(people.clients.eva, URL)
    assert table(html) == [*whole[:3], whole[-1]]
    assert "The first 2 of 4 lines; totals and files cover all of them." in html
    address = re.search(r'href="([^"]+)" id="all-lines"', html)[1].replace("&amp;", "&")
    opened = page(people.clients.eva, address)
    assert table(opened) == whole and "all-lines" not in opened
    rows = (
        people.clients.eva.get(f"{URL.replace('report?', 'report/export?format=csv&')}").getvalue().decode("utf-8-sig")
    )
    assert len(list(csv.reader(io.StringIO(rows)))) == 1 + 4 + 1


def test_no_group_is_begun_whose_lines_are_left_out(people, companies, monkeypatch):
    address = "/companies/report?rows=owner&rows=city"
    head, ann, of_ann, _tom, _of_tom, total = table(page(people.clients.eva, address))
    monkeypatch.setattr("kith.core.ui.report_page.LINES", 3)
    html = page(people.clients.eva, address)
    assert table(html) == [head, ann, of_ann, total] and "The first 2 of 4 lines" in html


def test_own_rows_are_all_that_ann_counts_and_max_has_no_page(people, companies):
    assert table(page(people.clients.ann, URL))[-1][1:3] == ["3", "€4,000"]
    assert people.clients.max.get(URL).status_code == 404
    assert people.clients.max.get("/companies/report/export?rows=status").status_code == 404


def test_every_entity_has_a_report(people):
    for entity in registry:
        html = page(people.clients.eva, f"/{entity.slug}/report")
        assert html.count("<h1") == 1 and 'class="report"' in html, entity.slug


def test_a_hidden_field_is_neither_group_nor_measure_nor_condition_nor_offered(people, companies):
    fields = registry.get("access.fieldpolicy")
    writes.create(
        SYSTEM,
        fields,
        {
            "role": people.roles.own.pk,
            "entity": "parties.company",
            "field": "annual_revenue",
            "level": "none",
            "deny": True,
        },
    )
    client = client_of(people.ann)
    for asked in (
        "m=sum:annual_revenue",
        "m=count&rows=annual_revenue",
        "m=count&f=annual_revenue:filled",
        "rows=parent.annual_revenue",
    ):
        assert client.get(f"/companies/report?{asked}").status_code == 400, asked
    assert "annual_revenue" not in page(client, "/companies/report?rows=status&m=count")


def test_who_may_not_export_gets_no_file_and_no_button(people, companies):
    grant(people.max, ("parties.company", "view", "all"))
    client = client_of(people.max)
    assert "report-save" not in page(client, URL)
    assert client.get("/companies/report/export?rows=status&format=csv").status_code == 403


def test_files_hold_the_table_and_no_formula(people, companies):
    writes.create(
        SYSTEM, registry.get("parties.company"), {"name": "Oak", "legal_form": "=1+1", "owner": people.ann.pk}
    )
    answer = people.clients.eva.get(
        "/companies/report/export?rows=legal_form&columns=status&m=count&m=sum:annual_revenue&format=csv"
    )
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["Legal form", "Number, Prospect", "Number, Active"]
    assert rows[1][0] == "'=1+1"
    assert [row[0] for row in rows[2:]] == ["(empty)", "Total"]
    assert rows[3][rows[0].index("Number, Total")] == "6"
    book = people.clients.eva.get("/companies/report/export?rows=status&format=xlsx")
    assert b"".join(book.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize(
    "asked",
    [
        "rows=name_of_nothing", "rows=description", "rows=status:month", "rows=created_at:century", "m=sum:name", "m=product:annual_revenue", "m={", "m=avg", "chart=pie",
        "rows=status&having=9:ge:1", "having=0:ge:1", "rows=status&having=0:ge:x", "top=999", "top=-1", "rows=status&rows=status", "rows=a.b.c.d.e.f", "columns=status,tier",
        "rows=status,tier,owner,source&columns=country", "m=count&" * 9, 'm={"kind":"count","where":{"field":"x","op":"is"}}', "rows=status.name", "rows=status%00",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told(people, companies, asked):
    answer = people.clients.eva.get(f"/companies/report?{asked}")
    assert answer.status_code == 400
    assert answer.content.decode().count("<h1") == 1


def test_a_saved_view_remembers_the_report(people, companies):
    answer = people.clients.ann.post(
        f"/companies/views/new?{URL.split('?')[1]}&chart=donut&shape=report&f=status:any:active",
        {"name": "Revenue"},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 204, answer.content
    view = registry.get("core.view").rows(people.actors.ann).get(name="Revenue")
    assert (view.shape, view.report["rows"], view.report["chart"]) == ("report", ["status"], "donut")
    html = page(people.clients.ann, f"/companies/report?view={view.pk}")
    assert ["Active", "3"] in [row[:2] for row in table(html)]
    assert f'href="/companies/report?view={view.pk}"' in page(people.clients.ann, "/companies/")


def test_a_view_with_a_report_that_cannot_be_answered_is_refused(people):
    from kith.core.errors import Refused

    values = {"entity": "parties.company", "name": "X", "shape": "report", "report": {"rows": ["nothing"]}}
    with pytest.raises(Refused):
        writes.create(people.actors.ann, registry.get("core.view"), values)
    assert not registry.get("core.view").rows(SYSTEM).filter(name="X").exists()


def test_queries_of_a_report_are_few(people, companies):
    client = people.clients.eva
    page(client, URL)
    with counted("report companies"):
        page(client, URL + "&columns=owner")


def test_the_api_tells_the_same_and_every_figure_has_its_records(people, companies):
    from kith.core.tests.test_api import token

    client = token(people.eva)
    body = client.get(
        "/api/v1/companies/report?rows=status&columns=owner&m=count&m=avg:annual_revenue&f=status:any:active,lost"
    ).json()
    assert body["measures"] == [
        {"label": "Number", "kind": "number", "currency": None}, {"label": "Annual revenue, average", "kind": "money", "currency": "EUR"},
    ]  # fmt: skip
    assert [group["label"] for group in body["columns"][0]["groups"]] == ["Ann Own", "Tom Team"]
    active = next(line for line in body["lines"] if line["groups"][0]["value"] == "active")
    assert [[figure["value"] for figure in cell] for cell in active["cells"]] == [
        [3, "2000.00"],
        [0, None],
        [3, "2000.00"],
    ]
    for cell in [*active["cells"], *body["total"]["cells"]]:
        assert client.get(cell[0]["records"]).json()["count"] == cell[0]["value"]
    assert token(people.max).get("/api/v1/companies/report").status_code == 404
    answer = client.get("/api/v1/companies/report?row=status")
    assert (answer.status_code, "Unknown parameter" in answer.json()["detail"]) == (400, True)
    assert client.get("/api/v1/companies/report?rows=nothing").status_code == 400
