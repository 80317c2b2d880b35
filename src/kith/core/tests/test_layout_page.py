"""The editor of layouts: what it shows, saves, refuses and takes back; whose pages follow it."""

import re

import pytest

from kith.core import layouts, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.layouts import Laid
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db
COMPANY, PAGE = "parties.company", "/settings/layouts/companies"


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def company(people):
    return writes.create(SYSTEM, registry.get(COMPANY), {"name": "Halden Paper", "owner": people.ann.pk, "website": "halden.example"})  # fmt: skip


def form_of(html):
    """What the browser would send of the editor, as it stands: pairs in the order of the page."""
    form = re.sub(
        r"<template.*?</template>", "", html.split('id="layout-form"')[1].split("</form>")[0], flags=re.DOTALL
    )
    pairs = []
    for tag in re.findall(r"<input [^>]*>", form):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in facts and " disabled" not in tag and (facts.get("type") != "checkbox" or " checked" in tag):
            pairs.append((facts["name"], facts.get("value", "")))
    return pairs


def sent(pairs, without=(), **more):
    """The pairs as form data, without some of them."""
    data = {}
    for name, value in pairs:
        if (name, value) not in without:
            data.setdefault(name, []).append(value)
    return data | more


def pieces():
    return [row.pieces for row in registry.get("core.layout").rows(SYSTEM)]


def test_saved_as_it_stands_it_differs_in_nothing(people, company):
    page = people.clients.eva.get(PAGE)
    answer = people.clients.eva.post(PAGE, sent(form_of(page.text)))
    assert (page.status_code, answer.status_code, answer.url) == (200, 302, PAGE)
    assert pieces() == [{}]


def test_unticked_and_moved_lines_are_kept_and_shown_again(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    lines = [value for name, value in pairs if name == "line"]
    website = lines.index("f:website")
    moved = [*lines[:website], *lines[website + 1 :]]
    moved.insert(1, "f:website")
    data = sent(pairs, {("shown", "description"), ("columns.shown", "city"), ("strip.shown", "industry")}, line=moved)
    people.clients.eva.post(PAGE, data)
    (kept,) = pieces()
    first = next(iter(Laid(registry.get(COMPANY)).declared))
    assert kept["fields"]["hidden"] == ["description"]
    assert kept["fields"]["order"][first][0] == "website"
    assert kept["columns"]["hidden"] == ["city"]
    assert kept["strip"] == {"hidden": ["industry"]}
    again = form_of(people.clients.eva.get(PAGE).text)
    assert [value for name, value in again if name == "line"] == moved
    assert ("shown", "description") not in again
    people.clients.eva.post(PAGE, sent(again))
    assert pieces() == [kept]


def test_a_section_of_its_own_and_another_title_in_the_language_of_whoever_edits(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    first = next(iter(Laid(registry.get(COMPANY)).declared))
    lines = [value for name, value in pairs if name == "line" and value != "f:website"]
    data = sent(pairs, line=["s:x-web", "f:website", *lines], **{"title.x-web": " On  the web ", f"title.{first}": "The basics"})  # fmt: skip
    people.clients.eva.post(PAGE, data)
    html = people.clients.ann.get(f"/companies/{company.pk}/").text
    assert html.index("On the web") < html.index("The basics") < html.index("Registration")
    (kept,) = pieces()
    assert kept["sections"]["titles"] == {"x-web": {"en": "On the web"}, first: {"en": "The basics"}}
    writes.save(SYSTEM, people.ann, {"language": "ru"})
    html = people.clients.ann.get(f"/companies/{company.pk}/").text
    assert "On the web" in html  # of an own section there is no other word
    assert "The basics" not in html


def test_what_is_needed_stays_whatever_is_sent(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    people.clients.eva.post(PAGE, sent(pairs, {("shown", "name")}))
    assert pieces() == [{}]
    html = people.clients.eva.get(PAGE).text
    assert "No company can be created without it." in html


def test_one_of_a_role_begins_with_what_holds_and_reset_takes_it_back(people, company):
    role = f"?for=access.role/{people.roles.own.pk}"
    pairs = form_of(people.clients.eva.get(PAGE).text)
    people.clients.eva.post(PAGE, sent(pairs, {("shown", "website")}))
    page = people.clients.eva.get(PAGE + role)
    assert "There is no layout of its own for “Own” yet" in page.text
    assert ("shown", "website") not in form_of(page.text)
    people.clients.eva.post(PAGE + role, sent([*form_of(page.text), ("shown", "website")]))
    assert 'id="field-website"' in people.clients.ann.get(f"/companies/{company.pk}/").text
    assert 'id="field-website"' not in people.clients.tom.get(f"/companies/{company.pk}/").text
    people.clients.eva.post(f"{PAGE}/reset{role}")
    assert 'id="field-website"' not in people.clients.ann.get(f"/companies/{company.pk}/").text
    assert people.clients.eva.post(f"{PAGE}/reset{role}").status_code == 404
    index = people.clients.eva.get("/settings/layouts/").text
    assert f'href="{PAGE}">Everybody' in index
    assert "access.role" not in index


def test_the_preview_shows_what_is_drawn_to_oneself_and_as_a_role(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    seen = people.clients.eva.post(f"{PAGE}/preview", sent(pairs)).text
    assert "halden.example" in seen
    assert "halden.example" not in people.clients.eva.post(f"{PAGE}/preview", sent(pairs, {("shown", "website")})).text
    policy = {"role": people.roles.own.pk, "entity": COMPANY, "field": "website", "level": "none"}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    as_own = {"as": str(people.roles.own.pk)}
    assert "halden.example" not in people.clients.eva.post(f"{PAGE}/preview", sent(pairs, **as_own)).text
    assert pieces() == []


def test_fields_that_the_editor_may_not_read_stay_where_they_are(people, company):
    policy = {"role": people.roles.all.pk, "entity": COMPANY, "field": "website", "level": "none", "deny": True}
    writes.create(SYSTEM, registry.get("access.fieldpolicy"), policy)
    page = people.clients.eva.get(PAGE).text
    assert "f:website" not in page
    people.clients.eva.post(PAGE, sent(form_of(page)))
    assert "website" not in layouts.of(registry.get(COMPANY), people.actors.ann).hidden
    assert 'id="field-website"' in people.clients.ann.get(f"/companies/{company.pk}/").text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/settings/layouts/nothing", 404),
        ("/settings/layouts/companies?for=access.role/7", 404),
        ("/settings/layouts/companies?for=core.tag/7", 404),
        ("/settings/layouts/companies?for=nonsense", 404),
    ],
)
def test_addresses_that_lead_nowhere(people, address, status):
    assert people.clients.eva.get(address).status_code == status


def test_nobody_else_gets_there(people):
    for address in ("/settings/layouts/", PAGE):
        assert people.clients.tom.get(address).status_code == 403
    for address in (PAGE, f"{PAGE}/preview", f"{PAGE}/reset"):
        assert people.clients.tom.post(address, {}).status_code == 403
    assert pieces() == []


def test_two_who_edit_at_once_are_told(people, company):
    pairs = form_of(people.clients.eva.get(PAGE).text)
    people.clients.eva.post(PAGE, sent(pairs))
    old = form_of(people.clients.eva.get(PAGE).text)
    people.clients.eva.post(PAGE, sent(old, {("shown", "website")}))
    answer = people.clients.eva.post(PAGE, sent(old, {("shown", "description")}))
    assert answer.status_code == 409
    assert pieces() == [{"fields": {"hidden": ["website"]}}]
