"""Control totals: what was counted each night is what a list as of that night shows; a difference is told (N2)."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from kith.core import asof, control_totals, health, listing, past, sums, writes
from kith.core.access import SYSTEM
from kith.core.chain import erasing
from kith.core.changes import maintenance
from kith.core.control_totals import ControlTotal, State
from kith.core.entity import registry

from .past_story import at, deal, deals
from .test_past import look

pytestmark = pytest.mark.django_db


def kept(day, measure):
    lines = ControlTotal.objects.filter(day=day, entity="sales.opportunity", measure=measure)
    return {(line.value, line.currency): line.total for line in lines}


@pytest.fixture
def month(people, company):
    """Two nights: before and after one deal grew, one was deleted and one was made in another currency."""
    ann, eva = people.actors.ann, people.actors.eva
    with at(9, 30):
        one, two = deal(ann, company, "one", 100), deal(ann, company, "two", 250)
    with at(10, 1, 0):
        control_totals.keep()
    with at(10, 5):
        writes.create(
            eva, registry.get("core.exchangerate"), {"currency": "USD", "valid_on": "2026-01-01", "rate": "0.5"}
        )
        writes.save(ann, one, {"amount": {"amount": "170", "currency": "EUR"}})
        writes.delete(eva, deals(), [two.pk])
        deal(ann, company, "three", 40, "USD")
    with at(11, 1):
        yield one, two


def test_the_list_of_month_end_equals_the_control_total_of_that_night(people, month):
    stage = str(month[0].stage_id)
    assert kept("2026-09-30", "count") == {(stage, ""): Decimal(2)}
    assert kept("2026-09-30", "sum:amount") == {(stage, "EUR"): Decimal(350)}
    assert control_totals.keep()["lines"] > 0
    assert kept("2026-10-31", "sum:amount") == {(stage, "EUR"): Decimal(170), (stage, "USD"): Decimal(40)}
    assert (
        ControlTotal.objects.filter(entity="sales.opportunity").values_list("day", flat=True).distinct().count() == 32
    )
    eva = people.actors.eva
    then = look(eva, "2026-09-30")
    told = control_totals.totals_of(deals(), then.as_of.moment)
    assert listing.total_of(then, eva)[0] == told["count", ""] == 2
    assert sums.totals(then, eva)["amount"].amount == told["sum:amount", "EUR"] == 350
    assert "control total" in people.clients.eva.get("/opportunities/?as_of=2026-09-30&f=").content.decode()
    assert control_totals.keep()["lines"] == 0, "each night is kept once"


def test_a_comparison_agrees_until_somebody_goes_past_the_ledger(people, month):
    control_totals.keep()
    assert control_totals.compare()["differ"] == 0 and control_totals.problem() == ""
    assert set(ControlTotal.objects.filter(day="2026-09-30").values_list("state", flat=True)) == {State.SAME}
    with maintenance("a hand in the database"):
        deals().model._base_manager.filter(pk=month[0].pk).update(
            amount=Decimal(999), created_at=dt.datetime(2026, 10, 9, tzinfo=dt.UTC)
        )
    assert control_totals.compare()["differ"] >= 1
    assert "sales.opportunity of 2026-09-30" in control_totals.problem()
    assert "control totals differ" in health.warnings()["control_totals"]
    line = ControlTotal.objects.get(day="2026-09-30", entity="sales.opportunity", measure="count")
    assert (line.total, line.found, line.state) == (Decimal(2), Decimal(1), State.DIFFERS)


def test_what_was_erased_since_is_told_and_is_no_difference(people, month):
    gone = deals().rows(people.actors.eva, trashed=True).get(pk=month[1].pk)
    writes.purge(people.actors.eva, deals(), [gone])
    assert control_totals.check(deals(), dt.date(2026, 9, 30)) == State.ERASED
    assert control_totals.problem() == ""
    assert "erased for good" in people.clients.eva.get("/opportunities/?as_of=2026-09-30&f=").content.decode()


def test_the_page_of_control_totals_is_for_those_who_read_the_log(people, month):
    control_totals.compare()
    text = people.clients.eva.get("/control-totals").content.decode()
    assert "2026" in text and "Agrees" in text and "/opportunities/?" in text
    assert people.clients.ann.get("/control-totals").status_code == 403
    assert people.clients.max.get("/control-totals").status_code == 403


def test_what_is_counted_otherwise_since_is_no_difference(people, month, monkeypatch):
    """Another field on the board, a sum that is new, another time zone of the company: the nights before agree all the same."""
    assert control_totals.check(deals(), dt.date(2026, 9, 30)) == State.SAME
    monkeypatch.setattr(control_totals, "dimension", lambda entity: "owner")
    assert control_totals.check(deals(), dt.date(2026, 9, 30)) == State.SAME
    monkeypatch.setattr(deals(), "measures", (*deals().measures, "sum:budget"))
    writes.save(people.actors.eva, deals().rows(people.actors.eva).get(pk=month[0].pk), {"budget": {"amount": "5", "currency": "EUR"}})  # fmt: skip
    monkeypatch.setattr(control_totals, "end_of", lambda day: dt.datetime(2026, 10, 20, tzinfo=dt.UTC))
    assert control_totals.check(deals(), dt.date(2026, 9, 30)) == State.SAME
    assert ControlTotal.objects.filter(day="2026-09-30", state=State.DIFFERS).count() == 0
    ControlTotal.objects.filter(day="2026-09-30", entity="sales.opportunity").update(dimension="field_that_is_gone")
    assert control_totals.check(deals(), dt.date(2026, 9, 30)) == ""


def test_entries_that_were_emptied_with_personal_data_are_told_and_are_no_difference(people, month):
    """A rename that named somebody is forgotten, and with it that the amount was another one."""
    control_totals.keep()
    one, night = deals().rows(people.actors.eva).get(pk=month[0].pk), dt.date(2026, 10, 31)
    with at(11, 3):
        writes.save(people.actors.eva, one, {"name": "Pump for Thorvaldine Quistgaard", "amount": {"amount": "9", "currency": "EUR"}})  # fmt: skip
        assert control_totals.check(deals(), night) == State.SAME
        page = "/opportunities/?as_of=2026-10-31&f="
        assert "later ones are shown in their place" not in people.clients.eva.get(page).content.decode()
        gone = erasing.forget(
            SYSTEM, ("parties.person", uuid.uuid4()), [], linked=[], names=["Quistgaard"], hints=[], reason="personal data: asked"
        )  # fmt: skip
        assert gone > 0 and control_totals.check(deals(), night) == State.ERASED
        assert not asof.emptied_since(registry.get("parties.company"), past.of("2026-10-31"))
        assert control_totals.problem() == ""
        assert "later ones are shown in their place" in people.clients.eva.get(page).content.decode()
