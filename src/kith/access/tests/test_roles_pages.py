"""The page of permissions: what it shows, saves, refuses; what-if, rules of a cell, explanations."""

import json
import re
from typing import Any

import pytest

from kith.access import matrix
from kith.core import writes
from kith.core.access import SYSTEM, has_system_right
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, ChangeSet
from kith.core.testing import factory
from kith.core.testing.people import fresh, grant, make_group, make_user, role_of

pytestmark = pytest.mark.django_db
ALL = [{"level": "all", "deny": False, "condition": None}]


def address(role: Any, more: str = "") -> str:
    return f"/roles/{role.pk}/permissions{more}"


def cells(role: Any) -> dict[str, list[dict[str, Any]]]:
    return {f"{entity}:{operation}": rules for (entity, operation), rules in matrix.rules_of(role).items()}


def post(people: Any, role: Any, more: str = "", who: str = "eva", **values: Any) -> Any:
    coded = {
        name.replace("__", ":"): value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
    return getattr(people.clients, who).post(address(role, more), coded)


def test_the_page_is_for_those_who_may_change_roles(people: Any) -> None:
    role = people.roles.own
    assert people.clients.eva.get(address(role)).status_code == 200
    for who in ("ann", "tom", "max"):
        assert getattr(people.clients, who).get(address(role)).status_code == 403
        assert post(people, role, who=who, **{"cell:*:view": ALL}).status_code == 403
    assert cells(role)["*:view"][0]["level"] == "own"


def test_the_matrix_has_a_line_for_every_kind_and_every_right(people: Any) -> None:
    text = people.clients.eva.get(address(people.roles.own)).text
    for entity in registry:
        assert (f'data-key="{entity.label}:' in text) == matrix.is_subject(entity), entity.label
    assert 'data-key="system:audit"' in text and 'data-key="access.user:one_time_password"' in text


def test_a_role_that_names_kinds_one_by_one_can_have_tasks(people: Any) -> None:
    """Notes follow their record; tasks want a rule, which had no line to be given on."""
    user, task = make_user("Kinds"), registry.get("activities.task")
    role = grant(user, ("parties.company", "edit", "own"))
    names = [f"cell:{label}:{right}" for label in ("parties.company", "activities.task") for right in ("view", "create")]  # fmt: skip
    assert post(people, role, mark=matrix.mark(role), **dict.fromkeys(names, ALL)).status_code in (200, 204, 302)
    company = factory.make("parties.company")
    values = {"name": "Call", "subject": {"entity": "parties.company", "id": str(company.pk)}}
    made = writes.create(fresh(user), task, values)
    assert task.rows(fresh(user)).filter(pk=made.pk).exists()


def test_one_post_saves_cells_and_fields_in_one_change_set(people: Any) -> None:
    role, before = people.roles.own, ChangeSet.objects.count()
    answer = post(
        people,
        role,
        **{
            "mark": matrix.mark(role),
            "cell:*:view": ALL,
            "cell:*:delete": [],
            "cell:system:audit": ALL,
            "field:parties.company:website": "none",
            "field:parties.company:name": "read!",
        },
    )
    assert answer.status_code == 302, answer.text
    found = cells(role)
    assert (found["*:view"], "*:delete" in found, found["system:audit"]) == (ALL, False, ALL)
    assert ChangeSet.objects.count() == before + 1
    assert {(item.field, item.level, item.deny) for item in matrix.stored(role, "access.fieldpolicy")} == {
        ("website", "none", False),
        ("name", "read", True),
    }
    assert has_system_right(fresh(people.ann), "audit")
    assert AuditEvent.objects.filter(kind="rights", changeset_id=ChangeSet.objects.latest("at").pk).exists()


def test_what_equals_the_stored_is_not_written_again(people: Any) -> None:
    role, before = people.roles.own, ChangeSet.objects.count()
    assert (
        post(people, role, **{"cell:*:view": [{"level": "own", "deny": False, "condition": None}]}).status_code == 302
    )
    assert ChangeSet.objects.count() == before


def test_a_form_over_an_older_state_is_not_saved(people: Any) -> None:
    role = people.roles.own
    mark = matrix.mark(role)
    post(people, role, **{"cell:*:edit": ALL})
    answer = post(people, role, mark=mark, **{"cell:*:view": ALL})
    assert answer.status_code == 409 and "Somebody saved this role meanwhile" in answer.text
    assert cells(role)["*:view"][0]["level"] == "own"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cell:*:view", "no json"), ("cell:*:view", "{}"), ("cell:*:view", "[1]"), ("cell:*:view", '[{"level": "some"}]'), ("cell:*:view", '[{"level": "all", "deny": "yes"}]'),
        ("cell:no.thing:view", json.dumps(ALL)), ("cell:parties.company:fly", json.dumps(ALL)), ("cell:system:everything", json.dumps(ALL)), ("cell:view", json.dumps(ALL)),
        ("cell:parties.company:view", '[{"level": "all", "condition": {"field": "nothing", "op": "any", "value": []}}]'),
        ("cell:*:view", '[{"level": "all", "condition": {"field": "status", "op": "any", "value": ["active"]}}]'),
        ("field:parties.company:nothing", "none"), ("field:no.thing:name", "none"), ("field:parties.company:name", "godmode"),
        ("cell:*:view", json.dumps(ALL * 21)), ("cell:*:view", "[" * 50000),
    ],
)  # fmt: skip
def test_nonsense_is_refused_and_changes_nothing(people: Any, name: str, value: str) -> None:
    role, before = people.roles.own, ChangeSet.objects.count()
    answer = post(people, role, **{"cell:*:edit": json.dumps(ALL), name: value})
    assert answer.status_code == 422, answer.text
    assert cells(role)["*:edit"][0]["level"] == "own" and ChangeSet.objects.count() == before


def test_locking_oneself_out_needs_the_name_of_the_role_typed(people: Any) -> None:
    role = people.roles.all
    first = post(people, role, **{"cell:*:*": []})
    assert first.status_code == 422 and "You would lock yourself out" in first.text and cells(role)["*:*"] == ALL
    assert post(people, role, **{"cell:*:*": [], "confirm": "yes"}).status_code == 422
    assert post(people, role, **{"cell:*:*": [], "confirm": "Administrator"}).status_code == 302
    assert cells(role) == {} and people.clients.eva.get(address(role)).status_code == 403


def test_no_other_door_locks_oneself_out(people: Any) -> None:
    from kith.access.lockout import LockedOut
    from kith.core import writes

    (grant,) = registry.get("access.rolegrant").rows(SYSTEM).filter(role=people.roles.all.pk)
    for attempt in (
        lambda: writes.delete(people.actors.eva, registry.get("access.rolegrant"), [grant.pk]),
        lambda: writes.delete(people.actors.eva, registry.get("access.role"), [people.roles.all.pk]),
        lambda: writes.save(people.actors.eva, grant, {"valid_to": "2020-01-01"}),
        lambda: writes.save(people.actors.eva, people.eva, {"is_active": False}),
    ):
        with pytest.raises(LockedOut):
            attempt()
    assert people.clients.eva.get(address(people.roles.all)).status_code == 200


def test_an_administrator_may_take_the_right_of_another_one(people: Any) -> None:
    from kith.access import shipped
    from kith.core import writes

    grant = shipped.give(people.roles.all, user=people.max)
    writes.delete(people.actors.eva, registry.get("access.rolegrant"), [grant.pk])
    assert fresh(people.max).rules == ()


def test_the_preview_tells_who_gains_what_and_saves_nothing(people: Any) -> None:
    from kith.core import writes

    for number in range(3):
        writes.create(SYSTEM, registry.get("parties.company"), {"name": f"Company {number}", "owner": people.eva.pk})
    text = post(people, people.roles.own, "/preview", **{"cell:parties.company:view": ALL}).text
    assert "Ann Own" in text and "gains 3" in text and "Company 2" in text
    assert "parties.company:view" not in cells(people.roles.own)
    assert "This reaches nobody yet." in post(people, role_without_holders(), "/preview", **{"cell:*:view": ALL}).text


def role_without_holders() -> Any:
    from kith.core.testing.people import role_of

    return role_of("Empty", [])


# --- rules of a cell ----------------------------------------------------------------------------------------------------


def test_the_dialog_reads_a_condition_in_words(people: Any) -> None:
    rules = [{"level": "team", "deny": False, "condition": {"field": "status", "op": "any", "value": ["active"]}}]
    text = people.clients.eva.post(
        "/settings/rules", {"entity": "parties.company", "operation": "view", "rules": json.dumps(rules)}
    ).text
    assert "Status" in re.search(r'<button type="button" class="words"[^>]*>([^<]*Active[^<]*)<', text)[1]
    assert "&#34;op&#34;: &#34;any&#34;" in text  # what the form posts for it


def test_the_dialog_hands_checked_rules_to_the_page(people: Any) -> None:
    typed = {
        "entity": "parties.company",
        "operation": "view",
        "level-0": "own",
        "condition-0": "",
        "level-1": "all",
        "deny-1": "on",
        "condition-1": '{"field": "status", "op": "any", "value": ["prospect"]}',
    }
    answer = people.clients.eva.post("/settings/rules/set", typed)
    assert answer.status_code == 204
    event = json.loads(answer.headers["HX-Trigger"])["rule-set"]
    assert event["key"] == "parties.company:view"
    assert event["rules"] == [
        {"level": "own", "deny": False, "condition": None},
        {"level": "all", "deny": True, "condition": {"field": "status", "op": "any", "value": ["prospect"]}},
    ]


@pytest.mark.parametrize(
    "condition",
    ['{"field": "nothing", "op": "any", "value": []}', '{"field": "status", "op": "above", "value": 1}'],
)
def test_a_bad_condition_is_named_in_the_dialog(people: Any, condition: str) -> None:
    answer = people.clients.eva.post(
        "/settings/rules/set",
        {"entity": "parties.company", "operation": "view", "level-0": "own", "condition-0": condition},
    )
    assert answer.status_code == 422 and 'class="err"' in answer.text


@pytest.mark.parametrize("condition", ["{", "[]"])
def test_what_is_no_condition_is_refused(people: Any, condition: str) -> None:
    typed = {"entity": "parties.company", "operation": "view", "level-0": "own", "condition-0": condition}
    answer = people.clients.eva.post("/settings/rules/set", typed)
    assert answer.status_code == 422 and "HX-Trigger" not in answer.headers
    assert "This is no condition." in answer.text


def test_steps_of_the_editor_answer_those_who_write_roles(people: Any) -> None:
    typed = {"entity": "parties.company", "condition-0.field": "name", "condition-0.op": "is"}
    typed |= {"condition-0.value": "Lind", "add": "1"}
    text = people.clients.eva.post("/settings/rules/condition/0", typed).text
    assert "&#34;value&#34;: &#34;Lind&#34;" in text and "/settings/rules/condition/0" in text
    assert people.clients.ann.post("/settings/rules/condition/0", typed).status_code == 403
    assert people.clients.eva.post("/settings/rules/condition/20", typed).status_code == 404
    assert people.clients.eva.post("/settings/rules/condition/0", typed | {"entity": "no.such"}).status_code == 404


def test_rules_are_added_and_removed_in_the_dialog(people: Any) -> None:
    typed = {"entity": "parties.company", "operation": "view", "level-0": "own", "condition-0": ""}
    assert people.clients.eva.post("/settings/rules/set", typed | {"do": "add"}).text.count("<fieldset") == 2
    assert people.clients.eva.post("/settings/rules/set", typed | {"do": "drop:0"}).text.count("<fieldset") == 0


# --- explanations, groups, users ------------------------------------------------------------------------------------------


def test_the_explanation_names_the_path(people: Any) -> None:
    query = f"/settings/explain?user={people.ann.pk}&entity=parties.company&operation=edit"
    text = people.clients.eva.get(query).text
    assert "Ann Own may: Edit" in text and "role Own" in text
    assert (
        "Max None may not: Edit" in people.clients.eva.get(query.replace(str(people.ann.pk), str(people.max.pk))).text
    )
    assert people.clients.ann.get(query).status_code == 403
    for bad in ("&record=x", "&field=nothing", "&operation=fly"):
        assert people.clients.eva.get(query + bad).status_code == 404


def test_effective_rights_are_shown_to_oneself_and_to_who_changes_roles(people: Any) -> None:
    url = f"/users/{people.ann.pk}/?tab=rights"
    assert "role Own" in people.clients.eva.get(url).text.lower().replace("role own", "role Own")
    assert "Rights of others are hidden" in people.clients.tom.get(url).text
    assert "Rights of others are hidden" not in people.clients.ann.get(url).text


def test_the_tree_of_a_group_shows_everybody_inside(people: Any) -> None:
    outer = make_group("Outer", people.north, make_user("Olga"))
    text = people.clients.eva.get(f"/groups/{outer.pk}/?tab=tree").text
    assert [name in text for name in ("Olga", "North", "Ann Own", "Tom Team", "Max None")] == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_a_member_is_added_after_a_look(people: Any) -> None:
    url, typed = (
        f"/groups/{people.north.pk}/members/new",
        {"user": str(people.max.pk), "child": "", "valid_from": "", "valid_to": ""},
    )
    from kith.core import writes

    writes.create(SYSTEM, registry.get("parties.company"), {"name": "Of Max", "owner": people.max.pk})
    assert people.clients.ann.get(url).status_code == 403
    look = people.clients.eva.post(url, typed | {"do": "look"})
    assert "Tom Team" in look.text and "gains 1" in look.text and "Of Max" in look.text
    members = registry.get("access.groupmember").rows(SYSTEM).filter(group=people.north.pk)
    assert members.count() == 2
    assert people.clients.eva.post(url, typed | {"do": "add"}).status_code == 204 and members.count() == 3
    bad = people.clients.eva.post(url, typed | {"user": "", "do": "add"})
    assert bad.status_code == 422 and "Name a user or a group." in bad.text


def test_the_chooser_of_people_hands_over_ids_not_addresses(people: Any) -> None:
    text = people.clients.eva.get("/users/lookup?q=Ann").text
    assert f'data-value="{people.ann.pk}"' in text and 'data-value="ann@kith.test"' not in text


def test_the_matrix_shows_what_wider_rules_of_the_role_give(people):
    def cells(role):
        return {
            cell.key: (cell.level, cell.implied)
            for block in matrix.of(role)
            for row in block.rows
            for cell in row.cells
            if cell
        }

    administrator = cells(people.roles.all)
    assert administrator["*:*"] == ("all", "") and administrator["parties.company:edit"] == ("", "all")
    assert administrator["system:audit"] == ("", "all") and administrator["access.user:create"] == ("", "all")
    role = role_of("Wide", [("*", "view", "all"), ("*", "create", "all"), ("parties.company", "*", "own"), ("parties.person", "view", "team")])  # fmt: skip
    found = cells(role)
    assert found["parties.company:edit"] == ("", "own")
    assert found["parties.company:view"] == ("", "all"), "the rule that reaches farther"
    assert found["parties.person:view"] == ("team", "") and found["parties.person:create"] == ("", "all")
    assert found["access.user:view"] == ("", "all") and found["access.user:create"] == ("", "")
    assert found["system:audit"] == ("", "")
