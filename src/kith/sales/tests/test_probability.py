"""Probability: automatic and by hand beside each other; only a stage wins (R54-R56, R60)."""

from decimal import Decimal

import pytest

from kith.core import writes
from kith.core.errors import Refused


def state(record):
    return record.probability, record.probability_auto, record.probability_mode


def test_the_automatic_probability_follows_the_stage(people, deal, stages):
    assert state(deal) == (Decimal(10), Decimal(10), "automatic")
    moved = writes.save(people.actors.ann, deal, {"stage": stages.offer.pk})
    assert state(moved) == (Decimal(50), Decimal(50), "automatic")


def test_by_hand_it_stays_and_the_automatic_one_moves_beside_it(people, deal, stages):
    typed = writes.save(people.actors.ann, deal, {"probability": "35"})
    assert state(typed) == (Decimal(35), Decimal(10), "manual")
    moved = writes.save(people.actors.ann, typed, {"stage": stages.qualified.pk})
    assert state(moved) == (Decimal(35), Decimal(25), "manual")
    back = writes.save(people.actors.ann, moved, {"probability_mode": "automatic"})
    assert state(back) == (Decimal(25), Decimal(25), "automatic")
    again = writes.save(people.actors.ann, back, {"probability": "80"})
    assert state(writes.save(people.actors.ann, again, {"probability": None})) == (
        Decimal(25),
        Decimal(25),
        "automatic",
    )


@pytest.mark.parametrize("value", ["0", "100"])
def test_a_hundred_or_nought_by_hand_leaves_it_open(people, deal, value):
    typed = writes.save(people.actors.ann, deal, {"probability": value})
    assert (typed.probability, typed.state, typed.closed_at) == (Decimal(value), "open", None)


def test_closed_it_is_100_or_0_and_cannot_be_edited(people, deal, stages, reasons, fresh):
    typed = writes.save(people.actors.ann, deal, {"probability": "35"})
    won = writes.save(people.actors.ann, typed, {"stage": stages.won.pk})
    assert state(won) == (Decimal(100), Decimal(100), "automatic")
    with pytest.raises(Refused) as refused:
        writes.save(people.actors.ann, won, {"probability": "90"})
    assert list(refused.value.errors) == ["probability"] and fresh(deal).probability == 100
    lost = writes.save(people.actors.ann, won, {"stage": stages.lost.pk, "reasons": [str(reasons.price.pk)]})
    assert state(lost) == (Decimal(0), Decimal(0), "automatic")


def test_opened_again_the_former_values_are_dropped(people, deal, stages):
    typed = writes.save(people.actors.ann, deal, {"probability": "35"})
    won = writes.save(people.actors.ann, typed, {"stage": stages.won.pk})
    again = writes.save(people.actors.ann, won, {"stage": stages.offer.pk})
    assert state(again) == (Decimal(50), Decimal(50), "automatic")
    assert (again.closed_at, again.actual_amount) == (None, None)
    both = writes.save(
        people.actors.ann,
        writes.save(people.actors.ann, again, {"stage": stages.won.pk}),
        {"stage": stages.offer.pk, "probability": "66"},
    )
    assert state(both) == (Decimal(66), Decimal(50), "manual")
