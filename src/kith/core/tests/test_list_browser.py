"""The list in a real browser: conditions, grouping, editing in cells, selecting, undo by a key; by keyboard where one would."""

from functools import partial

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
STATUSES = "[...document.querySelectorAll('tbody tr[data-row] [data-column=status]')].map((cell) => cell.textContent)"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    """Opens pages as Ann: opened(size=…)(address)."""
    return partial(visit_as, people.clients.ann)


@pytest.fixture
def shown(opened, people):
    names = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Oak")
    rows = [
        {"name": name, "status": "active" if n % 2 else "lost", "owner": people.ann.pk} for n, name in enumerate(names)
    ]
    writes.create_many(SYSTEM, registry.get("parties.company"), rows)
    page = opened()("/companies/?cols=name,status,email,annual_revenue")
    browsing.until(page, "document.querySelector('#count-all').textContent === '6'")
    return page


def rows(shown):
    return shown.locator("tbody tr[data-row]:visible").count()


def settled(shown, condition):
    browsing.until(shown, condition)
    shown.wait_for_timeout(100)
    browsing.until(shown, browsing.SETTLED)


def test_a_condition_is_added_changed_and_taken_away_and_back_works(shown):
    shown.keyboard.press("f")
    settled(shown, "document.querySelector('#filter-field')")
    shown.select_option("#filter-field", "status")
    settled(shown, "document.querySelector('#filter-pop input[value=lost]')")
    shown.check("#filter-pop input[value=lost]")
    shown.keyboard.press("Enter")
    settled(shown, "document.querySelectorAll('tbody tr[data-row]').length === 3")
    assert "f=status" in shown.url
    assert shown.get_attribute("#chip-1", "aria-label").strip() == "Status is any of Lost"
    shown.locator("#chip-1 [data-drop]").click()
    settled(shown, "document.querySelectorAll('tbody tr[data-row]').length === 6")
    shown.go_back()
    settled(shown, "document.querySelectorAll('tbody tr[data-row]').length === 3")


def test_groups_close_and_stay_closed(shown):
    shown.locator("[popovertarget=group-menu]").click()
    shown.locator("#group-menu").get_by_text("Status", exact=True).click()
    settled(shown, "document.querySelectorAll('tr.group').length > 1")
    first = shown.evaluate("document.querySelector('tr[data-in]').dataset.in")
    shown.locator(f"#group-{first}").click()
    assert rows(shown) == 3
    shown.reload()
    settled(shown, f"document.querySelector('#group-{first}')?.getAttribute('aria-expanded') === 'false'")
    assert rows(shown) == 3


def test_a_cell_is_edited_by_keys_an_error_stays_and_z_undoes(shown):
    shown.keyboard.press("j")
    shown.keyboard.press("F2")
    settled(shown, "document.activeElement.name === 'status'")
    shown.keyboard.press("Tab")
    settled(shown, "document.activeElement.name === 'email'")
    shown.keyboard.type("no mail")
    shown.keyboard.press("Enter")
    settled(shown, "document.querySelector('td.editing .err')")
    assert shown.evaluate("document.querySelector('tbody tr').hasAttribute('aria-busy')") is False
    shown.fill("td.editing input[name=email]", "a@example.com")
    shown.keyboard.press("Enter")
    settled(shown, "document.querySelector('tbody a[href^=mailto]')")
    shown.keyboard.press("z")
    settled(shown, "!document.querySelector('tbody a[href^=mailto]')")


def test_selected_rows_are_edited_together_and_taken_back(shown):
    shown.keyboard.press("j")
    shown.keyboard.press("x")
    shown.keyboard.press("j")
    shown.keyboard.press("x")
    assert shown.locator(".bulk b").inner_text() == "2 selected"
    shown.locator("[data-bulk$='/bulk/edit']").click()
    settled(shown, "document.querySelector('#bulk-field')")
    shown.select_option("#bulk-field", "status")
    settled(shown, "document.querySelector('#modal select[name=status]')")
    shown.select_option("#modal select[name=status]", "dormant")
    shown.locator("#modal button[type=submit]").click()
    settled(shown, f"{STATUSES}.filter((text) => text === 'Dormant').length === 2")
    shown.locator("#toasts [data-undo]").last.click()
    settled(shown, f"{STATUSES}.filter((text) => text === 'Dormant').length === 0")


def test_finding_keeps_the_focus_and_a_view_is_saved(shown):
    shown.click("#find-q")
    shown.keyboard.type("cedar")
    settled(shown, "document.querySelectorAll('tbody tr[data-row]').length === 1")
    assert shown.evaluate("document.activeElement.id") == "find-q"
    shown.get_by_role("button", name="Save view", exact=True).click()
    settled(shown, "document.querySelector('#modal #f-name')")
    shown.fill("#f-name", "Mine")
    shown.locator("#modal button[type=submit]").click()
    settled(
        shown,
        "[...document.querySelectorAll('.views a[aria-current]')].some((tab) => tab.textContent.startsWith('Mine'))",
    )


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(opened, people, size, scheme):
    rows = [{"name": f"Company {n}", "owner": people.ann.pk, "phone": f"030 123456{n}"} for n in range(3)]
    writes.create_many(SYSTEM, registry.get("parties.company"), rows)
    go = opened(size=size, scheme=scheme)
    for url in ("/companies/?group=status&f=status:any:active", "/companies/?f=name:is:none", "/trash"):
        page = go(url)
        page.wait_for_timeout(300)
        assert browsing.violations(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
