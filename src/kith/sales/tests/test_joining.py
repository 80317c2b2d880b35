"""Joining before assignment (R39): of the open records of one customer one is left."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change, ChangeSet
from kith.core.testing import factory
from kith.distribution import claiming, running
from kith.distribution.tests.help import pool, rule, waits
from kith.sales import joining, scoring_basis

LEAD = "sales.lead"


def rows(label=LEAD):
    return registry.get(label).rows(SYSTEM)


def waiting():
    return running.waiting(registry.get(LEAD))


def run(*rules):
    return running.run(registry.get(LEAD), [*rules])


@pytest.fixture
def person(make):
    return make("parties.person", family_name="Mortensen", email="freja@nordhavn.example")


def test_sixty_waiting_leads_become_forty_seven(people, make):
    """R39: 9 of one person, 6 of another; one undo brings all sixty back."""
    nine, six = make("parties.person", family_name="Nine"), make("parties.person", family_name="Six")
    for person, count in ((nine, 9), (six, 6)):
        for number in range(count):
            make(LEAD, name=f"{person} {number}", person=person.pk)
    for number in range(45):
        make(LEAD, name=f"Other {number}", company=factory.make("parties.company").pk)
    assert len(waiting()) == 60
    nobody = rule(name="Nobody takes part")
    done = run(nobody)
    assert len(waiting()) == 47 and len(done.decisions) == 47 and done.given == 0
    assert rows().filter(state="lost").count() == 13 and rows().count() == 60
    assert [rows().filter(person=one.pk).exclude(state="lost").count() for one in (nine, six)] == [1, 1]
    change = ChangeSet.objects.get(pk=done.changeset)
    assert (change.kind, change.reason) == ("assign", "Nobody takes part")
    undo.undo(people.actors.eva, done.changeset)
    assert len(waiting()) == 60 and not rows().exclude(joined_into=None).exists()


def test_the_oldest_stays_and_takes_what_it_lacks(people, make, person, fresh, vera):
    source, product, tag = make("parties.source", name="Web"), make("catalogue.product", name="TX-400"), make("core.tag", name="hot")  # fmt: skip
    company = make("parties.company", name="Nordhavn")
    first = make(LEAD, name="First", person=person.pk, text="Ten points")
    second = make(LEAD, name="Second", person=person.pk, company=company.pk, text="Urgent", source=source.pk, interest=[product.pk], tags=[tag.pk])  # fmt: skip
    note = make("activities.note", subject={"entity": LEAD, "id": str(second.pk)}, text="Called")
    task = make("activities.task", name="Call back", subject={"entity": LEAD, "id": str(second.pk)})
    done = run(rule(vera))
    kept, joined = fresh(first), fresh(second)
    assert (kept.owner_id, kept.state, kept.name) == (vera.pk, "open", "First")
    assert (kept.text, kept.source_id, kept.company_id) == ("Ten points\n\nUrgent", source.pk, company.pk)
    assert (kept.interest, kept.tags) == ([product.pk], [tag.pk])
    assert (joined.state, joined.joined_into_id, joined.owner_id, joined.text) == ("lost", first.pk, None, "Urgent")
    assert [(reason.name, reason.result) for reason in rows("sales.reason").filter(pk__in=joined.reasons)] == [("Duplicate", "unqualified")]  # fmt: skip
    assert {fresh(note).subject_id, fresh(task).subject_id} == {first.pk}
    assert Change.objects.filter(record_id=second.pk, changeset_id=done.changeset).count() == 2
    assert [one.record for one in done.decisions] == [first.pk]


def test_the_same_whole_address_of_two_people_joins_a_domain_or_company_does_not(people, make, person):
    twin = make("parties.person", family_name="M.", email="FREJA@nordhavn.example")
    colleague = make("parties.person", family_name="Holm", email="holm@nordhavn.example")
    company = make("parties.company", name="Nordhavn")
    leads = [make(LEAD, name=str(one), person=one.pk, company=company.pk) for one in (person, twin, colleague)]
    make(LEAD, name="Of the company", company=company.pk)
    run(rule())
    assert rows().get(pk=leads[1].pk).joined_into_id == leads[0].pk
    assert rows().filter(state="lost").count() == 1 and len(waiting()) == 3


def test_into_a_lead_that_somebody_works_whose_owner_stays(people, make, person, fresh, vera):
    new = make(LEAD, name="New", person=person.pk)
    mine = make(LEAD, name="Ann's", person=person.pk, owner=people.ann.pk)
    run(rule(vera))
    assert fresh(mine).owner_id == people.ann.pk and fresh(mine).state == "open"
    assert (fresh(new).joined_into_id, fresh(new).owner_id) == (mine.pk, None)


def test_into_an_open_opportunity_before_a_lead_but_never_into_a_closed_one(people, make, person, fresh, stages, vera):
    lead = make(LEAD, name="Lead of Tom", person=person.pk, owner=people.tom.pk)
    deal = make("sales.opportunity", name="Lathe", person=person.pk, owner=people.ann.pk, need="A lathe")
    new = make(LEAD, name="New", person=person.pk, text="Also a press")
    run(rule(vera))
    assert (fresh(new).state, fresh(new).opportunity_id, fresh(new).joined_into_id) == ("lost", deal.pk, None)
    assert (fresh(deal).owner_id, fresh(deal).need) == (people.ann.pk, "A lathe\n\nAlso a press")
    assert (fresh(lead).state, fresh(lead).owner_id) == ("open", people.tom.pk)
    for record in (lead, deal):
        writes.delete(SYSTEM, registry.for_model(type(record)), [record.pk])
    gone = make("sales.opportunity", name="Won", person=person.pk, owner=people.ann.pk)
    writes.save(SYSTEM, gone, {"stage": stages.won.pk})
    again = make(LEAD, name="Again", person=person.pk)
    run(rule(vera, name="Second"))
    assert (fresh(again).state, fresh(again).owner_id) == ("open", vera.pk)


def test_a_lead_with_a_team_stays_before_an_older_one_without(people, make, person, fresh):
    unit = make("people.orgunit", name="North")
    old, of_north = (
        make(LEAD, name="Old", person=person.pk),
        make(LEAD, name="North's", person=person.pk, org_unit=unit.pk),
    )
    run(rule())
    assert fresh(old).joined_into_id == of_north.pk and fresh(of_north).org_unit_id == unit.pk


def test_a_new_lead_alone_finds_the_older_one_that_waits(people, make, person, fresh):
    old, new = (make(LEAD, name=name, person=person.pk) for name in ("Old", "New"))
    running.run(registry.get(LEAD), [rule()], [new.pk])
    assert (fresh(new).joined_into_id, fresh(old).state) == (old.pk, "open")


def test_what_waits_in_a_pool_is_left_alone(people, make, person, fresh, vera):
    pooled, new = (make(LEAD, name=name, person=person.pk) for name in ("Pooled", "New"))
    basin = pool(vera)
    waits(basin, pooled)
    run(rule(vera))
    assert (fresh(pooled).state, fresh(new).owner_id) == ("open", vera.pk)
    assert claiming.queue(running.claiming.book().basins[basin.pk]).count() == 1


def test_opportunities_are_never_joined(people, make, person):
    for name in ("A", "B"):
        make("sales.opportunity", name=name, person=person.pk)
    running.run(registry.get("sales.opportunity"), [rule(entity="sales.opportunity")])
    assert rows("sales.opportunity").filter(state="open").count() == 2


def test_a_process_that_does_not_let_a_lead_be_closed_leaves_it_alone(people, make, person, fresh):
    from kith.processes import editions
    from kith.processes.book import book

    draft = editions.copy(people.actors.eva, book().default(SYSTEM, LEAD).process)
    make(
        "processes.transition",
        process=draft.pk,
        to_stage=book().courses[draft.pk].of_kind("lost")[-1].pk,
        allowed=False,
    )
    editions.publish(people.actors.eva, [draft])
    first, second = (make(LEAD, name=name, person=person.pk, text=name) for name in ("A", "B"))
    done = run(rule())
    assert (fresh(first).state, fresh(second).state, fresh(first).text) == ("open", "open", "A")
    assert done.changeset is None


def test_joined_leads_tell_nothing_about_customers(people, make, person):
    for name in ("A", "B", "C"):
        make(LEAD, name=name, person=person.pk)
    run(rule())
    assert rows().filter(state="lost").count() == 2
    assert scoring_basis.count(registry.get(LEAD)) == {}


def test_the_reason_is_made_once(people, make, person):
    for name in ("A", "B"):
        make(LEAD, name=name, person=person.pk)
    run(rule())
    assert joining.reason().pk == joining.reason().pk
    assert rows("sales.reason").filter(external_ids__contains=[joining.MARK]).count() == 1
