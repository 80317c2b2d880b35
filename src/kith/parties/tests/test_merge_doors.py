"""Merging on pages and over the API: comparing, choosing, old addresses, taking apart, refusals that change nothing."""

import json
import uuid

import pytest

from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.ledger import ChangeSet
from kith.core.testing.content import content
from kith.core.testing.people import make_people

pytestmark = pytest.mark.django_db

#: Ids of nobody; the same in each process that collects these tests.
UNKNOWN = (str(uuid.UUID(int=1)), str(uuid.UUID(int=2)))


@pytest.fixture
def people():
    return make_people()


@pytest.fixture
def twins(people, make):
    """Two people of Ann's who are one."""
    one = make("parties.person", given_name="Eva", family_name="Lind", email="eva@arbor.example", owner=people.ann.pk)
    other = make(
        "parties.person", given_name="Eva", family_name="Lindt", email="lind@birch.example", owner=people.ann.pk
    )
    make("activities.note", subject={"entity": "parties.person", "id": str(other.pk)}, text="Called.")
    return one, other


def post(client, address, body):
    return client.post(f"/api/v1/{address}", json.dumps(body), "application/json")


def ids(*records):
    return ",".join(str(record.pk) for record in records)


def test_the_page_compares_and_merges(people, twins):
    one, other = twins
    browser = people.clients.eva
    page = browser.get(f"/people/merge?ids={ids(one, other)}")
    text = page.content.decode()
    assert page.status_code == 200 and text.count("take-family_name") == 2 and text.count("take-email") == 2
    assert "take-given_name" not in text and '<b>Contact points</b></span><span class="r">1' in text
    assert f'href="/people/merge?ids={ids(one, other)}&amp;survivor={other.pk}"' in text
    values = {"ids": ids(one, other), "survivor": str(one.pk), "take-family_name": str(other.pk), "take-email": str(one.pk)}  # fmt: skip
    answer = browser.post("/people/merge", values)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{one.pk}/")
    kept = registry.get("parties.person").rows(SYSTEM).get(pk=one.pk)
    assert (kept.name, kept.email) == ("Eva Lindt", "eva@arbor.example")
    for address in ("", "?tab=history", "edit"):
        led = browser.get(f"/people/{other.pk}/{address}")
        assert (led.status_code, led.headers["Location"]) == (302, f"/people/{one.pk}/{address}")
    assert browser.get(f"/parties/{other.pk}/").headers["Location"].endswith(f"/{one.pk}/")
    assert people.clients.max.get(f"/people/{other.pk}/").status_code == 404
    history = browser.get(f"/people/{one.pk}/?tab=history").content.decode()
    change = ChangeSet.objects.get(kind="merge").pk
    assert "Merged into this one" in history and f"/undo/{change}" in history
    assert "This was a merge." in browser.get(f"/undo/{change}").content.decode()
    assert browser.post(f"/undo/{change}").status_code == 302
    assert browser.get(f"/people/{other.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("given", "status"),
    [("", 422), ("nonsense", 422), (UNKNOWN[0], 422), (",".join(UNKNOWN), 404)],
)
def test_pages_refuse_what_cannot_be_merged(people, twins, given, status):
    before = content()
    for answer in (people.clients.eva.get(f"/people/merge?ids={given}"), people.clients.eva.post("/people/merge", {"ids": given})):  # fmt: skip
        assert answer.status_code == status
    assert people.clients.eva.get("/tasks/merge?ids=").status_code == 404
    assert people.clients.max.get(f"/people/merge?ids={ids(*twins)}").status_code == 404
    assert content() == before


def test_a_selection_of_the_list_leads_to_the_page(people, twins):
    browser = people.clients.eva
    answer = browser.post("/people/bulk/merge", {"ids": ids(*twins)}, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"/people/merge?ids={ids(*twins)}"
    assert browser.post("/people/bulk/merge", {"ids": ids(twins[0])}).status_code == 422
    assert 'data-bulk="/people/bulk/merge"' in browser.get("/people/").content.decode()


def test_the_api_merges_tells_where_the_old_one_went_and_takes_apart(people, twins):
    one, other = twins
    api = people.clients.eva
    body = {"records": [str(one.pk), str(other.pk)], "survivor": str(one.pk)}
    before = content()
    seen = post(api, "people/merge", {**body, "preview": True}).json()
    assert (seen["survivor"], seen["moves"]) == (str(one.pk), {"parties.contactpoint": 1, "activities.note": 1})
    assert content() == before
    made = post(api, "people/merge", {**body, "take": {"family_name": str(other.pk)}, "reason": "The same woman"})
    assert made.status_code == 200
    assert made.json()["survivor"]["name"] == "Eva Lindt"
    assert made.json()["moved"] == {"parties.contactpoint": 1, "activities.note": 1}
    change = ChangeSet.objects.get(pk=made.json()["changeset"])
    assert (change.kind, change.origin, change.reason) == ("merge", "api", "The same woman")
    gone = api.get(f"/api/v1/people/{other.pk}")
    assert (gone.status_code, gone.json()["merged_into"]) == (404, str(one.pk))
    hidden = people.clients.max.get(f"/api/v1/people/{other.pk}")
    assert hidden.status_code == 404 and "merged_into" not in hidden.json()
    assert post(people.clients.max, f"people/{other.pk}/unmerge", {}).status_code == 404
    parted = post(api, f"people/{other.pk}/unmerge", {}).json()
    assert (parted["record"]["name"], parted["kept"]) == ("Eva Lindt", [])
    assert content() == before
    again = post(api, f"people/{other.pk}/unmerge", {})
    assert again.status_code == 422 and content() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"records": "x"}, 400),
        ({"records": ["x", "y"]}, 400),
        ({"records": [], "odd": 1}, 400),
        ({"records": []}, 422),
        ({"records": [], "preview": "yes"}, 400),
        ({"records": list(UNKNOWN)}, 404),
        ({"records": [], "take": []}, 400),
    ],
)
def test_the_api_names_what_is_wrong(people, twins, body, status):
    before = content()
    assert post(people.clients.eva, "people/merge", body).status_code == status
    assert content() == before


def test_only_with_all_rights(people, twins, make):
    """Ann merges her own; with somebody else's record among them she may not, and nothing changes."""
    one, other = twins
    strange = make("parties.person", given_name="Eva", family_name="Lind", owner=people.eva.pk)
    before = content()
    assert post(people.clients.ann, "people/merge", {"records": [str(one.pk), str(strange.pk)]}).status_code == 404
    assert post(people.clients.max, "people/merge", {"records": [str(one.pk), str(other.pk)]}).status_code == 404
    assert content() == before
    assert post(people.clients.ann, "people/merge", {"records": [str(one.pk), str(other.pk)]}).status_code == 200


def test_the_document_tells_of_it_to_whoever_may(people):
    paths = people.clients.eva.get("/api/v1/openapi.json").json()["paths"]
    for path in ("people/merge", "people/{id}/unmerge", "people/duplicates", "people/duplicates/decide", "people/{id}/duplicates", "companies/merge"):  # fmt: skip
        assert f"/api/v1/{path}" in paths
    assert "/api/v1/tasks/merge" not in paths


def test_an_import_of_an_old_external_id_reaches_the_survivor(people, make):
    one = make("parties.company", name="Arbor", external_ids=["a-1"])
    other = make("parties.company", name="Arbor GmbH", external_ids=["b-1"])
    post(people.clients.eva, "companies/merge", {"records": [str(one.pk), str(other.pk)], "survivor": str(one.pk)})
    put = people.clients.eva.put("/api/v1/companies/by-external-id/b-1", json.dumps({"legal_form": "GmbH"}), "application/json")  # fmt: skip
    assert (put.status_code, put.json()["id"]) == (200, str(one.pk))


def test_a_merged_record_is_no_trash(people, twins):
    one, other = twins
    post(people.clients.eva, "people/merge", {"records": [str(one.pk), str(other.pk)], "survivor": str(one.pk)})
    assert str(other.pk) not in people.clients.eva.get("/trash?kind=people").content.decode()
    led = people.clients.eva.get(f"/people/{other.pk}/?trash=1")
    assert (led.status_code, led.headers["Location"]) == (302, f"/people/{one.pk}/")
    restored = people.clients.eva.post(f"/api/v1/people/{other.pk}/restore")
    assert (restored.status_code, restored.json()["merged_into"]) == (404, str(one.pk))


def test_records_of_two_kinds_are_refused_by_name_to_who_sees_them(people, twins, make):
    company = make("parties.company", name="Arbor", owner=people.eva.pk)
    body = {"records": [str(twins[0].pk), str(company.pk)]}
    before = content()
    answer = post(people.clients.eva, "people/merge", body)
    assert answer.status_code == 422 and "“Arbor” is of another kind (company)" in answer.content.decode()
    page = people.clients.eva.get(f"/people/merge?ids={ids(twins[0], company)}")
    assert page.status_code == 422 and "“Arbor” is of another kind (company)" in page.content.decode()
    hidden = post(people.clients.ann, "people/merge", body)
    assert hidden.status_code == 404 and "Arbor" not in hidden.content.decode()
    assert content() == before
