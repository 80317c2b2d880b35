"""Moves through a process: what follows from a stage, what a move needs, on every door (R54, R59, R60, B6)."""

import json
from types import SimpleNamespace

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.staged import State, Step
from kith.core.testing import factory
from kith.processes import book, editions, history, rules, shipped


def entity(label="sales.opportunity"):
    return registry.get(label)


def fresh(record):
    return entity().rows(SYSTEM).get(pk=record.pk)


@pytest.fixture
def deal(people):
    company = factory.make("parties.company", owner=str(people.ann.pk))
    return writes.create(people.actors.ann, entity(), {"name": "Lathe", "company": company.pk})


@pytest.fixture
def stages(people):
    course = book.book().default(SYSTEM, "sales.opportunity")
    return SimpleNamespace(**{stage.key: stage for stage in course.stages})


def draft(people, **values):
    """A draft of the next edition with the default's stages."""
    current = book.book().default(SYSTEM, "sales.opportunity").process
    made = editions.copy(people.actors.eva, current)
    return writes.save(people.actors.eva, made, values) if values else made


def rule(people, process, origin, target, **values):
    """A rule between two stages of a draft, by their keys."""
    course = book.book().courses[process.pk]
    origin_key = course.stage(origin).pk if origin else None
    return writes.create(
        people.actors.eva,
        registry.get("processes.transition"),
        {"process": process.pk, "from_stage": origin_key, "to_stage": course.stage(target).pk, **values},
    )


def begin(people, process):
    """Publish a draft and begin an opportunity on it."""
    editions.publish(people.actors.eva, [process])
    company = factory.make("parties.company", owner=str(people.ann.pk))
    made = writes.create(people.actors.ann, entity(), {"name": "Press", "company": company.pk})
    course = book.book().courses[process.pk]
    assert made.process_id == process.pk
    return made, SimpleNamespace(**{stage.key: stage for stage in course.stages})


def test_a_new_record_begins_in_the_default_stage(deal, stages):
    assert (deal.stage_id, deal.state) == (stages.new.pk, "open")
    assert deal.stage_at == deal.created_at
    assert [(stay.stage_id, stay.left_at) for stay in history.stays(deal)] == [(stages.new.pk, None)]


def test_state_moments_and_stays_follow_the_stage(people, deal, stages):
    won = writes.save(people.actors.ann, deal, {"stage": stages.won.pk, "amount": {"amount": "500", "currency": "EUR"}})
    assert (won.state, won.closed_at, won.stage_at) == ("won", won.updated_at, won.updated_at)
    again = writes.save(people.actors.ann, won, {"stage": stages.qualified.pk})
    assert (again.state, again.closed_at) == ("open", None)
    found = [(stay.stage_id, stay.entered_at, stay.left_at) for stay in history.stays(deal)]
    assert found == [
        (stages.new.pk, deal.created_at, won.updated_at),
        (stages.won.pk, won.updated_at, again.updated_at),
        (stages.qualified.pk, again.updated_at, None),
    ]


def test_a_stage_asks_for_its_fields_and_names_them(people, deal, stages):
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, deal, {"stage": stages.negotiation.pk})
    assert {name: [str(line) for line in lines] for name, lines in refused.value.errors.items()} == {
        "amount": ["Needed for “Negotiation”."],
        "closes_on": ["Needed for “Negotiation”."],
    }
    assert fresh(deal).stage_id == stages.new.pk and len(history.stays(deal)) == 1
    look = rules.look(entity(), people.actors.ann, fresh(deal), stages.negotiation)
    assert list(look.missing) == ["amount", "closes_on"]
    values = {"stage": stages.negotiation.pk, "amount": {"amount": "5", "currency": "EUR"}, "closes_on": "2026-12-24"}
    assert writes.save(people.actors.ann, deal, values).stage_id == stages.negotiation.pk


def test_each_door_refuses_alike(people, deal, stages):
    ann = people.clients.ann
    body = json.dumps({"stage": str(stages.offer.pk)})
    answer = ann.patch(f"/api/v1/opportunities/{deal.pk}", body, content_type="application/json")
    assert answer.status_code == 422 and "amount" in json.dumps(answer.json()["errors"])
    outcome = {}
    writes.update_many(
        people.actors.ann,
        entity(),
        [deal.pk],
        {"stage": stages.offer.pk},
        on_errors=lambda at, errors: outcome.update(errors),
    )
    assert list(outcome) == ["amount"]
    assert fresh(deal).stage_id == stages.new.pk


def test_a_stage_of_another_process_is_refused(people, deal):
    other = shipped.ship(entity(), "Service", (Step("start", "Start"), Step("end", "End", State.WON)), is_default=False)
    start = book.book().courses[other.pk].stage("start")
    lead_stage = book.book().default(SYSTEM, "sales.lead").stages[0]
    moved = writes.save(people.actors.ann, deal, {"stage": start.pk})
    assert moved.process_id == other.pk
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, deal, {"stage": lead_stage.pk})
    assert "is no process for opportunities" in str(refused.value.errors["stage"][0])
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, deal, {"stage": lead_stage.pk, "process": other.pk})
    assert "has no such stage; there are: Start, End" in str(refused.value.errors["stage"][0])


def test_a_forbidden_move_says_where_one_can_go(people):
    process = draft(people, moves="listed")
    rule(people, process, "new", "qualified")
    rule(people, process, "qualified", "lost", allowed=False)
    made, stages = begin(people, process)
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, made, {"stage": stages.offer.pk, "amount": {"amount": "5", "currency": "EUR"}})
    assert str(refused.value.errors["stage"][0]) == "From “New” one can go to: Need understood."
    assert writes.save(people.actors.ann, made, {"stage": stages.qualified.pk}).stage_id == stages.qualified.pk


def test_no_way_back_and_no_opening_again(people):
    made, stages = begin(people, draft(people, allow_back=False, allow_reopen=False))
    writes.save(people.actors.ann, made, {"stage": stages.qualified.pk})
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, made, {"stage": stages.new.pk})
    assert "does not go back" in str(refused.value.errors["stage"][0])
    writes.save(people.actors.ann, made, {"stage": stages.won.pk})
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, made, {"stage": stages.qualified.pk})
    assert "stays closed" in str(refused.value.errors["stage"][0])


def test_a_checklist_has_to_be_done(people):
    process = draft(people)
    first = book.book().courses[process.pk].stage("new")
    writes.save(people.actors.eva, first, {"checklist": ["Call", "Send brochure"]})
    rule(people, process, "new", "qualified", needs_checklist=True)
    made, stages = begin(people, process)
    writes.save(people.actors.ann, made, {"stage_checks": ["Call"]})
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, made, {"stage": stages.qualified.pk})
    assert str(refused.value.errors["stage"][0]) == "Not done yet: Send brochure."
    writes.save(people.actors.ann, made, {"stage_checks": ["Call", "Send brochure"]})
    moved = writes.save(people.actors.ann, made, {"stage": stages.qualified.pk})
    assert (moved.stage_id, moved.stage_checks) == (stages.qualified.pk, [])


def test_a_condition_has_to_hold(people):
    process = draft(people)
    condition = {"field": "amount", "op": "ge", "value": "1000"}
    rule(people, process, "new", "qualified", condition=condition, guidance="Small ones go to the shop.")
    made, stages = begin(people, process)
    for amount, allowed in (("999", False), ("1000", True)):
        values = {"stage": stages.qualified.pk, "amount": {"amount": amount, "currency": "EUR"}}
        if allowed:
            assert writes.save(people.actors.ann, made, values).stage_id == stages.qualified.pk
        else:
            with pytest.raises(Refused) as refused:
                writes.save(people.actors.ann, made, values)
            assert str(refused.value.errors["stage"][0]) == "Small ones go to the shop."
            assert fresh(made).amount is None


def test_an_approver_is_named_and_may(people):
    process = draft(people)
    rule(people, process, None, "won", approver=people.tom.pk)
    made, stages = begin(people, process)
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, made, {"stage": stages.won.pk})
    assert str(refused.value.errors["stage"][0]) == "Tom Team has to approve this move."
    assert writes.save(people.actors.tom, made, {"stage": stages.won.pk}).state == "won"


def last_change(record):
    return ChangeSet.objects.filter(entity=record._meta.label_lower).order_by("-at").first().pk


def test_undo_of_a_move_takes_back_its_stay(people, deal, stages):
    writes.save(people.actors.ann, deal, {"stage": stages.qualified.pk})
    plan = undo.undo(people.actors.ann, last_change(deal))
    assert (plan.restored, plan.refused) == (1, [])
    back = fresh(deal)
    assert (back.stage_id, back.stage_at, back.probability) == (stages.new.pk, deal.stage_at, stages.new.probability)
    assert [(stay.stage_id, stay.left_at) for stay in history.stays(deal)] == [(stages.new.pk, None)]


def test_undo_goes_by_the_rules_as_well(people):
    made, stages = begin(people, draft(people, allow_back=False))
    writes.save(people.actors.ann, made, {"stage": stages.qualified.pk})
    plan = undo.undo(people.actors.ann, last_change(made))
    assert plan.restored == 0
    ((_label, title, reason),) = plan.refused
    assert title == "Press" and "does not go back" in str(reason)
    assert fresh(made).stage_id == stages.qualified.pk
    assert [stay.stage_id for stay in history.stays(made)] == [stages.new.pk, stages.qualified.pk]


def test_hidden_or_locked_stages_are_a_matter_of_field_rights(people, deal, stages):
    with pytest.raises(Exception) as refused:
        writes.save(people.actors.max, deal, {"stage": stages.won.pk})
    assert type(refused.value).__name__ == "Missing" and fresh(deal).stage_id == stages.new.pk
