"""Two people who are one, in a real browser: queue, comparison, merge, the old link, taking apart; axe on desk and phone."""

import os

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.parties import doubles
from kith.parties.entities.duplicate_pair import DuplicatePair

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = "parties.person"


def look_at(page, name, size, scheme):
    """No rule broken, nothing wider than the screen; a picture for whoever looks (KITH_SHOTS names the folder)."""
    assert browsing.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if folder := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=f"{folder}/{name}-{size}-{scheme}.png", full_page=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def twins(people):
    """Eva Lind twice, with a deal and a note, and two companies that are one."""
    arbor = factory.make("parties.company", name="Arbor", tax_id="7701234567")
    factory.make("parties.company", name="Arbor GmbH", tax_id="77 01 234567")
    shared = {"given_name": "Eva", "birth_date": "1980-05-17", "email": "eva@arbor.example"}
    one = factory.make(PERSON, **shared, family_name="Lind", phone="+4769184001", description="Knows wood.")
    other = factory.make(PERSON, **shared, family_name="Lindt", phone="+4769184002", description="Likes tea.")
    factory.make("activities.note", subject={"entity": PERSON, "id": str(other.pk)}, text="Called on Monday.")
    factory.make("sales.opportunity", name="Planks", company=arbor.pk, person=other.pk)
    doubles.look_through()
    return one, other


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_from_the_queue_to_one_record_and_back(people, twins, browser, live_server, size, scheme):
    one, other = twins
    with browsing.page(browser, size=size, scheme=scheme) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/people/{one.pk}/")
        page.wait_for_selector("#doubles :text('Possible duplicates')", state="attached")
        look_at(page, "merge-record", size, scheme)
        page.goto(f"{live_server.url}/duplicates?kind=people")
        page.wait_for_selector("tbody tr")
        look_at(page, "merge-queue", size, scheme)
        page.click("tbody tr a:has-text('Compare')")
        page.wait_for_selector("#merge-form")
        look_at(page, "merge-compare", size, scheme)
        page.check(f"input[name='take-family_name'][value='{other.pk}']")
        page.click("#merge-do")
        page.wait_for_selector(".toast:has-text('2 records merged into “Eva Lindt”.')")
        assert page.url.endswith(f"/people/{one.pk}/")
        page.wait_for_selector("#timeline :text('Called on Monday.')")
        page.goto(f"{live_server.url}/people/{other.pk}/")
        assert page.url.endswith(f"/people/{one.pk}/")
        page.goto(f"{live_server.url}/people/{other.pk}/?tab=history")
        page.wait_for_selector("#merged :text('Eva Lindt')")
        look_at(page, "merge-history", size, scheme)
        page.click("#apart-1")
        page.wait_for_selector(":text('This was a merge.')")
        look_at(page, "merge-apart", size, scheme)
        page.click("#undo-do:has-text('Take apart')")
        page.wait_for_selector(":text('This was undone already.')")
        page.goto(f"{live_server.url}/people/{other.pk}/")
        assert page.url.endswith(f"/people/{other.pk}/")
    rows = registry.get(PERSON).rows(SYSTEM)
    assert [rows.get(pk=each.pk).name for each in (one, other)] == ["Eva Lind", "Eva Lindt"]


def test_not_a_duplicate_leaves_the_queue_and_comes_back(people, twins, browser, live_server):
    with browsing.page(browser) as page:
        browsing.sign_in(page, people.clients.eva, live_server.url)
        page.goto(f"{live_server.url}/duplicates?kind=companies")
        page.click("tbody button:has-text('Not a duplicate')")
        page.wait_for_selector(":text('Nothing to decide')")
        page.click("a:has-text('Not a duplicate')")
        page.click("tbody button:has-text('Back into the queue')")
        page.wait_for_selector(":text('No pairs here')")
    assert list(DuplicatePair.objects.filter(kind="company").values_list("state", flat=True)) == ["open"]
