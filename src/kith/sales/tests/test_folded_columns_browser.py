"""Folded columns of a board with many rows: their cards are asked for when they are opened, and a card put into one comes with them."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from kith.core import boards, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.core.ui import asking
from kith.processes.book import book

pytestmark = pytest.mark.django_db(transaction=True)
WON, NEW = ".board > [data-column=won]", ".board > [data-column=new]"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    """Opens pages as Ann: opened(size=…)(address)."""
    return partial(visit_as, people.clients.ann)


@pytest.fixture
def deals(people, monkeypatch):
    """Two open opportunities of Ann's and three that she won; the board reads its columns one by one."""
    monkeypatch.setattr(boards, "FEW", 0)
    monkeypatch.setattr(boards, "PAGE", 2)
    course = book().default(SYSTEM, "sales.opportunity")
    company = factory.make("parties.company", owner=people.ann.pk)
    closes = (timezone.localdate() + dt.timedelta(days=9)).isoformat()

    def deal(name, stage):
        values = {"name": name, "company": company.pk, "owner": people.ann.pk, "stage": course.stage(stage).pk, "closes_on": closes, "amount": {"amount": "100", "currency": "EUR"}}  # fmt: skip
        return writes.create(SYSTEM, registry.get("sales.opportunity"), values)

    return {name: deal(name, stage) for name, stage in (("Alder", "new"), ("Birch", "new"), *((f"Won {n}", "won") for n in range(3)))}  # fmt: skip


def names(page, lane):
    return sorted(page.locator(f"{lane} .deal .nm").all_inner_texts())


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_cards_of_a_folded_column_come_when_it_is_opened(deals, opened, size):
    page = opened(size=size)("/opportunities/board")
    assert names(page, NEW) == ["Alder", "Birch"]
    page.wait_for_timeout(300)  # nothing asks for them
    assert names(page, WON) == []
    assert page.locator(f"{WON} h2 .count").text_content() == "3"
    page.click(f"{WON} [data-fold-lane]")
    browsing.until(page, f"document.querySelectorAll('{WON} .deal').length === 2")
    page.click(f"{WON} .more button")
    browsing.until(page, f"document.querySelectorAll('{WON} .deal').length === 3")
    assert names(page, WON) == ["Won 0", "Won 1", "Won 2"]
    assert page.locator(f"{WON} .more").count() == 0
    page.reload()  # the device remembers that it is open, and reads it as soon as it is in sight
    page.locator(WON).scroll_into_view_if_needed()
    browsing.until(page, f"document.querySelectorAll('{WON} .deal').length === 2")


def test_a_card_put_into_a_folded_column_comes_with_the_others(deals, opened, monkeypatch):
    monkeypatch.setattr(asking, "ask", lambda *_given: None)  # no dialog, after which the board loads anew
    entity = registry.get("sales.opportunity")
    page = opened()("/opportunities/board")
    key = deals["Alder"].pk
    page.click(f"#row-{key} [data-move-menu]", force=True)
    page.click("#move-menu [data-to=won]")
    browsing.until(page, f"!document.getElementById('row-{key}')", 20)
    assert entity.rows(SYSTEM).get(pk=key).stage.key == "won"
    assert page.locator(f"{WON} h2 .count").text_content() == "4"
    page.click(f"{WON} [data-fold-lane]")
    browsing.until(page, f"document.querySelectorAll('{WON} .deal').length === 2")
    page.click(f"{WON} .more button")
    browsing.until(page, f"document.querySelectorAll('{WON} .deal').length === 4")
    assert names(page, WON) == ["Alder", "Won 0", "Won 1", "Won 2"]
