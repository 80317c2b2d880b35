"""Who hears what: mentions, followers, new owners; events go through the outbox and a job, once, and never to those who may not see."""

import pytest

from kith.core import notify, writes
from kith.core.entity import registry
from kith.core.events import OutboxEvent
from kith.core.outbox import deliver_waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(make, people):
    return make("parties.company", people.actors.ann, name="Arbor")


def last(user):
    return notify.Notification.objects.filter(user_id=user.pk).order_by("-pk")[0]


def test_those_mentioned_hear_of_it_once_if_they_may_read_the_note(make, people, company, told):
    mentions = [str(user.pk) for user in (people.tom, people.max, people.ann)]
    note = make(
        "activities.note",
        people.actors.ann,
        text="@Tom call them",
        subject=f"parties.company/{company.pk}",
        mentions=mentions,
    )
    assert (told(people.tom), told(people.max), told(people.ann)) == (
        [("mention", "Ann Own", "@Tom call them")],
        [],
        [],
    )
    assert (last(people.tom).entity, last(people.tom).record_id) == ("parties.company", company.pk)
    writes.save(people.actors.ann, note, {"text": "@Tom, @Eva call them", "mentions": [*mentions, str(people.eva.pk)]})
    assert (len(told(people.tom)), told(people.eva)) == (1, [("mention", "Ann Own", "@Tom, @Eva call them")])


def test_followers_hear_of_changes_of_fields_they_may_read(make, people, company, told):
    for who in (people.actors.tom, people.actors.eva, people.actors.ann, people.actors.max):
        notify.follow(who, "parties.company", company.pk)
    writes.save(people.actors.ann, company, {"legal_name": "Arbor GmbH"})
    deliver_waiting()
    assert told(people.tom) == told(people.eva) == [("changed", "Ann Own", "Arbor")]
    assert (told(people.ann), told(people.max)) == ([], [])
    assert last(people.tom).detail == {"fields": ["legal_name"]}


def test_followers_hear_of_notes_and_of_the_trash(make, people, company, told):
    notify.follow(people.actors.tom, "parties.company", company.pk)
    make("activities.note", people.actors.ann, text="They moved", subject=f"parties.company/{company.pk}")
    deliver_waiting()
    writes.delete(people.actors.ann, registry.get("parties.company"), [company.pk])
    deliver_waiting()
    assert told(people.tom) == [("added", "Ann Own", "They moved"), ("deleted", "Ann Own", "Arbor")]


def test_a_new_owner_is_told(make, people, company, told):
    writes.save(people.actors.eva, company, {"owner": people.tom.pk})
    make("parties.company", people.actors.eva, name="Birch", owner=people.tom.pk)
    deliver_waiting()
    assert told(people.tom) == [("given", "Eva All", "Arbor"), ("given", "Eva All", "Birch")]
    assert (told(people.ann), told(people.eva)) == ([], [])


def test_many_records_given_at_once_are_told_as_a_number(people, told):
    rows = [{"name": f"Arbor {number}", "owner": people.tom.pk} for number in range(6)]
    writes.create_many(people.actors.eva, registry.get("parties.company"), rows)
    deliver_waiting()
    assert told(people.tom) == [("given", "Eva All", "Companies: 6")]
    assert last(people.tom).detail["count"] == 6


def test_events_are_delivered_once(make, people, company, told):
    writes.save(people.actors.eva, company, {"owner": people.tom.pk})
    deliver_waiting()
    deliver_waiting()
    assert len(told(people.tom)) == 1
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()


def test_an_error_of_one_subscriber_leaves_the_event_waiting_and_tells_nobody(make, people, company, told, monkeypatch):
    from kith.core import events

    def broken(event):
        raise RuntimeError("no")

    monkeypatch.setitem(events._subscribers, "parties.company.updated", [broken])
    writes.save(people.actors.eva, company, {"owner": people.tom.pk})
    with pytest.raises(RuntimeError):
        deliver_waiting()
    assert told(people.tom) == []
    monkeypatch.undo()
    deliver_waiting()
    assert len(told(people.tom)) == 1
