"""Closing and opening again: actual amount, day, reasons, outcomes kept (R57-R61)."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.processes import history
from kith.sales.steering import facts


def outcomes(deal):
    rows = registry.get("sales.closeoutcome").rows(SYSTEM).filter(opportunity=deal.pk).order_by("created_at", "pk")
    return [(row.result, row.closed_on, row.actual_amount, row.reasons, row.reason_text, row.lesson) for row in rows]


def refusal(action):
    with pytest.raises(Refused) as refused:
        action()
    return {name: [str(line) for line in lines] for name, lines in refused.value.errors.items()}


TODAY = timezone.localdate


def test_won_takes_the_expected_amount_unless_told(people, deal, stages, fresh):
    budget = writes.save(people.actors.ann, deal, {"budget": {"amount": "900", "currency": "EUR"}})
    won = writes.save(people.actors.ann, budget, {"stage": stages.won.pk})
    assert (won.actual_amount, won.actual_amount_currency, won.amount, won.budget) == (
        Decimal(1000),
        "EUR",
        Decimal(1000),
        Decimal(900),
    )
    assert outcomes(deal) == [("won", TODAY(), Decimal(1000), [], "", "")]


def test_won_with_another_amount_and_an_earlier_day(people, deal, stages):
    values = {
        "stage": stages.won.pk,
        "actual_amount": {"amount": "875.50", "currency": "EUR"},
        "closed_at": "2026-03-05T10:00:00+00:00",
    }
    won = writes.save(people.actors.ann, deal, values)
    assert won.closed_at == dt.datetime(2026, 3, 5, 10, tzinfo=dt.UTC) and won.amount == 1000
    assert outcomes(deal) == [("won", dt.date(2026, 3, 5), Decimal("875.50"), [], "", "")]


def test_it_cannot_be_closed_on_a_day_to_come(people, deal, stages, fresh):
    later = (timezone.now() + dt.timedelta(days=2)).isoformat()
    assert refusal(lambda: writes.save(people.actors.ann, deal, {"stage": stages.won.pk, "closed_at": later})) == {
        "closed_at": ["It cannot be closed on a day to come."]
    }
    assert fresh(deal).state == "open" and outcomes(deal) == []


def test_lost_needs_a_reason_of_its_kind(people, deal, stages, reasons, fresh):
    assert refusal(lambda: writes.save(people.actors.ann, deal, {"stage": stages.lost.pk})) == {
        "reasons": ["Name at least one reason."]
    }
    wrong = {"stage": stages.lost.pk, "reasons": [str(reasons.service.pk)]}
    assert list(refusal(lambda: writes.save(people.actors.ann, deal, wrong))) == ["reasons"]
    assert fresh(deal).state == "open" and outcomes(deal) == []


def test_a_reason_may_ask_for_a_text(people, deal, stages, reasons, make):
    values = {"stage": stages.lost.pk, "reasons": [str(reasons.price.pk), str(reasons.other.pk)]}
    assert refusal(lambda: writes.save(people.actors.ann, deal, values)) == {
        "reason_text": ["“Something else” asks for a text."]
    }
    rival = make("sales.competitor", name="Valtek")
    lost = writes.save(people.actors.ann, deal, values | {"reason_text": "Moved away", "competitor": rival.pk})
    assert (lost.actual_amount, lost.actual_amount_currency, lost.competitor_id) == (Decimal(0), "EUR", rival.pk)
    assert outcomes(deal) == [("lost", TODAY(), Decimal(0), [reasons.price.pk, reasons.other.pk], "Moved away", "")]


def test_opening_again_keeps_the_outcome_and_the_next_closing_makes_another(people, deal, stages, reasons):
    lost = writes.save(
        people.actors.ann, deal, {"stage": stages.lost.pk, "reasons": [str(reasons.price.pk)], "lesson": "Be earlier"}
    )
    again = writes.save(people.actors.ann, lost, {"stage": stages.new.pk})
    assert (again.reasons, again.lesson, again.actual_amount, again.closed_at) == ([], "", None, None)
    writes.save(people.actors.ann, again, {"stage": stages.won.pk})
    assert [row[0] for row in outcomes(deal)] == ["lost", "won"]
    assert outcomes(deal)[0][3:] == ([reasons.price.pk], "", "Be earlier")


def test_lost_goes_straight_to_won_without_the_reasons_of_the_loss(people, deal, stages, reasons):
    lost = writes.save(people.actors.ann, deal, {"stage": stages.lost.pk, "reasons": [str(reasons.price.pk)]})
    won = writes.save(people.actors.ann, lost, {"stage": stages.won.pk})
    assert (won.state, won.probability, won.reasons, won.actual_amount) == ("won", Decimal(100), [], Decimal(1000))
    assert won.closed_at > lost.closed_at
    assert [row[0] for row in outcomes(deal)] == ["lost", "won"]


def test_what_is_changed_after_closing_changes_the_latest_outcome(people, deal, stages):
    won = writes.save(people.actors.ann, deal, {"stage": stages.won.pk})
    writes.save(people.actors.ann, won, {"lesson": "Ask early", "actual_amount": {"amount": "990", "currency": "EUR"}})
    assert outcomes(deal) == [("won", TODAY(), Decimal(990), [], "", "Ask early")]


def test_created_as_won_it_has_its_outcome(people, make, company, stages):
    won = make(
        "sales.opportunity",
        name="Old",
        company=company.pk,
        stage=stages.won.pk,
        amount={"amount": "5", "currency": "EUR"},
        closed_at="2025-01-02T00:00:00+00:00",
    )
    assert (won.state, won.probability) == ("won", Decimal(100))
    assert outcomes(won) == [("won", dt.date(2025, 1, 2), Decimal(5), [], "", "")]


def test_created_as_closed_it_came_there_then_and_its_beginning_is_only_what_was_said(make, company, stages):
    closed_at = dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    values = {"name": "Old", "company": company.pk, "stage": stages.won.pk, "closed_at": closed_at.isoformat()}
    unsaid, said = make("sales.opportunity", **values), make("sales.opportunity", started_on="2024-12-03", **values)
    assert (unsaid.stage_at, unsaid.started_on, facts.cycle_of(unsaid)) == (closed_at, None, None)
    assert (said.started_on, facts.cycle_of(said)) == (dt.date(2024, 12, 3), 30)
    (stay,) = history.stays(said)
    assert (stay.entered_at, stay.left_at) == (closed_at, None)


def test_it_cannot_begin_after_it_was_closed(people, make, deal, company, stages, fresh):
    values = {"name": "Old", "company": company.pk, "stage": stages.won.pk, "closed_at": "2025-01-02T00:00:00+00:00"}
    told = {"started_on": ["It began after it was closed, on 2025-01-02; correct one of the two days."]}
    assert refusal(lambda: make("sales.opportunity", started_on="2025-01-03", **values)) == told
    assert registry.get("sales.opportunity").rows(SYSTEM).count() == 1
    won = writes.save(people.actors.ann, deal, {"stage": stages.won.pk, "closed_at": "2025-01-02T00:00:00+00:00"})
    assert facts.cycle_of(won) is None  # it was entered later than it was closed: nobody knows how long it took
    rows = registry.get("sales.opportunity").rows(SYSTEM)
    assert list(rows.annotate(days=facts.cycle()).values_list("days", flat=True)) == [None]
    assert refusal(lambda: writes.save(people.actors.ann, won, {"started_on": "2025-02-01"})) == told
    assert fresh(won).started_on == TODAY()


def test_undo_takes_the_closing_and_its_outcome_back(people, deal, stages, fresh):
    writes.save(people.actors.ann, deal, {"stage": stages.won.pk})
    undo.undo(people.actors.ann, ChangeSet.objects.order_by("-at").first().id)
    back = fresh(deal)
    assert (back.state, back.closed_at, back.actual_amount, back.probability) == ("open", None, None, Decimal(10))
    assert outcomes(deal) == []


def test_forecasting_asks_for_amount_and_close(people, make, company, setting, deal):
    setting("sales.forecasting", True)
    count = registry.get("sales.opportunity").rows(SYSTEM).count()
    values = {"name": "Press", "company": company.pk}
    assert list(refusal(lambda: make("sales.opportunity", **values))) == ["amount", "closes_on"]
    assert list(refusal(lambda: make("sales.opportunity", **values, amount={"amount": "1", "currency": "EUR"}))) == [
        "closes_on"
    ]
    assert registry.get("sales.opportunity").rows(SYSTEM).count() == count
    made = make("sales.opportunity", **values, amount={"amount": "1", "currency": "EUR"}, closes_on="2027-01-31")
    assert made.closes_on == dt.date(2027, 1, 31)
    assert list(refusal(lambda: writes.save(people.actors.ann, deal, {"amount": None}))) == ["amount", "closes_on"]
