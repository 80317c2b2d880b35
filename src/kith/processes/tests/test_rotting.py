"""Rotting: whole days in a stage that allows fewer, in Python and in SQL alike (R62)."""

import datetime as dt
import re

import pytest
import time_machine

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import compile_filter, term
from kith.processes import rotting

START = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def entity():
    return registry.get("sales.opportunity")


@pytest.fixture
def limited(people, stages):
    """The first stage allows six days."""
    return writes.save(people.actors.eva, stages.new, {"max_days": 6})


@pytest.fixture
def began(limited, people):
    from kith.core.testing import factory

    company = factory.make("parties.company", owner=str(people.ann.pk))
    with time_machine.travel(START, tick=False):
        return writes.create(people.actors.ann, entity(), {"name": "Old", "company": company.pk})


@pytest.mark.parametrize(
    ("moment", "days"), [("2026-06-07T09:00", 0), ("2026-06-07T09:01", 6), ("2026-06-09T09:00", 8)]
)
def test_days_are_counted_once_the_limit_is_passed(began, moment, days):
    with time_machine.travel(dt.datetime.fromisoformat(f"{moment}+00:00"), tick=False):
        assert rotting.days(began) == days


def test_lists_filter_and_sort_by_it(began, deal, people):
    rows = entity().rows(SYSTEM)
    rotten = rows.filter(compile_filter(entity(), term("rotting_days:gt:0"), SYSTEM))
    assert [row.pk for row in rotten] == [began.pk]
    spec = entity().fields["rotting_days"]
    found = dict(rows.annotate(n=spec.expression()).values_list("pk", "n"))
    assert found[deal.pk] == 0 and found[began.pk] == rotting.days(began) > 100
    page = people.clients.ann.get("/opportunities/?sort=-rotting_days&cols=name,rotting_days").content.decode()
    assert page.index("Old") < page.index("Lathe")


def test_only_a_move_ends_it(began, people, stages):
    ann = people.actors.ann
    edited = writes.save(ann, began, {"next_step": "Call"})
    assert rotting.days(edited) > 100
    assert rotting.days(writes.save(ann, edited, {"stage": stages.won.pk})) == 0
    assert rotting.days(writes.save(ann, edited, {"stage": stages.qualified.pk})) == 0


def test_the_limit_works_at_once(began, people, limited):
    writes.save(people.actors.eva, limited, {"max_days": None})
    assert rotting.days(began) == 0
    assert not entity().rows(SYSTEM).filter(compile_filter(entity(), term("rotting_days:gt:0"), SYSTEM)).exists()


def test_a_card_and_the_path_tell_the_same_time(began, people):
    """Three days less an hour are two whole days, on the card as on the page; a day of the calendar more would contradict it."""
    with time_machine.travel(dt.datetime(2026, 6, 4, 8, tzinfo=dt.UTC), tick=False):
        board = people.clients.ann.get("/opportunities/board").content.decode()
        page = people.clients.ann.get(f"/opportunities/{began.pk}/").content.decode()
    card = board[board.index(f'id="row-{began.pk}"') :].partition("</li>")[0]
    assert ">2 d<" in card.replace("\xa0", " ") and "days ago" not in card
    with time_machine.travel(START + dt.timedelta(hours=1), tick=False):
        assert ">&lt; 1 d<" in people.clients.ann.get("/opportunities/board").text
    assert "2 d" in page[page.index('class="path"') :].partition("</div>")[0].replace("\xa0", " ")


def test_the_head_of_a_page_names_whom_it_is_about(began, people):
    page = people.clients.ann.get(f"/opportunities/{began.pk}/").content.decode()
    head = page[page.index('id="rec-head"') :].partition("</header>")[0]
    assert f'href="/companies/{began.company_id}/"' in head


def test_a_card_tells_its_days_once(began, deal, people):
    """In words where they are too many, beside the card's other dates where they are not."""
    page = people.clients.ann.get("/opportunities/board?f=").content.decode()
    late, fresh = (re.search(rf'<li class="deal[^>]*id="row-{key}".*?</li>', page, re.S)[0] for key in (began.pk, deal.pk))  # fmt: skip
    assert "days in this stage" in late and "<time" not in late
    assert "in this stage" not in fresh and "<time" in fresh
