"""Sharing out a target list: exact numbers of each way, who is left out and why, no customer twice (R46, B20)."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.changes import maintenance
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import ChangeSet
from kith.core.testing.people import grant
from kith.distribution import leases
from kith.marketing import members, splitting

ENTRY = "marketing.calllistentry"


def rows(label=ENTRY):
    return registry.get(label).rows(SYSTEM)


def numbers(name):
    """The numbers of the companies that somebody got, in order."""
    return [int(entry.party.name.split()[1]) for entry in rows().filter(owner__name=name).order_by("pk")]


def share(people, there, *reps, method="round_robin", name="Calls", **more):
    return splitting.share_out(people.actors.eva, [there.list], name, [rep.pk for rep in reps], method, **more)


def test_in_turn(people, reps, listed):
    """R46: 10 to three people: 1 4 7 10, 2 5 8, 3 6 9."""
    there = listed(10)
    plan = splitting.plan(people.actors.eva, there.list, [reps.vera.pk, reps.igor.pk, reps.ana.pk], "round_robin")
    assert [share.count for share in plan.shares] == [4, 3, 3] and not plan.left and not rows().exists()
    made = share(people, there, reps.vera, reps.igor, reps.ana, script="Good morning")
    assert (numbers("Vera"), numbers("Igor"), numbers("Ana")) == ([1, 4, 7, 10], [2, 5, 8], [3, 6, 9])
    assert (made.made.name, made.made.method, made.made.script, made.made.attempts_limit) == ("Calls", "round_robin", "Good morning", 3)  # fmt: skip
    change = ChangeSet.objects.get(pk=made.changeset)
    assert (change.kind, change.records) == ("share_out", 11)


def test_evenly_counts_what_is_open_already(people, reps, listed):
    """Vera has 4 open, Igor none: of 6 more Igor gets 5, Vera 1."""
    share(people, listed(4, name="First"), reps.vera)
    there = listed(6)
    made = share(people, there, reps.vera, reps.igor, method="least_busy")
    assert [(one.count, one.open) for one in made.shares] == [(1, 4), (5, 0)]


def test_by_territory_the_nearest_manager_upwards(people, reps, make):
    norway = make("parties.territory", name="Norway", manager=reps.vera.pk)
    oslo = make("parties.territory", name="Oslo", parent=norway.pk, manager=reps.igor.pk)
    west = make("parties.territory", name="West", parent=norway.pk, manager=people.tom.pk)
    china = make("parties.territory", name="China", manager=people.tom.pk)
    homes = {"Company 1": norway, "Company 2": oslo, "Company 3": west, "Company 4": china, "Company 5": None}
    found = {name: make("parties.company", name=name, territory=home and home.pk) for name, home in homes.items()}
    person = make("parties.person", family_name="6", given_name="Person")
    make("parties.employment", person=person.pk, company=found["Company 2"].pk)
    target_list = make("marketing.targetlist", name="Autumn")
    members.put(SYSTEM, target_list, [one.pk for one in (*found.values(), person)], "hand")
    made = splitting.share_out(people.actors.eva, [target_list], "Calls", [reps.vera.pk, reps.igor.pk], "territory")
    owners = {str(entry.party): entry.owner.name for entry in rows().select_related("party", "owner")}
    assert owners == {"Company 1": "Vera", "Company 2": "Igor", "Company 3": "Vera", "Person 6": "Igor"}
    assert made.reasons == [("in the territory of none of these people", 2)]


def test_who_is_left_out_and_why(people, reps, listed, make):
    there = listed(8)
    one, two, three, four, five, six, seven, _eight = there.companies
    quiet = make("marketing.targetlist", name="Never", kind="suppression")
    members.put(SYSTEM, quiet, [one.pk], "hand")
    silent = make("parties.person", family_name="Lind", status="do_not_contact")
    members.put(SYSTEM, there.list, [silent.pk], "hand")
    writes.delete(SYSTEM, registry.get("parties.company"), [two.pk])
    earlier = make("marketing.calllist", name="Earlier", target_list=there.list.pk)
    make(ENTRY, call_list=earlier.pk, party=three.pk, owner=reps.ana.pk)
    closed = make(ENTRY, call_list=earlier.pk, party=four.pk, owner=reps.ana.pk)
    writes.save(SYSTEM, closed, {"status": "refused"})
    lead = make("sales.lead", name="L", company=five.pk, owner=people.tom.pk)
    leases.take(people.actors.tom, registry.get("sales.lead"), lead)
    (member,) = rows("marketing.targetlistmember").filter(party=six.pk)
    writes.save(SYSTEM, member, {"status": "removed"})
    over = make("sales.lead", name="Over", company=seven.pk, owner=people.tom.pk)
    item = leases.take(people.actors.tom, registry.get("sales.lead"), over)
    type(item).objects.filter(pk=item.pk).update(lease_until=timezone.now() - dt.timedelta(minutes=1))
    made = share(people, there, reps.vera)
    assert made.left == {
        one.pk: "on a list of those not to be contacted", silent.pk: "does not want to be contacted",
        three.pk: "stands in the queue of Ana already", five.pk: "Tom Team is working on it now",
    }  # fmt: skip
    assert numbers("Vera") == [4, 7, 8], "who said no before is asked again; whose lease has run out is free"


def test_the_person_of_a_company_that_is_being_worked_is_left_out(people, reps, make):
    company = make("parties.company", name="Arbor")
    person = make("parties.person", family_name="Lind")
    make("parties.employment", person=person.pk, company=company.pk)
    lead = make("sales.lead", name="L", company=company.pk, owner=people.tom.pk)
    leases.take(people.actors.tom, registry.get("sales.lead"), lead)
    target_list = make("marketing.targetlist", name="Autumn")
    members.put(SYSTEM, target_list, [person.pk], "hand")
    plan = splitting.plan(people.actors.eva, target_list, [reps.vera.pk], "round_robin")
    assert plan.reasons == [("Tom Team is working on it now", 1)]


def test_nothing_is_made_of_nobody(people, reps, listed):
    with pytest.raises(Refused):
        share(people, listed(0), reps.vera)
    assert not rows().exists() and not rows("marketing.calllist").exists()


def test_the_database_lets_no_customer_stand_in_two_queues(people, reps, listed, make):
    there = listed(2)
    made = share(people, there, reps.vera)
    other = make("marketing.calllist", name="Other", target_list=there.list.pk)
    with pytest.raises(Refused) as refused:
        make(ENTRY, call_list=other.pk, party=there.companies[0].pk, owner=reps.igor.pk)
    assert refused.value.errors == {"": ["This customer stands in the queue of somebody else."]}
    with pytest.raises(Refused) as refused:
        make(ENTRY, call_list=made.made.pk, party=there.companies[0].pk, owner=reps.vera.pk)
    assert refused.value.errors == {"party": ["This customer is on the call list already."]}
    assert rows().count() == 2
    make(ENTRY, call_list=other.pk, party=there.companies[0].pk, owner=reps.vera.pk)
    writes.update_many(SYSTEM, registry.get(ENTRY), rows().filter(party=there.companies[1].pk).values_list("pk", flat=True), {"status": "reached"})  # fmt: skip
    make(ENTRY, call_list=other.pk, party=there.companies[1].pk, owner=reps.igor.pk)
    assert rows().count() == 4


def test_the_constraint_holds_without_the_code(people, reps, listed):
    from django.db import IntegrityError, transaction

    there = listed(1)
    share(people, there, reps.vera)
    (entry,) = rows()
    with pytest.raises(IntegrityError), maintenance("a second person"), transaction.atomic():
        entry.pk, entry.owner_id, entry._state.adding = uuid.uuid4(), reps.igor.pk, True
        entry.call_list_id = entry.call_list_id
        type(entry)._base_manager.bulk_create([entry])


def test_one_undo_takes_it_back_but_not_what_was_called(people, reps, listed):
    from kith.marketing import calling

    made = share(people, listed(3), reps.vera)
    first = rows().order_by("pk").first()
    calling.called(reps.actor("vera"), [first], "refused")
    plan = undo.undo(people.actors.eva, made.changeset)
    assert [entry.pk for entry in rows()] == [first.pk] and rows("marketing.calllist").count() == 1
    assert [str(reason) for _label, _title, reason in plan.kept] == ["edited since", "something was added to it since"]
    again = share(people, listed(2, name="Second"), reps.igor)
    undo.undo(people.actors.eva, again.changeset)
    assert rows().count() == 1 and rows("marketing.calllist").count() == 1


def test_members_that_the_actor_may_not_see_are_neither_counted_nor_given(people, reps, make):
    from kith.core.testing.people import fresh as actor_now
    from kith.core.testing.people import grant

    mine, hidden = (make("parties.company", name=f"Company {number}", owner=user.pk) for number, user in ((1, people.ann), (2, people.eva)))  # fmt: skip
    target_list = make("marketing.targetlist", name="Shared", owner=people.ann.pk)
    members.put(SYSTEM, target_list, [mine.pk, hidden.pk], "hand")
    grant(people.ann, (ENTRY, "assign", "all"))
    plan = splitting.plan(actor_now(people.ann), target_list, [reps.vera.pk], "round_robin")
    assert list(plan.gifts) == [mine.pk] and not plan.left and [one.count for one in plan.shares] == [1]


def test_without_the_right_to_assign_one_takes_only_for_oneself(people, reps, make):
    mine = make("parties.company", name="Company 1", owner=people.ann.pk)
    target_list = make("marketing.targetlist", name="Own", owner=people.ann.pk)
    members.put(SYSTEM, target_list, [mine.pk], "hand")
    ann = people.actors.ann
    with pytest.raises(Forbidden):
        splitting.share_out(ann, [target_list], "Calls", [people.ann.pk, reps.vera.pk], "round_robin")
    assert not rows().exists() and not rows("marketing.calllist").exists()
    splitting.share_out(ann, [target_list], "Calls", [people.ann.pk], "round_robin")
    assert [entry.owner_id for entry in rows()] == [people.ann.pk]


@pytest.mark.parametrize("who", ["max", "nobody", "none", "gone"])
def test_people_who_cannot_work_prospects_are_named(people, reps, listed, who):
    there = listed(1)
    keys = {"max": [people.max.pk], "nobody": [], "none": [uuid.uuid4()], "gone": [reps.vera.pk]}[who]
    writes.save(SYSTEM, reps.vera, {"is_active": False})
    with pytest.raises(Refused) as refused:
        splitting.share_out(people.actors.eva, [there.list], "Calls", keys, "round_robin")
    assert list(refused.value.errors) == ["reps"] and not rows().exists()


def test_the_page_looks_before_it_does(people, reps, listed):
    there, client = listed(5), people.clients.eva
    address = f"/target-lists/{there.list.pk}/share-out"
    assert client.get(address).status_code == 200
    data = {"name": "Calls", "reps": [str(reps.vera.pk), str(reps.igor.pk)], "method": "round_robin", "attempts_limit": "2", "script": "Hello"}  # fmt: skip
    answer = client.post(address, data)
    assert answer.status_code == 200 and "Who would get how many" in answer.content.decode() and not rows().exists()
    answer = client.post(address, data | {"do": "1"})
    (made,) = rows("marketing.calllist")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/call-lists/{made.pk}/?tab=progress")
    assert (len(numbers("Vera")), len(numbers("Igor")), made.attempts_limit) == (3, 2, 2)
    page = client.get(f"/call-lists/{made.pk}/?tab=progress").content.decode()
    assert "Vera" in page and f"owner:any:{reps.vera.pk}" in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "This field is required."), ({"reps": []}, "This field is required."), ({"method": "dice"}, "valid are"),
        ({"attempts_limit": "0"}, "1"), ({"attempts_limit": "many"}, "many"), ({"reps": ["x"]}, "x"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field_and_makes_nothing(people, reps, listed, change, words):
    there = listed(1)
    data = {"name": "Calls", "reps": [str(reps.vera.pk)], "method": "round_robin", "attempts_limit": "2", "do": "1"} | change  # fmt: skip
    answer = people.clients.eva.post(f"/target-lists/{there.list.pk}/share-out", data)
    assert answer.status_code == 422 and words in answer.content.decode() and 'class="err"' in answer.content.decode()
    assert not rows().exists() and not rows("marketing.calllist").exists()


def test_max_finds_no_such_page(people, reps, listed):
    there = listed(1)
    address = f"/target-lists/{there.list.pk}/share-out"
    assert people.clients.max.get(address).status_code == 404
    assert people.clients.max.post(address, {"do": "1"}).status_code == 404 and not rows().exists()


def test_over_the_api(people, reps, listed):
    there = listed(3)
    address = f"/api/v1/target-lists/{there.list.pk}/actions/share_out"
    data = {"name": "Calls", "reps": [str(reps.vera.pk)], "method": "round_robin"}
    assert people.clients.max.post(address, data, content_type="application/json").status_code in (403, 404)
    assert not rows().exists()
    answer = people.clients.eva.post(address, data, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert numbers("Vera") == [1, 2, 3]


def test_no_more_than_can_be_done_at_once(people, reps, listed, monkeypatch):
    there = listed(3)
    monkeypatch.setattr(splitting, "MOST", 2)
    with pytest.raises(Refused) as refused:
        splitting.share_out(people.actors.eva, [there.list], "Calls", [reps.vera.pk], "round_robin")
    assert "More than 2 customers" in str(refused.value)
    assert not registry.get("marketing.calllist").rows(SYSTEM).exists()


def test_an_undo_erases_no_prospect_that_it_may_not_undo(people, reps, listed):
    grant(reps.ana, ("*", "view", "all"), ("marketing.calllistentry", "assign", "all"))
    there = listed(2)
    done = splitting.share_out(reps.actor("ana"), [there.list], "Calls", [reps.vera.pk], "round_robin")
    plan = undo.undo(reps.actor("ana"), done.changeset)
    assert len(plan.refused) == 2 and registry.get("marketing.calllistentry").rows(SYSTEM).count() == 2
    assert registry.get("marketing.calllist").rows(SYSTEM).filter(pk=done.made.pk).exists()
