"""Where the what-if is asked: forms, deleting, members, the matrix, the API; what asks for a second look is confirmed."""

import json
from typing import Any

import pytest

from kith.access import shipped, whatif
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.errors import Warned
from kith.core.ledger import ChangeSet
from kith.core.testing.people import fresh, make_group, make_user, role_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "div#modal"}


def make(label: str, /, **values: Any) -> Any:
    return writes.create(SYSTEM, registry.get(label), {k: getattr(v, "pk", v) for k, v in values.items()})


@pytest.fixture
def delicate(people: Any) -> Any:
    """A role that shows sensitive fields of people."""
    return role_of("Delicate", [("parties.person", "view", "all"), ("parties.person", "sensitive", "all")])


def grant_form(role: Any, user: Any, **more: str) -> dict[str, str]:
    return {
        "role": str(role.pk),
        "user": str(user.pk),
        "group": "",
        "org_unit_granted": "",
        "valid_from": "",
        "valid_to": "",
        **more,
    }


def grants() -> int:
    return int(registry.get("access.rolegrant").rows(SYSTEM).count())


def test_a_form_shows_what_would_change_and_saves_nothing(people: Any, delicate: Any) -> None:
    make("parties.person", family_name="Lind")
    before, sets = grants(), ChangeSet.objects.count()
    answer = people.clients.eva.post("/role-grants/new", grant_form(delicate, people.max, look="1"), headers=HTMX)
    assert answer.status_code == 200 and (grants(), ChangeSet.objects.count()) == (before, sets)
    assert "Max None" in answer.text and "gains 1" in answer.text and "Lind" in answer.text
    assert "Comes to see sensitive fields: People" in answer.text
    assert "What would change" in people.clients.eva.get("/role-grants/new", headers=HTMX).text


def test_sensitive_sight_is_confirmed_before_it_is_saved(people: Any, delicate: Any) -> None:
    before = grants()
    first = people.clients.eva.post("/role-grants/new", grant_form(delicate, people.max), headers=HTMX)
    assert first.status_code == 409 and grants() == before
    assert (
        "Would see sensitive fields: Max None (People" in first.text
        and 'name="confirm" value="sensitive_access"' in first.text
    )
    second = people.clients.eva.post(
        "/role-grants/new", grant_form(delicate, people.max, confirm="sensitive_access"), headers=HTMX
    )
    assert second.status_code == 204 and grants() == before + 1
    assert ChangeSet.objects.latest("at").confirmed == ["sensitive_access"]


def test_what_widens_nothing_delicate_is_saved_at_once(people: Any) -> None:
    role = role_of("Harmless", [("parties.company", "view", "all")])
    answer = people.clients.eva.post("/role-grants/new", grant_form(role, people.max), headers=HTMX)
    assert answer.status_code == 204


def test_the_last_access_is_taken_only_after_a_look(people: Any) -> None:
    (grant,) = registry.get("access.rolegrant").rows(SYSTEM).filter(user=people.ann.pk)
    where = f"/role-grants/{grant.pk}/delete"
    first = people.clients.eva.post(where, headers=HTMX)
    assert first.status_code == 409 and first.headers["HX-Retarget"] == "#modal"
    assert "Would see nothing any more" in first.text and "Ann Own" in first.text
    assert registry.get("access.rolegrant").rows(SYSTEM).filter(pk=grant.pk).exists()
    assert people.clients.eva.post(where, {"seen": "1"}, headers=HTMX).status_code == 204
    assert not registry.get("access.rolegrant").rows(SYSTEM).filter(pk=grant.pk).exists()


def test_members_and_nesting_ask_too(people: Any, delicate: Any) -> None:
    inner = make_group("Inner", people.max)
    shipped.give(delicate, group=people.north)
    members = registry.get("access.groupmember")
    before = members.rows(SYSTEM).count()
    where, values = (
        f"/groups/{people.north.pk}/members/new",
        {"user": "", "child": str(inner.pk), "valid_from": "", "valid_to": "", "do": "add"},
    )
    first = people.clients.eva.post(where, values, headers=HTMX)
    assert first.status_code == 409 and members.rows(SYSTEM).count() == before
    assert "Would see sensitive fields: Max None" in first.text and "Comes to see sensitive fields" in first.text
    assert people.clients.eva.post(where, values | {"confirm": "sensitive_access"}, headers=HTMX).status_code == 204
    assert members.rows(SYSTEM).count() == before + 1


def test_a_department_moved_below_one_with_a_role_asks(people: Any, delicate: Any) -> None:
    top, low = make("people.orgunit", name="Top"), make("people.orgunit", name="Low")
    user = make_user("Una", org_unit=str(low.pk))
    shipped.give(delicate, org_unit=top)
    with pytest.raises(Warned) as warned:
        writes.save(people.actors.eva, low, {"parent": top.pk})
    assert [one.code for one in warned.value.warnings] == ["sensitive_access"]
    assert not fresh(user).rules
    writes.save(people.actors.eva, low, {"parent": top.pk}, confirm=["sensitive_access"])
    assert fresh(user).rules


def test_a_matrix_that_shows_sensitive_fields_is_looked_at_first(people: Any) -> None:
    role, cell = (
        people.roles.own,
        {"cell:parties.person:sensitive": json.dumps([{"level": "all", "deny": False, "condition": None}])},
    )
    where = f"/roles/{role.pk}/permissions"
    first = people.clients.eva.post(where, cell, headers={"HX-Request": "true"})
    assert first.status_code == 409 and "Comes to see sensitive fields: People" in first.text
    assert not any(rule.operation == "sensitive" for rule in fresh(people.ann).rules)
    second = people.clients.eva.post(where, cell | {"seen": "1"}, headers={"HX-Request": "true"})
    assert second.status_code == 204 and any(rule.operation == "sensitive" for rule in fresh(people.ann).rules)


def test_only_who_may_edit_rights_may_ask(people: Any, delicate: Any) -> None:
    body = {
        "changes": [
            {
                "entity": "access.rolegrant",
                "operation": "create",
                "values": {"role": str(delicate.pk), "user": str(people.max.pk)},
            }
        ]
    }
    for who in ("ann", "tom", "max"):
        client = getattr(people.clients, who)
        assert client.post("/api/v1/what-if", json.dumps(body), content_type="application/json").status_code == 403
        assert (
            "What would change" not in client.get("/users/" + str(getattr(people, who).pk) + "/edit", headers=HTMX).text
        )
    assert whatif.may_ask(people.actors.eva) and not whatif.may_ask(people.actors.ann)


def ask(people: Any, *changes: Any) -> Any:
    return people.clients.eva.post(
        "/api/v1/what-if", json.dumps({"changes": list(changes)}), content_type="application/json"
    )


def test_the_api_answers_by_person(people: Any, delicate: Any) -> None:
    person = make("parties.person", family_name="Lind")
    before, sets = grants(), ChangeSet.objects.count()
    answer = ask(
        people,
        {
            "entity": "access.rolegrant",
            "operation": "create",
            "values": {"role": str(delicate.pk), "user": str(people.max.pk)},
        },
    )
    assert answer.status_code == 200 and (grants(), ChangeSet.objects.count()) == (before, sets)
    data = answer.json()
    assert (data["users"], data["compared"], [one["user"]["name"] for one in data["people"]]) == (1, 1, ["Max None"])
    (only,) = data["people"]
    assert {"kind": "sensitive", "entity": "parties.person"} in only["alarms"]
    assert {
        "entity": "parties.person",
        "operation": "view",
        "gains": 1,
        "losses": 0,
        "gained": [{"id": str(person.pk), "title": "Lind"}],
        "lost": [],
    } in only["records"]
    assert {"entity": "parties.person", "field": "birth_date", "before": "none", "after": "edit"} in only["fields"]


def test_several_changes_are_looked_at_together(people: Any, delicate: Any) -> None:
    grant = {
        "entity": "access.rolegrant",
        "operation": "create",
        "values": {"role": str(delicate.pk), "group": str(people.north.pk)},
    }
    deny = {
        "entity": "access.policyrule",
        "operation": "create",
        "values": {"role": str(delicate.pk), "entity": "parties.person", "operation": "*", "deny": True},
    }
    alone, both = ask(people, grant).json(), ask(people, grant, deny).json()
    assert any(one["alarms"] for one in alone["people"]) and not any(one["alarms"] for one in both["people"])


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ([], 400),
        ([{"entity": "parties.company", "operation": "delete", "id": "x"}], 400),
        ([{"entity": "access.role", "operation": "burn", "id": "x"}], 400),
        ([{"entity": "access.role", "operation": "delete"}], 400),
        ([{"entity": "access.role", "operation": "create", "id": "x"}], 400),
        ([{"entity": "access.role", "operation": "create", "values": 3}], 400),
        ([{"entity": "access.role", "operation": "create", "values": {"name": ""}}], 422),
        ([{"entity": "access.role", "operation": "edit", "id": "nothing", "values": {}}], 404),
        (["x"], 400),
    ],
)
def test_what_cannot_be_asked_is_told(people: Any, changes: Any, status: int) -> None:
    before = ChangeSet.objects.count()
    assert ask(people, *changes).status_code == status and ChangeSet.objects.count() == before


def test_records_that_the_asker_may_not_see_are_counted_but_not_named(people: Any, delicate: Any) -> None:
    make("parties.person", family_name="Hidden")
    clerk = make_user("Clerk")
    shipped.give(role_of("Clerk", [("access.role", "*", "all"), ("access.rolegrant", "*", "all")]), user=clerk)
    entity = registry.get("access.rolegrant")
    outcome = whatif.compare(
        fresh(clerk), lambda: writes.create(fresh(clerk), entity, {"role": delicate.pk, "user": people.max.pk})
    )
    (seen,) = [one for one in outcome.records if (one.entity.label, one.operation) == ("parties.person", "view")]
    assert (seen.gains, seen.gained) == (1, [])


def test_limits_are_told(people: Any, delicate: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(whatif, "PEOPLE", 2)
    monkeypatch.setattr(whatif, "EXAMPLES", 1)
    for name in ("A", "B", "C"):
        make("parties.person", family_name=name)
    users = [make_user(f"User {n}") for n in range(3)]
    group = make_group("All", *users)
    answer = people.clients.eva.post(
        "/role-grants/new",
        grant_form(delicate, people.max, look="1") | {"user": "", "group": str(group.pk)},
        headers=HTMX,
    )
    assert "Compared 2 of 3 users." in answer.text and "gains 3" in answer.text
    assert "Only the first 1 are shown" in answer.text


def test_document_names_it_for_those_who_may_ask(people: Any) -> None:
    assert "/api/v1/what-if" in people.clients.eva.get("/api/v1/openapi.json").json()["paths"]
    assert "/api/v1/what-if" not in people.clients.ann.get("/api/v1/openapi.json").json()["paths"]
