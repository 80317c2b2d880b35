"""The API keeps to its own document, in the small: a few kinds of records, three callers; `python -m tests.fuzz.api` does it in the large."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)  # schemathesis asks from threads of its own
LABELS = frozenset({"parties.industry"})
ONLY = "/(industries|changes|undo)(/|$)"


@pytest.fixture
def callers():
    from kith.core import custom_fields

    from .world import build

    custom_fields.forget()
    yield {caller.name: caller for caller in build(LABELS)}
    custom_fields.forget()


def test_whatever_is_asked_is_answered_as_the_document_says(callers):
    from . import running

    for name, caller in callers.items():
        found = running.run(caller, examples=2, seed=1, phases=("fuzzing",), only=ONLY)
        assert (found.failures, found.errors) == ({}, []), name
        assert found.requests >= (5 if name == "nobody" else 10), found.statuses
        assert found.statuses[200], "control: something is answered"


def test_an_answer_that_breaks_its_word_is_seen(callers, monkeypatch):
    """Negative controls: a server error, and a value of another type than the document says."""
    from kith.core.api import rows, views

    from . import running

    data, reading = rows.as_data, views.changes_of
    monkeypatch.setattr(rows, "as_data", lambda *given: data(*given) | {"version": "one"})
    monkeypatch.setattr(views, "changes_of", lambda *given: reading(*given)[0]["no such"])
    found = running.run(callers["administrator"], examples=2, seed=1, phases=("fuzzing",), only=ONLY)
    seen = {check for check, _operation, _title in found.failures}
    assert {"response_schema_conformance", "not_a_server_error"} <= seen, found.failures.keys()


ODD = {
    "NUL": "a\x00b",
    "half a pair": "\ud800",
    "a huge number": 10**400,
    "deep": [[[]]],
    "long": "x" * 500_000,
    "wrong type": {"a": 1},
}


@pytest.mark.parametrize("what", ODD)
def test_odd_values_are_refused_by_name(callers, what):
    import json

    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {callers['administrator'].token}"})
    answer = client.post("/api/v1/industries", json.dumps({"name": ODD[what]}), content_type="application/json")
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    (error,) = answer.json()["errors"]
    assert error["pointer"].startswith("/name") and error["message"]
    deep = "[" * 100_000 + "]" * 100_000
    answer = client.post("/api/v1/industries", '{"name": ' + deep + "}", content_type="application/json")
    assert answer.status_code == 400 and answer.json()["detail"]
