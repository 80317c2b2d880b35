"""Boards and calendars in a real browser: by mouse, by finger, by keys and by menu; a refusal puts the card back; nothing in anybody's way."""

from functools import partial

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change
from kith.core.testing import browser as browsing
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
LANE = "document.querySelector('#row-{key}')?.closest('section').dataset.column"


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    """Opens pages as Ann: opened(size=…)(address)."""
    return partial(visit_as, people.clients.ann)


@pytest.fixture
def task(people):
    names = ("Alder", "Birch", "Cedar")
    rows = [
        {"name": name, "status": "todo", "owner": people.ann.pk, "due_at": f"2026-11-{24 + n}T10:00:00Z"}
        for n, name in enumerate(names)
    ]
    return writes.create_many(SYSTEM, registry.get("activities.task"), rows)[0]


@pytest.fixture
def refusing(monkeypatch):
    """Tasks that cannot be done."""
    entity = registry.get("activities.task")
    refuse = {"": ["It is too early for that."]}
    monkeypatch.setattr(
        type(entity), "validate", lambda self, record, values: refuse if values.get("status") == "done" else {}
    )


def fresh(record):
    return registry.for_model(type(record)).rows(SYSTEM).get(pk=record.pk)


def in_lane(page, record, column):
    browsing.until(
        page, f"{LANE.format(key=record.pk)} === '{column}' && !document.querySelector('[aria-busy=true]')", 20
    )


def middle(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 60)


def drag(page, source, target):
    page.mouse.move(*middle(page, source))
    page.mouse.down()
    x, y = middle(page, target)
    page.mouse.move(x - 20, y, steps=5)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def swipe(page, source, target, hold):
    """A finger that rests before it moves; the browser's own touch events."""
    touch = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = middle(page, source), middle(page, target)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    page.wait_for_timeout(hold)
    for step in range(1, 6):
        point = {"x": x + (to_x - x) * step / 5, "y": y + (to_y - y) * step / 5}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


# --- boards -----------------------------------------------------------------------------------------------------------


def test_a_card_is_dragged_by_mouse_and_z_takes_it_back(opened, task):
    page = opened()("/tasks/board")
    drag(page, f"#row-{task.pk}", "[data-column=doing]")
    in_lane(page, task, "doing")
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    assert fresh(task).status == "doing"
    assert page.locator("[data-column=todo] h2 .count").inner_text() == "2"
    assert page.locator("[data-column=doing] h2 .count").inner_text() == "1"
    page.keyboard.press("z")
    in_lane(page, task, "todo")
    assert fresh(task).status == "todo"


def test_a_card_is_moved_by_keys(opened, task):
    page = opened()("/tasks/board")
    page.locator(f"#row-{task.pk} a").focus()
    page.keyboard.press("m")
    assert "Lifted “Alder”" in page.locator("#live").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    assert fresh(task).status == "todo"
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    in_lane(page, task, "blocked")
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    assert fresh(task).status == "blocked"
    browsing.until(page, f"document.activeElement.closest('li')?.id === 'row-{task.pk}'")


def test_a_card_is_moved_by_the_menu_alone(opened, task):
    page = opened()("/tasks/board")
    page.locator(f"#move-{task.pk}").focus()
    page.keyboard.press("Enter")
    browsing.until(page, "document.activeElement.dataset.to === 'doing'")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    in_lane(page, task, "done")
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    assert fresh(task).status == "done"


def test_a_finger_lifts_a_card_after_a_while_and_else_scrolls(opened, task, browser, people, live_server):
    page = opened(size="touch")("/tasks/board")
    swipe(page, f"#row-{task.pk}", "[data-column=doing]", hold=0)
    page.wait_for_timeout(300)
    assert fresh(task).status == "todo"
    page = opened(size="touch")("/tasks/board")
    swipe(page, f"#row-{task.pk}", "[data-column=doing]", hold=500)
    in_lane(page, task, "doing")
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    assert fresh(task).status == "doing"


def test_what_is_refused_goes_back_and_nothing_changed(opened, task, refusing):
    page = opened()("/tasks/board")
    changes = Change.objects.filter(record_id=task.pk).count()
    drag(page, f"#row-{task.pk}", "[data-column=done]")
    browsing.until(page, "document.querySelector('#toasts .bad')")
    in_lane(page, task, "todo")
    assert "It is too early for that." in page.locator("#toasts").inner_text()
    assert page.locator("[data-column=todo] .deal .nm").all_inner_texts() == ["Alder", "Birch", "Cedar"]
    assert (fresh(task).version, Change.objects.filter(record_id=task.pk).count()) == (task.version, changes)


def test_what_is_missing_is_asked_for_in_a_dialog(opened, task, monkeypatch):
    entity = registry.get("activities.task")
    monkeypatch.setattr(
        type(entity), "validate",
        lambda self, record, values: {"result": ["Say what came of it."]} if values.get("status", record.status) == "done" and not values.get("result", record.result) else {},
    )  # fmt: skip
    page = opened()("/tasks/board")
    drag(page, f"#row-{task.pk}", "[data-column=done]")
    browsing.until(page, "document.querySelector('#modal').open")
    in_lane(page, task, "todo")
    page.fill("#modal [name=result]", "Sold")
    page.keyboard.press("Control+Enter")
    in_lane(page, task, "done")
    assert (fresh(task).status, fresh(task).result) == ("done", "Sold")


def test_a_click_peeks_a_new_one_is_made_in_a_column_and_folds_are_remembered(opened, task):
    page = opened()("/tasks/board")
    page.locator(f"#row-{task.pk} a").click()
    browsing.until(
        page,
        "document.querySelector('#drawer').open && document.querySelector('#drawer').textContent.includes('Alder')",
    )
    page.keyboard.press("Escape")
    page.locator("#lane-new-1").click()
    browsing.until(page, "document.querySelector('#modal [name=name]')")
    assert page.locator("#modal [name=status]").input_value() == "doing"
    page.fill("#modal [name=name]", "Elm")
    page.keyboard.press("Control+Enter")
    browsing.until(page, "document.querySelector('[data-column=doing] .nm')?.textContent === 'Elm'")
    page.locator("#lane-fold-4").click()
    assert page.locator("[data-column=cancelled] ul").is_hidden()
    page.reload()
    browsing.until(page, "document.querySelector('[data-column=cancelled]').classList.contains('is-folded')")


def test_keys_walk_over_cards_and_selected_ones_are_changed_together(opened, task):
    page = opened()("/tasks/board")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator(".bulk b").inner_text() == "2 selected"
    page.locator("[data-bulk$='/bulk/done']").click()
    browsing.until(page, "document.querySelectorAll('[data-column=done] .deal').length === 2")
    assert fresh(task).status == "done"


# --- calendars --------------------------------------------------------------------------------------------------------


def day_of(page, record, day):
    browsing.until(page, f"document.querySelector('#evt-{record.pk}')?.closest('[data-day]').dataset.day === '{day}'")


def test_an_entry_is_moved_to_another_day_by_mouse_and_by_keys(opened, task):
    page = opened()("/tasks/calendar?on=2026-11-24")
    drag(page, f"#evt-{task.pk}", "[data-day='2026-11-27']")
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    browsing.until(page, f"document.querySelector('#evt-{task.pk}').dataset.version !== '{task.version}'", 20)
    day_of(page, task, "2026-11-27")
    assert fresh(task).due_at.isoformat() == "2026-11-27T10:00:00+00:00"
    page.locator(f"#evt-{task.pk}").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    day_of(page, task, "2026-11-21")
    browsing.until(page, "document.querySelectorAll('#toasts [data-undo]').length === 2")
    assert fresh(task).due_at.isoformat() == "2026-11-21T10:00:00+00:00"


def test_in_a_week_the_time_of_day_follows_the_place(opened, task):
    page = opened()("/tasks/calendar?on=2026-11-24&group=due_at:week")
    x, _y = middle(page, "[data-day='2026-11-27']")
    entry, hour = (
        page.locator(f"#evt-{task.pk}").bounding_box(),
        page.locator(".dcol").first.bounding_box()["height"] / 10,
    )
    page.mouse.move(entry["x"] + 20, entry["y"] + 8)
    page.mouse.down()
    page.mouse.move(x, entry["y"] + 8 + 2 * hour, steps=8)
    page.mouse.up()
    browsing.until(page, "document.querySelector('#toasts [data-undo]')")
    day_of(page, task, "2026-11-27")
    assert fresh(task).due_at.isoformat() == "2026-11-27T12:00:00+00:00"


def test_a_new_one_begins_on_the_day_that_is_chosen(opened, task):
    page = opened()("/tasks/calendar?on=2026-11-24")
    page.locator("#dn-2026-11-26").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    browsing.until(page, "document.querySelector('#modal [name=due_at]')")
    assert page.locator("#modal [name=due_at]").input_value().startswith("2026-11-27T09:00")


def test_a_refused_entry_goes_back(opened, task, monkeypatch):
    entity = registry.get("activities.task")
    monkeypatch.setattr(type(entity), "validate", lambda self, record, values: {"": ["Not on that day."]})
    page = opened()("/tasks/calendar?on=2026-11-24")
    drag(page, f"#evt-{task.pk}", "[data-day='2026-11-27']")
    browsing.until(page, "document.querySelector('#toasts .bad')")
    day_of(page, task, "2026-11-24")
    assert (fresh(task).version, fresh(task).due_at) == (task.version, task.due_at)


@pytest.mark.parametrize("size", ["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(opened, people, task, size, scheme):
    writes.create_many(
        SYSTEM,
        registry.get("parties.company"),
        [
            {"name": f"C{n}", "owner": people.ann.pk, "annual_revenue": {"amount": 5, "currency": "EUR"}}
            for n in range(25)
        ],
    )
    go = opened(size=size, scheme=scheme)
    for url in (
        "/tasks/board",
        "/companies/board",
        "/opportunities/board",
        "/tasks/calendar?on=2026-11-24",
        "/tasks/calendar?group=due_at:week&on=2026-11-24",
        "/tasks/calendar?group=due_at:day&on=2026-11-24",
    ):
        page = go(url)
        assert browsing.violations(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url
