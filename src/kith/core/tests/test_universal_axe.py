"""Every entity's list, record and form page in a real browser: no accessibility finding, nothing against the content policy, none too wide.

In the suite each page in one look: the record pages of every kind, lists and forms with every type of field; with KITH_LONG=1 every page in all twelve.
"""

import itertools
from collections import defaultdict

import pytest

from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory, looks
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
#: Made by an upload, not by a form.
UPLOADED = {"activities.attachment"}
KINDS = [entity.label for entity in registry if not entity.access.faces and entity.label not in UPLOADED]
MAIN = ("/", "/audit/", "/profile", "/settings/", "/trash", "/jobs")
#: What each kind of record has; lists and forms share one template each, whose parts depend on the type of field only.
PARTS = {"list": "/{slug}/", "record": "/{slug}/{key}/", "form": "/{slug}/new"}
LOOKS = [*itertools.product(("desk", "phone"), ("light", "dark"), ("en", "ru", "zh-hans"))]


def types_of(part, entity):
    """Types of fields that a list or a form of a kind is made of."""
    if part == "form":
        return {spec.type.name for spec in entity.declared.values() if spec.editable and spec.columns}
    return {entity.declared[name].type.name for name in entity.columns if name in entity.declared}


def places():
    """Pages, by what they are and the kind of record or the address: the record page of every kind; lists and forms, which are made of types of fields alone, of those that bring a new type, of all with KITH_LONG=1."""
    met = defaultdict(set)
    for label in KINDS:
        entity = registry.get(label)
        yield "record", label
        for part in ("list", "form"):
            if part == "list" and not entity.menu:
                continue
            types = types_of(part, entity)
            if looks.is_long() or not types <= met[part] or looks.chosen((True, False, False), part, label):
                yield part, label
            met[part] |= types
    yield from (("main", address) for address in MAIN)


def looks_of(part, name):
    """In which size, theme and language a page is seen: one of the twelve; all of them with KITH_LONG=1."""
    return LOOKS if looks.is_long() else [looks.chosen(LOOKS, part, name)]


@pytest.fixture
def filled(transactional_db):
    people = make_people()
    return people, {label: factory.make(label) for label in KINDS}


def address_of(part, name, records):
    if part == "main":
        return name
    return PARTS[part].format(slug=registry.get(name).slug, key=records[name].pk)


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


def findings(browser, live_server, people, pages, seen, *, size, scheme):
    """What axe and the browser's console say about pages, by address."""
    found = []
    with browsing.page(browser, size=size, scheme=scheme) as shown:
        browsing.sign_in(shown, people.clients.eva, live_server.url)
        shown.on(
            "console",
            lambda message: found.append(f"console: {message.text[:200]}") if message.type == "error" else None,
        )
        for address in pages:
            shown.goto(live_server.url + address)
            but = () if shows_new(shown, seen) else browsing.DRAWN
            found += [f"{address}: {finding}" for finding in browsing.violations(shown, but=but)]
            if not shown.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"):
                found.append(f"{address}: wider than the screen")
    return found


def test_no_page_of_any_entity_has_a_finding(browser, live_server, filled):
    """One test, since making a record of every kind takes seconds."""
    from kith.core import writes
    from kith.core.access import SYSTEM

    people, records = filled
    pages = {look: [address_of(*place, records) for place in places() if look in looks_of(*place)] for look in LOOKS}
    seen, told = defaultdict(set), {}
    for language, group in itertools.groupby(sorted(LOOKS, key=lambda look: look[2]), lambda look: look[2]):
        writes.save(SYSTEM, people.eva, {"language": language})
        for look in group:
            size, scheme, _language = look
            found = findings(browser, live_server, people, pages[look], seen[size, scheme], size=size, scheme=scheme)
            told |= {look: found} if found else {}
    assert told == {}


def test_the_sample_holds_every_kind_of_record_type_of_field_and_each_kind_of_page_in_each_look(monkeypatch):
    monkeypatch.delenv("KITH_LONG", raising=False)
    taken = [(part, name, look) for part, name in places() for look in looks_of(part, name)]
    assert {name for part, name, _look in taken if part == "record"} == {*KINDS}
    for part in ("list", "form"):
        kinds = {name for other, name, _look in taken if other == part}
        every = {label for label in KINDS if part == "form" or registry.get(label).menu}
        types, all_types = (
            {kind for label in of for kind in types_of(part, registry.get(label))} for of in (kinds, every)
        )
        assert types == all_types and 10 < len(kinds) < len(every), part
    words = {"desk", "phone", "light", "dark", "en", "ru", "zh-hans"}
    for part in PARTS:
        assert {word for other, _name, look in taken if other == part for word in look} == words, part
    assert {look for _part, _name, look in taken} == {*LOOKS}
    assert {name for part, name, _look in taken if part == "main"} == {*MAIN}
    monkeypatch.setenv("KITH_LONG", "1")
    everywhere = [*places()]
    assert {name for part, name in everywhere if part == "form"} == {*KINDS}
    assert all(len(looks_of(*place)) == 12 for place in everywhere)
