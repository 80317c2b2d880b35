"""Sixteen who create, change, move, delete and bring back at once: afterwards each roll-up is what counting by hand gives."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random

import pytest
from django.db import OperationalError, connection

from kith.core import custom_fields, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Missing
from kith.core.money import Money
from kith.core.store import is_busy
from kith.processes import shipped

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, STEPS = 16, 12


@pytest.fixture
def ground(transactional_db):
    custom_fields.forget()
    shipped.install()
    rollups = registry.get("core.rollupfield")
    for name, how, value in (("x_count", "count", ""), ("x_sum", "sum", "budget"), ("x_max", "max", "budget")):
        writes.create(SYSTEM, rollups, {"entity": "parties.company", "label": name, "name": name, "source": "sales.opportunity", "link": "company", "how": how, "value": value, "decimals": 0})  # fmt: skip
    yield [writes.create(SYSTEM, registry.get("parties.company"), {"name": f"Company {at}"}).pk for at in range(4)]
    custom_fields.forget()


def step(dice, companies, deals):
    """One change of one of the deals."""
    entity, amount = registry.get("sales.opportunity"), {"amount": str(dice.randint(1, 99)), "currency": "EUR"}
    what = dice.choice(("create", "create", "amount", "move", "trash", "restore", "many"))
    if what == "create" or not deals:
        made = writes.create(SYSTEM, entity, {"name": "Deal", "company": dice.choice(companies), "budget": amount})
        deals.append(made.pk)
        return
    key = dice.choice(deals)
    if what == "trash":
        writes.delete(SYSTEM, entity, [key])
    elif what == "restore":
        writes.restore(SYSTEM, entity, [key])
    elif what == "many":
        writes.update_many(SYSTEM, entity, dice.sample(deals, min(3, len(deals))), {"company": dice.choice(companies)})
    elif found := entity.rows(SYSTEM).filter(pk=key).first():
        writes.save(SYSTEM, found, {"budget": amount} if what == "amount" else {"company": dice.choice(companies)})


def work(seed, companies, deals):
    """What one writer does; whoever waits in a circle or comes too late tries something else."""
    dice = Random(seed)
    for _turn in range(STEPS):
        try:
            step(dice, companies, deals)
        except Missing:
            continue
        except OperationalError as error:
            if not is_busy(error):
                raise
        finally:
            connection.close()  # there are fewer than writers


def test_roll_ups_are_exact_after_many_have_written_at_once(ground):
    deals = []
    with ThreadPoolExecutor(WRITERS) as pool:
        for done in [pool.submit(work, seed, ground, deals) for seed in range(WRITERS)]:
            done.result()
    counts, sums, most = Counter(), Counter(), Counter()
    for deal in registry.get("sales.opportunity").rows(SYSTEM):
        counts[deal.company_id] += 1
        sums[deal.company_id] += deal.budget
        most[deal.company_id] = max(most[deal.company_id], deal.budget)
    company = registry.get("parties.company")
    assert sum(counts.values()) > WRITERS
    for record in company.rows(SYSTEM):
        found = [company.fields[name].get(record) for name in ("x_count", "x_sum", "x_max")]
        wanted = [Money(Decimal(each[record.pk]), "EUR") if counts[record.pk] else None for each in (sums, most)]
        assert found == [counts[record.pk], *wanted]
