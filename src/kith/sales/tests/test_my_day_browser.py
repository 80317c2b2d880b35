"""My day in a real browser: the page of a rep and of a head on a desk and a phone, light and dark; a task is ticked off in place."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing import browser as browsing
from kith.core.testing import factory
from kith.core.testing.people import client_of, make_people
from kith.processes.book import book

pytestmark = pytest.mark.django_db(transaction=True)


def make(label, actor=SYSTEM, **values):
    return writes.create(actor, registry.get(label), values)


@pytest.fixture
def scene(transactional_db):
    """Ann with a day full of work, and Tom above her."""
    people = make_people()
    chief = factory.make("people.employee", user=str(people.tom.pk), name="Tom")
    factory.make("people.employee", user=str(people.ann.pk), name="Ann", manager=str(chief.pk))
    stages = {stage.key: stage.pk for stage in book().default(SYSTEM, "sales.opportunity").stages}
    halden, today, ann = (
        make("parties.company", name="Halden Paper AS", owner=people.ann.pk),
        timezone.localdate(),
        actor_of(people.ann.pk),
    )
    for name, key, amount, days in (("Moisture line, PM4", "offer", "148200", -2), ("Interferometer lab", "negotiation", "96400", 4), ("Sensors", "new", "18950", 9), ("Old line", "won", "42000", 0)):  # fmt: skip
        euros = {"amount": amount, "currency": "EUR"}
        make("sales.opportunity", ann, name=name, company=halden.pk, amount=euros, stage=stages[key], closes_on=(today + dt.timedelta(days=days)).isoformat())  # fmt: skip
    make("sales.lead", name="Six gauges", company=halden.pk, owner=people.ann.pk, received_at="2026-01-05T09:00:00Z")
    now = timezone.localtime()
    about = {"entity": "parties.company", "id": str(halden.pk)}
    for name, kind, moment in (("Call Ingrid about the discount", "call", now - dt.timedelta(days=2)), ("Send certificates", "email", now.replace(hour=23, minute=58)), ("Price talk", "meeting", now.replace(hour=23, minute=59))):  # fmt: skip
        make(
            "activities.task",
            ann,
            name=name,
            kind=kind,
            due_at=moment.isoformat(),
            assignee=people.ann.pk,
            subject=about,
        )
    return SimpleNamespace(people=people, company=halden)


@pytest.fixture
def opened(new_page, scene, live_server):
    """Opens my day: opened(user, size, scheme)."""

    def at(user, size="desk", scheme="light"):
        page = new_page(client_of(user), size=size, scheme=scheme)
        page.goto(live_server.url + "/")
        return page

    return at


def is_wider(page):
    """Whether something sticks out to the right."""
    return page.evaluate(
        "document.documentElement.scrollWidth > innerWidth || document.getElementById('main').scrollWidth > innerWidth"
    )


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("phone", "dark")])
def test_the_page_is_accessible_and_fits(opened, scene, size, scheme):
    for user, blocks in (
        (
            scene.people.ann,
            (
                "home-agenda",
                "home-tasks",
                "home-leads",
                "home-attention",
                "home-pipeline",
                "home-closing",
                "tile-won",
            ),
        ),
        (scene.people.tom, ("home-team", "home-tasks", "home-pipeline", "home-forecast", "home-closing", "tile-won")),
    ):
        page = opened(user, size, scheme)
        assert [name for name in blocks if not page.locator(f"#{name}").is_visible()] == []
        assert browsing.violations(page) == [] and not is_wider(page)


def test_a_task_is_ticked_off_in_place_and_undone(opened, scene):
    page = opened(scene.people.ann)
    tasks = page.locator("#home-tasks .task")
    assert tasks.count() == 2 and page.locator("#home-agenda .evt").inner_text().startswith("Price talk")
    page.get_by_role("checkbox", name="Done: Call Ingrid about the discount").check()
    browsing.until(page, "document.querySelectorAll('#home-tasks .task').length === 1")
    browsing.until(page, "document.querySelector('#toasts .toast') !== null")
    task = registry.get("activities.task").rows(SYSTEM).get(name="Call Ingrid about the discount")
    assert task.status == "done" and page.url.endswith("/")
    page.locator("#toasts [data-undo]").click()
    browsing.until(page, "document.querySelectorAll('#home-tasks .task').length === 2")
    assert registry.get("activities.task").rows(SYSTEM).get(pk=task.pk).status == "todo"


def test_an_appointment_is_ticked_off_and_a_lead_answered(opened, scene):
    page = opened(scene.people.ann)
    page.get_by_role("checkbox", name="Done: Price talk").check()
    browsing.until(page, "document.querySelectorAll('#home-agenda .evt').length === 0")
    page.get_by_role("button", name="Answered: Six gauges").click()
    browsing.until(page, "document.getElementById('home-leads').innerText.includes('All leads are answered.')")
    assert registry.get("sales.lead").rows(SYSTEM).get(name="Six gauges").first_response_at is not None
