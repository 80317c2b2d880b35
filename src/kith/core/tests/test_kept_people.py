"""The people of the tests are written once for a run; what is laid again later is the same to the last row, and nobody's but the test's."""

from collections import Counter
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kith.core.entity import registry
from kith.core.testing import people, tables
from kith.core.testing.factory import make
from kith.core.testing.people import make_people, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the beginning of a run."""
    monkeypatch.setattr(people, "_kept", {})


@pytest.fixture
def without_rows(db: None) -> Any:
    """Takes all rows away again."""
    return tables.empty


def lines(picture: tables.Picture) -> Counter[tuple[str, bytes]]:
    """All rows, wherever the database put them, but for the epoch of rights, which is always a new one."""
    found = (pair for pair in picture.rows if "access_epoch" not in pair[0])
    return Counter((words, line) for words, rows in found for line in rows.splitlines())


def epoch(picture: tables.Picture) -> bytes:
    return dict(picture.rows)['COPY "access_epoch" (id, value) FROM STDIN']


def test_what_is_laid_again_is_what_was_written(nobody_kept: None, without_rows: Any) -> None:
    written = make_people()
    first = tables.take()
    assert lines(first).total() > 200 and len(people._kept) == 1
    without_rows()
    assert tables.filled() == set()
    laid = make_people()
    again = tables.take()
    assert lines(again) == lines(first)
    assert epoch(again) > epoch(first)
    assert len(people._kept) == 1 and laid.ann == written.ann and laid.ann is not written.ann
    assert [actor.rules for actor in vars(laid.actors).values()] == [
        actor.rules for actor in vars(written.actors).values()
    ]


def test_counters_go_on_behind_what_was_laid(nobody_kept: None, without_rows: Any) -> None:
    make_people()
    reached = tables.take()
    without_rows()
    make_people()
    now = tables.take()
    assert dict(zip(now.names, now.reached, strict=True)) == dict(zip(reached.names, reached.reached, strict=True))
    make_user("Somebody")  # would take an id of the ledger again


def test_a_test_changes_only_its_own_copy(nobody_kept: None, without_rows: Any) -> None:
    found = make_people()
    found.ann.name, found.clients.ann.cookies["x"] = "Changed", "1"
    found.actors.ann.memo["x"] = 1
    without_rows()
    again = make_people()
    assert (again.ann.name, "x" in again.clients.ann.cookies, again.actors.ann.memo) == ("Ann Own", False, {})


def test_the_people_are_signed_in_and_see_what_they_may(nobody_kept: None, without_rows: Any) -> None:
    make_people()
    without_rows()
    laid = make_people()
    company = make("parties.company", owner=str(laid.ann.pk))
    address = f"/companies/{company.pk}/"
    seen = {who: getattr(laid.clients, who).get(address).status_code for who in people.NAMES}
    assert seen == {"ann": 200, "tom": 200, "eva": 200, "max": 404}


def test_beside_other_rows_people_are_written(nobody_kept: None, without_rows: Any) -> None:
    make_user("Somebody")
    make_people()
    assert people._kept == {}
    assert registry.get("access.user").model._base_manager.count() == 5


def test_the_guard_is_at_its_place_when_rows_were_laid(nobody_kept: None, without_rows: Any) -> None:
    make_people()
    without_rows()
    laid = make_people()
    with pytest.raises(DatabaseError, match="unannounced UPDATE on access_user"), transaction.atomic():
        type(laid.ann)._base_manager.filter(pk=laid.ann.pk).update(name="By the way")
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)
