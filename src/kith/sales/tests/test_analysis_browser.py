"""The map, the cube and the pipeline report in a real browser: no rule of axe broken, a region and a cell open their rows."""

import os
from pathlib import Path

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import looks
from kith.core.testing.people import make_people
from kith.processes.book import book

pytestmark = pytest.mark.django_db(transaction=True)
CUBE = "rows=opportunityline-opportunity.product,company.industry,owner&columns=closed_at:quarter&m=sum:amount&m=count&chart=table&f=state:any:won"


def make(label, actor=SYSTEM, **values):
    return writes.create(actor, registry.get(label), values)


@pytest.fixture
def people(transactional_db):
    """Deals of Ann's: two products, two industries, three countries, two quarters; one deal with both products."""
    people = make_people()
    won = next(stage.pk for stage in book().default(SYSTEM, "sales.opportunity").stages if stage.key == "won")
    lathe, drill = (make("catalogue.product", name=name) for name in ("Lathe", "Drill"))
    paper, food = (make("parties.industry", name=name) for name in ("Paper", "Food"))
    nordics = make("parties.territory", name="Nordics")
    norway = make("parties.territory", name="Norway", parent=nordics.pk, areas=["NO"])
    sweden = make("parties.territory", name="Sweden", parent=nordics.pk, areas=["SE"])
    places = (("NO", "East", paper, norway), ("SE", "South", food, sweden), ("JP", "Kanto", food, None))
    for n, (country, region, industry, territory) in enumerate(places):
        company = make("parties.company", name=f"Company {n}", industry=industry.pk, owner=people.ann.pk)
        make("parties.address", party=company.pk, country=country, region=region, city="X", is_primary=True)
        for quarter, products in ((2, (lathe,)), (5, (lathe, drill) if n == 0 else (drill,))):
            deal = make("sales.opportunity", name=f"D{n}{quarter}", company=company.pk, owner=people.ann.pk, amount={"amount": "100", "currency": "EUR"},
                        territory=territory and territory.pk, stage=won, closed_at=f"2026-0{quarter}-10T09:00:00+00:00", started_on="2026-01-01")  # fmt: skip
            for product in products:
                make("sales.opportunityline", opportunity=deal.pk, product=product.pk, quantity="1")
    return people


def signed_in(shown, people, live_server, address):
    browsing.sign_in(shown, people.clients.eva, live_server.url)
    shown.goto(f"{live_server.url}{address}")


def keep(shown, name):
    if folder := os.environ.get("KITH_SHOTS"):
        shown.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_pages_break_no_rule_and_fit(people, browser, live_server, size):
    pages = {
        "map": "/opportunities/report?rows=company.country&m=count&chart=map",
        "regions": "/opportunities/report?rows=company.country,company.region&m=sum:amount&chart=map",
        "tree": "/opportunities/report?rows=territory&columns=closed_at:quarter&m=count&chart=bar",
        "cube": f"/opportunities/report?{CUBE}",
        "tiles": "/opportunities/report?m=count&m=sum:amount&chart=tiles&f=closed_at:between:2026-04-01,2026-06-30",
        "pipeline": "/sales/pipeline?kind=year",
        "analysis": "/sales/closing?kind=year",
    }
    seen = set()
    with browsing.page(browser, size=size) as shown:
        for name, address in pages.items():
            signed_in(shown, people, live_server, address)
            schemes = ("light", "dark") if looks.is_long() else (looks.chosen(("light", "dark"), name, size),)
            seen.update(schemes)
            for scheme in schemes:
                shown.emulate_media(color_scheme=scheme)
                browsing.until(shown, "document.getAnimations().every((one) => one.playState !== 'running')")
                keep(shown, f"{name}-{size}-{scheme}")
                only = browsing.DRAWN if scheme != schemes[0] else browsing.RULES
                assert browsing.violations(shown, only=only) == [], (name, scheme)
            shown.emulate_media(color_scheme="light")
            assert shown.evaluate("document.documentElement.scrollWidth") <= (390 if size == "phone" else 1440), name
    assert seen == {"light", "dark"}


def test_a_region_of_the_map_and_a_cell_of_the_cube_open_their_rows(people, browser, live_server):
    with browsing.page(browser) as shown:
        signed_in(shown, people, live_server, "/opportunities/report?rows=territory&m=count&chart=map")
        shown.locator('#report .wide a.mark[aria-label="Norway: 2"]').click()
        browsing.until(shown, "document.querySelectorAll('tbody tr[data-row]').length === 2")
        signed_in(shown, people, live_server, f"/opportunities/report?{CUBE}")
        rows = [text.split() for text in shown.locator(".pivot tbody tr").all_inner_texts()]
        assert rows[0] == ["Lathe", "€300", "€100", "€400", "3", "1", "4"]
        total = shown.locator(".pivot tfoot tr").inner_text().split()
        assert total == ["Total", "€300", "€300", "€600", "3", "3", "6"]
        shown.locator(".pivot tbody tr").first.locator("td a").nth(2).click()
        browsing.until(shown, "document.querySelectorAll('tbody tr[data-row]').length === 4")
