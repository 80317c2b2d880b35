"""The trash empties itself; the ledger has its tables."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from kith.core import housekeeping, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import Change

pytestmark = pytest.mark.django_db


def test_the_trash_keeps_what_is_young_or_still_used():
    units = registry.get("people.orgunit")
    old, used, young = (writes.create(SYSTEM, units, {"name": name}) for name in ("old", "used", "young"))
    writes.create(SYSTEM, units, {"name": "child", "parent": used.pk})
    with time_machine.travel(timezone.now() - timedelta(days=31)):
        writes.delete(SYSTEM, units, [old.pk, used.pk])
    writes.delete(SYSTEM, units, [young.pk])
    assert housekeeping.empty_trash() == {"erased": 1}
    assert sorted(units.rows(SYSTEM, trashed=True).values_list("name", flat=True)) == ["used", "young"]
    assert Change.objects.filter(record_id=old.pk, op="purge").get().before["name"] == "old"


def test_tables_of_coming_months_are_there():
    housekeeping.partitions()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_inherits WHERE inhparent = 'core_change'::regclass")
        assert cursor.fetchone()[0] >= 4


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (30, "Deleted records stay here for 30 days."),
        (1, "Deleted records stay here for 1 day."),
        (0, "Deleted records stay here until somebody erases them."),
    ],
)
def test_pages_tell_how_long_the_trash_keeps(
    people: Any, make: Any, monkeypatch: pytest.MonkeyPatch, days: int, words: str
) -> None:
    monkeypatch.setattr(housekeeping, "TRASH_DAYS", days)
    companies = registry.get("parties.company")
    writes.delete(SYSTEM, companies, [make("parties.company", name="Lind").pk])
    for address in ("/settings/", f"/trash?kind={companies.slug}"):
        assert words in people.clients.eva.get(address).content.decode(), address
