"""All kinds of charts on one page, in a real browser: no rule of axe broken, links, table twin, pictures, three languages."""

import os
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import translation

from kith.core.reports.charts import Chart, Mark, Series, Unit, draw, figure, world
from kith.core.reports.charts.drawing import DRAWERS
from kith.core.testing import browser as browsing

MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun"), "ru": ("янв.", "февр.", "март", "апр.", "май", "июнь"),
    "zh-hans": ("1月", "2月", "3月", "4月", "5月", "6月"),
}  # fmt: skip
STAGES = ("Leads", "Qualified", "Proposal", "Negotiation", "Won")
EUR = Unit("money", "EUR")


def marks(*values, roles=()):
    return tuple(
        Mark(None if value is None else Decimal(value), f"/deals/?f=n:is:{n}", roles[n] if n < len(roles) else "")
        for n, value in enumerate(values)
    )


def charts(months=MONTHS["en"]):
    won, lost = Series("Won & kept", marks(12, 19, 3, 0, 8, 22)), Series("Lost", marks(5, 4, 9, 2, 7, 1))
    web = Series("Web", marks(3, 8, 2, 6, 1, 4))
    money = Series("2026", marks(800_000, 910_500, 930_000, 1_010_000, 960_000, 1_208_000))
    goal = Series("Goal", marks(850_000, 880_000, 930_000, 980_000, 1_040_000, 1_100_000), "target")
    before = Series("2025", marks(720_000, 760_000, None, 860_000, 910_000, 900_000), "before")
    return {
        "bar": Chart("bar", "Won and lost", months, (won, lost, web)),
        "stack": Chart("stack", "Deals by month", months, (won, lost, web)),
        "hbar": Chart("hbar", "Why we lose", ("Price", "No decision", "Lead time of a very long name", "Other"), (Series("Deals", marks(21, 15, 10, 0)),)),
        "line": Chart("line", "Revenue against goal", months, (money, before, goal), EUR),
        "area": Chart("area", "Revenue", months, (money,), EUR),
        "burnup": Chart("burnup", "Won so far", months, (Series("Won", marks(1, 3, 8, 12, None, None)), Series("Target", marks(2, 5, 8, 11, 14, 17), "target"))),
        "donut": Chart("donut", "Cases", ("In time", "Late answer", "Breached"), (Series("Cases", marks(412, 38, 17)),)),
        "funnel": Chart("funnel", "Sales funnel", STAGES, (Series("Deals", marks(1240, 508, 264, 127, 84)),)),
        "waterfall": Chart(
            "waterfall", "Deals flow", ("1 Oct", "New", "Raised", "Lowered", "Lost", "31 Dec"),
            (Series("Value", marks(900, 420, 80, -120, -310, 970, roles=("total", "", "", "", "", "total"))),), EUR,
        ),
        "heat": Chart("heat", "Win rate by source", ("Paper", "Food", "Energy"), (Series("Fair", marks("0.44", "0.39", "0.41")), Series("Web", marks("0.23", None, "0.1"))), Unit("percent")),
        "map": Chart(
            "map", "Won by country", ("Norway", "Sweden", "Germany", "Oslo, Norway", "China", "Atlantis"), (Series("Won", marks(12, 9, 30, 4, 7, 1)),),
            short=("NO", "SE", "DE", "Oslo", "CN", "Atlantis"), places=(*(world.middle({code}) for code in ("NO", "SE", "DE", "NO", "CN")), None),
        ),
        "gauge": Chart("gauge", "Target of the quarter", ("Won",), (Series("Won", marks(2_840_000)),), EUR, target=Decimal(3_600_000)),
        "spark": Chart("spark", "Trend", months, (Series("Won", tuple(Mark(Decimal(n)) for n in (3, 5, 4, 8, 7, 9))),)),
    }  # fmt: skip


def gallery(language="en"):
    with translation.override(language):
        figures = "".join(
            f"<section><h2>{chart.title}</h2>{draw(chart, name) if name == 'spark' else figure(chart, name, files='/deals/report/export?rows=x')}</section>"
            for name, chart in charts(MONTHS[language]).items()
        )
    styles = "".join(f'<link rel="stylesheet" href="/static/kith/{name}.css">' for name in ("kith", "app", "charts"))
    return f'<!doctype html><html lang="{language}"><head><title>Charts</title>{styles}<script type="module" src="/static/kith/js/start.js"></script></head><body><main class="main" id="main"><h1>Charts</h1>{figures}</main></body></html>'


@pytest.fixture(scope="module")
def site():
    return browsing.Site({"/": gallery(), "/ru": gallery("ru"), "/zh": gallery("zh-hans")})


def test_every_kind_is_in_the_gallery():
    assert set(charts()) == {*DRAWERS, "spark"}


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_break_no_rule_and_fit_the_page(browser, site, size, scheme):
    with browsing.page(browser, site, size=size, scheme=scheme) as shown:
        shown.goto("/")
        assert browsing.violations(shown) == []
        width = 390 if size == "phone" else 1440
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        texts = shown.evaluate(
            "[...document.querySelectorAll('.drawn svg text')].filter((t) => t.getClientRects().length).map((t) => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a)"
        )
        assert min(texts) > 9.5
        if folder := os.environ.get("KITH_SHOTS"):
            for name in ("", "ru", "zh"):
                shown.goto(f"/{name}")
                shown.screenshot(path=Path(folder) / f"gallery-{name or 'en'}-{size}-{scheme}.png", full_page=True)


def test_marks_are_links_with_names_and_the_table_says_the_same(browser, site):
    with browsing.page(browser, site) as shown:
        shown.goto("/")
        first = shown.locator("#bar .wide a.mark").first
        assert first.get_attribute("aria-label") == "Jan, Won & kept: 12"
        assert first.get_attribute("href") == "/deals/?f=n:is:0"
        assert not shown.locator("#bar .twin").is_visible()
        shown.locator("#bar label", has_text="Table").click()
        assert shown.locator("#bar .twin").is_visible() and not shown.locator("#bar .wide").is_visible()
        assert shown.locator("#bar .twin tbody tr").first.inner_text().split() == ["Jan", "12", "5", "3"]


def test_a_chart_is_saved_as_a_picture_with_its_colours(browser, site):
    with browsing.page(browser, site) as shown:
        shown.goto("/")
        shown.locator("#stack [popovertarget=stack-files]").click()
        with shown.expect_download() as given:
            shown.locator("#stack-files [data-save=svg]").click()
        text = Path(given.value.path()).read_text()
        assert given.value.suggested_filename == "Deals by month.svg"
        assert "var(" not in text and "http://kith.test/deals/?f=n:is:0" in text and 'fill="url(#' in text
        shown.locator("#stack [popovertarget=stack-files]").click()
        with shown.expect_download() as given:
            shown.locator("#stack-files [data-save=png]").click()
        assert Path(given.value.path()).read_bytes()[:4] == b"\x89PNG"


def test_text_of_users_is_escaped():
    chart = Chart("bar", "<b>", ("<script>",), (Series('"x"', (Mark(Decimal(1), '/a/?q="><script>'),)),))
    tree = ElementTree.fromstring(str(draw(chart, "x")))
    names = {element.tag for element in tree.iter()}
    assert names <= {"svg", "title", "desc", "line", "text", "a", "rect"}
    assert tree.find(".//a").attrib["href"] == '/a/?q="><script>'
