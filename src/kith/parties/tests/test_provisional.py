"""Provisional parties stay out of plain lists, counts, exports and first choices; asked for, and in search, they are there (R11)."""

import json

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.testing import factory
from kith.core.testing.people import client_of, grant

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["companies", "people"])
def slug(request):
    return request.param


@pytest.fixture
def pair(people, slug):
    entity = registry.by_slug(slug)
    name = "name" if slug == "companies" else "family_name"
    known, unknown = (
        factory.make(entity, status=status, **{name: f"Zaribor {status}"}) for status in ("active", "provisional")
    )
    return known, unknown


def text(answer):
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def test_the_plain_list_leaves_them_out_with_a_chip_that_can_be_taken_away(people, slug, pair):
    known, unknown = pair
    html = text(people.clients.eva.get(f"/{slug}/"))
    assert f"row-{known.pk}" in html and f"row-{unknown.pk}" not in html
    assert 'class="fchip' in html and "rovisional" in html
    everybody = text(people.clients.eva.get(f"/{slug}/?f="))
    assert f"row-{known.pk}" in everybody and f"row-{unknown.pk}" in everybody
    only = text(people.clients.eva.get(f"/{slug}/?f=status:any:provisional"))
    assert f"row-{known.pk}" not in only and f"row-{unknown.pk}" in only


def test_the_export_holds_what_the_list_shows(people, slug, pair):
    names = [
        [row["id"] for row in json.loads(text(people.clients.eva.get(f"/{slug}/export?format=json{more}")))]
        for more in ("", "&f=")
    ]
    assert [sorted(found) for found in names] == [[str(pair[0].pk)], sorted(str(one.pk) for one in pair)]


def test_the_first_choices_leave_them_out_and_typed_words_find_them_marked(people, slug, pair):
    first = text(people.clients.eva.get(f"/{slug}/lookup?q="))
    assert str(pair[0].pk) in first and str(pair[1].pk) not in first
    found = text(people.clients.eva.get(f"/{slug}/lookup?q=zaribor"))
    assert str(pair[1].pk) in found and ">provisional<" in found


def test_search_finds_them_with_a_mark(people, slug, pair):
    html = text(people.clients.eva.get("/palette?q=zaribor"))
    assert f"/{slug}/{pair[1].pk}/" in html and "· provisional" in html


def test_a_program_gets_all_unless_it_asks_otherwise(people, slug, pair):
    found = people.clients.eva.get(f"/api/v1/{slug}").json()["results"]
    assert {row["id"] for row in found} == {str(one.pk) for one in pair}


def test_who_may_not_read_the_state_sees_all_they_may_see(people, slug, pair):
    from kith.core import writes

    role = grant(people.max, (registry.by_slug(slug).label, "view", "all"))
    writes.create(
        SYSTEM,
        registry.get("access.fieldpolicy"),
        {"role": str(role.pk), "entity": registry.by_slug(slug).label, "field": "status", "level": "none"},
    )
    html = text(client_of(people.max).get(f"/{slug}/"))
    assert f"row-{pair[0].pk}" in html and f"row-{pair[1].pk}" in html
    assert text(client_of(people.max).get(f"/{slug}/lookup?q=zaribor")).count("provisional<") == 1  # the name alone
