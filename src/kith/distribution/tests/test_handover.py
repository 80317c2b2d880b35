"""The hand-over of everything one person works on: counts, preview, rule, person, pool, tasks; one undo takes it back (A13)."""

import pytest

from kith.access import actions
from kith.core import undo
from kith.core.access import SYSTEM
from kith.core.errors import Forbidden, Refused
from kith.core.notify import Notification
from kith.core.outbox import deliver_waiting
from kith.core.testing import factory
from kith.distribution import handover, leases
from kith.distribution.handover import Target
from kith.processes import book as processes

from .help import entity, fresh, lead, pool, rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(reps):
    """Vera has three open leads, a lost one and a task."""
    course = processes.book().default(SYSTEM, "sales.lead")
    leads = [lead(owner=reps.vera.pk) for _ in range(3)]
    won = lead(owner=reps.vera.pk, stage=course.of_kind("won")[0].pk)
    task = factory.make("activities.task", assignee=str(reps.vera.pk), subject={"entity": "sales.lead", "id": str(leads[0].pk)})  # fmt: skip
    return leads, won, task


def owners(records):
    return [getattr(fresh(one).owner, "name", None) for one in records]


def test_counts_by_kind_and_state(reps, people, held):
    found = {one.entity.label: one for one in handover.holdings(people.actors.eva, reps.vera.pk)}
    assert set(found) == {"sales.lead", "activities.task"}
    mine = found["sales.lead"]
    assert (mine.total, mine.open, mine.given) == (4, 3, 3)
    assert [(str(label), count) for label, count in mine.states] == [("open", 3), ("won", 1)]
    assert (found["activities.task"].total, found["activities.task"].column) == (1, "assignee")


def test_leads_by_a_rule_and_tasks_to_one_person(reps, people, held):
    leads, won, task = held
    made = rule(reps.vera, reps.igor, reps.ana)
    choices = {"sales.lead": Target("rule", made.pk), "activities.task": Target("person", people.tom.pk)}
    plans = handover.plan(people.actors.eva, reps.vera.pk, choices)
    assert [dict(one.counts) for one in plans] == [{"Igor": 2, "Ana": 1}, {"Tom Team": 1}]
    assert owners(leads) == ["Vera"] * 3, "a plan writes nothing"
    _plans, change = handover.perform(people.actors.eva, reps.vera.pk, choices, "Vera leaves")
    assert owners(leads) == ["Igor", "Ana", "Igor"] and owners([won]) == ["Vera"]
    assert fresh(task).assignee_id == people.tom.pk
    undo.undo(people.actors.eva, change)
    assert owners(leads) == ["Vera"] * 3 and fresh(task).assignee_id == reps.vera.pk


def test_into_a_pool_only_what_is_of_its_scope(reps, people, held):
    leads, _won, _task = held
    web = lead(owner=reps.vera.pk, channel="web")
    made = pool(reps.igor, scope={"field": "channel", "op": "any", "value": ["web"]})
    plans, _change = handover.perform(people.actors.eva, reps.vera.pk, {"sales.lead": Target("pool", made.pk)}, "")
    assert (dict(plans[0].counts), plans[0].stays) == ({"Free leads": 1}, 3)
    assert owners([web, *leads]) == [None, "Vera", "Vera", "Vera"]
    assert leases.current(web.pk).previous_owner_id == reps.vera.pk


def test_closed_ones_as_well_when_asked(reps, people, held):
    leads, won, _task = held
    handover.perform(people.actors.eva, reps.vera.pk, {"sales.lead": Target("person", people.tom.pk)}, "", closed=True)
    assert owners([*leads, won]) == ["Tom Team"] * 4


def test_without_the_right_nothing_moves(reps, people, held):
    leads, _won, _task = held
    plans, change = handover.perform(reps.actors.igor, reps.vera.pk, {"sales.lead": Target("person", reps.igor.pk)}, "")
    assert change is None and plans[0].moves == [] and owners(leads) == ["Vera"] * 3
    assert reps.clients.igor.get(f"/handover?user={reps.vera.pk}").status_code == 403


@pytest.mark.parametrize("to", ["vera", "gone"])
def test_the_receiver_is_somebody_else_who_may_sign_in(reps, people, held, to):
    from kith.core import writes

    gone = writes.save(SYSTEM, reps.ana, {"is_active": False})
    key = {"vera": reps.vera.pk, "gone": gone.pk}[to]
    with pytest.raises(Refused) as refused:
        handover.perform(people.actors.eva, reps.vera.pk, {"sales.lead": Target("person", key)}, "")
    assert list(refused.value.errors) == ["person"] and owners(held[0]) == ["Vera"] * 3


def test_a_closed_account_proposes_it(reps, people, held):
    actions.deactivate(people.actors.eva, [reps.vera])
    deliver_waiting()
    told = Notification.objects.get(user=people.eva, kind="handover")
    assert told.detail["url"] == f"/handover?user={reps.vera.pk}"
    assert told.title == "Vera still works on records; hand them over."


def test_nobody_is_told_of_an_account_that_holds_nothing(reps, people):
    actions.deactivate(people.actors.eva, [reps.igor])
    deliver_waiting()
    assert not Notification.objects.filter(kind="handover").exists()


def test_the_page_shows_previews_and_does_it(reps, people, held):
    leads, _won, _task = held
    eva = people.clients.eva
    page = eva.get(f"/handover?user={reps.vera.pk}").content.decode()
    assert "You may give" in page and 'name="to.sales.lead"' in page
    values = {"user": str(reps.vera.pk), "person": str(people.tom.pk), "to.sales.lead": "person", "reason": "Leaves"}
    look = eva.post("/handover", values)
    assert look.status_code == 200 and "Tom Team: 3" in look.content.decode()
    assert owners(leads) == ["Vera"] * 3
    done = eva.post("/handover", values | {"do": "1"})
    assert done.status_code == 302 and owners(leads) == ["Tom Team"] * 3
    nothing = eva.post("/handover", {"user": str(reps.vera.pk)})
    assert nothing.status_code == 422


def test_forbidden_is_told_in_words(reps):
    with pytest.raises(Forbidden):
        from kith.core import writes

        one = lead(owner=reps.vera.pk)
        writes.save(reps.actors.vera, one, {"owner": reps.igor.pk})
    assert entity().rows(SYSTEM).get().owner_id == reps.vera.pk
