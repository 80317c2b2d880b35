"""A role more never means a row less, unless it denies; a denial never means a row more."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from .drawing import drawn
from .test_filters import COMPANY, DEAL, EMPLOYEE, UNIT, as_json, known, trees, wire  # noqa: F401 - a fixture

LABELS = (COMPANY, DEAL, EMPLOYEE, UNIT, "sales.opportunityrole", "activities.task")
OPERATIONS = ("view", "edit", "export")
rules = st.tuples(
    st.sampled_from((*LABELS[:4], "*")),
    st.sampled_from((*OPERATIONS, "*")),
    st.sampled_from(("own", "team", "reports", "unit", "all", "none")),
    st.none() | trees,
)


def made(world, role, rule, *, deny=False):
    """A permission item; a condition is one on rows of its own kind."""
    from kith.core.access import Rule

    label, operation, level, tree = rule
    condition = wire(as_json(world, label, tree)) if tree and label != "*" else None
    return Rule(role, label, operation, level, deny, condition)


def reach(actor, rules):
    """The rows by kind and operation that somebody with these rules reaches."""
    from kith.core.entity import registry
    from kith.core.predicates import Kept

    given = tuple(rules)
    able = replace(actor, rules=given, kept=Kept(given), memo={})
    return {
        (label, operation): set(registry.get(label).rows(able, operation).order_by().values_list("pk", flat=True))
        for label in LABELS
        for operation in OPERATIONS
    }


@pytest.fixture
def parts(known, db):  # noqa: F811
    """Things that belong to records, and one who may be given rights."""
    from kith.core.access import actor_of
    from kith.core.testing import factory

    world, people = known
    deal = next(iter(world.rows[DEAL]))
    factory.make("sales.opportunityrole", opportunity=str(deal))
    factory.make("activities.task", subject={"entity": DEAL, "id": str(deal)})
    return world, actor_of(people.tom.pk)


def test_a_role_more_never_means_a_row_less(parts):
    world, actor = parts
    grown = []

    @drawn(st.tuples(st.lists(rules, max_size=3), st.lists(rules, min_size=1, max_size=2)), short=12, long=3000)
    def holds(drawing):
        first = [made(world, "first", rule) for rule in drawing[0]]
        before, after = reach(actor, first), reach(actor, [*first, *(made(world, "second", rule) for rule in drawing[1])])  # fmt: skip
        for key, rows in before.items():
            assert rows <= after[key], (key, drawing)
        grown.append(before != after)

    holds()
    assert any(grown)


def test_a_denial_never_means_a_row_more(parts):
    world, actor = parts
    shrunk = []

    @drawn(st.tuples(st.lists(rules, min_size=1, max_size=3), rules), short=12, long=3000)
    def holds(drawing):
        first = [made(world, "first", rule) for rule in drawing[0]]
        before, after = reach(actor, first), reach(actor, [*first, made(world, "second", drawing[1], deny=True)])
        for key, rows in after.items():
            assert rows <= before[key], (key, drawing)
        shrunk.append(before != after)

    holds()
    assert any(shrunk), "control: some denial has to take rows away, or monotony says nothing"
