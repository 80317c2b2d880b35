"""No row slips in before what is sealed, whatever others write meanwhile; the naive rule, kept as a control, loses rows."""

import threading

import pytest
from django.db import connection

from kith.core.chain import sealer, verifying
from kith.core.chain.models import Seal
from kith.core.ledger import AuditEvent

from . import ground
from .ground import insert_line, somebody

pytestmark = pytest.mark.django_db(transaction=True)


class Naive:
    """The rule that suggests itself: take what has a greater id than the last one taken."""

    def __init__(self):
        self.taken = []

    def look(self):
        last = max(self.taken, default=0)
        self.taken += AuditEvent.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)


def sealed_keys():
    return [int(key) for key in ground.sealed_keys("event")]


def test_a_row_of_a_long_transaction_comes_before_later_ones():
    naive = Naive()
    with somebody() as slow, somebody() as quick:
        early = insert_line(slow, "early")
        late = insert_line(quick, "late")
        quick.commit()
        assert early < late
        naive.look()
        assert (sealer.seal(), sealed_keys()) == (0, []), "the later one waits for the earlier"
        slow.commit()
        naive.look()
        assert (ground.seal(), sealed_keys()) == (2, [early, late])
    assert naive.taken == [late], "the control: the naive rule has lost the earlier row"
    assert verifying.verify().findings == []


def test_an_id_taken_before_its_transaction_began_is_not_lost():
    """An id may be older than the transaction that uses it: then the row is sealed later, though its id is lower."""
    naive = Naive()
    with somebody() as slow, somebody() as quick:
        row = slow.execute("SELECT nextval(pg_get_serial_sequence('core_auditevent', 'id'))").fetchone()
        slow.commit()
        late = insert_line(quick, "late")
        quick.commit()
        naive.look()
        assert (ground.seal(), sealed_keys()) == (1, [late])
        early = insert_line(slow, "early", row[0])
        slow.commit()
        naive.look()
        assert (ground.seal(), sealed_keys()) == (1, [late, early])
    assert early < late and naive.taken == [late]
    assert verifying.verify().findings == []


def test_rows_of_savepoints_belong_to_their_transaction():
    with somebody() as slow, somebody() as quick:
        first = insert_line(slow, "first")
        late = insert_line(quick, "late")
        quick.commit()
        with slow.transaction():
            inner = insert_line(slow, "in a savepoint")
        assert sealer.seal() == 0
        slow.commit()
        assert (ground.seal(), sealed_keys()) == (3, [first, inner, late])


def test_what_was_rolled_back_is_no_gap():
    with somebody() as other:
        insert_line(other, "never")
        other.rollback()
        kept = insert_line(other, "kept")
        other.commit()
    assert (ground.seal(), sealed_keys()) == (1, [kept])
    assert verifying.verify().findings == []


def test_a_transaction_in_another_database_holds_nobody_up():
    known = connection.settings_dict
    import psycopg

    with psycopg.connect(host=known["HOST"], user=known["USER"], dbname="kith") as elsewhere:
        elsewhere.execute("SELECT pg_current_xact_id()")
        with somebody() as other:
            key = insert_line(other, "here")
            other.commit()
        assert (ground.seal(), sealed_keys()) == (1, [key])
        elsewhere.rollback()


def test_only_one_seals_at_a_time():
    ground.fill()
    with somebody() as other:
        other.execute(f"SELECT pg_advisory_xact_lock({sealer.LOCK})")
        assert sealer.seal() == 0 and Seal.objects.count() == 0
        other.rollback()
    assert ground.seal() == sum(ground.FILLED.values())


WRITERS, EACH = 6, 60


def write_along(number, gate, failures):
    """One writer: transactions of one or several rows, every seventh rolled back, some with a savepoint."""
    try:
        with somebody() as mine:
            gate.wait()
            for turn in range(EACH):
                for row in range(1 + (number + turn) % 3):
                    insert_line(mine, f"{number}/{turn}/{row}")
                if turn % 7 == 6:
                    mine.rollback()
                else:
                    mine.commit()
    except Exception as error:
        failures.append(error)


def test_many_write_while_it_is_sealed():
    """Writers and two sealers at once: each row that was committed is sealed exactly once, nothing else is, the chain is valid."""
    failures, done = [], threading.Event()
    gate = threading.Barrier(WRITERS + 2)

    def seal_along():
        try:
            gate.wait()
            while not done.is_set():
                sealer.seal()
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write_along, args=(number, gate, failures)) for number in range(WRITERS)]
    sealers = [threading.Thread(target=seal_along) for _number in range(2)]
    for thread in [*writers, *sealers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in sealers:
        thread.join()
    ground.seal()
    assert failures == []
    keys = sealed_keys()
    assert sorted(keys) == sorted(AuditEvent.objects.values_list("pk", flat=True))
    assert len(keys) == len(set(keys)) > WRITERS * EACH
    assert Seal.objects.count() > 3, "it was sealed while they wrote"
    assert verifying.verify().findings == []


def test_batches_are_cut_within_a_transaction(monkeypatch):
    monkeypatch.setattr(sealer, "BATCH", 4)
    from kith.core.chain import computing

    monkeypatch.setattr(computing, "BATCH", 4)
    with somebody() as other:
        keys = [insert_line(other, str(number)) for number in range(10)]
        other.commit()
    assert (ground.seal(), sealed_keys()) == (10, keys)
    assert list(Seal.objects.order_by("number").values_list("lines", flat=True)) == [4, 4, 2]
    assert verifying.verify().findings == []
