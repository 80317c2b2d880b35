"""Every number opens its rows (law 6): each cell of reports over random data against the list that its address shows."""

import random
from decimal import Decimal
from statistics import median

import pytest
from django.http import QueryDict
from django.utils import timezone

from kith.core import listing, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.filters import from_url
from kith.core.money import Money
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.testing.people import fresh, grant
from kith.core.views import from_address

pytestmark = pytest.mark.django_db
COUNT = 120


@pytest.fixture
def company():
    return registry.get("parties.company")


@pytest.fixture
def data(people, company):
    """Companies of two owners with gaps in every field; the same every time."""
    dice = random.Random(157)
    industries = [
        writes.create(SYSTEM, registry.get("parties.industry"), {"name": name}).pk for name in ("Paper", "Food")
    ]
    tags = [writes.create(SYSTEM, registry.get("core.tag"), {"name": name}).pk for name in ("hot", "cold")]
    units = [writes.create(SYSTEM, registry.get("people.orgunit"), {"name": name}).pk for name in ("North", "South")]

    territories = []
    for name, above in (("World", None), ("Nordics", 0), ("Norway", 1), ("Asia", 0)):
        parent = territories[above] if above is not None else None
        territories.append(
            writes.create(SYSTEM, registry.get("parties.territory"), {"name": name, "parent": parent}).pk
        )

    def amount():
        return {"amount": str(dice.randint(1, 10**7) / Decimal(100)), "currency": dice.choice(["EUR", "EUR", "USD"])}

    def row(n):
        return {
            "name": f"Company {n:03}", "status": dice.choice(["active", "lost", "dormant"]), "industry": dice.choice([None, *industries]), "legal_form": dice.choice(["", "Oslo", "oslo", "n/a", "A, B\\C"]),
            "tier": dice.choice(["", "A", "B"]), "employees_count": dice.choice([None, 1, 5, 5, 40]), "annual_revenue": dice.choice([None, amount()]), "discount": dice.choice([None, "2.5", "10"]),
            "tags": dice.sample(tags, dice.randint(0, 2)), "roles": dice.sample(["customer", "supplier", "partner"], dice.randint(0, 3)), "owner": dice.choice([people.ann.pk, people.tom.pk]),
            "org_unit": dice.choice([None, *units]), "territory": dice.choice([None, *territories]),
        }  # fmt: skip

    rows = [row(n) for n in range(COUNT)]
    parents = writes.create_many(SYSTEM, company, rows[:30])
    keys = [record.pk for record in parents]
    return writes.create_many(SYSTEM, company, [row | {"parent": dice.choice([None, *keys])} for row in rows[30:]])


def opened(cell, actor):
    """The records of the list that a cell's address shows."""
    path, _mark, query = cell.href.partition("?")
    entity = registry.by_slug(path.strip("/"))
    return list(listing.rows(from_address(entity, actor, QueryDict(query)), actor))


def at(record, path):
    for name in path.split("."):
        record = getattr(record, name) if record is not None else None
    return record


def expected(cell, records):
    """The figure recomputed from the records alone."""
    measure = cell.column.asked
    if measure.kind == "count":
        return len(records)
    values = [at(record, measure.path) for record in records]
    assert None not in values, "only rows with a value"
    if measure.kind == "distinct":
        return len(set(values))
    kinds = {
        "sum": sum,
        "min": min,
        "max": max,
        "median": median,
        "avg": lambda given: sum(given) / Decimal(len(given)),
    }
    if not values and measure.kind != "sum":
        return None
    result = Decimal(kinds[measure.kind]([Decimal(value) for value in values]))
    return Money(result, cell.column.currency) if cell.column.kind == "money" else result


def near(one, other):
    if isinstance(one, Money) and isinstance(other, Money):
        return one.currency == other.currency and near(one.amount, other.amount)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) < Decimal("1e-12")  # only averages have endless decimals
    return one == other


CASES = [
    ("status", "", ["count", "sum:annual_revenue", "avg:annual_revenue"]),
    ("industry", "status", ["count", "median:employees_count", "distinct:legal_form"]),
    ("legal_form,tier", "", ["count", "max:employees_count", "min:discount"]),
    ("tags", "status", ["count", "sum:employees_count"]),
    ("roles,tags", "", ["count", "avg:discount"]),
    ("parent.industry", "parent.status", ["count", "sum:parent.employees_count"]),
    ("owner.org_unit,org_unit", "", ["count"]),
    ("employees_count", "created_at:week", ["count", "median:annual_revenue"]),
    ("created_at:quarter,owner", "tier", ["count", "sum:discount"]),
    ("parent.tags", "", ["count", "distinct:parent"]),
    ("", "", ["count", "sum:annual_revenue"]),
    ("territory", "status", ["count", "sum:employees_count", "distinct:legal_form"]),
    ("tier,territory", "", ["count", "median:employees_count"]),
    ("territory:each", "", ["count"]),
    ("parent.territory", "territory", ["count"]),
    ("company-parent.status,status", "", ["count", "sum:employees_count"]),
    ("company-parent.territory", "", ["count"]),
]


def cells(table):
    for line in [*table.lines, *([table.total] if table.report.rows else [])]:
        yield from table.cells(line)


@pytest.mark.parametrize("who", ["eva", "ann"])
def test_every_number_opens_exactly_its_rows(people, data, company, who):
    actor, numbers = getattr(people.actors, who), 0
    for case in CASES:
        node = from_url(["status:any:active,lost"]) if case[0] != "status" else None
        for cell in cells(engine.run(report_of(company, case, node), actor)):
            assert near(cell.value, expected(cell, opened(cell, actor))), (case, cell.href)
            numbers += 1
    assert numbers > 300


def report_of(company, case, node=None, **more):
    return Report(
        company, node or from_url([]), reading.dimensions(case[0]), reading.dimensions(case[1]),
        tuple(reading.figure(text) for text in case[2]), **more,
    )  # fmt: skip


def test_totals_of_the_rows_shown_open_only_these(people, data, company):
    table = engine.run(
        report_of(company, ("legal_form", "status", ["count", "sum:employees_count"]), top=2), people.actors.eva
    )
    assert len(table.lines) == 2
    total = table.cell(table.total, None, 0)
    assert total.value == sum(table.value(line, None, 0) for line in table.lines)
    for cell in cells(table):
        assert cell.value == expected(cell, opened(cell, people.actors.eva))


def test_conditions_on_results_choose_rows_and_totals_follow(people, data, company):
    whole = engine.run(report_of(company, ("legal_form", "", ["count"])), people.actors.eva)
    limit = sorted(whole.value(line, None, 0) for line in whole.lines)[2]
    table = engine.run(
        report_of(company, ("legal_form", "", ["count"]), having=(reading.having(f"0:ge:{limit}"),)), people.actors.eva
    )
    kept = [line.label for line in whole.lines if whole.value(line, None, 0) >= limit]
    assert [line.label for line in table.lines] == kept
    for cell in cells(table):
        assert cell.value == len(opened(cell, people.actors.eva))


def test_records_that_may_not_be_read_lend_nothing_to_their_links(people, data, company):
    """Ann sees her companies; parents that are Tom's count as without a parent's industry."""
    table = engine.run(report_of(company, ("parent.industry", "", ["count"])), people.actors.ann)
    mine = company.rows(people.actors.ann)
    readable = {record.pk: record.industry_id for record in mine}
    empty = sum(1 for record in mine if readable.get(record.parent_id) is None)
    assert [table.value(line, None, 0) for line in table.lines if line.label == "(empty)"] == [empty]


def test_days_are_those_of_the_readers_zone(people, company):
    writes.save(SYSTEM, people.eva, {"time_zone": "Asia/Shanghai"})
    actor = fresh(people.eva)
    writes.create(
        SYSTEM,
        registry.get("activities.task"),
        {"name": "call", "due_at": "2026-03-31T20:00:00+00:00", "assignee": people.eva.pk},
    )
    report = Report(registry.get("activities.task"), rows=reading.dimensions("due_at:month"))
    table = engine.run(report, actor)
    assert [line.label for line in table.lines] == ["April 2026"]
    with timezone.override("Asia/Shanghai"):
        assert len(opened(table.cell(table.lines[0], None, 0), actor)) == 1


def test_max_is_refused_and_a_role_for_some_rows_counts_those(people, data, company):
    from kith.core.errors import Forbidden

    with pytest.raises(Forbidden):
        engine.run(Report(company), people.actors.max)
    grant(people.max, ("parties.company", "view", "all", False, {"field": "status", "op": "any", "value": ["lost"]}))
    table = engine.run(Report(company), fresh(people.max))
    assert table.value(table.total, None, 0) == company.rows(SYSTEM).filter(status="lost").count()
