"""Forms for new records: presets, errors by field, duplicates, dialogs, "save and new"."""

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing import factory

pytestmark = pytest.mark.django_db
DIALOG = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "dialog#modal"}


def companies(**filters):
    return registry.get("parties.company").rows(SYSTEM).filter(**filters)


def text(answer):
    return answer.content.decode()


def test_a_record_is_created_from_what_people_type_and_belongs_to_its_maker(people):
    answer = people.clients.ann.post(
        "/companies/new",
        {"name": " Halden  Paper AS ", "phone": "+47 69 18 40 00", "status": "active", "owner": str(people.ann.pk)},
    )
    made = companies(name__startswith="Halden").get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/companies/{made.pk}/")
    assert (made.phone, made.owner_id) == ("+4769184000", people.ann.pk)
    assert ChangeSet.objects.latest("at").origin == "ui"


def test_the_page_after_saving_offers_undo_once(people):
    answer = people.clients.ann.post("/companies/new", {"name": "Halden Paper AS"}, follow=True)
    assert "Created: Halden Paper AS" in text(answer) and "/undo/" in text(answer)
    assert "Created: Halden Paper AS" not in text(people.clients.ann.get(f"/companies/{companies().get().pk}/"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x", "email": "no mail"}, "email"),
        ({"name": "x", "industry": "no id"}, "industry"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_errors_stand_at_their_fields_and_nothing_is_saved(people, values, field):
    answer = people.clients.ann.post("/companies/new", values)
    page = text(answer)
    assert answer.status_code == 422 and f'href="#f-{field}"' in page and f'id="f-{field}-err' in page
    assert not companies().exists()


def test_what_was_typed_stays_in_the_form(people):
    page = text(people.clients.ann.post("/companies/new", {"name": "Halden Paper AS", "email": "no mail"}))
    assert 'value="Halden Paper AS"' in page and 'value="no mail"' in page


def test_a_duplicate_is_shown_and_created_only_when_confirmed(people):
    first = factory.make(
        "parties.company", name="Halden Paper AS", email="post@haldenpaper.no", owner=str(people.ann.pk)
    )
    values = {"name": "Halden Paper", "email": "post@haldenpaper.no"}
    answer = people.clients.ann.post("/companies/new", values)
    assert answer.status_code == 409 and f"/companies/{first.pk}/" in text(answer) and "Create anyway" in text(answer)
    assert companies().count() == 1
    assert people.clients.ann.post("/companies/new", values | {"confirm": "duplicate"}).status_code == 302
    assert companies().count() == 2


def test_links_of_the_address_are_preset(people):
    company = factory.make("parties.company", name="Halden Paper AS", owner=str(people.ann.pk))
    page = text(people.clients.ann.get(f"/contact-points/new?party={company.pk}", **DIALOG))
    assert 'value="Halden Paper AS"' in page and str(company.pk) in page and "<html" not in page


def test_nonsense_presets_are_left_out(people):
    assert people.clients.ann.get("/contact-points/new?party=nonsense&kind=nonsense&nothing=1").status_code == 200


def test_a_dialog_closes_and_tells_the_page(people):
    company = factory.make("parties.company", owner=str(people.ann.pk))
    answer = people.clients.ann.post(
        f"/contact-points/new?party={company.pk}",
        {"party": str(company.pk), "kind": "email", "value": "a@example.org"},
        **DIALOG,
    )
    assert (
        answer.status_code == 204
        and '"related-changed"' in answer.headers["HX-Trigger"]
        and "/undo/" in answer.headers["HX-Trigger"]
    )


def test_save_and_new_gives_an_empty_form_again(people):
    answer = people.clients.ann.post("/companies/new", {"name": "Halden Paper AS", "again": "1"}, **DIALOG)
    assert (
        answer.status_code == 200
        and 'value="Halden Paper AS"' not in text(answer)
        and "/undo/" in answer.headers["HX-Trigger"]
    )
    assert companies(name="Halden Paper AS").exists()


def test_without_the_right_there_is_no_form(people):
    assert people.clients.max.get("/companies/new").status_code == 404
    assert people.clients.max.post("/companies/new", {"name": "x"}).status_code == 404
    assert not companies().exists()


def test_a_field_is_checked_as_it_is_left(people):
    bad = people.clients.ann.post("/companies/validate/email", {"email": "no mail"})
    good = people.clients.ann.post("/companies/validate/email", {"email": "post@haldenpaper.no"})
    assert (bad.status_code, good.status_code) == (200, 200)
    assert 'aria-invalid="true"' in text(bad) and 'aria-invalid="true"' not in text(good)
    assert people.clients.ann.post("/companies/validate/nothing", {}).status_code == 404
    factory.make("parties.company", name="Halden Paper AS", email="post@haldenpaper.no", owner=str(people.ann.pk))
    assert "Halden Paper AS" in text(
        people.clients.ann.post("/companies/validate/email", {"email": "post@haldenpaper.no"})
    )
