"""Web forms: one lead for each request, only what is declared, nothing without the key (R40)."""

import uuid

import pytest
from django.test import Client

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.sales import forms


def rows(label):
    return registry.get(label).rows(SYSTEM)


@pytest.fixture
def form(people, make):
    source, campaign = make("parties.source", name="Web"), make("marketing.campaign", name="Spring")
    unit, product = make("people.orgunit", name="North"), make("catalogue.product", name="TX-400")
    made = make(
        "sales.leadform", name="Trial", key="trial", title="Ask for a trial unit", source=source.pk, campaign=campaign.pk, lead_owner=people.ann.pk, team=unit.pk,
        products=[product.pk], consent_text="You may contact me.", consent_version="2026-1", consent_required=True, allowed_hosts=["www.meridian.example"],
    )  # fmt: skip
    make("sales.leadformfield", form=made.pk, kind="interest", position=9)
    return made


GOOD = {
    "name": "Freja Mortensen",
    "company": "Nordhavn Shipyard",
    "email": "freja@nordhavn.example",
    "text": "Ten points",
    "consent": "yes",
}


def post(data, key="trial", **headers):
    return Client(enforce_csrf_checks=True).post(f"/f/{key}", data, headers=headers)


def test_a_new_form_shows_the_usual_fields(form):
    assert [(field.kind, field.is_required) for field in forms.fields_of(form)] == [
        ("name", True), ("company", False), ("email", True), ("phone", False), ("text", False), ("interest", False),
    ]  # fmt: skip
    page = Client().get("/f/trial")
    assert page.status_code == 200 and not page.cookies
    text = page.content.decode()
    assert "Ask for a trial unit" in text and "You may contact me." in text and "TX-400" in text


@pytest.mark.parametrize(("language", "words"), [("ru", "Отправить"), ("zh-hans", "发送")])
def test_it_speaks_the_visitors_language(form, language, words):
    assert words in Client().get(f"/f/trial?lang={language}").content.decode()


def test_one_request_makes_one_lead_with_what_the_form_gives(form, people):
    number = uuid.uuid4().hex
    product = form.products[0]
    data = GOOD | {"submission": number, "interest": str(product)}
    assert post(data, Referer="https://www.meridian.example/trial?x=1").status_code == 200
    (lead,) = rows("sales.lead")
    assert (lead.source_id, lead.campaign_id, lead.owner_id, lead.org_unit_id, lead.channel) == (
        form.source_id,
        form.campaign_id,
        people.ann.pk,
        form.team_id,
        "web",
    )
    assert (lead.person.name, lead.company.name, lead.text, lead.interest) == (
        "Freja Mortensen",
        "Nordhavn Shipyard",
        "Ten points",
        [product],
    )
    (kept,) = rows("sales.leadsubmission")
    assert (kept.lead_id, kept.status, kept.consent, kept.consent_text, kept.consent_version, kept.page) == (
        lead.pk, "taken", True, "You may contact me.", "2026-1", "https://www.meridian.example/trial",
    )  # fmt: skip
    assert kept.data == {
        "name": "Freja Mortensen",
        "company": "Nordhavn Shipyard",
        "email": "freja@nordhavn.example",
        "text": "Ten points",
        "interest": [str(product)],
    }
    again = post(data)
    assert again.status_code == 200 and "Thank you" in again.content.decode()
    assert rows("sales.lead").count() == 1 and rows("sales.leadsubmission").count() == 1


def test_a_wrong_key_is_forbidden(form, people):
    assert post(GOOD, key="other").status_code == 403 and Client().get("/f/other").status_code == 403
    writes.save(people.actors.eva, form, {"is_active": False})
    assert post(GOOD).status_code == 403
    assert not rows("sales.lead").exists() and not rows("sales.leadsubmission").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "freja@nordhavn"}, "The part after @ is incomplete."),
        ({"email": "freja"}, "Not an e-mail address"),
        ({"email": ""}, "This field is needed."),
        ({"name": ""}, "This field is needed."),
        ({"consent": ""}, "Without this consent we may not take your request."),
        ({"owner": "me"}, "This form has no field “owner”."),
        ({"interest": str(uuid.UUID(int=7))}, "Choose among the products shown."),
        ({"text": "x" * 10_001}, "At most 10000 characters."),
    ],
)
def test_bad_input_names_the_field_and_nothing_is_lost(form, change, words):
    answer = post({name: value for name, value in (GOOD | change).items() if value})
    text = answer.content.decode()
    assert answer.status_code == 422 and words in text
    assert ("Nordhavn Shipyard" in text and "Ten points" in text) or "text" in change
    assert (
        not rows("sales.lead").exists()
        and not rows("sales.leadsubmission").exists()
        and not rows("parties.person").exists()
    )


def test_programs_that_fill_in_everything_are_kept_aside(form, people):
    answer = post(GOOD | {forms.TRAP: "http://spam.example", "submission": "s-1"})
    assert answer.status_code == 200 and "Thank you" in answer.content.decode()
    (kept,) = rows("sales.leadsubmission")
    assert (kept.status, kept.lead_id) == ("spam", None) and not rows("sales.lead").exists()
    (lead,) = forms.accept(people.actors.eva, [kept])
    assert lead.person.email == "freja@nordhavn.example"
    assert rows("sales.leadsubmission").get().status == "taken"
    assert forms.accept(people.actors.eva, [kept]) == []  # another click, on the row as it was before the first
    assert rows("sales.lead").count() == 1


def test_only_allowed_sites_post_and_frame(form, people):
    assert post(GOOD, Origin="https://evil.example").status_code == 403
    assert post(GOOD, Origin="null").status_code == 403
    assert not rows("sales.lead").exists()
    assert post(GOOD, Origin="https://www.meridian.example").status_code == 200
    page = Client().get("/f/trial")
    assert "frame-ancestors 'self' www.meridian.example" in page.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in page.headers
    writes.save(people.actors.eva, form, {"allowed_hosts": []})
    closed = Client().get("/f/trial")
    assert (
        "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]
        and closed.headers["X-Frame-Options"] == "DENY"
    )


def test_too_many_requests_of_one_network_wait_with_what_they_typed(form):
    for _each in range(30):
        assert post(GOOD | {"email": "broken"}).status_code == 422
    answer = post(GOOD)
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "Ten points" in answer.content.decode() and not rows("sales.lead").exists()


def test_it_goes_on_to_another_page(form, people):
    writes.save(people.actors.eva, form, {"redirect_url": "https://www.meridian.example/thanks"})
    answer = post(GOOD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://www.meridian.example/thanks")


def test_a_form_that_cannot_be_is_refused(people, make):
    for values, field in (
        ({"consent_text": "May we?"}, "consent_version"),
        ({"consent_required": True}, "consent_text"),
        ({"allowed_hosts": ["https://x.example/path"]}, "allowed_hosts"),
    ):
        with pytest.raises(Refused) as refused:
            make("sales.leadform", name="F", key="f", title="T", **values)
        assert list(refused.value.errors) == [field]
    assert not rows("sales.leadform").exists()
