"""Editions: a published one keeps its shape, records finish on the one they began or are moved (B5)."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.testing import factory
from kith.processes import book, editions, history


def current():
    return book.book().default(SYSTEM, "sales.opportunity")


def status(process):
    return registry.get("processes.process").rows(SYSTEM).get(pk=process.pk).status


@pytest.fixture
def deal(people):
    company = factory.make("parties.company", owner=str(people.ann.pk))
    return writes.create(people.actors.ann, registry.get("sales.opportunity"), {"name": "Lathe", "company": company.pk})


def test_every_kind_of_staged_record_begins_with_a_published_process(people):
    found = {course.process.entity: [stage.key for stage in course.stages] for course in book.book().courses.values()}
    assert found["sales.opportunity"] == ["new", "qualified", "offer", "negotiation", "won", "lost"]
    assert found["sales.lead"] == ["new", "working", "recycled", "qualified", "unqualified"]
    assert current().process.status == "published" and current().default.key == "new"
    assert current().stage("won").translations.keys() == {"ru", "zh-hans"}


def test_a_new_edition_takes_the_place_and_records_stay(people, deal):
    old = current()
    draft = editions.copy(people.actors.eva, old.process)
    assert (draft.series, draft.edition, draft.status) == (old.process.series, 2, "draft")
    assert [stage.key for stage in book.book().courses[draft.pk].stages] == [stage.key for stage in old.stages]
    assert current().process.pk == old.process.pk
    editions.publish(people.actors.eva, [draft])
    assert (status(old.process), status(draft)) == ("retired", "published")
    assert current().process.pk == draft.pk
    moved = writes.save(people.actors.ann, deal, {"stage": old.stage("qualified").pk})
    assert moved.process_id == old.process.pk


def test_a_published_edition_keeps_its_shape(people):
    stage = current().stage("offer")
    eva, entity = people.actors.eva, registry.get("processes.stage")
    for change in ({"kind": "won"}, {"position": 9}, {"key": "else"}):
        with pytest.raises(Refused) as refused:
            writes.save(eva, stage, change)
        assert "make a new edition" in str(refused.value.errors["process"][0])
    with pytest.raises(Refused):
        writes.delete(eva, entity, [stage.pk])
    with pytest.raises(Refused):
        writes.create(eva, entity, {"process": stage.process_id, "key": "more", "name": "More"})
    assert entity.rows(SYSTEM).filter(process=stage.process_id).count() == 6
    assert writes.save(eva, stage, {"max_days": 5, "guidance": "Ask for the budget."}).max_days == 5


def test_only_administrators_change_processes(people):
    with pytest.raises(Forbidden):
        editions.copy(people.actors.max, current().process)
    with pytest.raises(Refused):
        editions.publish(people.actors.eva, [current().process])
    assert len([course for course in book.book().courses.values() if course.process.entity == "sales.opportunity"]) == 1


def test_an_incomplete_draft_is_not_published(people):
    entity = registry.get("processes.process")
    draft = writes.create(people.actors.eva, entity, {"name": "Bare", "entity": "sales.opportunity"})
    with pytest.raises(Refused) as refused:
        editions.publish(people.actors.eva, [draft])
    assert "needs an open stage" in str(refused.value.errors[""][0])
    values = {"process": draft.pk, "key": "a", "name": "A"}
    writes.create(people.actors.eva, registry.get("processes.stage"), values)
    with pytest.raises(Refused) as refused:
        editions.publish(people.actors.eva, [draft])
    assert "of the kind “won”" in str(refused.value.errors[""][0])
    assert status(draft) == "draft"


def test_records_move_to_the_new_edition_in_one_change(people, deal):
    old = current()
    draft = editions.copy(people.actors.eva, old.process)
    editions.publish(people.actors.eva, [draft])
    pairs = editions.counterparts(old.process, draft)
    assert None not in pairs.values()
    result = editions.transfer(people.actors.eva, old.process, draft, pairs, [deal.pk])
    moved = registry.get("sales.opportunity").rows(SYSTEM).get(pk=deal.pk)
    assert (result.done, result.refused) == (1, [])
    assert (moved.process_id, moved.stage_id) == (draft.pk, current().stage("new").pk)
    assert len(history.stays(deal)) == 2


def test_wrong_names_in_a_rule_are_told(people):
    draft = editions.copy(people.actors.eva, current().process)
    stage = book.book().courses[draft.pk].stage("offer")
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.eva, stage, {"required_fields": ["amount", "prize"]})
    assert "No such field: prize" in str(refused.value.errors["required_fields"][0])
    with pytest.raises(Refused) as refused:
        writes.create(
            people.actors.eva,
            registry.get("processes.transition"),
            {"process": draft.pk, "to_stage": stage.pk, "condition": {"field": "prize", "op": "filled"}},
        )
    assert "prize" in str(refused.value.errors["condition"][0])
    with pytest.raises(Refused):
        writes.create(people.actors.eva, registry.get("processes.process"), {"name": "X", "entity": "parties.company"})
