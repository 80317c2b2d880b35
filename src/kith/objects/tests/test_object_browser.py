"""An administrator makes a kind of record in a real browser and works with it at once; no rule of axe is broken on desk and phone."""

import os

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


def seen(page, name):
    """No finding of axe, nothing wider than the page, and a picture where one is asked for."""
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if shots := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{shots}/objects-{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_from_a_new_noun_to_its_board(people, browser, live_server, size, scheme):
    factory.make("parties.company", name="Halden Paper")
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/settings/objects/new")
        for language, one, many in (
            ("en", "machine", "machines"),
            ("ru", "станок", "станки"),
            ("zh-hans", "机床", "机床"),
        ):
            page.fill(f"#f-name-{language}", one)
            page.fill(f"#f-plural-{language}", many)
        page.check("input[name=icon][value=factory]")
        page.check("input[name=hue][value=orange]")
        page.check("#f-has_process")
        page.fill("#f-day_name-en", "next service")
        page.click("#link-add")
        page.select_option("#link-target-0", "parties.company")
        page.click("#link-add")
        page.wait_for_selector("#link-target-1")
        page.click("#link-remove-1")
        page.wait_for_selector("#link-target-1", state="detached")
        seen(page, f"new-{size}-{scheme}")
        page.click("#object-save")
        page.wait_for_url("**/settings/objects/machine/edit")
        seen(page, f"edit-{size}-{scheme}")
        page.click("a:has-text('Open the list')")
        page.wait_for_url("**/machines/")
        seen(page, f"list-{size}-{scheme}")
        page.goto(f"{live_server.url}/machines/new?full=1")
        page.fill("#f-name", "TX-400")
        page.fill("#f-company", "Halden")
        page.click("#f-company-list [role=option]:has-text('Halden Paper')")
        page.click("#record-form button[type=submit]:has-text('Create')")
        page.wait_for_selector("h1:has-text('TX-400')")
        seen(page, f"record-{size}-{scheme}")
        record = registry.get("objects.machine").rows(SYSTEM).get()
        assert (record.name, record.company.name, record.stage.key) == ("TX-400", "Halden Paper", "new")
        page.goto(f"{live_server.url}/machines/board")
        page.wait_for_selector(".deal:has-text('TX-400')")
        seen(page, f"board-{size}-{scheme}")
        page.goto(f"{live_server.url}/companies/{record.company_id}/?tab=machine-company")
        page.wait_for_selector("#related-full:has-text('TX-400')")
