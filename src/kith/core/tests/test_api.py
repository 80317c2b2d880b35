"""The REST door: reading, writing, rights, conflicts, retries, and bad input in words."""

import json

import pytest
from django.test import Client

from kith.core import tokens, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.ledger import Change
from kith.core.testing import factory

pytestmark = pytest.mark.django_db


def token(user, *scopes):
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user=user, name="test", shown=secret[:8], digest=tokens.digest(secret), scopes=list(scopes)
    )
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def eva(people):
    return token(people.eva)


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(
        f"/api/v1/{path}",
        json.dumps(body) if not isinstance(body, str | bytes) else body,
        content_type="application/json",
        headers=headers,
    )


def industry(name="Paper"):
    return writes.create(SYSTEM, registry.get("parties.industry"), {"name": name})


def test_a_record_goes_round(eva):
    made = send(eva, "post", "industries", {"name": " Paper ", "hue": "amber"})
    assert (made.status_code, made.json()["name"], made.headers["ETag"]) == (201, "Paper", '"1"')
    path = made.headers["Location"].removeprefix("/api/v1/")
    changed = send(eva, "patch", path, {"hue": "blue"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["hue"], changed.json()["version"]) == (200, "blue", 2)
    assert eva.get(f"/api/v1/{path}", headers={"If-None-Match": '"2"'}).status_code == 304
    assert eva.delete(f"/api/v1/{path}").status_code == 204
    assert eva.get(f"/api/v1/{path}").status_code == 404
    assert send(eva, "post", f"{path}/restore", {}).json()["name"] == "Paper"
    history = eva.get(f"/api/v1/{path}/history").json()["results"]
    assert [(entry["op"], entry["origin"]) for entry in history] == [
        ("restore", "api"),
        ("delete", "api"),
        ("update", "api"),
        ("create", "api"),
    ]
    assert (history[2]["before"], history[2]["after"]) == ({"hue": "amber"}, {"hue": "blue"})


@pytest.mark.parametrize(("tag", "status"), [("", 400), ("first", 400), ("١", 400), ('"1234567890"', 400), ('"1", "2"', 400), ("1", 200), ("*", 200)])  # fmt: skip
def test_a_version_that_is_none_is_refused(eva, tag, status):
    path = f"industries/{industry().pk}"
    answer = send(eva, "patch", path, {"name": "Other"}, **{"If-Match": tag})
    assert answer.status_code == status, answer.content
    assert eva.get(f"/api/v1/{path}").json()["name"] == ("Other" if status == 200 else "Paper")


def test_pages_follow_each_other_without_gap(eva):
    writes.create_many(SYSTEM, registry.get("parties.industry"), [{"name": f"I {n:03}"} for n in range(25)])
    seen, address = [], "/api/v1/industries?limit=10&sort=name&fields=name"
    while address:
        page = eva.get(address).json()
        seen += [row["name"] for row in page["results"]]
        address = page["next"]
    assert seen == [f"I {n:03}" for n in range(25)]
    assert (page["count"], page["count_is_exact"]) == (25, True)


def test_filters_of_the_address_and_of_json(eva):
    writes.create_many(SYSTEM, registry.get("parties.industry"), [{"name": "Paper", "hue": "amber"}, {"name": "Steel"}])
    assert [row["name"] for row in eva.get("/api/v1/industries?f=hue:is:amber").json()["results"]] == ["Paper"]
    tree = json.dumps({"any": [{"field": "name", "op": "is", "value": "steel"}]})
    assert [row["name"] for row in eva.get("/api/v1/industries", {"filter": tree}).json()["results"]] == ["Steel"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"nam": "x"}, 422, "nam"), ({"name": 5}, 422, "name"), ({"name": "a\x00"}, 400, None), ('{"name": "\\ud800"}', 400, None), ({"name": "x" * 2_000_000}, 413, None), ("{", 400, None),
        ([1], 400, None), ({"name": "x", "position": 10**12}, 422, "position"), ({"name": "x", "position": "many"}, 422, "position"), ({"name": "x", "is_active": "yes"}, 422, "is_active"),
        ({"name": "x", "version": 7}, 422, "version"), ({"name": "x", "created_by": None}, 403, "created_by"), ({}, 422, "name"), ("[" * 100_000, 400, None), ({"name": "x", "translations": "\x00"}, 400, None),
        ({"name": "x", "owner": "bob"}, 422, "owner"), ({"name": "x", "tags": ["x"]}, 422, "tags"), ({"name": "x", "external_ids": {"a": 1}}, 422, "external_ids"),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_with_the_field_and_change_nothing(eva, body, status, field):
    before = Change.objects.count()
    answer = send(eva, "post", "industries", body)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    if field:
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert (registry.get("parties.industry").rows(SYSTEM).count(), Change.objects.count()) == (0, before)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "sort=nme",
        "f=nme:is:x",
        "fields=nme",
        "after=%%%",
        "after=bnVsbA",
        "filtre=x",
        "filter={",
        "f=name:is:%00",
        "sort=-translations",
        "limit=201",
    ],
)
def test_bad_parameters_are_told(eva, query):
    answer = eva.get(f"/api/v1/industries?{query}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")


def test_without_a_token_or_with_a_wrong_one_nothing_is_told(people):
    assert Client().get("/api/v1/industries").status_code == 401
    assert Client(headers={"Authorization": "Bearer kith_wrong"}).get("/api/v1/industries").status_code == 401


def test_a_revoked_token_and_a_deactivated_owner_end_at_once(people):
    client = token(people.eva)
    assert client.get("/api/v1/industries").status_code == 200
    writes.save(SYSTEM, people.eva, {"is_active": False})
    assert client.get("/api/v1/industries").status_code == 401


def test_scopes_cut_rights(people):
    client = token(people.eva, "parties.industry:view")
    industry()
    assert client.get("/api/v1/industries").status_code == 200
    assert client.get("/api/v1/companies").status_code == 404
    assert send(client, "post", "industries", {"name": "Steel"}).status_code == 403
    assert registry.get("parties.industry").rows(SYSTEM).count() == 1


def test_hidden_is_missing_and_seen_is_forbidden(people):
    unit = writes.create(SYSTEM, registry.get("people.orgunit"), {"name": "North"})
    ann = token(people.ann)
    assert ann.get(f"/api/v1/departments/{unit.pk}").status_code == 200
    answer = send(ann, "patch", f"departments/{unit.pk}", {"name": "South"})
    assert (answer.status_code, answer.json()["right"]) == (403, "people.orgunit:edit")
    hidden = writes.create(SYSTEM, registry.get("activities.task"), {"name": "Secret"})
    absent = "01a20c55-fb95-7d3d-ac67-8b4a387dad17"
    answers = [ann.get(f"/api/v1/tasks/{key}") for key in (hidden.pk, absent)]
    assert [answer.status_code for answer in answers] == [404, 404]
    first = {**answers[0].json(), "request_id": ""}
    assert first == {**answers[1].json(), "request_id": ""}


def test_a_stale_edit_of_the_same_field_is_a_conflict(eva):
    record = industry()
    send(eva, "patch", f"industries/{record.pk}", {"name": "Pulp"})
    answer = send(eva, "patch", f"industries/{record.pk}", {"name": "Board"}, **{"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["clashes"][0]["theirs"]) == (412, "Pulp")


def test_a_repeated_post_has_one_effect(eva):
    first = send(eva, "post", "industries", {"name": "Paper"}, **{"Idempotency-Key": "k1"})
    again = send(eva, "post", "industries", {"name": "Paper"}, **{"Idempotency-Key": "k1"})
    other = send(eva, "post", "industries", {"name": "Steel"}, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code, again.json()["id"], other.status_code) == (
        201,
        201,
        first.json()["id"],
        422,
    )
    assert registry.get("parties.industry").rows(SYSTEM).count() == 1


def test_bulk_answers_row_by_row(eva):
    record = industry()
    operations = [
        {"op": "create", "values": {"name": "Steel"}},
        {"op": "create", "values": {}},
        {"op": "update", "id": str(record.pk), "values": {"hue": "blue"}},
        {"op": "delete", "id": "nothing"},
        {"op": "melt"},
    ]
    answer = send(eva, "post", "industries/bulk", {"operations": operations})
    assert [row["status"] for row in answer.json()["results"]] == [201, 422, 200, 404, 400]


def test_upsert_by_external_id(eva):
    assert send(eva, "put", "industries/by-external-id/erp:7", {"name": "Paper"}).status_code == 201
    answer = send(eva, "put", "industries/by-external-id/erp:7", {"hue": "blue"})
    assert (answer.status_code, answer.json()["name"], answer.json()["hue"]) == (200, "Paper", "blue")


def test_a_field_that_kith_works_out_itself_is_named_with_the_remedy(eva, people):
    company = factory.make("parties.company", name="Works")
    answer = send(eva, "patch", f"companies/{company.pk}", {"name": "Changed", "city": "Kazan"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"]) == (403, "city")
    words = "Kith works out city itself: leave it out, or change what it follows from."
    assert error["message"] == answer.json()["detail"] == words
    with pytest.raises(Forbidden, match=r"parties\.company:edit: city"):
        writes.save(people.actors.eva, company, {"city": "Kazan"})
    assert registry.get("parties.company").rows(SYSTEM).get().name == "Works"


def test_undo_over_the_api(eva):
    made = send(eva, "post", "industries", {"name": "Paper"}).json()
    entry = eva.get(f"/api/v1/industries/{made['id']}/history").json()["results"][0]
    assert send(eva, "post", f"undo/{entry['changeset']}", {}).json()["restored"] == 1
    assert registry.get("parties.industry").rows(SYSTEM).count() == 0


def test_undo_of_what_is_no_change_set_is_told(eva):
    assert send(eva, "post", "undo/nonsense", {}).status_code == 404
    assert send(eva, "post", "undo/01a20c55-fb95-7d3d-ac67-8b4a387dad17", {}).status_code == 404


def test_the_document_shows_each_caller_only_what_is_theirs(people):
    whole = token(people.eva).get("/api/v1/openapi.json").json()
    assert whole["openapi"] == "3.1.0" and "post" in whole["paths"]["/api/v1/industries"]
    less = token(people.max).get("/api/v1/openapi.json").json()
    assert "/api/v1/people" not in less["paths"] and "post" not in less["paths"].get("/api/v1/industries", {})


def test_a_session_without_csrf_token_cannot_write(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.eva)
    assert client.get("/api/v1/industries").status_code == 200
    assert send(client, "post", "industries", {"name": "Paper"}).status_code == 403


def test_an_address_that_does_not_exist_is_answered_for_programs(people):
    answer = token(people.eva).get("/api/v1/companies/no-id/lease")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["title"]


def test_methods_are_told_and_refused_by_right_before_the_body_is_read(people):
    key = factory.make("parties.industry").pk
    for path, able, unable, status in (
        ("industries", "GET, POST", "GET", 403),
        (f"industries/{key}", "GET, PATCH, DELETE", "GET", 403),
    ):
        assert token(people.eva).put(f"/api/v1/{path}")["Allow"] == able
        assert token(people.max).put(f"/api/v1/{path}")["Allow"] == unable
        method = "post" if path == "industries" else "patch"
        assert send(token(people.max), method, f"{path}?x=1", "no json").status_code == status


def test_the_document_names_every_address_of_a_record(people):
    paths = token(people.eva).get("/api/v1/openapi.json").json()["paths"]
    for tail in ("", "/report", "/bulk", "/by-external-id/{external_id}", "/{id}", "/{id}/history", "/{id}/restore", "/{id}/actions/add_to_list"):  # fmt: skip
        assert f"/api/v1/companies{tail}" in paths, tail
    assert {"/api/v1/changes", "/api/v1/undo/{id}"} <= paths.keys()


def test_a_wrong_value_of_an_action_names_its_field(people):
    key = factory.make("parties.company").pk
    answer = send(token(people.eva), "post", f"companies/{key}/actions/add_to_list", {"name": "x" * 9999})
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == ["name"]
    assert token(people.eva).get("/api/v1/companies?count=7").status_code == 400


@pytest.mark.parametrize("query", ["fields=no_such", "feilds=name"])
def test_a_wrong_parameter_is_found_before_anything_is_written(eva, people, query):
    key = industry().pk
    trashed = industry("Old")
    writes.delete(SYSTEM, registry.get("parties.industry"), [trashed.pk])
    company, before = factory.make("parties.company").pk, Change.objects.count()
    answers = [
        send(eva, "post", f"industries?{query}", {"name": "New"}),
        send(eva, "patch", f"industries/{key}?{query}", {"name": "New"}),
        send(eva, "put", f"industries/by-external-id/a:1?{query}", {"name": "New"}),
        send(eva, "post", f"industries/{trashed.pk}/restore?{query}"),
        send(eva, "post", f"companies/{company}/actions/add_to_list?{query}", {"name": "New"}),
    ]
    assert [answer.status_code for answer in answers] == [400] * 5
    assert Change.objects.count() == before
    change = Change.objects.latest("id").changeset_id
    assert send(eva, "post", f"undo/{change}?preview=yes").status_code == 400
