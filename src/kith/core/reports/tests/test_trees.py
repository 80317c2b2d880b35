"""Trees in reports: a parent covers itself and everything below, each record once; totals count nothing twice (R161)."""

import csv
import io

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.reports import engine, reading
from kith.core.reports.charting import chart_of
from kith.core.reports.shape import Report

pytestmark = pytest.mark.django_db


def make(label, **values):
    return writes.create(SYSTEM, registry.get(label), values)


@pytest.fixture
def territories(people):
    """World > Europe > Norway, Sweden; World > Asia; two companies in Norway, one in Europe itself, one in Asia, one nowhere."""
    world = make("parties.territory", name="World")
    europe = make("parties.territory", name="Europe", parent=world.pk)
    norway = make("parties.territory", name="Norway", parent=europe.pk)
    make("parties.territory", name="Sweden", parent=europe.pk)
    asia = make("parties.territory", name="Asia", parent=world.pk)
    for n, (place, staff) in enumerate(((norway, 5), (norway, 7), (europe, 11), (asia, 13), (None, 17))):
        values = {"name": f"C{n}", "employees_count": staff, "territory": place and place.pk, "owner": people.ann.pk}
        make("parties.company", **values)
    return {"world": world, "europe": europe, "norway": norway, "asia": asia}


def ask(label, rows, *measures, actor=SYSTEM, node=(), **more):
    figures = tuple(map(reading.figure, measures))
    return engine.run(
        Report(registry.get(label), from_url(list(node)), reading.dimensions(rows), reading.dimensions(more.pop("columns", "")), figures, **more),
        actor,
    )  # fmt: skip


def told(table):
    return [
        (line.keys[-1].level, line.label, *(table.value(line, None, at) for at in range(len(table.columns))))
        for line in table.lines
    ]


def test_a_parent_is_itself_and_everything_below_and_the_total_counts_once(territories):
    table = ask("parties.company", "territory", "count", "sum:employees_count")
    assert told(table) == [
        (0, "World", 4, 36), (1, "Europe", 3, 23), (2, "Norway", 2, 12), (1, "Asia", 1, 13), (0, "(empty)", 1, 17),
    ]  # fmt: skip
    assert [table.value(table.total, None, at) for at in (0, 1)] == [5, 53]


def test_each_on_its_own_and_with_those_without_a_match(territories):
    table = ask("parties.company", "territory:each", "count")
    assert {line.label: table.value(line, None, 0) for line in table.lines} == {
        "Norway": 2, "Asia": 1, "Europe": 1, "(empty)": 1,
    }  # fmt: skip
    every = ask("parties.company", "territory", "count", every=True)
    assert (2, "Sweden", 0) in told(every)


def test_branches_stay_together_in_any_order(territories):
    table = ask("parties.company", "territory", "count", order="0")
    assert [line.label for line in table.lines] == ["(empty)", "World", "Asia", "Europe", "Norway"]
    named = ask("parties.company", "territory", "count", order="label")
    assert [line.label for line in named.lines] == ["World", "Asia", "Europe", "Norway", "(empty)"]


def test_only_the_largest_branches_are_shown_and_the_total_covers_them(territories):
    table = ask("parties.company", "territory", "count", having=(reading.having("0:ge:3"),))
    assert told(table) == [(0, "World", 4), (1, "Europe", 3)]
    assert table.value(table.total, None, 0) == 4


def test_a_chart_draws_the_first_level_with_several_branches(territories):
    assert chart_of(ask("parties.company", "territory", "count", node=["territory:filled"])).categories == (
        "Europe",
        "Asia",
    )


def test_a_reader_rolls_up_only_what_they_may_see(territories, people):
    make("parties.company", name="Tom's", territory=territories["norway"].pk, owner=people.tom.pk)
    assert told(ask("parties.company", "territory", "count", actor=people.actors.ann))[0] == (0, "World", 4)
    assert told(ask("parties.company", "territory", "count", actor=people.actors.eva))[0] == (0, "World", 5)


def test_departments_roll_up_over_their_people(people):
    top = make("people.orgunit", name="Company")
    sales = make("people.orgunit", name="Sales", parent=top.pk)
    make("people.employee", name="A", org_unit=sales.pk), make("people.employee", name="B", org_unit=top.pk)
    assert told(ask("people.employee", "org_unit", "count")) == [(0, "Company", 2), (1, "Sales", 1)]


def test_places_roll_up_from_streets_to_countries(people):
    company = make("parties.company", name="C")
    for street, city, region, country in (
        ("A 1", "Oslo", "East", "NO"), ("A 1", "Oslo", "East", "NO"), ("B 2", "Oslo", "East", "NO"), ("A 1", "Bergen", "West", "NO"), ("A 1", "Lund", "South", "SE"),
    ):  # fmt: skip
        make("parties.address", party=company.pk, street=street, city=city, region=region, country=country)
    table = ask("parties.address", "country,region,city,street", "count")
    found = {tuple(key.label for key in line.keys): table.value(line, None, 0) for line in table.lines}
    assert [found["Norway",], found["Norway", "East"], found["Norway", "East", "Oslo"]] == [4, 3, 3]
    assert (found["Norway", "East", "Oslo", "A 1"], found["Sweden",]) == (2, 1)
    assert table.value(table.total, None, 0) == 5


def test_a_branch_is_a_condition_too(territories, people):
    europe = territories["europe"]
    answer = people.clients.eva.get(f"/api/v1/companies?f=territory:within:{europe.pk}").json()
    assert sorted(row["name"] for row in answer["results"]) == ["C0", "C1", "C2"]
    assert people.clients.eva.get("/api/v1/companies?f=industry:within:x").status_code == 400
    assert people.clients.eva.get(f"/companies/filter?term=territory:within:{europe.pk}").status_code == 200
    html = people.clients.eva.get(f"/companies/?f=territory:within:{europe.pk}").content.decode()
    assert "is in or below" in html and html.count('data-row="') == 3


def test_files_say_where_a_branch_lies(territories, people):
    answer = people.clients.eva.get("/companies/report/export?rows=territory&m=count&format=csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1:4] == [["World", "4"], ["World › Europe", "3"], ["World › Europe › Norway", "2"]]
    body = people.clients.eva.get("/api/v1/companies/report?rows=territory&m=count").json()
    assert [line["groups"][0]["level"] for line in body["lines"]] == [0, 1, 2, 1, 0]
