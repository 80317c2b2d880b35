"""X32: reactions to notes and quote replies, with the rights of reading the note; the author is told in one line."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kith.activities.reacting import Reaction
from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change, ChangeSet, Op
from kith.core.notify import Notification
from kith.core.testing import factory

pytestmark = pytest.mark.django_db
SENT = {"content_type": "application/json"}


def notes():
    return registry.get("activities.note")


@pytest.fixture
def arbor(people):
    return factory.make("parties.company", people.actors.ann, name="Arbor", owner=people.ann.pk)


@pytest.fixture
def note(people, arbor):
    """Ann's note on her company, which Eva (all) sees and Max (none) does not."""
    subject = {"entity": "parties.company", "id": str(arbor.pk)}
    return writes.create(people.actors.ann, notes(), {"text": "They want  oak.\nNot before May.", "subject": subject})


def told(user, kind):
    return list(Notification.objects.filter(user=user, kind=kind).values_list("by", "read_at"))


def react(client, note, kind, on="1"):
    return client.post(f"/notes/{note.pk}/react", {"kind": kind, "on": on}, headers={"HX-Request": "true"})


def test_each_kind_once_told_in_one_line_and_taken_back(people, note):
    ann, eva = people.clients.ann, people.clients.eva
    before = ChangeSet.objects.count(), Change.objects.count()
    for kind in ("like", "thanks", "like"):
        assert react(eva, note, kind).status_code == 200
    assert react(ann, note, "agree").status_code == 200
    assert Reaction.objects.count() == 3 and told(people.ann, "reaction") == [("Eva All", None)]
    found = ann.get(f"/api/v1/notes/{note.pk}/reactions").json()["results"]
    assert found == [
        {"kind": "like", "people": ["Eva All"], "mine": False}, {"kind": "thanks", "people": ["Eva All"], "mine": False},
        {"kind": "agree", "people": ["Ann Own"], "mine": True},
    ]  # fmt: skip
    text = react(eva, note, "thanks", on="").content.decode()
    assert 'aria-label="Good: 1, Eva All"' in text and "Thank you: " not in text
    react(eva, note, "like", on="")
    assert told(people.ann, "reaction") == [], "nothing is left to tell"
    assert (ChangeSet.objects.count(), Change.objects.count()) == before, "a mark of a person is no change of the note"


def test_who_may_not_read_the_note_gets_nothing(people, note):
    for kind, client, status in (("like", people.clients.max, 404), ("thanks", people.clients.max, 404), ("x", people.clients.eva, 422)):  # fmt: skip
        assert react(client, note, kind).status_code == status
    assert people.clients.max.get(f"/api/v1/notes/{note.pk}/reactions").status_code == 404
    assert people.clients.eva.post(f"/api/v1/notes/{note.pk}/reactions", {"kind": "x"}, **SENT).status_code == 422
    assert people.clients.eva.post(f"/api/v1/notes/{note.pk}/reactions", {"kind": 1}, **SENT).status_code == 400
    assert (Reaction.objects.count(), Notification.objects.filter(kind="reaction").count()) == (0, 0)
    assert people.clients.eva.post(f"/api/v1/notes/{note.pk}/reactions", {"kind": "seen"}, **SENT).json() == {
        "results": [{"kind": "seen", "people": ["Eva All"], "mine": True}]
    }


def test_reactions_go_with_their_note_and_come_back_with_it(people, note):
    react(people.clients.eva, note, "like")
    made = Change.objects.get(record_id=note.pk, op=Op.CREATE).changeset_id
    undo.undo(people.actors.ann, made)
    assert people.clients.eva.get(f"/api/v1/notes/{note.pk}/reactions").status_code == 404
    undo.redo(people.actors.ann, made)
    found = people.clients.eva.get(f"/api/v1/notes/{note.pk}/reactions").json()["results"]
    assert found == [{"kind": "like", "people": ["Eva All"], "mine": True}]
    writes.purge(SYSTEM, notes(), [note])
    assert Reaction.objects.count() == 0


def test_reactions_at_once_wait_for_each_other(people, note):
    with CaptureQueriesContext(connection) as asked:
        react(people.clients.eva, note, "like")
    texts = [query["sql"] for query in asked]
    locked = next(at for at, sql in enumerate(texts) if '"activities_note"' in sql and "FOR UPDATE" in sql)
    assert locked < next(at for at, sql in enumerate(texts) if "INSERT INTO" in sql and "activities_reaction" in sql)


def test_a_reply_quotes_a_part_and_the_author_is_told(people, arbor, note):
    eva = people.clients.eva
    answer = eva.post(f"/companies/{arbor.pk}/notes", {"text": "Why?", "reply_to": str(note.pk), "quote": "oak. Not before May."})  # fmt: skip
    assert answer.status_code == 200
    reply = notes().rows(SYSTEM).get(text="Why?")
    assert (reply.reply_to_id, reply.quote, reply.subject_id) == (note.pk, "oak. Not before May.", arbor.pk)
    assert told(people.ann, "reply") == [("Eva All", None)]
    page = eva.get(f"/companies/{arbor.pk}/").content.decode()
    assert f'<a class="link" href="/notes/{note.pk}/">Ann Own</a>' in page
    whole = writes.create(people.actors.eva, notes(), {"text": "Yes", "reply_to": note.pk, "subject": {"entity": "parties.company", "id": str(arbor.pk)}})  # fmt: skip
    assert whole.quote == note.text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quote": "They want pine."}, "quote"),
        ({"reply_to": None, "quote": "They want"}, "quote"),
        ({"subject": "other"}, "reply_to"),
    ],
)
def test_a_quote_stands_in_its_source_about_the_same_record(people, arbor, note, values, field):
    other = factory.make("parties.company", people.actors.eva, name="Birch")
    target = other if values.get("subject") else arbor
    given = {"text": "Hm", "reply_to": note.pk, **values, "subject": {"entity": "parties.company", "id": str(target.pk)}}  # fmt: skip
    before = notes().rows(SYSTEM).count()
    with pytest.raises(Refused) as refused:
        writes.create(people.actors.eva, notes(), given)
    assert list(refused.value.errors) == [field] and notes().rows(SYSTEM).count() == before
    assert told(people.ann, "reply") == []


def test_what_was_answered_stays_so_and_may_go_by_itself(people, arbor, note):
    reply = writes.create(people.actors.eva, notes(), {"text": "Yes", "reply_to": note.pk, "subject": {"entity": "parties.company", "id": str(arbor.pk)}})  # fmt: skip
    with pytest.raises(Refused):
        writes.save(people.actors.eva, reply, {"quote": "other"})
    writes.purge(SYSTEM, notes(), [note])
    kept = notes().rows(SYSTEM).get(pk=reply.pk)
    assert kept.quote == "They want  oak.\nNot before May." and kept.quote in people.clients.eva.get(f"/companies/{arbor.pk}/").content.decode()  # fmt: skip


def test_each_note_of_a_page_has_its_own_menu_of_reactions(people, arbor, note):
    subject = {"entity": "parties.company", "id": str(arbor.pk)}
    other = writes.create(people.actors.ann, notes(), {"text": "And ash.", "subject": subject})
    eva = people.clients.eva
    react(eva, other, "thanks")
    page = eva.get(f"/companies/{arbor.pk}/").content.decode()
    assert "MenuGroup(" not in page
    for each, given in ((note, 0), (other, 1)):
        menu = page.split(f'id="react-menu-{each.pk}"', 1)[1].split("</div>", 1)[0]
        assert menu.count('role="menuitemcheckbox"') == 4 and menu.count('aria-checked="true"') == given
        assert menu.count(f'hx-post="/notes/{each.pk}/react"') == 4
    answer = react(eva, note, "like").content.decode()
    assert f'id="react-menu-{note.pk}"' in answer and answer.count('aria-checked="true"') == 1
