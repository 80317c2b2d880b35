"""One act on a selection: at once or as a job, skipping what may not be changed, taken back by one undo (R142)."""

import json
import uuid

import pytest

from kith.core import bulk, jobs_bulk, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.jobs_models import JobRun
from kith.core.ledger import ChangeSet
from kith.core.ui import list_bulk

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def entity():
    return registry.get("parties.company")


def make(entity, count, owner):
    return writes.create_many(
        SYSTEM, entity, [{"name": f"Company {n}", "status": "active", "owner": owner.pk} for n in range(count)]
    )


def ids(records):
    return ",".join(str(record.pk) for record in records)


def toast(answer):
    return json.loads(answer.headers["HX-Trigger"])["toast"]


def statuses(entity):
    return sorted(entity.rows(SYSTEM).values_list("status", flat=True))


def test_a_field_is_asked_for_then_set_on_all_and_undone_at_once(people, entity):
    made = make(entity, 3, people.ann)
    asked = people.clients.ann.post("/companies/bulk/edit", {"ids": ids(made), "field": "status"}, headers=HTMX)
    assert 'name="status"' in asked.content.decode()
    assert "3 records are selected." in asked.content.decode()
    done = people.clients.ann.post(
        "/companies/bulk/edit?go=1", {"ids": ids(made), "field": "status", "status": "lost"}, headers=HTMX
    )
    assert (done.status_code, toast(done)["text"]) == (204, "3 records done")
    assert statuses(entity) == ["lost"] * 3
    assert ChangeSet.objects.latest("at").records == 3
    people.clients.ann.post(toast(done)["undo"], headers=HTMX)
    assert statuses(entity) == ["active"] * 3


def test_records_that_may_not_be_changed_are_skipped_and_counted(people, entity):
    mine, theirs = make(entity, 2, people.ann), make(entity, 3, people.eva)
    done = people.clients.ann.post(
        "/companies/bulk/edit?go=1", {"ids": ids([*mine, *theirs]), "field": "status", "status": "lost"}, headers=HTMX
    )
    assert toast(done)["text"] == "2 records done, 3 skipped: You may not change it."
    assert statuses(entity) == ["active"] * 3 + ["lost"] * 2


def test_a_field_that_may_not_be_edited_is_refused_and_no_other_one_emptied(people, entity):
    made = make(entity, 2, people.ann)
    for field in ("created_at", "no_such_field", ""):
        answer = people.clients.ann.post("/companies/bulk/edit?go=1", {"ids": ids(made), "field": field}, headers=HTMX)
        assert answer.status_code == 422
    assert [record.version for record in entity.rows(SYSTEM)] == [1, 1]


def test_a_bad_value_is_told_in_the_dialog_and_changes_nothing(people, entity):
    made = make(entity, 2, people.ann)
    answer = people.clients.ann.post(
        "/companies/bulk/edit?go=1", {"ids": ids(made), "field": "email", "email": "x"}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Not an e-mail address" in answer.content.decode()
    assert statuses(entity) == ["active"] * 2


def test_tags_are_added_to_those_there_and_taken_away(people, entity):
    tags = registry.get("core.tag")
    old, new = (writes.create(SYSTEM, tags, {"name": name}).pk for name in ("Old", "New"))
    made = make(entity, 2, people.ann)
    writes.save(SYSTEM, made[0], {"tags": [old]})
    people.clients.ann.post("/companies/bulk/tag?go=1", {"ids": ids(made), "tags": [str(new)]}, headers=HTMX)
    assert [record.tags for record in entity.rows(SYSTEM).order_by("sort_key")] == [[old, new], [new]]
    people.clients.ann.post("/companies/bulk/untag?go=1", {"ids": ids(made), "tags": [str(new)]}, headers=HTMX)
    assert [record.tags for record in entity.rows(SYSTEM).order_by("sort_key")] == [[old], []]


def test_deleted_at_once_and_brought_back(people, entity):
    made = make(entity, 2, people.ann)
    done = people.clients.ann.post("/companies/bulk/delete", {"ids": ids(made)}, headers=HTMX)
    assert entity.rows(SYSTEM).count() == 0
    people.clients.ann.post(toast(done)["undo"], headers=HTMX)
    assert entity.rows(SYSTEM).count() == 2


def test_an_act_of_the_entity_runs_on_a_selection(people):
    tasks = registry.get("activities.task")
    made = writes.create_many(
        SYSTEM, tasks, [{"name": f"T{n}", "assignee": people.ann.pk, "owner": people.ann.pk} for n in range(2)]
    )
    done = people.clients.ann.post("/tasks/bulk/done", {"ids": ids(made)}, headers=HTMX)
    assert toast(done)["text"] == "2 records done"
    assert set(tasks.rows(SYSTEM).values_list("status", flat=True)) == {"done"}


def test_all_that_match_means_what_the_address_shows(people, entity):
    make(entity, 4, people.ann)
    other = make(entity, 1, people.ann)[0]
    writes.save(SYSTEM, other, {"status": "dormant"})
    people.clients.ann.post(
        "/companies/bulk/edit?go=1",
        {"every": "1", "query": "?f=status:any:active", "field": "status", "status": "lost"},
        headers=HTMX,
    )
    assert statuses(entity) == ["dormant"] + ["lost"] * 4


@pytest.mark.parametrize("at_once", [200, 0])
def test_all_that_match_the_view_that_opens_first_and_nothing_else(people, entity, monkeypatch, at_once):
    monkeypatch.setattr(list_bulk, "AT_ONCE", at_once)
    make(entity, 2, people.ann)
    writes.save(SYSTEM, make(entity, 1, people.ann)[0], {"status": "dormant"})
    condition = {"all": [{"field": "status", "op": "any", "value": ["dormant"]}]}
    view = {"name": "First", "entity": entity.label, "filter": condition, "is_default": True}
    writes.create(people.actors.ann, registry.get("core.view"), view)
    people.clients.ann.post(
        "/companies/bulk/edit?go=1", {"every": "1", "query": "", "field": "status", "status": "lost"}, headers=HTMX
    )
    if not at_once:
        assert work(JobRun.objects.get(), people.ann)["done"] == 1
    assert statuses(entity) == ["active", "active", "lost"]


def test_many_records_become_a_job_that_tells_and_can_be_undone(people, entity, monkeypatch):
    monkeypatch.setattr(list_bulk, "AT_ONCE", 3)
    make(entity, 5, people.ann)
    answer = people.clients.ann.post(
        "/companies/bulk/edit?go=1", {"every": "1", "query": "", "field": "status", "status": "lost"}, headers=HTMX
    )
    run = JobRun.objects.get()
    assert f'hx-get="/bulk/{run.pk}"' in answer.content.decode()
    assert statuses(entity) == ["active"] * 5  # nothing before the worker comes
    result = work(run, people.ann)
    assert (result["done"], result["skipped"]) == (5, 0)
    assert statuses(entity) == ["lost"] * 5
    finish(run, result)
    said = people.clients.ann.get(f"/bulk/{run.pk}", headers=HTMX)
    assert toast(said)["text"] == "5 records done"
    assert people.clients.tom.get(f"/bulk/{run.pk}", headers=HTMX).status_code == 404
    people.clients.ann.post(toast(said)["undo"], headers=HTMX)
    assert statuses(entity) == ["active"] * 5


def work(run, user):
    """Run the job as the worker would, for this person."""
    from kith.core.jobs.running import Running, _running

    run.actor = user
    token = _running.set(Running(run))
    try:
        return jobs_bulk.bulk_job(**run.arguments)
    finally:
        _running.reset(token)


def finish(run, result):
    JobRun.objects.filter(pk=run.pk).update(state="done", result=result)


def test_rights_taken_away_while_it_runs_count(people, entity):
    made = make(entity, 1, people.ann)
    actors = iter([people.actors.ann, people.actors.ann, people.actors.max])
    result = bulk.run(lambda: next(actors), entity, [made[0].pk], "edit", {"status": "lost"})
    assert result.done == 1
    result = bulk.run(lambda: next(actors, people.actors.max), entity, [made[0].pk], "edit", {"status": "active"})
    assert (result.done, result.skipped) == (0, 1)
    assert statuses(entity) == ["lost"]


@pytest.mark.parametrize(("what", "status"), [("edit", 404), ("nonsense", 404)])
def test_nobody_acts_on_what_is_hidden(people, what, status):
    assert (
        people.clients.max.post(f"/companies/bulk/{what}", {"ids": str(uuid.uuid4())}, headers=HTMX).status_code
        == status
    )


def test_an_unknown_act_and_an_empty_selection_are_refused(people, entity):
    assert (
        people.clients.ann.post("/companies/bulk/explode", {"ids": str(uuid.uuid4())}, headers=HTMX).status_code == 403
    )
    assert people.clients.ann.post("/companies/bulk/delete", {"ids": ""}, headers=HTMX).status_code == 422
    with pytest.raises(Refused, match="no such act"):
        bulk.act_of(entity, "explode", {})
