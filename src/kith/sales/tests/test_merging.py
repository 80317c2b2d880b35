"""R30-R35 for opportunities and leads: one of two that are the same, with lines, stages and owners; taken apart and merged again."""

import datetime as dt
from decimal import Decimal

import pytest

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.merging import merge as merging
from kith.core.merging.merged import survivor_of
from kith.processes.entities.stage_stay import StageStay

pytestmark = pytest.mark.django_db
DEAL, LEAD, LINE = "sales.opportunity", "sales.lead", "sales.opportunityline"


def rows(label, **of):
    return registry.get(label).rows(SYSTEM).filter(**of)


@pytest.fixture
def twin(people, make, deal):
    """A second opportunity about the same company, further on, older by its day of beginning, with two lines of 150 euro together."""
    other = make(DEAL, name="Gauges again", company=deal.company_id, amount=None, started_on=dt.date(2026, 1, 5), need="Soon", owner=people.eva.pk)  # fmt: skip
    for quantity in ("1", "2"):
        make(LINE, opportunity=other.pk, name="Gauge", quantity=quantity, price={"amount": "50", "currency": "EUR"})
    make("activities.note", subject={"entity": DEAL, "id": str(other.pk)}, text="Called.")
    return rows(DEAL).get(pk=other.pk)


def merge(*records, **options):
    entity = registry.for_model(type(records[0]))
    return merging.merge(SYSTEM, entity, [record.pk for record in records], **options)


def test_lines_move_and_make_the_amount_and_apart_it_is_as_before(deal, twin, fresh):
    before = fresh(deal).amount, fresh(twin).amount, fresh(deal).stage_id
    made = merge(deal, twin, survivor=deal.pk)
    kept = fresh(deal)
    assert (before[0], before[1], kept.amount, kept.stage_id) == (Decimal(1000), Decimal(150), Decimal(150), before[2])
    assert (kept.need, kept.started_on) == ("Soon", dt.date(2026, 1, 5))
    assert rows(LINE, opportunity=deal.pk).count() == 2
    assert list(rows("activities.note").values_list("subject_id", flat=True)) == [deal.pk]
    assert not rows(DEAL, pk=twin.pk).exists() and survivor_of(twin.pk) == deal.pk
    assert StageStay.objects.filter(record_id=twin.pk).count() == 1, "what the other one went through stays its own"
    undo.undo(SYSTEM, made.changeset)
    assert (fresh(deal).amount, fresh(twin).amount, fresh(deal).need) == (Decimal(1000), Decimal(150), "")
    assert rows(LINE, opportunity=twin.pk).count() == 2
    assert list(rows("activities.note").values_list("subject_id", flat=True)) == [twin.pk]
    undo.redo(SYSTEM, made.changeset)
    assert (fresh(deal).amount, survivor_of(twin.pk)) == (Decimal(150), deal.pk)


def test_apart_after_a_line_was_changed_both_amounts_are_their_lines(deal, twin, fresh):
    made = merge(deal, twin, survivor=deal.pk)
    line = rows(LINE, opportunity=deal.pk, quantity=1).get()
    writes.save(SYSTEM, line, {"quantity": "3"})
    assert fresh(deal).amount == Decimal(250)
    undo.undo(SYSTEM, made.changeset)
    assert (fresh(deal).amount, fresh(twin).amount) == (Decimal(1000), Decimal(250))


def test_the_furthest_open_one_stays_unless_another_is_chosen(people, make, deal, twin):
    from kith.processes.book import book

    stage = book().course(deal.process_id).stages[1]
    writes.save(SYSTEM, twin, {"stage": stage.pk})
    seen = merging.preview(SYSTEM, registry.get(DEAL), [deal.pk, twin.pk])
    assert [record.pk for record in seen.ranked] == [twin.pk, deal.pk]
    with pytest.raises(Refused, match="different customers"):
        merge(deal, make(DEAL, name="Other", company=make("parties.company", name="Birch").pk))


@pytest.mark.parametrize("take", ["stage", "closed_at", "reasons"])
def test_how_it_stands_is_not_chosen_by_field(deal, twin, take, fresh):
    before = ChangeSet.objects.count()
    with pytest.raises(Refused, match="goes with the record that stays"):
        merge(deal, twin, survivor=deal.pk, take={take: twin.pk})
    assert ChangeSet.objects.count() == before and fresh(twin) is not None


def test_lines_of_another_currency_are_refused_and_nothing_moves(make, deal, twin, fresh):
    make("core.exchangerate", currency="USD", valid_on="2026-01-01", rate="0.9")
    make(LINE, opportunity=deal.pk, name="Gauge", quantity="1", price={"amount": "10", "currency": "USD"})
    before = ChangeSet.objects.count()
    with pytest.raises(Refused) as refused:
        merge(deal, twin, survivor=deal.pk)
    assert list(refused.value.errors) == ["price"]
    assert (ChangeSet.objects.count(), fresh(twin).amount, survivor_of(twin.pk)) == (before, Decimal(150), None)


def test_leads_of_one_person_become_one(people, make):
    person = make("parties.person", given_name="Eva", family_name="Lind")
    one, other = (make(LEAD, name=name, person=person.pk, text=name, owner=people.ann.pk) for name in ("Oak", "Ash"))
    made = merge(one, other, survivor=one.pk)
    kept = rows(LEAD).get(pk=one.pk)
    assert kept.text == "Oak\n\nAsh" and not rows(LEAD, pk=other.pk).exists()
    undo.undo(SYSTEM, made.changeset)
    assert rows(LEAD).get(pk=one.pk).text == "Oak" and rows(LEAD).get(pk=other.pk).text == "Ash"


def test_what_only_a_person_holds_together_is_not_merged_over_two_companies(make, fresh):
    """The first deal names no company, the others name different ones."""
    person = make("parties.person", family_name="Lind")
    arbor, birch = (make("parties.company", name=name) for name in ("Arbor", "Birch"))
    deals = [make(DEAL, name=f"D{at}", person=person.pk, **({"company": company.pk} if company else {})) for at, company in enumerate((None, arbor, birch))]  # fmt: skip
    with pytest.raises(Refused, match="different customers"):
        merge(*deals, survivor=deals[0].pk)
    assert [fresh(one).deleted_at for one in deals] == [None] * 3
    assert merge(*deals[:2], survivor=deals[0].pk).survivor.company_id == arbor.pk
