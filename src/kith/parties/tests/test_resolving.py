"""R10, N6: incoming data find the party they belong to on that day; nothing uncertain joins."""

import datetime as dt

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.parties import resolving

pytestmark = pytest.mark.django_db


def who(label, *rows, day=None):
    return [
        found and (found.party, found.reason, found.among)
        for found in resolving.resolve(registry.get(label), rows, day)
    ]


def test_external_id_goes_before_mail(make):
    first = make("parties.person", family_name="Lind", external_ids=["crm-7"])
    second = make("parties.person", family_name="Berg", email="kim@arbor.example")
    rows = [
        {"external_ids": ["crm-7"], "email": "kim@arbor.example"},
        {"email": '"K" <KIM@arbor.example>'},
        {"email": "new@arbor.example"},
    ]
    assert who("parties.person", *rows) == [(first.pk, "same_external_id", 1), (second.pk, "same_email", 1), None]


def test_of_several_with_one_mail_the_primary_one_counts(make):
    first = make("parties.person", family_name="Lind", email="lind@arbor.example")
    make("parties.contactpoint", party=first.pk, kind="email", value="office@arbor.example")
    second = make("parties.person", family_name="Berg", email="office@arbor.example")
    assert who("parties.person", {"email": "office@arbor.example"}) == [(second.pk, "same_email", 2)]


def test_of_several_primary_ones_the_last_used_counts(make):
    from kith.core import writes

    first = make("parties.person", family_name="Lind", email="office@arbor.example")
    make("parties.person", family_name="Berg", email="office@arbor.example")
    writes.save(SYSTEM, first, {"description": "called today"})
    assert who("parties.person", {"email": "office@arbor.example"}) == [(first.pk, "same_email", 2)]


def test_phone_and_name_alone_never_join_people(make):
    make("parties.person", given_name="Ivan", family_name="Ivanov", phone="+48221234567")
    assert who("parties.person", {"given_name": "Ivan", "family_name": "Ivanov", "phone": "+48221234567"}) == [None]


def test_companies_join_by_tax_id_or_equal_normalised_name_never_by_a_similar_one(make):
    first = make("parties.company", name="ООО «Ромашка»", tax_id="7701234567")
    rows = [
        {"name": "ромашка"},
        {"name": "Romashka LLC"},
        {"name": "Ромашка-Сервис"},
        {"name": "X", "tax_id": "77 01 234 567"},
    ]
    assert who("parties.company", *rows) == [
        (first.pk, "same_company_name", 1),
        None,
        None,
        (first.pk, "same_tax_id", 1),
    ]


def test_the_trash_is_not_asked(make):
    from kith.core import writes

    person = make("parties.person", family_name="Lind", email="kim@arbor.example", external_ids=["crm-7"])
    writes.delete(SYSTEM, registry.get("parties.person"), [person.pk])
    assert who("parties.person", {"email": "kim@arbor.example"}, {"external_ids": ["crm-7"]}) == [None, None]


def test_three_mails_of_different_years_reach_the_person_and_the_employer_of_their_time(make):
    arbor, birch = (
        make("parties.company", name="Arbor", website="arbor.example"),
        make("parties.company", name="Birch", website="birch.example"),
    )
    person = make("parties.person", family_name="Lind")
    make(
        "parties.contactpoint",
        party=person.pk,
        kind="email",
        value="lind@arbor.example",
        valid_from="2020-01-01",
        valid_to="2024-06-30",
    )
    make("parties.contactpoint", party=person.pk, kind="email", value="lind@birch.example", valid_from="2024-04-01")
    make("parties.employment", person=person.pk, company=arbor.pk, valid_from="2020-01-01", valid_to="2024-06-30")
    make("parties.employment", person=person.pk, company=birch.pk, valid_from="2024-04-01")
    mails = [
        ("lind@arbor.example", dt.date(2023, 5, 2), arbor),
        ("lind@arbor.example", dt.date(2024, 5, 2), arbor),
        ("lind@birch.example", dt.date(2025, 5, 2), birch),
    ]
    for address, day, company in mails:
        assert who("parties.person", {"email": address}, day=day) == [(person.pk, "same_email", 1)]
        assert resolving.employer_on(SYSTEM, person.pk, day, address.partition("@")[2]) == company.pk
    assert who("parties.person", {"email": "lind@arbor.example"}, day=dt.date(2025, 5, 2)) == [None]
    assert resolving.employer_on(SYSTEM, person.pk, dt.date(2019, 5, 2)) is None


def test_a_thousand_rows_need_three_queries(make, django_assert_max_num_queries):
    make("parties.person", family_name="Lind", email="p7@arbor.example")
    rows = [{"email": f"p{number}@arbor.example", "external_ids": [f"x{number}"]} for number in range(1000)]
    with django_assert_max_num_queries(3):
        found = resolving.resolve(registry.get("parties.person"), rows)
    assert [position for position, one in enumerate(found) if one] == [7]
