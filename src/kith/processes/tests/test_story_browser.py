"""Stories in a real browser: a drop on the board that asks what is missing; a move that somebody approves; a process designed."""

import os
from pathlib import Path

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.processes import editions
from kith.processes.book import book

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def opened(visit_as, people):
    """Opens pages as one of the people: opened("ann")(address)."""
    return lambda who, **kind: visit_as(getattr(people.clients, who), **kind)


def shot(page, name):
    """A picture for whoever looks at the story (KITH_SHOTS names the folder)."""
    if folder := os.environ.get("KITH_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), caret="initial")


def course():
    return book().default(SYSTEM, "sales.opportunity")


def fresh(record):
    return registry.get("sales.opportunity").rows(SYSTEM).get(pk=record.pk)


def deal_of(people, **values):
    company = factory.make("parties.company", name="Halden Paper AS", owner=str(people.ann.pk))
    values = {"name": "Moisture line", "company": company.pk, **values}
    return writes.create(people.actors.ann, registry.get("sales.opportunity"), values)


def test_a_drop_on_the_board_asks_what_is_missing_and_wins(people, opened):
    deal = deal_of(people, amount={"amount": "48200", "currency": "EUR"})
    page = opened("ann")("/opportunities/board")
    shot(page, "board")
    card, goal = page.locator(f"#row-{deal.pk}"), page.locator('section[data-column="negotiation"]')
    drag(page, card, goal)
    browsing.until(page, "document.querySelector('#modal[open]')")
    shot(page, "board-ask")
    assert page.locator("#modal input[name=asked]").evaluate_all("all => all.map(one => one.value)") == ["closes_on"]
    assert browsing.violations(page) == []
    page.locator("#f-closes_on").fill("2026-12-24")
    page.locator("#modal button[type=submit]").click()
    browsing.until(page, f"document.querySelector('section[data-column=negotiation] [data-row=\"{deal.pk}\"]')")
    assert fresh(deal).stage_id == course().stage("negotiation").pk
    page.locator(f"#move-{deal.pk}").click()
    page.locator("#move-menu [data-to=won]").click()
    browsing.until(page, "document.querySelector('#modal[open] [name=lesson]')")
    shot(page, "board-won")
    assert page.locator("#f-actual_amount").input_value() == "48200"
    page.locator("#f-lesson").fill("Be early")
    page.locator("#modal button[type=submit]").click()
    browsing.until(page, "!document.querySelector('#modal[open]')")
    won = fresh(deal)
    assert (won.state, won.actual_amount, won.lesson) == ("won", 48200, "Be early")


def drag(page, card, goal):
    """Carry a card to a column with the mouse."""
    start, end = card.bounding_box(), goal.bounding_box()
    page.mouse.move(start["x"] + 40, start["y"] + 20)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 120, steps=8)
    page.mouse.up()


def test_a_move_is_asked_for_and_approved(people, opened):
    draft = editions.copy(people.actors.eva, course().process)
    ends = book().courses[draft.pk]
    writes.save(
        people.actors.eva,
        ends.stage("new"),
        {"guidance": "Find out who decides.", "checklist": ["Call back", "Send the brochure"]},
    )
    rule = {"process": draft.pk, "to_stage": ends.stage("won").pk, "approver": people.tom.pk}
    writes.create(people.actors.eva, registry.get("processes.transition"), rule)
    editions.publish(people.actors.eva, [draft])
    deal = deal_of(people, amount={"amount": "900", "currency": "EUR"})
    page = opened("ann")(f"/opportunities/{deal.pk}/")
    page.locator("#step-1").check()
    browsing.until(page, "document.querySelector('#step-1')?.checked && document.querySelector('#toasts .toast')")
    assert fresh(deal).stage_checks == ["Call back"]
    page.locator("#to-won").click()
    browsing.until(page, "document.querySelector('#modal[open] [name=note]')")
    assert browsing.violations(page) == []
    shot(page, "approval-ask")
    page.locator("#f-note").fill("They signed today.")
    page.locator("#modal button[type=submit]").click()
    browsing.until(page, "document.querySelector('[id^=asked-]')")
    shot(page, "approval-waits")
    assert fresh(deal).state == "open"
    boss = opened("tom")("/")
    assert "They signed today." in boss.locator("#home-requests").inner_text()
    shot(boss, "approval-home")
    assert browsing.violations(boss) == []
    boss.locator("#home-requests button", has_text="Approve").click()
    browsing.until(boss, "document.querySelector('#modal[open] #f-remark')")
    boss.locator("#f-remark").fill("Well done")
    boss.locator("#modal button[type=submit]").click()
    browsing.until(boss, "document.querySelector('#home-requests')?.innerText.includes('Nothing waits')")
    assert (fresh(deal).state, fresh(deal).actual_amount) == ("won", 900)


def test_a_process_is_designed(people, opened):
    draft = editions.copy(people.actors.eva, course().process)
    page = opened("eva")(f"/processes/{draft.pk}/?tab=design")
    browsing.until(page, "document.querySelector('.flowchart')")
    assert browsing.violations(page) == []
    shot(page, "design")
    offer = book().courses[draft.pk].stage("offer")
    page.locator(f"#up-{offer.pk}").click()
    browsing.until(page, f"document.querySelector('.stage-lines').children[1].dataset.line === '{offer.pk}'")
    line, first = page.locator(f"#line-{offer.pk} .t"), page.locator(".stage-lines li").first
    drag_line(page, line, first)
    browsing.until(page, f"document.querySelector('.stage-lines').children[0].dataset.line === '{offer.pk}'")
    page.locator("#pair-new-won").click()
    browsing.until(page, "document.querySelector('#modal[open] #f-condition')")
    for name, value in (("f-condition", "amount"), ("f-condition-op", "ge")):
        with page.expect_response("**/condition/condition?**"):
            page.locator(f"#{name}").select_option(value)
        browsing.until(page, "!document.querySelector('[aria-busy=true]') && document.querySelector('#f-condition-op')")
    page.locator("#f-condition-value").fill("1000")
    page.locator("#f-condition-add").click()
    browsing.until(page, "document.querySelector('#modal .marks [name=condition]')")
    shot(page, "rule")
    assert browsing.violations(page) == []
    page.locator("#modal footer button[type=submit]").click()
    browsing.until(page, "!document.querySelector('#modal[open]')")
    made = next(iter(book().courses[draft.pk].rules.values()))
    assert made.condition == {"field": "amount", "op": "ge", "value": "1000"}
    assert [stage.key for stage in book().courses[draft.pk].stages][:3] == ["offer", "new", "qualified"]


def drag_line(page, line, goal):
    """Carry a line above another one."""
    start, end = line.bounding_box(), goal.bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(end["x"] + 60, end["y"] + 6, steps=6)
    page.mouse.up()
