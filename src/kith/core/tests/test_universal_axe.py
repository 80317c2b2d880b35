"""Every entity's list, record and form page in a real browser: no accessibility finding, nothing against the content policy."""

import pytest

from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
#: Made by an upload, not by a form.
UPLOADED = {"activities.attachment"}
#: Pages seen besides on a phone, in the dark and in the other languages, and those of some kinds of records.
MAIN = ("/", "/audit/", "/profile", "/settings/", "/trash", "/jobs")
SHOWN = {"parties.company", "parties.person", "access.role"}
LOOKS = (("phone", "dark", "en"), ("desk", "light", "ru"), ("phone", "light", "zh-hans"))


@pytest.fixture
def filled(transactional_db):
    people = make_people()
    records = [factory.make(entity) for entity in registry if not entity.access.faces and entity.label not in UPLOADED]
    return people, records


def addresses(record):
    slug = registry.for_model(type(record)).slug
    return [f"/{slug}/", f"/{slug}/{record.pk}/", f"/{slug}/new"]


#: What a page is made of, as its style sheet tells things apart: each element with its classes and states, in its parent.
MADE_OF = """
() => {
  const states = ["type", "disabled", "readonly", "aria-current", "aria-selected", "aria-pressed", "aria-expanded", "aria-invalid"];
  const named = (one) => [one.tagName, ...one.classList, ...states.map((name) => one.getAttribute(name))].join(".");
  return [...new Set([...document.querySelectorAll("main *")].map((one) => `${named(one.parentElement)} > ${named(one)}`))];
}
"""


def shows_new(shown, seen):
    """Whether a page is made of anything that no page before was: only there can it be drawn wrong in a new way."""
    parts = set(shown.evaluate(MADE_OF))
    new = parts - seen
    seen |= parts
    return bool(new)


def findings(browser, live_server, people, pages, *, size="desk", scheme="light"):
    """What axe and the browser's console say about pages, by address."""
    found, seen = [], set()
    with browsing.page(browser, size=size, scheme=scheme) as shown:
        browsing.sign_in(shown, people.clients.eva, live_server.url)
        shown.on(
            "console",
            lambda message: found.append(f"console: {message.text[:200]}") if message.type == "error" else None,
        )
        for address in pages:
            shown.goto(live_server.url + address)
            # What surrounds the page is the same everywhere.
            within = "html" if address == pages[0] else "main"
            but = () if shows_new(shown, seen) else browsing.DRAWN
            found += [f"{address}: {finding}" for finding in browsing.violations(shown, within, but=but)]
    return found


def test_no_page_of_any_entity_has_a_finding_nor_main_pages_on_phones_in_the_dark_and_in_other_languages(
    browser, live_server, filled
):
    """One test, since making a record of every kind takes seconds."""
    from kith.core import writes
    from kith.core.access import SYSTEM

    people, records = filled
    # Lists share one template whose cells depend on the type only: those of the menu hold every type.
    pages = [
        address
        for record in records
        for address in addresses(record)[0 if registry.for_model(type(record)).menu else 1 :]
    ]
    assert findings(browser, live_server, people, pages) == []
    chosen = [record for record in records if record._meta.label_lower in SHOWN]
    pages = [*MAIN, *(address for record in chosen for address in addresses(record))]
    assert len(pages) == len(MAIN) + 3 * len(SHOWN)
    for size, scheme, language in LOOKS:
        writes.save(SYSTEM, people.eva, {"language": language})
        found = findings(browser, live_server, people, pages, size=size, scheme=scheme)
        assert found == [], (size, scheme, language)
