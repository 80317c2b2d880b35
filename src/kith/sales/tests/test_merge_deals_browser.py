"""Two deals that are one, from the list: compared, merged, taken apart by a key; their note is answered and reacted to."""

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
DEAL = "sales.opportunity"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def deals(people):
    """Two deals of one company with a note of Ann's about the second one, and one of hers about the company."""
    company = factory.make("parties.company", name="Arbor", owner=people.ann.pk)
    one, other = (factory.make(DEAL, name=name, company=company.pk, owner=people.ann.pk, amount=None) for name in ("Planks", "Boards"))  # fmt: skip
    for record, label, text in ((other, DEAL, "They want oak."), (company, "parties.company", "Ask for the buyer.")):
        subject = {"entity": label, "id": str(record.pk)}
        factory.make("activities.note", people.actors.ann, subject=subject, text=text)
    return one, other


def names():
    return sorted(registry.get(DEAL).rows(SYSTEM).values_list("name", flat=True))


def test_deals_are_merged_in_the_list_and_their_note_is_answered(visit_as, people, deals):
    one, _other = deals
    go = visit_as(people.clients.eva)
    page = go("/opportunities/")
    for _each in range(2):
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.click("[data-bulk$='/bulk/merge']")
    page.wait_for_selector("#merge-form")
    assert browsing.violations(page) == []
    if page.locator(f"#stay-{one.pk}").count():
        page.click(f"#stay-{one.pk}")
        page.wait_for_selector(f"input[name=survivor][value='{one.pk}']", state="attached")
    assert page.locator("#merge-moves li").all_inner_texts() == ["Notes\n1"]
    page.click("#merge-do")
    page.wait_for_selector(".toast:has-text('2 records merged into “Planks”.')")
    assert (page.url.endswith(f"/opportunities/{one.pk}/"), names()) == (True, ["Planks"])
    page.keyboard.press("z")
    browsing.until(page, "document.querySelector('#toasts [data-redo]:not([hidden])')")
    assert names() == ["Boards", "Planks"]
    page.keyboard.press("Shift+Z")
    browsing.until(page, "document.querySelector('#toasts [data-undo]:not([hidden])')")
    assert names() == ["Planks"]

    page = go(f"/opportunities/{one.pk}/")
    note = page.locator("article.ev:has-text('They want oak.')")
    note.locator("[id^=react-open-]").click()
    page.locator("[role=menuitemcheckbox]:visible, [role=menuitem]:visible").filter(has_text="Agreed").click()
    browsing.until(page, "document.querySelector('.react[aria-pressed=true]')")
    company = page.locator("article.ev:has-text('Ask for the buyer.')")
    assert (company.count(), company.locator("[data-quote]").count()) == (1, 0), (
        "an answer belongs to the record itself"
    )
    note.locator("[data-quote]").click()
    page.wait_for_selector("[data-reply-text]:has-text('They want oak.')")
    page.fill("#note-text", "Oak it is.")
    page.click("#note-form button[type=submit]")
    page.wait_for_selector("article.ev:has-text('Oak it is.') blockquote:has-text('They want oak.')")
    assert browsing.violations(page) == []
    ann = visit_as(people.clients.ann, size="phone")("/notifications")
    assert ann.locator(":text('reacted to your note')").count() and ann.locator(":text('replied to your note')").count()
