"""A6: important dates become tasks for those who may read them, once for each date."""

import datetime as dt

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.parties import jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make, user, monkeypatch):
    """A person of Ann, who may read personal facts."""
    from kith.core import access

    ann = user("Ann")
    allowed = access.Actor(
        id=ann.pk,
        name="Ann",
        rules=(access.Rule("r", "parties.person", "view"), access.Rule("r", "parties.personalfact", "view")),
    )
    monkeypatch.setitem(access.loaders, "user", lambda key, **_epoch: allowed if key == ann.pk else access.NOBODY)
    return make("parties.person", given_name="Eva", family_name="Lind", owner=ann.pk)


def tasks():
    return registry.get("activities.task").rows(SYSTEM).order_by("due_at")


def fact(make, person, **values):
    return make("parties.personalfact", person=person.pk, kind="event", text="Wedding day", **values)


def test_a_task_is_made_in_time_and_only_once(make, person, time_machine_at):
    fact(make, person, date="2020-06-20", recurring=True, remind_days=7)
    with time_machine_at(dt.date(2026, 6, 12)):
        assert jobs.remind() == {"created": 0}
    with time_machine_at(dt.date(2026, 6, 13)):
        assert jobs.remind() == {"created": 1}
        assert jobs.remind() == {"created": 0}
    with time_machine_at(dt.date(2026, 6, 14)):
        assert jobs.remind() == {"created": 0}
    task = tasks().get()
    assert (task.name, task.subject_id, task.assignee_id, task.due_at.date()) == (
        "Important date: Eva Lind",
        person.pk,
        person.owner_id,
        dt.date(2026, 6, 20),
    )
    assert "Wedding" not in task.name + task.description
    with time_machine_at(dt.date(2027, 6, 13)):
        assert jobs.remind() == {"created": 1}


def test_a_task_in_the_trash_is_not_made_again(make, person, time_machine_at):
    fact(make, person, date="2026-06-20", remind_days=7)
    with time_machine_at(dt.date(2026, 6, 15)):
        assert jobs.remind() == {"created": 1}
        writes.delete(SYSTEM, registry.get("activities.task"), [tasks().get().pk])
        assert jobs.remind() == {"created": 0}
    with time_machine_at(dt.date(2027, 6, 15)):
        assert jobs.remind() == {"created": 0}


@pytest.mark.parametrize(
    ("date", "today", "due"),
    [
        ("2020-02-29", "2027-02-20", "2027-02-28"),
        ("2020-02-29", "2028-02-20", "2028-02-29"),
        ("1990-01-02", "2026-12-28", "2027-01-02"),
    ],
)
def test_anniversaries(make, person, time_machine_at, date, today, due):
    fact(make, person, date=date, recurring=True, remind_days=9)
    with time_machine_at(dt.date.fromisoformat(today)):
        assert jobs.remind() == {"created": 1}
    assert tasks().get().due_at.date().isoformat() == due


def test_who_may_not_read_the_fact_gets_no_task(make, user, time_machine_at):
    person = make("parties.person", family_name="Lind", owner=user("Max").pk)
    fact(make, person, date="2026-06-20", remind_days=7)
    with time_machine_at(dt.date(2026, 6, 15)):
        assert jobs.remind() == {"created": 0}
    assert not tasks().exists()


def test_contact_points_begin_and_end_by_the_clock(make, points, fresh, time_machine_at):
    with time_machine_at(dt.date(2026, 6, 1)):
        person = make("parties.person", family_name="Lind")
        make("parties.contactpoint", party=person.pk, kind="email", value="old@arbor.example", valid_to="2026-06-30")
        make("parties.contactpoint", party=person.pk, kind="email", value="new@birch.example", valid_from="2026-06-15")
        assert jobs.settle() == {"changed": 0}
    with time_machine_at(dt.date(2026, 6, 20)):
        assert jobs.settle() == {"changed": 0}
    with time_machine_at(dt.date(2026, 7, 1)):
        assert jobs.settle() == {"changed": 1}
        assert fresh(person).email == "new@birch.example"
    assert points(person) == [("email", "old@arbor.example", False), ("email", "new@birch.example", True)]
