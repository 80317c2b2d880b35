"""The floor of the clock is one for all processes: what has ended for one does not open in another that starts after the clock was set back."""

from types import SimpleNamespace

import pytest
from django.core import signing
from django.db import OperationalError, transaction

from kith.core import clock, clock_floor, signed
from kith.core.clock_floor import ClockFloor

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = 3600, 86400


@pytest.fixture
def processes(monkeypatch):
    """Lets one process after the other act, on a machine whose clock the test sets."""
    now = SimpleNamespace(wall=1_800_000_000.0, steady=500.0)
    monkeypatch.setattr(clock, "wall", lambda: now.wall)
    monkeypatch.setattr(clock, "steady", lambda: now.steady)
    monkeypatch.setattr(clock, "_latest", None)

    def act():
        monkeypatch.setattr(clock_floor, "_next", 0.0)
        clock_floor.share()

    now.start = lambda: (monkeypatch.setattr(clock, "_latest", None), clock.begin(), act())
    now.share = act
    return now


def test_a_link_that_has_ended_in_one_process_opens_in_no_other(processes):
    processes.start()
    text = signed.dumps("x", salt="s")
    processes.wall, processes.steady = processes.wall + HOUR, processes.steady + HOUR
    processes.share()
    processes.wall -= HOUR
    processes.start()
    with pytest.raises(signing.SignatureExpired):
        signed.loads(text, salt="s", max_age=1800)
    assert signed.loads(signed.dumps("y", salt="s"), salt="s", max_age=1800) == "y", "new ones are good"


@pytest.mark.parametrize("ahead", [2 * DAY, 8 * HOUR])
def test_a_clock_that_was_far_ahead_is_not_believed(processes, ahead):
    right = processes.wall
    processes.wall += ahead
    processes.start()
    processes.wall = right
    processes.start()
    assert clock.now() == right
    assert ClockFloor.objects.get().moment == right


def test_a_clock_that_was_an_hour_ahead_is_caught_up_with(processes):
    """While the moments are ahead they go half as fast, whoever starts meanwhile, and never back."""
    processes.wall += HOUR
    processes.start()
    processes.wall -= HOUR
    seen = [clock.now()]
    for _half_an_hour in range(5):
        processes.start()
        processes.wall, processes.steady = processes.wall + HOUR / 2, processes.steady + HOUR / 2
        processes.share()
        seen.append(clock.now())
    ahead = [moment - (processes.wall - HOUR / 2 * (5 - at)) for at, moment in enumerate(seen)]
    assert seen == sorted(seen) and ahead == [HOUR, 2700, 1800, 900, 0, 0]


def test_the_floor_is_shared_seldom_and_never_in_a_transaction(processes, monkeypatch, django_assert_num_queries):
    processes.start()
    with django_assert_num_queries(0):
        clock_floor.share()
    monkeypatch.setattr(clock_floor, "_next", 0.0)
    with transaction.atomic(), django_assert_num_queries(0):
        clock_floor.share()


def test_a_page_shares_it(processes, client):
    processes.start()
    processes.wall -= HOUR
    before = ClockFloor.objects.get().moment
    processes.steady += HOUR
    clock_floor._next = 0.0
    client.get("/healthz")
    assert ClockFloor.objects.get().moment == before, "who watches the server needs no database"
    client.get("/signin")
    assert ClockFloor.objects.get().moment == before + HOUR / 2


def test_a_database_that_is_away_is_asked_once(processes, monkeypatch):
    processes.start()
    asked = []

    class Away:
        in_atomic_block = False

        def cursor(self):
            asked.append(1)
            raise OperationalError

    monkeypatch.setattr(clock_floor, "connection", Away())
    monkeypatch.setattr(clock_floor, "_next", 0.0)
    clock_floor.share()
    clock_floor.share()
    assert asked == [1], "each page would wait for it twice"
