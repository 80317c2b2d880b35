"""Tasks: whose they are, when they were done, who hears of them, what a checklist is."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet
from kith.core.notify import Notification
from kith.core.testing.content import content
from kith.core.testing.people import fresh, grant

pytestmark = pytest.mark.django_db


def task_of(make, people, **values):
    return make("activities.task", people.actors.eva, **{"name": "Call Lind", **values})


def test_a_new_task_belongs_to_its_author_who_is_not_told(make, people, told):
    task = task_of(make, people)
    assert (task.assignee_id, task.owner_id, told(people.eva)) == (people.eva.pk, people.eva.pk, [])


def test_who_is_given_a_task_is_told_once(make, people, told):
    task = task_of(make, people, assignee=people.ann.pk)
    assert told(people.ann) == [("assigned", "Eva All", "Call Lind")]
    writes.save(people.actors.eva, task, {"priority": "high"})
    writes.save(people.actors.eva, task, {"assignee": people.tom.pk})
    assert (len(told(people.ann)), told(people.tom)) == (1, [("assigned", "Eva All", "Call Lind")])


def test_the_moment_of_being_done_is_kept(make, people):
    entity, task = registry.get("activities.task"), task_of(make, people)
    done, reopen = (next(action for action in entity.actions if action.name == name) for name in ("done", "reopen"))
    outcome = done(people.actors.eva, [task])
    now = entity.rows(SYSTEM).get(pk=task.pk)
    assert (now.status, now.done_at, len(outcome.records)) == (
        "done",
        ChangeSet.objects.get(pk=outcome.changeset).at,
        1,
    )
    reopen(people.actors.eva, [now])
    again = entity.rows(SYSTEM).get(pk=task.pk)
    assert (again.status, again.done_at) == ("todo", None)


def test_undo_of_done_takes_the_moment_back(make, people):
    entity, task = registry.get("activities.task"), task_of(make, people)
    before = content()
    outcome = next(action for action in entity.actions if action.name == "done")(people.actors.eva, [task])
    undo.undo(people.actors.eva, outcome.changeset)
    assert content() == before


def test_who_may_not_change_a_task_cannot_close_it(make, people):
    entity, task = registry.get("activities.task"), task_of(make, people)
    count = Change.objects.count()
    outcome = next(action for action in entity.actions if action.name == "done")(people.actors.max, [task])
    assert ([key for key, _why in outcome.skipped], outcome.records) == ([task.pk], [])
    assert (entity.rows(SYSTEM).get().status, Change.objects.count()) == ("todo", count)


@pytest.mark.parametrize(
    "steps",
    [
        "call",
        {"text": "call"},
        [{"text": ""}],
        [{"text": "call", "done": "yes"}],
        [{"step": "call"}],
        ["call"],
        [{"text": "x" * 501}],
        [{"text": "x"}] * 101,
    ],
)
def test_what_is_no_checklist_is_refused(make, people, steps):
    with pytest.raises(Refused) as refused:
        task_of(make, people, checklist=steps, assignee=people.ann.pk)
    assert list(refused.value.errors) == ["checklist"]
    assert (registry.get("activities.task").rows(SYSTEM).count(), Notification.objects.count()) == (0, 0)


def test_a_checklist_is_kept_in_order(make, people):
    steps = [{"text": "call", "done": True}, {"text": "write"}]
    assert task_of(make, people, checklist=steps).checklist == steps


def test_tasks_are_never_inside_themselves(make, people):
    top = task_of(make, people)
    low = task_of(make, people, parent=top.pk)
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, top, {"parent": low.pk})
    assert list(refused.value.errors) == ["parent"]


def test_having_a_task_is_not_the_right_to_take_it_out(make, people):
    """Its people work with it without any rule; a file of it needs the right to export (R135), as every way in does."""
    entity, task = registry.get("activities.task"), task_of(make, people, assignee=people.max.pk)

    def reach(operation):
        return [row.pk for row in entity.rows(fresh(people.max), operation)]

    assert [reach(operation) for operation in ("view", "edit", "export")] == [[task.pk], [task.pk], []]
    file = f"/{entity.slug}/export?f=&format=csv"
    assert people.clients.max.get(file).status_code == 403
    grant(people.max, (entity.label, "export", "own"))
    assert reach("export") == [task.pk] and people.clients.max.get(file).status_code == 200
