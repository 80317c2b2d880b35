"""Forms for old records: sections, concurrent edits, values that may not be written."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(people):
    return factory.make("parties.company", name="Halden Paper AS", payment_terms="Net 30", owner=str(people.ann.pk))


def now(company):
    return registry.get("parties.company").rows(SYSTEM).get(pk=company.pk)


def text(answer):
    return answer.content.decode()


def test_one_section_is_edited_alone(people, company):
    page = text(people.clients.ann.get(f"/companies/{company.pk}/edit?section=2"))
    assert 'name="payment_terms"' in page and 'name="description"' not in page
    people.clients.ann.post(
        f"/companies/{company.pk}/edit?section=2", {"payment_terms": "Net 45", "version": company.version}
    )
    assert now(company).payment_terms == "Net 45"


def test_an_unchanged_form_writes_nothing(people, company):
    answer = people.clients.ann.post(
        f"/companies/{company.pk}/edit?section=2", {"payment_terms": "Net 30", "version": company.version}
    )
    assert answer.status_code == 302 and now(company).version == company.version


def test_edits_of_different_fields_meet_although_the_form_posts_all(people, company):
    writes.save(SYSTEM, company, {"payment_terms": "Net 60"})
    answer = people.clients.ann.post(
        f"/companies/{company.pk}/edit", {"payment_terms": "Net 30", "description": "New", "version": company.version}
    )
    assert answer.status_code == 302
    assert (now(company).payment_terms, now(company).description) == ("Net 60", "New")


def test_a_clash_shows_both_values_and_lets_people_choose(people, company):
    writes.save(people.actors.tom, company, {"payment_terms": "Net 60"})
    sent = {"payment_terms": "Net 14", "description": "Typed", "version": company.version}
    answer = people.clients.ann.post(f"/companies/{company.pk}/edit", sent)
    page = text(answer)
    assert answer.status_code == 409 and all(
        words in page for words in ("Net 60", "Net 14", "Typed", "Tom Team", "merge.payment_terms")
    )
    assert now(company).payment_terms == "Net 60"
    theirs = people.clients.ann.post(
        f"/companies/{company.pk}/edit", sent | {"version": now(company).version, "merge.payment_terms": "theirs"}
    )
    assert theirs.status_code == 302 and (now(company).payment_terms, now(company).description) == ("Net 60", "Typed")
    mine = people.clients.ann.post(
        f"/companies/{company.pk}/edit", sent | {"version": now(company).version, "merge.payment_terms": "mine"}
    )
    assert mine.status_code == 302 and now(company).payment_terms == "Net 14"


def test_fields_that_may_not_be_written_are_not_in_the_form_and_not_taken_from_it(people, company):
    policy = {
        "role": str(grant(people.ann).pk),
        "entity": "parties.company",
        "field": "payment_terms",
        "level": "read",
        "deny": True,
    }
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    client = people.clients.ann
    assert 'name="payment_terms"' not in text(client.get(f"/companies/{company.pk}/edit"))
    client.post(
        f"/companies/{company.pk}/edit", {"payment_terms": "Net 1", "description": "x", "version": company.version}
    )
    assert (now(company).payment_terms, now(company).description) == ("Net 30", "x")


def test_who_may_see_but_not_edit_gets_403(people, company):
    grant(people.max, ("parties.company", "view", "all"))
    assert people.clients.max.get(f"/companies/{company.pk}/").status_code == 200
    assert people.clients.max.get(f"/companies/{company.pk}/edit").status_code == 403
    assert people.clients.max.post(f"/companies/{company.pk}/edit", {"description": "x"}).status_code == 403
    assert now(company).description == ""


def test_delete_offers_undo_and_the_trash_shows_the_record(people, company):
    answer = people.clients.ann.post(f"/companies/{company.pk}/delete", follow=True)
    assert "is in the trash" in text(answer) and "/undo/" in text(answer)
    assert people.clients.ann.get(f"/companies/{company.pk}/").status_code == 404
    assert "lies in the trash" in text(people.clients.ann.get(f"/companies/{company.pk}/?trash=1"))
    people.clients.ann.post(f"/companies/{company.pk}/restore")
    assert people.clients.ann.get(f"/companies/{company.pk}/").status_code == 200
