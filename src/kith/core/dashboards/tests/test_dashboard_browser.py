"""A dashboard in a real browser: put together by dialog, keys and mouse, saved in one write, undone; filtered; refreshed; on a phone."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .setup import COMPANY, board, make, tile, view

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def every(people):
    for name, who, revenue in (
        ("Halden Paper AS", people.ann, "100000"),
        ("Nordfjord Mills", people.ann, "250000"),
        ("Lund Pumps AB", people.tom, "40000"),
    ):
        make(COMPANY, name=name, owner=who.pk, annual_revenue={"amount": revenue, "currency": "EUR"})
    return view(COMPANY, "All companies", is_public=True, columns=["name", "owner", "annual_revenue"], sort=["name"])


def stored(made):
    return registry.get("core.dashboard").rows(SYSTEM).get(pk=made.pk)


def loaded(page):
    browsing.until(page, "!document.querySelector('.dash-tile .skels')")


def order(page):
    return page.locator("[data-tile-id]").evaluate_all("all => all.map(one => one.dataset.title)")


def asks(page):
    """Whether leaving the page asks first."""
    return page.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def drag(page, source, target):
    (a, b) = (page.locator(one).bounding_box() for one in (source, target))
    page.mouse.move(a["x"] + 60, a["y"] + 10)
    page.mouse.down()
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + 20, steps=6)
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + 30, steps=2)
    page.mouse.up()


def test_one_is_put_together_saved_and_undone(visit_as, people, every):
    made = board(people.actors.ann, tile("note", text="<p>Read me</p>", title="Note", w=4, h=1), name="Mine")
    page = visit_as(people.clients.ann)(f"/dashboards/{made.pk}/arrange")
    assert not asks(page)
    page.click("#dash-add")
    page.wait_for_selector("#modal #f-view")
    page.select_option("#f-view", label="All companies")
    page.wait_for_selector("#f-measure")
    page.select_option("#f-measure", "sum:annual_revenue")
    page.fill("#f-title", "Revenue")
    page.fill("#f-target", "700 000")
    assert browsing.violations(page) == []
    page.click("#modal button[type=submit]")
    page.wait_for_selector("[data-tile-id] .kpi .v a:has-text('€350')")
    assert order(page) == ["Note", "Revenue"]
    page.locator("[data-tile-id]").nth(1).focus()
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    assert order(page) == ["Revenue", "Note"]
    add = page.locator("#dash-add").bounding_box()
    drag(page, "[data-tile-id] >> nth=1 >> .dash-head", "[data-tile-id] >> nth=0")
    page.mouse.click(add["x"] + 9, add["y"] + 9)  # a press right after letting go is heard
    page.wait_for_selector("#modal #f-view")
    page.keyboard.press("Escape")
    assert order(page) == ["Note", "Revenue"] and stored(made).version == 1 and asks(page)
    page.click("#dash-save")
    page.wait_for_selector(".toast:has-text('The dashboard is saved.')")
    assert [(one["kind"], one.get("w"), one.get("h")) for one in stored(made).tiles] == [
        ("note", 4, 1),
        ("figure", 4, 2),
    ]
    loaded(page)
    assert "50%" in page.inner_text(".kpi .x") and page.locator(".dash-tile").count() == 2
    page.click(".toast [data-undo], .toast button:has-text('Undo')")
    page.wait_for_selector(".toast:has-text('Undone'), .toast:has-text('restored')")
    assert len(stored(made).tiles) == 1


def test_it_is_filtered_refreshed_and_each_number_opens_its_rows(visit_as, people, every):
    secret = view(COMPANY, "Takeover targets", people.actors.eva)
    tiles = (
        tile("figure", every, measure="sum:annual_revenue"), tile("list", every, w=6, h=2), tile("chart", every, id="c", by="owner", w=6, h=3),
        tile("board", every, w=12), tile("regions", every, by="country", w=6), tile("figure", secret, id="s"), tile("note", text="<h3>Note</h3><p>Text</p>"),
    )  # fmt: skip
    made = board(people.actors.eva, *tiles, name="All", is_public=True)
    page = visit_as(people.clients.tom)(f"/dashboards/{made.pk}/")
    loaded(page)
    assert page.inner_text("#tile-figure-1 .v") == "€390K" and "akeover" not in page.content()
    assert "You may not see what is shown here." in page.inner_text("#tile-s")
    assert browsing.violations(page) == []
    page.select_option("#dash-who", "me")
    browsing.until(page, "document.querySelector('#tile-figure-1 .v')?.innerText.startsWith('€40')")
    assert "who=me" in page.url
    writes.save(
        SYSTEM,
        registry.get(COMPANY).rows(SYSTEM).get(name="Lund Pumps AB"),
        {"annual_revenue": {"amount": "55000", "currency": "EUR"}},
    )
    page.evaluate(
        "Date.now = (now => () => now() + 120000)(Date.now); document.dispatchEvent(new Event('visibilitychange'))"
    )
    browsing.until(page, "document.querySelector('#tile-figure-1 .v').innerText.startsWith('€55')")
    page.click("#tile-figure-1 .v a")
    page.wait_for_selector("#list tbody tr")
    assert page.locator("#list tbody tr[data-row]").count() == 1 and "Lund Pumps" in page.inner_text("#list")


def test_it_is_one_column_on_a_phone_in_the_dark(visit_as, people, every):
    made = board(
        people.actors.ann,
        tile("figure", every),
        tile("list", every, w=8),
        tile("chart", every, id="c", by="owner"),
        tile("board", every, w=12),
        name="Mine",
    )
    page = visit_as(people.clients.ann, size="phone", scheme="dark")(f"/dashboards/{made.pk}/")
    loaded(page)
    boxes = page.locator(".dash-tile").evaluate_all(
        "all => all.map(one => Math.round(one.getBoundingClientRect().width))"
    )
    assert len(set(boxes)) == 1 and boxes[0] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert browsing.violations(page) == []
