"""The report page in a real browser: no rule of axe broken, the form changes the answer, a figure opens its rows."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_the_page_breaks_no_rule_and_is_changed_by_its_form(people, browser, live_server, size):
    rows = [{"name": f"C{n}", "status": "lost" if n % 3 else "active", "owner": people.ann.pk} for n in range(7)]
    writes.create_many(SYSTEM, registry.get("parties.company"), rows)
    with browsing.page(browser, size=size) as shown:
        browsing.sign_in(shown, people.clients.ann, live_server.url)
        shown.goto(f"{live_server.url}/companies/report?rows=status&m=count&chart=stack")
        assert browsing.violations(shown) == []
        if size == "phone":
            shown.check("#ask-toggle", force=True)
        shown.select_option("#columns-0", "owner")
        browsing.until(shown, "document.querySelector('.pivot thead')?.textContent.includes('Ann Own')")
        assert "columns=owner" in shown.url
        assert shown.locator("#columns-0").is_visible()
        assert browsing.violations(shown) == []
        shown.locator(".pivot tbody a", has_text="4").first.click()
        browsing.until(
            shown,
            "document.querySelectorAll('tbody tr[data-row]').length === 4",
        )
