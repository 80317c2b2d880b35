"""Linked records of the past: conditions over links, columns, names, reports and calendars as of a day (N2)."""

import csv
import io
from decimal import Decimal

import pytest
from django.http import QueryDict

from kith.core import calendars, linked, listing, past, titles, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.filters import BadFilter
from kith.core.reports import engine, reading
from kith.core.testing.people import grant, make_user
from kith.core.views import CALENDAR, REPORT

from .past_story import at, deal, deals
from .test_past import look, names

pytestmark = pytest.mark.django_db
THEN = "as_of=2026-09-30"


@pytest.fixture
def links(people, make):
    """Two companies with a deal each; one moves from Bonn to Kiel and is renamed, the deals change their days."""
    with at(9, 1):
        made = [make("parties.company", name=name, legal_name=site, owner=people.ann.pk) for name, site in (("Halden", "https://old.example"), ("Other", "https://other.example"))]  # fmt: skip
        found = {name: deal(people.actors.ann, company, name, amount) for name, company, amount in zip(("one", "two"), made, (100, 250), strict=True)}  # fmt: skip
        for name, record in found.items():
            writes.save(people.actors.ann, record, {"closes_on": f"2026-12-{10 if name == 'one' else 20}"})
    with at(10, 5):
        company = registry.get("parties.company").rows(SYSTEM).get(pk=made[0].pk)
        writes.save(SYSTEM, company, {"name": "Halden Paper", "legal_name": "https://new.example"})
        for name, record in found.items():
            current = deals().rows(SYSTEM).get(pk=record.pk)
            writes.save(SYSTEM, current, {"closes_on": f"2026-12-{11 if name == 'one' else 20}"})
    with at(11, 1):
        yield found | {"companies": made}


def test_conditions_over_links_are_asked_of_the_linked_record_of_then(people, links):
    eva = people.actors.eva
    for query, then, now in (
        ("f=company.legal_name:contains:old", ["one"], []), ("f=company.legal_name:contains:new", [], ["one"]), ("f=company.name:is:Halden", ["one"], []),
        ("f=company.legal_name:contains:example&sort=name", ["one", "two"], ["one", "two"]),
    ):  # fmt: skip
        assert names(look(eva, "2026-09-30", query), eva) == then, query
        assert names(look(eva, "2026-10-31", query), eva) == now and names(look(eva, "", query), eva) == now
    companies = registry.get("parties.company")
    params = QueryDict(f"f=opportunity-company.closes_on:on:2026-12-10&{THEN}")
    with past.at(past.asked(params)):
        from kith.core.views import from_address

        made = from_address(companies, eva, params, everything=True)
        assert [row.name for row in listing.page(made, eva).records] == ["Halden"]


def test_columns_and_names_of_linked_records_are_those_of_then(people, links):
    eva = people.actors.eva
    made = look(eva, "2026-09-30", "cols=name,company,company.legal_name&sort=name")
    assert made.columns == ("name", "company", "company.legal_name")
    with past.at(made.as_of):
        records = listing.page(made, eva).records
        spec = linked.find(deals(), "company.legal_name")
        linked.load(eva, [spec], records)
        assert [spec.get(record) for record in records] == ["https://old.example", "https://other.example"]
        found = titles.for_records(eva, [deals().fields["company"]], records)
        assert sorted(title.text for title in found.values()) == ["Halden", "Other"]
    assert "Halden Paper" in {title.text for title in titles.for_records(eva, [deals().fields["company"]], records).values()}  # fmt: skip
    page = people.clients.eva.get(f"/opportunities/?{THEN}&f=&cols=name,company,company.legal_name").content.decode()
    assert "old.example" in page and "new.example" not in page and "Halden Paper" not in page
    answer = people.clients.eva.get(f"/opportunities/export?{THEN}&f=&sort=name&format=csv&cols=name,company,company.legal_name")  # fmt: skip
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [row[2:] for row in rows[1:]] == [["Halden", "https://old.example"], ["Other", "https://other.example"]]


def test_who_may_not_see_the_history_of_the_linked_record_does_not_learn_it(people, links):
    user = make_user("Nils")
    grant(user, ("sales.opportunity", "view", "all"), ("sales.opportunity", "history", "all"), ("parties.company", "view", "all"))  # fmt: skip
    nils = actor_of(user.pk)
    with pytest.raises(Forbidden, match=r"parties\.company:history"):
        names(look(nils, "2026-09-30", "f=company.legal_name:contains:old"), nils)
    made = look(nils, "2026-09-30", "cols=name,company,company.legal_name&sort=name")
    with past.at(made.as_of):
        records = listing.page(made, nils).records
        spec = linked.find(deals(), "company.legal_name")
        linked.load(nils, [spec], records)
        assert [spec.get(record) for record in records] == [None, None]
        found = titles.for_records(nils, [deals().fields["company"]], records)
        assert sorted(title.text for title in found.values()) == ["Halden Paper", "Other"]


def test_columns_of_linked_records_order_a_list_by_their_values_of_then(people, links):
    """“old” and “new” stand on both sides of “other”: the deal of Halden moves, its cursor with it."""
    eva = people.actors.eva
    for when, up in (("2026-09-30", ["one", "two"]), ("2026-10-31", ["one", "two"]), ("", ["one", "two"])):
        assert names(look(eva, when, "sort=company.legal_name"), eva) == up, when
    with at(11, 2):
        halden = registry.get("parties.company").rows(SYSTEM).get(pk=links["companies"][0].pk)
        writes.save(SYSTEM, halden, {"legal_name": "https://z.example"})
    with at(11, 4):
        assert names(look(eva, "2026-10-31", "sort=company.legal_name"), eva) == ["one", "two"]
        assert names(look(eva, "2026-11-03", "sort=company.legal_name"), eva) == ["two", "one"]
        assert names(look(eva, "2026-11-03", "sort=-company.legal_name"), eva) == ["one", "two"]
        made = look(eva, "2026-11-03", "sort=company.legal_name")
        first = listing.page(made, eva, size=1)
        second = listing.page(made, eva, after=first.after, size=1)
        assert [row.name for row in (*first.records, *second.records)] == ["two", "one"]
        user = make_user("Nils")
        grant(user, ("sales.opportunity", "view", "all"), ("sales.opportunity", "history", "all"), ("parties.company", "view", "all"))  # fmt: skip
        nils = actor_of(user.pk)
        by_id = sorted(("one", "two"), key=lambda name: links[name].pk)
        assert names(look(nils, "2026-11-03", "sort=company.legal_name"), nils) == by_id, "nothing of the order is told"


def test_what_still_cannot_be_asked_is_refused_by_name(people, links):
    eva = people.actors.eva
    for query, word in (("sort=company.score", "core"), ("q=Halden", "Words"), ("f=score:gt:1", "Score")):
        with pytest.raises(BadFilter, match=word):
            look(eva, "2026-09-30", query)


def report(actor, when, query):
    made = look(actor, when, query, REPORT)
    return engine.run(reading.of_look(made), actor)


def figures(table):
    return {tuple(key.label for key in line.keys): [getattr(cell.value, "amount", cell.value) for cell in table.cells(line)] for line in [*table.leaves, table.total]}  # fmt: skip


def test_a_report_as_of_a_day_groups_by_the_values_of_then(people, links):
    eva, query = people.actors.eva, "rows=company.legal_name&m=count&m=sum:amount"
    assert figures(report(eva, "2026-09-30", query)) == {
        ("https://old.example",): [1, Decimal(100)], ("https://other.example",): [1, Decimal(250)], (): [2, Decimal(350)],
    }  # fmt: skip
    assert ("https://new.example",) in figures(report(eva, "", query))
    by_company = report(eva, "2026-09-30", "rows=company&m=sum:amount")
    assert set(figures(by_company)) == {("Halden",), ("Other",), ()}
    line = next(line for line in by_company.lines if line.keys[0].label == "Halden")
    address = next(iter(by_company.cells(line))).href
    assert "as_of=2026-09-30" in address
    assert "one" in people.clients.eva.get(address).content.decode()
    assert figures(report(eva, "2026-08-31", query))[()] == [0, 0]
    for bad, word in (("rows=score&m=count", "Score"), ("rows=owner&m=sum:weighted", "eighted"), ("rows=owner&m=count&q=one", "Words")):  # fmt: skip
        with pytest.raises(BadFilter, match=word):
            report(eva, "2026-09-30", bad)


def test_the_doors_of_reports_and_calendars_travel(people, links):
    eva = people.clients.eva
    page = eva.get(f"/opportunities/report?{THEN}&f=&rows=company&m=sum:amount")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'id="past-bar"' in text and "Halden" in text and "Halden Paper" not in text.split('id="list"')[1]
    body = eva.get(f"/api/v1/opportunities/report?{THEN}&rows=company&m=sum:amount").json()
    assert {line["groups"][0]["label"] for line in body["lines"]} == {"Halden", "Other"}
    assert "as_of=2026-09-30" in body["lines"][0]["cells"][0][0]["records"]
    file = eva.get(f"/opportunities/report/export?{THEN}&f=&rows=company&m=sum:amount&format=csv")
    assert "Halden" in b"".join(file.streaming_content).decode()
    text = eva.get(f"/opportunities/calendar?{THEN}&f=&group=closes_on&on=2026-12-10").content.decode()
    assert 'id="past-bar"' in text and "data-peek=" not in text.split('id="list"')[1] and "?as_of=2026-09-30" in text
    assert people.clients.max.get(f"/opportunities/calendar?{THEN}").status_code == 404


def test_a_calendar_of_the_past_has_the_days_of_then(people, links):
    eva = people.actors.eva
    for when, expected in (("2026-09-30", {10: ["one"], 20: ["two"]}), ("2026-10-31", {11: ["one"], 20: ["two"]})):
        made = look(eva, when, "group=closes_on", CALENDAR)
        with past.at(made.as_of):
            spec = calendars.date_of(made, eva)
            days = calendars.days(made, eva, spec, calendars.period_of("month", calendars.day_of("2026-12-01")), extra={}, shown=[])  # fmt: skip
        assert {day.date.day: [row.name for row in day.records] for day in days if day.records} == expected
