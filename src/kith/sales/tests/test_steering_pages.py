"""The pages of steering: with the right they answer, without it they do not; numbers open what they count."""

import datetime as dt
import html
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.access import shipped
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant, make_user, role_of
from kith.core.testing.people import fresh as fresh_actor
from kith.processes.book import book
from kith.sales.steering import targets, team

PAGES = ("forecast", "flow", "funnel", "targets", "closing", "team")


@pytest.fixture
def june(people):
    """A deal in negotiation, one that was won, one without a next step, a target."""
    with time_machine.travel(dt.datetime(2026, 6, 2, 9, tzinfo=dt.UTC), tick=False):
        company = factory.make("parties.company", owner=str(people.ann.pk))
        stages = {stage.key: stage.pk for stage in book().default(SYSTEM, "sales.opportunity").stages}
        for key, amount in (("negotiation", "100"), ("won", "400")):
            values = {
                "name": key,
                "company": company.pk,
                "amount": {"amount": amount, "currency": "EUR"},
                "closes_on": "2026-06-20",
                "stage": stages[key],
            }
            writes.create(people.actors.ann, registry.get("sales.opportunity"), values)
        target = {
            "metric": "won_amount",
            "starts_on": "2026-06-01",
            "ends_on": "2026-06-30",
            "value": "800",
            "person": people.ann.pk,
        }
        writes.create(people.actors.eva, registry.get("sales.salestarget"), target)
    with time_machine.travel(dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC), tick=False):
        yield people


@pytest.mark.parametrize("page", PAGES)
def test_each_page_answers_those_who_may_and_no_others(june, page):
    answer = june.clients.eva.get(f"/sales/{page}?kind=month&at=2026-06-01")
    assert answer.status_code == 200, answer.content
    assert june.clients.max.get(f"/sales/{page}").status_code == 403
    assert june.clients.eva.get(f"/sales/{page}?kind=week").status_code in (200, 400)


def test_numbers_stand_on_the_pages(june):
    eva = june.clients.eva
    text = eva.get("/sales/forecast?kind=month&at=2026-06-01").content.decode()
    assert "Ann Own" in text and "€400" in text and "€100" in text
    text = eva.get("/sales/targets?kind=month&at=2026-06-01").content.decode()
    assert "50 %" in text and "won, amount · Ann Own" in text
    text = eva.get("/sales/funnel?kind=month&at=2026-06-01").content.decode()
    assert "began in the period: 2" in text


def test_a_forecast_is_submitted_and_bad_input_told(june):
    ann = june.clients.ann
    assert ann.post("/sales/forecast/submit?kind=month&at=2026-06-01", {"expected": "450"}).status_code == 302
    (said,) = registry.get("sales.forecastsubmission").rows(SYSTEM)
    assert (said.person_id, said.expected, said.commit, said.closed) == (june.ann.pk, 450, 100, 400)
    assert ann.post("/sales/forecast/submit?kind=month&at=2026-06-01", {"expected": ""}).status_code == 422
    assert ann.post("/sales/forecast/submit?kind=month&at=2026-06-01", {"expected": "much"}).status_code == 400
    assert june.clients.max.post("/sales/forecast/submit", {"expected": "1"}).status_code == 403
    assert registry.get("sales.forecastsubmission").rows(SYSTEM).count() == 1


def test_a_forecast_for_somebody_else_is_refused_at_every_door(june):
    forecasts, eva = registry.get("sales.forecastsubmission"), june.clients.eva
    values = {"person": str(june.ann.pk), "starts_on": "2026-06-01", "ends_on": "2026-06-30", "expected": "450"}
    said = "for yourself only"
    form = eva.post("/forecasts/new", values)
    assert form.status_code == 422 and said in form.content.decode()
    api = eva.post("/api/v1/forecasts", values, content_type="application/json")
    (error,) = api.json()["errors"]
    assert (api.status_code, error["field"]) == (422, "person") and said in error["message"]
    file = f"Who,From,Until,Sum\n{june.eva.pk},2026-06-01,2026-06-30,450\n{june.ann.pk},2026-06-01,2026-06-30,450\n"
    paths = columns(Who="person", From="starts_on", Until="ends_on", Sum="expected")
    outcome = imported("sales.forecastsubmission", file, paths, june.actors.eva)
    (row,) = outcome.rejected
    assert row.number == 3 and said in str(row.errors["Who"])
    assert [row.person_id for row in forecasts.rows(SYSTEM)] == [june.eva.pk]


@pytest.mark.parametrize(
    "query", ["at=yesterday", "at=0001-01-01", "since=2026-07-01&until=2026-06-01", "kind=century"]
)
def test_bad_periods_are_told(june, query):
    assert june.clients.eva.get(f"/sales/flow?{query}").status_code == 400
    assert june.clients.eva.get("/sales/flow/deals?part=stolen").status_code == 400


def test_every_number_of_the_team_opens_its_rows(june):
    eva = june.clients.eva
    (ann,) = [member for member in team.board(june.actors.eva) if member.id == june.ann.pk]
    assert (ann.counts["open"], ann.counts["no_step"], ann.is_idle) == (1, 1, True)
    for sign in team.signs():
        if count := ann.counts.get(sign.key):
            text = eva.get(sign.rows(june.ann.pk)).content.decode()
            assert text.count('data-row="') == count, sign.key


def test_the_deals_of_a_team_are_read_once_for_all_its_numbers(june):
    with CaptureQueriesContext(connection) as asked:
        team.board(june.actors.eva)
    over = [query["sql"] for query in asked.captured_queries if 'FROM "sales_opportunity"' in query["sql"]]
    assert len(over) == 1 and all(sign.key in over[0] for sign in team.signs() if sign.entity == "sales.opportunity")


def test_facts_can_be_filtered_and_sorted(june):
    eva = june.clients.eva
    for query, names in (
        ("f=counted_as:any:commit", ["negotiation"]),
        ("f=win_rate:ge:50", ["won"]),
        ("f=cycle_days:le:3", ["won"]),
        ("f=reached:any:" + str(book().default(SYSTEM, "sales.opportunity").stage("won").pk), ["won"]),
    ):
        found = eva.get(f"/api/v1/opportunities?{query}").json()
        assert [row["name"] for row in found["results"]] == names, query


def funnel_of(people, query):
    return people.clients.eva.get(f"/sales/funnel?kind=month&at=2026-06-01&{query}")


@pytest.mark.parametrize("by", ["owner", "source", "product", "process"])
def test_the_funnel_is_compared_and_every_group_opens_its_funnel_and_rows(june, by):
    text = funnel_of(june, f"by={by}").content.decode()
    links = [html.unescape(found) for found in re.findall(r'<th scope="row" class="rowh"><a href="([^"]+)"', text)]
    rows = [html.unescape(found) for found in re.findall(r'class="n"><a href="(/opportunities/[^"]+)"', text)]
    assert len(links) == 1
    alone = june.clients.eva.get(links[0])
    assert alone.status_code == 200 and "began in the period: 2" in alone.content.decode()
    assert june.clients.eva.get(rows[-1]).content.decode().count('data-row="') == 2


def test_the_funnel_of_one_group_can_be_left_again(june):
    text = funnel_of(june, f"owner={june.ann.pk}&source=none&by=product").content.decode()
    assert "Owner: Ann Own" in text and "Source: (empty)" in text
    assert "began in the period: 2" in text and "Nine tenths" in text
    assert "Nothing began" in funnel_of(june, f"owner={june.tom.pk}").content.decode()


@pytest.mark.parametrize("query", ["by=colour", "owner=ann", "source=1", "of=leads&by=product"])
def test_bad_questions_to_the_funnel_are_told(june, query):
    assert funnel_of(june, query).status_code == 400


def test_leads_have_their_funnel_and_no_field_is_told_that_is_hidden(june):
    assert funnel_of(june, "of=leads&by=owner").status_code == 200
    reader = make_user("Rita Reader")
    grant(reader, ("*", "view", "all"))
    client = client_of(reader)
    query = "/sales/funnel?kind=month&at=2026-06-01"
    assert client.get(f"{query}&by=source").status_code == 200
    role = role_of("No sources", [])
    values = {"role": role.pk, "entity": "sales.opportunity", "field": "source", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    shipped.give(role, user=reader)
    assert client.get(query).status_code == 200
    answer = client.get(f"{query}&by=source")
    assert answer.status_code == 403 and "source" in answer.content.decode()
    assert client.get(f"{query}&source=none").status_code == 403


def test_figures_hold_for_readers_of_little(people, make, company):
    """Nothing is told of hidden fields; whoever may see no row at all gets empty pages, not errors."""
    make("sales.salestarget", metric="won_amount", person=people.ann.pk, starts_on="2026-01-01", ends_on="2026-12-31", value="1000")  # fmt: skip
    assert targets.running(people.actors.eva, dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    policy = {"role": people.roles.all.pk, "entity": "sales.salestarget", "field": "value", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    assert targets.running(fresh_actor(people.eva), dt.date(2026, 1, 1), dt.date(2026, 12, 31)) == []
    grant(people.max, ("*", "view", "all"), ("*", "export", "all"))
    everything = {"all": []}
    rule = {"role": grant(people.max).pk, "entity": "sales.opportunity", "operation": "view", "level": "all", "deny": True, "condition": everything}  # fmt: skip
    writes.create(SYSTEM, registry.get("access.policyrule"), rule)
    client = client_of(people.max)
    for tab in ("funnel?by=owner", "funnel?by=product", "flow", "pipeline", "forecast", "targets", "team"):
        assert client.get(f"/sales/{tab}").status_code in (200, 403, 404), tab


def test_an_adjustment_with_a_sign_that_cannot_be_stored_is_refused(people, make):
    said = make("sales.forecastsubmission", person=people.ann.pk, starts_on="2026-04-01", ends_on="2026-06-30", expected="100")  # fmt: skip
    answer = people.clients.eva.post(f"/sales/forecast/{said.pk}/adjust", {"adjusted": "1", "note": "\0x"})
    assert answer.status_code in (400, 403, 422)
    assert registry.get("sales.forecastsubmission").rows(SYSTEM).get(pk=said.pk).adjusted is None


def test_tiles_of_a_mistyped_year_are_shown(people, make, company, stages):
    make("sales.opportunity", name="x", company=company.pk, stage=stages.new.pk, closes_on="2026-05-05")
    address = "/opportunities/report?m=count&chart=tiles&f=closes_on%3Abetween%3A0026-01-01%2C2026-12-31"
    assert people.clients.eva.get(address).status_code == 200
