"""The negative control: takers that look first and write then, without lock and condition; the oracle must see what they do."""

import threading
from uuid import UUID

from django.db import connection
from tests.claims.ground import Ground
from tests.claims.oracle import violations

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry


def careless(ground: Ground, keys: tuple[UUID, ...], people: int = 2) -> list[str]:
    """What the oracle says after careless people took the same records at the same time."""
    told: dict[UUID, list[UUID]] = {taker.user.pk: [] for taker in ground.takers[:people]}
    barrier = threading.Barrier(people)
    threads = [threading.Thread(target=grab, args=(who, keys, told[who], barrier)) for who in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return violations(keys, told, all_taken=False)


def grab(who: UUID, keys: tuple[UUID, ...], mine: list[UUID], barrier: threading.Barrier) -> None:
    """See that it is free, wait until the other has seen it as well, take it."""
    entity = registry.get("sales.lead")
    for key in keys:
        free = entity.rows(SYSTEM).filter(pk=key, owner=None).exists()
        barrier.wait()
        if free:
            writes.update_many(SYSTEM, entity, [key], {"owner": who})
            mine.append(key)
        barrier.wait()
    connection.close()
