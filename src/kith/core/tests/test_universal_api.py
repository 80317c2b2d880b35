"""Every entity through the API: with the right, without it, with a row limit; and every field against bad input."""

import itertools
import json

import pytest
from django.test import Client

from kith.core import tokens
from kith.core.access import SYSTEM, allowed
from kith.core.entity import registry
from kith.core.errors import BadValue
from kith.core.ledger import AuditEvent, Change
from kith.core.testing import factory, looks

pytestmark = pytest.mark.django_db
ENTITIES = [entity.label for entity in registry if not entity.access.faces]
STORED_FILES = {"activities.attachment"}  # made by an upload, not from values
CREATABLE = [label for label in ENTITIES if label not in STORED_FILES]
BAD = {
    "NUL": "a\x00b", "surrogate": "\ud800", "1 MB": "x" * 1_000_001, "number": 10**40, "negative": -(10**30), "float": 1e308, "true": True, "list": [[]], "object": {"a": {"b": "c"}}, "text": "☃ no such thing ☃",
    "mail": "a@@b", "date": "2026-13-45", "moment": "yesterday at noon", "id": "01a20c55-fb95-7d3d-ac67-8b4a387dad17", "script": "javascript:alert(1)", "empty list": [None],
}  # fmt: skip


def client_of(user):
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(user=user, name="test", shown=secret[:8], digest=tokens.digest(secret))
    return Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=True)


def send(client, method, entity, body, tail=""):
    return getattr(client, method)(f"/api/v1/{entity.slug}{tail}", json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("label", CREATABLE)
def test_with_the_right_a_record_lives_its_whole_life(people, label):
    entity, eva = registry.get(label), client_of(people.eva)
    made = send(eva, "post", entity, factory.values(entity, full=True, by=people.actors.eva), "?confirm=duplicate")
    assert made.status_code == 201, made.content
    key = made.json()["id"]
    read = eva.get(f"/api/v1/{entity.slug}/{key}").json()
    assert {name: read[name] for name in made.json()} == made.json()
    assert key in [row["id"] for row in eva.get(f"/api/v1/{entity.slug}?limit=200").json()["results"]]
    history = eva.get(f"/api/v1/{entity.slug}/{key}/history").json()["results"]
    assert history[-1]["op"] == "create" and history[-1]["by"] == "Eva All"
    assert AuditEvent.objects.filter(entity=label, record_id=key, origin="api").exists()
    assert eva.delete(f"/api/v1/{entity.slug}/{key}").status_code == 204
    assert eva.get(f"/api/v1/{entity.slug}/{key}").status_code == 404
    assert send(eva, "post", entity, {}, f"/{key}/restore").status_code == 200


@pytest.mark.parametrize("label", CREATABLE)
def test_without_any_right_nothing_is_seen_and_nothing_happens(people, label):
    entity, max_ = registry.get(label), client_of(people.max)
    record = factory.make(entity)
    before = Change.objects.count()
    visible = (
        allowed(people.actors.max, entity, "view") and entity.rows(people.actors.max).filter(pk=record.pk).exists()
    )
    assert max_.get(f"/api/v1/{entity.slug}/{record.pk}").status_code == (200 if visible else 404)
    refused = {
        send(max_, "patch", entity, {}, f"/{record.pk}").status_code,
        max_.delete(f"/api/v1/{entity.slug}/{record.pk}").status_code,
    }
    refused.add(send(max_, "post", entity, factory.values(entity)).status_code)
    assert refused <= {403, 404, 422}
    assert entity.rows(SYSTEM).filter(pk=record.pk, version=record.version).count() == 1
    mine = Change.objects.filter(entity=label, record_id=record.pk).count()
    assert mine == 1 and Change.objects.filter(changeset_id__in=[]).count() == 0
    assert before <= Change.objects.count()


@pytest.mark.parametrize(
    "label",
    [
        label
        for label in CREATABLE
        if "owner" in registry.get(label).access.own
        and "owner" in registry.get(label).declared
        and not registry.get(label).access.public
    ],
)
def test_with_a_row_limit_only_own_rows_are_seen(people, label):
    entity, ann = registry.get(label), client_of(people.ann)
    hers, other = factory.make(entity, owner=str(people.ann.pk)), factory.make(entity, owner=str(people.tom.pk))
    ids = [row["id"] for row in ann.get(f"/api/v1/{entity.slug}?limit=200").json()["results"]]
    assert str(hers.pk) in ids and str(other.pk) not in ids
    assert ann.get(f"/api/v1/{entity.slug}/{other.pk}").status_code == 404
    assert ann.get(f"/api/v1/{entity.slug}?q={str(other)[:40]}").status_code == 200
    assert str(other.pk) not in [
        row["id"] for row in ann.get(f"/api/v1/{entity.slug}", {"q": str(other)[:40]}).json()["results"]
    ]


#: So many values besides those that are new to a type of field.
MORE = 4


def bad_values():
    """What is sent to each kind of record: every value to each type of field somewhere, some to each kind; all with KITH_LONG=1."""
    sent, met = {}, set()
    for label in CREATABLE:
        types = {spec.type.name for spec in registry.get(label).declared.values() if spec.editable and spec.columns}
        new = {name for name in BAD if not met.issuperset(itertools.product(types, [name]))}
        some = {looks.chosen([*BAD], label, str(n)) for n in range(MORE)}
        sent[label] = [name for name in BAD if looks.is_long() or name in new | some]
        met.update(itertools.product(types, sent[label]))
    return sent


def test_every_bad_value_meets_each_type_of_field_and_each_kind_of_record_some(monkeypatch):
    monkeypatch.delenv("KITH_LONG", raising=False)
    sent, types = bad_values(), {}
    for label in CREATABLE:
        fields = registry.get(label).declared.values()
        types[label] = {spec.type.name for spec in fields if spec.editable and spec.columns}
    met = {pair for label in CREATABLE for pair in itertools.product(types[label], sent[label])}
    assert met == {*itertools.product({kind for each in types.values() for kind in each}, BAD)}
    assert [*sent] == CREATABLE and min(map(len, sent.values())) > 1
    monkeypatch.setenv("KITH_LONG", "1")
    assert all(names == [*BAD] for names in bad_values().values())


@pytest.mark.parametrize("label", CREATABLE)
def test_bad_input_in_any_field_is_refused_by_name_and_changes_nothing(people, label):
    entity, eva = registry.get(label), client_of(people.eva)
    good = factory.values(entity, by=people.actors.eva)
    record = factory.make(entity)
    sent = {name: BAD[name] for name in bad_values().get(label, [*BAD])}
    for name, bad in sent.items():
        # what no type refuses; the request after these shows what the door makes of the others
        fields = [spec.name for spec in entity.fields.values() if not refused_by_type(spec, bad)]
        for left in try_all(eva, entity, record, name, bad, fields):
            try_all(eva, entity, record, name, bad, [left])
    for name, bad in sent.items():
        names = [
            spec.name
            for spec in entity.fields.values()
            if spec.editable and spec.columns and refused_by_type(spec, bad)
        ]
        answer = send(eva, "patch", entity, dict.fromkeys(names, bad), f"/{record.pk}")
        if name in ("NUL", "surrogate", "1 MB"):
            assert answer.status_code in (400, 413), (name, answer.content[:300])
        elif names:
            assert answer.status_code == 422 and {error["field"] for error in answer.json()["errors"]} == set(names), (
                name,
                answer.content[:300],
            )
    assert send(eva, "post", entity, {**good, "no_such_field": 1}).status_code == 422


def try_all(client, entity, record, name, bad, fields):
    """Set these fields to a bad value at once, without those that were refused again and again until the rest is kept.

    Answers the fields that were neither named nor kept, to be tried one by one.
    """
    while fields:
        before = Change.objects.count()
        answer = send(client, "patch", entity, dict.fromkeys(fields, bad), f"/{record.pk}?confirm=duplicate")
        told = (name, answer.status_code, answer.content[:300])
        assert answer.status_code in (200, 400, 403, 409, 413, 422), told
        if answer.status_code == 200:
            return []
        assert Change.objects.count() == before, told
        named = {error["field"] for error in answer.json().get("errors", [])}
        assert named or answer.status_code not in (403, 422), told
        if named.isdisjoint(fields):
            return fields if len(fields) > 1 else []
        fields = [field for field in fields if field not in named]
    return []


def refused_by_type(spec, bad):
    try:
        spec.type.clean(bad, spec)
    except BadValue:
        return True
    return False
