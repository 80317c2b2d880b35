"""The page of the funnel in a real browser: no rule of axe broken on desk and phone, in light and dark; groups lead on."""

import datetime as dt
import os

import pytest
import time_machine
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.processes.book import book

pytestmark = pytest.mark.django_db(transaction=True)
PATHS = (("qualified", "offer", "negotiation", "won"), ("qualified", "offer", "lost"), ("qualified",), ("lost",), ())


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def deals(people):
    """Fifteen deals of two owners and sources on their ways through the stages."""
    company = factory.make("parties.company")
    sources = [factory.make("parties.source", name=name) for name in ("Fair", "Web")]
    reason = factory.make("sales.reason", result="lost", needs_text=False)
    for at in range(15):
        start = timezone.now() - dt.timedelta(days=80 - at)
        values = {
            "name": f"Deal {at}", "company": company.pk, "owner": (people.ann, people.tom)[at % 2].pk, "closes_on": "2027-06-30",
            "amount": {"amount": "1200", "currency": "EUR"}, "source": sources[at % 3 % 2].pk,
        }  # fmt: skip
        with time_machine.travel(start, tick=False):
            record = writes.create(SYSTEM, registry.get("sales.opportunity"), values)
        for step, key in enumerate(PATHS[at % 5]):
            with time_machine.travel(start + dt.timedelta(days=(step + 1) * (3 + at)), tick=False):
                more = {"reasons": [reason.pk]} if key == "lost" else {}
                stage = book().default(SYSTEM, "sales.opportunity").stage(key).pk
                record = writes.save(SYSTEM, record, {"stage": stage, **more})


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_the_comparison_breaks_no_rule_and_leads_on(people, deals, browser, live_server, size, scheme):
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        start = (timezone.localdate() - dt.timedelta(days=80)).isoformat()
        page.goto(f"{live_server.url}/sales/funnel?kind=year&at={start}")
        page.select_option("#by", "owner")
        page.click("main form button:has-text('Show')")
        page.wait_for_selector("th.rowh a:has-text('Ann Own')")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if shots := os.environ.get("KITH_SHOTS"):
            page.screenshot(path=f"{shots}/funnel-{size}-{scheme}.png", full_page=True)
            page.locator("section.card").last.scroll_into_view_if_needed()
            page.screenshot(path=f"{shots}/funnel-{size}-{scheme}-2.png", full_page=True)
        page.click("th.rowh a:has-text('Ann Own')")
        page.wait_for_selector("a.btn:has-text('Owner: Ann Own')")
        assert "8" in page.locator("section.card header .end").first.inner_text()
