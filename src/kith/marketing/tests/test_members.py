"""Who comes onto a target list: by a selection, a view, a group, an import; each once, and undone (R40, B20)."""

import pytest

from kith.core import bulk, undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.exchange.tests.import_help import columns, imported
from kith.core.testing.people import fresh as actor_of_now
from kith.core.testing.people import grant
from kith.marketing import members

MEMBER, LIST = "marketing.targetlistmember", "marketing.targetlist"


def rows(label=MEMBER):
    return registry.get(label).rows(SYSTEM)


def add(actor, label, records, **values):
    """The bulk act, as a list runs it."""
    return bulk.run(lambda: actor, registry.get(label), [one.pk for one in records], "add_to_list", values)


def test_a_selection_comes_onto_the_list_once_and_one_undo_takes_it_back(people, make, listed):
    there, eva = listed(2), people.actors.eva
    folk = [make("parties.person", family_name=f"P{number}") for number in range(3)]
    done = add(eva, "parties.person", folk, target_list=str(there.list.pk))
    assert (done.done, done.skipped) == (3, 0)
    again = add(eva, "parties.person", folk, target_list=str(there.list.pk))
    assert (again.done, again.skipped, list(again.reasons)) == (0, 3, ["It is on the list already."])
    member = rows().filter(party=folk[0].pk).get()
    assert (member.status, member.way, member.reason, member.created_by_id) == ("listed", "selection", "people", people.eva.pk)  # fmt: skip
    undo.undo(eva, done.changeset)
    assert set(rows().values_list("party_id", flat=True)) == {one.pk for one in there.companies}


def test_leads_put_their_person_else_their_company_each_once(people, make):
    person, company = make("parties.person", family_name="Lind"), make("parties.company", name="Arbor")
    leads = [make("sales.lead", name=name, **who) for name, who in (("A", {"person": person.pk, "company": company.pk}), ("B", {"person": person.pk}), ("C", {"company": company.pk}))]  # fmt: skip
    done = add(people.actors.eva, "sales.lead", leads, name="Fair 2026")
    assert (done.done, done.skipped) == (2, 1)
    made = rows(LIST).get()
    assert (made.name, made.owner_id) == ("Fair 2026", people.eva.pk)
    assert set(rows().values_list("target_list_id", "party_id")) == {(made.pk, person.pk), (made.pk, company.pk)}


def test_many_go_onto_one_new_list_chunk_by_chunk(people, make, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    folk = [make("parties.person", family_name=f"P{number}") for number in range(5)]
    done = add(people.actors.eva, "parties.person", folk, name="All")
    assert (done.done, rows(LIST).count(), rows().count()) == (5, 1, 5)


@pytest.mark.parametrize("values", [{}, {"target_list": "list", "name": "New"}])
def test_one_list_is_named(people, make, listed, values):
    there, person = listed(0), make("parties.person", family_name="Lind")
    given = {name: str(there.list.pk) if value == "list" else value for name, value in values.items()}
    with pytest.raises(Refused) as refused:
        add(people.actors.eva, "parties.person", [person], **given)
    assert list(refused.value.errors) == ["target_list"] and not rows().exists() and rows(LIST).count() == 1


def test_a_list_of_somebody_else_is_not_changed(people, make, listed):
    there = listed(0, owner=people.eva.pk)
    mine = make("parties.person", family_name="Ann's", owner=people.ann.pk)
    ann = people.actors.ann
    with pytest.raises(Missing):
        add(ann, "parties.person", [mine], target_list=str(there.list.pk))
    grant(people.ann, (LIST, "view", "all"))
    with pytest.raises(Forbidden):
        add(actor_of_now(people.ann), "parties.person", [mine], target_list=str(there.list.pk))
    assert not rows().exists()


def test_who_may_not_be_seen_is_not_put_on_a_list(people, make):
    mine = make("parties.person", family_name="Ann's", owner=people.ann.pk)
    hidden = make("parties.person", family_name="Eva's", owner=people.eva.pk)
    lead = make("sales.lead", name="Ann's lead", person=hidden.pk, owner=people.ann.pk)
    done = add(people.actors.ann, "parties.person", [mine, hidden], name="Ann's list")
    assert (done.done, done.skipped) == (1, 1)
    done = add(people.actors.ann, "sales.lead", [lead], name="Ann's list")
    assert (done.done, list(done.reasons)) == (0, ["You may not see its person or company."])
    assert [row.party_id for row in rows()] == [mine.pk]


def test_a_view_fills_a_list_now_and_leaves_out_who_was_taken_off(people, make, fresh):
    for tier in ("A", "A", "B"):
        make("parties.company", name=f"Tier {tier}", tier=tier)
    view = make("core.view", entity="parties.company", name="Oslo", filter={"field": "tier", "op": "any", "value": ["A"]}, is_public=True)  # fmt: skip
    made = make(LIST, name="Oslo", kind="view", view=view.pk)
    eva = people.actors.eva
    assert len(members.fill(eva, [made]).records) == 2 and fresh(made).frozen_at is not None
    first = rows().order_by("created_at", "pk").first()
    assert (first.way, first.reason) == ("view", "Oslo")
    writes.save(eva, first, {"status": "removed"})
    make("parties.company", name="New", tier="A")
    assert len(members.fill(eva, [fresh(made)]).records) == 1
    assert sorted(rows().values_list("status", flat=True)) == ["listed", "listed", "removed"]
    person = make("parties.person", family_name="Lind")
    add(eva, "parties.person", [person], target_list=str(made.pk))
    members.put(eva, made, [first.party_id], "selection")
    assert rows().filter(status="listed").count() == 4, "whoever is put there by somebody comes back"


def test_a_group_and_leads_of_a_view_fill_a_list(people, make):
    company, person = make("parties.company", name="Arbor"), make("parties.person", family_name="Lind")
    group = make("parties.partygroup", name="VIP")
    make("parties.partygroupmember", group=group.pk, party=company.pk)
    made = make(LIST, name="VIP", kind="view", group=group.pk)
    members.fill(people.actors.eva, [made])
    make("sales.lead", name="A", person=person.pk)
    view = make("core.view", entity="sales.lead", name="Leads", filter={"all": []}, is_public=True)
    other = make(LIST, name="Leads", kind="view", view=view.pk)
    members.fill(people.actors.eva, [other])
    assert set(rows().values_list("target_list__name", "party_id", "way")) == {("VIP", company.pk, "group"), ("Leads", person.pk, "view")}  # fmt: skip


def test_a_list_that_cannot_be_is_refused(people, make):
    task_view = make("core.view", entity="activities.task", name="Tasks", filter={"all": []})
    view = make("core.view", entity="parties.person", name="People", filter={"all": []})
    group = make("parties.partygroup", name="VIP")
    for values, field in (
        ({"kind": "view"}, "view"),
        ({"kind": "view", "view": task_view.pk}, "view"),
        ({"kind": "static", "view": view.pk}, "kind"),
        ({"kind": "view", "view": view.pk, "group": group.pk}, "group"),
    ):
        with pytest.raises(Refused) as refused:
            make(LIST, name="L", **values)
        assert list(refused.value.errors) == [field]
    assert not rows(LIST).exists()
    by_hand = make(LIST, name="By hand")
    with pytest.raises(Refused):
        members.fill(people.actors.eva, [by_hand])
    assert by_hand.frozen_at is None


def test_the_same_customer_twice_is_refused_in_words(people, make, listed):
    there = listed(1)
    with pytest.raises(Refused) as refused:
        make(MEMBER, target_list=there.list.pk, party=there.companies[0].pk)
    assert refused.value.errors == {"party": ["This customer is on the list already."]}
    assert rows().count() == 1


def test_a_file_brings_customers_onto_lists_found_by_mail_or_name(people, make, listed):
    there = listed(0)
    person = make("parties.person", family_name="Lind", email="lind@arbor.example")
    company = make("parties.company", name="Arbor Paper Ltd")
    text = "List,Who\nAutumn,lind@arbor.example\nAutumn,Arbor Paper\nAutumn,nobody@arbor.example\n"
    outcome = imported(MEMBER, text, columns(List="target_list", Who="party"), people.actors.eva)
    assert outcome.summary.added == 2
    assert set(rows().values_list("target_list_id", "party_id", "status", "way")) == {
        (there.list.pk, one.pk, "listed", "hand") for one in (person, company)
    }  # fmt: skip


def test_the_page_of_a_customer_tells_its_lists(people, make, listed):
    there = listed(1)
    answer = people.clients.eva.get(f"/companies/{there.companies[0].pk}/related/targetlistmember-party")
    assert answer.status_code == 200 and "Autumn" in answer.content.decode()


def test_a_list_is_filled_with_no_more_than_can_be_done_at_once(people, make, monkeypatch):
    for number in range(3):
        make("parties.company", name=f"Firm {number}")
    view = make("core.view", entity="parties.company", name="All", is_public=True, filter={})
    target_list = make("marketing.targetlist", name="Everybody", kind="view", view=view.pk)
    monkeypatch.setattr(members, "MOST", 2)
    with pytest.raises(Refused) as refused:
        members.fill(people.actors.eva, [target_list])
    assert "More than 2 customers" in str(refused.value)
    assert not registry.get("marketing.targetlistmember").rows(SYSTEM).exists()
