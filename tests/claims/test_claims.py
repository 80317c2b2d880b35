"""Many people take from one pool at once, in the small: threads on one database; the control shows that doubles would be seen.

`python -m tests.claims.drill` does it in the large, over HTTP.
"""

import threading
from uuid import UUID

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, LEADS = 4, 60


@pytest.fixture
def ground():
    from tests.claims.ground import lay

    from kith.core import custom_fields
    from kith.distribution import book

    custom_fields.forget()
    book.forget()
    yield lay(PEOPLE, LEADS)
    custom_fields.forget()
    book.forget()


def together(work, people):
    """Run `work(person)` in a thread for each person; all begin at once."""
    barrier, failures = threading.Barrier(len(people)), []

    def begin(one):
        try:
            barrier.wait()
            work(one)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_each_lead_goes_to_one_person(ground):
    """Half by name, in the same order for all, half by "next"."""
    from tests.claims.oracle import violations

    from kith.core.access import actor_of
    from kith.distribution import claiming

    told: dict[UUID, list[UUID]] = {taker.user.pk: [] for taker in ground.takers}

    def take(taker):
        actor, mine = actor_of(taker.user.pk), told[taker.user.pk]
        for key in ground.leads[: LEADS // 2]:
            mine += claiming.claim(actor, ground.pool, [key]).taken
        while taken := claiming.claim_next(actor, ground.pool).taken:
            mine += taken

    together(take, ground.takers)
    assert violations(ground.leads, told) == []
    assert sum(len(mine) for mine in told.values()) == LEADS


def test_one_customer_is_worked_by_one_person(ground):
    """Everybody begins to work on a record of the same company at once: one of them may."""
    from kith.core import writes
    from kith.core.access import SYSTEM, actor_of
    from kith.core.entity import registry
    from kith.core.errors import Refused
    from kith.distribution import leases
    from kith.distribution.entities.work_item import WorkItem

    entity = registry.get("sales.lead")
    company = entity.rows(SYSTEM).get(pk=ground.leads[0]).company_id
    rows = [{"name": f"Same {number}", "company": company} for number in range(PEOPLE)]
    records = writes.create_many(SYSTEM, entity, rows)
    busy = []

    def begin(pair):
        taker, record = pair
        try:
            leases.take(actor_of(taker.user.pk), entity, record)
        except Refused:
            busy.append(record.pk)

    together(begin, list(zip(ground.takers, records, strict=True)))
    assert WorkItem.objects.filter(state="leased", party_id=company).count() == 1
    assert len(busy) == PEOPLE - 1


def test_the_oracle_sees_what_careless_people_do(ground):
    from tests.claims.controls import careless

    seen = careless(ground, ground.leads[:5])
    assert sum("2 times taken" in line for line in seen) == 5
    assert sum("2 people were told" in line for line in seen) == 5
