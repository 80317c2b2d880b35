"""Which orders an index has: only along those the past asks row by row (decision 026)."""

import pytest
from django.db import connection

from kith.core import counting, indexed, listing, ordering, past, past_lists, past_rows, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.views import from_address

pytestmark = pytest.mark.django_db


def walkable(label, *names):
    entity = registry.get(label)
    return [indexed.is_walkable(entity, ordering.order(entity, (name,), SYSTEM)[0]) for name in names]


def test_orders_with_an_index_are_walked(monkeypatch):
    assert walkable("sales.opportunity", "name", "-updated_at", "closes_on", "-amount") == [True, True, True, True]
    assert walkable("sales.opportunity", "probability", "-created_at", "priority") == [False, False, False]
    assert walkable("parties.person", "name", "updated_at", "created_at") == [True, True, False]
    sizes = {"sales_opportunity": 1_000_000, "parties_party": 1_200_000, "processes_stage": 20}
    monkeypatch.setattr(counting, "of_table", lambda model: sizes[model._meta.db_table])
    assert walkable("sales.opportunity", "company", "stage") == [True, False]


def test_custom_fields_are_walked_where_they_keep_an_index():
    for name, often in (("x_often", True), ("x_seldom", False)):
        writes.create(SYSTEM, registry.get("core.fielddefinition"), {"entity": "sales.opportunity", "label": name, "name": name, "kind": "number", "is_indexed": often})  # fmt: skip
    assert walkable("sales.opportunity", "x_often", "-x_seldom") == [True, False]


def test_the_ledger_is_asked_row_by_row_along_an_index_only(monkeypatch):
    """And not at all where few were changed since, which are named."""
    entity = registry.get("sales.opportunity")
    for sort, is_walked, few in (("closes_on", True, -1), ("probability", False, -1), ("closes_on", False, 1000)):
        monkeypatch.setattr(past_rows, "FEW_CHANGED", few)
        with past.at(past.of("2026-01-31")):
            look = from_address(entity, SYSTEM, {"sort": sort}, everything=True)
            walked = indexed.is_walkable(entity, listing.order_of(look, SYSTEM)[0])
            same, _changed = past_lists.past_parts(look, SYSTEM, walked=walked)
        assert ("OFFSET 0" in str(same.query)) is is_walked
        assert ("core_change" in str(same.query)) is (few < 0)


@pytest.mark.parametrize(
    "label", ["parties.company", "sales.opportunity", "sales.lead", "activities.task", "activities.note"]
)
def test_what_is_deleted_is_found_by_an_index(label):
    """The trash, the night's tidying and the flow of deals read whole tables before."""
    trashed = registry.get(label).rows(SYSTEM, trashed=True)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert (
        f"{trashed.model._meta.db_table.partition('_')[2]}_trash"
        in trashed.order_by("-deleted_at", "-pk")[:50].explain()
    )
