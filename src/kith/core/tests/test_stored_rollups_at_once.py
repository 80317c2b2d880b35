"""Sixteen who create, change, move, delete and bring back while kept roll-ups are being built: afterwards each value is what working it out gives."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kith.core import custom_fields, worked_out, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.field_jobs import index_fields
from kith.core.stored import building, checking
from kith.core.stored.models import RollupValue
from kith.core.tests.test_rollups_at_once import WRITERS, work
from kith.processes import shipped

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ground(transactional_db):
    custom_fields.forget()
    shipped.install()
    rollups = registry.get("core.rollupfield")
    for name, how, value in (("x_count", "count", ""), ("x_sum", "sum", "budget"), ("x_max", "max", "budget")):
        writes.create(SYSTEM, rollups, {"entity": "parties.company", "label": name, "name": name, "source": "sales.opportunity", "link": "company", "how": how, "value": value, "decimals": 0, "is_indexed": name != "x_max"})  # fmt: skip
    yield [writes.create(SYSTEM, registry.get("parties.company"), {"name": f"Company {at}"}).pk for at in range(4)]
    for row in rollups.rows(SYSTEM):
        writes.save(SYSTEM, row, {"is_indexed": False})
    index_fields()
    assert (building.there(), RollupValue._base_manager.count()) == (set(), 0)
    custom_fields.forget()


def test_kept_values_are_exact_after_many_have_written_at_once(ground):
    deals = []
    with ThreadPoolExecutor(WRITERS) as pool:
        writing = [pool.submit(work, seed, ground, deals) for seed in range(WRITERS)]
        assert index_fields() == {"built": 2, "dropped": 0}
        for done in writing:
            done.result()
    custom_fields.forget()
    last = registry.get("core.rollupfield").rows(SYSTEM).get(name="x_max")
    writes.save(SYSTEM, last, {"is_indexed": True})
    with ThreadPoolExecutor(
        WRITERS + 1
    ) as pool:  # the triggers are there already: the job has to wait for writers that do not yet know of this one
        writing = [pool.submit(work, 100 + seed, ground, deals) for seed in range(WRITERS)]
        assert index_fields() == {"built": 1, "dropped": 0}
        for done in writing:
            done.result()
    custom_fields.forget()
    plain = worked_out.book()
    assert len(building.ready(plain)) == 3
    for (label, name), row in plain.rows.items():
        assert checking.differ(plain, (label, name), row.pk, ground) == 0
        assert set(RollupValue._base_manager.filter(field_id=row.pk).values_list("record_id", flat=True)) == set(ground)
    assert registry.get("sales.opportunity").rows(SYSTEM).count() > WRITERS
