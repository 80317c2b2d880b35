"""R17-R22, R25: normal forms of contact points, and the country in which a phone is read."""

import pytest

from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Refused
from kith.core.ledger import Change

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("email", '"Eva Lind" <Eva@ARBOR.example>', "eva@arbor.example"),
        ("phone", "0048 22 123-45-67", "+48221234567"),
        ("phone", "+48 22 123 45 67 x.0042", "+48221234567 ext. 0042"),
        ("phone", "+52 1 33 1234 5678", "+523312345678"),
        ("phone", "room 7", "room 7"),
        ("site", "arbor.example/about", "https://arbor.example/about"),
        ("messenger", "@Eva_Lind", "@Eva_Lind"),
    ],
)
def test_points_are_stored_in_their_normal_form(make, kind, typed, value):
    person = make("parties.person", family_name="Lind")
    assert make("parties.contactpoint", party=person.pk, kind=kind, value=typed).value == value


def test_the_display_name_of_a_mail_becomes_its_label(make):
    person = make("parties.person", family_name="Lind")
    assert (
        make("parties.contactpoint", party=person.pk, kind="email", value='"Eva Lind" <eva@arbor.example>').label
        == "Eva Lind"
    )


@pytest.mark.parametrize(
    ("kind", "typed"),
    [("email", "eva at arbor"), ("site", "javascript:alert(1)"), ("site", "word"), ("phone", "ask Eva")],
)
def test_a_value_of_another_kind_is_refused(make, kind, typed):
    person = make("parties.person", family_name="Lind")
    count = Change.objects.count()
    with pytest.raises(Refused) as refused:
        make("parties.contactpoint", party=person.pk, kind=kind, value=typed)
    assert list(refused.value.errors) == ["value"]
    assert (registry.get("parties.contactpoint").rows(SYSTEM).count(), Change.objects.count()) == (0, count)


def test_a_point_ends_after_it_began(make):
    person = make("parties.person", family_name="Lind")
    with pytest.raises(Refused) as refused:
        make(
            "parties.contactpoint",
            party=person.pk,
            kind="email",
            value="a@b.example",
            valid_from="2026-02-01",
            valid_to="2026-01-31",
        )
    assert list(refused.value.errors) == ["valid_to"]


def test_a_phone_without_country_is_read_where_the_party_lives(make, fresh):
    company = make("parties.company", name="Arbor")
    make("parties.address", party=company.pk, country="BR", city="Rio")
    assert writes.save(SYSTEM, company, {"phone": "21 7555 0143"}).phone == "+5521975550143"
    point = make("parties.contactpoint", party=company.pk, kind="phone", value="21 2555 0143")
    assert point.value == "+552125550143"


def test_else_where_the_company_lives_else_in_the_default_country(make, settings):
    settings.KITH_COUNTRY = "DE"
    company = make("parties.company", name="Arbor")
    make("parties.address", party=company.pk, country="PL", city="Warszawa")
    person, other = make("parties.person", family_name="Lind"), make("parties.person", family_name="Berg")
    make("parties.employment", person=person.pk, company=company.pk, title="Buyer")
    assert make("parties.contactpoint", party=person.pk, kind="phone", value="22 123 45 67").value == "+48221234567"
    assert make("parties.contactpoint", party=other.pk, kind="phone", value="030 9018207").value == "+49309018207"


def test_formatting_is_no_change(make, fresh):
    person = make("parties.person", family_name="Lind", phone="+49 30 9018207")
    point = registry.get("parties.contactpoint").rows(SYSTEM).get()
    count = Change.objects.count()
    writes.save(SYSTEM, point, {"value": "0049 (30) 901 82 07"})
    assert (Change.objects.count(), fresh(point).version, fresh(person).version) == (count, 1, 1)
