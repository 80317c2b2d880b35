"""Sixteen who create, change, move, delete and bring back while figures are being built, folded and read: they are those of the records."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from django.db import connection

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.kept import building, checking
from kith.core.kept.models import KeptLine
from kith.core.kept_jobs import keep_figures
from kith.core.reports import engine, reading
from kith.core.reports.shape import Report
from kith.core.tests.test_rollups_at_once import WRITERS, work
from kith.processes import shipped

pytestmark = pytest.mark.django_db(transaction=True)
DEALS = "sales.opportunity"


def keep(name, **report):
    """A report of deals that is to be kept ready."""
    values = {"entity": DEALS, "name": name, "shape": "report", "columns": ["name"], "report": report, "is_kept": True}
    return writes.create(SYSTEM, registry.get("core.view"), values)


@pytest.fixture
def companies(transactional_db):
    custom_fields.forget()
    shipped.install()
    yield [writes.create(SYSTEM, registry.get("parties.company"), {"name": f"Company {at}"}).pk for at in range(4)]
    views = registry.get("core.view")
    writes.update_many(SYSTEM, views, list(views.rows(SYSTEM).values_list("pk", flat=True)), {"is_kept": False})
    keep_figures()
    assert (building.functions(), KeptLine.objects.count()) == (set(), 0)
    custom_fields.forget()


def read(seed):
    """Reads while all others write: each answer is of one moment, in which the parts make the whole."""
    try:
        for _turn in range(10):
            table = engine.run(Report(registry.get(DEALS), rows=reading.dimensions("company"), figures=tuple(reading.figures_in({"m": ["count", "sum:budget"]}))), SYSTEM)  # fmt: skip
            parts = [figures for place, figures in table.figures.items() if place != (...,)]
            assert sum(count for count, _sum in parts) == table.figures.get((...,), [0])[0]
            if Random(seed).random() < 0.5:
                building.fold(waiting=0)
    finally:
        connection.close()


def test_figures_are_exact_after_many_have_written_at_once(companies):
    deals = []
    keep("By company", rows=["company"], m=["count", "sum:budget"])
    for built, seed in ((1, 0), (1, 100)):  # the second time there is a trigger already, and another one comes
        with ThreadPoolExecutor(WRITERS + 3) as pool:
            doing = [pool.submit(work, seed + at, companies, deals) for at in range(WRITERS)]
            assert keep_figures() == {"built": built, "dropped": 0}
            doing += [pool.submit(read, at) for at in range(2)]
            for done in doing:
                done.result()
        assert [checking.differ(kept.texts) for kept in building.wanted().values()] == [0] * (1 + bool(seed))
        if not seed:
            keep("By stage and day", rows=["stage", "company"], columns=["created_at:day"], m=["avg:budget"])
    assert building.fold(waiting=0) == 2
    assert [checking.differ(kept.texts) for kept in building.wanted().values()] == [0, 0]
    assert registry.get(DEALS).rows(SYSTEM).count() > WRITERS
