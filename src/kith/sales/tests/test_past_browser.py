"""The past in a real browser: a day is asked for, the bar says so, nothing can be changed, figures are explained; on desk and phone, light and dark."""

import os
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from kith.core import control_totals, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

from .past_story import tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def months(people):
    """Deals over three months up to today, with a night that was counted."""
    company = factory.make("parties.company", name="Halden Paper", owner=str(people.ann.pk))
    return tell(people, company)


def shot(page, name):
    """A picture, where they are asked for."""
    if shots := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_somebody_looks_at_the_end_of_last_month_and_asks_why_the_sum_changed(
    people, months, browser, live_server, size, scheme
):
    name = f"past-{size}-{scheme}"
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/opportunities/?f=")
        page.click("#past-button")
        page.wait_for_selector("#past-day")
        page.fill("#past-day", months["day"].isoformat())
        assert browsing.violations(page) == []
        shot(page, f"{name}-dialog")
        page.click("#past-form button[type=submit]")
        page.wait_for_selector("#past-bar")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        text = page.inner_text("#list")
        assert "Lathe" in text and "Press brake" in text and "Made later" not in text
        assert (
            page.locator("[data-edit^='/opportunities/'][data-edit*='/field/'], [name=ids], [data-bulk]").count() == 0
        )
        shot(page, f"{name}-list")
        page.goto(f"{live_server.url}/opportunities/board?f=&as_of={months['day']}")
        page.wait_for_selector("#past-bar")
        assert browsing.violations(page) == []
        shot(page, f"{name}-board")
        page.goto(f"{live_server.url}/opportunities/{months['grown'].pk}/?as_of={months['day']}")
        page.wait_for_selector("#past-record")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, f"{name}-record")
        page.goto(f"{live_server.url}/opportunities/differences?f=&from={months['day']}")
        page.wait_for_selector("#diff-changed")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, f"{name}-differences")
        page.goto(f"{live_server.url}/opportunities/why?f=&from={months['day']}&measure=sum:amount")
        page.wait_for_selector("#parts")
        page.click("#part-changed a")
        page.wait_for_selector("#opened")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert "Lathe" in page.inner_text("#opened")
        shot(page, f"{name}-why")
        page.goto(f"{live_server.url}/undo/together?user={people.ann.pk}&since=2020-01-01T00:00:00")
        page.wait_for_selector("#undo-form")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, f"{name}-undo")
        control_totals.keep()
        control_totals.compare()
        page.goto(f"{live_server.url}/control-totals")
        page.wait_for_selector("#control-totals table")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, f"{name}-control")
        page.goto(f"{live_server.url}/opportunities/?f=&as_of={months['day']}")
        page.click("#past-back")
        page.wait_for_selector("#list")
        assert "as_of" not in page.url and page.locator("#past-bar").count() == 0


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_somebody_asks_who_could_see_a_deal_and_which_group_of_a_report_grew(
    people, months, browser, live_server, size, scheme
):
    name, day = f"access-{size}-{scheme}", months["day"]
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)

        def look(address, wanted, picture):
            page.goto(f"{live_server.url}{address}")
            page.wait_for_selector(wanted)
            assert browsing.violations(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            shot(page, f"{name}-{picture}")

        since = timezone.now().isoformat()
        given = registry.get("sales.opportunity").rows(SYSTEM).get(pk=months["kept"].pk)
        writes.save(people.actors.eva, given, {"owner": people.max.pk}, reason="Max takes over")
        look(f"/opportunities/{given.pk}/access?{urlencode({'from': since})}", "#access-people", "then")
        text = page.inner_text("#access-changes")
        assert "Ann Own" in text and "Max takes over" in text
        assert "Eva All" in page.inner_text("#access-people")
        look(f"/opportunities/report?f=&rows=owner&m=sum:amount&as_of={day}", "#past-bar", "report")
        assert "Ann Own" in page.inner_text("#list")
        page.click("#past-bar a[href*='report/why']")
        page.wait_for_selector("#parts-total")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.click("#parts tbody a >> nth=0")
        page.wait_for_selector("#opened")
        assert browsing.violations(page) == []
        shot(page, f"{name}-why")
        look(f"/opportunities/calendar?f=&as_of={day}", "#past-bar", "calendar")
