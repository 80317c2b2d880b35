"""What a merge must not lose, and what its undo must not lose either: holds, refusals of contact, unique values, late comers."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kith.core import housekeeping, undo, writes
from kith.core.access import SYSTEM, actor_of
from kith.core.changes import change_set
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.ledger import ChangeSet
from kith.core.merging import merge as merging
from kith.core.merging import moving
from kith.core.merging.merged import Merged, all_into, survivor_of, survivors_of
from kith.core.testing.content import content
from kith.parties.entities.duplicate_pair import DuplicatePair

pytestmark = pytest.mark.django_db
PERSON, COMPANY = "parties.person", "parties.company"


def rows(label, **of):
    return registry.get(label).rows(SYSTEM).filter(**of)


def now(record):
    return rows(f"parties.{record.kind}").filter(pk=record.pk).first()


def unique_code():
    """A field of one's own of which no two companies may hold the same."""
    values = {"entity": COMPANY, "name": "x_code", "label": "Code", "kind": "text", "is_unique": True}
    writes.create(SYSTEM, registry.get("core.fielddefinition"), values)


def merge(*records, actor=SYSTEM, **options):
    entity = registry.get(f"parties.{records[0].kind}")
    options.setdefault("survivor", records[0].pk)
    return merging.merge(actor, entity, [record.pk for record in records], **options)


@pytest.fixture
def pair(make):
    return [make(COMPANY, name=name) for name in ("Arbor", "Arbor GmbH")]


@pytest.mark.parametrize(
    ("ours", "theirs", "status", "held"),
    [
        ({}, {"legal_hold": True}, "active", True),
        ({"legal_hold": True}, {}, "active", True),
        ({}, {"status": "do_not_contact"}, "do_not_contact", False),
        ({"status": "provisional"}, {"status": "do_not_contact"}, "do_not_contact", False),
        ({"status": "do_not_contact"}, {}, "do_not_contact", False),
        ({"status": "deceased"}, {"status": "do_not_contact"}, "deceased", False),
    ],
)
def test_a_hold_and_a_refusal_of_contact_outlive_the_merge(make, ours, theirs, status, held):
    one, other = (make(PERSON, family_name="Lind", **values) for values in (ours, theirs))
    before = content()
    made = merge(one, other)
    assert (now(one).status, now(one).legal_hold) == (status, held)
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_who_may_write_the_field_can_still_decide_otherwise_and_the_page_shows_what_would_be(people, make):
    one, other = (make(PERSON, family_name="Lind", legal_hold=held) for held in (False, True))
    address = f"/people/merge?ids={one.pk},{other.pk}&survivor={one.pk}"
    text = people.clients.eva.get(address).content.decode()
    assert f'name="take-legal_hold" value="{other.pk}" checked' in text
    assert text.count("take-legal_hold") == 2 and f'name="take-legal_hold" value="{one.pk}" checked' not in text
    merge(one, other, take={"legal_hold": one.pk}, actor=people.actors.eva)
    assert not now(one).legal_hold


def test_a_suppression_holds_for_the_survivor(make):
    lists = [make("marketing.targetlist", name=kind, kind=kind) for kind in ("suppression", "static")]
    one, other = (make(COMPANY, name="Arbor") for _each in range(2))
    for there in lists:
        for party, status in ((one, "removed"), (other, "listed")):
            make("marketing.targetlistmember", target_list=there.pk, party=party.pk, status=status)
    before = content()
    made = merge(one, other)
    left = dict(rows("marketing.targetlistmember").values_list("target_list__kind", "status"))
    assert left == {"suppression": "listed", "static": "removed"}
    undo.undo(SYSTEM, made.changeset)
    assert content() == before


def test_a_value_that_only_one_record_may_hold_goes_over_and_comes_back(make):
    unique_code()
    one, other = make(COMPANY, name="Arbor"), make(COMPANY, name="Arbor GmbH", x_code="K-7")
    before = content()
    made = merge(one, other)
    assert now(one).custom == {"x_code": "K-7"}
    undo.undo(SYSTEM, made.changeset)
    assert content() == before
    undo.redo(SYSTEM, made.changeset)
    assert now(one).custom == {"x_code": "K-7"}


def test_a_merge_whose_record_cannot_come_back_stays_whole(make):
    unique_code()
    one, other = make(COMPANY, name="Arbor"), make(COMPANY, name="Arbor GmbH", x_code="K-7")
    made = merge(one, other)
    writes.save(SYSTEM, now(one), {"x_code": "K-8"})
    make(COMPANY, name="Birch", x_code="K-7")
    before = content()
    with pytest.raises(Refused, match="cannot be taken apart: Another record holds this already: K-7"):
        undo.undo(SYSTEM, made.changeset)
    assert content() == before and survivor_of(other.pk) == one.pk
    assert ChangeSet.objects.get(pk=made.changeset).undone_by is None


def test_undo_of_an_import_never_erases_what_was_merged_into_its_rows(people, make):
    """The survivor itself was not edited: nothing was linked to the other one, and it held nothing more."""
    with change_set(people.actors.eva, kind="import", entity=COMPANY) as changes:
        (one,) = writes.create_many(people.actors.eva, registry.get(COMPANY), [{"name": "Arbor"}])
    other = make(COMPANY, name="Arbor")
    made = merge(one, other)
    plan = undo.undo(people.actors.eva, changes.id)
    assert [str(reason) for _label, _title, reason in plan.kept] == ["something was added to it since"]
    assert now(one) is not None
    undo.undo(SYSTEM, made.changeset)
    assert now(other) is not None


def test_undo_of_an_edit_of_a_record_that_was_merged_since_says_so(people, pair):
    one, other = pair
    eva = people.actors.eva
    with change_set(eva, entity=COMPANY) as changes:
        writes.save(eva, other, {"legal_name": "Arbor Oak"})
    merge(one, other)
    plan = undo.preview(eva, changes.id)
    assert [(title, str(why)) for _e, title, why in plan.refused] == [("Arbor GmbH", "it was merged into another record since")]  # fmt: skip
    with change_set(eva, entity=COMPANY) as changes:
        writes.save(eva, now(one), {"legal_name": "Bonn"})
    writes.delete(SYSTEM, registry.get(COMPANY), [one.pk])
    plan = undo.preview(eva, changes.id)
    assert [(title, str(why)) for _e, title, why in plan.refused] == [("Arbor", "it is in the trash")]


def test_who_may_not_take_apart_is_not_told_where_the_survivor_went(people, make):
    """Ann merged her own; then the survivor went into Eva's, which Ann does not see."""
    one, other = (make(PERSON, family_name=name, owner=people.ann.pk) for name in ("Lind", "Lindt"))
    made = merge(one, other, actor=people.actors.ann)
    merge(make(PERSON, family_name="Secret", owner=people.eva.pk), now(one))
    with pytest.raises(Refused, match="has itself been merged"):
        undo.undo(actor_of(people.ann.pk), made.changeset)
    with change_set(SYSTEM, entity=PERSON):
        type(one)._base_manager.filter(pk=one.pk).update(owner_id=people.eva.pk)
    with pytest.raises(Forbidden) as refused:
        undo.undo(actor_of(people.ann.pk), made.changeset)
    assert "Lind" not in str(refused.value)


def test_late_comers_go_to_the_survivor(make, pair):
    """Written while the merge ran: the writers had seen the record before, and the database finds nothing wrong with it."""
    one, other = pair
    note, deal = make("activities.note", text="Oak", subject={"entity": COMPANY, "id": str(one.pk)}), make("sales.opportunity", name="Planks", company=one.pk)  # fmt: skip
    double = [make("parties.contactpoint", party=party.pk, kind="email", value="a@arbor.example") for party in pair]
    made = merge(one, other)
    for label, row, values in (("activities.note", note, {"subject_id": other.pk}), ("sales.opportunity", deal, {"company_id": other.pk})):  # fmt: skip
        with change_set(SYSTEM):
            registry.get(label).model._base_manager.filter(pk=row.pk).update(**values)
    assert housekeeping.merge_late() == {"moved": 2}
    assert rows("activities.note").get().subject_id == one.pk and rows("sales.opportunity").get().company_id == one.pk
    assert not moving.counts(registry.get(COMPANY), [other.pk])
    undo.undo(SYSTEM, made.changeset)
    points = rows("parties.contactpoint", kind="email")
    assert {point.pk: point.party_id for point in points} == {double[0].pk: one.pk, double[1].pk: other.pk}


def test_nothing_late_costs_a_query_for_each_link_however_many_merges(make):
    from kith.core.merging import late

    counts = []
    for _round in range(2):
        merge(*(make(COMPANY, name="Arbor") for _each in range(3)))
        with CaptureQueriesContext(connection) as asked:
            assert late.gather() == 0
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_preview_asks_once_for_each_link_however_many_records(people, make):
    folk = [make(COMPANY, name="Arbor") for _each in range(4)]
    entity, counts = registry.get(COMPANY), []
    for size in (2, 2, 4):
        with CaptureQueriesContext(connection) as asked:
            merging.preview(SYSTEM, entity, [one.pk for one in folk[:size]])
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_ids_lead_on_over_chains_of_any_breadth(make):
    """A condition may name very many records that were merged twice since."""
    last, middle = make(COMPANY, name="Arbor"), [make(COMPANY, name=f"M{at}") for at in range(3)]
    first = [make(COMPANY, name=f"F{at}") for at in range(120)]
    change = merge(last, *middle).changeset
    Merged.objects.bulk_create(
        Merged(entity=COMPANY, record_id=one.pk, survivor_id=middle[at % 3].pk, changeset_id=change)
        for at, one in enumerate(first)
    )
    assert {survivor_of(one.pk) for one in first} == {last.pk}
    assert set(survivors_of([one.pk for one in first])) == {last.pk, *(one.pk for one in middle)}
    assert len(all_into(last.pk)) == 123


def test_rules_of_fields_that_name_a_merged_record_hold_for_the_survivor(make, pair):
    one, other = pair
    condition = {"field": "parent", "op": "any", "value": [str(other.pk)]}
    make("core.fieldrule", entity=COMPANY, field="website", effect="required", condition=condition)
    made = merge(one, other)
    for act, refused in ((None, True), (undo.undo, False), (undo.redo, True)):
        if act:
            act(SYSTEM, made.changeset)
        if refused:
            with pytest.raises(Refused) as error:
                make(COMPANY, name="More", parent=one.pk)
            assert list(error.value.errors) == ["website"]
        else:
            make(COMPANY, name="More", parent=one.pk)


def test_what_was_said_of_the_merged_one_alone_is_not_said_of_the_survivor_afterwards(make):
    one, other, third, fourth = (make(COMPANY, name="Arbor", tax_id="7701234567") for _each in range(4))
    for first, second, state, reasons in ((other, third, "different", []), (one, third, "open", ["tax_id"]), (other, fourth, "different", []), (one, fourth, "different", [])):  # fmt: skip
        DuplicatePair.objects.create(one_id=first.pk, other_id=second.pk, kind="company", score=99, state=state, reasons=reasons)  # fmt: skip
    made = merge(one, other)
    undo.undo(SYSTEM, made.changeset)
    states = {(pair.one_id, pair.other_id): pair.state for pair in DuplicatePair.objects.all()}
    assert states == {
        (one.pk, other.pk): "different", (other.pk, third.pk): "different", (one.pk, third.pk): "open",
        (other.pk, fourth.pk): "different", (one.pk, fourth.pk): "different",
    }  # fmt: skip


def test_what_is_held_is_not_erased_from_the_trash_nor_is_what_it_was_merged_into(make):
    entity = registry.get(PERSON)
    one, other = (make(PERSON, family_name="Lind", legal_hold=held) for held in (False, True))
    merge(one, other, take={"legal_hold": one.pk})
    writes.delete(SYSTEM, entity, [one.pk])
    with pytest.raises(Refused, match="“Lind” is under legal hold"):
        writes.purge(SYSTEM, entity, entity.rows(SYSTEM, trashed=True).filter(pk=one.pk))
    assert set(entity.rows(SYSTEM, trashed=True).values_list("pk", flat=True)) == {one.pk, other.pk}
    alone = make(PERSON, family_name="Berg", legal_hold=True)
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        writes.delete(SYSTEM, entity, [alone.pk])
    assert housekeeping.empty_trash() == {"erased": 0}
    assert entity.rows(SYSTEM, trashed=True).count() == 3
