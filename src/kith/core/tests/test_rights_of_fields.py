"""Fields within rights: which names may be written and what is said of the others, what pages, files and actions take and show."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from kith.core import custom_fields, files, tokens, writes
from kith.core.access import SYSTEM
from kith.core.api.callers import by_token
from kith.core.cleaning import TOO_LATE, check_names
from kith.core.entity import registry
from kith.core.errors import Forbidden, Refused
from kith.core.merging.merge import merge
from kith.core.testing import factory
from kith.core.testing.people import client_of, fresh, grant, make_user
from kith.core.tests.test_api import send

pytestmark = pytest.mark.django_db
COMPANY, DEAL = "parties.company", "sales.opportunity"


def kind(label: str = COMPANY) -> Any:
    return registry.get(label)


@pytest.fixture
def una() -> SimpleNamespace:
    """Una sees every company, with its history, and edits her own; she reads the website, and does not read the telephone."""
    user, other = make_user("Una"), make_user("Otto")
    role = grant(user, (COMPANY, "view", "all"), (COMPANY, "history", "all"), (COMPANY, "edit", "own"))
    for field, level in (("website", "read"), ("phone", "none")):
        values = {"role": role.pk, "entity": COMPANY, "field": field, "level": level, "deny": True}
        writes.create(SYSTEM, registry.get("access.fieldpolicy"), values)
    made = {one.name: factory.make(COMPANY, name=one.name, owner=one.pk, description="Said") for one in (user, other)}
    return SimpleNamespace(user=user, mine=made["Una"], theirs=made["Otto"])


def kept(record: Any) -> tuple[Any, ...]:
    """What must not change where something is refused."""
    now = kind(registry.for_model(type(record)).label).rows(SYSTEM).get(pk=record.pk)
    return now.version, str(now)


def sentence(error: Exception) -> str:
    return str(error.message)  # type: ignore[attr-defined]


# --- names --------------------------------------------------------------------------------------------------------------


def test_fields_that_may_not_be_read_are_unknown(una: SimpleNamespace) -> None:
    actor, before = fresh(una.user), kept(una.mine)
    for values, unknown in (
        ({"phone": "+4769184321"}, {"phone"}),
        ({"nothing": 1}, {"nothing"}),
        ({"name": "New", "nothing": 1, "phone": "+4769184321", "website": "https://new.example"}, {"nothing", "phone"}),
    ):
        with pytest.raises(Refused) as refused:
            writes.save(actor, una.mine, values)
        told = {name: [str(text) for text in texts] for name, texts in refused.value.errors.items()}
        assert set(told) == unknown and len({*map(tuple, told.values())}) == 1
        valid = told.popitem()[1][0].removeprefix("Unknown field; there are: ").removesuffix(".").split(", ")
        assert {"name", "description"} <= set(valid) and not {"phone", "website", "created_at"} & set(valid)
        assert valid == sorted(valid) and kept(una.mine) == before


def test_fields_that_may_not_be_written_are_named(una: SimpleNamespace) -> None:
    actor, before = fresh(una.user), kept(una.mine)
    forbidden = "You may not write: {}."
    worked_out = "Kith works out {} itself: leave it out, or change what it follows from."
    for values, words, fields in (
        ({"website": "https://new.example"}, forbidden, ("website",)),
        ({"name": "New", "website": "https://new.example"}, forbidden, ("website",)),
        ({"created_at": "2020-01-01T00:00:00Z"}, worked_out, ("created_at",)),
        ({"website": "https://new.example", "created_at": "2020-01-01T00:00:00Z"}, worked_out, ("created_at",)),
    ):
        with pytest.raises(Forbidden) as refused:
            writes.save(actor, una.mine, values)
        assert (refused.value.right, refused.value.fields) == (f"{COMPANY}:edit", fields)
        assert sentence(refused.value) == words.format(", ".join(fields)) and kept(una.mine) == before
    check_names(actor, kind(), ["name", "description"])
    assert writes.save(actor, una.mine, {"description": "Done"}).description == "Done"


def test_what_comes_with_an_import_is_given_to_new_records_only(people: SimpleNamespace, una: SimpleNamespace) -> None:
    grant(una.user, *((DEAL, operation, "all") for operation in ("view", "edit", "create")))
    with pytest.raises(Forbidden) as refused:
        check_names(fresh(una.user), kind(DEAL), ["stage_at"], is_new=True)
    assert refused.value.fields == ("stage_at",)
    grant(una.user, (DEAL, "import", "all"))
    check_names(fresh(una.user), kind(DEAL), ["name", "stage_at"], is_new=True)
    with pytest.raises(Refused) as late:
        check_names(fresh(una.user), kind(DEAL), ["name", "stage_at"])
    assert late.value.errors == {"stage_at": [TOO_LATE]}
    made = writes.create(fresh(una.user), kind(DEAL), {"name": "Old", "company": una.mine.pk, "stage_at": "2020-01-01T00:00:00Z"})  # fmt: skip
    assert made.stage_at.isoformat() == "2020-01-01T00:00:00+00:00"


# --- one value on a page ------------------------------------------------------------------------------------------------


def test_a_value_is_edited_where_field_record_and_rules_allow_it(una: SimpleNamespace) -> None:
    browser = client_of(una.user)

    def asked(record: Any, name: str) -> tuple[int, bool]:
        """Whether the editor is given, and whether the row offers it."""
        address = f"/{kind().slug}/{record.pk}/field/{name}"
        return browser.get(f"{address}?edit=1").status_code, "edit=1" in browser.get(address).content.decode()

    assert asked(una.mine, "description") == (200, True)
    assert asked(una.theirs, "description") == asked(una.mine, "website") == (403, False)
    assert asked(una.mine, "phone") == (404, False)
    for effect in ("shown", "locked"):
        condition = {"field": "name", "op": "is", "value": "Nobody" if effect == "shown" else "Una"}
        values = {"entity": COMPANY, "field": "description", "effect": effect, "condition": condition}
        rule = writes.create(SYSTEM, kind("core.fieldrule"), values)
        assert asked(una.mine, "description") == (403, False)
        writes.delete(SYSTEM, kind("core.fieldrule"), [rule.pk])
    assert asked(una.mine, "description") == (200, True)


def test_only_fields_with_a_column_have_a_history(una: SimpleNamespace) -> None:
    formula = {"entity": COMPANY, "label": "Result", "name": "x_result", "formula": "1 + 1"}
    writes.create(SYSTEM, registry.get("core.formulafield"), formula)
    browser, address = client_of(una.user), f"/{kind().slug}/{una.theirs.pk}/history"
    told = {name: browser.get(f"{address}/{name}").status_code for name in ("name", "x_result", "phone", "nothing")}
    assert told == {"name": 200, "x_result": 404, "phone": 404, "nothing": 404}
    custom_fields.forget()


def test_what_was_merged_stands_on_the_first_page_of_the_history(people: SimpleNamespace) -> None:
    one, other = (factory.make(COMPANY, name=name, owner=people.ann.pk) for name in ("One", "Other"))
    merge(SYSTEM, kind(), [one.pk, other.pk], survivor=one.pk)
    address = f"/{kind().slug}/{one.pk}/history"
    pages = [people.clients.eva.get(f"{address}{query}") for query in ("", f"?before={2**62}", "?before=1")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert ['id="merged"' in page.content.decode() for page in pages] == [True, False, False]


def test_a_text_that_is_the_key_of_a_file_gives_no_file(una: SimpleNamespace) -> None:
    key = files.store([b"picture"])
    factory.make("parties.person", photo=files.ticket(SYSTEM, key))
    writes.save(SYSTEM, una.mine, {"description": key})
    assert kind().rows(fresh(una.user)).get(pk=una.mine.pk).description == key
    assert client_of(una.user).get(f"/{kind().slug}/{una.mine.pk}/file/description").status_code == 404


# --- the API ------------------------------------------------------------------------------------------------------------


def test_addresses_of_no_kind_and_of_hidden_kinds_are_missing(una: SimpleNamespace) -> None:
    browser = client_of(una.user)
    found = {slug: browser.get(f"/api/v1/{slug}").status_code for slug in ("companies", "people", "nothing")}
    assert found == {"companies": 200, "people": 404, "nothing": 404}


def test_a_token_is_no_session(una: SimpleNamespace) -> None:
    secret = tokens.new_secret()
    tokens.ApiToken.objects.create(
        user=una.user, name="test", shown=secret[:8], digest=tokens.digest(secret), scopes=["*"]
    )
    bearer = Client(headers={"Authorization": f"Bearer {secret}"})
    found = by_token(None, secret)
    assert (found.kind, found.id, found.scopes) == ("token", una.user.pk, {"*"}) and fresh(una.user).kind == "user"
    assert by_token(None, secret[:-1]).kind == by_token("no@kith.test", secret).kind == "anonymous"
    address, before = f"{kind('access.user').slug}/{una.user.pk}", kept(una.user)
    assert send(bearer, "patch", address, {"language": "ru"}).status_code == 403 and kept(una.user) == before
    assert send(client_of(una.user), "patch", address, {"language": "ru"}).status_code == 200


def test_an_action_by_another_right_asks_for_that(una: SimpleNamespace) -> None:
    pool = writes.create(SYSTEM, kind("distribution.pool"), {"name": "Free", "entity": "sales.lead", "owner": una.user.pk})  # fmt: skip
    address, browser = f"{kind('distribution.pool').slug}/{pool.pk}/actions/recycle", client_of(una.user)
    assert send(browser, "post", address, {}).status_code == 403
    grant(una.user, ("distribution.pool", "edit", "own"))
    assert send(browser, "post", address, {}).status_code == 200


def test_an_action_asks_for_its_required_fields_alone(people: SimpleNamespace, una: SimpleNamespace) -> None:
    made = factory.make("marketing.calllistentry", party=una.mine.pk, owner=people.eva.pk)
    address = f"{kind('marketing.calllistentry').slug}/{made.pk}/actions/called"
    for body in ({}, {"note": "Wants an offer"}, {"outcome": None}):
        answer = send(people.clients.eva, "post", address, body)
        assert answer.status_code == 422 and [error["field"] for error in json.loads(answer.content)["errors"]] == ["outcome"]  # fmt: skip
        now = kind("marketing.calllistentry").rows(SYSTEM).get(pk=made.pk)
        assert (now.status, now.attempts, now.version) == ("waiting", 0, made.version)
    answer = send(people.clients.eva, "post", address, {"outcome": "reached"})
    assert (answer.status_code, answer.json()["status"], answer.json()["attempts"]) == (200, "reached", 1)
