"""One condition implies another only where every row of it is one of the other's: beside all assignments of truth."""

import itertools
import random

import pytest
from django.db.models import Q

from kith.core.predicates import implies

NAMES = "abc"


def made(rng: random.Random, depth: int) -> Q:
    """A random condition on three facts."""
    if depth == 0 or rng.random() < 0.3:
        found = Q(**{rng.choice(NAMES): 1})
    else:
        found = made(rng, depth - 1)
        for _number in range(rng.randrange(1, 3)):
            other = made(rng, depth - 1)
            found = found | other if rng.random() < 0.5 else found & other
    return ~found if rng.random() < 0.2 else found


def holds(node: Q | tuple[str, int], facts: dict[str, bool | None]) -> bool | None:
    """What a condition says of a row; a fact may be unknown, as of a column without a value."""
    if isinstance(node, tuple):
        return facts[node[0]]
    said = [holds(child, facts) for child in node.children]
    if node.connector == Q.AND:
        found = False if False in said else None if None in said else True
    else:
        found = True if True in said else None if None in said else False
    return found if not node.negated or found is None else not found


@pytest.mark.parametrize("seed", range(4))
def test_what_is_implied_holds_of_every_row(seed):
    rng, told = random.Random(seed), 0
    rows = [dict(zip(NAMES, said, strict=True)) for said in itertools.product((True, False, None), repeat=len(NAMES))]
    for _number in range(1500):
        one, other = made(rng, 2), made(rng, 2)
        if implies(one, other):
            told += 1
            assert all(holds(other, row) for row in rows if holds(one, row)), (one, other)
    assert told > 100


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Q(owner=1), Q(owner=1) | Q(team=2), True),
        (Q(owner=1) | Q(team=2), Q(owner=1), False),
        (Q(owner=1) & ~Q(closed=1), (Q(owner=1) | Q(team=2)) & ~Q(closed=1), True),
        (Q(owner=1), ~Q(owner=1), False),
        (Q(owner=1), Q(), True),
        (Q(), Q(owner=1), False),
        (Q(owner__in=[1, 2]), Q(owner__in=[1, 2]), True),
        (Q(owner__in=[1]), Q(owner__in=[1, 2]), False),
        (Q(on=1), Q(on=True), False),
    ],
)
def test_rules_of_roles(one, other, expected):
    assert implies(one, other) is expected
