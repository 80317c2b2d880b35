"""Roll-up fields: what they count, on which conditions, in which currency, after whatever is done to the records."""

import datetime as dt
from decimal import Decimal

import pytest

from kith.core import custom_fields, undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import ChangeSet
from kith.core.money import Money
from kith.processes import shipped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    custom_fields.forget()
    shipped.install()
    yield
    custom_fields.forget()


def rollup(how="count", value="", **values):
    given = {
        "entity": "parties.company",
        "label": "Rolled",
        "name": "x_rolled",
        "source": "sales.opportunity",
        "link": "company",
        "how": how,
        "value": value,
    }
    return writes.create(SYSTEM, registry.get("core.rollupfield"), given | values)


def company(name="Nord AS", **values):
    return writes.create(SYSTEM, registry.get("parties.company"), {"name": name, **values}, confirm=("duplicate", "similar"))  # fmt: skip


def deal(company, budget=None, currency="EUR", **values):
    amount = {} if budget is None else {"budget": {"amount": str(budget), "currency": currency}}
    return writes.create(SYSTEM, registry.get("sales.opportunity"), {"name": "Deal", "company": company.pk, **amount, **values})  # fmt: skip


def worth(record, name="x_rolled", entity="parties.company"):
    kind = registry.get(entity)
    return kind.fields[name].get(kind.rows(SYSTEM).get(pk=record.pk))


EUR = [Money(Decimal(n), "EUR") for n in range(200)]


def test_counts_and_sums_follow_whatever_is_done_to_the_records():
    north, south, deals = company(), company("Sud SA"), registry.get("sales.opportunity")
    rollup(decimals=0)
    rollup("sum", "budget", name="x_sum", label="Sum")
    assert (worth(north), worth(north, "x_sum")) == (0, None)
    one, two = deal(north, 10), deal(north, 20)
    deal(north)
    assert (worth(north), worth(north, "x_sum")) == (3, EUR[30])
    writes.save(SYSTEM, one, {"budget": {"amount": "15", "currency": "EUR"}})
    assert worth(north, "x_sum") == EUR[35]
    writes.save(SYSTEM, two, {"company": south.pk})
    assert (worth(north, "x_sum"), worth(south, "x_sum"), worth(north), worth(south)) == (EUR[15], EUR[20], 2, 1)
    writes.delete(SYSTEM, deals, [one.pk])
    assert (worth(north), worth(north, "x_sum")) == (1, None)
    writes.restore(SYSTEM, deals, [one.pk])
    assert worth(north, "x_sum") == EUR[15]
    writes.update_many(SYSTEM, deals, [one.pk, two.pk], {"budget": {"amount": "50", "currency": "EUR"}})
    assert (worth(north, "x_sum"), worth(south, "x_sum")) == (EUR[50], EUR[50])
    undo.undo(SYSTEM, ChangeSet.objects.latest("at").pk)
    assert (worth(north, "x_sum"), worth(south, "x_sum")) == (EUR[15], EUR[20])


def test_amounts_of_several_currencies_give_nothing_unless_converted():
    record = company()
    rollup("sum", "budget")
    rollup("sum", "budget", name="x_base", label="Base", in_base=True)
    rollup("max", "budget", name="x_max", label="Most")
    deal(record, 10)
    deal(record, 100, "USD")
    assert (worth(record), worth(record, "x_max"), worth(record, "x_base")) == (None, None, None)
    writes.create(SYSTEM, registry.get("core.exchangerate"), {"currency": "USD", "valid_on": "2020-01-01", "rate": "0.5"})  # fmt: skip
    assert (worth(record), worth(record, "x_base")) == (None, EUR[60])


def test_least_greatest_and_average_of_fields_and_of_formulas():
    record = company()
    rollup("avg", "budget", name="x_avg", label="Average")
    rollup("min", "closes_on", name="x_first", label="First")
    rollup("sum", "number(budget) * 2 + length(name)", name="x_formula", label="Formula", decimals=1)
    rollup("sum", "company.employees_count", name="x_over", label="Over", decimals=0)
    deal(record, 10, closes_on="2026-12-01")
    deal(record, 15, closes_on="2026-11-30")
    deal(record)
    assert worth(record, "x_avg") == Money(Decimal("12.5"), "EUR")
    assert worth(record, "x_first") == dt.date(2026, 11, 30)
    assert (str(worth(record, "x_formula")), worth(record, "x_over")) == ("58.0", 0)
    assert worth(company("Sud SA"), "x_first") is None


def test_a_condition_of_the_filter_language_says_which_records_count():
    record = company(employees_count=5)
    rollup(
        condition={
            "all": [
                {"field": "budget", "op": "gt", "value": "12"},
                {"field": "company.employees_count", "op": "ge", "value": "5"},
            ]
        },
        decimals=0,
    )
    deal(record, 10)
    deal(record, 15)
    assert worth(record) == 1
    writes.save(SYSTEM, record, {"employees_count": 4})  # what stored sums would miss
    assert worth(record) == 0


def test_the_link_is_found_where_there_is_only_one():
    product = registry.get("sales.opportunityline")
    made = rollup(entity="sales.opportunity", source=product.label, link="", name="x_lines")
    assert made.link == "opportunity"


def test_formulas_are_made_of_roll_ups_also_over_a_link():
    record = company()
    rollup("sum", "budget", name="x_sum", label="Sum")
    formulas = registry.get("core.formulafield")
    writes.create(SYSTEM, formulas, {"entity": "parties.company", "label": "Share", "name": "x_share", "formula": "x_sum * 10%"})  # fmt: skip
    writes.create(SYSTEM, formulas, {"entity": "sales.opportunity", "label": "Part", "name": "x_part", "formula": "percent(budget / company.x_sum)"})  # fmt: skip
    one = deal(record, 25)
    deal(record, 75)
    assert (worth(record, "x_share"), str(worth(one, "x_part", "sales.opportunity"))) == (EUR[10], "25.00")
    with pytest.raises(Refused) as refused:
        rollup("sum", "x_part")
    assert "roll-up itself" in str(refused.value.errors["value"][0])
    with pytest.raises(Refused) as refused:
        rollup(condition={"field": "x_part", "op": "gt", "value": "1"})
    assert "roll-up itself" in str(refused.value.errors["condition"][0])
    sums = registry.get("core.rollupfield").rows(SYSTEM).get(name="x_sum")
    with pytest.raises(Refused):
        writes.delete(SYSTEM, registry.get("core.rollupfield"), [sums.pk])


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"source": "parties.planet"}, "source", "there are: "), ({"source": "core.tag"}, "source", "there are: "), ({"link": "owner"}, "link", "there are: company, partner"),
        ({"how": "sum"}, "value", "Say what"), ({"value": "budget"}, "value", "needs no field"), ({"how": "sum", "value": "name"}, "value", "no such roll-up"), ({"how": "sum", "value": "budgt"}, "value", "budget"),
        ({"condition": {"field": "owner", "op": "any", "value": ["me"]}}, "condition", "same for everybody"), ({"condition": {"field": "colour", "op": "is", "value": "1"}}, "condition", "no field"),
        ({"how": "median"}, "how", ""), ({"decimals": 9}, "decimals", "At most 6"), ({"name": "rolled"}, "name", "begins with x_"), ({"entity": "parties.planet"}, "entity", "Unknown"), ({"name": "x_a"}, "label", ""),
    ],
)  # fmt: skip
def test_a_wrong_definition_is_refused_by_field(values, field, words):
    if field == "label":
        values = values | {"label": ""}
    with pytest.raises(Refused) as refused:
        rollup(**values)
    assert words in str(refused.value.errors[field][0])
    assert not registry.get("core.rollupfield").rows(SYSTEM).exists()


def test_it_asks_for_no_view_whose_owner_could_ask_for_what_others_may_not_know():
    view = writes.create(SYSTEM, registry.get("core.view"), {"entity": "sales.opportunity", "name": "Mine", "filter": {}})  # fmt: skip
    for condition in (
        {"field": "in_view", "op": "any", "value": [str(view.pk)]},
        {"all": [{"field": "owner", "op": "filled"}, {"none": [{"field": "company.opportunity-company.in_view", "op": "any", "value": [str(view.pk)]}]}]},
    ):  # fmt: skip
        with pytest.raises(Refused) as refused:
            rollup(condition=condition)
        assert "cannot ask for a saved view" in str(refused.value.errors["condition"][0])
    assert not registry.get("core.rollupfield").rows(SYSTEM).exists()


def test_a_formula_of_roll_ups_is_as_large_as_what_they_put_together():
    """Each of them may have thousands of digits: multiplied, they would be more than PostgreSQL's numbers can have."""
    large = " * ".join(["9999999999999999999999999"] * 40)
    rollup("sum", large, name="x_large", label="Large", decimals=0)
    formulas = registry.get("core.formulafield")
    with pytest.raises(Refused) as refused:
        writes.create(SYSTEM, formulas, {"entity": "parties.company", "label": "Huge", "name": "x_huge", "formula": " * ".join(["x_large"] * 20)})  # fmt: skip
    assert "becomes too large" in str(refused.value.errors["formula"][0])
    record = company()
    deal(record, 10)
    assert worth(record, "x_large") is None
