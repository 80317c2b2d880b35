"""Views in the sidebar and groups inside groups in a real browser: pinned, dragged, moved by keys, folded; nothing in anybody's way."""

from functools import partial

import pytest

from kith.core import notify, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    return partial(visit_as, people.clients.ann)


@pytest.fixture
def views(people):
    made = [
        writes.create(people.actors.ann, registry.get("core.view"), {"entity": "parties.company", "name": name, "columns": ["name", "status", "annual_revenue"], **more})
        for name, more in (("Key accounts", {"icon": "star"}), ("By tier", {"group": "status,tier", "shape": "grouped", "icon": "rows-3"}), ("Late", {"icon": "clock"}))
    ]  # fmt: skip
    for view in made:
        notify.pin(people.actors.ann, view.pk, on=True)
    rows = [("Alder", "active", "A"), ("Birch", "active", "B"), ("Cedar", "lost", "A"), ("Dune", "active", "A")]
    values = [{"name": name, "status": status, "tier": tier, "owner": people.ann.pk, "annual_revenue": {"amount": 1000, "currency": "EUR"}} for name, status, tier in rows]  # fmt: skip
    writes.create_many(SYSTEM, registry.get("parties.company"), values)
    return made


def order(page):
    return page.locator("[data-pin]").all_inner_texts()


def test_lines_of_the_sidebar_are_moved_by_mouse_and_by_keys(opened, people, views):
    page = opened()("/tasks/")
    assert order(page) == ["Key accounts", "By tier", "Late"]
    last, first = (page.locator(f"[data-pin='{views[at].pk}']").bounding_box() for at in (2, 0))
    page.mouse.move(last["x"] + 60, last["y"] + 10)
    page.mouse.down()
    page.mouse.move(first["x"] + 60, first["y"] + 12, steps=6)
    page.mouse.move(first["x"] + 60, first["y"] + 6, steps=2)
    with page.expect_response("**/pins"):
        page.mouse.up()
    assert order(page)[0] == "Late"
    page.focus(f"[data-pin='{views[1].pk}'] a")
    with page.expect_response("**/pins"):
        page.keyboard.press("Alt+ArrowUp")
    assert order(page) == ["Late", "By tier", "Key accounts"]
    assert page.url.endswith("/tasks/")
    page.goto(page.url)
    assert order(page) == ["Late", "By tier", "Key accounts"]


def test_a_group_hides_what_is_inside_it(opened, views):
    page = opened()(f"/companies/?view={views[1].pk}")
    seen = lambda: page.locator("tbody tr[data-row]:visible").count()  # noqa: E731
    assert (seen(), page.locator("tr.group.inner").count()) == (4, 3)
    inner = page.locator("tr.group.inner button").first
    inner.click()
    assert seen() == 2
    page.locator("tr.group:not(.inner) button:has-text('Active')").click()
    assert (seen(), page.locator("tr.group.inner:visible").count()) == (1, 1)
    page.goto(page.url)  # remembered, each for itself
    assert seen() == 1
    page.locator("tr.group:not(.inner) button:has-text('Active')").click()
    assert (seen(), page.locator("tr.group.inner:visible").count()) == (2, 3)


@pytest.mark.parametrize(("size", "scheme", "language"), [("desk", "light", "en"), ("phone", "dark", "en"), ("desk", "light", "zh-hans")])  # fmt: skip
def test_it_is_seen_well(opened, people, views, size, scheme, language):
    writes.save(SYSTEM, people.ann, {"language": language})
    page = opened(size=size, scheme=scheme)(f"/companies/?view={views[1].pk}")
    browsing.look(page, f"pins-{size}-{scheme}-{language}")
    if size == "desk":
        page.click("#group-menu-button, [popovertarget=group-menu]")
        browsing.look(page, f"pins-menu-{scheme}-{language}")
        page.goto(page.url)
        page.click("nav.views button[hx-get]")
        page.wait_for_selector("#modal .icon-choice")
        browsing.look(page, f"pins-form-{scheme}-{language}")
