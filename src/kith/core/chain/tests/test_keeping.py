"""Sealing while a worker runs, anchors in their file, and the count of transactions after a move to another server."""

import datetime as dt
import threading

import pytest
from django.db import connection

from kith.core.chain import anchors, keeper, numbering, sealer, verifying
from kith.core.chain.models import Seal

from . import ground

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A data folder of its own."""
    monkeypatch.setattr(anchors, "data_folder", lambda: tmp_path)
    return tmp_path / "anchors.txt"


def test_a_worker_seals_and_anchors_by_itself(place, monkeypatch):
    monkeypatch.setattr(keeper, "PAUSE", 0.01)
    ground.fill()
    done = threading.Event()
    real = keeper.step

    def step():
        if real():
            done.set()
        return 0

    monkeypatch.setattr(keeper, "step", step)
    with keeper.keeping():
        assert done.wait(60)
    assert sum(Seal.objects.values_list("lines", flat=True)) == sum(ground.FILLED.values())
    assert [anchor.number for anchor in anchors.read_file(place)] == [3]
    assert verifying.verify(anchors.read_file(place)).findings == []


def test_a_look_that_finds_nothing_writes_nothing(place):
    ground.fill()
    keeper.step()
    assert place.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        before = cursor.fetchone()
        assert keeper.step() == 0
        cursor.execute("SELECT pg_current_xact_id_if_assigned()")
        assert cursor.fetchone() == (None,)
    assert before is not None and Seal.objects.count() == 3


def test_trouble_of_the_database_is_tried_again(place, monkeypatch, caplog):
    from django.db import OperationalError

    def away():
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(sealer, "seal", away)
    assert keeper.step() == 0
    assert "trying again" in caplog.text


def test_an_anchor_a_day_and_for_many_rows(place, monkeypatch):
    assert anchors.drop() is None and not place.exists()
    ground.fill()
    ground.seal()
    first = anchors.drop()
    assert first is not None and (first.number, first.is_ours) == (3, True)
    assert anchors.drop() is None
    ground.fill()
    ground.seal()
    assert anchors.drop() is None, "the same day, few rows"
    monkeypatch.setattr(anchors, "EVERY", sum(ground.FILLED.values()))
    assert anchors.drop().number == 6
    ground.fill()
    ground.seal()
    monkeypatch.setattr(anchors, "EVERY", 10**6)
    yesterday = f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    lines = place.read_text().splitlines()
    place.write_text(f"{lines[0]}\n{lines[1].replace(lines[1].split()[2], yesterday)}\n")
    assert anchors.drop().number == 9
    assert len(place.read_text().splitlines()) == 3
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_mail_around_an_anchor_is_passed_over_and_a_broken_one_refused(tmp_path):
    ground.fill()
    ground.seal()
    made = anchors.latest()
    assert list(anchors.read(["Dear auditor,", "", f"  {made}", "Regards"])) == [made]
    with pytest.raises(anchors.Unreadable, match="line 1 is no whole anchor"):
        list(anchors.read([str(made)[:60]]))
    (tmp_path / "none").write_text("nothing")
    with pytest.raises(anchors.Unreadable, match="holds no anchor"):
        anchors.read_file(tmp_path / "none")
    with pytest.raises(anchors.Unreadable, match="cannot read"):
        anchors.read_file(tmp_path / "missing")


@pytest.fixture
def functions():
    """The functions that count, put back at the end."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(numbering.FUNCTIONS.format(0))


def test_another_server_counts_on_where_the_last_one_stopped(functions):
    """A backup brought to a new server holds numbers that the new one has not given yet: here they are made so."""
    ground.fill()
    for table in ("core_change", "core_changeset", "core_auditevent"):
        ground.attack(f"UPDATE {table} SET xact = xact + 1000000000")
    assert sealer.seal() == 0
    assert sum("has not been yet" in str(finding) for finding in verifying.verify().findings) == 3
    assert numbering.follow_on()
    assert not numbering.is_behind() and not numbering.follow_on()
    assert ground.seal() == sum(ground.FILLED.values())
    ground.fill()
    assert ground.seal() == sum(ground.FILLED.values())
    assert verifying.verify().findings == []
