"""What a look at the past costs: with few changes since, neither the ledger nor the table is read as a whole (N2)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from kith.core import listing, past_lists, past_rows, writes
from kith.core.changes import maintenance

from .past_story import at, deal
from .test_past import look

pytestmark = pytest.mark.django_db
OLD = """INSERT INTO core_change (at, changeset_id, entity, record_id, op, before, after)
SELECT '2026-06-01'::timestamptz + n * interval '1 minute', gen_random_uuid(), 'sales.opportunity', gen_random_uuid(), 'update', '{"name": "a"}', '{"name": "b"}'
FROM generate_series(1, 20000) n"""


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan and all below it."""
    yield plan
    for inner in plan.get("Plans", ()):
        yield from nodes(inner)


def explained(rows) -> list[dict[str, Any]]:
    """What PostgreSQL did for a queryset."""
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        found = cursor.fetchone()[0]
    return list(nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))


@pytest.fixture
def long_ledger(people, company):
    """Twenty thousand changes of the summer, three of October."""
    ann = people.actors.ann
    with at(9, 1):
        made = [deal(ann, company, f"Deal {number}", number) for number in range(1, 31)]
    with maintenance("a long ledger"), connection.cursor() as cursor:
        cursor.execute(OLD)
        cursor.execute("ANALYZE core_change")
    with at(10, 5):
        for record in made[:3]:
            writes.save(ann, record, {"name": f"{record.name} b"})
    with at(11, 1):
        yield people.actors.eva


def of_ledger(plan: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that read the ledger."""
    return [node for node in plan if node.get("Relation Name", "").startswith("core_change")]


@pytest.mark.parametrize("few", [True, False])
def test_a_list_of_the_past_reads_the_changes_since_by_their_index(long_ledger, monkeypatch, few):
    monkeypatch.setattr(past_rows, "FEW_CHANGED", 1000 if few else -1)
    then = look(long_ledger, "2026-09-30", "sort=-amount")
    same, changed = past_lists.past_parts(then, long_ledger)
    for found in (listing.rows(then, long_ledger), same, changed):
        steps = of_ledger(explained(found))
        assert bool(steps) is not (few and found is same)  # where few were changed they are named
        for step in steps:
            read = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
            assert read * step["Actual Loops"] <= 100, step
            # a month of a few lines may be read as it is
            assert step["Node Type"] != "Seq Scan" or read <= 5, step


def test_the_changes_since_are_found_by_kind_and_moment(long_ledger, monkeypatch):
    monkeypatch.setattr(past_rows, "FEW_CHANGED", -1)
    then = look(long_ledger, "2026-09-30")
    plan = explained(past_lists.past_parts(then, long_ledger)[1])
    indexes = {node.get("Index Name", "") for node in plan}
    assert any(name.endswith("_later") for name in indexes), indexes
