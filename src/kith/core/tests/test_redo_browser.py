"""Undo and redo in a real browser: from the history, from the message, by Z and Shift+Z; one card for the whole chain."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change, Op
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return make_people()


@pytest.fixture
def arbor(people):
    made = factory.make("parties.company", people.actors.ann, name="Arbor", legal_name="Bonn", owner=people.ann.pk)
    return writes.save(people.actors.ann, made, {"legal_name": "Trier"})


def legal_name(record):
    return registry.get("parties.company").rows(SYSTEM).get(pk=record.pk).legal_name


def test_z_and_shift_z_turn_a_change_any_number_of_times(visit_as, people, arbor):
    page = visit_as(people.clients.ann)(f"/companies/{arbor.pk}/?tab=history")
    page.locator("#history [id^=undo-]").first.click()
    browsing.until(page, "document.querySelector('#toasts [data-redo]:not([hidden])')")
    assert legal_name(arbor) == "Bonn"
    browsing.until(page, "document.querySelector('#history [id^=redo-]')")
    page.keyboard.press("Shift+Z")
    browsing.until(page, "document.querySelector('#toasts [data-undo]:not([hidden])')")
    assert legal_name(arbor) == "Trier"
    page.keyboard.press("z")
    browsing.until(page, "document.querySelector('#toasts [data-redo]:not([hidden])')")
    assert legal_name(arbor) == "Bonn"
    browsing.until(page, "document.querySelectorAll('#history .turned li').length === 3")
    cards = page.locator("#history .card.change")
    assert cards.count() == 3, "created, changed, and the last link of its chain"
    lines = page.locator("#history .turned li").all_inner_texts()
    assert [line.strip().split(" ·")[0] for line in lines] == ["undone by Ann Own", "done again by Ann Own", "undone by Ann Own"]  # fmt: skip
    page.locator("#history [id^=redo-]").last.click()
    browsing.until(page, "document.querySelectorAll('#history .turned li').length === 4")
    assert legal_name(arbor) == "Trier"


@pytest.mark.parametrize(("size", "scheme", "language"), [("desk", "light", "en"), ("phone", "dark", "ru"), ("desk", "dark", "zh-hans")])  # fmt: skip
def test_history_and_preview_are_readable(visit_as, people, arbor, size, scheme, language):
    key = Change.objects.get(record_id=arbor.pk, op=Op.UPDATE).changeset_id
    undo.undo(people.actors.ann, key)
    writes.save(SYSTEM, people.ann, {"language": language})
    page = visit_as(people.clients.ann, size=size, scheme=scheme)(f"/companies/{arbor.pk}/?tab=history")
    browsing.look(page, f"redo-history-{size}-{scheme}-{language}")
    page.goto(page.url.split("/companies")[0] + f"/undo/{key}")
    browsing.look(page, f"redo-preview-{size}-{scheme}-{language}")
