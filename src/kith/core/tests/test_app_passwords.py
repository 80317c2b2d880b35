"""App passwords: a token as the password beside its owner's e-mail, for programs that know nothing else (RFC 7617)."""

import base64

import pytest
from django.test import Client

from kith.core import tokens
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import PASSWORD, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(people):
    """A token of Eva's."""
    found = tokens.new_secret()
    tokens.ApiToken.objects.create(user=people.eva, name="Excel", shown=found[:8], digest=tokens.digest(found))
    return found


def basic(words, **headers):
    coded = base64.b64encode(words.encode()).decode()
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Basic {coded}", **headers})


def create(client):
    return client.post("/api/v1/industries", {"name": "Paper"}, content_type="application/json").status_code


def industries():
    return registry.get("parties.industry").rows(SYSTEM).count()


def test_a_token_is_the_password_beside_its_owners_address(people, secret):
    factory.make("parties.industry")
    found = basic(f"{people.eva.email.upper()}:{secret}")
    assert found.get("/api/v1/industries").json()["results"]
    assert create(found) == 201


def test_neither_the_real_password_nor_another_name_opens_anything(people, secret):
    known = make_user("Uma", password=PASSWORD)
    for words in (
        f"{known.email}:{PASSWORD}",
        f"{people.ann.email}:{secret}",
        f":{secret}",
        secret,
        f"{people.eva.email}:",
    ):
        answer = basic(words).get("/api/v1/industries")
        assert answer.status_code == 401, words
        assert answer["WWW-Authenticate"] == "Bearer", "no browser may be told to ask for a password"


@pytest.mark.parametrize("coded", ["", "§", "YWJj=ZGVm", "/w==", "Og=="])
def test_what_cannot_be_read_is_nobody(people, coded):
    assert Client(headers={"Authorization": f"Basic {coded}"}).get("/api/v1/industries").status_code == 401


@pytest.mark.parametrize("header", [{"Origin": "https://other.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_page_elsewhere_cannot_write_with_what_a_browser_remembers(people, secret, header):
    """A browser that was once given an address with name and password sends them along, whoever asks it to."""
    before = industries()
    assert create(basic(f"{people.eva.email}:{secret}", **header)) == 403
    assert industries() == before


def test_it_ends_with_the_token(people, secret):
    found = basic(f"{people.eva.email}:{secret}")
    assert found.get("/api/v1/industries").status_code == 200
    tokens.ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    assert found.get("/api/v1/industries").status_code == 401


def test_a_program_that_goes_on_with_an_ended_one_locks_nobody_out(people, secret):
    """Its office signs in by the same network; only what nobody ever had is a guess."""
    from kith.access.models import Throttle

    tokens.ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    for words in (f"{people.eva.email}:{secret}", f"{people.ann.email}:{secret}"):
        assert basic(words).get("/api/v1/industries").status_code == 401
    assert not Throttle.objects.exists()
    assert basic(f"{people.eva.email}:kith_guess").get("/api/v1/industries").status_code == 401
    assert Throttle.objects.exists()
