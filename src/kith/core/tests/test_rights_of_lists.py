"""Lists within rights: the rows of each operation, today and in the past, conditions and orders of readable fields, saved views, words with typing errors."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.http import QueryDict

from kith.core import listing, past, search, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Forbidden
from kith.core.exchange import exporting
from kith.core.filters import BadFilter
from kith.core.ledger import AuditEvent
from kith.core.testing import factory
from kith.core.testing.people import client_of, fresh, grant, make_user
from kith.core.views import from_address, plain, readable_sort, saved_views, sortable

pytestmark = pytest.mark.django_db
COMPANY = "parties.company"
#: A day on which the companies of `two` were there.
THEN = "2026-03-10"


def kind(label: str = COMPANY) -> Any:
    return registry.get(label)


@pytest.fixture
def two() -> SimpleNamespace:
    """Una sees every company and its history, and exports her own; there are hers and one of Otto's."""
    user, other = make_user("Una"), make_user("Otto")
    role = grant(user, (COMPANY, "view", "all"), (COMPANY, "history", "all"), (COMPANY, "export", "own"))
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False):
        firms = {one.name: factory.make(COMPANY, name=one.name, owner=one.pk) for one in (user, other)}
    return SimpleNamespace(user=user, other=other, role=role, firms=firms)


def limit(role: Any, field: str, level: str = "none") -> None:
    values = {"role": role.pk, "entity": COMPANY, "field": field, "level": level, "deny": True}
    writes.create(SYSTEM, kind("access.fieldpolicy"), values)


def look(actor: Any, query: str = "", when: str = "") -> Any:
    """The look of an address, today or as of a day."""
    params = QueryDict(f"f=&{query}&{past.NAME}={when}" if when else f"f=&{query}")
    with past.at(past.asked(params)):
        return from_address(kind(), actor, params)


def names(found: Any) -> set[str]:
    return {row.name for row in found}


# --- rows ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("when", ["", THEN])
def test_a_list_has_the_rows_of_its_operation(two: SimpleNamespace, when: str) -> None:
    actor = fresh(two.user)
    made = look(actor, when=when)
    assert names(listing.rows(made, actor)) == {"Una", "Otto"}
    assert names(listing.rows(made, actor, "export")) == {"Una"}
    assert names(listing.rows(made, actor, "edit")) == set()
    assert listing.keys_of(made, actor, "export") == [two.firms["Una"].pk]


@pytest.mark.parametrize("when", ["", THEN])
def test_a_list_has_the_rows_of_its_condition(two: SimpleNamespace, when: str) -> None:
    actor = fresh(two.user)
    made = look(actor, "f=name:is:Otto", when)
    assert names(listing.rows(made, actor)) == {"Otto"} and names(listing.rows(made, actor, "export")) == set()


# --- export -------------------------------------------------------------------------------------------------------------


def test_an_export_needs_its_right_before_anything_is_asked(two: SimpleNamespace) -> None:
    viewer = make_user("Vera")
    grant(viewer, (COMPANY, "view", "all"), ("parties.person", "export", "all"))
    with pytest.raises(Forbidden) as refused:
        exporting.of(look(fresh(viewer)), fresh(viewer))
    assert refused.value.right == f"{COMPANY}:export"
    address = f"/{kind().slug}/export"
    for headers in ({}, {"HX-Request": "true"}):
        assert client_of(viewer).get(address, headers=headers).status_code == 403
    assert client_of(two.user).get(address, headers={"HX-Request": "true"}).status_code == 200
    assert not AuditEvent.objects.filter(kind="export").exists()


def test_an_export_is_logged_with_what_left(two: SimpleNamespace) -> None:
    factory.make(COMPANY, name="Hers too", owner=two.user.pk)
    address, chosen = f"/{kind().slug}/export?f=&format=json", two.firms["Una"].pk
    left = []
    for query in ("", f"&ids={chosen}"):
        answer = client_of(two.user).get(address + query)
        left.append({row["name"] for row in json.loads(b"".join(answer.streaming_content))})
    assert left == [{"Una", "Hers too"}, {"Una"}]
    assert [event.count for event in AuditEvent.objects.filter(kind="export").order_by("pk")] == [2, 1]


# --- conditions and orders that nobody asked for ------------------------------------------------------------------------


def test_the_plain_list_asks_of_readable_fields_only(two: SimpleNamespace) -> None:
    whole = plain(kind())
    assert [(test.field, test.op) for test in whole.nodes] == [("status", "not_any")]
    assert plain(kind(), fresh(two.user)) == whole
    limit(two.role, "status")
    assert plain(kind(), fresh(two.user)).nodes == () and plain(kind()) == whole


def test_a_list_is_ordered_by_readable_fields_that_have_an_order(two: SimpleNamespace) -> None:
    usual = ("-website", "name", "nothing", "owner.name")
    assert readable_sort(kind(), fresh(two.user), usual) == ("-website", "name", "owner.name")
    for name in ("website", "-website", "name", "created_at:month"):
        sortable(kind(), fresh(two.user), name)
    limit(two.role, "website")
    actor = fresh(two.user)
    assert readable_sort(kind(), actor, usual) == ("name", "owner.name")
    unordered = {name for name, spec in kind().fields.items() if not spec.sortable}
    assert "tags" in unordered
    for name in ("website", "-website", "tags", "nothing"):
        with pytest.raises(BadFilter) as refused:
            sortable(kind(), actor, name)
        told, _colon, valid = str(refused.value).partition("; there are: ")
        assert told == f"“{name.lstrip('-')}” is no field to sort or group by"
        listed = set(valid.removesuffix(".").split(", "))
        assert listed == set(kind().fields) - unordered - {"website"}


# --- saved views --------------------------------------------------------------------------------------------------------


def view(name: str, owner: Any = None, **more: Any) -> Any:
    facts = {"entity": COMPANY, "columns": ["name"], "filter": {}, "sort": ["name"], "owner": owner and owner.pk}
    return writes.create(SYSTEM, kind("core.view"), {"name": name, **facts, **more})


def test_tabs_are_the_views_of_this_kind(two: SimpleNamespace) -> None:
    view("Mine", two.user)
    view("People", two.user, entity="parties.person")
    view("Theirs", two.other)
    view("Everybody", two.other, is_public=True)
    assert {one.name for one in saved_views(kind(), fresh(two.user))} == {"Mine", "Everybody"}
    assert {one.name for one in saved_views(kind("parties.person"), fresh(two.user))} == {"People"}


def test_a_token_has_the_views_that_its_scopes_reach(two: SimpleNamespace) -> None:
    view("Mine", two.user)
    for scopes, seen in (({f"{COMPANY}:view"}, []), ({f"{COMPANY}:view", "core.view:view"}, ["Mine"])):
        actor = replace(fresh(two.user), kind="token", scopes=frozenset(scopes), memo={}, kept=None)
        assert [one.name for one in saved_views(kind(), actor)] == seen


def test_a_view_without_an_owner_belongs_to_nobody(two: SimpleNamespace) -> None:
    free = view("Free")
    assert free.owner_id is None
    nobody = replace(fresh(two.user), id=None, memo={}, kept=None)
    for actor in (fresh(two.user), nobody):
        for operation in ("view", "edit", "delete"):
            assert not kind("core.view").rows(actor, operation).filter(pk=free.pk).exists()


# --- words --------------------------------------------------------------------------------------------------------------


def test_typing_errors_are_forgiven_within_rights_where_nothing_else_is_found(two: SimpleNamespace) -> None:
    mill = factory.make(COMPANY, name="Kestrel Works", owner=two.other.pk)
    actor, other = fresh(two.user), fresh(two.other)
    for text, exact in (("kestrel", True), ("kestrol", False)):
        assert search.best(kind(), actor, text) == [mill]
        assert [(hit.record, hit.exact) for hit in search.everywhere(actor, text)] == [(mill, exact)]
        assert search.best(kind(), other, text) == search.everywhere(other, text) == []
