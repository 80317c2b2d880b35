"""What was changed since a moment is remembered: what comes later is read, also of a transaction that began before; nothing is lost (N2)."""

import datetime as dt
import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kith.core import asof, past, past_known, past_rows, writes
from kith.core.access import SYSTEM
from kith.core.chain.tests.ground import somebody
from kith.core.entity import registry
from kith.core.past import Past

LINE = """INSERT INTO core_change (at, changeset_id, entity, record_id, op, before, after)
VALUES (now(), gen_random_uuid(), 'core.tag', %s, 'update', '{"name": "a"}', '{"name": "b"}')"""
NAMES = frozenset({"name"})


def tags():
    return registry.get("core.tag")


def yesterday() -> Past:
    """A moment, with nothing worked out about it as in each request."""
    return Past(dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=1), "")


def changed(when=None):
    """Which records are known to have been changed since yesterday."""
    return past_rows.few_changed(tags(), when or yesterday(), NAMES)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_after_later_ones_is_not_missed():
    early, late = uuid.uuid4(), uuid.uuid4()
    with somebody() as slow, somebody() as quick:
        slow.execute(LINE, [early])
        quick.execute(LINE, [late])
        quick.commit()
        assert changed() == [late]
        slow.commit()
        assert changed() == sorted([early, late])
    assert changed() == sorted([early, late])


@pytest.mark.django_db(transaction=True)
def test_only_what_came_since_is_read():
    """The next query asks from the oldest transaction on that was running at the last one."""
    kept, new = uuid.uuid4(), uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(LINE, [kept])
    assert changed() == [kept]
    settled = next(answer.settled for key, answer in past_known._answers.items() if "core.tag" in key)
    with CaptureQueriesContext(connection) as caught:
        assert changed() == [kept]
    assert settled > 0 and len(caught) == 1 and f"c.xact >= {settled} " in caught[0]["sql"]
    with connection.cursor() as cursor:
        cursor.execute(LINE, [new])
    assert changed() == sorted([kept, new])


@pytest.mark.django_db(transaction=True)
def test_a_server_that_counts_from_the_beginning_is_asked_anew():
    kept = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute(LINE, [kept])
    changed()
    ahead = past_known.Answer(frozenset(), 10**15)
    for key in list(past_known._answers):
        past_known._answers[key] = ahead
    assert changed() == [kept]


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_back_is_shown_as_what_it_is():
    """An entry of a transaction that was taken back stays known; the record is then read as one that may have been changed."""
    tag = writes.create(SYSTEM, tags(), {"name": "Kept"})
    with pytest.raises(RuntimeError), transaction.atomic():
        writes.save(SYSTEM, tag, {"name": "Other"})
        assert tag.pk in changed()
        raise RuntimeError
    assert tag.pk in changed()
    later = Past(dt.datetime.now(dt.UTC), "")
    later.memo["changed", tags().label, NAMES] = [tag.pk]
    later.memo["between"] = []
    with past.at(later):
        rows = [row for found in asof.ways(tags(), SYSTEM, later, fields=NAMES) for row in found if row.pk == tag.pk]
    assert [row.name for row in rows] == ["Kept"]


@pytest.mark.django_db
def test_many_are_known_to_be_many_without_being_read_again(monkeypatch):
    monkeypatch.setattr(past_rows, "FEW_CHANGED", 1)
    with connection.cursor() as cursor:
        for _number in range(3):
            cursor.execute(LINE, [uuid.uuid4()])
    assert changed() is None
    with CaptureQueriesContext(connection) as caught:
        assert changed() is None
    assert "'{core.tag}'" not in caught[0]["sql"]


@pytest.mark.django_db
def test_little_is_kept(monkeypatch):
    monkeypatch.setattr(past_known, "MOST", 4)
    for days in range(9):
        when = yesterday()
        changed(Past(when.moment - dt.timedelta(days=days), ""))
    assert len(past_known._answers) <= 4
    past_known.forget()
    changed(Past(dt.datetime.now(dt.UTC), ""))
    assert not past_known._answers, "a moment of now is another one each time"
