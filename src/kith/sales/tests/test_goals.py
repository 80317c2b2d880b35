"""Figures of dashboards compared with the targets that people set: which ones count for a period, people and a region."""

import json
from decimal import Decimal

import pytest
import time_machine

from kith.core.access import SYSTEM, actor_of
from kith.core.dashboards import tiles
from kith.core.dashboards.tests.setup import DEAL, ask, board, make, tile, view
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.testing.people import grant, make_user

pytestmark = pytest.mark.django_db
QUARTER = {"starts_on": "2026-10-01", "ends_on": "2026-12-31"}
MONTHS = [("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30"), ("2026-12-01", "2026-12-31")]


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel("2026-11-18T10:00:00Z", tick=False):
        yield


@pytest.fixture
def won(people):
    """A dashboard of Eva's for everybody: new deals of the quarter, compared with what is set, else with 40."""
    every = view(DEAL, "All deals", is_public=True)
    made = tile("figure", every, date="created_at", goal="created_count", target="40")
    company = make("parties.company", name="Halden Paper AS")
    for number in range(5):
        make(DEAL, name=f"Deal {number}", company=company.pk, owner=people.ann.pk)
    return board(people.actors.eva, made, is_public=True, period="quarter")


def target(value, **more):
    return make("sales.salestarget", metric="created_count", value=str(value), **(QUARTER | more))


def goal(dashboard, actor, query=""):
    return ask(dashboard, actor, query).figure


def test_without_a_target_its_own_number_counts(people, won):
    found = goal(won, people.actors.eva)
    assert (found.goal, found.share, found.goal_href) == (Decimal(40), Decimal("12.5"), "")
    target(10, person=people.tom.pk)
    assert goal(won, people.actors.eva, f"who={people.ann.pk}").goal == 40
    assert (
        goal(won, people.actors.eva, "period=month").goal == 40
        and goal(won, people.actors.eva, "period=all").goal == 40
    )


def test_people_have_their_own_ones_and_teams_their_sum(people, won):
    target(10, person=people.eva.pk)
    target(20, person=people.ann.pk)
    target(99, person=people.ann.pk, starts_on="2027-01-01", ends_on="2027-03-31")
    target(7, person=people.ann.pk, product=make("catalogue.product", name="Pump").pk)
    mine = goal(won, people.actors.eva, "who=me")
    assert (mine.goal, mine.target) == (Decimal(10), "10")
    assert mine.goal_href == "/targets/?f=metric%3Aany%3Acreated_count&f=starts_on%3Abetween%3A2026-10-01%2C2026-12-31&f=ends_on%3Abetween%3A2026-10-01%2C2026-12-31"  # fmt: skip
    assert people.clients.eva.get(mine.goal_href).text.count("/targets/0") >= 1
    assert goal(won, people.actors.eva, f"who={people.ann.pk}").share == Decimal(25)
    assert goal(won, people.actors.eva).goal == 30  # of everybody, since neither company nor departments have one


def test_months_make_a_quarter_only_when_none_is_missing(people, won):
    for first, last in MONTHS[:2]:
        target(10, person=people.eva.pk, starts_on=first, ends_on=last)
    assert goal(won, people.actors.eva, "who=me").goal == 40
    target(12, person=people.eva.pk, starts_on=MONTHS[2][0], ends_on=MONTHS[2][1])
    assert goal(won, people.actors.eva, "who=me").goal == 32
    assert goal(won, people.actors.eva, "who=me&period=month").goal == 10
    target(50, person=people.eva.pk)  # the quarter itself goes before its months
    assert goal(won, people.actors.eva, "who=me").goal == 50


def test_the_company_goes_before_its_departments_and_those_before_people(people, won):
    sales = make("people.orgunit", name="Sales")
    north = make("people.orgunit", name="North", parent=sales.pk)
    service = make("people.orgunit", name="Service")
    target(5, person=people.ann.pk)
    target(60, unit=north.pk)
    target(100, unit=sales.pk)
    target(30, unit=service.pk)
    assert goal(won, people.actors.eva).goal == 130  # North is a part of Sales
    target(200)
    assert goal(won, people.actors.eva).goal == 200
    place = make("parties.territory", name="Norway")
    target(8, territory=place.pk)
    assert goal(won, people.actors.eva, f"where={place.pk}").goal == 8


def test_only_targets_that_the_reader_sees(people, won):
    target(10, person=people.eva.pk)
    reader = make_user("Rita")
    grant(reader, (DEAL, "view", "all"))
    assert goal(won, actor_of(reader.pk), f"who={people.eva.pk}").goal == 40
    api = people.clients.eva.get(f"/api/v1/dashboards/{won.pk}/data?who=me").json()["tiles"][0]["figure"]
    assert (api["value"], api["target"]) == (0, "10.00")


def test_a_tile_names_no_target_that_there_is_not(people, won):
    for name in ("tasks_done", "nonsense"):
        with pytest.raises(Refused, match="is no target for these records"):
            board(people.actors.eva, {**won.tiles[0], "goal": name})
    assert registry.get("core.dashboard").rows(SYSTEM).count() == 1
    assert tiles.to_json(tiles.of(won.tiles[0]))["goal"] == "created_count"
    page = people.clients.eva.get(f"/dashboards/{won.pk}/tile-form", {"tile": json.dumps(won.tiles[0])}).text
    assert 'name="goal"' in page and "new opportunities, number" in page and "leads qualified" not in page
