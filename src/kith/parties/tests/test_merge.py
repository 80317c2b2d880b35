"""R30-R35, N1: records of one kind become one, everything linked moves, and it is taken apart at any later time."""

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden, Missing, Refused
from kith.core.ledger import ChangeSet
from kith.core.merging import merge as merging
from kith.core.merging import moving
from kith.core.merging.merged import Merged, survivor_of
from kith.core.notify import Follow
from kith.core.testing import factory
from kith.core.testing.content import content
from kith.parties import duplicates, resolving
from kith.parties.entities.duplicate_pair import DuplicatePair
from kith.processes import shipped

pytestmark = pytest.mark.django_db
PERSON = "parties.person"


def entity(label=PERSON):
    return registry.get(label)


def rows(label, **of):
    return list(entity(label).rows(SYSTEM).filter(**of).order_by("pk"))


def fresh(record):
    return entity(f"parties.{record.kind}").rows(SYSTEM).filter(pk=record.pk).first()


def points(party):
    return sorted((row.kind, row.value, row.is_primary) for row in rows("parties.contactpoint", party=party.pk))


@pytest.fixture
def twins(make):
    """Two people who are one, and a third, with all that hangs on them."""
    shipped.install()
    tag, more = (make("core.tag", name=name) for name in ("vip", "fair"))
    arbor, birch = (make("parties.company", name=name) for name in ("Arbor", "Birch"))
    one = make(PERSON, given_name="Eva", family_name="Lind", email="eva@arbor.example", tags=[tag.pk], description="Knows wood.", external_ids=["a-1"])  # fmt: skip
    other = make(PERSON, given_name="Eva", middle_name="Maria", family_name="Lind", email="lind@birch.example", phone="+4769184001", tags=[tag.pk, more.pk], description="Likes tea.", external_ids=["b-1"])  # fmt: skip
    make("parties.contactpoint", party=other.pk, kind="email", value="eva@arbor.example", opted_out=True)
    make("parties.employment", person=one.pk, company=arbor.pk, title="Buyer")
    make("parties.employment", person=other.pk, company=arbor.pk, department="Wood")
    make("parties.employment", person=other.pk, company=birch.pk, title="Adviser")
    make("activities.note", subject={"entity": PERSON, "id": str(other.pk)}, text="Called.")
    make("activities.task", subject={"entity": PERSON, "id": str(other.pk)}, name="Call again")
    make("sales.opportunity", name="Planks", company=birch.pk, person=other.pk)
    return one, other


def merge(*records, actor=SYSTEM, **options):
    return merging.merge(actor, entity(f"parties.{records[0].kind}"), [record.pk for record in records], **options)


def test_the_survivor_keeps_its_values_and_takes_what_it_lacks(twins):
    one, other = twins
    made = merge(one, other, survivor=one.pk)
    kept = fresh(one)
    assert made.survivor.pk == one.pk and fresh(other) is None
    assert (kept.email, kept.phone, kept.middle_name) == ("eva@arbor.example", "+4769184001", "Maria")
    assert (kept.name, kept.description) == ("Eva Maria Lind", "Knows wood.\n\nLikes tea.")
    assert (len(kept.tags), kept.external_ids) == (2, ["a-1", "b-1"])
    assert points(one) == [
        ("email", "eva@arbor.example", True), ("email", "lind@birch.example", False), ("phone", "+4769184001", True),
    ]  # fmt: skip
    assert [row.opted_out for row in rows("parties.contactpoint", party=one.pk, normalized="eva@arbor.example")] == [True]  # fmt: skip


def test_everything_linked_moves_and_equal_parts_become_one(twins):
    one, other = twins
    made = merge(one, other, survivor=one.pk)
    jobs = [(job.company.name, job.title, job.department, job.is_primary) for job in rows("parties.employment", person=one.pk)]  # fmt: skip
    assert jobs == [("Arbor", "Buyer", "Wood", True), ("Birch", "Adviser", "", False)]
    for label in ("activities.note", "activities.task"):
        assert [row.subject_id for row in rows(label)] == [one.pk]
    assert [row.person_id for row in rows("sales.opportunity")] == [one.pk]
    assert made.moved.joined == {"parties.contactpoint": 1, "parties.employment": 1}
    assert not moving.counts(entity(), [other.pk])
    changeset = ChangeSet.objects.get(pk=made.changeset)
    assert (changeset.kind, changeset.entity) == ("merge", PERSON)


def test_every_link_of_the_database_to_a_party_is_moved():
    """A foreign key that no field of the registry stands for would leave orphans."""
    from django.apps import apps

    party = entity().model._meta.concrete_model
    known = {(other.model._meta.concrete_model, spec.path) for label in (PERSON, "parties.company") for other, spec in moving.links(entity(label))}  # fmt: skip
    own = {"MatchKey", "DuplicatePair"}
    missed = [
        f"{model.__name__}.{column.attname}"
        for model in apps.get_models()
        for column in model._meta.concrete_fields
        if column.is_relation and column.remote_field.model._meta.concrete_model is party
        and model.__name__ not in own and (model._meta.concrete_model, column.attname) not in known
    ]  # fmt: skip
    assert missed == []


def test_afterwards_the_old_one_is_found_as_the_survivor(twins):
    one, other = twins
    merge(one, other, survivor=one.pk)
    assert survivor_of(other.pk) == one.pk
    for row in ({"external_ids": ["b-1"]}, {"email": "lind@birch.example"}):
        assert resolving.resolve(entity(), [row])[0].party == one.pk
    assert not duplicates.find(entity(), SYSTEM, {}, record=fresh(one))
    assert not rows(PERSON, family_name="Lind", middle_name="Maria", email="lind@birch.example")


def test_undo_gives_everything_back(twins):
    before = content()
    made = merge(*twins, survivor=twins[0].pk)
    assert content() != before
    plan = undo.undo(SYSTEM, made.changeset)
    assert (plan.kept, plan.refused) == ([], [])
    assert content() == before
    assert survivor_of(twins[1].pk) is None


def test_two_hundred_edits_later_it_is_taken_apart(twins, make):
    one, other = twins
    made = merge(one, other, survivor=one.pk)
    for number in range(196):
        writes.save(SYSTEM, fresh(one), {"decision_style": f"in week {number}"})
    writes.save(SYSTEM, fresh(one), {"middle_name": "Mari"})
    writes.save(SYSTEM, fresh(one), {"external_ids": [*fresh(one).external_ids, "c-1"]})
    make("activities.note", subject={"entity": PERSON, "id": str(one.pk)}, text="Wrote since.")
    make("parties.contactpoint", party=one.pk, kind="email", value="new@arbor.example", is_primary=True)
    plan = undo.undo(SYSTEM, made.changeset)
    kept, back = fresh(one), fresh(other)
    assert [title.rpartition(": ")[2] for _label, title, _reason in plan.kept] == ["name", "middle name or patronymic"]
    assert (kept.middle_name, kept.decision_style, kept.external_ids) == ("Mari", "in week 195", ["a-1", "c-1"])
    assert (kept.email, kept.phone, kept.description) == ("new@arbor.example", "", "Knows wood.")
    assert (back.email, back.phone, back.middle_name, back.external_ids) == ("lind@birch.example", "+4769184001", "Maria", ["b-1"])  # fmt: skip
    assert points(one) == [("email", "eva@arbor.example", False), ("email", "new@arbor.example", True)]
    assert points(other) == [
        ("email", "eva@arbor.example", False), ("email", "lind@birch.example", True), ("phone", "+4769184001", True),
    ]  # fmt: skip
    assert [(row.text, row.subject_id) for row in rows("activities.note")] == [("Called.", other.pk), ("Wrote since.", one.pk)]  # fmt: skip
    assert [row.person_id for row in rows("sales.opportunity")] == [other.pk]
    assert len(rows("parties.employment", person=other.pk)) == 2
    assert resolving.resolve(entity(), [{"external_ids": ["b-1"]}])[0].party == other.pk


def test_the_name_shown_follows_the_parts_of_the_name(twins):
    one, other = twins
    made = merge(one, other, survivor=one.pk)
    writes.save(SYSTEM, fresh(one), {"family_name": "Lindt"})
    undo.undo(SYSTEM, made.changeset)
    assert (fresh(one).name, fresh(other).name) == ("Eva Lindt", "Eva Maria Lind")


def test_what_moved_on_since_stays_where_it_is(twins, make):
    one, other = twins
    made = merge(one, other, survivor=one.pk)
    third = make(PERSON, given_name="Otto", family_name="Kranz")
    (deal,) = rows("sales.opportunity")
    writes.save(SYSTEM, deal, {"person": third.pk})
    plan = undo.undo(SYSTEM, made.changeset)
    assert len(plan.kept) == 1 and rows("sales.opportunity")[0].person_id == third.pk


def test_merges_of_merges_are_taken_apart_from_the_last_one_back(twins, make):
    one, other = twins
    third = make(PERSON, given_name="Eva", family_name="Lind", birth_date="1980-05-17")
    before = content()
    first = merge(one, other, survivor=one.pk)
    second = merge(one, third, survivor=third.pk)
    assert survivor_of(other.pk) == third.pk
    with pytest.raises(Refused, match="take that merge apart first"):
        undo.undo(SYSTEM, first.changeset)
    undo.undo(SYSTEM, second.changeset)
    undo.undo(SYSTEM, first.changeset)
    assert content() == before
    with pytest.raises(Refused):
        undo.undo(SYSTEM, first.changeset)


def test_three_at_once(make):
    people = [make(PERSON, given_name="Eva", family_name="Lind", phone=f"+476918400{n}") for n in (1, 2, 3)]
    before = content()
    made = merge(*people)
    assert made.survivor.pk == people[0].pk  # the oldest
    assert [(kind, value) for kind, value, _mark in points(people[0])] == [("phone", f"+476918400{n}") for n in (1, 2, 3)]  # fmt: skip
    assert Merged.objects.filter(survivor_id=people[0].pk, whole=True).count() == 2
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_companies_above_each_other_and_their_relations(make):
    top = make("parties.company", name="Arbor")
    middle = make("parties.company", name="Middle", parent=top.pk)
    double = make("parties.company", name="Arbor GmbH", parent=middle.pk)
    below = make("parties.company", name="Below", parent=double.pk)
    kind = factory.make("parties.relationshiptype")
    relation = make("parties.relationship", party=top.pk, other=double.pk, type=kind.pk)
    before = content()
    made = merge(top, double, survivor=top.pk)
    assert [fresh(each).parent_id for each in (top, middle, below)] == [None, top.pk, top.pk]
    assert not rows("parties.relationship", pk=relation.pk)
    undo.undo(SYSTEM, made.changeset)
    assert content() == before
    made = merge(top, double, survivor=double.pk)
    assert [fresh(each).parent_id for each in (double, middle, below)] == [None, double.pk, double.pk]
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_the_address_with_more_lines_becomes_the_primary_one(make):
    one, other = (make("parties.company", name="Arbor") for _each in range(2))
    make("parties.address", party=one.pk, street="Short Street 1", city="Oslo", country=None)
    make("parties.address", party=other.pk, street="Main Street 2", city="Bergen", postcode="5003", country="NO")
    made = merge(one, other, survivor=one.pk)
    assert (fresh(one).city, fresh(one).country) == ("Bergen", "NO")
    undo.undo(SYSTEM, made.changeset)
    assert (fresh(one).city, fresh(other).city) == ("Oslo", "Bergen")


def test_memberships_follow_and_double_ones_become_one(make):
    one, other = (make(PERSON, given_name="Eva", family_name="Lind") for _each in range(2))
    both, only = factory.make("marketing.targetlist"), factory.make("marketing.targetlist")
    for party, target in ((one, both), (other, both), (other, only)):
        make("marketing.targetlistmember", target_list=target.pk, party=party.pk)
    before = content()
    made = merge(one, other, survivor=one.pk)
    assert sorted(row.target_list_id for row in rows("marketing.targetlistmember", party=one.pk)) == sorted([both.pk, only.pk])  # fmt: skip
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_choices_win_over_the_rules(twins):
    one, other = twins
    merge(one, other, survivor=one.pk, take={"email": other.pk, "description": other.pk}, values={"decision_style": "slowly"})  # fmt: skip
    kept = fresh(one)
    assert (kept.email, kept.description, kept.decision_style) == ("lind@birch.example", "Likes tea.", "slowly")
    assert points(one)[:2] == [("email", "eva@arbor.example", False), ("email", "lind@birch.example", True)]


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "Select from 2 to 5 records."), (6, "Too many records selected; at most 5 can be merged.")],
)
def test_too_few_and_too_many_are_refused(make, count, words):
    people = [make(PERSON, given_name="Eva", family_name="Lind") for _each in range(count)]
    before = content()
    with pytest.raises(Refused) as refused:
        merge(*people)
    assert str(refused.value.errors[""][0]) == words and content() == before


@pytest.mark.parametrize(
    ("rules", "error"),
    [
        (("parties.person view", "parties.person edit own", "parties.person delete"), Forbidden),
        (("parties.person view", "parties.person edit"), Forbidden),
        (("parties.person view own", "parties.person edit", "parties.person delete"), Missing),
    ],
)
def test_every_right_is_needed_on_every_record(make, actor, rules, error):
    ann = actor("Ann", *rules)
    one = make(PERSON, given_name="Eva", family_name="Lind", owner=ann.id)
    other = make(PERSON, given_name="Eva", family_name="Lind")
    before = content()
    with pytest.raises(error):
        merge(one, other, actor=ann)
    with pytest.raises(error):
        merging.preview(ann, entity(), [one.pk, other.pk])
    assert content() == before


def test_what_moves_by_rule_needs_no_right_and_who_merged_may_take_it_apart(twins, actor, make):
    ann, tom = (
        actor(name, "parties.person view", "parties.person edit", "parties.person delete") for name in ("Ann", "Tom")
    )
    before = content()
    made = merge(*twins, actor=ann, survivor=twins[0].pk)
    assert [row.person_id for row in rows("sales.opportunity")] == [twins[0].pk]
    with pytest.raises(Forbidden):
        undo.undo(tom, made.changeset)
    undo.undo(ann, made.changeset)
    assert content() == before


def test_fields_one_may_not_write_cannot_be_decided(twins):
    before = content()
    with pytest.raises(Refused):
        merge(*twins, take={"nonsense": twins[0].pk})
    with pytest.raises(Forbidden):
        merge(*twins, take={"name": twins[0].pk})
    with pytest.raises(Refused):
        merge(*twins, survivor=rows("parties.company")[0].pk)
    assert content() == before


def test_followers_follow_the_survivor(twins, user):
    one, other = twins
    ann, tom = user("Ann"), user("Tom")
    for who, record in ((ann, one), (ann, other), (tom, other)):
        Follow.objects.create(user_id=who.pk, entity=PERSON, record_id=record.pk)
    merge(one, other, survivor=one.pk)
    assert sorted(Follow.objects.filter(record_id=one.pk).values_list("user_id", flat=True)) == sorted([ann.pk, tom.pk])


def test_the_trash_has_no_merged_records_and_erasing_the_survivor_erases_them(twins):
    one, other = twins
    merge(one, other, survivor=one.pk)
    assert writes.restore(SYSTEM, entity(), [other.pk]).records == []
    writes.delete(SYSTEM, entity(), [one.pk])
    for label in ("activities.note", "activities.task", "sales.opportunity"):
        for row in rows(label):
            writes.purge(SYSTEM, entity(label), [row])
    writes.purge(SYSTEM, entity(), entity().rows(SYSTEM, trashed=True).filter(pk=one.pk))
    assert not entity().model._base_manager.filter(pk__in=[one.pk, other.pk]).exists()
    assert not Merged.objects.filter(whole=True).exists()


def test_pairs_of_the_queue_follow(make):
    one, other, third = (make("parties.company", name="Arbor", tax_id="7701234567") for _each in range(3))
    for first, second, state in ((one, other, "open"), (other, third, "different"), (one, third, "open")):
        DuplicatePair.objects.create(one_id=first.pk, other_id=second.pk, kind="company", score=99, state=state)
    made = merge(one, other, survivor=one.pk)
    states = {(pair.one_id, pair.other_id): pair.state for pair in DuplicatePair.objects.all()}
    assert states[one.pk, other.pk] == "merged" and states[one.pk, third.pk] == "different"
    undo.undo(SYSTEM, made.changeset)
    assert DuplicatePair.objects.get(one=one.pk, other=other.pk).state == "different"


def test_staff_of_a_merged_company_work_at_the_survivor(make):
    one, other = (make("parties.company", name=name) for name in ("Arbor", "Arbor GmbH"))
    people = [make(PERSON, given_name="Eva", family_name=f"Lind{letter}") for letter in "abc"]
    for person in people:
        make("parties.employment", person=person.pk, company=other.pk, title="Buyer")
    make("parties.employment", person=people[0].pk, company=one.pk, department="Wood")
    before = content()
    made = merge(one, other, survivor=one.pk)
    assert [fresh(person).employer_id for person in people] == [one.pk] * 3
    jobs = [(job.title, job.department) for job in rows("parties.employment", company=one.pk)]
    assert sorted(jobs) == [("Buyer", ""), ("Buyer", ""), ("Buyer", "Wood")]
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_rows_in_the_trash_belong_to_the_survivor_too(twins):
    one, other = twins
    (task,) = rows("activities.task")
    writes.delete(SYSTEM, entity("activities.task"), [task.pk])
    made = merge(one, other, survivor=one.pk)
    writes.restore(SYSTEM, entity("activities.task"), [task.pk])
    assert rows("activities.task")[0].subject_id == one.pk
    undo.undo(SYSTEM, made.changeset)
    assert rows("activities.task")[0].subject_id == other.pk


def test_a_merge_taken_apart_is_merged_again_with_the_same_choices(twins):
    one, other = twins
    made = merge(one, other, survivor=other.pk, take={"email": one.pk}, values={"middle_name": "Ida"})
    first = fresh(other)
    held = {name: getattr(first, name) for name in ("name", "email", "phone", "middle_name", "description", "tags", "external_ids")}  # fmt: skip
    linked = moving.counts(entity(), [other.pk])
    apart = undo.undo(SYSTEM, made.changeset)
    assert fresh(other).middle_name == "Maria" and fresh(one) is not None
    assert undo.preview_redo(SYSTEM, made.changeset).restored == 1 and fresh(one) is not None
    again = undo.redo(SYSTEM, apart.made)
    survivor = fresh(other)
    assert {name: getattr(survivor, name) for name in held} == held
    assert (fresh(one), survivor_of(one.pk), moving.counts(entity(), [other.pk])) == (None, other.pk, linked)
    changeset = ChangeSet.objects.get(pk=again.made)
    assert (changeset.kind, changeset.undo_of) == ("merge", apart.made)
    undo.undo(SYSTEM, made.changeset)
    assert fresh(one).email == "eva@arbor.example" and fresh(other).middle_name == "Maria"
    assert survivor_of(one.pk) is None


def test_a_merge_done_again_keeps_what_was_edited_since_and_refuses_what_is_gone(twins):
    one, other = twins
    made = merge(one, other, survivor=one.pk, values={"middle_name": "Ida"})
    undo.undo(SYSTEM, made.changeset)
    writes.save(SYSTEM, fresh(one), {"middle_name": "Olga"})
    undo.redo(SYSTEM, made.changeset)
    assert fresh(one).middle_name == "Olga"
    undo.undo(SYSTEM, made.changeset)
    writes.delete(SYSTEM, entity(), [other.pk])
    before = ChangeSet.objects.count()
    with pytest.raises(Refused, match="in the trash"):
        undo.redo(SYSTEM, made.changeset)
    assert ChangeSet.objects.count() == before and not fresh(one).phone


def test_conditions_that_name_a_merged_record_follow_it_and_name_it_again_when_apart(twins):
    """Saved views, target lists, forms and reports keep the id that was chosen; it is resolved when they are asked."""
    from kith.core.filters import compile_filter, from_json

    one, other = twins
    deals = entity("sales.opportunity")
    asked = from_json({"all": [{"field": "person", "op": "any", "value": [str(other.pk)]}]})
    without = from_json({"all": [{"field": "person", "op": "not_any", "value": [str(other.pk)]}]})

    def found(node):
        return [deal.name for deal in deals.rows(SYSTEM).filter(compile_filter(deals, node, SYSTEM))]

    assert (found(asked), found(without)) == (["Planks"], [])
    made = merge(one, other, survivor=one.pk)
    assert (found(asked), found(without)) == (["Planks"], [])
    third = factory.make(PERSON, given_name="Ida")
    further = merge(third, one, survivor=third.pk)
    assert (found(asked), found(without)) == (["Planks"], [])
    undo.undo(SYSTEM, further.changeset)
    undo.undo(SYSTEM, made.changeset)
    assert (found(asked), found(without)) == (["Planks"], [])
    assert [deal.person_id for deal in rows("sales.opportunity")] == [other.pk]
