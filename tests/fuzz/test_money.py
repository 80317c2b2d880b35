"""The amount of an opportunity is the sum of its lines, exactly, whatever is added, changed, deleted or undone."""

from fractions import Fraction

import pytest
from hypothesis import strategies as st

from .drawing import drawn

pytestmark = pytest.mark.django_db
#: How many decimals an amount has, the way its country counts.
PLACES = {"EUR": 2, "JPY": 0, "KWD": 3}
CENTS = st.integers(0, 10**7)
LINES = st.lists(st.tuples(st.integers(1, 5000), CENTS, st.integers(0, 10_000)), min_size=1, max_size=5)
STEPS = st.lists(st.tuples(st.sampled_from(("change", "delete")), st.integers(0, 4), st.integers(1, 5000)), max_size=3)


def half_up(number, places):
    """Rounded as merchants do, with whole numbers only."""
    scaled = number * 10**places
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**places)


def values(line, currency):
    """Thousandths of a quantity, hundredths of a price, hundredths of a percent."""
    quantity, price, discount = line
    return {
        "name": "Gauge",
        "quantity": f"{quantity / 1000:.3f}",
        "price": {"amount": f"{price // 100}.{price % 100:02}", "currency": currency},
        "discount": f"{discount / 100:.2f}",
    }


def expected(lines, currency):
    """Σ quantity × price less discount, rounded once."""
    total = sum(Fraction(quantity, 1000) * Fraction(price, 100) * (1 - Fraction(discount, 10_000)) for quantity, price, discount in lines)  # fmt: skip
    return half_up(total, PLACES[currency])


def test_the_amount_is_the_sum_of_the_lines(people):
    from django.db import transaction

    from kith.core import undo, writes
    from kith.core.access import SYSTEM
    from kith.core.entity import registry
    from kith.core.testing import factory

    entity = registry.get("sales.opportunityline")
    for code, rate in (("JPY", "0.006"), ("KWD", "3")):
        writes.create(
            SYSTEM, registry.get("core.exchangerate"), {"currency": code, "valid_on": "2020-01-01", "rate": rate}
        )
    deal, done = factory.make("sales.opportunity"), set()

    def amount():
        deal.refresh_from_db()
        return Fraction(deal.amount)

    @drawn(st.tuples(LINES, STEPS, st.sampled_from(sorted(PLACES))), short=10, long=1000)
    def holds(drawing):
        lines, steps, currency = drawing
        with transaction.atomic():
            made = writes.create_many(SYSTEM, entity, [values(line, currency) | {"opportunity": deal.pk} for line in lines])  # fmt: skip
            known = dict(zip((record.pk for record in made), lines, strict=True))
            assert amount() == expected(known.values(), currency)
            for what, at, number in steps:
                if len(known) < 2:
                    break
                key = sorted(known)[at % len(known)]
                stood = amount()
                if what == "delete":
                    writes.delete(SYSTEM, entity, [key])
                    del known[key]
                else:
                    changed = (number, *known[key][1:])
                    outcome = writes.update_many(SYSTEM, entity, [key], {"quantity": f"{number / 1000:.3f}"})
                    if outcome.changeset:
                        undo.undo(SYSTEM, outcome.changeset)
                        assert amount() == stood
                        done.add("undo")
                        writes.update_many(SYSTEM, entity, [key], {"quantity": f"{number / 1000:.3f}"})
                    known[key] = changed
                assert amount() == expected(known.values(), currency)
                done.add(what)
            transaction.set_rollback(True)

    holds()
    assert done == {"change", "delete", "undo"}, "control: each was done"


def test_the_oracle_sees_a_sum_of_rounded_lines():
    """Negative control: rounding each line first gives another amount."""
    lines = [(1000, 5, 5000), (1000, 5, 5000)]  # twice 2.5 cents
    rounded = sum(expected([line], "EUR") for line in lines)
    assert rounded != expected(lines, "EUR")
