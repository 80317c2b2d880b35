"""Whatever the clock says, the ledger is sealed and verified in the order of writing."""

import datetime as dt
from itertools import chain

import pytest
import time_machine

from kith.core.chain import sealer, verifying
from kith.core.ledger import ChangeSet

from . import ground

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime.now(dt.UTC)
JUMPS = {
    "2 hours back": [0, -2 / 24],
    "3 days back": [0, -3],
    "3 days ahead and back": [0, 3, 0],
    "2 hours ahead and back": [0, 2 / 24, 0],
}


@pytest.mark.parametrize("jump", JUMPS)
def test_the_order_is_that_of_writing(jump):
    written = []
    for days in JUMPS[jump]:
        with time_machine.travel(NOW + dt.timedelta(days=days)):
            ground.fill()
            known = {str(key) for key in ChangeSet.objects.values_list("pk", flat=True)}
            written.append(known - {key for part in written for key in part})
            ground.seal()
    order = [str(key) for key in ground.sealed_keys("changeset")]
    places = [sorted(order.index(key) for key in part) for part in written]
    assert list(chain(*places)) == list(range(len(order))), (
        "what was written later stands behind, whatever its time says"
    )
    assert sealer.seal() == 0
    report = verifying.verify()
    assert report.findings == []
    assert bool(report.set_back) is (jump.startswith("3 days"))
