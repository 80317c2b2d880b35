"""Tables of steering as workbooks: the figures of the page, the right to export, and nothing that may not be exported."""

import io

import pytest
from openpyxl import load_workbook

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing.people import client_of, grant
from kith.sales.tests.test_pipeline import worked  # noqa: F401 - a fixture

TABS = ("forecast", "pipeline", "flow", "funnel", "targets", "team")
MAY = "kind=month&at=2026-05-01"


def sheet(client, tab, query=MAY):
    answer = client.get(f"/sales/{tab}/export?{query}")
    assert answer.status_code == 200, answer.content[:400]
    assert f'filename="{tab}-' in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_the_pipeline_report_as_a_file(worked, people):  # noqa: F811
    rows = sheet(people.clients.eva, "pipeline")
    assert rows[0][:5] == ["Person", "Leads", "Deals", "Together", "Amount, EUR"]
    ann = ["Ann Own", 1, 6, 7, 4955, 3, 0.4286, 2295, 4, 1, 0.25, 965, 2]
    assert rows[1:] == [ann, ["Total", *ann[1:]]]


def test_forecast_flow_funnel_and_team_say_what_their_pages_say(worked, people):  # noqa: F811
    deal = registry.get("sales.opportunity").rows(SYSTEM).get(name="D820")
    writes.save(SYSTEM, deal, {"closes_on": "2026-05-20"})
    forecast = sheet(people.clients.eva, "forecast")
    line = next(row for row in forecast if row[0] == "Ann Own")
    assert dict(zip(forecast[0], line, strict=True))["Best case, own, EUR"] == 820
    assert dict(zip(forecast[0], line, strict=True))["Won, own, EUR"] == 965
    funnel = sheet(people.clients.eva, "funnel")
    assert [row[:3] for row in funnel[1:]] == [
        ["New", 6, 4315], ["Need understood", 3, 2295], ["Offer sent", 3, 2295], ["Negotiation", 1, 965], ["Won", 1, 965],
    ]  # fmt: skip
    flow = sheet(people.clients.eva, "flow", f"{MAY}&since=2026-06-09&until=2026-06-10")
    assert (flow[1], flow[-1]) == (["At the beginning", None, 0], ["At the end", None, 820])
    team = sheet(people.clients.eva, "team")
    assert dict(zip(team[0], next(row for row in team if row[0] == "Ann Own"), strict=True))["Open deals"] == 3


def test_targets_as_a_file(worked, people, make):  # noqa: F811
    make(
        "sales.salestarget",
        metric="won_amount",
        starts_on="2026-05-01",
        ends_on="2026-05-31",
        value="1930",
        person=people.ann.pk,
    )
    (line,) = sheet(people.clients.eva, "targets")[1:]
    assert line[3:] == [1930, 965, 50]


@pytest.mark.parametrize("tab", TABS)
def test_without_the_right_to_export_there_is_no_file_and_no_button(worked, people, tab):  # noqa: F811
    grant(
        people.max,
        ("sales.opportunity", "view", "all"),
        ("sales.lead", "view", "all"),
        ("sales.salestarget", "view", "all"),
    )
    client = client_of(people.max)
    assert client.get(f"/sales/{tab}/export?{MAY}").status_code == 403
    assert "/export?" not in client.get(f"/sales/{tab}?{MAY}").content.decode()
    assert "/export?" in people.clients.eva.get(f"/sales/{tab}?{MAY}").content.decode()


def test_figures_of_what_may_be_seen_but_not_exported_are_no_file(worked, people):  # noqa: F811
    grant(people.max, ("sales.opportunity", "view", "all"), ("sales.opportunity", "export", "own"))
    answer = client_of(people.max).get(f"/sales/forecast/export?{MAY}")
    assert answer.status_code == 403
    assert "may be seen by you but not exported" in answer.content.decode()
    assert people.clients.ann.get(f"/sales/forecast/export?{MAY}").status_code == 200


def test_there_are_no_other_files_and_bad_periods_are_told(worked, people):  # noqa: F811
    assert people.clients.eva.get("/sales/closing/export").status_code == 404
    assert people.clients.eva.get("/sales/forecast/export?kind=century").status_code == 400
