"""What tiles show, in exact numbers, with the rights of whoever looks; the filter over all of them; each number opens its rows."""

from decimal import Decimal
from urllib.parse import urlsplit

import pytest
import time_machine
from django.http import QueryDict

from kith.core import listing
from kith.core.access import actor_of
from kith.core.entity import registry
from kith.core.filters import BadFilter
from kith.core.testing.people import grant, make_user
from kith.core.ui.list_page import address
from kith.core.views import from_address

from .setup import COMPANY, DEAL, ask, board, make, tile, view

pytestmark = pytest.mark.django_db
NOW = "2026-11-18T10:00:00Z"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deals(people):
    """Ann: 100 + 250 this quarter, 200 the one before; Tom: 1,000 this quarter, in Bergen."""
    north = make("parties.territory", name="North")
    bergen = make("parties.territory", name="Bergen", parent=north.pk)
    company = make(COMPANY, name="Halden Paper AS", owner=people.ann.pk)
    rows = ((people.ann, 100, "2026-10-05", None), (people.ann, 250, "2026-11-20", north), (people.ann, 200, "2026-08-03", None), (people.tom, 1000, "2026-12-01", bergen))  # fmt: skip
    return [
        make(DEAL, name=f"Deal {amount}", company=company.pk, owner=who.pk, amount={"amount": str(amount), "currency": "EUR"}, closes_on=day, territory=place and place.pk)
        for who, amount, day, place in rows
    ]  # fmt: skip


@pytest.fixture
def every(people):
    return view(DEAL, "All deals", is_public=True, columns=["name", "amount", "owner"], sort=["-amount"])


def opened(href, actor):
    """The rows that an address opens."""
    parts = urlsplit(href)
    entity = registry.by_slug(parts.path.strip("/").split("/")[0])
    look = from_address(entity, actor, QueryDict(parts.query), ())
    return sorted(str(row) for row in listing.page(look, actor).records)


def test_a_number_is_counted_with_the_rights_of_the_reader_and_opens_its_rows(people, deals, every):
    made = board(people.actors.eva, tile("figure", every), is_public=True)
    told = {who: ask(made, getattr(people.actors, who)).figure for who in ("eva", "tom", "ann")}
    assert {who: one.value for who, one in told.items()} == {"eva": 4, "tom": 4, "ann": 3}
    assert opened(told["ann"].href, people.actors.ann) == ["Deal 100", "Deal 200", "Deal 250"]
    assert ask(made, people.actors.max).state == "hidden"


def test_a_sum_tells_the_difference_to_the_period_before_and_its_share_of_the_target(people, deals, every):
    made = board(
        people.actors.eva, tile("figure", every, measure="sum:amount", date="closes_on", target="500"), period="quarter"
    )
    ann = ask(made, people.actors.ann, "who=me").figure
    eva = ask(made, people.actors.eva, "who=me").figure
    # Ann owns 350 of this quarter and 200 of the 92 days before.
    found = ask(made, people.actors.eva, f"who={people.ann.pk}").figure
    assert (found.value, found.currency, found.share, found.change, found.tone) == (
        Decimal("350.00"),
        "EUR",
        Decimal(70),
        "+75.0%",
        "up",
    )
    assert found.before == "Period before: €200" and found.text == "€350"
    assert (ann.value, ann.change) == (found.value, found.change) and opened(found.href, people.actors.eva) == [
        "Deal 100",
        "Deal 250",
    ]
    assert (eva.value, eva.change, eva.arrow) == (0, "±0", "")
    less = board(people.actors.eva, tile("figure", every, date="closes_on", less=True), period="quarter")
    count = ask(less, people.actors.eva).figure
    assert (count.value, count.change, count.arrow, count.tone) == (3, "+2", "up", "down")


def test_the_bar_is_about_period_people_and_regions_with_those_below(people, deals, every):
    made = board(people.actors.eva, tile("figure", every, date="closes_on"))
    values = lambda query: ask(made, people.actors.eva, query).figure.value  # noqa: E731
    north = registry.get("parties.territory").rows(people.actors.eva).get(name="North")
    assert [values(q) for q in ("", "period=quarter", "period=before_quarter", "period=month", "period=year")] == [
        4,
        3,
        1,
        1,
        4,
    ]
    assert values("period=custom&from=2026-12-01&to=2026-12-01") == 1
    assert [values(q) for q in (f"who={people.tom.pk}", "who=me", f"where={north.pk}")] == [1, 0, 2]
    assert values(f"where={north.pk}&period=month") == 1
    for query in (
        "period=x",
        "who=x",
        "where=x",
        "period=custom&from=x",
        "period=custom&from=2026-12-02&to=2026-12-01",
    ):
        with pytest.raises(BadFilter):
            ask(made, people.actors.eva, query)


def test_a_tile_without_such_a_field_is_left_as_it_is(people, deals, every):
    own = board(people.actors.eva, tile("figure", every), period="before_year")
    assert ask(own, people.actors.eva).figure.value == 4
    found = ask(own, people.actors.eva)
    assert found.figure.change == ""


def test_a_chart_of_a_view_and_of_a_saved_report(people, deals, every):
    report = view(
        DEAL,
        "By owner",
        is_public=True,
        shape="report",
        report={"rows": ["owner"], "m": ["sum:amount"], "chart": "hbar"},
    )
    made = board(
        people.actors.eva,
        tile("chart", every, by="owner", chart="donut", measure="sum:amount"),
        tile("chart", report, id="two", date="closes_on"),
        period="quarter",
    )
    first, second = (ask(made, people.actors.eva, at=at).table for at in (0, 1))
    told = lambda table: {line.label: table.value(line, None, 0).amount for line in table.lines}  # noqa: E731
    assert (first.report.chart, second.report.chart) == ("donut", "hbar")
    assert told(first) == {"Ann Own": 550, "Tom Team": 1000} and told(second) == {"Ann Own": 350, "Tom Team": 1000}
    assert told(ask(made, people.actors.ann, at=0).table) == {"Ann Own": 550}


def test_the_first_rows_of_a_list_and_how_many_there_are(people, deals, every):
    made = board(people.actors.eva, tile("list", every, rows=2))
    page = ask(made, people.actors.eva).page
    assert ([str(row) for row in page.records], page.count) == (["Deal 1000", "Deal 250"], 4)
    assert [str(row) for row in ask(made, people.actors.ann).page.records] == ["Deal 250", "Deal 200"]


def test_a_board_is_counted_and_added_up_by_column_and_each_count_opens_its_rows(people, deals, every):
    made = board(people.actors.eva, tile("board", every))
    found = ask(made, people.actors.eva)
    full = [lane for lane in found.lanes if lane.total.count]
    assert [(lane.total.count, lane.total.sums) for lane in full] == [(4, {"EUR": 1550})] and len(found.lanes) > 3
    assert len(opened(address(full[0].look), people.actors.eva)) == 4
    assert sum(lane.total.count for lane in ask(made, people.actors.ann).lanes) == 3
    empty = next(lane for lane in found.lanes if not lane.total.count)
    assert opened(address(empty.look), people.actors.eva) == []


def test_regions_count_what_lies_in_and_below_them(people, deals, every):
    made = board(people.actors.eva, tile("regions", every, measure="sum:amount"))
    table = ask(made, people.actors.eva).table
    assert table.report.chart == "map"
    assert {line.label: table.value(line, None, 0).amount for line in table.lines} == {
        "North": 1250,
        "Bergen": 1000,
        "(empty)": 300,
    }


def test_what_cannot_be_worked_out_is_told_in_its_place(people, every):
    made = board(people.actors.eva, tile("figure", every, measure="sum:amount"), tile("note", id="n", text="<b>x</b>"))
    blind = make_user("Blind")
    role = grant(blind, (DEAL, "view", "all"))
    make("access.fieldpolicy", role=role.pk, entity=DEAL, field="amount", level="none", deny=True)
    answer = ask(made, actor_of(blind.pk))
    assert answer.state == "refused" and answer.figure is None
    assert ask(made, people.actors.max, at=1).state == "ok"
