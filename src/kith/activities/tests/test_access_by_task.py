"""R136: an open task on a record lets its assignee, and those above the assignee, read the record."""

from dataclasses import replace

import pytest

from kith.activities.actions import way_in
from kith.core import writes
from kith.core.access import SYSTEM, actor_of
from kith.core.entity import registry
from kith.core.testing.people import grant, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(make):
    return make("parties.company", name="Arbor", email="kim@arbor.example")


def sees(user, company, operation="view"):
    return registry.get("parties.company").rows(actor_of(user.pk), operation).filter(pk=company.pk).exists()


def task_on(make, company, user):
    return make("activities.task", name="Call", subject=f"parties.company/{company.pk}", assignee=user.pk)


def test_the_assignee_reads_the_record_until_the_task_is_closed(make, people, company):
    assert not sees(people.ann, company)
    task = task_on(make, company, people.ann)
    assert (sees(people.ann, company), sees(people.ann, company, "edit"), sees(people.ann, company, "delete")) == (
        True,
        False,
        False,
    )
    for status, seen in (("blocked", True), ("done", False), ("todo", True), ("cancelled", False)):
        writes.save(SYSTEM, task, {"status": status})
        assert sees(people.ann, company) is seen


def test_also_in_lists_counts_and_parts_of_the_record(make, people, company):
    task_on(make, company, people.ann)
    actor = actor_of(people.ann.pk)
    assert [row.name for row in registry.get("parties.company").rows(actor)] == ["Arbor"]
    assert registry.get("parties.contactpoint").rows(actor).count() == 1


def test_a_trashed_task_and_a_task_of_somebody_else_open_nothing(make, people, company):
    task = task_on(make, company, people.ann)
    assert not sees(people.tom, company)
    writes.delete(SYSTEM, registry.get("activities.task"), [task.pk])
    assert not sees(people.ann, company)


def test_those_above_the_assignee_read_it_too(make, people, company):
    boss = make_user("Boss")
    head = make("people.employee", name="Boss", user=boss.pk)
    make("people.employee", name="Ann", user=people.ann.pk, manager=head.pk)
    task = task_on(make, company, people.ann)
    assert not sees(boss, company)
    grant(boss, ("parties.company", "view", "reports"))
    assert sees(boss, company)
    writes.save(SYSTEM, task, {"status": "done"})
    assert not sees(boss, company)


def test_the_setting_switches_it_off(make, people, company, settings):
    task_on(make, company, people.ann)
    settings.ACCESS_VIA_TASK = False
    assert not sees(people.ann, company)


def test_only_who_is_above_by_a_right_on_reports_reads_it(make, people, company):
    boss = make_user("Boss")
    head = make("people.employee", name="Boss", user=boss.pk)
    make("people.employee", name="Ann", user=people.ann.pk, manager=head.pk)
    task_on(make, company, people.ann)
    for item in (("parties.company", "view", "own"), ("parties.company", "edit", "reports"), ("parties.person", "view", "reports"), ("parties.company", "view", "reports", True, {"field": "name", "op": "is", "value": "Else"})):  # fmt: skip
        grant(boss, item)
        assert not sees(boss, company)
    grant(boss, ("parties.company", "view", "reports"))
    assert sees(boss, company)
    assert not sees(people.ann, make("parties.company", name="Else"))


def test_it_is_a_way_to_see_records_with_a_life_of_their_own(make, people, company):
    task_on(make, company, people.ann)
    actor, kind = actor_of(people.ann.pk), registry.get("parties.company")
    assert way_in(kind, actor, "view") is not None and way_in(kind, replace(actor, id=None), "view") is None
    assert [way_in(kind, actor, operation) for operation in ("edit", "history", "export", "delete")] == [None] * 4
    for label in ("parties.contactpoint", "activities.note", "activities.task"):
        assert way_in(registry.get(label), actor, "view") is None
    assert not registry.get("sales.lead").rows(actor).filter(pk=company.pk).exists()


def test_it_opens_the_kind_that_the_task_is_about(make, people, company):
    task_on(make, company, people.ann)
    actor = actor_of(people.ann.pk)
    opened = {}
    for label in ("parties.company", "parties.person", "parties.party"):
        kind = registry.get(label)
        opened[label] = set(kind.model._base_manager.filter(way_in(kind, actor, "view")).values_list("pk", flat=True))
    assert opened == {"parties.company": {company.pk}, "parties.person": set(), "parties.party": set()}
