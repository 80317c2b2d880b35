"""Where a field is used: over links, by tiles of dashboards, permissions, formulas; what needs it keeps it from going, what only shows it does not."""

import pytest

from kith.core import field_usage, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused

pytestmark = pytest.mark.django_db
COMPANY, DEAL, FIELDS, FORMULAS = "parties.company", "sales.opportunity", "core.fielddefinition", "core.formulafield"
OVER = {"field": "company.x_tier", "op": "filled"}


def make(label, /, **values):
    return writes.create(SYSTEM, registry.get(label), values)


@pytest.fixture
def tier():
    return make(FIELDS, entity=COMPANY, label="Tier", name="x_tier", kind="number")


def deals(**values):
    return make("core.view", **{"name": "Deals", "entity": DEAL} | values)


def dashboard(view, **tile):
    raw = {"id": "a", "kind": "chart", "view": {"entity": "core.view", "id": str(view.pk)}, **tile}
    return make("core.dashboard", name="Steering", tiles=[raw])


def kept(tier, *words):
    """That the field neither goes nor is retired, and what is said."""
    for act in (
        lambda: writes.delete(SYSTEM, registry.get(FIELDS), [tier.pk]),
        lambda: writes.save(SYSTEM, tier, {"is_retired": True}),
    ):
        with pytest.raises(Refused) as refused:
            act()
        text = str(refused.value.errors)
        assert all(word in text for word in words), text
    row = registry.get(FIELDS).rows(SYSTEM).get()
    assert (row.pk, row.is_retired, "x_tier" in registry.get(COMPANY).fields) == (tier.pk, False, True)


@pytest.mark.parametrize(
    "values",
    [{"filter": OVER}, {"sort": ["-company.x_tier"]}, {"shape": "report", "report": {"rows": ["company.x_tier"], "m": ["count"]}}, {"entity": "parties.person", "filter": {"field": "employer.x_tier", "op": "filled"}}],
)  # fmt: skip
def test_a_view_of_other_records_needs_it_over_a_link(tier, values):
    deals(**values)
    kept(tier, "View “Deals”")


def test_a_column_over_a_link_is_told_and_lets_it_go(tier):
    view = deals(columns=["name", "company.x_tier"])
    (use,) = field_usage.uses(registry.get(COMPANY), "x_tier")
    assert (use.key, use.needs) == (view.pk, False)
    writes.delete(SYSTEM, registry.get(FIELDS), [tier.pk])
    assert "x_tier" not in registry.get(COMPANY).fields


def test_a_link_of_ones_own_is_followed_as_well(tier):
    make(FIELDS, entity=DEAL, label="Guest", name="x_guest", kind="link", target=COMPANY)
    deals(filter={"field": "x_guest.x_tier", "op": "filled"})
    assert [use.title for use in field_usage.uses(registry.get(DEAL), "x_guest")] == ["Deals"]
    with pytest.raises(Refused, match="Deals"):
        writes.delete(SYSTEM, registry.get(FIELDS), [tier.pk])
    assert registry.get(FIELDS).rows(SYSTEM).count() == 2


@pytest.mark.parametrize(("entity", "tile"), [(COMPANY, {"measure": "sum:x_tier"}), (COMPANY, {"by": "x_tier"}), (DEAL, {"by": "company.x_tier"})])  # fmt: skip
def test_a_tile_of_a_dashboard_needs_it(tier, entity, tile):
    dashboard(make("core.view", name="All", entity=entity), **tile)
    kept(tier, "Dashboard “Steering”")


def test_a_tile_of_other_records_with_a_field_of_the_same_name_does_not(tier):
    make(FIELDS, entity=DEAL, label="Tier", name="x_tier", kind="number")
    dashboard(deals(), measure="sum:x_tier")
    assert field_usage.uses(registry.get(COMPANY), "x_tier") == []
    assert [use.title for use in field_usage.uses(registry.get(DEAL), "x_tier")] == ["Steering"]


def test_a_date_of_a_tile_needs_it():
    due = make(FIELDS, entity=COMPANY, label="Due", name="x_due", kind="date")
    dashboard(make("core.view", name="All", entity=COMPANY), kind="figure", date="x_due")
    with pytest.raises(Refused, match="Steering"):
        writes.delete(SYSTEM, registry.get(FIELDS), [due.pk])
    assert registry.get(FIELDS).rows(SYSTEM).count() == 1


def test_a_permission_needs_what_its_condition_asks_for(people, tier):
    role = people.roles.own.pk
    make("access.policyrule", role=role, entity=DEAL, operation="edit", level="all", deny=True, condition=OVER)
    kept(tier, "Permission item")


def test_a_formula_keeps_it_from_being_retired(tier):
    make(FORMULAS, entity=DEAL, label="Twice", name="x_twice", formula="company.x_tier * 2")
    kept(tier, "Formula field “Twice”")


def test_a_formula_that_a_tile_adds_up_neither_goes_nor_becomes_a_text():
    made = make(FORMULAS, entity=COMPANY, label="Twice", name="x_twice", formula="employees_count * 2")
    dashboard(make("core.view", name="All", entity=COMPANY), measure="sum:x_twice")
    for act in (
        lambda: writes.delete(SYSTEM, registry.get(FORMULAS), [made.pk]),
        lambda: writes.save(SYSTEM, made, {"formula": "name"}),
    ):
        with pytest.raises(Refused, match="Dashboard “Steering”"):
            act()
    assert registry.get(FORMULAS).rows(SYSTEM).get().formula == "employees_count * 2"


def test_a_layout_that_moves_it_is_told_and_lets_it_go(tier):
    layout = make("core.layout", entity=COMPANY, pieces={"columns": {"added": ["x_tier"]}})
    (use,) = field_usage.uses(registry.get(COMPANY), "x_tier")
    assert (use.key, use.needs) == (layout.pk, False)
    writes.delete(SYSTEM, registry.get(FIELDS), [tier.pk])
    assert "x_tier" not in registry.get(COMPANY).fields


@pytest.fixture
def risk():
    return make(FIELDS, entity=COMPANY, label="Risk", name="x_risk", kind="choice", options=["low", "high", "none"])


@pytest.mark.parametrize(
    ("label", "values", "word"),
    [
        ("core.view", {"name": "Risky", "filter": {"none": [{"field": "x_risk", "op": "any", "value": ["high"]}]}}, "View “Risky”"),
        ("core.view", {"name": "Risky", "entity": DEAL, "filter": {"field": "company.x_risk", "op": "any", "value": ["low", "high"]}}, "View “Risky”"),
        ("core.fieldrule", {"field": "x_risk", "effect": "choices", "options": ["high"], "condition": {"field": "name", "op": "filled"}}, "Field rule"),
        ("core.fieldrule", {"field": "website", "effect": "required", "condition": {"field": "x_risk", "op": "any", "value": ["high"]}}, "Field rule"),
        (FORMULAS, {"label": "Points", "name": "x_points", "formula": 'choose(x_risk, "high", 3, 1)'}, "“Points” uses this field and would be broken"),
    ],
)  # fmt: skip
def test_a_choice_that_is_asked_for_by_name_stays(risk, label, values, word):
    made = make(label, **{"entity": COMPANY} | values)
    with pytest.raises(Refused) as refused:
        writes.save(SYSTEM, risk, {"options": ["low", "none"]})
    assert word in str(refused.value.errors["options"][0])
    assert registry.get(FIELDS).rows(SYSTEM).get().options == ["low", "high", "none"]
    assert writes.save(SYSTEM, risk, {"options": ["high", "low", "new"]}).options == ["high", "low", "new"]
    writes.delete(SYSTEM, registry.get(label), [made.pk])
    row = registry.get(FIELDS).rows(SYSTEM).get()
    assert writes.save(SYSTEM, row, {"options": ["new"]}).options == ["new"]
