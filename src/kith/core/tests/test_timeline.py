"""The timeline: planned and past, of a record and of those close to it, by the reader's rights; pages, filters, pins."""

import datetime as dt

import pytest
from django.utils import timezone

from kith.core import timeline, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Missing
from kith.core.filters import BadFilter
from kith.core.notify import Notification
from kith.core.testing import factory
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="Halden Paper AS", owner=str(people.ann.pk))


@pytest.fixture
def employee(people, company):
    person = factory.make("parties.person", given_name="Ingrid", family_name="Halvorsen", owner=str(people.ann.pk))
    writes.create(SYSTEM, registry.get("parties.employment"), {"person": str(person.pk), "company": str(company.pk)})
    return person


def note(record, text, **values):
    label = registry.for_model(type(record)).label
    return writes.create(
        SYSTEM, registry.get("activities.note"), {"text": text, "subject": f"{label}/{record.pk}", **values}
    )


def task(record, name, **values):
    label = registry.for_model(type(record)).label
    return writes.create(
        SYSTEM, registry.get("activities.task"), {"name": name, "subject": f"{label}/{record.pk}", **values}
    )


def loaded(actor, record, **how):
    entity = registry.for_model(type(record))
    return timeline.load(actor, timeline.about(entity, actor, record, alone=how.pop("alone", False)), **how)


def text(answer):
    return answer.content.decode()


def test_planned_stands_before_past_and_pinned_on_top(people, company):
    note(company, "old"), note(company, "important", pinned=True)
    (
        task(company, "later", due_at=(timezone.now() + dt.timedelta(days=3)).isoformat()),
        task(company, "sooner", due_at=timezone.now().isoformat()),
    )
    found = loaded(people.actors.ann, company)
    assert [entry.data.get("text") or entry.data.get("name") for entry in found.ahead] == [
        "important",
        "sooner",
        "later",
    ]
    assert [(entry.source.kind, entry.data.get("text")) for entry in found.past] == [("note", "old"), ("change", None)]


def test_a_task_moves_from_planned_to_past_and_back(people, company):
    made = task(company, "call")
    client = people.clients.ann
    assert client.post(f"/tasks/{made.pk}/toggle").status_code == 204
    assert [entry.source.kind for entry in loaded(people.actors.ann, company, kind="task").past] == ["task"]
    client.post(f"/tasks/{made.pk}/toggle")
    assert [entry.data["name"] for entry in loaded(people.actors.ann, company, kind="task").ahead] == ["call"]


def test_what_happens_with_people_stands_at_their_company_and_the_other_way(people, company, employee):
    note(employee, "about her"), note(company, "about them")
    assert {"about her", "about them"} <= {entry.data.get("text") for entry in loaded(people.actors.ann, company).past}
    assert {"about her", "about them"} <= {entry.data.get("text") for entry in loaded(people.actors.ann, employee).past}
    assert {entry.data.get("text") for entry in loaded(people.actors.ann, company, kind="note", alone=True).past} == {
        "about them"
    }


def test_of_people_one_may_not_see_nothing_stands_there(people, company, employee):
    note(employee, "about her")
    writes.save(SYSTEM, employee, {"owner": str(people.eva.pk)})
    assert [entry.data["text"] for entry in loaded(people.actors.ann, company, kind="note").past] == []
    assert [entry.data["text"] for entry in loaded(people.actors.eva, company, kind="note").past] == ["about her"]


def test_changes_name_field_and_values_and_leave_out_what_may_not_be_read(people, company):
    writes.save(people.actors.ann, company, {"payment_terms": "Net 45"})
    page = text(people.clients.ann.get(f"/companies/{company.pk}/timeline?kind=change"))
    assert all(words in page for words in ("Ann Own", "Payment terms", "Net 45"))
    policy = {
        "role": str(grant(people.ann).pk),
        "entity": "parties.company",
        "field": "payment_terms",
        "level": "none",
        "deny": True,
    }
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    assert "Net 45" not in text(people.clients.ann.get(f"/companies/{company.pk}/timeline?kind=change"))


def test_a_change_of_many_fields_is_told_by_its_status(people, company):
    writes.save(
        people.actors.eva, company, {"payment_terms": "Net 45", "status": "lost", "website": "https://halden.example"}
    )
    page = text(people.clients.ann.get(f"/companies/{company.pk}/timeline?kind=change"))
    summary = page.split("<summary>")[1].split("</summary>")[0]
    assert "Status:" in summary and "and 2 more" in summary and "Net 45" not in summary


def test_without_the_right_to_history_only_the_creation_is_told(people, company):
    grant(people.max, ("parties.company", "view", "all"))
    writes.save(SYSTEM, company, {"payment_terms": "Net 45"})
    page = text(people.clients.max.get(f"/companies/{company.pk}/timeline"))
    assert "created this record" in page and "Net 45" not in page


def test_pages_follow_each_other_without_gap_or_repeat(people, company):
    made = {str(note(company, f"note {number}").pk) for number in range(45)}
    seen, before = [], ""
    while True:
        page = loaded(people.actors.ann, company, kind="note", before=before)
        seen += [entry.key for entry in page.past]
        before = page.before
        if not before:
            break
    assert len(seen) == 45 and set(seen) == made
    first = text(people.clients.ann.get(f"/companies/{company.pk}/timeline?kind=note"))
    assert first.count('class="ev"') == timeline.PAGE and "before=" in first


@pytest.mark.parametrize(
    "query", ["kind=nothing", "before=x", "before=2026-01-01", "before=2026-01-01T00:00:00%2B00:00|" + "x" * 50]
)
def test_a_broken_address_is_told_as_such(people, company, query):
    assert people.clients.ann.get(f"/companies/{company.pk}/timeline?{query}").status_code == 400


def test_an_unknown_kind_lists_the_valid_ones(people, company):
    with pytest.raises(BadFilter, match="note, task, file, change"):
        loaded(people.actors.ann, company, kind="nothing")


def test_a_note_mentions_colleagues_who_may_read_it(people, company):
    answer = people.clients.ann.post(
        f"/companies/{company.pk}/notes",
        {"text": "Ask @Tom and @Max", "mention": [str(people.tom.pk), str(people.max.pk)]},
    )
    assert answer.status_code == 200 and "timeline-changed" in answer.headers["HX-Trigger"]
    assert list(Notification.objects.values_list("user_id", "kind")) == [(people.tom.pk, "mention")]


def test_an_empty_note_is_refused_in_its_box(people, company):
    answer = people.clients.ann.post(f"/companies/{company.pk}/notes", {"text": "  "})
    assert answer.status_code == 422 and "required" in text(answer)
    assert not registry.get("activities.note").rows(SYSTEM).exists()


def test_a_task_is_written_in_its_box(people, company):
    due = "2026-12-24T10:00"
    answer = people.clients.ann.post(
        f"/companies/{company.pk}/tasks",
        {"name": "Call", "kind": "call", "assignee": str(people.tom.pk), "due_at": due},
    )
    made = registry.get("activities.task").rows(SYSTEM).get()
    assert answer.status_code == 200 and (
        made.kind,
        made.assignee_id,
        made.subject_id,
        f"{made.due_at:%Y-%m-%dT%H:%M}",
    ) == ("call", people.tom.pk, company.pk, due)
    bad = people.clients.ann.post(f"/companies/{company.pk}/tasks", {"name": "Call", "due_at": "never"})
    assert bad.status_code == 422 and 'value="Call"' in text(bad)


def test_a_pin_needs_the_right_to_edit(people, company):
    made = note(company, "text")
    grant(people.max, ("parties.company", "view", "all"))
    assert people.clients.max.post(f"/notes/{made.pk}/pin", {"on": "1"}).status_code == 403
    assert people.clients.ann.post(f"/notes/{made.pk}/pin", {"on": "1"}).status_code == 204
    assert [entry.key for entry in loaded(people.actors.ann, company).ahead] == [str(made.pk)]


def test_writing_about_hidden_records_is_like_writing_about_none(people, company):
    for part, values in (("notes", {"text": "x"}), ("tasks", {"name": "x"}), ("files", {})):
        assert people.clients.max.post(f"/companies/{company.pk}/{part}", values).status_code == 404
    with pytest.raises(Missing):
        from kith.core import access

        access.fetch(registry.get("parties.company"), people.actors.max, company.pk)
