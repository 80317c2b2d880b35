"""Consents: which of them counts, what withdrawing means for contact points, those that come with web forms."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from kith.core import undo, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.filters import Test, compile_filter
from kith.core.ledger import ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import make_people
from kith.parties import consents

pytestmark = pytest.mark.django_db
CONSENTS, POINTS, PEOPLE = (registry.get(f"parties.{name}") for name in ("consent", "contactpoint", "person"))


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def person(people):
    return factory.make("parties.person", given_name="Ida", family_name="Lind", email="lind@example.org", phone="+4769184001", owner=str(people.ann.pk))  # fmt: skip


def give(person, days_ago, **values):
    at = timezone.now() - dt.timedelta(days=days_ago)
    return writes.create(SYSTEM, CONSENTS, {"party": person.pk, "purpose": "marketing", "given_at": at, **values})


def silent(purpose):
    rows = POINTS.rows(SYSTEM).filter(compile_filter(POINTS, Test("opted_out_for", "any", [purpose]), SYSTEM))
    return sorted(rows.values_list("kind", flat=True))


def has(purpose, channel):
    return list(PEOPLE.rows(SYSTEM).filter(consents.consented(purpose, channel)).values_list("name", flat=True))


def test_a_withdrawn_consent_opts_contact_points_out_for_its_purpose_only(people, person):
    one = give(person, 10)
    assert (silent("marketing"), has("marketing", "email"), str(one)) == ([], ["Ida Lind"], "marketing")
    consents.withdraw(people.actors.ann, [one])
    assert (silent("marketing"), silent("newsletter"), has("marketing", "email")) == (["email", "phone"], [], [])
    (act,) = ChangeSet.objects.filter(kind="action")
    undo.undo(people.actors.ann, act.pk)
    assert silent("marketing") == []


def test_the_latest_consent_counts_by_channel(people, person):
    consents.withdraw(people.actors.ann, [give(person, 10)])
    give(person, 1, channel="email")
    assert (silent("marketing"), has("marketing", "email"), has("marketing", "phone")) == (["phone"], ["Ida Lind"], [])


def test_an_opted_out_point_is_so_for_every_purpose(person):
    point = POINTS.rows(SYSTEM).get(party=person.pk, kind="email")
    writes.save(SYSTEM, point, {"opted_out": True})
    assert (silent("newsletter"), consents.is_silenced(point, "surveys")) == (["email"], True)


def test_an_expired_consent_no_longer_holds_but_opts_nobody_out(person):
    one = give(person, 30, expires_on=timezone.localdate() - dt.timedelta(days=1))
    assert (has("marketing", "email"), silent("marketing")) == ([], [])
    by_state = {state: CONSENTS.rows(SYSTEM).filter(compile_filter(CONSENTS, Test("state", "any", [state]), SYSTEM)).count() for state in ("given", "withdrawn", "expired")}  # fmt: skip
    assert by_state == {"given": 0, "withdrawn": 0, "expired": 1}
    assert CONSENTS.fields["state"].get(one) == "expired"


def test_moments_stand_in_order(person):
    for values in (
        {"withdrawn_at": timezone.now() - dt.timedelta(days=20)},
        {"given_at": timezone.now() + dt.timedelta(days=1)},
    ):
        with pytest.raises(Refused):
            give(person, 10, **values)
    assert CONSENTS.rows(SYSTEM).count() == 0


def test_withdrawing_twice_is_told_and_those_of_others_stay(people, person):
    one = give(person, 10)
    assert (
        people.clients.max.post(
            f"/api/v1/consents/{one.pk}/actions/withdraw", content_type="application/json"
        ).status_code
        == 404
    )
    assert (
        people.clients.ann.post(
            f"/api/v1/consents/{one.pk}/actions/withdraw", content_type="application/json"
        ).status_code
        == 200
    )
    assert (
        people.clients.ann.post(
            f"/api/v1/consents/{one.pk}/actions/withdraw", content_type="application/json"
        ).status_code
        == 422
    )
    assert CONSENTS.rows(SYSTEM).get().withdrawn_at is not None


def test_the_record_page_lists_consents(people, person):
    give(person, 10)
    assert "rel-consent-party" in people.clients.ann.get(f"/people/{person.pk}/").content.decode()
    listed = people.clients.ann.get(f"/people/{person.pk}/related/consent-party", headers={"HX-Request": "true"}).content.decode()  # fmt: skip
    assert "Marketing" in listed or "marketing" in listed
    assert "Given" in listed or "given" in listed


def test_a_consent_of_a_web_form_is_kept_with_its_proof_once(people):
    form = factory.make(
        "sales.leadform", name="Trial", key="trial", title="Trial", lead_owner=people.ann.pk, confirm_hours=None, redirect_url=None,
        consent_text="You may write to me.", consent_version="2026-1", consent_required=True, consent_purpose="newsletter", allowed_hosts=[],
    )  # fmt: skip
    data = {"name": "Freja Mortensen", "email": "freja@nordhavn.example", "text": "Hello", "consent": "yes"}
    for _again in range(2):
        assert Client().post("/f/trial?lang=en", data).status_code == 200
    (kept,) = CONSENTS.rows(SYSTEM)
    assert (kept.party.name, kept.purpose, kept.basis, kept.text_version) == ("Freja Mortensen", "newsletter", "consent", "2026-1")  # fmt: skip
    assert (kept.text, kept.source) == ("You may write to me.", form.name)
    assert "Trial" in kept.proof_note
