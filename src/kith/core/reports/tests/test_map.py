"""The map of a report: which tile each country, territory and region gets, what is not on it, and the way to its rows (G7)."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.http import QueryDict

from kith.core import listing, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.identity.countries import codes
from kith.core.reports import engine, reading
from kith.core.reports.charting import chart_of, unplaced
from kith.core.reports.charts import Chart, Mark, Series, draw, maps, world
from kith.core.reports.shape import Report
from kith.core.views import from_address


def make(label, **values):
    return writes.create(SYSTEM, registry.get(label), values)


def company(name, country="", region="", **values):
    made = make("parties.company", name=name, **values)
    if country:
        make("parties.address", party=made.pk, country=country, region=region, is_primary=True)
    return made


@pytest.fixture
def companies(people):
    """Two in Norway (East, West), one in Sweden, one in the Antarctic, one nowhere."""
    for n, place in enumerate((("NO", "East"), ("NO", "West"), ("SE", "South"), ("AQ", ""), ("", ""))):
        company(f"C{n}", *place, owner=people.ann.pk)


def table(rows, actor=SYSTEM, measure="count"):
    entity = registry.get("parties.company")
    return engine.run(
        Report(entity, from_url([]), reading.dimensions(rows), (), (reading.figure(measure),), chart="map"), actor
    )


def test_the_world_has_every_country_once_and_only_real_ones():
    assert len(world.CELLS) == 204 == len(set(world.CELLS.values()))
    assert set(world.CELLS) <= set(codes()) | {"XK"}
    x, y = zip(world.CELLS["NO"], world.CELLS["ZA"], world.CELLS["US"], world.CELLS["JP"], strict=True)
    assert y[0] < y[1] and x[2] < x[0] < x[3]


def test_countries_stand_on_their_own_tiles_and_open_their_rows(people, companies):
    chart = chart_of(table("country", people.actors.eva))
    assert set(chart.categories) == {"Norway", "Sweden", "Antarctica", "(empty)"}
    seats = {chart.names[at]: cell for at, cell in maps.seats(chart).items()}
    assert seats == {"NO": world.CELLS["NO"], "SE": world.CELLS["SE"]}
    assert sorted(unplaced(chart)) == ["(empty)", "Antarctica"]
    tree = ElementTree.fromstring(str(draw(chart, "m")))
    links = {link.attrib["aria-label"]: link.attrib["href"] for link in tree.iter("a")}
    assert sorted(links) == ["Norway: 2", "Sweden: 1"]
    query = links["Norway: 2"].partition("?")[2]
    entity = registry.get("parties.company")
    opened = listing.rows(from_address(entity, people.actors.eva, QueryDict(query)), people.actors.eva)
    assert sorted(row.name for row in opened) == ["C0", "C1"]


def test_regions_stand_around_their_country(people, companies):
    chart = chart_of(table("country,region"))
    seats = {chart.categories[at]: cell for at, cell in maps.seats(chart).items()}
    assert set(seats) == {"East, Norway", "West, Norway", "South, Sweden"}
    assert world.CELLS["NO"] in seats.values()
    for name in ("East, Norway", "West, Norway"):
        assert max(abs(a - b) for a, b in zip(seats[name], world.CELLS["NO"], strict=True)) <= 1


def test_territories_lie_where_their_areas_are(people):
    nordics = make("parties.territory", name="Nordics")
    make("parties.territory", name="Norway", parent=nordics.pk, areas=["NO"])
    make("parties.territory", name="Sweden", parent=nordics.pk, areas=["SE/South"])
    japan = make("parties.territory", name="Japan", areas=["JP"])
    nowhere = make("parties.territory", name="Key accounts")
    for place in (nordics, nordics, japan, nowhere):
        company(f"{place}", territory=place.pk)
    chart = chart_of(table("territory"))
    found = dict(zip(chart.categories, chart.places, strict=True))
    assert found["Japan"] == world.CELLS["JP"]
    assert found["Nordics"] == world.middle({"NO", "SE"})
    assert unplaced(chart) == ["Key accounts"]


def test_the_map_counts_what_the_reader_may_see(people, companies):
    company("Tom's", "NO", owner=people.tom.pk)
    chart = chart_of(table("country", people.actors.ann))
    assert dict(zip(chart.categories, (mark.value for mark in chart.series[0].marks), strict=True))["Norway"] == 2


def test_two_on_one_place_take_tiles_beside_each_other():
    marks = tuple(Mark(Decimal(n)) for n in (1, 5, 3))
    chart = Chart("map", "x", ("a", "b", "c"), (Series("x", marks),), places=((4.5, 4.5), (4.5, 4.5), (4.5, 4.5)))
    cells = maps.seats(chart)
    assert len(set(cells.values())) == 3
    assert all(abs(x - 4.5) <= 1 and abs(y - 4.5) <= 1 for x, y in cells.values())


def test_a_map_of_what_lies_nowhere_says_what_it_needs(people, companies):
    html = people.clients.eva.get("/companies/report?rows=status&m=count&chart=map").content.decode()
    assert "A map needs countries or territories" in html and "<svg" in html
    assert 'id="report-wide-title"' not in html
    html = people.clients.eva.get("/companies/report?rows=country&m=count&chart=map").content.decode()
    assert "Not on the map: " in html and "Antarctica" in html and 'id="report-wide-title"' in html
