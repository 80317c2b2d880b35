"""An administrator makes a formula and a roll-up in a real browser: checked while typed, at once in the list; no rule of axe broken."""

import os

import pytest

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.field_jobs import index_fields
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    yield make_people()
    custom_fields.forget()


@pytest.fixture
def companies(people):
    made = [
        writes.create(SYSTEM, registry.get("parties.company"), {"name": name, "employees_count": count, "owner": people.eva.pk})
        for name, count in (("Halden Papir", 120), ("Nord AS", 40), ("Süd GmbH", 7))
    ]  # fmt: skip
    for at in range(3):
        amount = {"amount": str(1000 * (at + 1)), "currency": "EUR"}
        writes.create(SYSTEM, registry.get("sales.opportunity"), {"name": f"Deal {at}", "company": made[at % 2].pk, "budget": amount})  # fmt: skip
    return made


def shot(page, name):
    if shots := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{shots}/{name}.png", full_page=True)


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_a_formula_and_a_roll_up_are_made_and_stand_in_the_list(people, companies, browser, live_server, size, scheme):
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/formula-fields/new")
        page.select_option("#f-entity", "parties.company")
        page.fill("#f-label", "Size of the company")
        page.locator("#f-formula").press_sequentially('if(emploees_count > 30, "large", "small")', delay=2)
        page.wait_for_selector("#f-formula-check mark:has-text('emploees_count')")
        assert "employees_count" in page.inner_text("#f-formula-check")
        assert browsing.violations(page) == []
        shot(page, f"formula-wrong-{size}-{scheme}")
        page.fill("#f-formula", 'if(employees_count > 30, "large", "small")')
        page.wait_for_selector("#f-formula-check li:has-text('Halden Papir'):has-text('large')")
        assert page.locator("#f-formula-check li").count() == 3
        page.click("#f-formula-words summary:has-text('How formulas are written')")
        assert browsing.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        shot(page, f"formula-{size}-{scheme}")
        page.click("main button:has-text('Create')")
        page.wait_for_selector("h1:has-text('Size of the company')")
        shot(page, f"formula-record-{size}-{scheme}")

        page.goto(f"{live_server.url}/rollup-fields/new")
        page.select_option("#f-entity", "parties.company")
        page.fill("#f-label", "Budgets")
        page.select_option("#f-source", "sales.opportunity")
        page.fill("#f-link", "company")
        page.select_option("#f-how", "sum")
        page.fill("#f-value", "budget")
        page.wait_for_selector("#f-value-check li:has-text('Nord AS'):has-text('2,000')")
        page.check("input[type=checkbox][name=is_indexed]")
        assert browsing.violations(page) == []
        shot(page, f"rollup-{size}-{scheme}")
        page.click("main button:has-text('Create')")
        page.wait_for_selector("h1:has-text('Budgets')")
        assert index_fields() == {"built": 1, "dropped": 0}

        page.goto(
            f"{live_server.url}/companies/?cols=name,employees_count,x_size_of_the_company,x_budgets&sort=-x_budgets"
        )
        page.wait_for_selector("#list")
        text = page.inner_text("#list")
        assert text.index("Halden") < text.index("Nord")
        shot(page, f"formula-list-{size}-{scheme}")
        page.goto(f"{live_server.url}/companies/{companies[0].pk}/")
        assert "Size of the company" in page.inner_text("main") and "4,000" in page.inner_text("main")
        shot(page, f"formula-company-{size}-{scheme}")
