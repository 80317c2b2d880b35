"""Taking the next record of a pool from the first page, in a real browser."""

import pytest

from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

from .help import fresh, lead, pool, waits

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_next_of_a_pool_is_taken(browser, transactional_db, live_server):
    people = make_people()
    made, one = pool(people.ann, name="Fair"), lead(name="From the fair")
    waits(made, one)
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.ann, live_server.url)
        page.goto(live_server.url + "/")
        assert "waiting: 1" in page.locator("#home-pools").inner_text() and browsing.violations(page) == []
        page.locator("#home-pools button").click()
        page.wait_for_url(f"**/leads/{one.pk}/", timeout=30_000)
    assert fresh(one).owner_id == people.ann.pk
